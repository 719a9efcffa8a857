"""Transitions that wait to be told, and the storms that they make up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from rollcall.model import Blocker, Transition
from rollcall.rules.grouping import Pending, Storm
from rollcall.store.asking import ask
from rollcall.store.ledger import Happened, blocker_number, to_blocker
from rollcall.store.sending_tables import UntoldRow
from rollcall.store.tables import (
    BlockerRow,
    EventBlocker,
    EventRow,
    IncidentRow,
    PendingRow,
    TransitionRow,
)

_HEARD = (
    select(EventBlocker.blocker)
    .join(EventRow, col(EventBlocker.event_id) == col(EventRow.id))
    .where(
        col(EventBlocker.blocker).in_(bindparam("numbers", expanding=True)),
        EventRow.sink != "status",
        (col(EventRow.fate).is_(None)) | (EventRow.fate == "sent"),
    )
    .distinct()
)
_RECENT = select(BlockerRow).where(
    col(BlockerRow.opened) >= bindparam("since"),
    col(BlockerRow.closed).is_(None),
    col(BlockerRow.kind).in_(bindparam("kinds", expanding=True)),
)
_OPENINGS = (
    select(BlockerRow.condition, func.count().label("openings"))
    .join(TransitionRow, col(TransitionRow.blocker) == col(BlockerRow.number))
    .where(
        col(BlockerRow.condition).in_(bindparam("conditions", expanding=True)),
        TransitionRow.what == Transition.OPENED.value,
        col(TransitionRow.at) > bindparam("since"),
    )
    .group_by(col(BlockerRow.condition))
)
_ANYTHING = select(PendingRow.id).limit(1)
_ANY_STORM = select(IncidentRow.id).where(col(IncidentRow.ended).is_(None)).limit(1)

TOLD = frozenset(
    {
        Transition.OPENED,
        Transition.ESCALATED,
        Transition.REPEATED,
        Transition.RELEASED,
        Transition.UNSNOOZED,
        Transition.CLOSED,
    }
)
"""The transitions that are told at all; the others only show in the log."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending transition for people: which blocker, what, since when and what it waits for."""

    blocker: str
    transition: str
    at: datetime
    held_for: str


def add_pending(session: Session, happened: Iterable[Happened], now: datetime) -> None:
    """Keep what is to be told."""
    for one in happened:
        if one.quiet or one.transition not in TOLD:
            continue
        session.add(
            PendingRow(
                blocker=blocker_number(one.blocker.id) or 0,
                transition=one.transition.value,
                level=one.blocker.level,
                at=now,
                shared=one.group,
            )
        )
    session.flush()


def is_anything_pending(session: Session) -> bool:
    """Tell whether anything waits to be told."""
    return ask(session, _ANYTHING).first() is not None


def list_pending(session: Session, flapping_within: timedelta, now: datetime) -> list[Pending]:
    """Return what waits to be told, with its blocker as it stands now."""
    rows = session.exec(
        select(PendingRow, BlockerRow)
        .join(BlockerRow, col(BlockerRow.number) == col(PendingRow.blocker))
        .order_by(col(PendingRow.id))
    ).all()
    conditions = {blocker.condition for _, blocker in rows}
    openings = _count_openings(session, conditions, now - flapping_within)
    heard = _find_heard(session, {row.blocker for row, _ in rows})
    return [
        Pending(
            id=row.id or 0,
            blocker=to_blocker(blocker),
            transition=Transition(row.transition),
            level=row.level,
            at=row.at,
            shared=row.shared,
            heard=row.blocker in heard,
            openings=openings.get(blocker.condition, 1),
            incident=blocker.incident,
        )
        for row, blocker in rows
    ]


def list_waiting(session: Session) -> list[Waiting]:
    """Return what waits to be told and what for, for people."""
    rows = session.exec(select(PendingRow).order_by(col(PendingRow.id)))
    return [Waiting(f"B-{row.blocker:04d}", row.transition, row.at, row.held_for) for row in rows]


def drop_pending(session: Session, dropped: Mapping[int, str], now: datetime) -> None:
    """Record why each of these will never be told, and wait with it no longer."""
    for id_, why in dropped.items():
        row = session.get_one(PendingRow, id_)
        session.add(
            UntoldRow(
                blocker=row.blocker,
                transition=row.transition,
                level=row.level,
                at=row.at,
                settled=now,
                why=why,
            )
        )
        session.delete(row)
    session.flush()


def settle_pending(session: Session, ids: Iterable[int]) -> None:
    """Forget what became a notice."""
    for id_ in ids:
        session.delete(session.get_one(PendingRow, id_))
    session.flush()


def note_held(session: Session, held: Mapping[int, str]) -> None:
    """Keep what each waits for."""
    for id_, why in held.items():
        row = session.get_one(PendingRow, id_)
        row.held_for = why
        session.add(row)


def list_storms(session: Session) -> list[Storm]:
    """Return the storms that are not over, with their members."""
    if ask(session, _ANY_STORM).first() is None:
        return []
    rows = session.exec(select(IncidentRow).where(col(IncidentRow.ended).is_(None))).all()
    found = []
    for row in rows:
        members = session.exec(
            select(BlockerRow).where(BlockerRow.incident == row.id).order_by(col(BlockerRow.number))
        )
        shown = tuple(to_blocker(one) for one in members)
        if shown:
            found.append(Storm(row.id or 0, shown, row.stopped))
    return found


def begin_storm(session: Session, members: Sequence[Blocker], now: datetime) -> int:
    """Store a storm of these blockers and return its id."""
    row = IncidentRow(began=now)
    session.add(row)
    session.flush()
    join_storm(session, row.id or 0, members)
    return row.id or 0


def join_storm(session: Session, storm: int, members: Sequence[Blocker]) -> None:
    """Make blockers members of a storm."""
    for one in members:
        row = session.get_one(BlockerRow, blocker_number(one.id) or 0)
        row.incident = storm
        session.add(row)
    session.flush()


def end_storm(session: Session, storm: int, now: datetime) -> None:
    """Record that a storm is over: what is left of it is told by itself."""
    row = session.get_one(IncidentRow, storm)
    row.ended = now
    session.add(row)
    for member in session.exec(select(BlockerRow).where(BlockerRow.incident == storm)):
        if member.closed is None:
            member.incident = None
            session.add(member)
    session.flush()


def end_settled_storms(session: Session, now: datetime) -> None:
    """Record that storms are over of which nothing is open any more and nothing waits to be told."""
    if ask(session, _ANY_STORM).first() is None:
        return
    lasting = select(IncidentRow).where(col(IncidentRow.ended).is_(None))
    for row in session.exec(lasting).all():
        left = session.exec(
            select(BlockerRow.number)
            .join(PendingRow, col(PendingRow.blocker) == col(BlockerRow.number), isouter=True)
            .where(
                BlockerRow.incident == row.id,
                col(BlockerRow.closed).is_(None) | col(PendingRow.id).is_not(None),
            )
            .limit(1)
        ).first()
        if left is None:
            row.ended = now
            session.add(row)


def leave_storms(session: Session, blockers: Iterable[Blocker]) -> None:
    """Tell from now on by itself of what was told as a part of a storm."""
    for one in blockers:
        session.get_one(BlockerRow, blocker_number(one.id) or 0).incident = None
    session.flush()


def note_stop(session: Session) -> None:
    """Record for the storms that are not over that the whole team has stopped."""
    for row in session.exec(select(IncidentRow).where(col(IncidentRow.ended).is_(None))):
        row.stopped = True
        session.add(row)


def list_recently_told(session: Session, kinds: Iterable[str], since: datetime) -> list[Blocker]:
    """Return the open blockers of these kinds that were opened since then and told."""
    rows = ask(session, _RECENT, since=since, kinds=list(kinds)).all()
    heard = _find_heard(session, {row.number or 0 for row in rows})
    return [to_blocker(row) for row in rows if row.number in heard]


def _count_openings(session: Session, conditions: set[str], since: datetime) -> dict[str, int]:
    rows = ask(session, _OPENINGS, conditions=list(conditions), since=since)
    return {row.condition: row.openings for row in rows}


def _find_heard(session: Session, numbers: set[int]) -> set[int]:
    """Return which of these blockers some sink was told of, or will be."""
    return set(ask(session, _HEARD, numbers=list(numbers)).scalars()) if numbers else set()
