"""When an agent says that its next update comes: ``next update by 15:40``, ``back in 20 min``.

Only its own next word counts, not when its work is due. A time of day is the next one after the
entry, a duration runs from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from rollcall.model import Stamp
from rollcall.parse.prose import own_lines
from rollcall.parse.timestamps import match_time, to_stamp

_SAME_DAY = timedelta(hours=12)
_BEFORE = 80
_I = re.IGNORECASE

_WORD = (
    r"(?:(?:status|progress|proof|evidence|feedback|scheduled|planned) )?"
    r"(?:up-?dates?|check-?ins?|check in|check-?points?|reports?|status(?: up-?date)?|heartbeats?"
    r"|pings?|posts?|entry|entries|proof|evidence|log|stand-?up|sync)"
)
_NEXT = re.compile(
    rf"(?<!\w)next {_WORD}(?: (?:due|expected|planned|scheduled|will (?:come|be|follow)|comes|follows"
    r"|is(?: due)?))?(?!\w)|(?<!\w)next (?=\d\d?:\d\d)",
    _I,
)
_OWN = (
    r"(?:(?:i|we)(?:['\u2019]ll| will| shall| am going to)?"
    r"|will|shall|going to)"
)
_ONE = (
    r"(?:(?:an|a|another|my|our|the) )?(?:(?:next|new|fresh|further|status|progress) ){0,2}"
    r"(?:up-?date|report|check-?in|proof|evidence)"
)
_BACK = re.compile(
    rf"(?<!\w)(?:{_OWN} (?:report (?:back|in)|check (?:back|in)|be back|up-?date|report|post"
    rf"|(?:post|send|share|give|publish|write|provide) {_ONE})"
    r"|(?:report|check)ing (?:back|in)"
    rf"|(?:post|send|shar|giv|publish|writ|provid)ing {_ONE}"
    r"|back(?: online| here)?|(?:another |further |more )?up-?dates?(?: to follow)?(?= (?:by|within|in)\b))"
    r"(?: (?:again|with (?:\w+ ){0,4}?\w+))?"
    r"(?= (?:by|at|in|within|around|about|before|no later)\b)",
    _I,
)
_CUE = re.compile(
    r"(?:back|update|will|shall|ll|(?:check|report)ing in)s? .*(?:by|at|in|within|about|around|before|later) "
)
_LEAD_IN = re.compile(
    r"(?:^|[.;:,!?()\[\]|\u2013\u2014]\s*|\s-\s+|\dZ?\s+)"
    r"(?:(?:my|our|the|and|so|then|now|but|expect(?:ed)?|plan(?:ned)?|posting|sending|sharing|giving"
    r"|(?:(?:i|we)['\u2019]?(?:ll)?|will|shall|to)(?: (?:will|shall))?(?: (?:post|send|share|give))?"
    r"|(?:eta|time)(?: (?:of|for))?) +)*$",
    _I,
)
_ARTICLE = re.compile(r"(?:my|our|the) +$", _I)
_TO_TIME = re.compile(
    r"(?:\s|[:=~@|(]|[\u2013\u2014-](?=\s)|(?:by|at|in|within|around|about|approx\.?|approximately"
    r"|before|no later than|latest|on|eta|due|expected|is|after|the latest)(?=[\s:~]))*",
    _I,
)
_SPAN = re.compile(
    r"\+?(?:(?P<one>an? (?:half )?|half an? )(?=hour)"
    r"|(?P<n>\d{1,3}(?:\.\d)?)(?:\s?(?:-|\u2013|to)\s?(?P<most>\d{1,3}))?[ -]?)"
    r"(?P<unit>hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?:[ ]?(?P<rest>\d{1,2})"
    r"[ ]?(?:m(?:in(?:ute)?s?)?))?(?![\w/])",
    _I,
)
_TOMORROW = re.compile(r"tomorrow(?:,? at|,)? +(?=\d)", _I)
_HOUR = re.compile(r"(?P<hour>1[0-2]|0?[1-9]) ?(?P<half>[ap])\.?m\b\.?", _I)


@dataclass(frozen=True, slots=True)
class Promise:
    """When, in UTC, an agent says that its next update comes; ``line`` is an index of lines."""

    at: datetime
    line: int


def find_promise(
    lines: Sequence[str], stamp: Stamp | None, arrival: datetime | None
) -> Promise | None:
    """Return the last promise of a next update in an entry, or None.

    ``lines`` are the entry's own, the first being its heading; the promise's ``line`` is an index
    in them. ``stamp``, or ``arrival`` where it has no time of day, gives the day, the zone and the
    instant from which a duration runs. A time that is not after it, or not within 12 hours where it
    names no day, is none: what was copied from an older entry promises nothing. Asking
    ``may_promise`` of the whole entry first saves looking at its lines.
    """
    since = stamp.at if stamp is not None and stamp.has_time else arrival
    if since is None:
        return None
    found = None
    for index, words in own_lines(lines, _may_promise, with_plans=True):
        at = _promised(words, since)
        found = found if at is None else Promise(at, index)
    return found


def may_promise(low: str) -> bool:
    """Tell cheaply whether a promise may stand in a text in lower case."""
    return (
        "next " in low
        or "back " in low
        or "update by" in low
        or "update in" in low
        or "update within" in low
        or "updates " in low
        or "to follow" in low
        or "will " in low
        or "'ll " in low
        or "\u2019ll " in low
        or "shall " in low
        or "ing in " in low
    )


def _may_promise(low: str) -> bool:
    """Tell the same of one line."""
    return "next " in low or _CUE.search(low) is not None


def _promised(words: str, since: datetime) -> datetime | None:
    low = words.lower()
    for pattern in (_NEXT, _BACK):
        if pattern is _NEXT and "next " not in low:
            continue
        for found in pattern.finditer(words):
            before = words[max(found.start() - _BEFORE, 0) : found.start()]
            gap = _TO_TIME.match(words, found.end())
            if gap is None or _LEAD_IN.search(before) is None:
                continue
            if pattern is _BACK and _ARTICLE.search(before):
                continue
            at = _instant(words, gap.end(), since)
            if at is not None and at > since.astimezone(UTC):
                return at
    return None


def _instant(words: str, at: int, since: datetime) -> datetime | None:
    """Return the instant that is written at ``at``."""
    if span := _SPAN.match(words, at):
        return since.astimezone(UTC) + _length(span)
    days = 0
    if tomorrow := _TOMORROW.match(words, at):
        days, at = 1, tomorrow.end()
    written = match_time(words, at)
    if written is not None and written.clock is not None:
        zone = written.zone or since.tzinfo
        if zone is None:
            return None
        day = since.astimezone(zone).date() + timedelta(days=days)
        stamp = to_stamp(written, day, zone)
        return _in_time(stamp.at, since, dated=written.day is not None or days > 0)
    if hour := _HOUR.match(words, at):
        clock = time(int(hour["hour"]) % 12 + (12 if hour["half"].lower() == "p" else 0))
        day = since.date() + timedelta(days=days)
        return _in_time(datetime.combine(day, clock, since.tzinfo), since, dated=days > 0)
    return None


def _in_time(at: datetime, since: datetime, *, dated: bool) -> datetime | None:
    """Return an instant in UTC; without a day its first one after ``since``, within 12 hours."""
    began, instant = since.astimezone(UTC), at.astimezone(UTC)
    if dated:
        return instant
    if instant <= began:
        instant = (at + timedelta(days=1)).astimezone(UTC)
    return instant if instant - began <= _SAME_DAY else None


def _length(span: re.Match[str]) -> timedelta:
    unit = span["unit"][0].lower()
    if span["one"] is not None:
        return timedelta(minutes=30 if "half" in span["one"].lower() else 60)
    count = float(span["most"] or span["n"])
    length = timedelta(seconds=count * {"h": 3600, "m": 60, "s": 1}[unit])
    return length + timedelta(minutes=int(span["rest"] or 0))
