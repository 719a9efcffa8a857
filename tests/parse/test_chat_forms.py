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


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("ben, is it up?", "ben"),
        ("ben - I am missing the table", "ben"),
        ("will do after lunch, ben", "ben"),
        ("everyone: mind the step", "*"),
        ("the table is slow, very slow", "noor"),
    ],
)
def test_a_line_of_a_chat_is_for_whom_it_calls_else_for_who_spoke_before(
    text: str, to: str
) -> None:
    chat = (
        "**ben** (2026-01-05 09:00): good morning\n**noor** (2026-01-05 09:01): hello\n"
        f"**mara** (2026-01-05 09:02): {text}\n"
    )
    assert spoken("c/team-chat.md", chat)[-1] == ("mara", (to,))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Bake the table and tell me which row is wrong.", True),
        ("I still lack three prices: milk, bread, salt.", True),
        ("I am missing the weights.", True),
        ("From the parser I need the grammar.", True),
        ("Nothing in the folder yet.", True),
        ("price of the bread? just a number", True),
        ("ben: leave the page open.", True),
        ("From each of you:\n\n| who | what |\n| --- | --- |\n| ben | the prices |", True),
        ("Three prices were missing from the list.", False),
        ("From the parser comes the grammar.", False),
        ("Questions? See the page.", False),
        ("ben: parser of the page is open.", False),
        ("ben: opened the page.", False),
        ("The prices:\n\n| who | what |\n| --- | --- |\n| ben | the prices |", False),
    ],
)
def test_an_ask_needs_no_polite_word(text: str, asks: bool) -> None:
    assert asked(text, "ben")[0] is asks


def test_a_table_asks_each_of_those_in_its_rows_for_one_thing() -> None:
    text = (
        "From each of you:\n\n| who | what |\n| --- | --- |\n| ben | the prices |\n"
        "| noor | the weights |\n"
    )
    reply = "# Prices\n\nThe prices are in `prices.csv`.\n"
    drafts = [
        *read_chat(LETTER.format("ben-and-noor"), text.splitlines(), UTC),
        *read_chat("c/2026-01-06-ben-to-mara-prices.md", reply.splitlines(), UTC),
    ]
    found = {one.provider: one.state.value for one in assemble(drafts, TEAM).dependencies}
    assert found == {"ben": "answered", "noor": "open"}


def test_a_task_asks_each_agent_that_its_list_names() -> None:
    text = "To: ben, noor\n\n1. Ben: dose 30 mg from load 5 on.\n2. Noor: keep the crates apart.\n"
    (message,) = talk("c/2026-01-05T0900_mara_task_load.md", text).messages
    assert message.ask_of == ("ben", "noor")


@pytest.mark.parametrize(
    "subject", ["Re: parser: the new table", "@ben the table", "the table: one: soon"]
)
def test_a_subject_that_is_no_yaml_costs_only_itself(subject: str) -> None:
    text = f"---\nfrom: mara\nto: [ben, noor]\nsubject: {subject}\n---\nPlease look.\n"
    (message,) = talk("c/note.md", text).messages
    assert (message.sender, message.recipients, message.title) == ("mara", ("ben", "noor"), subject)


def test_what_is_no_front_matter_stays_text() -> None:
    text = "---\nParser: a: b: c\n---\nPlease look.\n"
    assert spoken("c/note.md", text) == []


def test_an_address_is_the_name_before_its_sign() -> None:
    text = "From: Mara <mara@team>\nTo: ben@team, noor@team.example\n\nPlease look.\n"
    assert spoken("c/0001.txt", text) == [("mara", ("ben", "noor"))]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("brk-6: it is 4.87 mm.", "answered"),
        ("Answer to brk-6: it is 4.87 mm.", "answered"),
        ("It has brk-6 in its name.", "open"),
    ],
)
def test_an_id_in_lower_case_is_one_where_it_stands_for_a_message(line: str, state: str) -> None:
    request = "### brk-6 · mara asks ben\nOpened 2026-01-05 10:00\n\nHeight of the hands, please.\n"
    reply = f"# Pipes\n\n{line}\n"
    drafts = [
        *read_chat("c/requests.md", ["# Requests", "", *request.splitlines()], UTC),
        *read_chat("c/2026-01-07-ben-to-mara-pipes.md", reply.splitlines(), UTC),
    ]
    (found,) = assemble(drafts, TEAM).dependencies
    assert (found.requester, found.provider, found.state.value) == ("mara", "ben", state)


def test_a_reply_to_an_answer_that_asks_nothing_answers_it_no_more() -> None:
    files = {
        "1-mara-to-ben.md": "id: m1\nFrom: mara\nTo: ben\n\nMay the label say spring?",
        "2-ben-to-mara.md": "id: m2\nFrom: ben\nTo: mara\nIn-Reply-To: m1\n\nIt may.",
        "3-mara-to-ben.md": "id: m3\nFrom: mara\nTo: ben\nIn-Reply-To: m2\n\nThen take spring.",
    }
    drafts = [
        draft
        for name, text in files.items()
        for draft in read_chat(f"c/2026-01-05-{name}", text.splitlines(), UTC)
    ]
    answers = [one.answers for one in assemble(drafts, TEAM).messages]
    assert answers == [(), ("c/2026-01-05-1-mara-to-ben.md",), ()]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("It would be great if you could lower it to 60 %.", True),
        ("I would appreciate a second look at the grammar.", True),
        ("I need to know which grammar it is.", True),
        ("I was wondering whether the grammar is final.", True),
        ("Could you have a look, it is slow.", True),
        ("Could you lower it to 60 % after ten.", True),
        ("By noon I need from every one of you how many you take.", True),
        ("Quick one: length of the pulse on your output? I miss some.", True),
        ("@ben close the page for ten minutes.", True),
        ("## Expected from you\n- The grammar", True),
        ("**Heads up, decision needed**\n\nA) the old grammar\nB) the new one", True),
        ("I lean towards the new grammar. Your call.", True),
        ("The book closes tonight. Missing so far: weights.", True),
        ("It would be great to see it lowered.", False),
        ("I appreciate the second look.", False),
        ("I know which grammar it is.", False),
        ("## What to expect\n- The grammar", False),
        ("No decision needed.", False),
        ("Your call came through.", False),
        ("@ben closed the page.", False),
    ],
)
def test_a_wish_and_a_choice_ask_too(text: str, asks: bool) -> None:
    assert asked(text, "ben")[0] is asks


def test_heads_in_one_line_begin_turns_between_rules() -> None:
    text = (
        "# Pump\n\n**From:** mara **To:** ben **At:** 2026-01-05 08:00\n\nWhat do you send?\n\n---\n\n"
        "**From:** ben **To:** mara **At:** 2026-01-05 08:05\n\nI send 65.\n"
    )
    assert spoken("c/topics/pump.md", text) == [("mara", ("ben",)), ("ben", ("mara",))]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("30 ms. I can stretch it to 100 if that helps.", "answered"),
        ("Makes sense. I look at it tomorrow.", "acknowledged"),
        ("I can stretch the loops if that helps.", "open"),
    ],
)
def test_an_offer_behind_a_short_answer_takes_nothing_from_it(text: str, state: str) -> None:
    drafts = [
        draft
        for path, said in (
            ("c/2026-01-05-mara-to-ben-pulse.md", "How long is the pulse on your output?"),
            ("c/2026-01-06-ben-to-mara-pulse.md", text),
        )
        for draft in read_chat(path, said.splitlines(), UTC)
    ]
    (found,) = assemble(drafts, TEAM).dependencies
    assert found.state.value == state
