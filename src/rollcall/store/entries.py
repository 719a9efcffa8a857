"""Entries into the store: each known once, revised in place, dated by the law of arrival."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_
from sqlmodel import Session, col, select

from rollcall.model import Entry, EvidenceKind
from rollcall.rules.arrival import Came, Reading, date_arrivals
from rollcall.rules.identity import Identified, KnownEntry, Match, identify
from rollcall.store.asking import ask
from rollcall.store.placements import Extent, find_above, read_placements, replace_placements
from rollcall.store.tables import EntryRow, Source
from rollcall.store.types import to_text

_NEWEST_CLAIM = select(func.max(func.min(col(EntryRow.stamp), col(EntryRow.seen_at)))).where(
    EntryRow.agent == bindparam("agent"), col(EntryRow.stamp).is_not(None)
)
_KNOWN = select(EntryRow).where(
    EntryRow.agent == bindparam("agent"),
    or_(
        col(EntryRow.digest).in_(bindparam("digests", expanding=True)),
        col(EntryRow.key).in_(bindparam("keys", expanding=True)),
        col(EntryRow.id).in_(bindparam("here", expanding=True)),
    ),
)


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One entry as it may be stored: its texts redacted, and its draft where it links."""

    entry: Entry
    title: str
    blocked_on: str | None
    draft: str | None = None


@dataclass(frozen=True, slots=True)
class EntryBatch:
    """What one reading of one source gave of one agent."""

    agent: str
    records: Sequence[EntryRecord]
    reading: Reading
    repeat_within: timedelta


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many entries were new, and how many of the known ones changed."""

    new: int
    revised: int
    links_changed: bool


def record_entries(
    session: Session, source: Source, extent: Extent, batches: Sequence[EntryBatch]
) -> list[Recorded]:
    """Store what a reading gave, a batch for each agent; return what was new in each.

    The caller's transaction also holds the source's new offset.
    """
    were_here = read_placements(session, source, extent)
    recorded: list[Recorded] = []
    placed: list[tuple[EntryRow, Entry]] = []
    for batch in batches:
        rows = _find_known(session, batch, list(were_here.values()))
        matches = identify(
            [record.entry for record in batch.records],
            [KnownEntry(key, row.key, row.digest) for key, row in rows.items()],
            taken=find_above(session, source, extent, rows),
            were_here={start: key for start, key in were_here.items() if key in rows},
            appended=extent.appended,
        )
        done, standing = _record_batch(session, source, batch, matches, rows)
        recorded.append(done)
        placed += standing
    session.flush()
    replace_placements(session, source, extent, placed, were_here.values())
    return recorded


def _record_batch(
    session: Session,
    source: Source,
    batch: EntryBatch,
    matches: Sequence[Identified],
    rows: Mapping[int, EntryRow],
) -> tuple[Recorded, list[tuple[EntryRow, Entry]]]:
    """Store the entries of one agent as what they were found to be."""
    arrivals = _date(session, batch, matches, rows)
    new = revised = 0
    links_changed = False
    placed: list[tuple[EntryRow, Entry]] = []
    for match, record, counts_at in zip(matches, batch.records, arrivals, strict=True):
        row = _blank(batch.agent) if match.known is None else rows[match.known]
        links_changed |= row.draft != record.draft
        new += match.match is Match.NEW
        revised += match.match is Match.REVISION
        _fill(row, source, batch, record, counts_at, match.match)
        session.add(row)
        placed.append((row, record.entry))
    return Recorded(new, revised, links_changed), placed


def record_arrival(session: Session, source: Source, batch: EntryBatch) -> None:
    """Store entries that are known to be new and to arrive now: what a replay feeds."""
    for record in batch.records:
        counts_at = batch.reading.now if record.entry.proof else None
        if counts_at is not None and _only_repeats(session, batch, record.entry, counts_at):
            counts_at = None
        row = _blank(batch.agent)
        _fill(row, source, batch, record, counts_at, Match.NEW)
        session.add(row)
    session.flush()


def _find_known(session: Session, batch: EntryBatch, here: Sequence[int]) -> dict[int, EntryRow]:
    digests = list({record.entry.digest for record in batch.records})
    keys = list({record.entry.key for record in batch.records})
    matter = {"agent": batch.agent, "digests": digests, "keys": keys, "here": here}
    rows = session.exec(_KNOWN, params=matter)
    return {row.id: row for row in rows if row.id is not None}


def _date(
    session: Session,
    batch: EntryBatch,
    matches: Sequence[Identified],
    rows: Mapping[int, EntryRow],
) -> list[datetime | None]:
    """Return when each record counts as proof from now on; None keeps what is stored."""
    unseen = [
        index
        for index, match in enumerate(matches)
        if match.match is Match.NEW or _gained(match, rows)
    ]
    stamps = [_claim_of(matches[index].entry, batch.reading) for index in unseen]
    dated = dict(zip(unseen, date_arrivals(stamps, batch.reading), strict=True))
    claims = [_claim(match, rows, batch.reading.now) for match in matches]
    newest = _newest_claim(session, batch.agent, claims)
    arrivals: list[datetime | None] = []
    for index, (match, claim) in enumerate(zip(matches, claims, strict=True)):
        counts_at = dated.get(index) if match.entry.proof else None
        if match.match is Match.REVISION and claim is not None and claim != newest:
            counts_at = None
        if counts_at is not None and _only_repeats(session, batch, match.entry, counts_at):
            counts_at = None
        arrivals.append(counts_at)
    return arrivals


def _gained(match: Identified, rows: Mapping[int, EntryRow]) -> bool:
    if match.match is not Match.REVISION or match.known is None or not match.entry.proof:
        return False
    return bool(set(_marks_of(match.entry)) - set(rows[match.known].marks))


def _claim(match: Identified, rows: Mapping[int, EntryRow], now: datetime) -> datetime | None:
    """Return an entry's own time, as far as it can be true: no later than it was first seen."""
    stamp = _stamp_of(match.entry)
    seen_at = now if match.known is None else rows[match.known].seen_at
    return None if stamp is None else min(stamp, seen_at)


def _newest_claim(
    session: Session, agent: str, claims: Sequence[datetime | None]
) -> datetime | None:
    stored: datetime | None = ask(session, _NEWEST_CLAIM, agent=agent).scalar()
    return max((one for one in [*claims, stored] if one is not None), default=None)


def _only_repeats(session: Session, batch: EntryBatch, entry: Entry, counts_at: datetime) -> bool:
    """Tell whether the only proof is a fallback whose statement counted a short while ago."""
    statement = _statement_of(entry)
    if set(entry.kinds) != {EvidenceKind.BLOCKER} or statement is None or not batch.repeat_within:
        return False
    last = session.exec(
        select(EntryRow.counts_at)
        .where(
            EntryRow.agent == batch.agent,
            EntryRow.statement == statement,
            col(EntryRow.counts_at) > counts_at - batch.repeat_within,
            col(EntryRow.counts_at) < counts_at,
        )
        .limit(1)
    ).first()
    return last is not None


def _fill(
    row: EntryRow,
    source: Source,
    batch: EntryBatch,
    record: EntryRecord,
    counts_at: datetime | None,
    match: Match,
) -> None:
    entry = record.entry
    now = batch.reading.now
    stamp = _stamp_of(entry)
    row.place = f"{source.name}:{entry.start}"
    row.gone = False
    if match is Match.SAME:
        return
    if match is Match.NEW:
        row.seen_at = now
        row.history = batch.reading.came is Came.HISTORY
    row.key, row.digest, row.title = entry.key, entry.digest, record.title
    row.stamp = stamp
    row.day_is_guess = entry.stamp is not None and entry.stamp.day_is_guess
    row.stamp_text = None if entry.stamp is None else entry.stamp.iso()
    row.kinds = [kind.value for kind in entry.kinds]
    row.marks = sorted({*(row.marks or ()), *_marks_of(entry)})
    row.proof, row.fallback = entry.proof, entry.fallback
    row.blocked_on, row.statement = record.blocked_on, _statement_of(entry)
    row.closing = entry.closing
    row.promise = entry.promise
    row.draft = record.draft
    row.rank = f"{to_text(row.seen_at)}|{to_text(stamp or row.seen_at)}|{entry.start:09d}"
    if counts_at is not None:
        row.counts_at = counts_at


def _blank(agent: str) -> EntryRow:
    return EntryRow(agent=agent, key="", digest="", title="", place="", rank="", kinds=[], marks=[])


def _claim_of(entry: Entry, reading: Reading) -> datetime | None:
    """Return the time that an entry claims; what is read late says nothing by a time of day alone."""
    guess = entry.stamp is not None and entry.stamp.day_is_guess
    return None if guess and reading.came is not Came.LIVE else _stamp_of(entry)


def _stamp_of(entry: Entry) -> datetime | None:
    return None if entry.stamp is None else entry.stamp.at


def _marks_of(entry: Entry) -> list[str]:
    return [_hash(f"{item.kind.value}|{item.text}") for item in entry.evidence]


def _statement_of(entry: Entry) -> str | None:
    if entry.blocked_on is None:
        return None
    return _hash(" ".join(entry.blocked_on.lower().split()))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
