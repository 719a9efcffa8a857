"""Hours of the week, such as ``Mon-Fri 09:00-18:00``: when somebody works, or wants quiet.

The syntax is the part of OpenStreetMap's ``opening_hours`` that people write without looking it up:
days, then times; a comma goes on with the same days, a semicolon begins anew. Times are local to a
zone. An edge in an hour that the clocks skip is the instant of the jump; in an hour that they
repeat, a window begins at the first and ends at the second, so that nobody's time is cut short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

Interval = tuple[datetime, datetime]
"""From an instant, which belongs to it, to one that does not; both aware, in UTC."""

_DAY_MINUTES = 24 * 60
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = (
    r"(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)"
)
_DASH = r"\s*[-\u2013]\s*"
_SOME_DAYS = rf"{_DAY}(?:{_DASH}{_DAY})?"
_TIME = r"(?:2[0-4]|[01]?[0-9]):[0-5][0-9]"
_RULE = re.compile(
    rf"\s*(?:(?P<days>daily|{_SOME_DAYS}(?:\s*,\s*{_SOME_DAYS})*)\s+)?"
    rf"(?P<times>{_TIME}{_DASH}{_TIME})\s*(?=,|$)",
    re.IGNORECASE,
)
_LONGEST = 400
_HORIZON_DAYS = 16  # a week, and another where the clocks skip the only window of the first


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Hours that begin on one day of the week, 0 for Monday; minutes since its midnight.

    ``end`` may be on the day after: above 1,440.
    """

    weekday: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows of each week; ``text`` is how they were written."""

    windows: tuple[Window, ...]
    text: tuple[str, ...] = field(compare=False)

    def __str__(self) -> str:
        return "; ".join(self.text)

    def is_on(self, instant: datetime, zone: tzinfo) -> bool:
        """Tell whether ``instant`` falls into a window, its end excluded."""
        return any(begin <= instant < end for begin, end in self._around(instant, zone, 1))

    def next_change(self, instant: datetime, zone: tzinfo) -> datetime | None:
        """Return the first instant after ``instant`` at which a window begins or ends.

        None where none ever does: the windows cover the whole week.
        """
        horizon = instant + timedelta(days=_HORIZON_DAYS)
        for begin, end in self._around(instant, zone, _HORIZON_DAYS + 2):
            if begin > instant:
                return begin
            if end > instant:
                return end if end < horizon else None
        return None

    def on_between(self, start: datetime, end: datetime, zone: tzinfo) -> list[Interval]:
        """Return the windows from ``start`` to ``end``, cut there, joined where they touch."""
        last = (max(start, end) - start).days + 2
        cut = (
            (max(begin, start), min(until, end)) for begin, until in self._around(start, zone, last)
        )
        return [_in_utc(one) for one in cut if one[0] < one[1]]

    def off_between(self, start: datetime, end: datetime, zone: tzinfo) -> list[Interval]:
        """Return what of ``start`` to ``end`` lies in no window: in order, none touching another."""
        found: list[Interval] = []
        reached = start
        for begin, until in self.on_between(start, end, zone):
            if reached < begin:
                found.append(_in_utc((reached, begin)))
            reached = until
        if reached < end:
            found.append(_in_utc((reached, end)))
        return found

    def _around(self, instant: datetime, zone: tzinfo, days: int) -> list[Interval]:
        """Return the windows from two days before ``instant`` to ``days`` after it, joined."""
        today = instant.astimezone(zone).date()
        return _joined(
            window
            for offset in range(-2, days + 1)
            for window in _windows_of(self, today + timedelta(days=offset), zone)
        )


def parse_hours(text: str | Sequence[str]) -> Hours:
    """Read hours of the week: ``Mon-Fri 09:00-18:00``, ``22:00-06:00``, ``Mon,Wed-Fri 9:00-12:00``.

    Without a day they are daily. Several stand in one text, or in several: after ``;`` a rule begins
    anew; after ``,`` times without days have those before them. A window over midnight belongs to
    the day on which it begins. Raises ``ValueError`` for anything else, with an example.
    """
    texts = (text,) if isinstance(text, str) else tuple(text)
    windows = sorted({window for one in texts for window in _read(one)})
    if not windows:
        raise ValueError('must name at least one window; "00:00-24:00" is always')
    return Hours(tuple(windows), tuple(one.strip() for one in texts))


def find_instant(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return when the clocks of a day show a time: of two the first, of none that of the jump."""
    return _instant(day, clock.hour * 60 + clock.minute, zone, last=False)


def _read(text: str) -> Iterator[Window]:
    if len(text) > _LONGEST:
        raise _refusal(text)
    for rule in text.split(";"):
        at, days = 0, tuple(range(7))
        while found := _RULE.match(rule, at):
            days = _weekdays(found["days"]) if found["days"] else days
            begin, end = _edges(found["times"], text)
            yield from (Window(day, begin, end) for day in days)
            at = found.end() + 1
            if found.end() == len(rule):
                break
        else:
            raise _refusal(text)


def _weekdays(text: str) -> tuple[int, ...]:
    if text.lower() == "daily":
        return tuple(range(7))
    found: set[int] = set()
    for part in text.split(","):
        named = [_DAYS.index(one.strip()[:3].lower()) for one in re.split(_DASH, part)]
        first, last = named[0], named[-1]
        found.update(day % 7 for day in range(first, last + (8 if last < first else 1)))
    return tuple(sorted(found))


def _edges(times: str, text: str) -> tuple[int, int]:
    begin, end = (int(one[:-3]) * 60 + int(one[-2:]) for one in re.split(_DASH, times))
    if begin == end:
        raise ValueError(f'begins when it ends: got "{text}"; "00:00-24:00" is always')
    if begin >= _DAY_MINUTES or end > _DAY_MINUTES:
        raise _refusal(text)
    return begin, end + (_DAY_MINUTES if end < begin else 0)


def _refusal(text: str) -> ValueError:
    got = text if len(text) <= 60 else f"{text[:59]}…"
    return ValueError(
        f'are no hours of the week: got "{got}", expected for example "Mon-Fri 09:00-18:00", '
        '"Sat,Sun 10:00-14:00" or "22:00-06:00"'
    )


@lru_cache(maxsize=8192)
def _windows_of(hours: Hours, day: date, zone: tzinfo) -> tuple[Interval, ...]:
    """Return the windows that begin on ``day``; one that the clocks skip whole is left out."""
    weekday = day.weekday()
    found = (
        (_instant(day, one.begin, zone, last=False), _instant(day, one.end, zone, last=True))
        for one in hours.windows
        if one.weekday == weekday
    )
    return tuple(one for one in found if one[0] < one[1])


def _instant(day: date, minute: int, zone: tzinfo, *, last: bool) -> datetime:
    """Return the instant of a local time: of two the first or last, of none that of the jump.

    PEP 495: in a gap, fold 0 counts with the offset before it and fold 1 with the one after.
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    first = local.replace(tzinfo=zone).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second < first:
        return _jump(second, first, zone)
    return second if last else first


def _jump(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first second with the offset of ``after``, by halving."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _joined(windows: Iterable[Interval]) -> list[Interval]:
    """Return disjoint intervals in order; those that overlap or touch become one."""
    found: list[Interval] = []
    for begin, end in sorted(windows):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _in_utc(interval: Interval) -> Interval:
    return interval[0].astimezone(UTC), interval[1].astimezone(UTC)
