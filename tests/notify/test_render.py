from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notify.notices import OPENED, make_blocker, resolved
from rollcall.model import Blocker, BlockerKind, BlockerStatus, Transition
from rollcall.notify.render import (
    Words,
    say_backlog,
    say_line,
    say_nudge,
    say_status,
    say_transition,
    say_unwatched,
)

NOW = OPENED + timedelta(minutes=10)
WHAT = "No proof of work since 2026-02-07 13:54Z (cadence 5 min); 2 updates without."
WHERE = ("Opened 2026-02-07 14:05Z", "Owner: noor", "See feedback/mara.md:12")


def waiting_for(*agents: str) -> list[Blocker]:
    return [
        make_blocker(
            number,
            agent=agent,
            kind=BlockerKind.STALLED_DEPENDENCY,
            description="No answer: the parser's errors",
        )
        for number, agent in enumerate(agents, start=7)
    ]


def test_a_line_says_which_who_and_what() -> None:
    assert say_line(make_blocker()) == f"B-0042 mara: {WHAT}"


def test_what_everyone_is_asked_is_everyones() -> None:
    assert say_line(make_blocker(agent="*")) == f"B-0042 everyone: {WHAT}"
    several = [make_blocker(agent="*"), make_blocker(id="B-0043")]
    words = say_transition(Transition.OPENED, several, now=NOW)
    assert words.text == "B-0042 and 1 more: missing proof, everyone, mara."


@pytest.mark.parametrize(
    ("description", "ending"), [("It broke", "broke."), ("It broke!", "broke!"), ("Why?", "Why?")]
)
def test_a_line_ends_like_a_sentence(description: str, ending: str) -> None:
    assert say_line(make_blocker(description=description)).endswith(ending)


@pytest.mark.parametrize(
    ("transition", "text"),
    [
        (Transition.OPENED, f"B-0042 mara: {WHAT}"),
        (Transition.CHANGED, f"B-0042 mara: {WHAT}"),
        (Transition.ESCALATED, f"B-0042 mara: Still so after 10 min, now level 1: {WHAT}"),
        (Transition.ACKNOWLEDGED, f"B-0042 mara: Acknowledged: {WHAT}"),
    ],
)
def test_a_transition_says_what_happened_and_where_to_look(
    transition: Transition, text: str
) -> None:
    assert say_transition(transition, [make_blocker()], now=NOW) == Words(text, WHERE)


def test_a_closing_says_how_long_it_was_open_and_why_it_closed() -> None:
    words = say_transition(Transition.CLOSED, [resolved(make_blocker())], now=NOW)

    assert words.text == (
        "B-0042 mara: Resolved 2026-02-07 14:21Z after 16 min: Proof at 2026-02-07 14:20Z. "
        f"It was: {WHAT}"
    )


def test_a_reason_is_a_line_of_its_own() -> None:
    words = say_transition(
        Transition.ACKNOWLEDGED, [make_blocker()], now=NOW, reason="Acknowledged by noor"
    )

    assert words.detail == (*WHERE, "Acknowledged by noor")


def test_what_is_not_known_is_left_out() -> None:
    blocker = make_blocker(owner=None, evidence=())

    assert say_transition(Transition.OPENED, [blocker], now=NOW).detail == WHERE[:1]


def test_several_blockers_of_one_message_are_named_together() -> None:
    blockers = waiting_for("noor", "ben", "ivo")

    assert say_transition(Transition.OPENED, blockers, now=NOW) == Words(
        "B-0007 and 2 more: stalled dependency, ben, ivo, noor.",
        (
            "B-0007 noor: No answer: the parser's errors.",
            "B-0008 ben: No answer: the parser's errors.",
            "B-0009 ivo: No answer: the parser's errors.",
        ),
    )


def test_many_blockers_are_counted_beyond_what_a_person_reads() -> None:
    blockers = waiting_for(*(f"agent-{number:02}" for number in range(25)))

    words = say_transition(Transition.ESCALATED, blockers, now=NOW)

    assert words.text.startswith(
        "B-0007 and 24 more: Still so after 10 min, now level 1: stalled dependency, agent-00, "
    )
    assert words.text.endswith("agent-09 and 15 more.")
    assert len(words.detail) == 21
    assert words.detail[-1] == "and 5 more: rollcall blockers"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(599, "9 min 59 s"), (600, "10 min"), (659, "10 min"), (3_661, "1 h 1 min")],
)
def test_from_ten_minutes_on_an_age_has_no_seconds(seconds: int, said: str) -> None:
    now = OPENED + timedelta(seconds=seconds)

    words = say_transition(Transition.ESCALATED, [make_blocker(level=2)], now=now)

    assert words.text.startswith(f"B-0042 mara: Still so after {said}, now level 2: ")


def test_no_blocker_makes_no_words() -> None:
    with pytest.raises(ValueError, match="needs at least one"):
        say_transition(Transition.OPENED, [], now=NOW)


@pytest.mark.parametrize(
    ("blocker", "status"),
    [
        (make_blocker(level=2), "Open (level 2)"),
        (make_blocker(status=BlockerStatus.ACKNOWLEDGED), "Acknowledged"),
        (make_blocker(status=BlockerStatus.HELD), "Held"),
        (
            resolved(make_blocker()),
            "Resolved 2026-02-07 14:21Z after 16 min: Proof at 2026-02-07 14:20Z.",
        ),
    ],
)
def test_a_status_says_where_a_blocker_stands(blocker: Blocker, status: str) -> None:
    assert say_status(blocker) == status


def test_a_nudge_says_what_is_missing_and_gives_a_line_to_paste() -> None:
    words = say_nudge("mara", "No proof of work since 2026-02-07 14:00Z (cadence 5 min).", NOW)

    assert words == Words(
        "mara: No proof of work since 2026-02-07 14:00Z (cadence 5 min). "
        "Nobody else has been told yet.",
        (
            "Append what you did and what shows it (a test result, a diff, a commit, a file), such as:",
            "- 2026-02-07T14:15Z: `pytest tests/test_parser.py` -> 12 passed",
            "If you are blocked, say by what, and what you do meanwhile:",
            (
                "- 2026-02-07T14:15Z: Blocked: waiting for the schema from noor. "
                "Meanwhile: drafting the fixtures"
            ),
        ),
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 request was past due when Rollcall first saw it; no blocker was opened."),
        (12, "12 requests were past due when Rollcall first saw them; no blocker was opened."),
    ],
)
def test_the_backlog_is_one_line_with_the_number(count: int, text: str) -> None:
    assert say_backlog(count) == Words(
        text, ("List: rollcall blockers --backlog", "A follow-up to one of them revives it.")
    )


def test_a_closing_by_hand_says_once_that_it_is_resolved_and_by_whom() -> None:
    blocker = replace(resolved(make_blocker()), resolution="Resolved by noor (Slack)")
    words = "Resolved 2026-02-07 14:21Z by noor (Slack) after 16 min."
    assert say_status(blocker) == words
    assert say_transition(Transition.CLOSED, [blocker], now=NOW).text == (
        f"B-0042 mara: {words} It was: {WHAT}"
    )


def test_a_gap_of_less_than_a_minute_is_told_to_the_second() -> None:
    start = datetime(2026, 2, 7, 14, 5, 10, tzinfo=UTC)

    assert say_unwatched(start, start + timedelta(seconds=35)).text == (
        "Rollcall did not watch from 2026-02-07 14:05:10Z to 2026-02-07 14:05:45Z (35 s)."
    )


def test_a_gap_says_that_it_counts_against_nobody() -> None:
    start = datetime(2026, 2, 7, 14, 5, tzinfo=UTC)

    assert say_unwatched(start, start + timedelta(minutes=7, seconds=30)) == Words(
        "Rollcall did not watch from 2026-02-07 14:05Z to 2026-02-07 14:12Z (7 min 30 s).",
        ("That time counts against nobody: deadlines moved by as much.",),
    )


def test_every_line_is_one_line_without_controls_and_not_too_long() -> None:
    hostile = "a\nb\x1b[2J\u202e" + "x" * 5_000
    blocker = make_blocker(
        agent=hostile, description=hostile, owner=hostile, evidence=(hostile,) * 9
    )

    for transition in Transition:
        words = say_transition(transition, [blocker, blocker], now=NOW)
        alone = say_transition(transition, [blocker], now=NOW)
        for line in (words.text, *words.detail, alone.text, *alone.detail):
            assert line.isprintable()
            assert len(line) <= 300
