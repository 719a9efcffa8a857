"""What a person asks of the store: read-only, in the form in which commands show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import bindparam, case, func
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from rollcall.errors import StoreUnusable
from rollcall.model import Blocker, BlockerStatus, DependencyState, Transition
from rollcall.store.asking import ask
from rollcall.store.database import explain_unusable
from rollcall.store.ledger import Happened, blocker_id, to_blocker
from rollcall.store.outbox import Fate
from rollcall.store.request_tables import DependencyRow
from rollcall.store.tables import (
    AgentRow,
    BlockerRow,
    EntryRow,
    EventRow,
    MessageRow,
    RestRow,
    Source,
    TransitionRow,
)

_NEWEST = (
    select(EntryRow.stamp, EntryRow.seen_at, EntryRow.history)
    .where(EntryRow.agent == bindparam("agent"))
    .order_by(col(EntryRow.rank).desc(), col(EntryRow.id).desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Untold:
    """A notice that no sink could be given, and when it arose."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """How many notices wait for a sink, and how many no sink will ever take."""

    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class Pass:
    """What the worker did since an instant: sources read, notices made, what happened."""

    read: int
    notices: int
    happened: Sequence[Happened]


@contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """Turn what a damaged or busy database says into StoreUnusable."""
    try:
        yield
    except DatabaseError as error:
        raise StoreUnusable(explain_unusable(path, error.orig)) from error


def list_agents(session: Session) -> Sequence[AgentRow]:
    """Return every agent that is known, by name."""
    return session.exec(select(AgentRow).order_by(AgentRow.slug)).all()


def find_last_entry(session: Session, slug: str) -> datetime | None:
    """Return the stamp of an agent's newest entry, at the latest when it was seen; None for none.

    One without a stamp that was there at first sight says nothing: the newest stamp stands for it.
    """
    row = ask(session, _NEWEST, agent=slug).first()
    if row is None:
        return None
    if row.stamp is None and row.history:
        claim = func.min(col(EntryRow.stamp), col(EntryRow.seen_at))
        stamped = (EntryRow.agent == slug, col(EntryRow.stamp).is_not(None))
        return session.exec(select(func.max(claim)).where(*stamped)).one()
    seen: datetime = row.seen_at
    return min(row.stamp or seen, seen)


def list_backlog(session: Session) -> Sequence[DependencyRow]:
    """Return the requests that were past due at first sight and are still unanswered."""
    return session.exec(
        select(DependencyRow)
        .where(
            col(DependencyRow.backlog).is_(True),
            col(DependencyRow.withdrawn).is_(False),
            DependencyRow.state != DependencyState.ANSWERED.value,
        )
        .order_by(
            col(DependencyRow.asked_at), col(DependencyRow.request), col(DependencyRow.provider)
        )
    ).all()


def list_open_requests(session: Session) -> Sequence[DependencyRow]:
    """Return the requests to each asked agent that are neither answered nor withdrawn."""
    return session.exec(
        select(DependencyRow).where(
            col(DependencyRow.withdrawn).is_(False),
            DependencyRow.state != DependencyState.ANSWERED.value,
        )
    ).all()


def list_answered(session: Session, after: datetime) -> list[tuple[DependencyRow, datetime]]:
    """Return the requests whose answer was seen after an instant, with when, the newest first.

    One that was there before we watched counts from the date it bears.
    """
    answered = (
        col(DependencyRow.withdrawn).is_(False),
        DependencyRow.state == DependencyState.ANSWERED.value,
    )
    said = case((col(MessageRow.history), MessageRow.asked_at), else_=MessageRow.seen_at)
    told = case((col(EntryRow.history), EntryRow.stamp), else_=EntryRow.seen_at)
    rows = [
        *session.exec(
            select(DependencyRow, said)
            .join(MessageRow, col(MessageRow.path) == DependencyRow.closed_by)
            .where(*answered, said > after)
        ),
        *session.exec(
            select(DependencyRow, told)
            .join(EntryRow, col(EntryRow.place) == DependencyRow.closed_by)
            .where(*answered, told > after)
        ),
    ]
    newest = {(row.message_id, row.provider): (row, at) for row, at in rows}
    return sorted(
        newest.values(), key=lambda one: (one[1], one[0].request, one[0].provider), reverse=True
    )


def list_rests(session: Session, now: datetime) -> list[tuple[Blocker, datetime]]:
    """Return the blockers whose condition a hand put to rest, and until when."""
    found = []
    rests = session.exec(
        select(RestRow).where(col(RestRow.until) > now).order_by(col(RestRow.until))
    )
    for rest in rests.all():
        row = session.exec(
            select(BlockerRow)
            .where(BlockerRow.condition == rest.condition)
            .order_by(col(BlockerRow.number).desc())
            .limit(1)
        ).first()
        if row is not None:
            found.append((to_blocker(row), rest.until))
    return found


@dataclass(frozen=True, slots=True)
class Unsent:
    """A notice that no sink was given yet, or none can be (the sink ``status``)."""

    sink: str
    target: str
    transition: str
    level: int
    blockers: tuple[str, ...]
    text: str


def last_event(session: Session) -> int:
    """Return the number of the newest notice, 0 where there is none."""
    return session.exec(select(func.max(EventRow.id))).one() or 0


def list_unsent(session: Session, after: int) -> list[Unsent]:
    """Return the notices that wait for a sink, and those after a number that none can be given."""
    untold = (col(EventRow.fate) == Fate.UNTOLD.value) & (col(EventRow.id) > after)
    rows = session.exec(
        select(EventRow).where(col(EventRow.fate).is_(None) | untold).order_by(col(EventRow.id))
    )
    return [
        Unsent(
            row.sink,
            row.target,
            row.transition,
            row.level,
            tuple(map(blocker_id, row.blockers)),
            row.text,
        )
        for row in rows
    ]


def list_snoozed(session: Session) -> dict[str, datetime]:
    """Return, by id, until when blockers are snoozed."""
    rows = session.exec(
        select(BlockerRow.number, BlockerRow.snoozed_until).where(
            BlockerRow.status == BlockerStatus.SNOOZED.value
        )
    )
    return {blocker_id(number or 0): until for number, until in rows if until is not None}


def list_untold(session: Session, since: datetime) -> list[Untold]:
    """Return the notices since an instant that no sink could be given."""
    rows = session.exec(
        select(EventRow)
        .where(EventRow.fate == Fate.UNTOLD.value, col(EventRow.created) >= since)
        .order_by(col(EventRow.id))
    )
    return [Untold(row.created, row.text) for row in rows]


def count_outbox(session: Session) -> Outbox:
    """Count the notices that wait, and those that were refused for good."""
    waiting = _count_events(session, None)
    return Outbox(waiting, _count_events(session, Fate.FAILED.value))


def read_pass(session: Session, since: datetime, after_transition: int) -> Pass:
    """Return what the worker did since an instant, beginning after a transition's number."""
    read = session.exec(
        select(func.count()).select_from(Source).where(col(Source.read_at) >= since)
    ).one()
    notices = session.exec(
        select(func.count()).select_from(EventRow).where(col(EventRow.created) >= since)
    ).one()
    rows = session.exec(
        select(TransitionRow, BlockerRow)
        .join(BlockerRow, col(BlockerRow.number) == col(TransitionRow.blocker))
        .where(col(TransitionRow.id) > after_transition)
        .order_by(col(TransitionRow.id))
    )
    happened = [Happened(Transition(one.what), to_blocker(row), one.why) for one, row in rows]
    return Pass(read, notices, happened)


def last_transition(session: Session) -> int:
    """Return the number of the newest transition, 0 where there is none."""
    return session.exec(select(func.max(TransitionRow.id))).one() or 0


def _count_events(session: Session, fate: str | None) -> int:
    query = select(func.count()).select_from(EventRow)
    chosen = col(EventRow.fate).is_(None) if fate is None else EventRow.fate == fate
    return session.exec(query.where(chosen)).one()
