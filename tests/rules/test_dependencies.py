"""When a request is overdue: duty, named dates and fallbacks, at the boundary and a second past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rollcall.model import Blocker, BlockerStatus, DependencyState
from rollcall.rules.decisions import Escalate, Ladder, Moment, Open, Standing
from rollcall.rules.dependencies import (
    DependencyFacts,
    DependencyPolicy,
    Fallback,
    find_condition,
    judge_dependency,
)
from rollcall.rules.duty import Away, DutyState, find_duty

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ASKED = datetime(2026, 2, 7, 9, 0, tzinfo=UTC)
POLICY = DependencyPolicy(15 * MINUTE, 240 * MINUTE)
LADDER = Ladder((timedelta(0), 10 * MINUTE))
FACTS = DependencyFacts("a.md", "mara", "ben", DependencyState.OPEN, ASKED, key="dependency:1:ben")
AWAY = Away(ASKED + 5 * MINUTE, ASKED + 65 * MINUTE, DutyState.PAUSED, "by ivo")


def opens(facts: DependencyFacts, now: datetime) -> bool:
    verdict = judge_dependency(facts, Standing(), POLICY, Moment(now, LADDER))
    return any(isinstance(one, Open) for one in verdict.decisions)


def off_duty(facts: DependencyFacts, now: datetime) -> DependencyFacts:
    return replace(facts, duty=find_duty([AWAY], now))


@pytest.mark.parametrize(
    ("facts", "after"),
    [
        (FACTS, 15 * MINUTE),
        (replace(FACTS, state=DependencyState.ACKNOWLEDGED), 240 * MINUTE),
        (replace(FACTS, due=ASKED + 5 * MINUTE), 5 * MINUTE),
        (replace(FACTS, due=ASKED), 15 * MINUTE),
        (replace(FACTS, begins=ASKED + 30 * MINUTE), 45 * MINUTE),
        (replace(FACTS, begins=ASKED + 30 * MINUTE, due=ASKED + 30 * MINUTE), 45 * MINUTE),
        (replace(FACTS, begins=ASKED + 30 * MINUTE, due=ASKED + 40 * MINUTE), 40 * MINUTE),
    ],
    ids=[
        "acknowledgement",
        "answer",
        "a named date before ack_within",
        "a named date that was over when it was asked",
        "the provider came back later",
        "a named date that was over when the provider came back",
        "a named date after the provider came back",
    ],
)
def test_a_step_is_overdue_at_its_instant_and_not_a_second_before(
    facts: DependencyFacts, after: timedelta
) -> None:
    due = ASKED + after
    assert [opens(facts, due - SECOND), opens(facts, due), opens(facts, due + SECOND)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, state=DependencyState.ANSWERED),
        replace(FACTS, withdrawn=True),
        replace(FACTS, backlog=True),
        replace(FACTS, broadcast=True),
        replace(FACTS, asked=None),
    ],
    ids=["answered", "withdrawn", "backlog", "part of a broadcast", "history"],
)
def test_what_nobody_waits_for_is_never_overdue(facts: DependencyFacts) -> None:
    assert not opens(facts, ASKED + timedelta(days=30))


def test_the_hour_that_the_provider_is_off_duty_does_not_count() -> None:
    due = ASKED + 75 * MINUTE
    instants = [AWAY.start + 15 * MINUTE, due - SECOND, due]
    assert [opens(off_duty(FACTS, now), now) for now in instants] == [False, False, True]


def test_a_date_that_passes_off_duty_is_told_at_the_return_and_not_a_second_before() -> None:
    facts = replace(FACTS, state=DependencyState.ACKNOWLEDGED, due=ASKED + 30 * MINUTE)
    back = ASKED + 65 * MINUTE
    assert [opens(off_duty(facts, now), now) for now in (back - SECOND, back)] == [False, True]


@pytest.mark.parametrize(
    ("until", "level_two"),
    [(None, 15 + 240), (ASKED + 40 * MINUTE, 50), (ASKED + 20 * MINUTE, 30)],
    ids=["answer_within", "until a time", "until a time soon after the opening"],
)
def test_the_ladder_goes_on_when_the_fallback_is_over(
    until: datetime | None, level_two: int
) -> None:
    facts = replace(FACTS, fallback=Fallback(ASKED + 5 * MINUTE, until))
    opened = ASKED + 15 * MINUTE
    moment = Moment(opened, LADDER)
    (opening,) = judge_dependency(facts, Standing(), POLICY, moment).decisions
    assert isinstance(opening, Open)
    standing = Standing([blocker_of(opening, opened)], {facts.key: opening.condition.phase})
    at = ASKED + level_two * MINUTE
    found = [
        [
            type(one)
            for one in judge_dependency(facts, standing, POLICY, Moment(now, LADDER)).decisions
        ]
        for now in (at - SECOND, at)
    ]
    assert [Escalate in one for one in found] == [False, True]


def blocker_of(opening: Open, opened: datetime) -> Blocker:
    condition = opening.condition
    return Blocker(
        id="B-0001",
        kind=condition.kind,
        condition=condition.key,
        agent=condition.agent,
        level=opening.level,
        status=BlockerStatus.OPEN,
        owner=None,
        opened=opened,
        closed=None,
        description=condition.description,
    )


@pytest.mark.parametrize(
    ("facts", "after", "why"),
    [
        (FACTS, 15, "asked 2026-02-07 09:00Z, acknowledgement within 15 min = 2026-02-07 09:15Z"),
        (FACTS, 240, "asked 2026-02-07 09:00Z, answer within 4 h = 2026-02-07 13:00Z"),
        (
            replace(FACTS, state=DependencyState.ACKNOWLEDGED),
            240,
            "asked 2026-02-07 09:00Z, answer within 4 h = 2026-02-07 13:00Z",
        ),
        (
            replace(FACTS, due=ASKED + 60 * MINUTE),
            60,
            "asked 2026-02-07 09:00Z, answer due 2026-02-07 10:00Z = 2026-02-07 10:00Z",
        ),
    ],
)
def test_the_sum_of_a_deadline_adds_up(facts: DependencyFacts, after: int, why: str) -> None:
    moment = Moment(ASKED + after * MINUTE, LADDER)
    condition = find_condition(facts, POLICY, moment)
    assert condition is not None
    assert condition.why == why
