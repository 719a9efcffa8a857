"""What a sink asked us to wait for, kept so that a restart does not make us call before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from rollcall.store.sending_tables import HeldTargetRow


@dataclass(frozen=True, slots=True)
class HeldTarget:
    """One target that takes no ``call`` until an instant; a sink's updates have no target."""

    target: str
    call: str
    until: datetime


def hold_target(session: Session, sink: str, held: HeldTarget, now: datetime) -> None:
    """Keep until when a target is left alone."""
    row = session.get(HeldTargetRow, (sink, held.target, held.call))
    if row is None:
        row = HeldTargetRow(sink=sink, target=held.target, call=held.call, since=now, wait_s=0)
    row.since, row.wait_s = now, (held.until - now).total_seconds()
    session.add(row)


def take_held(session: Session, sink: str, now: datetime) -> list[HeldTarget]:
    """Return what is still held of a sink, and forget what is over.

    Where the clock was set back since, the wait is as long as it was asked for and no longer.
    """
    rows = session.exec(
        select(HeldTargetRow)
        .where(HeldTargetRow.sink == sink)
        .order_by(HeldTargetRow.target, HeldTargetRow.call)
    ).all()
    held = []
    for row in rows:
        until = min(row.since, now) + timedelta(seconds=row.wait_s)
        if until <= now:
            session.delete(row)
        else:
            held.append(HeldTarget(row.target, row.call, until))
    return held
