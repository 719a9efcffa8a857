"""Which requests are overdue, from whom, and which are only history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rollcall.model import EVERYONE, BlockerKind, DependencyState
from rollcall.rules.decisions import Condition, Ladder, Moment, Standing, Verdict, earliest
from rollcall.rules.duty import ALWAYS, Duty
from rollcall.rules.escalate import reconcile
from rollcall.rules.watched import Gap, watched_deadline
from rollcall.rules.words import say_duration, say_instant


@dataclass(frozen=True, slots=True)
class DependencyPolicy:
    """How long a request may stay unacknowledged, and unanswered."""

    ack_within: timedelta
    answer_within: timedelta


@dataclass(frozen=True, slots=True)
class Fallback:
    """What a requester does meanwhile, from ``since`` on; ``until`` is the time that it names."""

    since: datetime
    until: datetime | None
    words: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class DependencyFacts:
    """One request seen from one asked agent.

    ``asked`` is its arrival, None for history; ``begins`` is when its clock starts where its
    provider came back after that; ``due`` the date that the message names; ``backlog``: it was past
    due at first sight and has no clock; ``closed_by`` is the place of the message that brought it to
    its state; ``withdrawn``: nothing asks it any more; ``key`` names the condition that it is
    stalled. ``duty`` is its provider's, with the time off from ``asked`` on; ``asked_again`` counts
    the follow-ups; ``broadcast``: it is a part of a request to everyone, which has the blocker.
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
    begins: datetime | None = None
    duty: Duty = ALWAYS
    asked_again: int = 0
    fallback: Fallback | None = None
    broadcast: bool = False

    @property
    def has_clock(self) -> bool:
        """Tell whether time runs for it at all."""
        return self.asked is not None and not self.backlog

    @property
    def is_over(self) -> bool:
        """Tell whether nobody waits for it any more."""
        return self.withdrawn or self.state is DependencyState.ANSWERED

    @property
    def start(self) -> datetime | None:
        """Return where its clock starts: its arrival, or its provider's return."""
        begins = self.begins or self.asked
        return None if self.asked is None or begins is None else max(self.asked, begins)

    @property
    def named_due(self) -> datetime | None:
        """Return the date that it names, unless that was over when its clock started."""
        over = self.due is not None and self.start is not None and self.due <= self.start
        return None if over else self.due


def find_due(
    facts: DependencyFacts, policy: DependencyPolicy, gaps: Sequence[Gap]
) -> tuple[datetime, str] | None:
    """Return when the next step is overdue and which it is, ``acknowledgement`` or ``answer``.

    ``gaps`` is all time that does not count for it. A date that the message names is not moved.
    """
    if facts.start is None or facts.backlog or facts.is_over:
        return None
    answer_due = facts.named_due or watched_deadline(facts.start, policy.answer_within, gaps)
    if facts.state is DependencyState.ACKNOWLEDGED:
        return answer_due, "answer"
    ack_due = watched_deadline(facts.start, policy.ack_within, gaps)
    if answer_due <= ack_due:
        return answer_due, "answer"
    return ack_due, "acknowledgement"


def find_answer_due(
    facts: DependencyFacts, policy: DependencyPolicy, gaps: Sequence[Gap]
) -> datetime | None:
    """Return by when an answer is due; None where no clock runs, or its provider is off duty."""
    if facts.start is None or facts.backlog or facts.is_over or not facts.duty.is_on:
        return None
    return facts.named_due or watched_deadline(facts.start, policy.answer_within, gaps)


def was_due_at_first_sight(facts: DependencyFacts, policy: DependencyPolicy, now: datetime) -> bool:
    """Tell whether a request was past due, or bore no date, when it was first seen."""
    if facts.is_over:
        return False
    due = find_due(facts, policy, ())
    return due is None or due[0] <= now


def find_condition(
    facts: DependencyFacts, policy: DependencyPolicy, moment: Moment
) -> Condition | None:
    """Return the condition that this dependency is stalled, with the step that is missing."""
    now, gaps = moment.now, counted_out(facts.duty, moment)
    found = find_due(facts, policy, gaps)
    if found is None or facts.start is None:
        return None
    due, step = found
    answer_due = facts.named_due or watched_deadline(facts.start, policy.answer_within, gaps)
    if answer_due <= now:
        step = "answer"
    within = policy.answer_within if step == "answer" else policy.ack_within
    named = facts.named_due if step == "answer" else None
    limit = f"within {say_duration(within)}" if named is None else f"due {say_instant(named)}"
    until = find_fallback_end(facts, policy, moment)
    detail = say_urgency(facts, until)
    return Condition(
        key=facts.key,
        kind=BlockerKind.STALLED_DEPENDENCY,
        agent=facts.provider,
        due=due,
        description=_say(facts, step, limit, detail),
        why=_say_arithmetic(facts, step, limit, answer_due if step == "answer" else due),
        phase=f"{step}\n{detail}" if detail else step,
        owner=facts.lead,
        evidence=(facts.request,),
        group=f"request:{facts.request}",
        held=say_hold(facts.duty),
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
    apart = stood_for or facts.broadcast
    condition = None if apart else find_condition(facts, policy, moment)
    conditions = [] if condition is None else [condition]
    rested, fallback_ends = rest_ladder(facts, policy, moment)
    verdict = reconcile(conditions, standing, rested, endings={facts.key: _say_ending(facts)})
    later = None if condition is None else _find_later_step(facts, policy, moment)
    changes = facts.duty.until if condition is not None else None
    check = earliest([verdict.next_check_at, later, changes, fallback_ends])
    return replace(verdict, next_check_at=check)


def judge_absence(
    provider: str,
    asked_of_it: Sequence[DependencyFacts],
    standing: Standing,
    policy: DependencyPolicy,
    moment: Moment,
    *,
    has_written: bool,
    duty: Duty = ALWAYS,
) -> Verdict:
    """Judge an agent that was asked and has never written: one blocker lists what waits for it."""
    conditions: list[Condition] = []
    if not has_written:
        found = [
            one
            for facts in asked_of_it
            if not facts.broadcast and (one := find_condition(facts, policy, moment)) is not None
        ]
        conditions = _absent(provider, found, moment.now)
    verdict = reconcile(
        conditions,
        standing,
        replace(moment, rests=(*moment.rests, *duty.gaps(moment.now))),
        endings={absent_key(provider): f"{provider} has written" if has_written else "Withdrawn"},
    )
    changes = duty.until if conditions else None
    return replace(verdict, next_check_at=earliest([verdict.next_check_at, changes]))


def absent_key(provider: str) -> str:
    """Name the condition that an asked agent has never written."""
    return f"absent:{provider}"


def counted_out(duty: Duty, moment: Moment) -> tuple[Gap, ...]:
    """Return all time that does not count for what a provider owes."""
    return (*moment.gaps, *duty.gaps(moment.now))


def say_hold(duty: Duty) -> str | None:
    """Say why nothing is due from a provider now, or None where it is on duty."""
    if duty.is_on:
        return None
    until = "" if duty.until is None else f" until {say_instant(duty.until)}"
    return f"{duty.state.value}{until}: {duty.reason}"


def find_fallback_end(
    facts: DependencyFacts, policy: DependencyPolicy, moment: Moment
) -> datetime | None:
    """Return until when the requester's fallback lowers the urgency, or None once it is over.

    That is the time that it names, else ``answer_within`` after it was said.
    """
    until = _fallback_end(facts, policy, moment)
    return until if until is not None and until > moment.now else None


def rest_ladder(
    facts: DependencyFacts, policy: DependencyPolicy, moment: Moment
) -> tuple[Moment, datetime | None]:
    """Return the moment with the ladder as it counts for this dependency, and when that changes.

    The provider's time off duty is left out. While a fallback lasts the ladder rests at level 1;
    afterwards that time is left out too.
    """
    rests = (*moment.rests, *facts.duty.gaps(moment.now))
    until = _fallback_end(facts, policy, moment)
    if until is None or facts.fallback is None:
        return replace(moment, rests=rests), None
    if until <= moment.now:
        return replace(moment, rests=(*rests, Gap(facts.fallback.since, until))), None
    kind = BlockerKind.STALLED_DEPENDENCY
    lowest = Ladder(moment.ladder_of(kind).afters[:1])
    return replace(moment, rests=rests, ladders={**moment.ladders, kind: lowest}), until


def say_urgency(facts: DependencyFacts, fallback_until: datetime | None) -> str:
    """Say how often it was asked again, and what its requester does meanwhile; "" for neither."""
    said = []
    if facts.asked_again:
        times = "once" if facts.asked_again == 1 else f"{facts.asked_again} times"
        said.append(f"asked again {times}")
    if fallback_until is not None:
        said.append(f"with a fallback until {say_instant(fallback_until)}")
    return ", ".join(said)


def _fallback_end(
    facts: DependencyFacts, policy: DependencyPolicy, moment: Moment
) -> datetime | None:
    if facts.fallback is None:
        return None
    named = facts.fallback.until
    return named or watched_deadline(facts.fallback.since, policy.answer_within, moment.gaps)


def _absent(provider: str, found: Sequence[Condition], now: datetime) -> list[Condition]:
    held = next((one.held for one in found if one.held is not None), None)
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
                held=held,
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
    if facts.start is None:
        return None
    gaps = counted_out(facts.duty, moment)
    answer_due = facts.named_due or watched_deadline(facts.start, policy.answer_within, gaps)
    return answer_due if answer_due > moment.now else None


def _say(facts: DependencyFacts, step: str, limit: str, detail: str) -> str:
    asker = facts.requester or "someone"
    provider = "anyone" if facts.provider == EVERYONE else facts.provider
    asked = (
        f"asked by {asker}"
        if facts.asked is None
        else (f"asked by {asker} at {say_instant(facts.asked)}")
    )
    what = f"{facts.title} ({facts.request})" if facts.title else facts.request
    more = f", {detail}" if detail else ""
    return f"No {step} from {provider}, {asked} ({limit}){more}: {what}"


def _say_arithmetic(facts: DependencyFacts, step: str, limit: str, due: datetime) -> str:
    start = facts.start or due
    began = f"asked {say_instant(facts.asked or start)}"
    if facts.asked is not None and start > facts.asked:
        began += f", {facts.provider} back since {say_instant(start)}"
    return f"{began}, {step} {limit} = {say_instant(due)}"


def _say_ending(facts: DependencyFacts) -> str:
    if facts.withdrawn:
        return f"Withdrawn by {facts.closed_by}" if facts.closed_by else "Not asked any more"
    if facts.broadcast:
        return "Its request to everyone has a blocker of its own"
    if facts.state is DependencyState.OPEN:
        return "Not overdue any more"
    return f"{facts.state.value.capitalize()} by {facts.closed_by or facts.provider}"
