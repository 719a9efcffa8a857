"""Why an agent that looks silent has no blocker: what keeps its clock from running out, or stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.crowds import quiet_hours
from rollcall.judging import Judge
from rollcall.model import Blocker, BlockerKind, BlockerStatus
from rollcall.reason_parts import Input, Quiet
from rollcall.roster import slugify
from rollcall.rules.decisions import Rest, Verdict
from rollcall.rules.proof import AgentFacts, find_proof_deadline, proof_key
from rollcall.rules.watched import Gap
from rollcall.rules.words import say_instant
from rollcall.store.conversation import broadcast_subject, dependency_subject
from rollcall.store.inquiry import (
    find_author_of_away,
    find_newest_entry,
    find_open_about,
    find_order,
    find_said,
    list_nudges_of,
    list_owed,
    list_silences_at,
)
from rollcall.store.ledger import OURSELVES, list_blockers, list_transitions, read_standing
from rollcall.store.request_tables import DependencyRow
from rollcall.waiting import find_inhibition, names_of_agents


@dataclass(frozen=True, slots=True)
class Asked:
    """One agent that is asked about: what is known of it, and how it would be judged now."""

    session: Session
    settings: Settings
    judge: Judge
    facts: AgentFacts
    verdict: Verdict
    gaps: Sequence[Gap]
    now: datetime

    @property
    def slug(self) -> str:
        """Return the agent's slug."""
        return self.facts.slug


def list_why_not(asked: Asked) -> list[Quiet]:
    """Return all that keeps an agent's silence from being a blocker, the strongest first."""
    found = [*_by_duty(asked)]
    if not found:
        found += [*_by_statement(asked), *_by_rest(asked)]
        found += [one for one in _by_clock(asked) if one.until not in {it.until for it in found}]
    return [*found, *_by_nudge(asked), *_by_delivery(asked)]


def list_owed_inputs(asked: Asked) -> list[Input]:
    """Return what others wait for from an agent, and why each is a blocker or is none."""
    return [_owed(asked, row) for row in list_owed(asked.session, asked.slug)]


def _by_duty(asked: Asked) -> Iterator[Quiet]:
    facts, duty = asked.facts, asked.facts.duty
    if not facts.owes_proof and not facts.retired:
        why = "it is known from chat alone: proof is due from its first entry on"
        yield Quiet("owes answers only", why)
    elif facts.retired:
        yield _retired(asked)
    elif not duty.is_on:
        by = find_author_of_away(asked.session, asked.slug, duty.state.value, asked.now)
        reason = duty.reason.removesuffix(f"by {by}").rstrip(", ")
        why = f"nothing is due from it: {reason}" if reason else "nothing is due from it"
        named = by if by and by != OURSELVES else None
        yield Quiet(duty.state.value, why, since=duty.since, until=duty.until, by=named)


def _retired(asked: Asked) -> Quiet:
    why = "nothing is due from it until it writes again"
    known = names_of_agents(asked.session, asked.settings)
    names = {slugify(name) for name, slug in known.items() if slug == asked.slug}
    order = find_order(asked.session, ["retire", "resume"], names)
    if order is not None and order.verb == "retire":
        why = f"{why}: {order.text}" if order.text else why
        return Quiet("retired", why, since=order.done, by=order.author)
    newest = find_newest_entry(asked.session, asked.slug)
    if newest is None:
        return Quiet("retired", why)
    wrote = say_instant(newest.stamp or newest.seen_at)
    return Quiet("retired", f"{why}; its newest entry is of {wrote} ({newest.place})")


def _by_statement(asked: Asked) -> Iterator[Quiet]:
    facts, stated = asked.facts, asked.facts.statement
    if stated is None or asked.settings.duty.always_on:
        return
    wait = find_inhibition(asked.session, asked.settings, asked.slug, asked.now)
    if wait is not None:
        place = wait.request or wait.place
        id_ = find_open_about(asked.session, wait.provider, place)
        stands = f"{id_} stands for it" if id_ else "it stands for it"
        why = f"{wait.provider} owes it an answer that is overdue ({place}): {stands}"
        yield Quiet("inhibited", why, since=facts.inhibited_at)
    for one in _own_blockers(asked):
        if one.kind is BlockerKind.BLOCKED:
            why = f"{one.id} stands for its silence too: {stated.text.rstrip('.')} ({stated.place})"
            yield Quiet("its statement stands", why, since=one.opened)
    if stated.fallback:
        until = find_proof_deadline(facts, asked.judge.proof_policy(asked.slug), asked.gaps)
        if until > asked.now:
            why = f"it works on a fallback that it started ({stated.place})"
            yield Quiet("fallback started", why, since=stated.made, until=until)


def _by_rest(asked: Asked) -> Iterator[Quiet]:
    for rest in read_standing(asked.session, f"agent:{asked.slug}").rests:
        if rest.until > asked.now:
            yield _rest(asked, rest)


def _rest(asked: Asked, rest: Rest) -> Quiet:
    closed = [one for one in list_blockers(asked.session) if one.condition == rest.key]
    steps = list_transitions(asked.session, closed[-1].id) if closed else []
    by = steps[-1].by if steps else None
    named = f"{closed[-1].id} was" if closed else "it was"
    why = f"{named} resolved by hand: it rests until then, or until it has ended once"
    return Quiet(
        "resting", why, since=closed[-1].closed if closed else None, until=rest.until, by=by
    )


def _by_clock(asked: Asked) -> Iterator[Quiet]:
    facts = asked.facts
    policy = asked.judge.proof_policy(asked.slug)
    due = find_proof_deadline(facts, policy, asked.gaps)
    if due <= asked.now:
        return
    promised = facts.promised
    if promised is not None and promised.at > facts.clock_start and not policy.always_on:
        why = f"it said that its next update comes at {say_instant(promised.at)} ({promised.place})"
        yield Quiet("promised", why, until=due)
        return
    yield Quiet("not due yet", "proof is missing only then", until=due)


def _by_nudge(asked: Asked) -> Iterator[Quiet]:
    facts = asked.facts
    if facts.nudged is None or facts.nudged != facts.clock_start:
        return
    if any(one.kind is BlockerKind.MISSING_PROOF for one in _own_blockers(asked)):
        return  # others have been told
    due = find_proof_deadline(facts, asked.judge.proof_policy(asked.slug), asked.gaps)
    alone = ", and nobody else" if due > asked.now else ""
    for one in list_nudges_of(asked.session, asked.slug, facts.nudged, asked.now)[-1:]:
        where = one.receipt.get("path") or "its inbox"
        why = f"it was told first{alone}: {where} ({one.fate or 'waits'})"
        yield Quiet("reminded", why, since=one.created)


def _by_delivery(asked: Asked) -> Iterator[Quiet]:
    """Yield what would keep a blocker that opens from being told."""
    if asked.settings.duty.always_on or not asked.facts.owes_proof:
        return
    sample = Blocker(
        id="",
        kind=BlockerKind.MISSING_PROOF,
        condition=proof_key(asked.slug),
        agent=asked.slug,
        level=1,
        status=BlockerStatus.OPEN,
        owner=None,
        opened=asked.now,
        closed=None,
        description="",
    )
    for one in list_silences_at(asked.session, asked.now):
        if one.matcher.matches(sample):
            said = f": {one.comment}" if one.comment else ""
            why = f"what opens is not told, by {one.id}{said}"
            yield Quiet("silenced", why, since=one.start, until=one.until, by=one.by)
    until = quiet_hours(asked.settings)(asked.now)
    if until is not None:
        yield Quiet("quiet hours", "what opens is told when they end", until=until)


def _own_blockers(asked: Asked) -> list[Blocker]:
    return [one for one in list_blockers(asked.session, open_only=True) if one.agent == asked.slug]


def _owed(asked: Asked, row: DependencyRow) -> Input:
    said = find_said(asked.session, row.request)
    return Input(
        what="owes",
        place=row.request,
        text=f"{row.requester or 'someone'} asks: {row.title or row.request}",
        stamp=None if said is None else said.stamp,
        seen=None if said is None else said.seen,
        counts=None if row.backlog else row.begins_at or row.asked_at,
        why=_say_owed(asked, row),
    )


def _say_owed(asked: Asked, row: DependencyRow) -> str:
    """Say what becomes of one request that an agent has not answered."""
    if row.backlog:
        return "past due at first sight: it has no clock until somebody asks again"
    id_ = find_open_about(asked.session, asked.slug, row.request)
    if id_ is not None:
        return f"{id_} is open for it"
    subject = dependency_subject(row.message_id, row.provider)
    if row.broadcast:
        subject = broadcast_subject(row.message_id)
    verdict = asked.judge.explain(asked.session, subject, asked.now, asked.gaps)
    if verdict.notes:
        return "; ".join(verdict.notes)
    conditions = verdict.conditions
    if not conditions:
        return "it has no clock now"
    first = min(conditions, key=lambda one: one.due)
    if first.held is not None:
        return first.held
    return first.why if first.due > asked.now else f"overdue: {first.why}"
