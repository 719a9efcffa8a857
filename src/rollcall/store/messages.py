"""Messages into the store: each keeps its id when its path, its line or its words change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from rollcall.model import Stamp
from rollcall.rules.arrival import Came, Reading
from rollcall.store.tables import EntryRow, MessageRow, Source

GONE = "#gone-"
_HERE = select(MessageRow).where(MessageRow.source_id == bindparam("source"))
_MOVED = select(MessageRow).where(
    MessageRow.digest == bindparam("digest"),
    col(MessageRow.gone).is_(True),
    col(MessageRow.id).not_in(bindparam("used", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One message as it may be stored: where it stands, a hash of its text, its redacted draft."""

    path: str
    start: int
    digest: str
    draft: str
    stamp: Stamp | None


def record_messages(
    session: Session, source: Source, records: Sequence[MessageRecord], reading: Reading
) -> bool:
    """Store what a chat file holds now; return True when anything changed."""
    here = session.exec(_HERE, params={"source": source.id}).all()
    unchanged = [(row.path, row.digest, row.draft) for row in here if not row.gone] == [
        (one.path, one.digest, one.draft) for one in records
    ]
    if unchanged:
        return False
    matched = _match(session, here, records)
    kept = {row.id for row in matched if row is not None}
    for row in here:
        # A path is freed before it is given to another message of the same file.
        row.path = f"{_by_path(row)}{GONE}{row.id}"
        row.gone = row.id not in kept
        session.add(row)
    session.flush()
    for record, found in zip(records, matched, strict=True):
        session.add(_fill(found, source, record, reading))
    session.flush()
    return True


def forget_messages(session: Session, source: Source) -> None:
    """Mark the messages of a vanished file as gone; what they asked and answered stands."""
    for row in session.exec(select(MessageRow).where(MessageRow.source_id == source.id)):
        row.gone = True
        session.add(row)


def list_records(session: Session, source: Source) -> list[MessageRecord]:
    """Return what is known of a chat file, in the form in which it was recorded."""
    rows = session.exec(
        select(MessageRow).where(MessageRow.source_id == source.id).order_by(col(MessageRow.start))
    )
    return [MessageRecord(row.path, row.start, row.digest, row.draft, None) for row in rows]


def list_drafts(session: Session) -> list[tuple[str, str]]:
    """Return (path, draft) of every message and of every entry that links like one."""
    messages = session.exec(select(MessageRow.path, MessageRow.draft)).all()
    entries = session.exec(
        select(EntryRow.place, EntryRow.draft).where(col(EntryRow.draft).is_not(None))
    ).all()
    return [*messages, *((place, draft) for place, draft in entries if draft is not None)]


def _match(
    session: Session, here: Sequence[MessageRow], records: Sequence[MessageRecord]
) -> list[MessageRow | None]:
    """Find the known message of each record: by its text, then by its path, then by its line."""
    free = {row.id: row for row in here}
    found: list[MessageRow | None] = [None] * len(records)
    for marks in (_by_digest, _by_path, _by_start):
        groups: dict[object, list[MessageRow]] = defaultdict(list)
        for row in free.values():
            groups[marks(row)].append(row)
        for index, record in enumerate(records):
            group = groups.get(marks(record))
            if found[index] is None and group:
                found[index] = group.pop(0)
                free.pop(found[index].id)  # type: ignore[union-attr]
    for index, record in enumerate(records):
        if found[index] is None:
            found[index] = _find_moved(session, record, found)
    return found


def _find_moved(
    session: Session, record: MessageRecord, found: Iterable[MessageRow | None]
) -> MessageRow | None:
    used = {row.id for row in found if row is not None}
    matter = {"digest": record.digest, "used": list(used)}
    return session.exec(_MOVED, params=matter).first()


def _by_digest(one: MessageRow | MessageRecord) -> object:
    return one.digest


def _by_path(one: MessageRow | MessageRecord) -> object:
    return one.path.partition(GONE)[0]


def _by_start(one: MessageRow | MessageRecord) -> object:
    return one.start


def _fill(
    row: MessageRow | None, source: Source, record: MessageRecord, reading: Reading
) -> MessageRow:
    if row is None:
        row = MessageRow(
            path=record.path,
            source_id=source.id or 0,
            start=record.start,
            digest=record.digest,
            draft=record.draft,
            seen_at=reading.now,
            asked_at=_date_ask(record.stamp, reading),
            history=reading.came in (Came.HISTORY, Came.GIT),
        )
    row.path, row.start, row.source_id = record.path, record.start, source.id or 0
    row.digest, row.draft, row.gone = record.digest, record.draft, False
    return row


def _date_ask(stamp: Stamp | None, reading: Reading) -> datetime | None:
    """Return when a request counts as asked: on arrival, or by its date where it is history."""
    if reading.came in (Came.HISTORY, Came.GIT):
        return None if stamp is None else min(stamp.at, reading.now)
    return reading.now
