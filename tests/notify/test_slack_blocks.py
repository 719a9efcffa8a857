from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notices import HOSTILE, OPENED, header, make_blocker, make_notice, resolved

from rollcall.model import BlockerKind, BlockerStatus, Notice, Transition
from rollcall.notify.fake_slack_blocks import find_complaints
from rollcall.notify.fake_slack_world import FakeMessage
from rollcall.notify.slack_blocks import (
    MOST_BLOCKS,
    MOST_HEADER,
    MOST_SECTION,
    MOST_TEXT,
    SlackMessage,
    escape,
    own_message,
    reply_message,
    root_message,
    say_mention,
)


def render_all(notice: Notice) -> list[SlackMessage]:
    return [
        root_message(notice, news=True),
        root_message(notice, news=False),
        reply_message(notice),
        own_message(notice),
    ]


def show(message: SlackMessage) -> FakeMessage:
    return FakeMessage("C1", "1.0", message.text, list(message.blocks), None)


def test_escaping_leaves_no_markup_and_one_line() -> None:
    assert escape(HOSTILE, 200) == (
        "&lt;!channel&gt; &lt;@U1&gt; &lt;http://x|ok&gt; &amp; | \\ *bold* `code` [31mred [0m ~~~ "
        "&lt;!-- rollcall: x --&gt;"
    )


@given(st.text(max_size=400), st.integers(1, 300))
def test_escaped_text_keeps_to_its_limit_and_never_cuts_an_entity(text: str, most: int) -> None:
    escaped = escape(text, most)

    assert len(escaped) <= most
    assert not re.search(r"[<>\n]|&(?!(?:amp|lt|gt);)", escaped)


def test_a_text_of_only_markup_is_cut_to_whole_entities() -> None:
    assert escape("&" * 500, 150) == "&amp;" * 29 + "…"


def test_a_header_a_section_and_the_text_reach_their_limits_and_no_further() -> None:
    longest = make_blocker(agent="m" * 500, description="d" * 9_000)

    for message in render_all(make_notice(text="t" * 9_000, blockers=(longest,))):
        assert find_complaints(list(message.blocks)) == []
        assert len(message.text) <= MOST_TEXT
    root = root_message(make_notice(blockers=(longest,)), news=True)
    assert len(root.blocks[0]["text"]["text"]) == MOST_HEADER
    assert len(root.blocks[1]["text"]["text"]) == MOST_SECTION


@pytest.mark.parametrize("count", [2, 45, 46, 500])
def test_a_message_about_many_blockers_lists_what_fits_and_counts_the_rest(count: int) -> None:
    blockers = tuple(make_blocker(number, agent=f"agent-{number}") for number in range(count))
    notice = make_notice(blockers=blockers, mention="U123", detail=("one line",) * count)

    for message in render_all(notice):
        assert len(message.blocks) <= MOST_BLOCKS
        assert find_complaints(list(message.blocks)) == []
    words = show(root_message(notice, news=True)).words
    assert sum(line.startswith("B-") for line in words.splitlines()) == min(count, 45)
    assert (f"and {count - 45} more: rollcall blockers" in words) is (count > 45)


def test_the_overdue_dependencies_of_one_message_are_one_message_that_names_the_agents() -> None:
    blockers = tuple(
        make_blocker(
            number,
            agent=agent,
            kind=BlockerKind.STALLED_DEPENDENCY,
            description=f"No answer from {agent}, asked by mara (within 4 h): the parser's errors",
        )
        for number, agent in enumerate(("noor", "ben", "ivo"), start=7)
    )

    words = show(root_message(make_notice(blockers=blockers), news=True)).words

    assert words.splitlines() == [
        "3 of 3 open · stalled dependency: ben, ivo, noor",
        *(f"{one.id} {one.agent}: {one.description}. — Open (level 1)" for one in blockers),
        "Workspace: billing-page",
    ]


def test_the_title_follows_the_state_of_all_blockers() -> None:
    one, other = make_blocker(1), make_blocker(2, kind=BlockerKind.FAULT, agent="ben")

    def title(*blockers: object) -> str:
        message = root_message(make_notice(blockers=blockers), news=False)
        return header(list(message.blocks))

    assert title(one, other) == "2 of 2 open · blockers: ben, mara"
    assert title(resolved(one), other) == "1 of 2 open · blockers: ben, mara"
    assert title(resolved(one), resolved(other)) == "Resolved · blockers: ben, mara"


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (BlockerStatus.OPEN, "Open · B-0042 mara: missing proof"),
        (BlockerStatus.ACKNOWLEDGED, "Acknowledged · B-0042 mara: missing proof"),
        (BlockerStatus.SNOOZED, "Snoozed · B-0042 mara: missing proof"),
    ],
)
def test_the_title_says_where_one_blocker_stands(status: BlockerStatus, shown: str) -> None:
    message = root_message(make_notice(blockers=(make_blocker(status=status),)), news=False)

    assert header(list(message.blocks)) == shown
    assert message.text == f"[billing-page] {shown}"


def test_agents_words_are_plain_text_wherever_they_stand() -> None:
    hostile = make_blocker(
        agent=HOSTILE, description=HOSTILE, owner=HOSTILE, evidence=(HOSTILE,), resolution=HOSTILE
    )
    closed = resolved(hostile)
    for blockers in [(hostile,), (hostile, closed), ()]:
        notice = make_notice(
            Transition.CLOSED,
            text=HOSTILE,
            detail=(HOSTILE,),
            blockers=blockers,
            workspace=HOSTILE,
            mention="U0123456789",
        )
        for message in render_all(notice):
            assert set(show(message).markup) <= {"<@U0123456789>"}
            formatted = [one for one in show(message).objects if one["type"] == "mrkdwn"]
            assert all(
                one["text"] == "<@U0123456789> please look at this (level 1)." for one in formatted
            )


@pytest.mark.parametrize(
    ("person", "mention"),
    [
        ("U0123456789", "<@U0123456789>"),
        ("W012A3CDE", "<@W012A3CDE>"),
        ("S0123456789", "<!subteam^S0123456789>"),
        ("channel", ""),
        ("U1> <!channel", ""),
        ("noor", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_a_slack_id_is_mentioned(person: str | None, mention: str) -> None:
    assert say_mention(person) == mention


def test_words_that_show_nothing_do_not_make_an_empty_block() -> None:
    blank = make_blocker(description="\u200b \n", closed=OPENED + timedelta(minutes=1))

    for message in render_all(make_notice(text="", workspace=" ", blockers=(blank,))):
        assert find_complaints(list(message.blocks)) == []
        assert message.text
