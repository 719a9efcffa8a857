"""Times that a message names in words: "by Friday", "EOD", "within 2 hours", "by day 3".

Reading takes two steps, for what the words mean hangs on when and of whom it was asked.
``find_due_words`` finds them in the lines of a request; ``resolve_due`` makes them an instant. The
patterns are bounded and none is tried inside itself, so the work grows with the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rollcall.hours import Hours
from rollcall.parse.timestamps import match_date, match_time, to_stamp

_I = re.IGNORECASE
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = (
    r"(?:mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)"
)
_END = r"(?:end of (?:the )?(?:business |working |work )?day|e\.?o\.?d\b|c\.?o\.?b\b|close of business)"
_CLOCK = (
    r"(?:(?:[01]?\d|2[0-3]):[0-5]\d(?: ?[ap]m)?|(?:1[0-2]|0?[1-9]) ?[ap]m|noon|midnight)"
    r"(?: ?(?:z|utc|gmt)\b)?"
)
_DAY = rf"(?:today|tomorrow|(?:this |next )?{_WEEKDAY}|day \d{{1,3}})"
_WHEN = (
    rf"(?:{_END}(?:,? (?:on )?{_DAY})?|{_DAY}(?:['\u2019]s)?(?:,? (?:at |by )?(?:{_CLOCK}|{_END}|noon|morning"
    rf"|evening|tonight))?|{_CLOCK}(?:,? (?:on )?{_DAY})?|tonight)"
)
_SPAN = (
    r"(?:\d{1,3}[ -]?|(?:an?|half an|one|two|three|four|five|six|ten|thirty)[ -])"
    r"(?:hours?|hrs?|h|minutes?|mins?|m|days?|d)"
)
_BY = re.compile(
    rf"(?<![\w-])(?P<how>(?:needed |due |required |ready )?by|before|no later than|due(?: on| at)?:?"
    rf"|deadline(?: is)?:?)"
    rf" (?:the )?(?P<when>{_WHEN})(?![\w-])",
    _I,
)
_WITHIN = re.compile(rf"(?<![\w-])(?:with)?in (?:the )?(?:next )?(?P<span>{_SPAN})(?![\w-])", _I)
_ALONE = re.compile(rf"(?<![\w-])(?P<when>{_END}(?:,? {_DAY})?|tonight)(?![\w-])", _I)
_UNTIL = re.compile(
    rf"(?<![\w-])(?:until|till) (?:the )?(?P<when>{_WHEN})(?![\w-])|"
    rf"(?<![\w-])for (?:the )?(?:next )?(?P<span>{_SPAN})(?![\w-])",
    _I,
)
_UNTIL_DATE = re.compile(r"(?<![\w-])(?:until|till) (?=20\d\d-\d\d-\d\d)", _I)
_NOT_DUE = re.compile(r"(?:\bnot|n['\u2019]t|\bnever|\bno) (?:\w+ ){0,2}$", _I)
_PARTS = re.compile(
    rf"(?P<end>{_END})|(?P<clock>{_CLOCK})|day (?P<nth>\d{{1,3}})|(?P<rel>today|tonight|tomorrow)"
    rf"|(?P<next>next )?(?P<week>{_WEEKDAY})(?![a-z])|(?P<part>morning|evening)",
    _I,
)
_SPAN_PARTS = re.compile(r"(?P<count>[a-z]+(?: an)?|\d{1,3})[ -]?(?P<unit>[hmd])[a-z]*", _I)
_ANCHOR = re.compile(
    r"(?<![\w-])day (?P<nth>\d{1,3})[ (:=,\u2013\u2014-]{1,4}(?=20\d\d-\d\d-\d\d)", _I
)
_DATED = re.compile(r"20\d\d-\d\d-\d\d[ (:,\u2013\u2014-]{1,4}day (?P<nth>\d{1,3})(?!\w)", _I)
_WORDS = dict.fromkeys(("a", "an", "one"), 1.0) | {"half an": 0.5, "two": 2.0, "three": 3.0}
_WORDS |= {"four": 4.0, "five": 5.0, "six": 6.0, "ten": 10.0, "thirty": 30.0}
_UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "d": timedelta(days=1)}
_LOOKED_AT = 1000
_LOOK_BACK = 24
_SOON = timedelta(hours=12)


def find_due_words(asking: Iterable[str], every: Iterable[str] = ()) -> str:
    """Return the words in the lines that ask which say until when, in small letters, else "".

    ``every`` are all lines of the message: where one of them says which date a numbered day is, a
    due day is returned as a date.
    """
    for line in asking:
        text = " ".join(line[:_LOOKED_AT].split())
        for pattern in (_BY, _WITHIN, _ALONE):
            for found in pattern.finditer(text):
                if _NOT_DUE.search(text[max(found.start() - _LOOK_BACK, 0) : found.start()]):
                    continue
                words = found[0].lower()
                return _dated(words, every) if "day " in words else words
    return ""


def resolve_due(
    words: str, asked: datetime, zone: tzinfo, provider_zone: tzinfo, hours: Hours | None
) -> datetime | None:
    """Return the instant that words of ``find_due_words`` mean, in UTC, or None for others.

    ``asked`` is when it was asked. A time of day is of ``zone``; the end of a day is the provider's:
    that of its working hours where it has any on that day. By a day is by its end, before a day by
    its beginning. Day 1 is the day of the request unless the message dates another. A time of day
    alone is its first after ``asked``, within 12 hours.
    """
    text = words.lower()
    if found := _WITHIN.search(text):
        return _after(asked, found["span"])
    if (stamp := match_date(text.rpartition(" ")[2])) and stamp.day:
        return _end_of(stamp.day, provider_zone, None)
    by = _BY.search(text) or _ALONE.search(text)
    if by is None:
        return None
    before = "how" in by.groupdict() and by["how"] == "before"
    return _resolve(by["when"], asked, zone, provider_zone, hours, before=before)


def find_until(words: str, said: datetime, zone: tzinfo) -> datetime | None:
    """Return until when something lasts that was said at ``said``, in UTC, or None."""
    text = " ".join(words[:_LOOKED_AT].split()).lower()
    if dated := _UNTIL_DATE.search(text):
        written = match_date(text, dated.end())
        if written is not None:
            stamp = to_stamp(written, said.date(), zone)
            at = stamp.at.astimezone(said.tzinfo)
            return at if stamp.has_time else _end_of(stamp.at.date(), zone, None)
    found = _UNTIL.search(text)
    if found is None:
        return None
    if found["span"]:
        return _after(said, found["span"])
    until = _resolve(found["when"], said, zone, zone, None, before=False)
    return until if until is not None and until > said else None


def _dated(words: str, every: Iterable[str]) -> str:
    """Return a due day by its number as a date, where the message dates a numbered day."""
    number = re.search(r"day (\d{1,3})", words)
    if number is None:
        return words
    for line in every:
        text = line[:_LOOKED_AT]
        anchor = _ANCHOR.search(text) or _DATED.search(text)
        if anchor is None:
            continue
        at = anchor.end() if anchor.re is _ANCHOR else anchor.start()
        written = match_date(text, at)
        if written is not None and written.day is not None:
            day = written.day + timedelta(days=int(number[1]) - int(anchor["nth"]))
            return f"by {day.isoformat()}"
    return words


def _after(start: datetime, span: str) -> datetime | None:
    found = _SPAN_PARTS.match(span)
    if found is None:
        return None
    count = found["count"].strip()
    number = float(count) if count.isdigit() else _WORDS.get(count)
    return None if number is None else start + number * _UNITS[found["unit"]]


def _resolve(
    when: str,
    asked: datetime,
    zone: tzinfo,
    provider_zone: tzinfo,
    hours: Hours | None,
    *,
    before: bool,
) -> datetime | None:
    parts = {name: one[name] for one in _PARTS.finditer(when) for name in _named(one)}
    clocked = "clock" in parts
    local = asked.astimezone(zone if clocked else provider_zone)
    day = _day_of(parts, local.date())
    if clocked:
        return _at_clock(parts["clock"], asked, zone, day, named=day is not None)
    day = local.date() if day is None else day
    if before and not {"end", "part"} & parts.keys():
        return _instant(day, time(), provider_zone)
    if parts.get("part") == "morning":
        return _instant(day, time(12), provider_zone)
    return _end_of(day, provider_zone, hours if "end" in parts else None)


def _named(found: re.Match[str]) -> list[str]:
    return [name for name, value in found.groupdict().items() if value]


def _day_of(parts: dict[str, str], today: date) -> date | None:
    if "nth" in parts:
        return today + timedelta(days=int(parts["nth"]) - 1)
    if "rel" in parts:
        return today + timedelta(days=1 if parts["rel"] == "tomorrow" else 0)
    if "week" in parts:
        ahead = (_DAYS.index(parts["week"][:3]) - today.weekday()) % 7
        return today + timedelta(days=(ahead or 7) if "next" in parts else ahead)
    return None


def _at_clock(
    text: str, asked: datetime, zone: tzinfo, day: date | None, *, named: bool
) -> datetime | None:
    bare = text.strip()
    on = asked.astimezone(zone).date() if day is None else day
    if bare.startswith("midnight"):
        return _end_of(on, zone, None)
    clock = time(12) if bare.startswith("noon") else None
    if clock is None:
        written = match_time(bare)
        if written is None or written.clock is None:
            return None
        at = to_stamp(written, on, written.zone or zone).at.astimezone(asked.tzinfo)
    else:
        at = _instant(on, clock, zone).astimezone(asked.tzinfo)
    if named or at > asked:
        return at
    at += timedelta(days=1)
    return at if at - asked <= _SOON else None


def _end_of(day: date, zone: tzinfo, hours: Hours | None) -> datetime:
    """Return the end of a day, or that of the last working hours on it."""
    end = _instant(day + timedelta(days=1), time(), zone)
    if hours is None:
        return end
    windows = hours.on_between(_instant(day, time(), zone), end, zone)
    return windows[-1][1] if windows else end


def _instant(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
