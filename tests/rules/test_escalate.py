"""One condition, one blocker: opened once, raised by the ladder, closed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from blockers import make_blocker
from rollcall.model import BlockerKind, BlockerStatus
from rollcall.rules.decisions import (
    Change,
    Close,
    Condition,
    Escalate,
    Ladder,
    Moment,
    Open,
    Rest,
    Standing,
    Verdict,
    Wake,
)
from rollcall.rules.escalate import reconcile
from rollcall.rules.watched import Gap
from rollcall.rules.words import say_instant

DUE = datetime(2026, 1, 5, 10, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LADDER = Ladder((timedelta(0), timedelta(minutes=10)))
CONDITION = Condition(
    key="proof:mara",
    kind=BlockerKind.MISSING_PROOF,
    agent="mara",
    due=DUE,
    description="No proof of work since 10:00Z",
    why="10:00 + 10 min = 10:10",
)
BLOCKER = make_blocker(DUE, description=CONDITION.description)
OPEN = Standing(blockers=(BLOCKER,), phases={"proof:mara": ""})


def judge(
    standing: Standing, now: datetime, *conditions: Condition, gaps: tuple[Gap, ...] = ()
) -> Verdict:
    moment = Moment(now, LADDER, gaps)
    return reconcile(conditions, standing, moment, endings={"proof:mara": "Proof at 10:20Z"})


def test_a_condition_opens_exactly_when_due_and_not_a_second_before() -> None:
    early = judge(Standing(), DUE - SECOND, CONDITION)
    assert early == Verdict((), DUE)
    on_time = judge(Standing(), DUE, CONDITION)
    assert on_time == Verdict((Open(CONDITION, 1),), DUE + timedelta(minutes=10))


def test_an_open_blocker_is_not_opened_again() -> None:
    assert judge(OPEN, DUE + SECOND, CONDITION) == Verdict((), DUE + timedelta(minutes=10))


def test_level_two_is_reached_ten_minutes_after_the_opening_and_not_a_second_before() -> None:
    at = DUE + timedelta(minutes=10)
    assert judge(OPEN, at - SECOND, CONDITION) == Verdict((), at)
    why = "still so after level 1: 10:00 + 10 min = 10:10"
    assert judge(OPEN, at, CONDITION) == Verdict((Escalate(BLOCKER, 2, why),), None)


def test_the_ladder_does_not_climb_while_nobody_watches() -> None:
    gap = Gap(DUE + SECOND, DUE + timedelta(hours=1))
    at = DUE + timedelta(hours=1)
    verdict = judge(OPEN, at, CONDITION, gaps=(gap,))
    assert verdict == Verdict((), at + timedelta(minutes=10) - SECOND)


def test_an_acknowledged_blocker_does_not_climb_but_closes() -> None:
    acknowledged = replace(BLOCKER, status=BlockerStatus.ACKNOWLEDGED)
    standing = Standing(blockers=(acknowledged,), phases={"proof:mara": ""})
    assert judge(standing, DUE + timedelta(days=1), CONDITION) == Verdict(
        (), None, ("acknowledged: its levels and repeats have stopped",)
    )
    assert judge(standing, DUE + SECOND).decisions == (Close(acknowledged, "Proof at 10:20Z"),)


def test_an_ended_condition_closes_its_blocker_with_the_words_that_say_why() -> None:
    later = replace(CONDITION, due=DUE + timedelta(minutes=20))
    verdict = judge(OPEN, DUE + SECOND, later)
    assert verdict == Verdict((Close(BLOCKER, "Proof at 10:20Z"),), later.due)


def test_a_new_phase_changes_the_text_and_opens_nothing() -> None:
    changed = replace(CONDITION, phase="answer", description="No answer")
    assert judge(OPEN, DUE + SECOND, changed).decisions == (Change(BLOCKER, changed),)


def test_a_resting_condition_opens_nothing_until_its_rest_is_over() -> None:
    until = DUE + timedelta(hours=4)
    standing = Standing(rests=(Rest("proof:mara", until),))
    note = f"resolved by hand: it rests until {say_instant(until)}, or until it ended once"
    assert judge(standing, until - SECOND, CONDITION) == Verdict((), until, (note,))
    assert judge(standing, until, CONDITION).decisions == (
        Wake("proof:mara"),
        Open(CONDITION, 1),
    )


def test_a_rest_ends_when_its_condition_has_ended_once() -> None:
    standing = Standing(rests=(Rest("proof:mara", DUE + timedelta(hours=4)),))
    later = replace(CONDITION, due=DUE + timedelta(minutes=30))
    assert judge(standing, DUE + SECOND, later) == Verdict((Wake("proof:mara"),), later.due)


def test_a_ladder_that_begins_later_opens_at_level_none() -> None:
    moment = Moment(DUE, Ladder((timedelta(minutes=5),)))
    verdict = reconcile([CONDITION], Standing(), moment, endings={})
    assert verdict == Verdict((Open(CONDITION, 0),), DUE + timedelta(minutes=5))
