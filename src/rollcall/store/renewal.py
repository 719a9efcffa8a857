"""First messages about open blockers, marked to be told again to sinks that forget."""

from __future__ import annotations

from sqlmodel import Session, col, select, update

from rollcall.store.tables import BlockerRow, RootRow


def renew_roots(session: Session, sink: str) -> None:
    """Mark what a sink was told of open blockers as stale: it is refreshed next."""
    still_open = select(BlockerRow.number).where(col(BlockerRow.closed).is_(None))
    session.exec(
        update(RootRow)
        .where(col(RootRow.sink) == sink, col(RootRow.blocker).in_(still_open))
        .values(stale=True)
    )
