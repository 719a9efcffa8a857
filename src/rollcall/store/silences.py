"""Silences in the store: who wants to hear nothing of which blockers, until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, select

from rollcall.rules.silences import Matcher, Silence
from rollcall.store.asking import ask
from rollcall.store.marks import set_deadline
from rollcall.store.tables import SilenceRow

SUBJECT = "silences"
_LASTING = (
    select(SilenceRow).where(col(SilenceRow.until) > bindparam("now")).order_by(col(SilenceRow.id))
)
_FIRST_END = (
    select(SilenceRow.until)
    .where(col(SilenceRow.settled).is_(False))
    .order_by(col(SilenceRow.until))
    .limit(1)
)


def add_silence(
    session: Session, matcher: Matcher, by: str, comment: str, until: datetime, now: datetime
) -> Silence:
    """Store a silence that begins now; its end will be told."""
    row = SilenceRow(
        kinds=list(matcher.kinds),
        agents=list(matcher.agents),
        comment=comment,
        by=by,
        start=now,
        until=until,
    )
    session.add(row)
    session.flush()
    plan_end(session)
    return _to_silence(row)


def end_silence(session: Session, id_: str, now: datetime) -> Silence | None:
    """End a silence before its time; None where there is none of this id that lasts."""
    row = session.get(SilenceRow, silence_number(id_) or 0)
    if row is None or row.settled or row.until <= now:
        return None
    row.until = now
    session.add(row)
    session.flush()
    plan_end(session)
    return _to_silence(row)


def list_lasting(session: Session, now: datetime) -> list[Silence]:
    """Return the silences that last, by id."""
    return [_to_silence(row) for row in ask(session, _LASTING, now=now)]


def take_ended(session: Session, now: datetime) -> list[Silence]:
    """Return the silences whose end is to be told, each once."""
    if ask(session, _FIRST_END).first() is None:
        plan_end(session)
        return []
    rows = session.exec(
        select(SilenceRow)
        .where(col(SilenceRow.until) <= now, col(SilenceRow.settled).is_(False))
        .order_by(col(SilenceRow.id))
    ).all()
    for row in rows:
        row.settled = True
        session.add(row)
    session.flush()
    plan_end(session)
    return [_to_silence(row) for row in rows]


def rename_silenced(session: Session, old: str, new: str) -> None:
    """Have silences of one agent be of another, whose name it is."""
    for row in session.exec(select(SilenceRow).where(col(SilenceRow.settled).is_(False))):
        if old in row.agents:
            row.agents = list(dict.fromkeys(new if one == old else one for one in row.agents))
            session.add(row)
    session.flush()


def plan_end(session: Session) -> None:
    """Have the worker look at the end of the next silence."""
    set_deadline(session, SUBJECT, ask(session, _FIRST_END).scalar())


def silence_number(text: str) -> int | None:
    """Return the number in ``S-7``, ``s-7`` or ``7``; None when it is none of these."""
    digits = text.strip().upper().removeprefix("S-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _to_silence(row: SilenceRow | Row[Any]) -> Silence:
    matcher = Matcher(tuple(row.kinds), tuple(row.agents))
    return Silence(f"S-{row.id}", matcher, row.by, row.comment, row.start, row.until)
