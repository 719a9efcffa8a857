"""Whether proof is due from an agent, and what it says stops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rollcall.model import BlockerKind
from rollcall.rules.decisions import (
    Close,
    Condition,
    Decision,
    Moment,
    Nudge,
    Retire,
    Standing,
    Verdict,
    Wake,
    earliest,
)
from rollcall.rules.duty import ALWAYS, Duty
from rollcall.rules.escalate import reconcile
from rollcall.rules.watched import Gap, watched_deadline
from rollcall.rules.words import say_duration, say_instant, say_time


@dataclass(frozen=True, slots=True)
class ProofPolicy:
    """How often proof is due; ``always_on`` is the bare clock of a replay.

    ``retire_after`` is the silence on duty after which nothing is expected any more, None for an
    agent that the configuration names.
    """

    cadence: timedelta
    grace: timedelta
    nudge_after: timedelta
    answer_within: timedelta
    always_on: bool = False
    max_promise: timedelta = timedelta(minutes=45)
    retire_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An agent's own word that it is blocked: its newest, not followed by proof without one."""

    text: str
    made: datetime
    fallback: bool
    place: str


@dataclass(frozen=True, slots=True)
class Promised:
    """When an agent said that its next update comes, in the first such word since its last proof."""

    at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What is known of one agent's proof.

    ``since`` is its first sight, or its return from retirement; ``duty`` whether proof is due from
    it at all; ``proved`` the newest proof's arrival; ``heard`` that of its newest entry;
    ``inhibited`` names the overdue answer that stands for its own statement of being blocked;
    ``inhibited_at`` and ``freed`` are when it last began and ended to stand;
    ``without`` counts the updates since without proof; ``nudged`` is the gap (its beginning) that
    the agent was last reminded of; ``place`` is the newest entry's ``file:line``.
    """

    slug: str
    since: datetime
    proved: datetime | None = None
    owes_proof: bool = True
    retired: bool = False
    without: int = 0
    statement: Statement | None = None
    nudged: datetime | None = None
    place: str | None = None
    proved_by: str | None = None
    lead: str | None = None
    duty: Duty = ALWAYS
    promised: Promised | None = None
    heard: datetime | None = None
    inhibited: str | None = None
    inhibited_at: datetime | None = None
    freed: datetime | None = None

    @property
    def on_duty_since(self) -> datetime:
        """Return the latest of first sight, coming on duty, and the end of what stood for it."""
        back = self.duty.since if self.duty.is_on else None
        return max(one for one in (self.since, back, self.freed) if one is not None)

    @property
    def clock_start(self) -> datetime:
        """Return where the present gap began."""
        start = self.on_duty_since
        return start if self.proved is None else max(start, self.proved)


def judge_agent(
    facts: AgentFacts,
    standing: Standing,
    policy: ProofPolicy,
    moment: Moment,
) -> Verdict:
    """Judge one agent's proof and its own statement of being blocked."""
    retiring = _find_retirement(facts, policy, moment)
    if isinstance(retiring, Verdict):
        closing = [Close(one, "Retired", quiet=True) for one in standing.blockers]
        return Verdict((*retiring.decisions, *closing), None)
    woken = _wake_other_statement(facts, standing)
    standing = replace(
        standing, rests=[one for one in standing.rests if Wake(one.key) not in woken]
    )
    conditions = _find_conditions(facts, standing, policy, moment)
    verdict = reconcile(
        conditions, standing, _rest_ladder(facts, policy, moment), endings=_say_endings(facts)
    )
    nudge = _find_nudge(facts, conditions, standing, policy, moment)
    decisions = (*woken, *verdict.decisions, *([nudge] if isinstance(nudge, Nudge) else []))
    nudge_at = nudge if isinstance(nudge, datetime) else None
    check = earliest([verdict.next_check_at, nudge_at, retiring, _duty_changes(facts)])
    return replace(verdict, decisions=decisions, next_check_at=check)


def proof_key(slug: str) -> str:
    """Name the condition that an agent's proof is missing."""
    return f"proof:{slug}"


def blocked_key(slug: str) -> str:
    """Name the condition that an agent says it is blocked."""
    return f"blocked:{slug}"


def find_proof_deadline(facts: AgentFacts, policy: ProofPolicy, gaps: Sequence[Gap]) -> datetime:
    """Return when cadence + grace of watched time have passed since the agent's gap began.

    A promise moves it, by ``max_promise`` at most; a fallback that was started, to ``answer_within``
    after the statement.
    """
    deadline = watched_deadline(facts.clock_start, policy.cadence + policy.grace, gaps)
    if policy.always_on:
        return deadline
    if facts.promised is not None:
        longest = deadline + policy.max_promise
        deadline = max(deadline, min(facts.promised.at, longest))
    stated = facts.statement
    if stated is not None and stated.fallback:
        return max(deadline, watched_deadline(stated.made, policy.answer_within, gaps))
    return deadline


def _find_retirement(
    facts: AgentFacts, policy: ProofPolicy, moment: Moment
) -> Verdict | datetime | None:
    """Return the retirement of an agent that fell silent long ago, or when it comes, or None."""
    after = policy.retire_after
    if after is None or policy.always_on or not facts.owes_proof or facts.retired:
        return None
    silent_since = max(facts.since, facts.heard or facts.since)
    gaps = (*moment.gaps, *facts.duty.gaps(moment.now))
    due = watched_deadline(silent_since, after, gaps)
    if due > moment.now:
        return due if facts.duty.is_on else None
    why = f"silent since {say_instant(silent_since)}: {say_duration(after)} of duty"
    return Verdict((Retire(facts.slug, why),))


def _rest_ladder(facts: AgentFacts, policy: ProofPolicy, moment: Moment) -> Moment:
    """Leave out of the ladder the time off duty and, after it, that of a clock begun anew."""
    anew = policy.cadence + policy.grace
    rests = facts.duty.gaps(moment.now, extended_by=anew)
    if facts.inhibited_at is not None and facts.freed is not None:
        rests.append(Gap(facts.inhibited_at, facts.freed + anew))
    return replace(moment, rests=tuple(rests))


def _duty_changes(facts: AgentFacts) -> datetime | None:
    return facts.duty.until if facts.owes_proof and not facts.retired else None


def _find_conditions(
    facts: AgentFacts, standing: Standing, policy: ProofPolicy, moment: Moment
) -> list[Condition]:
    if not facts.owes_proof or facts.retired:
        return []
    now, due = moment.now, find_proof_deadline(facts, policy, moment.gaps)
    held = _find_hold(facts, standing, due, now)
    stated = None if policy.always_on else facts.statement
    if stated is None:
        proof = _missing_proof(facts, policy, due)
        if not facts.duty.is_on and not _stands_open(facts, standing):
            return []
        return [replace(proof, held=held)]
    silent = due <= now and facts.duty.is_on
    rests = any(one.key == blocked_key(facts.slug) and one.until > now for one in standing.rests)
    inhibited = facts.inhibited
    if rests:
        # A hand closed the blocker that would have stood for the silence too.
        blocked = _blocked(facts, stated, None, policy)
        return [replace(blocked, held=held), replace(_missing_proof(facts, policy, due), held=held)]
    said = standing.phases.get(blocked_key(facts.slug), "").startswith("silent|")
    shown = due if silent and (inhibited is None or said) else None
    if facts.duty.is_on and facts.on_duty_since <= stated.made:
        held = None  # a word given since duty returned is no part of what was on hold
    blocked = replace(_blocked(facts, stated, shown, policy), held=held, inhibited=inhibited)
    freed = facts.freed
    if freed is not None and freed > stated.made and not _is_open(blocked.key, standing):
        # What was not told while another's answer stood for it has a clock of its own from then on.
        blocked = replace(
            blocked, due=watched_deadline(freed, policy.cadence + policy.grace, moment.gaps)
        )
    watched = facts.duty.is_on and not silent
    return [blocked, *([_watch_only(facts, stated, due)] if watched else [])]


def _find_hold(facts: AgentFacts, standing: Standing, due: datetime, now: datetime) -> str | None:
    """Say why nothing is due now: no duty, or duty that is back and whose clock runs again."""
    duty = facts.duty
    if not duty.is_on:
        until = "" if duty.until is None else f" until {say_instant(duty.until)}"
        return f"{duty.state.value}{until}: {duty.reason}"
    returned = duty.since is not None and any(
        one.opened < duty.since and not _proved_since(facts, one.opened)
        for one in standing.blockers
    )
    if returned and due > now:
        return f"on duty again since {say_instant(duty.since or now)}; due {say_instant(due)}"
    return None


def _stands_open(facts: AgentFacts, standing: Standing) -> bool:
    """Tell whether proof is still missing for a blocker that was opened on duty."""
    return any(
        one.condition == proof_key(facts.slug) and not _proved_since(facts, one.opened)
        for one in standing.blockers
    )


def _is_open(key: str, standing: Standing) -> bool:
    return any(one.condition == key for one in standing.blockers)


def _missing_proof(facts: AgentFacts, policy: ProofPolicy, due: datetime) -> Condition:
    return Condition(
        key=proof_key(facts.slug),
        kind=BlockerKind.MISSING_PROOF,
        agent=facts.slug,
        due=due,
        description=_say_gap(facts, policy, due),
        why=_say_arithmetic(facts, policy, due),
        owner=facts.lead,
        evidence=() if facts.place is None else (facts.place,),
    )


def _say_arithmetic(facts: AgentFacts, policy: ProofPolicy, due: datetime) -> str:
    seconds = any(span % timedelta(minutes=1) for span in (policy.cadence, policy.grace))
    sum_ = (
        f"{say_instant(facts.clock_start, seconds=seconds)} + cadence {say_duration(policy.cadence)}"
        f" + grace {say_duration(policy.grace)} of watched time"
    )
    promised = None if policy.always_on else facts.promised
    if promised is not None:
        sum_ += f", moved by the promise of {say_instant(promised.at)} ({promised.place})"
    return f"{sum_} = {say_instant(due, seconds=seconds)}"


def _blocked(
    facts: AgentFacts, stated: Statement, silent_since: datetime | None, policy: ProofPolicy
) -> Condition:
    said = stated.text
    text = said if said.lower().startswith("blocked") else f"Blocked: {said}"
    if silent_since is not None:
        text = f"{text} — {_say_gap(facts, policy, silent_since)}"
    return Condition(
        key=blocked_key(facts.slug),
        kind=BlockerKind.BLOCKED,
        agent=facts.slug,
        due=stated.made,
        description=text,
        why=f"{facts.slug} says so at {stated.place}",
        # Where it stands is no state of it: a file that is moved changes nothing.
        phase=f"{'silent' if silent_since else 'proving'}|{stated.text}\n{stated.place}",
        owner=facts.lead,
        evidence=(stated.place,),
    )


def _watch_only(facts: AgentFacts, stated: Statement, due: datetime) -> Condition:
    """Make the instant at which a blocked agent's silence changes its blocker a time to look."""
    return Condition(
        key=f"silence-of-blocked:{facts.slug}",
        kind=BlockerKind.BLOCKED,
        agent=facts.slug,
        due=due,
        description=stated.text,
        why="a missed proof changes the blocker that the agent stated",
    )


def _find_nudge(
    facts: AgentFacts,
    conditions: Sequence[Condition],
    standing: Standing,
    policy: ProofPolicy,
    moment: Moment,
) -> Nudge | datetime | None:
    """Return the reminder that is due, or when it will be, or None."""
    stated, now = facts.statement, moment.now
    if policy.always_on or facts.nudged == facts.clock_start or not conditions:
        return None
    if not facts.duty.is_on or (stated is not None and stated.fallback):
        return None
    due = watched_deadline(facts.clock_start, policy.nudge_after, moment.gaps)
    if facts.promised is not None:
        longest = watched_deadline(facts.clock_start, policy.cadence, moment.gaps)
        due = max(due, min(facts.promised.at, longest + policy.max_promise))
    if due > now:
        return due
    deadline_passed = any(one.key == proof_key(facts.slug) and one.due <= now for one in conditions)
    rests = {one.key for one in standing.rests if one.until > now}
    blocked = any(
        one.kind is BlockerKind.BLOCKED and one.key not in rests and one.due <= now
        for one in conditions
    )
    if deadline_passed or blocked:
        return None
    return Nudge(facts.slug, facts.clock_start, _say_gap(facts, policy, due))


def _say_gap(facts: AgentFacts, policy: ProofPolicy, beside: datetime) -> str:
    seconds = policy.cadence < timedelta(minutes=1)
    start = say_time(facts.clock_start, beside, seconds=seconds)
    since = f"No proof of work since {start}"
    if facts.duty.is_on and facts.clock_start == facts.duty.since != facts.proved:
        since = f"No proof of work since duty began at {start}"
    elif facts.proved is None or facts.proved < facts.since:
        since = f"No proof of work since we began to watch at {start}"
    said = f"{since} (cadence {say_duration(policy.cadence)})"
    if facts.without == 0:
        return f"{said}."
    updates = "1 update" if facts.without == 1 else f"{facts.without} updates"
    return f"{said}; {updates} without."


def _wake_other_statement(facts: AgentFacts, standing: Standing) -> tuple[Decision, ...]:
    """End the rest of a statement that a hand resolved once the agent states something else."""
    stated = facts.statement
    return tuple(
        Wake(one.key)
        for one in standing.rests
        if one.key == blocked_key(facts.slug)
        and stated is not None
        and not one.phase.partition("\n")[0].endswith(f"|{stated.text}")
    )


def _say_endings(facts: AgentFacts) -> dict[str, str]:
    if facts.retired:
        words = "Retired"
    elif facts.proved is None:
        words = "No proof is due any more"
    else:
        words = f"Proof at {say_instant(facts.proved)}"
        words = f"{words}: {facts.proved_by}" if facts.proved_by else words
    endings = {proof_key(facts.slug): words, blocked_key(facts.slug): words}
    stated = facts.statement
    if stated is not None and not facts.retired and not _proved_since(facts, stated.made):
        endings[proof_key(facts.slug)] = f"{facts.slug} says that it is blocked ({stated.place})"
    return endings


def _proved_since(facts: AgentFacts, instant: datetime) -> bool:
    return facts.proved is not None and facts.proved >= instant
