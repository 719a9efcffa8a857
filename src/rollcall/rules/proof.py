"""Whether proof is due from an agent, and what it says stops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rollcall.model import BlockerKind
from rollcall.rules.decisions import (
    Condition,
    Decision,
    Moment,
    Nudge,
    Standing,
    Verdict,
    Wake,
    earliest,
)
from rollcall.rules.escalate import reconcile
from rollcall.rules.watched import Gap, watched_deadline
from rollcall.rules.words import say_duration, say_instant, say_time


@dataclass(frozen=True, slots=True)
class ProofPolicy:
    """How often proof is due; ``always_on`` is the bare clock of a replay."""

    cadence: timedelta
    grace: timedelta
    nudge_after: timedelta
    answer_within: timedelta
    always_on: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """An agent's own word that it is blocked: its newest, not followed by proof without one."""

    text: str
    made: datetime
    fallback: bool
    place: str


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What is known of one agent's proof.

    ``since`` is the later of first sight and coming on duty; ``proved`` the newest proof's arrival;
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

    @property
    def clock_start(self) -> datetime:
        """Return where the present gap began."""
        return self.since if self.proved is None else max(self.since, self.proved)


def judge_agent(
    facts: AgentFacts,
    standing: Standing,
    policy: ProofPolicy,
    moment: Moment,
) -> Verdict:
    """Judge one agent's proof and its own statement of being blocked."""
    now, gaps = moment.now, moment.gaps
    conditions, nudge_at = [], None
    woken = _wake_other_statement(facts, standing)
    standing = replace(
        standing, rests=[one for one in standing.rests if Wake(one.key) not in woken]
    )
    rests = any(one.key == blocked_key(facts.slug) and one.until > now for one in standing.rests)
    if facts.owes_proof and not facts.retired:
        conditions = _find_conditions(facts, policy, gaps, now, statement_rests=rests)
        nudge_at = _find_nudge(facts, policy, gaps)
    verdict = reconcile(conditions, standing, moment, endings=_say_endings(facts))
    verdict = Verdict((*woken, *verdict.decisions), verdict.next_check_at)
    if nudge_at is None:
        return verdict
    deadline_passed = any(one.key == proof_key(facts.slug) and one.due <= now for one in conditions)
    if nudge_at > now:
        check = earliest([verdict.next_check_at, nudge_at])
        return Verdict(verdict.decisions, check)
    blocked = any(one.kind is BlockerKind.BLOCKED for one in conditions)
    if deadline_passed or (blocked and not rests):
        return verdict
    nudge = Nudge(facts.slug, facts.clock_start, _say_gap(facts, policy, nudge_at))
    return Verdict((*verdict.decisions, nudge), verdict.next_check_at)


def proof_key(slug: str) -> str:
    """Name the condition that an agent's proof is missing."""
    return f"proof:{slug}"


def blocked_key(slug: str) -> str:
    """Name the condition that an agent says it is blocked."""
    return f"blocked:{slug}"


def find_proof_deadline(facts: AgentFacts, policy: ProofPolicy, gaps: Sequence[Gap]) -> datetime:
    """Return when cadence + grace of watched time have passed since the agent's gap began."""
    deadline = watched_deadline(facts.clock_start, policy.cadence + policy.grace, gaps)
    stated = None if policy.always_on else facts.statement
    if stated is not None and stated.fallback:
        return max(deadline, watched_deadline(stated.made, policy.answer_within, gaps))
    return deadline


def _find_conditions(
    facts: AgentFacts,
    policy: ProofPolicy,
    gaps: Sequence[Gap],
    now: datetime,
    *,
    statement_rests: bool,
) -> list[Condition]:
    due = find_proof_deadline(facts, policy, gaps)
    stated = None if policy.always_on else facts.statement
    if stated is None:
        return [_missing_proof(facts, policy, due)]
    if statement_rests:
        # A hand closed the blocker that would have stood for the silence too.
        return [_blocked(facts, stated, None, policy), _missing_proof(facts, policy, due)]
    return [_blocked(facts, stated, due if due <= now else None, policy)] + (
        [] if due <= now else [_watch_only(facts, stated, due)]
    )


def _missing_proof(facts: AgentFacts, policy: ProofPolicy, due: datetime) -> Condition:
    return Condition(
        key=proof_key(facts.slug),
        kind=BlockerKind.MISSING_PROOF,
        agent=facts.slug,
        due=due,
        description=_say_gap(facts, policy, due),
        why=(
            f"{say_instant(facts.clock_start)} + cadence {say_duration(policy.cadence)}"
            f" + grace {say_duration(policy.grace)} of watched time = {say_instant(due)}"
        ),
        owner=facts.lead,
        evidence=() if facts.place is None else (facts.place,),
    )


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
        phase=f"{stated.place}|{'silent' if silent_since else 'proving'}|{stated.text}",
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


def _find_nudge(facts: AgentFacts, policy: ProofPolicy, gaps: Sequence[Gap]) -> datetime | None:
    if policy.always_on or facts.nudged == facts.clock_start:
        return None
    stated = facts.statement
    if stated is not None and stated.fallback:
        return None
    return watched_deadline(facts.clock_start, policy.nudge_after, gaps)


def _say_gap(facts: AgentFacts, policy: ProofPolicy, beside: datetime) -> str:
    seconds = policy.cadence < timedelta(minutes=1)
    start = say_time(facts.clock_start, beside, seconds=seconds)
    since = f"No proof of work since {start}"
    if facts.proved is None or facts.proved < facts.since:
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
        and not one.phase.endswith(f"|{stated.text}")
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
