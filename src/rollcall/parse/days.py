"""Give times of day that stand before any date in their file the day that the rest of it allows.

A reader that goes line by line can only take the day of arrival for them. Once a file is read whole,
its next dated entry says more: nobody writes down today what happens tomorrow. Without one they
cannot be later than the file's last change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from rollcall.model import Entry, Stamp

_DAY = timedelta(days=1)
_BACK = timedelta(hours=8)  # how far entries stand out of order, as in reading line by line
_SKEW = timedelta(minutes=5)


def settle_days(entries: Sequence[Entry], changed: datetime | None) -> tuple[Entry, ...]:
    """Return the entries of a whole file with the days of bare times of day settled together.

    Those before a dated entry get days that bring them just before it (after it, in a file with
    the newest first) and are guesses no longer. In a file without dates the latest is brought to
    ``changed``, the instant of its last change, or the day before, and they stay guesses.
    """
    dated = next((at for at, one in enumerate(entries) if _is_dated(one.stamp)), len(entries))
    guesses = [one.stamp.at for one in entries[:dated] if one.stamp and one.stamp.day_is_guess]
    if not guesses:
        return tuple(entries)
    if dated < len(entries):
        shift = _shift_to(guesses, [one.stamp for one in entries[dated:] if one.stamp])
        return _shifted(entries, shift, guess=False)
    if changed is None:
        return tuple(entries)
    return _shifted(entries, _shift_before(max(guesses), changed + _SKEW), guess=True)


def move_days(entries: Sequence[Entry], day: date) -> tuple[Entry, ...]:
    """Return the entries of a file with its guessed days moved, so that the first is ``day``."""
    first = next((one.stamp for one in entries if one.stamp and one.stamp.day_is_guess), None)
    if first is None:
        return tuple(entries)
    return _shifted(entries, day - first.at.date(), guess=True)


def _is_dated(stamp: Stamp | None) -> bool:
    return stamp is not None and not stamp.day_is_guess


def _shift_to(guesses: Sequence[datetime], rest: Sequence[Stamp]) -> timedelta:
    anchor, last = rest[0], guesses[-1]
    if not anchor.has_time:
        return _shift_before(last, anchor.at)
    if _is_newest_first([one.at for one in rest if one.has_time]):
        return _shift_before(last, anchor.at + _DAY)
    return _shift_before(last, anchor.at + _BACK)


def _is_newest_first(stamps: Sequence[datetime]) -> bool:
    falls = sum(later < earlier for earlier, later in pairwise(stamps))
    return falls * 2 > len(stamps) - 1


def _shift_before(at: datetime, limit: datetime) -> timedelta:
    """Return the whole days that bring ``at`` to within a day before ``limit``, or to it."""
    return (limit - at) // _DAY * _DAY


def _shifted(entries: Sequence[Entry], shift: timedelta, *, guess: bool) -> tuple[Entry, ...]:
    return tuple(
        replace(one, stamp=replace(one.stamp, at=one.stamp.at + shift, day_is_guess=guess))
        if one.stamp and one.stamp.day_is_guess
        else one
        for one in entries
    )
