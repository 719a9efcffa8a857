"""Dead letters: notices that were given up, shown for a day as a fault of ours, one for each sink."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

from sqlmodel import Session, col, select

from rollcall.store import marks
from rollcall.store.outbox import Fate
from rollcall.store.tables import EventRow

DEAD_LETTERS = "undelivered:"  # the subject of the fault, before the sink's name
SHOWN_FOR = timedelta(days=1)


def note_dead_letters(session: Session, now: datetime) -> datetime | None:
    """Bring the faults about dead letters up to date; return when to look again.

    None where there are none that are younger than a day.
    """
    rows = session.exec(
        select(EventRow)
        .where(EventRow.fate == Fate.FAILED.value, col(EventRow.settled) > now - SHOWN_FOR)
        .order_by(EventRow.sink, col(EventRow.id))
    ).all()
    faults = {row.subject: row.text for row in marks.list_faults(session)}
    said = {
        f"{DEAD_LETTERS}{sink}": _say(list(letters))
        for sink, letters in groupby(rows, key=lambda row: row.sink)
    }
    for subject in set(faults) - set(said):
        if subject.startswith(DEAD_LETTERS):
            marks.end_fault(session, subject)
            marks.mark_changed(session, [f"fault:{subject}"], now)
    for subject, text in said.items():
        if faults.get(subject) != text:
            marks.note_fault(session, subject, text, now)
            marks.mark_changed(session, [f"fault:{subject}"], now)
    ends = [row.settled + SHOWN_FOR for row in rows if row.settled is not None]
    return min(ends, default=None)


def _say(letters: list[EventRow]) -> str:
    first = letters[0]
    subject = first.key.split("/")[1] if first.key.count("/") > 1 else first.key
    more = f" and {len(letters) - 1} more" if len(letters) > 1 else ""
    return f"{subject} ({first.transition}){more} could not be told: {first.error}"
