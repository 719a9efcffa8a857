"""Decisions into the store: blockers with their transitions, each change with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Row, bindparam, func
from sqlmodel import Session, col, select

from rollcall.model import Blocker, BlockerKind, BlockerStatus, Transition
from rollcall.rules.decisions import (
    Change,
    Close,
    Condition,
    Decision,
    Escalate,
    Hold,
    Nudge,
    Open,
    Release,
    Repeat,
    Rest,
    Retire,
    Snooze,
    Standing,
    Unsnooze,
    Wake,
)
from rollcall.store.asking import ask
from rollcall.store.marks import LOG_STALE, get_mark, set_mark
from rollcall.store.tables import BlockerRow, RestRow, RootRow, TransitionRow

OURSELVES = "rollcall"
_NUMBER_FLOOR = "blocker_number_floor"


@dataclass(frozen=True, slots=True)
class Happened:
    """One transition that was just recorded, as it may have to be told unless it is ``quiet``."""

    transition: Transition
    blocker: Blocker
    why: str
    group: str | None = None
    quiet: bool = False
    by: str = OURSELVES


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person last did to a blocker's status, and who; ``until`` is the end of a snooze."""

    what: Transition
    by: str
    until: datetime | None = None


_STANDING = (
    select(BlockerRow)
    .where(BlockerRow.subject == bindparam("subject"), col(BlockerRow.closed).is_(None))
    .order_by(col(BlockerRow.number))
)
_RESTS = select(RestRow).where(RestRow.subject == bindparam("subject"))
_BY_HAND = (Transition.ACKNOWLEDGED, Transition.SNOOZED, Transition.CLOSED)
_HANDS = (
    select(TransitionRow.blocker, TransitionRow.what, TransitionRow.by)
    .where(
        col(TransitionRow.what).in_([one.value for one in _BY_HAND]),
        TransitionRow.by != OURSELVES,
    )
    .order_by(col(TransitionRow.id))
)
_SNOOZED = select(BlockerRow.number, BlockerRow.snoozed_until).where(
    col(BlockerRow.snoozed_until).is_not(None)
)
_ALL = select(BlockerRow).order_by(col(BlockerRow.number))
_OPEN = _ALL.where(col(BlockerRow.closed).is_(None))


def to_blocker(row: BlockerRow | Row[Any]) -> Blocker:
    """Return a row as the record that flows."""
    return Blocker(
        id=blocker_id(row.number or 0),
        kind=BlockerKind(row.kind),
        condition=row.condition,
        agent=row.agent,
        level=row.level,
        status=BlockerStatus(row.status),
        owner=row.owner,
        opened=row.opened,
        closed=row.closed,
        description=row.description,
        resolution=row.resolution,
        evidence=tuple(row.evidence),
    )


def blocker_id(number: int) -> str:
    """Return the id that people see, ``B-0042``."""
    return f"B-{number:04d}"


def blocker_number(text: str) -> int | None:
    """Return the number in ``B-0042``, ``b-42`` or ``42``; None when it is none of these."""
    digits = text.strip().upper().removeprefix("B-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def read_standing(session: Session, subject: str) -> Standing:
    """Return the open blockers and the rests of one subject."""
    rows = ask(session, _STANDING, subject=subject).all()
    rests = ask(session, _RESTS, subject=subject)
    return Standing(
        blockers=tuple(to_blocker(row) for row in rows),
        phases={row.condition: row.phase for row in rows},
        rests=tuple(Rest(row.condition, row.until, row.phase) for row in rests),
        told={row.condition: row.told_at for row in rows if row.told_at is not None},
        snoozes={
            row.condition: Snooze(row.snoozed_until, row.snoozed_phase or "")
            for row in rows
            if row.snoozed_until is not None
        },
    )


def apply_decisions(
    session: Session, subject: str, decisions: Sequence[Decision], now: datetime
) -> list[Happened]:
    """Carry out what was decided about one subject; nudges are left to the caller."""
    happened = []
    for decision in decisions:
        match decision:
            case Open():
                happened.append(_open(session, subject, decision, now))
            case Change(blocker, condition):
                happened.append(_change(session, blocker, condition, now))
            case Escalate(blocker, level, why):
                raised = _row_of(session, blocker.id)
                raised.level, raised.told_at = level, now
                happened.append(_record(session, raised, Transition.ESCALATED, why, now))
            case Close(blocker, resolution, quiet):
                closed = close_blocker(session, blocker.id, resolution, now)
                happened.append(replace(closed, quiet=quiet))
            case Repeat() | Hold() | Release() | Unsnooze():
                happened.append(_move(session, decision, now))
            case Wake(key):
                rest = session.get(RestRow, key)
                if rest is not None:
                    session.delete(rest)
            case Retire() | Nudge():
                pass
            case _:
                assert_never(decision)
    return happened


def snooze_blocker(
    session: Session, id_: str, until: datetime, why: str, now: datetime, by: str
) -> Happened:
    """Let nobody hear of a blocker until ``until``, or until its state is another."""
    row = _row_of(session, id_)
    row.status = BlockerStatus.SNOOZED.value
    row.snoozed_until, row.snoozed_phase = until, row.phase
    return _record(session, row, Transition.SNOOZED, why, now, by)


def close_blocker(
    session: Session, id_: str, resolution: str, now: datetime, by: str = OURSELVES
) -> Happened:
    """Close a blocker once, with the words that say why."""
    row = _row_of(session, id_)
    # What a person has said of it stands first.
    said = f"{row.resolution}; " if row.resolution and row.resolution != resolution else ""
    row.status, row.closed = BlockerStatus.RESOLVED.value, now
    row.resolution = said + resolution
    return _record(session, row, Transition.CLOSED, resolution, now, by)


def close_quietly(session: Session, id_: str, why: str, now: datetime, by: str) -> Happened:
    """Close a blocker of which nobody is to be told any more."""
    return replace(close_blocker(session, id_, why, now, by), quiet=True)


def acknowledge_blocker(session: Session, id_: str, why: str, now: datetime, by: str) -> Happened:
    """Stop a blocker's ladder; it stays open."""
    row = _row_of(session, id_)
    row.status = BlockerStatus.ACKNOWLEDGED.value
    return _record(session, row, Transition.ACKNOWLEDGED, why, now, by)


def reopen_blocker(session: Session, id_: str, why: str, now: datetime, by: str) -> Happened:
    """Let the ladder of an acknowledged or snoozed blocker go on."""
    row = _row_of(session, id_)
    row.status, row.told_at = BlockerStatus.OPEN.value, now
    row.snoozed_until = row.snoozed_phase = None
    return _record(session, row, Transition.CHANGED, why, now, by)


def assign_blocker(
    session: Session, id_: str, owner: str | None, why: str, now: datetime, by: str
) -> Happened:
    """Give a blocker another owner, or none."""
    row = _row_of(session, id_)
    row.owner = owner
    return _record(session, row, Transition.CHANGED, why, now, by)


def remark_blocker(
    session: Session, id_: str, resolution: str, why: str, now: datetime, by: str
) -> Happened:
    """Keep what somebody says of a blocker's resolution."""
    row = _row_of(session, id_)
    row.resolution = resolution or None
    return _record(session, row, Transition.CHANGED, why, now, by)


def end_rest(session: Session, condition: str) -> bool:
    """Let a condition rest no longer; tell whether it did."""
    rest = session.get(RestRow, condition)
    if rest is not None:
        session.delete(rest)
    return rest is not None


def rest_condition(session: Session, id_: str, until: datetime) -> None:
    """Let the condition of a blocker that a hand resolved rest."""
    row = _row_of(session, id_)
    rest = session.get(RestRow, row.condition)
    if rest is None:
        rest = RestRow(condition=row.condition, subject=row.subject, until=until)
    rest.until, rest.phase = until, row.phase
    session.add(rest)


def find_blocker(session: Session, id_: str) -> Blocker | None:
    """Return the blocker with this id, or None."""
    number = blocker_number(id_)
    row = None if number is None else session.get(BlockerRow, number)
    return None if row is None else to_blocker(row)


def subject_of(session: Session, id_: str) -> str:
    """Return the subject whose condition a blocker is about."""
    return _row_of(session, id_).subject


def list_blockers(session: Session, *, open_only: bool = False) -> list[Blocker]:
    """Return the blockers in the order of their ids."""
    return [to_blocker(row) for row in ask(session, _OPEN if open_only else _ALL)]


def list_hands(session: Session) -> dict[str, Hand]:
    """Return, by id, whose hand last changed each blocker's status, where it was one."""
    snoozes = {row.number: row.snoozed_until for row in ask(session, _SNOOZED)}
    return {
        blocker_id(row.blocker): Hand(Transition(row.what), row.by, snoozes.get(row.blocker))
        for row in ask(session, _HANDS)
    }


def list_transitions(session: Session, id_: str) -> Sequence[TransitionRow]:
    """Return the audit of one blocker, oldest first."""
    number = blocker_number(id_)
    return session.exec(
        select(TransitionRow).where(TransitionRow.blocker == number).order_by(col(TransitionRow.id))
    ).all()


def raise_number_floor(session: Session, highest: int) -> None:
    """Begin new ids above the highest one found in a blockers log that the store does not know."""
    floor = int(get_mark(session, _NUMBER_FLOOR) or 0)
    if highest > floor:
        set_mark(session, _NUMBER_FLOOR, str(highest))


def _open(session: Session, subject: str, decision: Open, now: datetime) -> Happened:
    condition = decision.condition
    highest = session.exec(select(func.max(BlockerRow.number))).one() or 0
    floor = int(get_mark(session, _NUMBER_FLOOR) or 0)
    row = BlockerRow(
        number=max(highest, floor) + 1,
        kind=condition.kind.value,
        condition=condition.key,
        phase=condition.phase,
        subject=subject,
        agent=condition.agent,
        level=decision.level,
        status=BlockerStatus.OPEN.value,
        owner=condition.owner,
        opened=now,
        told_at=now,
        description=condition.description,
        evidence=list(condition.evidence),
    )
    return _record(session, row, Transition.OPENED, condition.why, now, group=condition.group)


def _move(
    session: Session, decision: Repeat | Hold | Release | Unsnooze, now: datetime
) -> Happened:
    """Record a step on a blocker's ladder that is no new level."""
    row = _row_of(session, decision.blocker.id)
    match decision:
        case Repeat():
            what, row.told_at = Transition.REPEATED, now
        case Hold():
            what, row.status = Transition.HELD, BlockerStatus.HELD.value
        case Release():
            what, row.status, row.told_at = Transition.RELEASED, BlockerStatus.OPEN.value, now
        case Unsnooze():
            what, row.status, row.told_at = Transition.UNSNOOZED, BlockerStatus.OPEN.value, now
            row.level = decision.level
            row.snoozed_until = row.snoozed_phase = None
    return _record(session, row, what, decision.why, now)


def _change(session: Session, blocker: Blocker, condition: Condition, now: datetime) -> Happened:
    row = _row_of(session, blocker.id)
    row.phase, row.description = condition.phase, condition.description
    row.evidence = list(condition.evidence)
    return _record(session, row, Transition.CHANGED, condition.why, now)


def _record(
    session: Session,
    row: BlockerRow,
    what: Transition,
    why: str,
    now: datetime,
    by: str = OURSELVES,
    group: str | None = None,
) -> Happened:
    session.add(row)
    session.flush()
    number = row.number or 0
    session.add(
        TransitionRow(blocker=number, what=what.value, level=row.level, at=now, why=why, by=by)
    )
    for root in session.exec(select(RootRow).where(RootRow.blocker == number)):
        root.stale = True
        session.add(root)
    set_mark(session, LOG_STALE, "yes")
    session.flush()
    return Happened(what, to_blocker(row), why, group, by=by)


def _row_of(session: Session, id_: str) -> BlockerRow:
    number = blocker_number(id_)
    row = None if number is None else session.get(BlockerRow, number)
    if row is None:
        raise KeyError(id_)
    return row
