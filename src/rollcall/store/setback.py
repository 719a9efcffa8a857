"""A clock that was set back: what the store holds as happened moves with it, so no time is lost.

Time that nobody watched is given up first, the latest first: a clock set forward by mistake and
back again leaves everything before it where it was. Only what that does not make up for moves all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Column, Table, bindparam, func, select, update
from sqlmodel import Session, SQLModel, col

from rollcall.store.marks import LAST_SWEEP, get_instant, list_gaps, set_instant
from rollcall.store.tables import DeadlineRow, EntryRow, EventRow, TransitionRow
from rollcall.store.types import Instant, to_text

_CLAIMS = {("entries", "stamp"), ("entries", "promise"), ("dependencies", "due")}
_LENGTH = len("2026-02-07T14:05:00.000000Z")


def move_back(session: Session, last: datetime, now: datetime) -> None:
    """Move what happened until ``last``, when we last looked, so that it happened until ``now``.

    The time between any two things stays, save for what nobody watched. What lies after ``last`` is
    a plan and stays, save for what is to be tried or judged again; so do the times that agents
    claim, and the audit.
    """
    for start, span in list(_find_steps(session, last, now)):
        for table in SQLModel.metadata.sorted_tables:
            if table.name == TransitionRow.__tablename__:
                continue
            for column in table.columns:
                if isinstance(column.type, Instant) and (table.name, column.name) not in _CLAIMS:
                    _move_column(session, table, column, (start, last), span)
        last -= span
    session.execute(update(DeadlineRow).values(next_check_at=now))
    # When to try again was reckoned by the old clock; a plan for an hour of the day was not.
    tried_again = col(EventRow.fate).is_(None) & col(EventRow.first_tried).is_not(None)
    session.execute(
        update(EventRow).where(tried_again, col(EventRow.not_before) > now).values(not_before=now)
    )
    swept = get_instant(session, LAST_SWEEP)
    if swept is not None and swept > now:
        set_instant(session, LAST_SWEEP, now)
    session.expire_all()


def _find_steps(
    session: Session, last: datetime, now: datetime
) -> Iterator[tuple[datetime | None, timedelta]]:
    """Yield by how much what happened from an instant on moves, step by step; None: everything."""
    left = last - now
    for gap in sorted(list_gaps(session), key=lambda one: one.end, reverse=True):
        span = min(left, gap.end - gap.start)
        if span:
            yield gap.end, span
            left -= span
    if left:
        yield None, left


def _move_column(
    session: Session,
    table: Table,
    column: Column[datetime],
    within: tuple[datetime | None, datetime],
    span: timedelta,
) -> None:
    start, end = within
    query = select(column).where(column <= end).distinct()
    found = session.execute(query if start is None else query.where(column >= start)).scalars()
    # Earliest first: what has moved is not met again.
    moves = [{"was": one, "becomes": one - span} for one in sorted(found)]
    values: dict[Column[datetime] | Column[str], object] = {column: bindparam("becomes")}
    if (table.name, column.name) == (EntryRow.__tablename__, "seen_at"):
        rank = table.c.rank
        values[rank] = bindparam("text") + func.substr(rank, _LENGTH + 1)
        moves = [{**one, "text": to_text(one["becomes"])} for one in moves]
    if moves:
        statement = update(table).where(column == bindparam("was")).values(values)
        session.connection().execute(statement, moves)
