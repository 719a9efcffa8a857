"""Which requests are overdue, from whom, and which are only history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rollcall.model import EVERYONE, BlockerKind, DependencyState
from rollcall.rules.decisions import Condition, Moment, Standing, Verdict, earliest
from rollcall.rules.escalate import reconcile
from rollcall.rules.watched import Gap, watched_deadline
from rollcall.rules.words import say_duration, say_instant


@dataclass(frozen=True, slots=True)
class DependencyPolicy:
    """How long a request may stay unacknowledged, and unanswered."""

    ack_within: timedelta
    answer_within: timedelta


@dataclass(frozen=True, slots=True)
class DependencyFacts:
    """One request seen from one asked agent.

    ``asked`` is its arrival, None for history; ``due`` the date that the message names;
    ``backlog``: it was past due at first sight and has no clock; ``closed_by`` is the place of the
    message that brought it to its state; ``withdrawn``: nothing asks it any more; ``key`` names the
    condition that it is stalled.
    """

    request: str
    requester: str | None
    provider: str
    state: DependencyState
    asked: datetime | None
    due: datetime | None = None
    backlog: bool = False
    closed_by: str | None = None
    title: str = ""
    lead: str | None = None
    key: str = ""
    withdrawn: bool = False

    @property
    def has_clock(self) -> bool:
        """Tell whether time runs for it at all."""
        return self.asked is not None and not self.backlog


def find_due(
    facts: DependencyFacts, policy: DependencyPolicy, gaps: Sequence[Gap]
) -> tuple[datetime, str] | None:
    """Return when the next step is overdue and which it is, ``acknowledgement`` or ``answer``."""
    over = facts.withdrawn or facts.state is DependencyState.ANSWERED
    if facts.asked is None or facts.backlog or over:
        return None
    answer_due = facts.due or watched_deadline(facts.asked, policy.answer_within, gaps)
    if facts.state is DependencyState.ACKNOWLEDGED:
        return answer_due, "answer"
    ack_due = watched_deadline(facts.asked, policy.ack_within, gaps)
    if answer_due <= ack_due:
        return answer_due, "answer"
    return ack_due, "acknowledgement"


def was_due_at_first_sight(facts: DependencyFacts, policy: DependencyPolicy, now: datetime) -> bool:
    """Tell whether a request was past due, or bore no date, when it was first seen."""
    if facts.state is DependencyState.ANSWERED:
        return False
    due = find_due(facts, policy, ())
    return due is None or due[0] <= now


def find_condition(
    facts: DependencyFacts, policy: DependencyPolicy, gaps: Sequence[Gap], now: datetime
) -> Condition | None:
    """Return the condition that this dependency is stalled, with the step that is missing."""
    found = find_due(facts, policy, gaps)
    if found is None or facts.asked is None:
        return None
    due, step = found
    answer_due = facts.due or watched_deadline(facts.asked, policy.answer_within, gaps)
    if answer_due <= now:
        step = "answer"
    within = policy.answer_within if step == "answer" else policy.ack_within
    limit = f"due {say_instant(facts.due)}" if step == "answer" and facts.due else None
    limit = limit or f"within {say_duration(within)}"
    return Condition(
        key=facts.key,
        kind=BlockerKind.STALLED_DEPENDENCY,
        agent=facts.provider,
        due=due,
        description=_say(facts, step, limit),
        why=f"asked {say_instant(facts.asked)}, {step} {limit} = {say_instant(due)}",
        phase=step,
        owner=facts.lead,
        evidence=(facts.request,),
        group=f"request:{facts.request}",
    )


def judge_dependency(
    facts: DependencyFacts,
    standing: Standing,
    policy: DependencyPolicy,
    moment: Moment,
    *,
    stood_for: bool = False,
) -> Verdict:
    """Judge one dependency; ``stood_for``: the blocker of its absent provider stands for it."""
    condition = None if stood_for else find_condition(facts, policy, moment.gaps, moment.now)
    conditions = [] if condition is None else [condition]
    verdict = reconcile(conditions, standing, moment, endings={facts.key: _say_ending(facts)})
    later = None if condition is None else _find_later_step(facts, policy, moment)
    return Verdict(verdict.decisions, earliest([verdict.next_check_at, later]))


def judge_absence(
    provider: str,
    asked_of_it: Sequence[DependencyFacts],
    standing: Standing,
    policy: DependencyPolicy,
    moment: Moment,
    *,
    has_written: bool,
) -> Verdict:
    """Judge an agent that was asked and has never written: one blocker lists what waits for it."""
    conditions: list[Condition] = []
    if not has_written:
        found = [
            one
            for facts in asked_of_it
            if (one := find_condition(facts, policy, moment.gaps, moment.now)) is not None
        ]
        conditions = _absent(provider, found, moment.now)
    return reconcile(
        conditions,
        standing,
        moment,
        endings={absent_key(provider): f"{provider} has written" if has_written else "Withdrawn"},
    )


def absent_key(provider: str) -> str:
    """Name the condition that an asked agent has never written."""
    return f"absent:{provider}"


def _absent(provider: str, found: Sequence[Condition], now: datetime) -> list[Condition]:
    overdue = [one for one in found if one.due <= now]
    later = [one.due for one in found if one.due > now]
    conditions = []
    if overdue:
        requests = sorted({place for one in overdue for place in one.evidence})
        count = "1 request" if len(overdue) == 1 else f"{len(overdue)} requests"
        conditions.append(
            Condition(
                key=absent_key(provider),
                kind=BlockerKind.ABSENT,
                agent=provider,
                due=min(one.due for one in overdue),
                description=f"Never written; {count} overdue: {', '.join(requests)}",
                why="; ".join(one.why for one in overdue),
                phase="|".join(requests),
                owner=overdue[0].owner,
                evidence=tuple(requests),
            )
        )
    if later:
        due = min(later)
        name = absent_key(provider) if not overdue else f"next-overdue:{provider}"
        conditions.append(Condition(name, BlockerKind.ABSENT, provider, due, "", "next overdue"))
    return conditions


def _find_later_step(
    facts: DependencyFacts, policy: DependencyPolicy, moment: Moment
) -> datetime | None:
    if facts.asked is None:
        return None
    answer_due = facts.due or watched_deadline(facts.asked, policy.answer_within, moment.gaps)
    return answer_due if answer_due > moment.now else None


def _say(facts: DependencyFacts, step: str, limit: str) -> str:
    asker = facts.requester or "someone"
    provider = "anyone" if facts.provider == EVERYONE else facts.provider
    asked = (
        f"asked by {asker}"
        if facts.asked is None
        else (f"asked by {asker} at {say_instant(facts.asked)}")
    )
    what = f"{facts.title} ({facts.request})" if facts.title else facts.request
    return f"No {step} from {provider}, {asked} ({limit}): {what}"


def _say_ending(facts: DependencyFacts) -> str:
    if facts.withdrawn:
        return "Not asked any more"
    if facts.state is DependencyState.OPEN:
        return "Not overdue any more"
    return f"{facts.state.value.capitalize()} by {facts.closed_by or facts.provider}"
