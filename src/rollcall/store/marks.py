"""Small facts about the workspace and its subjects: ticks, gaps, deadlines, faults, git states."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, delete, select

from rollcall.rules.watched import Gap
from rollcall.store.asking import ask
from rollcall.store.tables import DeadlineRow, FaultRow, GapRow, GitRow, Meta
from rollcall.store.types import from_text, to_text

LAST_TICK = "last_tick"
LAST_SWEEP = "last_sweep"
PLANNED_TICK = "planned_tick"
FIRST_SWEEP = "first_sweep"
STARTED = "started"
STOPPED = "stopped"
LOG_STALE = "log_stale"
LOG_NUMBER = "log_number"  # how often the blockers log was written
LOG_PATH = "log_path"  # where it was written last
LOG_ROWS_SEEN = "log_rows_seen"  # those of people that stood there at first sight are known
LOG_REMARK = "log_remark"  # what became of it in other hands, and when
LINKS_STALE = "links_stale"
READING = "reading"  # how many sources of how many a long reading has read
AMBIGUOUS = "ambiguous_names"
SETTINGS = "settings"
OVERRIDES = "overrides"  # a running daemon's --set, as JSON

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(minutes=10)


# Asked and kept many times a round: written once, so that each time costs no building.
_GET = select(Meta.value).where(Meta.key == bindparam("key"))
_KEEP = insert(Meta)
_KEEP = _KEEP.on_conflict_do_update(index_elements=["key"], set_={"value": _KEEP.excluded.value})
_FORGET = delete(Meta).where(col(Meta.key) == bindparam("key"))

_GAPS = select(GapRow.start, GapRow.end).order_by(col(GapRow.start))
_FAULTS = select(FaultRow).order_by(col(FaultRow.since))
_FAULTY = select(FaultRow.subject)
_GIT_STATE = select(GitRow.state).where(GitRow.root == bindparam("root"))
# Not ordered here: SQLite would walk through all deadlines by name instead of those that are due.
_DUE = select(DeadlineRow.subject).where(col(DeadlineRow.next_check_at) <= bindparam("now"))
_NEXT = select(DeadlineRow.next_check_at).order_by(col(DeadlineRow.next_check_at)).limit(1)
_PLAN = insert(DeadlineRow)
_PLAN = _PLAN.on_conflict_do_update(
    index_elements=["subject"], set_={"next_check_at": _PLAN.excluded.next_check_at}
)
_UNPLAN = delete(DeadlineRow).where(col(DeadlineRow.subject) == bindparam("subject"))


def get_mark(session: Session, key: str) -> str | None:
    """Return one fact, or None."""
    found: str | None = ask(session, _GET, key=key).scalar()
    return found


def set_mark(session: Session, key: str, value: str | None) -> None:
    """Keep one fact, or forget it."""
    if value is None:
        ask(session, _FORGET, key=key)
    else:
        ask(session, _KEEP, key=key, value=value)


def get_instant(session: Session, key: str) -> datetime | None:
    """Return one fact that is an instant, or None."""
    value = get_mark(session, key)
    return None if value is None else from_text(value)


def set_instant(session: Session, key: str, instant: datetime | None) -> None:
    """Keep one fact that is an instant, or forget it."""
    set_mark(session, key, None if instant is None else to_text(instant))


def get_log_remark(session: Session, since: datetime) -> str | None:
    """Return what became of the blockers log in other hands, unless it was before ``since``."""
    at, _, words = (get_mark(session, LOG_REMARK) or "").partition(" ")
    return f"{words} ({at[:10]} {at[11:16]}Z)" if at and from_text(at) >= since else None


def workspace_uuid(session: Session) -> str:
    """Return the workspace's own uuid, making it the first time."""
    known = get_mark(session, "uuid")
    if known is None:
        known = str(uuid.uuid4())
        set_mark(session, "uuid", known)
    return known


def add_gap(session: Session, gap: Gap) -> None:
    """Store an interval that was not watched."""
    session.add(GapRow(start=gap.start, end=gap.end))


def list_gaps(session: Session) -> list[Gap]:
    """Return the intervals that were not watched, in order."""
    return [Gap(row.start, row.end) for row in ask(session, _GAPS)]


def set_deadline(session: Session, subject: str, at: datetime | None) -> None:
    """Say when a subject must be judged again; None: only when something changes."""
    if at is None:
        ask(session, _UNPLAN, subject=subject)
    else:
        ask(session, _PLAN, subject=subject, next_check_at=at)


def mark_changed(session: Session, subjects: Iterable[str], now: datetime) -> None:
    """Have these subjects judged at the next tick."""
    for subject in subjects:
        set_deadline(session, subject, now)


def due_subjects(session: Session, now: datetime) -> list[str]:
    """Return the subjects to be judged now, in a fixed order."""
    return sorted(ask(session, _DUE, now=now).scalars())


def next_deadline(session: Session) -> datetime | None:
    """Return the earliest instant at which a subject must be judged."""
    found: datetime | None = ask(session, _NEXT).scalar()
    return found


def note_fault(session: Session, subject: str, text: str, now: datetime) -> datetime:
    """Record a fault of our own and return when to try again: later each time."""
    row = session.get(FaultRow, subject)
    if row is None:
        row = FaultRow(subject=subject, text=text, since=now, retry_at=now + FIRST_RETRY)
        session.add(row)
        session.flush()
        return row.retry_at
    row.text = text
    row.attempts += 1
    row.retry_at = now + min(FIRST_RETRY * 2 ** min(row.attempts, 10), LONGEST_RETRY)
    session.add(row)
    return row.retry_at


def end_fault(session: Session, subject: str) -> bool:
    """Forget a fault that is over; return True when there was one."""
    row = session.get(FaultRow, subject)
    if row is None:
        return False
    session.delete(row)
    return True


def list_faulty(session: Session) -> set[str]:
    """Return the subjects of the faults of our own."""
    return set(ask(session, _FAULTY).scalars())


def list_faults(session: Session) -> Sequence[FaultRow]:
    """Return the faults of our own, oldest first."""
    return session.exec(_FAULTS).all()


def get_git_state(session: Session, root: str) -> str | None:
    """Return where a root's repository stood at the last reading."""
    found: str | None = ask(session, _GIT_STATE, root=root).scalar()
    return found


def set_git_state(session: Session, root: str, state: str | None) -> None:
    """Keep where a root's repository stands."""
    if state == get_git_state(session, root):
        return
    row = session.get(GitRow, root)
    if state is None:
        session.delete(row)
        return
    session.add(GitRow(root=root, state=state) if row is None else _moved(row, state))


def _moved(row: GitRow, state: str) -> GitRow:
    row.state = state
    return row
