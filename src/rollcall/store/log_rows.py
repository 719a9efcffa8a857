"""The rows of people in the blockers log, as hashes: since when they stand as they do."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, select

from rollcall.rules.log_rows import TrackedRow
from rollcall.store.asking import ask
from rollcall.store.log_tables import LogPeopleRow

_TRACKED = select(LogPeopleRow)


def list_tracked(session: Session) -> dict[str, TrackedRow]:
    """Return all that is known of rows, by their identity."""
    return {
        row.identity: TrackedRow(row.identity, row.digest, row.since, row.imported, row.asked)
        for row in ask(session, _TRACKED)
    }


def keep_tracked(session: Session, rows: Iterable[TrackedRow]) -> None:
    """Keep what is known of rows now."""
    for row in rows:
        session.merge(
            LogPeopleRow(
                identity=row.identity,
                digest=row.digest,
                since=row.since,
                imported=row.imported,
                asked=row.asked,
            )
        )
    session.flush()
