"""When an entry counts: arrival, not the claim in its stamp, save what came by outage or git.

The law is in ``docs/semantics.md``, Entries: Arrival and Git.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rollcall.rules.watched import Gap


class Came(StrEnum):
    """How a change came to us."""

    LIVE = "live"
    HISTORY = "history"
    OUTAGE = "outage"
    GIT = "git"


@dataclass(frozen=True, slots=True)
class Reading:
    """The circumstances of one reading of one source.

    ``changed`` is the file's modification time; ``gap`` the interval that was not watched, for a
    change that came in it.
    """

    now: datetime
    came: Came = Came.LIVE
    changed: datetime | None = None
    gap: Gap | None = None


def date_arrivals(stamps: Sequence[datetime | None], reading: Reading) -> list[datetime | None]:
    """Return when each unseen entry of one change counts; None where it counts for nothing.

    ``stamps`` are the entries' own times in file order, None for an entry without. No entry counts
    later than ``reading.now``.
    """
    if reading.came is Came.LIVE:
        return _date_live(stamps, reading.now)
    if reading.came is Came.OUTAGE:
        return [_date_in_outage(stamp, reading) for stamp in stamps]
    return [None if stamp is None else min(stamp, reading.now) for stamp in stamps]


def _date_live(stamps: Sequence[datetime | None], now: datetime) -> list[datetime | None]:
    newest = max((stamp for stamp in stamps if stamp is not None), default=None)
    return [now if stamp is None or stamp == newest else min(stamp, now) for stamp in stamps]


def _date_in_outage(stamp: datetime | None, reading: Reading) -> datetime:
    gap = reading.gap
    if stamp is not None and gap is not None and gap.start <= stamp <= gap.end:
        return stamp
    return min(reading.changed or reading.now, reading.now)


def is_in_gap(changed: datetime, gap: Gap | None) -> bool:
    """Tell whether a file changed while nobody watched."""
    return gap is not None and changed <= gap.end
