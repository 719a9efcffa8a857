"""Read a time as agents write it: ISO 8601 and its neighbours, a bare date, or a time of day alone.

The forms follow RFC 3339 with what people and shells make of it: a blank for the ``T``, a comma
before the fraction, a zone's abbreviation, ``date(1)``'s own order, a 12-hour clock, days as
``14.05.2031`` and ``05/14/2031`` (month first, where both could be), a range (its start counts).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rollcall.model import Stamp

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"

# Hours east of Greenwich. Where an abbreviation has two readings, the one agents' hosts use.
_ABBREVIATIONS = {
    name: float(hours)
    for name, hours in (
        pair.split("=")
        for pair in [
            "Z=0",
            "UTC=0",
            "GMT=0",
            "WET=0",
            "BST=1",
            "WEST=1",
            "CET=1",
            "CEST=2",
            "EET=2",
            "SAST=2",
            "EEST=3",
            "MSK=3",
            "IST=5.5",
            "SGT=8",
            "HKT=8",
            "AWST=8",
            "JST=9",
            "KST=9",
            "ACST=9.5",
            "AEST=10",
            "ACDT=10.5",
            "AEDT=11",
            "NZST=12",
            "NZDT=13",
            "NDT=-2.5",
            "BRT=-3",
            "ART=-3",
            "ADT=-3",
            "NST=-3.5",
            "AST=-4",
            "EDT=-4",
            "EST=-5",
            "CDT=-5",
            "CST=-6",
            "MDT=-6",
            "MST=-7",
            "PDT=-7",
            "PST=-8",
            "AKDT=-8",
            "AKST=-9",
            "HST=-10",
        ]
    )
}
_REGIONS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_NAMED = "|".join(sorted({*_ABBREVIATIONS, *_REGIONS} - {"Z"}, key=len, reverse=True))

_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?[ ]{1,2}"
_DATE = rf"""
    (?:{_WEEKDAY})?
    (?: (?P<y>20\d\d)(?P<sep>[-/.])(?P<mo>0?[1-9]|1[0-2])(?P=sep)(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)
      | (?P<y2>20\d\d)(?P<mo2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?=[T_ ]\d)
      | (?P<mon3>{_MONTH})\.?[ ]{{1,2}}(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?[ ](?P<y3>20\d\d)
      | (?P<d4>\d{{1,2}})[ ](?P<mon4>{_MONTH})\.?,?[ ](?P<y4>20\d\d)
      | (?P<d5>0?[1-9]|[12]\d|3[01])\.(?P<mo5>0?[1-9]|1[0-2])\.(?P<y5>20\d\d)(?!\d)
      | (?P<mo6>\d{{1,2}})/(?P<d6>\d{{1,2}})/(?P<y6>20\d\d)(?!\d) )
"""
_HALF = r"(?:[ ]?(?P<ap>[AaPp]\.?[Mm])\b\.?)?"
_CLOCK = r"""
    (?: (?P<h>2[0-3]|[01]?\d)
        :(?P<mi>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?
        (?![\d:%])
      | (?P<hh>1[0-2]|[1-9])(?=[ ]?[AaPp]\.?[Mm]\b) )
"""
_COMPACT = r"(?P<hc>2[0-3]|[01]\d)(?P<mic>[0-5]\d)(?P<sc>[0-5]\d)?(?=Z|[+-]\d|[ ]UTC)"
_TO = r"[ ]?(?:-|\u2013|—|→|to)[ ]?"
_END = r"(?:2[0-3]|[01]?\d):[0-5]\d(?::[0-5]\d)?"
_UNTIL = rf"(?:{_TO}(?P<until>{_END})(?:[ ]?(?P<uap>[AaPp]\.?[Mm])\b\.?)?)?"
_ZONE = rf"""
    (?:[ ]?\(?(?: (?P<utc>Z|UTC|GMT)(?:(?P<uoff>[+-]\d{{1,2}}(?::?[0-5]\d)?))?(?![A-Za-z\d])
      | (?P<name>{_NAMED})(?![A-Za-z\d]) )\)? )?
"""
# The end of a range whose beginning names its zone too.
_TOO = rf"(?:{_TO}{_END}(?:[ ]?[AaPp]\.?[Mm]\b\.?)?[ ]?(?:Z|{_NAMED})(?![A-Za-z\d]))?"
_OFFSET = rf"[ ]?(?P<off>[+-](?:0\d|1[0-4]):?(?:00|15|30|45))(?!\d)(?![ ]?(?:Z|{_NAMED})\b)"
_JOIN = r"(?:[T_]|[ ]?\(|[ ]{1,3}(?:[-\u2013—|@][ ]|at[ ]|\()?|,[ ](?:at[ ])?)"

_FULL = re.compile(
    rf"{_DATE}(?:{_JOIN}(?:{_CLOCK}|{_COMPACT}){_HALF}(?:{_OFFSET}|{_UNTIL}{_ZONE}{_TOO}))?",
    re.VERBOSE,
)
# The commonest forms, followed by nothing that could belong to them: no need to look for the others.
_PLAIN = re.compile(
    rf"""(?:(20[0-9]{{2}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))[T ])?
    ((?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)
    (?:[ ]?(Z|UTC|{_NAMED})(?![A-Za-z\d)]|[ ]?(?:[+-]\d|(?:[-\u2013—→]|to)[ ]?\d))
      | ([+-](?:0[0-9]|1[0-4]):(?:00|30))(?!\d|[ ]?(?=[A-Z])(?:Z|{_NAMED})\b))""",
    re.VERBOSE,
)
_BARE_ZONE = re.compile(r"[ ][+-](?:0\d|1[0-4]):[0-5]\d(?!\d)")
_ALONE = re.compile(
    rf"{_CLOCK}{_HALF}(?:{_UNTIL}(?:{_ZONE})(?:{_TOO})(?:[ ](?P<off>[+-](?:0\d|1[0-4]):?[0-5]\d)(?!\d))?)",
    re.VERBOSE,
)
_SHELL = re.compile(
    rf"""{_WEEKDAY}
    (?P<mon>{_MONTH})[ ]{{1,2}}(?P<d>\d{{1,2}})
    [ ]{_CLOCK}{_HALF}{_ZONE}[ ](?P<y>20\d\d)""",
    re.VERBOSE,
)
_MONTH_FIRST = "6"  # 05/14/2031; 14/05/2031 can only be the other order

_START = re.compile(
    rf"20\d\d(?:[-/.]\d|\d{{4}}[T_ ]\d)|\d{{1,2}}[./]\d{{1,2}}[./]20\d\d|{_MONTH}\.? {{1,2}}\d|\d{{1,2}} {_MONTH}|(?:Mon|Tue|Wed"
    rf"|Thu|Fri|Sat|Sun)[a-z,]* "
)


class WrittenTime(NamedTuple):
    """A time as written in ``text[start:end]``: a day, a time of day, or both; ``zone`` if named."""

    day: date | None
    clock: time | None
    zone: tzinfo | None
    start: int
    end: int


@lru_cache(maxsize=128)
def _fixed(minutes: int) -> tzinfo:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@lru_cache(maxsize=128)
def _offset(text: str) -> tzinfo:
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    total = min(hours * 60 + minutes, 24 * 60 - 1)
    return _fixed(-total if text[0] == "-" else total)


def _zone(groups: dict[str, str | None]) -> tzinfo | None:
    if off := groups.get("off") or groups.get("uoff"):
        return _offset(off)
    if groups.get("utc"):
        return UTC
    name = groups.get("name")
    return None if name is None else _named(name)


@lru_cache(maxsize=128)
def _named(name: str) -> tzinfo:
    region = _REGIONS.get(name)
    return ZoneInfo(region) if region else _fixed(int(_ABBREVIATIONS[name] * 60))


def _clock(groups: dict[str, str | None]) -> time | None:
    hour_text = groups.get("h") or groups.get("hc") or groups.get("hh")
    if hour_text is None:
        return None
    hour = int(hour_text)
    half = (groups.get("ap") or _half_of_range(hour, groups))[:1].lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute = groups.get("mi") or groups.get("mic") or 0
    return time(hour, int(minute), int(groups.get("s") or groups.get("sc") or 0))


def _half_of_range(hour: int, groups: dict[str, str | None]) -> str:
    """Return which half of the day a range begins in that names it only at its end."""
    half, until = groups.get("uap"), groups.get("until")
    if not half or not until:
        return ""
    passes_noon = hour % 12 > int(until.split(":")[0]) % 12
    return "a" if passes_noon else half


def _date(groups: dict[str, str | None]) -> date | None:
    for suffix in ("", "2", "3", "4", "5", "6"):
        year = groups.get(f"y{suffix}")
        if year is None:
            continue
        name = groups.get(f"mon{suffix}")
        month = _MONTHS.index(name[:3].lower()) + 1 if name else int(groups[f"mo{suffix}"] or 0)
        day = int(groups[f"d{suffix}"] or 0)
        if suffix == _MONTH_FIRST and month > 12:
            month, day = day, month
        try:
            return date(int(year), month, day)
        except ValueError:
            return None
    return None


def match_time(text: str, pos: int = 0) -> WrittenTime | None:
    """Return the time that begins exactly at ``pos``: a day, a time of day, or both."""
    written = _match_plain(text, pos) or match_date(text, pos)
    if written is not None:
        return written
    if not text[pos : pos + 1].isdigit():
        return None
    found = _ALONE.match(text, pos)
    if found is None:
        return None
    groups = found.groupdict()
    return WrittenTime(None, _clock(groups), _zone(groups), pos, found.end())


def match_date(text: str, pos: int = 0) -> WrittenTime | None:
    """Return the day, with its time of day if it has one, that begins exactly at ``pos``."""
    plain = _match_plain(text, pos)
    if plain is not None:
        return plain if plain.day is not None else None
    found = _FULL.match(text, pos)
    if found is None:
        found = _SHELL.match(text, pos)
        if found is None:
            return None
        groups = found.groupdict() | {"y3": found["y"], "mon3": found["mon"], "d3": found["d"]}
        groups["y"] = None
    else:
        groups = found.groupdict()
    day = _date(groups)
    if day is None:
        return None
    end = found.end()
    clock = _clock(groups)
    if clock is None and (zoned := _BARE_ZONE.match(text, end)):
        end = zoned.end()
    return WrittenTime(day, clock, _zone(groups), pos, end)


def _match_plain(text: str, pos: int) -> WrittenTime | None:
    """Return a time in one of the commonest forms, as the patterns of all forms would."""
    found = _PLAIN.match(text, pos)
    if found is None:
        return None
    day, clock, name, offset = found.groups()
    if day is None and offset is not None:
        return None
    try:
        on = None if day is None else date.fromisoformat(day)
    except ValueError:
        return None
    zone = _offset(offset) if offset else _named(name)
    return WrittenTime(on, time.fromisoformat(clock), zone, pos, found.end())


def search_date(text: str) -> WrittenTime | None:
    """Return the first day in ``text`` that stands as a word of its own, not within a name or path."""
    if text[:2] == "20" and (plain := _match_plain(text, 0)) and _ends_a_word(text, plain.end):
        return plain
    for found in _START.finditer(text):
        at = found.start()
        before = text[at - 1 : at]
        if before and (before.isalnum() or before in "/-_.=`"):
            continue
        written = match_date(text, at)
        if written is None:
            continue
        if _ends_a_word(text, written.end):
            return written
    return None


def _ends_a_word(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not after or not (after.isalnum() or after in "/_-")


def to_stamp(written: WrittenTime, day: date, zone: tzinfo) -> Stamp:
    """Return the stamp of ``written``; ``day`` stands in for a missing day, ``zone`` for a zone."""
    where = written.zone or zone
    at = datetime.combine(written.day or day, written.clock or time(), tzinfo=where)
    return Stamp(at, has_time=written.clock is not None)
