"""The forms in which a line, a record or a sentence says to whom it speaks, and those like them."""

from __future__ import annotations

import json
from datetime import UTC

import pytest

from rollcall.parse.chat import read_chat
from rollcall.parse.threads import Conversation, assemble

TEAM: dict[str, tuple[str, ...]] = {"mara": (), "ben": (), "noor": (), "ivo": ()}
LETTER = "c/2026-01-05-mara-to-{}-parser.md"


def talk(path: str, text: str) -> Conversation:
    return assemble(read_chat(path, text.splitlines(), UTC), TEAM)


def spoken(path: str, text: str) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(one.sender, one.recipients) for one in talk(path, text).messages]


def asked(text: str, to: str = "ben-and-noor") -> tuple[bool, tuple[str, ...]]:
    (message,) = talk(LETTER.format(to), text).messages
    return message.asks, message.ask_of


@pytest.mark.parametrize(
    "line",
    [
        "[2026-01-05 09:10] mara @ben @noor: the page is live",
        "[2026-01-05 09:10] mara @ben, @noor: the page is live",
        "09:10 mara -> ben, noor: the page is live",
        "09:10 mara> ben, noor: the page is live",
        "mara> ben, noor: the page is live",
        "mara → ben, noor: the page is live",
        "mara @ben and @noor: the page is live",
    ],
)
def test_a_line_of_a_chat_names_those_whom_it_is_for(line: str) -> None:
    text = f"{line}\n{line.replace('mara', 'x').replace('ben', 'mara').replace('x', 'ben')}\n"
    assert spoken("c/general-chat.md", text) == [
        ("mara", ("ben", "noor")),
        ("ben", ("mara", "noor")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "parser -> lexer: one token at a time\nlexer -> table: a lookup\n",
        "mara> cd build\nben> make: nothing to do\n",
        "Write to noor @ben: he knows\n",
    ],
)
def test_an_arrow_in_prose_is_no_line_of_a_chat(text: str) -> None:
    assert spoken("c/general.md", text) == []


def test_in_a_log_those_speak_who_speak_to_each_other() -> None:
    text = "[09:10] mara @ben: is the page up?\n[09:12] ben @mara: yes, since nine\n"
    assert spoken("c/floor.log", text) == [("mara", ("ben",)), ("ben", ("mara",))]


def test_a_log_of_services_is_no_chat() -> None:
    text = "[09:10] parser: started, 4 workers\n[09:12] lexer: ready in 3 ms\n"
    assert spoken("c/server.log", text) == []


def test_where_most_say_to_whom_one_that_does_not_is_for_everyone() -> None:
    text = (
        "[09:10] mara @ben: the page is up\n[09:11] noor @mara: seen\n"
        "[09:12] mara @noor: good\n[09:13] ivo: lunch is at noon\n"
    )
    assert spoken("c/chat.md", text)[-1] == ("ivo", ("*",))


def test_where_few_say_to_whom_one_that_does_not_is_for_who_spoke_before() -> None:
    text = "[09:10] mara: the page is up\n[09:11] noor: seen\n[09:12] ivo: so it is\n"
    assert spoken("c/chat.md", text)[-1] == ("ivo", ("noor",))


@pytest.mark.parametrize(
    ("text", "asks", "of"),
    [
        ("ben: check the grammar. noor: check the marks.", True, ("ben", "noor")),
        ("The page is live. Noor, please test it.", True, ("noor",)),
        ("@ben @noor the page is live. Noor, please test it.", True, ("noor",)),
        ("The page is live. Noor, could you test it?", True, ("noor",)),
        ("What I need:\n\n- ben: the grammar\n- noor: the marks", True, ("ben", "noor")),
        ("The page is live. What we need:\n\n- ben: the grammar", True, ("ben",)),
        ("## What I need\n\n1. The grammar", True, ("ben", "noor")),
        ("## Ben\n- Confirm the grammar.\n\n## Noor\n- Send the marks.", True, ("ben", "noor")),
        ("Grammar version??", True, ("ben", "noor")),
        ("ben: checked the grammar. noor: the marks are there.", False, ()),
        ("What I need to do next:\n\n- the grammar", False, ()),
        ("Please find the details below:\n\n- the grammar", False, ()),
        ("Let me know if the page still looks odd.", False, ()),
        ("Really?", False, ()),
    ],
)
def test_who_is_called_by_name_is_asked(text: str, asks: bool, of: tuple[str, ...]) -> None:
    assert asked(text) == (asks, of)


def test_a_heading_beside_the_one_that_asks_asks_only_where_it_is_a_recipients_name() -> None:
    text = "## Ben\n- Confirm the grammar.\n\n## Parser\n- Keep the marks for a day.\n"
    assert asked(text) == (True, ("ben",))


@pytest.mark.parametrize(
    ("stem", "recipients"),
    [
        ("2026-01-05_mara_to_ben_and_noor_late-start", ("ben", "noor")),
        ("2026-01-05_mara_to_ben_sand-and-water", ("ben",)),
    ],
)
def test_underscores_part_the_names_in_a_files_name(stem: str, recipients: tuple[str, ...]) -> None:
    assert spoken(f"c/{stem}.md", "Hello.") == [("mara", recipients)]


SAID = {"sentAt": "2026-01-05T09:10:00Z", "user": "mara", "text": "<@ben> which grammar is it?"}
REPLY = {"sentAt": "2026-01-05T09:12:00Z", "user": "ben", "text": "<@mara|Mara> the old one"}
TO_ALL = {"sentAt": "2026-01-05T09:14:00Z", "user": "noor", "text": "lunch is at noon"}


def test_a_line_of_json_is_for_those_whom_its_text_calls_first() -> None:
    text = "".join(f"{json.dumps(one)}\n" for one in (SAID, REPLY, TO_ALL))
    found = talk("c/channel.ndjson", text)

    assert [(one.sender, one.recipients) for one in found.messages] == [
        ("mara", ("ben",)),
        ("ben", ("mara",)),
        ("noor", ("*",)),
    ]
    assert [(one.provider, one.state.value) for one in found.dependencies] == [("ben", "answered")]


@pytest.mark.parametrize(
    "others",
    [
        [TO_ALL],
        [SAID, {"user": "ben", "to": "mara", "text": "the old one"}, TO_ALL],
        [{"user": "mara", "text": "wrote to <@ben>"}, TO_ALL],
    ],
)
def test_an_event_that_calls_nobody_is_no_message(others: list[dict[str, str]]) -> None:
    text = "".join(f"{json.dumps(one)}\n" for one in others)
    assert "noor" not in {sender for sender, _ in spoken("c/channel.ndjson", text)}


@pytest.mark.parametrize(
    "inside",
    [
        {"message": {"text": "Tell me the grammar."}},
        {"payload": {"type": "request", "body": "The grammar of the parser."}},
        {"action": "request", "body": "The grammar of the parser."},
    ],
)
def test_what_stands_in_an_object_inside_is_read(inside: dict[str, object]) -> None:
    (message,) = talk("c/1.json", json.dumps({"from": "mara", "to": "ben", **inside})).messages
    assert (message.sender, message.recipients, message.asks) == ("mara", ("ben",), True)


def test_an_object_of_settings_is_no_message() -> None:
    text = json.dumps({"user": "mara", "data": {"days": 30}, "agents": ["ben"]})
    assert spoken("c/settings.json", text) == []
