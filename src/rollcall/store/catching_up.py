"""What waited for a sink while it was away, gathered into one digest; each has that for its fate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_
from sqlmodel import Session, col, delete, select

from rollcall.model import Blocker, Transition
from rollcall.store.asking import ask
from rollcall.store.ledger import to_blocker
from rollcall.store.marks import workspace_uuid
from rollcall.store.outbox import CATCHING_UP, Fate, Post, add_post
from rollcall.store.tables import BlockerRow, EventBlocker, EventRow

# These are questions and answers to one agent, which a digest of blockers cannot stand for.
_APART = (Transition.NUDGED.value, Transition.ANSWERED.value, Transition.ASKED.value)

_TAKEN = select(func.max(EventRow.settled)).where(
    EventRow.sink == bindparam("sink"), EventRow.fate == Fate.SENT.value
)
_TRIED = select(func.min(EventRow.first_tried)).where(
    EventRow.sink == bindparam("sink"),
    or_(
        col(EventRow.fate).is_(None),
        col(EventRow.fate).in_([Fate.SUPERSEDED.value, Fate.IN_DIGEST.value]),
    ),
)
_TRIED_SINCE = _TRIED.where(col(EventRow.first_tried) > bindparam("taken"))
_ROWS = select(EventRow.id, EventRow.blockers, EventRow.fate).order_by(col(EventRow.id))
_BLOCKERS = (
    select(BlockerRow)
    .where(col(BlockerRow.number).in_(bindparam("numbers", expanding=True)))
    .order_by(col(BlockerRow.number))
)


@dataclass(frozen=True, slots=True)
class Missed:
    """What one target has missed: notices that wait, and the digest that tells of some already.

    ``standing`` and ``over`` are the blockers they speak of, in order of their numbers; ``count`` is
    how many notices they are, with those that were over before they could be told.
    """

    sink: str
    target: str
    standing: tuple[Blocker, ...]
    over: tuple[Blocker, ...]
    count: int
    waiting: tuple[int, ...]
    digest: int | None


def find_failing_since(session: Session, sink: str) -> datetime | None:
    """Return since when a sink has taken nothing of what it was given, None where it has."""
    taken = ask(session, _TAKEN, sink=sink).scalar()
    question = _TRIED if taken is None else _TRIED_SINCE
    found: datetime | None = ask(session, question, sink=sink, taken=taken).scalar()
    return found


def find_targets(session: Session, sink: str, since: datetime) -> list[str]:
    """Return the targets of a sink that have missed something since an instant."""
    over = (col(EventRow.fate) == Fate.SUPERSEDED.value) & (col(EventRow.settled) >= since)
    rows = session.exec(
        select(EventRow.target)
        .where(EventRow.sink == sink, or_(col(EventRow.fate).is_(None), over))
        .distinct()
        .order_by(EventRow.target)
    )
    return list(rows)


def find_missed(session: Session, sink: str, target: str, since: datetime, now: datetime) -> Missed:
    """Gather what a target has missed since an instant, and can be told of in a digest."""
    lane = (col(EventRow.sink) == sink, col(EventRow.target) == target)
    since, digest = _find_digest(session, lane, since)
    rows = [row for row in ask(session, _ROWS.where(*lane, *_waits(now))) if row.blockers]
    chosen = (col(EventRow.fate) == Fate.SUPERSEDED.value) & (col(EventRow.settled) >= since)
    if digest is not None:
        chosen = chosen | (col(EventRow.digest) == digest)
    earlier = ask(session, _ROWS.where(*lane, chosen)).all()
    rows = sorted([*earlier, *rows], key=lambda row: row.id)
    standing, over = _find_blockers(session, {one for row in rows for one in row.blockers})
    return Missed(
        sink,
        target,
        standing,
        over,
        len(rows),
        tuple(row.id for row in rows if row.fate is None),
        digest,
    )


def put_digest(
    session: Session, missed: Missed, text: str, detail: Sequence[str], now: datetime
) -> None:
    """Have a digest tell of what waits: a new one, or the one that waits already, told anew."""
    digest = missed.digest or _add_digest(session, missed, text, now)
    row = session.get_one(EventRow, digest)
    members = [session.get_one(EventRow, one) for one in missed.waiting]
    row.text, row.detail = text, list(detail)
    row.blockers = [int(one.id.removeprefix("B-")) for one in missed.standing]
    row.level = max((one.level for one in missed.standing), default=0)
    still = set(row.blockers)
    called = (one.mention for one in members if one.mention and still & set(one.blockers))
    row.mention = row.mention or next(called, None)
    session.add(row)
    session.exec(delete(EventBlocker).where(col(EventBlocker.event_id) == digest))
    session.add_all(EventBlocker(event_id=digest, blocker=one) for one in row.blockers)
    for member in members:
        member.fate, member.settled, member.digest = Fate.IN_DIGEST.value, now, digest
        session.add(member)
    session.flush()


def _add_digest(session: Session, missed: Missed, text: str, now: datetime) -> int:
    named = missed.sink if missed.sink != "inbox" else f"inbox-{missed.target}"
    key = f"{workspace_uuid(session)}{CATCHING_UP}{now:%Y%m%dT%H%M%S%f}/{named}"
    post = Post(key, missed.sink, missed.target, Transition.DIGEST, text)
    add_post(session, post, now)
    return session.exec(select(EventRow.id).where(EventRow.key == key)).one() or 0


def _find_digest(
    session: Session, lane: Collection[ColumnElement[bool]], since: datetime
) -> tuple[datetime, int | None]:
    """Return the digest that no sink was given for certain, and from when on it has to tell.

    One that may have been taken already stays as it is; what came later is told in another.
    """
    rows = session.exec(
        select(EventRow).where(
            *lane,
            col(EventRow.fate).is_(None),
            col(EventRow.key).contains(CATCHING_UP, autoescape=True),
        )
    ).all()
    settled = [row.created for row in rows if row.uncertain or row.claim is not None]
    free = next((row.id for row in rows if not row.uncertain and row.claim is None), None)
    return max([since, *settled]), free


def _waits(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Say that a notice waits for its sink alone, not for the end of quiet hours, and can be told."""
    return (
        col(EventRow.fate).is_(None),
        col(EventRow.claim).is_(None),
        col(EventRow.uncertain).is_(False),
        col(EventRow.transition).not_in(_APART),
        ~col(EventRow.key).contains(CATCHING_UP, autoescape=True),
        or_(col(EventRow.not_before) <= now, col(EventRow.first_tried).is_not(None)),
    )


def _find_blockers(
    session: Session, numbers: Collection[int]
) -> tuple[tuple[Blocker, ...], tuple[Blocker, ...]]:
    blockers = [to_blocker(row) for row in ask(session, _BLOCKERS, numbers=list(numbers))]
    standing = tuple(one for one in blockers if one.closed is None)
    return standing, tuple(one for one in blockers if one.closed is not None)
