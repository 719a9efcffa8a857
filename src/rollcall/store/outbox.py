"""The outbox: what must be told, written with the change that it tells, settled once."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, case, tuple_
from sqlmodel import Session, col, select

from rollcall.model import Blocker, Notice, Receipt, Transition
from rollcall.store.asking import ask
from rollcall.store.ledger import to_blocker
from rollcall.store.tables import BlockerRow, EventBlocker, EventRow, RootRow, SinkRow
from rollcall.store.turns import has_earlier, is_due

_BEGINNINGS = tuple(
    one.value
    for one in (
        Transition.OPENED,
        Transition.ESCALATED,
        Transition.REPEATED,
        Transition.RELEASED,
        Transition.UNSNOOZED,
        Transition.JOINED,
        Transition.DIGEST,
    )
)

_ORDER = case(
    (col(EventRow.transition).in_([Transition.OPENED.value, Transition.JOINED.value]), 0),
    (col(EventRow.transition) == Transition.ESCALATED.value, 1),
    else_=2,
)
_NEXT = (
    select(EventRow)
    .where(
        *is_due(bindparam("now")),
        col(EventRow.sink).in_(bindparam("ready", expanding=True)),
        tuple_(col(EventRow.sink), col(EventRow.target)).not_in(bindparam("held", expanding=True)),
        ~has_earlier(),
    )
    .order_by(_ORDER, col(EventRow.id))
    .limit(1)
)
_POSTED = select(EventRow.id).where(EventRow.key == bindparam("key"))
_BLOCKERS = (
    select(BlockerRow)
    .where(col(BlockerRow.number).in_(bindparam("numbers", expanding=True)))
    .order_by(col(BlockerRow.number))
)
_STALE_ROOT = (
    select(RootRow.event_id, RootRow.receipt)
    .where(RootRow.sink == bindparam("sink"), col(RootRow.stale).is_(True))
    .limit(1)
)
_ROOT_KEYS = {"ts", "root"}  # what a receipt bears that later notices and refreshing rest on


CATCHING_UP = "/digest/outage-"  # in the key of a digest of what waited while a sink was away


class Fate(StrEnum):
    """What became of a notice: told, over before it was told, told in a digest, or given up."""

    SENT = "sent"
    SUPERSEDED = "superseded"
    IN_DIGEST = "in digest"
    FAILED = "failed"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Post:
    """One notice to be put into the outbox."""

    key: str
    sink: str
    target: str
    transition: Transition
    text: str
    blockers: tuple[int, ...] = ()
    detail: tuple[str, ...] = ()
    level: int = 0
    mention: str | None = None
    broadcast: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event that this process life is sending."""

    event_id: int
    notice: Notice
    root: Receipt | None
    uncertain: bool
    attempts: int


def add_post(session: Session, post: Post, now: datetime) -> bool:
    """Put one notice into the outbox; False when its key is there already."""
    if ask(session, _POSTED, key=post.key).first() is not None:
        return False
    row = EventRow(
        key=post.key,
        sink=post.sink,
        target=post.target,
        transition=post.transition.value,
        blockers=list(post.blockers),
        text=post.text,
        detail=list(post.detail),
        level=post.level,
        mention=post.mention,
        broadcast=post.broadcast,
        created=now,
        not_before=post.not_before or now,
    )
    if post.sink == "status":
        row.fate, row.settled = Fate.UNTOLD.value, now
    session.add(row)
    session.flush()
    session.add_all(EventBlocker(event_id=row.id or 0, blocker=one) for one in post.blockers)
    session.flush()
    return True


def heard_by(session: Session, blocker: int) -> list[tuple[str, str]]:
    """Return the (sink, target) pairs that were told of a blocker's opening, or will be."""
    rows = session.exec(
        select(EventRow.sink, EventRow.target)
        .join(EventBlocker, col(EventBlocker.event_id) == col(EventRow.id))
        .where(
            EventBlocker.blocker == blocker,
            col(EventRow.transition).in_(_BEGINNINGS),
            (col(EventRow.fate).is_(None)) | (EventRow.fate == Fate.SENT.value),
        )
        .distinct()
        .order_by(EventRow.sink, EventRow.target)
    )
    return list(rows)


def join_told(session: Session, told: int, joining: Sequence[int]) -> None:
    """Make blockers part of the messages that told of the blocker ``told``: their root is its root."""
    rows = session.exec(
        select(EventRow)
        .join(EventBlocker, col(EventBlocker.event_id) == col(EventRow.id))
        .where(EventBlocker.blocker == told, EventRow.transition == Transition.OPENED.value)
    ).all()
    for row in rows:
        fresh = [one for one in joining if one not in row.blockers]
        row.blockers = [*row.blockers, *fresh]
        session.add(row)
        session.add_all(EventBlocker(event_id=row.id or 0, blocker=one) for one in fresh)
        root = session.get(RootRow, (row.sink, told))
        if root is None:
            continue
        root.stale = True
        session.add(root)
        session.add_all(
            RootRow(sink=row.sink, blocker=one, event_id=row.id or 0, receipt=root.receipt)
            for one in fresh
            if session.get(RootRow, (row.sink, one)) is None
        )
    session.flush()


def supersede_unsent(session: Session, blocker: int, now: datetime) -> None:
    """Settle the notices about a closed blocker that no sink has been given yet."""
    rows = session.exec(
        select(EventRow)
        .join(EventBlocker, col(EventBlocker.event_id) == col(EventRow.id))
        .where(
            EventBlocker.blocker == blocker,
            col(EventRow.fate).is_(None),
            col(EventRow.claim).is_(None),
            col(EventRow.uncertain).is_(False),
            ~col(EventRow.key).contains(CATCHING_UP, autoescape=True),
        )
    ).all()
    for row in rows:
        still_open = session.exec(
            select(BlockerRow.number)
            .where(col(BlockerRow.number).in_(row.blockers), col(BlockerRow.closed).is_(None))
            .limit(1)
        ).first()
        if still_open is None:
            row.fate, row.settled = Fate.SUPERSEDED.value, now
            session.add(row)


def supersede_named(session: Session, subject: str, now: datetime) -> None:
    """Settle the notices of subjects that begin so, where no sink has been given them yet."""
    rows = session.exec(
        select(EventRow).where(
            col(EventRow.key).contains(f"/{subject}-", autoescape=True),
            col(EventRow.fate).is_(None),
            col(EventRow.claim).is_(None),
            col(EventRow.uncertain).is_(False),
        )
    ).all()
    for row in rows:
        row.fate, row.settled = Fate.SUPERSEDED.value, now
        session.add(row)


def claim_next(
    session: Session,
    workspace: str,
    life: str,
    ready: Collection[str],
    now: datetime,
    *,
    held: Collection[tuple[str, str]] = (),
) -> Claimed | None:
    """Claim the next notice that one of the ready sinks may be given, openings first.

    ``held`` are (sink, target) pairs that may be given none. No notice of a blocker goes before an
    earlier one about it that the same target has not got yet.
    """
    matter = {"now": now, "ready": list(ready), "held": list(held)}
    row = session.exec(_NEXT, params=matter).first()
    if row is None or row.id is None:
        return None
    row.claim = life
    row.attempts += 1
    row.first_tried = row.first_tried or now
    session.add(row)
    return Claimed(
        row.id,
        _to_notice(session, row, workspace),
        _find_root(session, row),
        row.uncertain,
        row.attempts,
    )


def release_dead_claims(session: Session, life: str) -> int:
    """Free what an ended process life was sending; each is looked up before it is sent again."""
    rows = session.exec(
        select(EventRow).where(
            col(EventRow.fate).is_(None),
            col(EventRow.claim).is_not(None),
            col(EventRow.claim) != life,
        )
    ).all()
    for row in rows:
        row.claim, row.uncertain = None, True
        session.add(row)
    return len(rows)


def settle_sent(session: Session, event_id: int, receipt: Receipt, now: datetime) -> None:
    """Record that a sink took a notice, and where it put it."""
    row = session.get_one(EventRow, event_id)
    row.fate, row.settled, row.claim, row.error = Fate.SENT.value, now, None, None
    row.receipt = json.dumps(dict(receipt.data))
    session.add(row)
    if "instead_of" in receipt.data:
        _replace_roots(session, row, receipt)
    elif row.transition in _BEGINNINGS and receipt.data.keys() & _ROOT_KEYS:
        for number in row.blockers:
            _keep_root(session, row, number)


def settle_failed(session: Session, event_id: int, error: str, now: datetime) -> None:
    """Record that a notice can never be sent."""
    row = session.get_one(EventRow, event_id)
    row.fate, row.settled, row.claim, row.error = Fate.FAILED.value, now, None, error
    session.add(row)


def postpone(
    session: Session, event_id: int, until: datetime, error: str, *, uncertain: bool
) -> None:
    """Free a notice that a sink did not take now."""
    row = session.get_one(EventRow, event_id)
    row.claim, row.not_before, row.error = None, until, error
    row.uncertain = row.uncertain or uncertain
    session.add(row)


def next_stale_root(
    session: Session, workspace: str, sink: str
) -> tuple[int, Notice, Receipt] | None:
    """Return one root message that must be rendered from the present state; it stays stale."""
    root = ask(session, _STALE_ROOT, sink=sink).first()
    if root is None:
        return None
    row = session.get_one(EventRow, root.event_id)
    receipt = Receipt(sink, json.loads(root.receipt))
    return root.event_id, _to_notice(session, row, workspace), receipt


def settle_root(
    session: Session, event_id: int, shown: Sequence[Blocker], receipt: Receipt | None
) -> None:
    """Record that a root message shows these blockers so, perhaps posted anew under ``receipt``.

    Where one of them changed meanwhile it stays stale.
    """
    row = session.get_one(EventRow, event_id)
    stale = _find_blockers(session, row) != tuple(shown)
    for root in session.exec(select(RootRow).where(RootRow.event_id == event_id)):
        root.stale = stale
        if receipt is not None:
            root.receipt = json.dumps(dict(receipt.data))
        session.add(root)


def leave_root(session: Session, event_id: int) -> None:
    """Record that a root message cannot be rendered, until something changes again."""
    for root in session.exec(select(RootRow).where(RootRow.event_id == event_id)):
        root.stale = False
        session.add(root)


def set_sink_state(
    session: Session,
    name: str,
    state: str,
    error: str | None = None,
    paused_until: datetime | None = None,
) -> None:
    """Keep the state of a sink, for ``status``."""
    row = session.get(SinkRow, name) or SinkRow(name=name, state=state)
    row.state, row.error, row.paused_until = state, error, paused_until
    session.add(row)


def list_sinks(session: Session) -> Sequence[SinkRow]:
    """Return the state of every sink."""
    return session.exec(select(SinkRow).order_by(SinkRow.name)).all()


def _keep_root(session: Session, row: EventRow, number: int) -> None:
    """Take the first message about a blocker for its root; a sink may be told from level 2 on."""
    if session.get(RootRow, (row.sink, number)) is not None:
        return
    blocker = session.get_one(BlockerRow, number)
    root = RootRow(
        sink=row.sink,
        blocker=number,
        event_id=row.id or 0,
        receipt=row.receipt or "{}",
        stale=blocker.closed is not None or blocker.level > row.level,
    )
    session.add(root)


def _replace_roots(session: Session, row: EventRow, receipt: Receipt) -> None:
    """Take what stands alone, since its root was gone, for the root from now on."""
    for number in row.blockers:
        root = session.get(RootRow, (row.sink, number))
        if root is None or json.loads(root.receipt).get("ts") != receipt.data["instead_of"]:
            continue
        root.event_id, root.receipt = row.id or 0, row.receipt or "{}"
        session.add(root)


def _find_root(session: Session, row: EventRow) -> Receipt | None:
    alone = row.transition == Transition.OPENED.value or CATCHING_UP in row.key
    if alone or not row.blockers:
        return None
    root = session.get(RootRow, (row.sink, row.blockers[0]))
    return None if root is None else Receipt(row.sink, json.loads(root.receipt))


def _find_blockers(session: Session, row: EventRow) -> tuple[Blocker, ...]:
    return tuple(to_blocker(one) for one in ask(session, _BLOCKERS, numbers=row.blockers))


def _to_notice(session: Session, row: EventRow, workspace: str) -> Notice:
    return Notice(
        key=row.key,
        workspace=workspace,
        sink=row.sink,
        target=row.target,
        transition=Transition(row.transition),
        created=row.created,
        text=row.text,
        detail=tuple(row.detail),
        blockers=_find_blockers(session, row),
        level=row.level,
        mention=row.mention,
        broadcast=row.broadcast,
        perhaps_repeated=False,
    )
