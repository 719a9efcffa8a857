"""What agents write is shown as text, and does nothing, wherever it is shown."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
import scene
from injections import INJECTIONS, LONG
from markdown_it import MarkdownIt
from markdown_it.token import Token

from harness import World
from rollcall.cli.output import clean, harmless, print_json
from rollcall.model import Blocker, BlockerKind, BlockerStatus, Notice, Transition
from rollcall.notify.alertmanager import make_alerts
from rollcall.notify.as_json import notice_json
from rollcall.notify.inbox import render_section
from rollcall.notify.markdown import cell, fenced, inline
from rollcall.notify.render import say_transition
from rollcall.parse.blockers_log import has_markers

pytestmark = pytest.mark.xdist_group("injections")  # what they look at is made once

# Every eighth injection is played end to end, each with HYPOTHESIS_PROFILE=deep; the tables take all.
STEP = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 8
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NOON = datetime(2026, 2, 7, 12, 0, tzinfo=UTC)
UUID = "5b1f7c0e-0000-4000-8000-000000000001"
KEY = f"{UUID}/B-0042/opened/inbox"
ENTITY = re.compile(r"&(?:amp|lt|gt);")
CALL = re.compile(r"<@[UW][A-Z0-9]{2,20}>|<!subteam\^S[A-Z0-9]{2,20}>")
IN_THE_LOG = {
    "html_block", "inline", "paragraph_open", "paragraph_close", "table_open", "table_close",
    "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open",
    "th_close", "td_open", "td_close",
}  # fmt: skip
OUR_COMMENT = re.compile(r"<!-- /?rollcall(?:: [\w/ .-]+)? -->\n?")
each_injection = pytest.mark.parametrize("text", INJECTIONS, ids=lambda text: ascii(text)[1:40])


def make_notice(text: str) -> Notice:
    """Return a notice all of whose words are an agent's."""
    blocker = Blocker(
        id="B-0042",
        kind=BlockerKind.BLOCKED,
        condition="blocked:mara",
        agent="mara",
        level=2,
        status=BlockerStatus.RESOLVED,
        owner=text,
        opened=NOON,
        closed=NOON,
        description=text,
        evidence=("feedback/mara.md:12",),
        resolution=text,
    )
    words = say_transition(Transition.CLOSED, [blocker], now=NOON, reason=text)
    return Notice(
        key=KEY,
        workspace="billing-page",
        sink="slack",
        target="mara",
        transition=Transition.CLOSED,
        created=NOON,
        text=words.text,
        detail=(*words.detail, text),
        blockers=(blocker,),
        level=2,
        mention="U0123456789",
    )


def controls_in(text: str) -> set[str]:
    """Return the signs in a text that steer a terminal or turn its direction."""
    return {
        sign
        for sign in text
        if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} and sign != "\n"
    }


def alive_in(tokens: Iterable[Token]) -> set[str]:
    """Return the types of the tokens within lines that are more than text."""
    return {
        child.type
        for token in tokens
        for child in token.children or ()
        if child.type not in {"text", "softbreak"}
    }


def assert_dead_in_slack(text: str, blocks: Sequence[object]) -> None:
    bare = CALL.sub("", text)
    assert "<" not in bare
    assert ">" not in bare
    assert "&" not in ENTITY.sub("", bare)
    assert not controls_in(text)
    for one in text_objects(blocks):
        words = str(one["text"])
        if one["type"] == "mrkdwn":
            assert CALL.match(words)
            assert words.endswith(("please look at this.", "(level 1).", "(level 2)."))
            continue
        assert one["type"] == "plain_text"
        assert "<" not in words
        assert "&" not in ENTITY.sub("", words)
        assert not controls_in(words)
        assert len(words) <= 3_000


def text_objects(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        if value.get("type") in {"plain_text", "mrkdwn"}:
            yield value
        for one in value.values():
            yield from text_objects(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from text_objects(one)


def assert_dead_in_inbox(section: str) -> None:
    tokens = MARKDOWN.parse(section)
    kinds = [token.type for token in tokens]
    body = ["heading_open", "inline", "heading_close", "html_block", "fence"]
    assert kinds == body * (len(kinds) // len(body))
    assert all(OUR_COMMENT.fullmatch(one.content) for one in tokens if one.type == "html_block")
    assert alive_in(tokens) == set()
    assert not controls_in(section)
    lines = section.splitlines()
    assert len([line for line in lines if OUR_COMMENT.fullmatch(line)]) == kinds.count("fence")
    assert max(len(line) for line in lines if not line.startswith("```")) <= 300


@each_injection
def test_nothing_is_alive_in_slack(text: str) -> None:
    for message in scene.draw_messages([make_notice(text)]):
        assert_dead_in_slack(message.text, message.blocks)


@each_injection
def test_nothing_is_alive_in_an_inbox(text: str) -> None:
    section = render_section(make_notice(text))

    assert_dead_in_inbox(section)
    assert section.count(KEY) == 1


@each_injection
def test_nothing_is_alive_in_a_cell_of_the_log(text: str) -> None:
    table = f"| A | B |\n| --- | --- |\n| {cell(text)} | end |\n"

    tokens = MARKDOWN.parse(table)

    cells = [token.content for token in tokens if token.type == "inline"]
    assert [token.type for token in tokens].count("tr_open") == 2
    assert cells == ["A", "B", cell(text), "end"]
    assert alive_in(tokens) == set()
    assert not has_markers(cell(text).encode())
    assert not re.match(r"\|?\s*B-\d", cell(text))
    assert len(cell(text)) <= 200


@each_injection
def test_nothing_is_alive_in_a_line_of_prose(text: str) -> None:
    tokens = MARKDOWN.parse(f"before\n\n{inline(text)}\n\nafter\n")

    assert {token.type for token in tokens} == {"paragraph_open", "inline", "paragraph_close"}
    assert alive_in(tokens) == set()


@each_injection
def test_nothing_gets_out_of_a_fence(text: str) -> None:
    tokens = MARKDOWN.parse(f"{fenced(text)}\n\nafter\n")

    assert [token.type for token in tokens] == [
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]


@each_injection
def test_nothing_is_alive_in_a_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"text": text})

    printed = capsys.readouterr().out
    assert printed.isascii()
    assert printed.count("\n") == 1
    assert controls_in(printed) == set()
    for shown in (clean(text), harmless(text)):
        assert "\n" not in shown
        assert controls_in(shown) == set()


@each_injection
def test_nothing_is_alive_in_json_for_programs(text: str) -> None:
    body = notice_json(make_notice(text))

    assert json.loads(json.dumps(body)) == body
    for one in scene.strings_in(body):
        assert "\n" not in one
        assert controls_in(one) == set()


@each_injection
def test_nothing_is_alive_in_an_alert(text: str) -> None:
    notice = make_notice(text)

    for alert in make_alerts(notice, notice.blockers[0], NOON):
        assert set(alert["annotations"]) == {"summary", "description"}
        assert "\n" not in alert["annotations"]["summary"]
        assert len(alert["annotations"]["description"].splitlines()) <= 4
        for one in scene.strings_in(alert):
            assert controls_in(one) == set()
            assert len(one) <= LONG


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which a team wrote injections wherever it could."""
    return scene.play(tmp_path_factory.mktemp("injected"), INJECTIONS[::STEP])


def test_the_corpus_of_injections_is_as_large_as_promised() -> None:
    assert len(set(INJECTIONS)) >= 60


def test_nothing_is_alive_in_the_log_that_a_team_wrote_into(world: World) -> None:
    region = scene.see_region(world)

    tokens = MARKDOWN.parse(region)

    comments = [token.content for token in tokens if token.type == "html_block"]
    assert {token.type for token in tokens} <= IN_THE_LOG
    assert all(line.startswith("<!-- ") for text in comments for line in text.splitlines())
    assert alive_in(tokens) == set()
    assert controls_in(region) == set()


def test_nothing_is_alive_in_the_inboxes_of_a_team(world: World) -> None:
    sections = "".join(scene.see_inboxes(world).values())

    assert_dead_in_inbox(sections[sections.index("\n## ") :])


def test_nothing_is_alive_in_the_messages_about_a_team(world: World) -> None:
    for message in scene.draw_messages(scene.notices_of(world)):
        assert_dead_in_slack(message.text, message.blocks)


def test_nothing_is_alive_in_what_programs_are_sent_about_a_team(world: World) -> None:
    for notice in scene.notices_of(world):
        for one in scene.strings_in(notice_json(notice)):
            assert controls_in(one) == set()
            assert "\n" not in one


@pytest.mark.parametrize(
    "words",
    [
        ("status",), ("status", "--json"), ("blockers",), ("blockers", "--json"), ("agents",),
        ("silence", "list"), ("why", "B-0001"), ("why", "B-0002", "--json"), ("why", "agent1"),
        ("ack", "\x1b[31mB-0001"), ("snooze", "\x1b]8;;https://evil.example\x1b\\B-0001"),
    ],
    ids=lambda words: ascii(" ".join(words)),
)  # fmt: skip
def test_nothing_is_alive_in_what_a_command_prints_about_a_team(
    words: tuple[str, ...], world: World
) -> None:
    printed = scene.run_command(world, *words)

    assert printed
    assert controls_in(printed) == set()
