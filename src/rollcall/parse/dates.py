"""The time a message bears: in its head, in a turn of a thread, or in its file's name."""

from __future__ import annotations

import re
from datetime import date, tzinfo

from rollcall.model import Stamp
from rollcall.parse.timestamps import WrittenTime, match_date, match_time, search_date, to_stamp

_LOOKED_AT = 400
_COMPACT = re.compile(
    r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])"
    r"(?:[T_ -]?([01]\d|2[0-3])[:-]?([0-5]\d)(?:[:-]?([0-5]\d))?(Z)?(?![0-9a-z]))?(?!\d)"
)
_STAMP_LINE = 60
_WORD = re.compile(r"[^\W\d_]+")
_CLOCK = re.compile(r"(?<![\d:.T-])(?:[01]?\d|2[0-3]):[0-5]\d")


def read_stamp(text: str, zone: tzinfo, day: date | None = None) -> Stamp | None:
    """Read the first date in ``text`` with its time of day; ``zone`` holds where none is named.

    With ``day``, a time of day that stands alone is of that day.
    """
    head = text[:_LOOKED_AT]
    written = search_date(head) or _loose_date(head)
    if written is None and day is not None and (clock := _CLOCK.search(head)):
        written = match_time(head, clock.start())
    return to_stamp(written, day or date.min, zone) if written is not None else None


def has_clock(text: str) -> bool:
    """Tell whether a time of day stands in ``text``."""
    head = text[:_LOOKED_AT]
    written = search_date(head) or _loose_date(head)
    return (written is not None and written.clock is not None) or bool(_CLOCK.search(head))


def has_day(text: str) -> bool:
    """Tell whether a date stands in ``text``."""
    head = text[:_LOOKED_AT]
    return (search_date(head) or _loose_date(head)) is not None


def without_stamp(text: str) -> tuple[str, str]:
    """Return ``text`` without the first time in it, and that time as written, or nothing."""
    head = text[:_LOOKED_AT]
    written = search_date(head) or _loose_date(head)
    if written is None and (clock := _CLOCK.search(head)):
        written = match_time(head, clock.start())
    if written is None:
        return text, ""
    return f"{text[: written.start]} {text[written.end :]}", text[written.start : written.end]


def stamp_alone(text: str) -> str:
    """Return ``text`` where it is a line that says when and hardly more, else nothing."""
    if len(text) > _STAMP_LINE:
        return ""
    rest, stamp = without_stamp(text)
    return text if stamp and len(_WORD.findall(rest)) <= 2 else ""


def stamp_of_name(name: str, zone: tzinfo) -> Stamp | None:
    """Read the date, and the time where there is one, in a file's name."""
    found = _COMPACT.search(name)
    if found is None:
        return None
    year, month, day, hour, minute, second, _ = found.groups()
    text = f"{year}-{month}-{day}"
    if hour is not None:
        text += f"T{hour}:{minute}:{second or '00'}" + ("Z" if found[7] else "")
    written = match_date(text)
    return to_stamp(written, date.min, zone) if written is not None else None


def _loose_date(text: str) -> WrittenTime | None:
    for found in re.finditer(r"(?<!\d)20\d\d-\d\d-\d\d", text):
        if (written := match_date(text, found.start())) is not None:
            return written
    return None
