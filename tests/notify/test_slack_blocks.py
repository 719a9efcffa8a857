from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.notices import HOSTILE, OPENED, header, make_blocker, make_notice, resolved
from rollcall.model import BlockerKind, BlockerStatus, Notice, Transition
from rollcall.notify.fake_slack_blocks import find_complaints
from rollcall.notify.fake_slack_world import FakeMessage
from rollcall.notify.render import say_transition
from rollcall.notify.render_groups import say_storm
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


@pytest.mark.parametrize("count", [2, 44, 45, 500])
def test_a_message_about_many_blockers_lists_what_fits_and_counts_the_rest(count: int) -> None:
    blockers = tuple(make_blocker(number, agent=f"agent-{number}") for number in range(count))
    notice = make_notice(
        text="So many.", blockers=blockers, mention="U123", detail=("one line",) * count
    )

    for message in render_all(notice):
        assert len(message.blocks) <= MOST_BLOCKS
        assert find_complaints(list(message.blocks)) == []
    words = show(root_message(notice, news=True)).words
    assert sum(line.startswith("B-") for line in words.splitlines()) == min(count, 44)
    assert (f"and {count - 44} more: rollcall blockers" in words) is (count > 44)


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

    said = say_transition(Transition.OPENED, blockers, now=OPENED)
    message = root_message(make_notice(text=said.text, blockers=blockers), news=True)

    assert show(message).words.splitlines() == [
        "3 of 3 open · stalled dependency",
        "B-0007 and 2 more: stalled dependency, ben, ivo, noor.",
        *(f"{one.id} {one.agent}: {one.description} — Open (level 1)" for one in blockers),
        "Workspace: billing-page",
    ]


def test_what_a_storm_has_in_common_is_said_above_its_blockers() -> None:
    blockers = tuple(make_blocker(number, agent=f"agent-{number}") for number in range(6))
    said = say_storm(blockers, on_duty=7)
    names = ", ".join(one.agent for one in blockers)
    notice = make_notice(text=said.text, detail=said.detail, blockers=blockers)

    for message in (root_message(notice, news=True), root_message(notice, news=False)):
        assert show(message).words.splitlines()[:2] == [
            "6 of 6 open · missing proof",
            f"6 of 7 agents on duty fell silent at once, perhaps for one cause: {names}.",
        ]


def test_what_is_said_of_all_alike_stands_once_above_them() -> None:
    said = "No proof of work since 14:00Z (cadence 5 min)."
    alike = tuple(make_blocker(n, agent=f"agent-{n}", description=said) for n in (1, 2))
    other = make_blocker(3, agent="agent-3", description="No proof of work since 14:01Z.")

    message = root_message(make_notice(text="two", blockers=alike), news=False)
    mixed = root_message(make_notice(text="three", blockers=(*alike, other)), news=False)

    assert show(message).words.splitlines()[-4:] == [
        said,
        "B-0001 agent-1 — Open (level 1)",
        "B-0002 agent-2 — Open (level 1)",
        "Workspace: billing-page",
    ]
    assert show(mixed).words.splitlines()[-4:] == [
        "B-0001 agent-1: No proof of work since 14:00Z (cadence 5 min) — Open (level 1)",
        "B-0002 agent-2: No proof of work since 14:00Z (cadence 5 min) — Open (level 1)",
        "B-0003 agent-3: No proof of work since 14:01Z — Open (level 1)",
        "Workspace: billing-page",
    ]


def test_a_level_of_many_is_one_line_in_the_thread_above_which_they_are_listed() -> None:
    blockers = tuple(make_blocker(number, agent=f"agent-{number}", level=2) for number in (1, 2))
    said = say_transition(Transition.ESCALATED, blockers, now=OPENED + timedelta(minutes=10))

    raised = make_notice(
        Transition.ESCALATED, text=said.text, detail=said.detail, blockers=blockers
    )

    assert show(reply_message(raised)).words.splitlines() == [
        "B-0001 and 1 more: Still so after 10 min, now level 2: missing proof, agent-1, agent-2.",
        "Workspace: billing-page",
    ]


def test_a_level_that_became_the_first_message_of_many_is_not_said_once_it_may_be_over() -> None:
    blockers = tuple(resolved(make_blocker(number, agent=f"agent-{number}")) for number in (1, 2))
    raised = make_notice(
        Transition.ESCALATED, text="B-0001 and 1 more: Still so.", blockers=blockers
    )

    assert "Still so" not in show(root_message(raised, news=False)).words


def test_a_closing_of_many_says_in_the_thread_how_each_ended() -> None:
    blockers = tuple(resolved(make_blocker(number)) for number in (1, 2))
    said = say_transition(Transition.CLOSED, blockers, now=OPENED)

    closed = make_notice(Transition.CLOSED, text=said.text, detail=said.detail, blockers=blockers)

    assert len(show(reply_message(closed)).words.splitlines()) == 4


def test_the_buttons_are_the_last_thing_in_a_message_about_one_blocker() -> None:
    message = root_message(make_notice(), news=True, buttons=True)

    assert [one["type"] for one in message.blocks] == ["header", "section", "context", "actions"]


def test_the_title_follows_the_state_of_all_blockers() -> None:
    one, other = make_blocker(1), make_blocker(2, kind=BlockerKind.FAULT, agent="ben")

    def title(*blockers: object) -> str:
        message = root_message(make_notice(blockers=blockers), news=False)
        named = message.text.removeprefix("[billing-page] ")
        assert named == f"{header(list(message.blocks))}: ben, mara"
        return header(list(message.blocks))

    assert title(one, other) == "2 of 2 open · blockers"
    assert title(resolved(one), other) == "1 of 2 open · blockers"
    assert title(resolved(one), resolved(other)) == "Resolved · blockers"


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
            assert all(one["text"] == "<@U0123456789> please look at this." for one in formatted)


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
