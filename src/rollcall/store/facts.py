"""What the rules need to know of one agent, read from the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, func
from sqlmodel import Session, col, select

from rollcall.rules.duty import Duty
from rollcall.rules.proof import AgentFacts, Promised, Statement
from rollcall.rules.team import Silence
from rollcall.store.asking import ask
from rollcall.store.tables import AgentRow, BlockerRow, DeadlineRow, EntryRow, Placement

_LAST = 50
_AGENT: BindParameter[str] = bindparam("agent")
_ENTRIES = select(EntryRow).where(EntryRow.agent == _AGENT)
_NEWEST_FIRST = (col(EntryRow.rank).desc(), col(EntryRow.id).desc())
_NEWEST_ENTRY = _ENTRIES.order_by(*_NEWEST_FIRST).limit(1)
_NEWEST_STATED = (
    _ENTRIES.where(col(EntryRow.blocked_on).is_not(None)).order_by(*_NEWEST_FIRST).limit(1)
)
_NEWEST_PROOF = (
    _ENTRIES.where(col(EntryRow.counts_at).is_not(None))
    .order_by(col(EntryRow.counts_at).desc(), col(EntryRow.id).desc())
    .limit(1)
)
_FIRST_PROMISE = (
    _ENTRIES.where(
        col(EntryRow.promise).is_not(None),
        col(EntryRow.seen_at) > bindparam("start"),
        col(EntryRow.history).is_(False),
    )
    .order_by(col(EntryRow.rank), col(EntryRow.id))
    .limit(1)
)
_COUNT_WITHOUT = (
    select(func.count())
    .select_from(EntryRow)
    .where(
        EntryRow.agent == _AGENT,
        col(EntryRow.seen_at) > bindparam("start"),
        col(EntryRow.counts_at).is_(None),
    )
)
_PROOF_ABOVE = (
    select(EntryRow.id)
    .where(
        EntryRow.agent == _AGENT,
        col(EntryRow.rank) > bindparam("rank"),
        col(EntryRow.proof).is_(True),
        col(EntryRow.blocked_on).is_(None),
    )
    .limit(1)
)
_NEWEST_CLAIM = select(func.max(col(EntryRow.stamp))).where(
    EntryRow.agent == _AGENT,
    col(EntryRow.stamp) <= bindparam("now"),
    col(EntryRow.day_is_guess).is_(False),
)
_FIRST_OPENED = select(func.min(col(BlockerRow.opened))).where(
    BlockerRow.subject == bindparam("subject"), col(BlockerRow.closed).is_(None)
)
_AGENT_ROW = select(AgentRow).where(AgentRow.slug == _AGENT)
# Asked for one by one, the newest of an agent is one step in an index, however long its record.
_PROVED = select(func.max(EntryRow.counts_at)).where(EntryRow.agent == AgentRow.slug)
_CLOCK_STARTS = select(
    AgentRow.slug, AgentRow.since, _PROVED.scalar_subquery().label("proved")
).where(col(AgentRow.owes_proof).is_(True), col(AgentRow.retired).is_(False))
_SOME_CLOCK_STARTS = _CLOCK_STARTS.where(
    col(AgentRow.slug).in_(bindparam("agents", expanding=True))
)
_LAST_WRITERS = select(EntryRow.agent).order_by(col(EntryRow.id).desc()).limit(_LAST)
_WRITTEN = select(func.max(EntryRow.seen_at)).where(EntryRow.agent == AgentRow.slug)
_HEARD = select(AgentRow.slug, AgentRow.since, _WRITTEN.scalar_subquery().label("heard")).where(
    col(AgentRow.slug).in_(bindparam("agents", expanding=True))
)
_OVERDUE = (
    select(BlockerRow.agent)
    .where(col(BlockerRow.subject).startswith("agent:"), col(BlockerRow.closed).is_(None))
    .distinct()
)
_JUDGED_UNTIL = (
    select(DeadlineRow.subject, DeadlineRow.next_check_at)
    .where(
        col(DeadlineRow.next_check_at) <= bindparam("latest"),
        col(DeadlineRow.subject).startswith("agent:"),
    )
    .order_by(col(DeadlineRow.next_check_at))
)
_NEWEST_ARRIVAL = select(func.max(col(EntryRow.counts_at)))
_IS_ANY_UNSETTLED = select(AgentRow.slug).where(col(AgentRow.unsettled).is_not(None)).limit(1)


def read_agent_facts(
    session: Session, slug: str, lead: str | None, duty_of: Callable[[datetime], Duty]
) -> AgentFacts | None:
    """Return what is known of one agent's proof, or None for an unknown agent.

    ``duty_of`` returns its duty with the intervals off duty from an instant on.
    """
    row = ask(session, _AGENT_ROW, agent=slug).first()
    if row is None:
        return None
    proof = _newest_proof(session, slug)
    newest = _newest_entry(session, slug)
    proved = None if proof is None else proof.counts_at
    start = row.since if proved is None else max(row.since, proved)
    return AgentFacts(
        slug=slug,
        since=row.since,
        proved=proved,
        owes_proof=row.owes_proof,
        retired=row.retired,
        without=_count_without(session, slug, start),
        statement=_standing_statement(session, slug, newest),
        nudged=row.nudged,
        place=None if newest is None else newest.place,
        proved_by=None if proof is None else (proof.title or proof.place),
        lead=lead,
        duty=duty_of(min(start, _first_opened(session, slug) or start)),
        promised=_first_promise(session, slug, proof, start),
        heard=None if newest is None or newest.history else newest.seen_at,
        inhibited_at=row.inhibited_at,
        freed=row.freed_at,
    )


def find_statement(session: Session, slug: str) -> Statement | None:
    """Return an agent's own word that it is blocked, where it still stands."""
    return _standing_statement(session, slug, _newest_entry(session, slug))


def list_silences(session: Session, agents: Collection[str]) -> list[Silence]:
    """Return since when each of these agents has written nothing."""
    rows = ask(session, _HEARD, agents=list(agents))
    return [Silence(row.slug, max(row.since, row.heard or row.since)) for row in rows]


def list_overdue(session: Session) -> list[str]:
    """Return the agents that have an open blocker for their own silence or statement."""
    return list(ask(session, _OVERDUE).scalars())


def list_clock_starts(session: Session) -> Iterator[tuple[str, datetime]]:
    """Yield, for each agent that owes proof, the later of its first sight and its newest proof."""
    return _clock_starts(ask(session, _CLOCK_STARTS))


def list_clock_starts_of_last(session: Session) -> Iterator[tuple[str, datetime]]:
    """Yield the same for the agents of the last few entries that were stored."""
    agents = list(set(ask(session, _LAST_WRITERS).scalars()))
    return _clock_starts(ask(session, _SOME_CLOCK_STARTS, agents=agents))


def _clock_starts(rows: Iterable[Row[Any]]) -> Iterator[tuple[str, datetime]]:
    for row in rows:
        yield row.slug, max(row.since, row.proved or row.since)


def list_judged_until(session: Session, latest: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the agents that are to be judged until then, with when they are, soonest first."""
    for row in ask(session, _JUDGED_UNTIL, latest=latest):
        yield row.subject.partition(":")[2], row.next_check_at


def find_newest_arrival(session: Session) -> datetime | None:
    """Return when anybody's newest proof counted, or None."""
    found: datetime | None = ask(session, _NEWEST_ARRIVAL).scalar()
    return found


def _first_opened(session: Session, slug: str) -> datetime | None:
    found: datetime | None = ask(session, _FIRST_OPENED, subject=f"agent:{slug}").scalar()
    return found


def _first_promise(
    session: Session, slug: str, proof: Row[Any] | None, start: datetime
) -> Promised | None:
    """Return the first promise since an agent's last proof, that in the proof itself included."""
    if proof is not None and proof.promise is not None and proof.counts_at == start:
        return Promised(proof.promise, proof.place)
    row = ask(session, _FIRST_PROMISE, agent=slug, start=start).first()
    return None if row is None else Promised(row.promise, row.place)


def _newest_proof(session: Session, slug: str) -> Row[Any] | None:
    return ask(session, _NEWEST_PROOF, agent=slug).first()


def _newest_entry(session: Session, slug: str) -> Row[Any] | None:
    return ask(session, _NEWEST_ENTRY, agent=slug).first()


def _count_without(session: Session, slug: str, start: datetime) -> int:
    return int(ask(session, _COUNT_WITHOUT, agent=slug, start=start).scalar_one())


def _standing_statement(session: Session, slug: str, newest: Row[Any] | None) -> Statement | None:
    stated = ask(session, _NEWEST_STATED, agent=slug).first()
    if stated is None or newest is None:
        return None
    if stated.history and newest.id != stated.id:
        return None
    if ask(session, _PROOF_ABOVE, agent=slug, rank=stated.rank).first() is not None:
        return None
    return Statement(stated.blocked_on, stated.seen_at, stated.fallback, stated.place)


def list_owing_without_entries(session: Session) -> list[AgentRow]:
    """Return the agents from which proof is due though they never wrote an entry."""
    wrote = select(EntryRow.id).where(EntryRow.agent == AgentRow.slug).exists()
    return list(
        session.exec(
            select(AgentRow)
            .where(col(AgentRow.owes_proof).is_(True), ~wrote)
            .order_by(AgentRow.slug)
        )
    )


def list_unsettled(session: Session) -> list[AgentRow]:
    """Return the agents that were met and not yet found retired or on duty."""
    if ask(session, _IS_ANY_UNSETTLED).first() is None:
        return []
    return list(
        session.exec(
            select(AgentRow).where(col(AgentRow.unsettled).is_not(None)).order_by(AgentRow.slug)
        )
    )


def find_newest_claim(session: Session, slug: str, now: datetime) -> datetime | None:
    """Return the newest dated stamp, not in the future, among an agent's entries, or None."""
    found: datetime | None = ask(session, _NEWEST_CLAIM, agent=slug, now=now).scalar()
    return found


def find_newest_claim_beside(session: Session, slug: str, now: datetime) -> datetime | None:
    """Return the newest dated stamp, not in the future, in the logs that an agent shares, or None."""
    logs = (
        select(Placement.source_id)
        .join(EntryRow, col(Placement.entry_id) == EntryRow.id)
        .where(EntryRow.agent == slug)
    )
    return session.exec(
        select(func.max(col(EntryRow.stamp)))
        .join(Placement, col(Placement.entry_id) == EntryRow.id)
        .where(
            col(Placement.source_id).in_(logs),
            col(EntryRow.stamp) <= now,
            col(EntryRow.day_is_guess).is_(False),
        )
    ).one()


def writes_times_without_dates(session: Session, slug: str) -> bool:
    """Tell whether an agent's entries bear times of day whose day can only be guessed."""
    found = session.exec(
        select(EntryRow.id)
        .where(EntryRow.agent == slug, col(EntryRow.day_is_guess).is_(True))
        .limit(1)
    ).first()
    return found is not None
