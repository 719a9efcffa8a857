"""A check of the outbox: every notice has exactly one recorded fate, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select

from rollcall.store.outbox import Fate
from rollcall.store.tables import EventRow

_KNOWN = {one.value for one in Fate}


def find_odd_fates(session: Session, *, waiting: bool = True) -> list[str]:
    """Return what is wrong with the fates of notices, one line each; none where all is well.

    ``waiting``: a notice may still be without one.
    """
    rows = session.exec(select(EventRow).order_by(col(EventRow.id))).all()
    digests = {row.id for row in rows if row.transition == "digest"}
    return [
        f"{row.key}: {wrong}"
        for row in rows
        for wrong in _find_wrong(row, digests, waiting=waiting)
    ]


def _find_wrong(row: EventRow, digests: set[int | None], *, waiting: bool) -> Iterator[str]:
    if row.fate is None:
        if not waiting:
            yield "has no fate"
        if row.settled is not None or row.receipt is not None or row.digest is not None:
            yield "has no fate, but what goes with one"
        return
    if row.fate not in _KNOWN:
        yield f"has the unknown fate {row.fate!r}"
    if row.settled is None:
        yield f"is {row.fate}, nobody knows when"
    if row.claim is not None:
        yield f"is {row.fate} and still claimed"
    if (row.fate == Fate.SENT.value) != (row.receipt is not None):
        yield f"is {row.fate}, its receipt is {row.receipt}"
    if (row.fate == Fate.IN_DIGEST.value) != (row.digest in digests):
        yield f"is {row.fate}, its digest is {row.digest}"
    if row.fate == Fate.FAILED.value and not row.error:
        yield "failed, nobody knows why"
