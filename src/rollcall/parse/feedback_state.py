"""What a reader of a feedback file knows between two readings, as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import PurePosixPath
from typing import NamedTuple, Self

from rollcall.model import Stamp

_BACK = timedelta(hours=8)
_DAY = timedelta(days=1)
_PATH_DATE = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
_PATH_TIME = re.compile(r"[-_T.]([01]\d|2[0-3])[-:.h]?([0-5]\d)(?:[-:.]?([0-5]\d))?Z?")
_RECORDS = frozenset({".jsonl", ".ndjson"})
_SHARED = re.compile(
    r"(?:^|[-_. ])(?:agents|team|shared|status|standups?|worklog|groupchat)(?:$|[-_. ])"
)


@dataclass(frozen=True, slots=True)
class FeedbackState:
    """What is known of a file at line ``line`` (1-based): JSON-able scalars only.

    ``day`` is the day in force (ISO); ``declared`` says that a title, heading or file name gave it,
    ``guessed`` that only the day of arrival did;
    ``last`` is the instant of the last stamp with a time of day (ISO). ``head_level`` and
    ``head_time`` are those of the open entry's heading; ``report`` says that it is a report of
    fixed sections. ``titled`` says that the file's title is past, ``shared`` that many agents write.
    ``table`` are the columns of the log's table that is being read, empty in another table.
    ``records`` says that each line is a JSON object; ``named`` is the instant in the file's name.
    """

    line: int = 1
    day: str = "1970-01-01"
    declared: bool = False
    guessed: bool = False
    last: str | None = None
    titled: bool = False
    shared: bool = False
    opened: bool = False
    head_level: int = 0
    head_time: str | None = None
    report: bool = False
    table: str | None = None
    records: bool = False
    named: str | None = None


class Progress(NamedTuple):
    """A ``FeedbackState`` as a reader works with it, its line apart: its days and instants read.

    It is never changed, so that an entry keeps the one that it began with. Every instant bears its
    offset alone, as one does that was written and read again.
    """

    day: date
    declared: bool
    guessed: bool
    last: datetime | None
    titled: bool
    shared: bool
    head_level: int
    head_time: datetime | None
    table: str | None
    records: bool
    named: str | None
    opened: bool
    report: bool

    @classmethod
    def of(cls, state: FeedbackState) -> Self:
        """Return the progress that a reading from ``state`` begins with."""
        return cls(
            date.fromisoformat(state.day),
            state.declared,
            state.guessed,
            _instant(state.last),
            state.titled,
            state.shared,
            state.head_level,
            _instant(state.head_time),
            state.table,
            state.records,
            state.named,
            state.opened,
            state.report,
        )

    def at(self, line: int) -> FeedbackState:
        """Return the state as it stands, at line ``line`` of the file."""
        return FeedbackState(
            line,
            self.day.isoformat(),
            self.declared,
            self.guessed,
            None if self.last is None else self.last.isoformat(),
            self.titled,
            self.shared,
            self.opened,
            self.head_level,
            None if self.head_time is None else self.head_time.isoformat(),
            self.report,
            self.table,
            self.records,
            self.named,
        )

    def timed(self, stamp: Stamp, *, declared: bool) -> Self:
        """Return the progress with the day and instant of ``stamp`` in force."""
        day = stamp.at.date()
        return self._replace(
            day=day,
            declared=declared or (self.declared and day == self.day),
            guessed=stamp.day_is_guess,
            last=instant_of(stamp),
        )

    def begun(self, stamp: Stamp, level: int, table: str | None) -> Self:
        """Return the progress within the entry that ``stamp`` begins.

        ``level`` is that of its heading, 0 where it begins with another line; ``table`` are the
        columns of the log whose row that line is.
        """
        day, instant = stamp.at.date(), instant_of(stamp)
        return type(self)(
            day,
            self.declared and day == self.day,
            stamp.day_is_guess,
            instant,
            self.titled or level > 0,
            self.shared,
            level,
            instant if level else None,
            table,
            self.records,
            self.named,
            opened=True,
            report=False,
        )


def instant_of(stamp: Stamp | None) -> datetime | None:
    """Return the instant of a stamp with a time of day, with its offset in place of its zone."""
    if stamp is None or not stamp.has_time:
        return None
    at = stamp.at
    offset = None if isinstance(at.tzinfo, timezone) else at.utcoffset()
    return at if offset is None else at.replace(tzinfo=timezone(offset))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def initial_state(path: str, arrival: date) -> FeedbackState:
    """Return the state at the top of the file ``path``: its day is the name's, else ``arrival``."""
    parts = PurePosixPath(path.replace("\\", "/"))
    shared = _SHARED.search(parts.stem.lower()) is not None
    records = parts.suffix.lower() in _RECORDS
    for name in (parts.stem, parts.parent.name):
        found = _PATH_DATE.search(name)
        if found is None:
            continue
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
        return FeedbackState(
            day=day.isoformat(),
            declared=True,
            shared=shared,
            records=records,
            named=_time_in_name(name, found, day) if name == parts.stem else None,
        )
    return FeedbackState(day=arrival.isoformat(), guessed=True, shared=shared, records=records)


def _time_in_name(name: str, found: re.Match[str], day: date) -> str | None:
    """Return the instant that a name ends with, as ``2026-02-07-1751`` does."""
    clock = _PATH_TIME.fullmatch(name, found.end())
    if clock is None:
        return None
    return f"{day.isoformat()}T{clock[1]}:{clock[2]}:{clock[3] or '00'}"


def dump_state(state: FeedbackState) -> str:
    """Return the state as JSON."""
    return json.dumps(asdict(state), separators=(",", ":"))


def load_state(text: str) -> FeedbackState:
    """Return the state that ``dump_state`` wrote.

    Raises ``ValueError`` or ``TypeError`` for another text.
    """
    return FeedbackState(**json.loads(text))


def nearest(stamp: Stamp, last: datetime, state: Progress) -> Stamp:
    """Return a time of day alone on the day that puts it at most 8 hours before the last stamp.

    Never before a day that the file itself declares.
    """
    at = stamp.at.replace(year=last.year, month=last.month, day=last.day)
    if at < last - _BACK:
        at += _DAY
    elif at >= last - _BACK + _DAY:
        at -= _DAY
    if state.declared and at.date() < state.day:
        at += _DAY
    return replace(stamp, at=at)
