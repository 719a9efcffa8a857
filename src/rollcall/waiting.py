"""Who waits for whom, judged: the root of the waiting, deadlocks, and whose silence is explained."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.duties import Duties
from rollcall.model import BlockerKind
from rollcall.rules.decisions import Condition, Moment, Verdict
from rollcall.rules.dependencies import say_hold
from rollcall.rules.escalate import reconcile
from rollcall.rules.graph import (
    Deadlock,
    Root,
    Wait,
    find_deadlocks,
    find_root,
    read_cycle,
    say_deadlock,
)
from rollcall.rules.inhibition import inhibited_by
from rollcall.store.conversation import GRAPH
from rollcall.store.ledger import Happened, read_standing, subject_of
from rollcall.store.merging import list_names
from rollcall.store.tables import AgentRow
from rollcall.store.waits import is_inhibited, list_requesters, list_waits, list_waits_of

_OF_REQUESTS = (BlockerKind.STALLED_DEPENDENCY, BlockerKind.ABSENT)


def names_of_agents(session: Session, settings: Settings) -> dict[str, str]:
    """Return every name by which an agent is known, with its slug."""
    known = {slug: slug for slug in list_names(session)}
    for slug, agent in settings.agents.items():
        known |= {slug: slug, **dict.fromkeys(agent.aliases, slug)}
    return known


def find_inhibition(session: Session, settings: Settings, slug: str, now: datetime) -> Wait | None:
    """Return the overdue answer that stands for an agent's own word that it is blocked, or None."""
    if settings.duty.always_on:
        return None
    names, waits = list_waits_of(session, slug, lambda: names_of_agents(session, settings), now)
    return inhibited_by(slug, names, waits)


def note_inhibition(session: Session, settings: Settings, slug: str, now: datetime) -> None:
    """Note when another's answer began to stand for an agent's silence, and when that ended."""
    was = is_inhibited(session, slug)
    if was is None:
        return
    inhibited = find_inhibition(session, settings, slug, now) is not None
    if inhibited == was:
        return
    row = session.get_one(AgentRow, slug)
    row.inhibited_at, row.freed_at = (now, None) if inhibited else (row.inhibited_at, now)
    session.add(row)


def judge_graph(session: Session, settings: Settings, duties: Duties, moment: Moment) -> Verdict:
    """Judge who waits in a circle."""
    standing = read_standing(session, GRAPH)
    if settings.duty.always_on:
        return Verdict()
    waits = list_waits(session, lambda: names_of_agents(session, settings), moment.now)
    told = [cycle for one in standing.blockers if (cycle := read_cycle(one.condition))]
    found = find_deadlocks(waits, told)
    conditions = [_condition(session, settings, duties, one, moment.now) for one in found]
    endings = {one.condition: _say_ending(one.condition, waits) for one in standing.blockers}
    return reconcile(conditions, standing, moment, endings=endings)


def read_root(session: Session, settings: Settings, now: datetime) -> Root | None:
    """Return the agent whose answer frees most others, or None where no answer frees any."""
    if settings.duty.always_on:
        return None
    return find_root(list_waits(session, lambda: names_of_agents(session, settings), now), now)


def follow(session: Session, happened: Iterable[Happened]) -> set[str]:
    """Return what hangs on these transitions: the graph, and who waits for an overdue answer."""
    found: set[str] = set()
    for one in happened:
        if one.blocker.kind in {*_OF_REQUESTS, BlockerKind.BLOCKED}:
            found.add(GRAPH)
        if one.blocker.kind in _OF_REQUESTS:
            subject = subject_of(session, one.blocker.id)
            found |= {f"agent:{slug}" for slug in list_requesters(session, subject)}
    return found


def _condition(
    session: Session, settings: Settings, duties: Duties, deadlock: Deadlock, now: datetime
) -> Condition:
    first = deadlock.cycle[0]
    said = say_deadlock(deadlock)
    held = [say_hold(duties.of(session, one, now)) for one in deadlock.cycle]
    return Condition(
        key=deadlock.key,
        kind=BlockerKind.DEADLOCK,
        agent=first,
        due=min(deadlock.since, now),
        description=said,
        why=f"each waits for the next since {deadlock.since:%Y-%m-%d %H:%MZ}",
        phase=f"deadlock\n{said}",
        owner=settings.lead_of(first),
        evidence=deadlock.requests or deadlock.places,
        held=next((one for one in held if one is not None), None),
    )


def _say_ending(key: str, waits: Iterable[Wait]) -> str:
    cycle = read_cycle(key) or ()
    steps = list(zip(cycle, (*cycle[1:], *cycle[:1]), strict=True))
    stopping = {(one.waiter, one.provider) for one in waits if one.stops}
    for one, other in steps:
        if (one, other) not in stopping:
            return f"{one} does not wait for {other} any more"
    return "Part of another circle now"
