"""Whose turn it is in the outbox: what is due, for which targets, and what must go before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, func
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from rollcall.model import Transition
from rollcall.store.asking import ask
from rollcall.store.tables import EventBlocker, EventRow

CannotBeWritten = DatabaseError
"""What is raised where the store is locked for too long, or the disk is full."""


def list_lanes(session: Session, sinks: Collection[str], now: datetime) -> list[tuple[str, str]]:
    """Return the (sink, target) pairs for which a notice is due; looking needs no write lock."""
    rows = ask(session, _LANES, now=now, sinks=list(sinks))
    return [(row.sink, row.target) for row in rows]


def is_anyone_behind(session: Session, sink: str, target: str) -> bool:
    """Tell whether a notice that was not tried yet could go if the one being sent stepped back."""
    found = session.exec(
        select(EventRow.id)
        .where(
            col(EventRow.fate).is_(None),
            col(EventRow.claim).is_(None),
            col(EventRow.first_tried).is_(None),
            EventRow.sink == sink,
            EventRow.target == target,
            ~has_earlier(),
        )
        .limit(1)
    ).first()
    return found is not None


def is_due(now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Say that a notice has no fate, is not being sent, and need not wait any longer."""
    return (
        col(EventRow.fate).is_(None),
        col(EventRow.claim).is_(None),
        col(EventRow.not_before) <= now,
    )


def has_earlier() -> ColumnElement[bool]:
    """Say that the same target has an earlier unsettled notice about one of its blockers.

    Or that it is a digest and an earlier one waits: one that may have arrived is settled before
    another is tried, which tells of all that came since.
    """
    earlier, its, ours = aliased(EventRow), aliased(EventBlocker), aliased(EventBlocker)
    about_the_same = exists(
        select(col(earlier.id))
        .join(its, col(its.event_id) == col(earlier.id))
        .join(ours, col(ours.blocker) == col(its.blocker))
        .where(
            col(ours.event_id) == col(EventRow.id),
            *_goes_before(earlier),
            # Not "is null": SQLite would look through all that wait instead of the blocker's few.
            func.coalesce(earlier.fate, "") == "",
        )
    )
    digest = aliased(EventRow)
    another_digest = exists(
        select(col(digest.id)).where(
            col(digest.transition) == Transition.DIGEST.value,
            *_goes_before(digest),
            col(digest.fate).is_(None),
        )
    )
    is_digest = col(EventRow.transition) == Transition.DIGEST.value
    return about_the_same | (is_digest & another_digest)


def _goes_before(earlier: type[EventRow]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(earlier.id) < col(EventRow.id),
        col(earlier.sink) == col(EventRow.sink),
        col(earlier.target) == col(EventRow.target),
    )


_LANES = (
    select(EventRow.sink, EventRow.target)
    .where(*is_due(bindparam("now")), col(EventRow.sink).in_(bindparam("sinks", expanding=True)))
    .distinct()
)
