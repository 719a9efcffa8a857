"""A request to everyone: one blocker for the message, which lists those whose reply is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rollcall.model import EVERYONE, BlockerKind, DependencyState
from rollcall.rules.decisions import Condition, Moment, Standing, Verdict, earliest
from rollcall.rules.dependencies import (
    DependencyFacts,
    DependencyPolicy,
    counted_out,
    find_due,
    find_fallback_end,
    rest_ladder,
    say_hold,
    say_urgency,
)
from rollcall.rules.duty import DutyState
from rollcall.rules.escalate import reconcile
from rollcall.rules.watched import Gap
from rollcall.rules.words import say_duration, say_instant

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class BroadcastFacts:
    """A request to everyone: ``request`` is what all share, ``members`` what each of them owes.

    The members are those on duty when it arrived, its sender left out; ``key`` names the condition.
    """

    key: str
    request: DependencyFacts
    members: tuple[DependencyFacts, ...]


@dataclass(frozen=True, slots=True)
class _Overdue:
    """A member whose next step is overdue."""

    member: DependencyFacts
    due: datetime
    step: str


def judge_broadcast(
    facts: BroadcastFacts, standing: Standing, policy: DependencyPolicy, moment: Moment
) -> Verdict:
    """Judge a request to everyone; a reply changes the text of its blocker, the last one closes it."""
    owing = [] if facts.request.is_over else [one for one in facts.members if _owes(one)]
    dues = [(one, _find_due(one, policy, moment)) for one in owing]
    overdue = [_Overdue(one, *due) for one, due in dues if due is not None and due[0] <= moment.now]
    later = [due[0] for _, due in dues if due is not None and due[0] > moment.now]
    later += [at for one in overdue if (at := _find_answer_due(one, policy, moment)) is not None]
    changes = [one.duty.until for one in owing if one.duty.until is not None] if overdue else []
    rested, fallback_ends = rest_ladder(_shared(facts, overdue, moment), policy, moment)
    conditions = [_condition(facts, overdue, policy, moment)] if overdue else []
    verdict = reconcile(
        conditions, standing, rested, endings={facts.key: _say_ending(facts, owing)}
    )
    check = earliest([verdict.next_check_at, *later, *changes, fallback_ends])
    return replace(verdict, next_check_at=check)


def _owes(member: DependencyFacts) -> bool:
    return not member.is_over and member.duty.state is not DutyState.RETIRED


def _find_due(
    member: DependencyFacts, policy: DependencyPolicy, moment: Moment
) -> tuple[datetime, str] | None:
    """Return when a member's next step is overdue, and which it is at ``moment``."""
    gaps = counted_out(member.duty, moment)
    found = find_due(member, policy, gaps)
    if found is None or found[0] > moment.now:
        return found
    answer = find_due(replace(member, state=DependencyState.ACKNOWLEDGED), policy, gaps)
    return (found[0], "answer") if answer is not None and answer[0] <= moment.now else found


def _find_answer_due(
    overdue: _Overdue, policy: DependencyPolicy, moment: Moment
) -> datetime | None:
    """Return when the answer of a member becomes overdue whose acknowledgement is."""
    if overdue.step == "answer":
        return None
    asked = replace(overdue.member, state=DependencyState.ACKNOWLEDGED)
    found = find_due(asked, policy, counted_out(overdue.member.duty, moment))
    return None if found is None else found[0]


def _shared(facts: BroadcastFacts, overdue: Sequence[_Overdue], moment: Moment) -> DependencyFacts:
    """Return the request with the duty of the member missing that was off duty the least."""
    if not overdue:
        return facts.request
    duty = min(
        (one.member.duty for one in overdue), key=lambda one: _time_off(one.gaps(moment.now))
    )
    return replace(facts.request, duty=duty)


def _time_off(gaps: Sequence[Gap]) -> float:
    return sum((gap.end - gap.start).total_seconds() for gap in gaps)


def _condition(
    facts: BroadcastFacts, overdue: Sequence[_Overdue], policy: DependencyPolicy, moment: Moment
) -> Condition:
    request = facts.request
    step = "answer" if any(one.step == "answer" for one in overdue) else "acknowledgement"
    missing = sorted(one.member.provider for one in overdue)
    named = request.named_due if step == "answer" else None
    within = policy.answer_within if step == "answer" else policy.ack_within
    limit = f"within {say_duration(within)}" if named is None else f"due {say_instant(named)}"
    detail = say_urgency(request, find_fallback_end(request, policy, moment))
    asked = request.asked or moment.now
    due = min(one.due for one in overdue)
    on_hold = [say_hold(one.member.duty) for one in overdue]
    return Condition(
        key=facts.key,
        kind=BlockerKind.STALLED_DEPENDENCY,
        agent=EVERYONE,
        due=due,
        description=_say(facts, step, missing, limit, detail),
        why=f"asked {say_instant(asked)}, {step} {limit} = {say_instant(due)}",
        phase=f"{step}\n{','.join(missing)}|{detail}",
        owner=request.lead,
        evidence=(request.request,),
        held=None if any(one is None for one in on_hold) else on_hold[0],
    )


def _say(facts: BroadcastFacts, step: str, missing: Sequence[str], limit: str, detail: str) -> str:
    request = facts.request
    named = ", ".join(missing[:_MOST_NAMED])
    if len(missing) > _MOST_NAMED:
        named += f" and {len(missing) - _MOST_NAMED} more"
    asked = f"asked of everyone by {request.requester or 'someone'}"
    if request.asked is not None:
        asked += f" at {say_instant(request.asked)}"
    more = f", {detail}" if detail else ""
    what = f"{request.title} ({request.request})" if request.title else request.request
    of = f"{len(missing)} of {len(facts.members)}"
    return f"No {step} from {named} ({of}), {asked} ({limit}){more}: {what}"


def _say_ending(facts: BroadcastFacts, owing: Sequence[DependencyFacts]) -> str:
    request = facts.request
    if request.withdrawn:
        by = request.closed_by
        return f"Withdrawn by {by}" if by else "Not asked any more"
    if not owing:
        return "Answered by all who were asked"
    return "Acknowledged by all who were asked"
