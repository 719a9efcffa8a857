"""Where entries stand: which lines of which file, and which of them no agent signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert
from sqlmodel import Session, col, delete, select, update

from rollcall.model import Entry, SourceKind
from rollcall.store.asking import ask
from rollcall.store.tables import EntryRow, Placement, Source, UnsignedRow

_PLACED = select(Placement.start, Placement.entry_id).where(
    Placement.source_id == bindparam("source"), col(Placement.start) >= bindparam("first")
)
_ABOVE = select(Placement.entry_id).where(
    Placement.source_id == bindparam("source"),
    col(Placement.start) < bindparam("first"),
    col(Placement.entry_id).in_(bindparam("entries", expanding=True)),
)
_PLACE = insert(Placement)
_UNPLACE = [
    delete(table).where(
        col(table.source_id) == bindparam("source"), col(table.start) >= bindparam("first")
    )
    for table in (Placement, UnsignedRow)
]


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of a source that was read: from line ``first_line`` to its end.

    ``appended``: the file only grew; ``unsigned`` are the first lines of the entries in that part
    that name no agent.
    """

    first_line: int
    appended: bool
    unsigned: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsigned:
    """How many entries of a shared log name no agent, and the first line of the first of them."""

    source: str
    count: int
    first: int


def read_placements(session: Session, source: Source, extent: Extent) -> dict[int, int]:
    """Return what stood in the extent: first lines to entries."""
    rows = ask(session, _PLACED, source=source.id, first=extent.first_line)
    return {row.start: row.entry_id for row in rows}


def find_above(
    session: Session, source: Source, extent: Extent, entries: Iterable[int]
) -> set[int]:
    """Return which of these entries stand above the extent."""
    matter = {"source": source.id, "first": extent.first_line, "entries": list(entries)}
    return set(ask(session, _ABOVE, **matter).scalars())


def replace_placements(
    session: Session,
    source: Source,
    extent: Extent,
    placed: Sequence[tuple[EntryRow, Entry]],
    were_here: Iterable[int],
) -> None:
    """Say what stands in the extent now; what stands nowhere any more is marked gone."""
    _forget(session, source, extent.first_line)
    placements = [
        {"source_id": source.id, "start": one.start, "end": one.end, "entry_id": row.id}
        for row, one in placed
    ]
    if placements:
        session.connection().execute(_PLACE, placements)
    session.add_all(UnsignedRow(source_id=source.id or 0, start=one) for one in extent.unsigned)
    session.flush()
    _mark_gone(session, set(were_here) - {row.id for row, _ in placed})


def forget_source(session: Session, source: Source) -> None:
    """Mark everything that stood in a vanished file as gone; nothing else changes."""
    ids = session.exec(select(Placement.entry_id).where(Placement.source_id == source.id)).all()
    _forget(session, source, 0)
    _mark_gone(session, set(ids))
    source.gone, source.cursor = True, None
    session.add(source)


def list_shared_logs(session: Session) -> dict[str, list[str]]:
    """Return, by agent, the shared logs in which its entries stand."""
    rows = session.exec(
        select(EntryRow.agent, Source.name)
        .join(Placement, col(Placement.entry_id) == col(EntryRow.id))
        .join(Source, col(Source.id) == col(Placement.source_id))
        .where(Source.kind == SourceKind.FEEDBACK.value, col(Source.agent).is_(None))
        .distinct()
        .order_by(EntryRow.agent, Source.name)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for agent, name in rows:
        found[agent].append(name)
    return dict(found)


def list_unsigned(session: Session) -> list[Unsigned]:
    """Return how many entries of each shared log name no agent."""
    rows = session.exec(
        select(Source.name, func.count(), func.min(UnsignedRow.start))
        .join(Source, col(Source.id) == col(UnsignedRow.source_id))
        .group_by(Source.name)
        .order_by(Source.name)
    )
    return [Unsigned(name, count, first) for name, count, first in rows]


def list_without_updates(session: Session) -> list[str]:
    """Return the files, not empty, of agents of which no update was found in any."""
    known = select(EntryRow.agent)
    return list(
        session.exec(
            select(Source.name)
            .where(Source.kind == SourceKind.FEEDBACK.value, col(Source.agent).is_not(None))
            .where(~col(Source.gone), col(Source.agent).not_in(known))
            .where(func.json_extract(Source.cursor, "$.size") > 0)
            .order_by(Source.name)
        )
    )


def _forget(session: Session, source: Source, first_line: int) -> None:
    for question in _UNPLACE:
        ask(session, question, source=source.id, first=first_line)


def _mark_gone(session: Session, ids: set[int]) -> None:
    """Mark those of the entries that stand in no file any more."""
    if not ids:
        return
    placed = select(Placement.entry_id)
    session.exec(
        update(EntryRow)
        .where(col(EntryRow.id).in_(ids), col(EntryRow.id).not_in(placed))
        .values(gone=True)
        .execution_options(synchronize_session=False)
    )
