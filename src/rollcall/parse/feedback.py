"""Read the entries of a feedback file, in one pass, from any line at which an entry begins.

The pass keeps all that it knows of the file so far in a ``FeedbackState``, so a reading that goes
on from the last entry's first line gives what a reading of the whole file gives. It looks ahead
only to turn a line that was no beginning into one: an unstamped heading waits for content of its
own, a fence for its end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from rollcall.model import Entry, Stamp
from rollcall.parse.beginnings import (
    Beginning,
    Style,
    is_field,
    is_strong,
    owner_of,
    read_beginning,
    sign_of,
    time_field,
)
from rollcall.parse.cutting import Opened, Waiting, make_entry
from rollcall.parse.feedback_state import (
    FeedbackState,
    Progress,
    dump_state,
    initial_state,
    instant_of,
    load_state,
    nearest,
)
from rollcall.parse.json_logs import read_record
from rollcall.parse.markdown import (
    PREFIX,
    comment_end,
    fence,
    fence_end,
    is_conflict_marker,
    is_rule,
)
from rollcall.parse.marks import Marks, find_marks
from rollcall.parse.rows import has_ruled_blocks, is_row, read_columns, read_item, read_row
from rollcall.parse.sections import (
    announces_update,
    instructs,
    is_container,
    is_instruction,
    is_log_title,
    is_numbered_update,
    is_plan,
    is_section,
    may_report,
)
from rollcall.parse.timestamps import WrittenTime, match_time, to_stamp

__all__ = [
    "FeedbackReading",
    "FeedbackState",
    "dump_state",
    "find_entries",
    "initial_state",
    "load_state",
    "read_feedback",
]

_HEADER_LINES = 8

_HINT = re.compile(r"[ \t]*(?:[(_*][^\n]{0,400}[)_*][.]?|<!--.*-->)[ \t\r]*$")


@dataclass(frozen=True, slots=True)
class FeedbackReading:
    """The entries of some lines, in file order, and the state at the first line of the last one."""

    entries: tuple[Entry, ...]
    open_state: FeedbackState


def read_feedback(lines: Sequence[str], state: FeedbackState, zone: tzinfo) -> FeedbackReading:
    """Return the entries of ``lines``, which begin at line ``state.line`` of their file.

    ``lines`` come without their newlines; ``zone`` holds for stamps that name none. Entries are in
    file order and disjoint; all but the last are final whatever follows.
    """
    found = find_entries(lines, state, zone)
    entries = tuple(make_entry(lines, one, state.line) for one in found)
    last = found[-1].state.at(state.line + found[-1].at) if found else state
    return FeedbackReading(entries, last)


def find_entries(lines: Sequence[str], state: FeedbackState, zone: tzinfo) -> list[Opened]:
    """Return where the entries of ``lines`` stand, in file order and disjoint, and their stamps.

    ``lines`` come without their newlines and begin at line ``state.line`` of their file; ``zone``
    holds for stamps that name none.
    """
    return _Reader(lines, state, zone).read()


class _Reader:
    """One pass over some lines."""

    def __init__(self, lines: Sequence[str], state: FeedbackState, zone: tzinfo) -> None:
        self._lines = lines
        self._state = Progress.of(state)
        self._zone = zone
        self._waiting: Waiting | None = None
        self._quiet_level = 0
        self._plan = False
        self._opened: list[Opened] = []

    def read(self) -> list[Opened]:
        """Find every beginning, and the end of what began there."""
        if self._state.records:
            self._read_records()
        else:
            self._read_lines(find_marks(self._lines))
        end = len(self._lines)
        for one in reversed(self._opened):
            one.end, end = end, one.at
        return self._opened

    def _read_lines(self, marks: Marks) -> None:
        """Take the lines that are marked, and any line for which a heading or a name waits."""
        lines, places = self._lines, marks.places
        index = place = 0
        while index < len(lines):
            if self._waiting is None and self._state.named is None:
                while places[place] < index:
                    place += 1
                index = places[place]
                if index == len(lines):
                    return
            line = lines[index].removeprefix("\ufeff")
            if index in marks.hiding and (end := self._end_of_hidden(index, line, places)):
                index = end
            else:
                self._line(index, line)
                index += 1

    def _end_of_hidden(self, index: int, line: str, places: Sequence[int]) -> int | None:
        """Return the end of the fence or comment that opens on a line, None where none does."""
        if fence(line) is not None:
            self._content(index, "x")
            return fence_end(self._lines, places, index, is_strong)
        return comment_end(self._lines, index) if line[:8].lstrip().startswith("<!--") else None

    def _read_records(self) -> None:
        for index, line in enumerate(self._lines):
            if (begun := read_record(line)) is not None:
                self._open(index, begun)

    def _line(self, index: int, line: str) -> None:
        if not line or line.isspace() or is_conflict_marker(line):
            return
        if is_row(line) and self._row(index, line):
            return
        begun = read_beginning(line) or read_item(line, self._lines[index + 1 : index + 7])
        if self._state.named is not None and not is_rule(line):
            begun = self._named(line, begun)
        if begun is not None and begun.style is Style.HEADING:
            self._heading(index, begun)
        elif begun is not None and self._begins(begun):
            self._open(index, begun)
        elif line[0] != "#":
            self._content(index, line)
        if self._state.named is not None:
            self._state = self._state._replace(named=None)

    def _named(self, line: str, begun: Beginning | None) -> Beginning | None:
        """Begin the report whose time only its file's name tells, at the first line of the file."""
        if time_field(line) or (begun and (begun.timed or is_log_title(begun.title))):
            return begun
        at = datetime.fromisoformat(self._state.named or "")
        written = WrittenTime(at.date(), at.time(), self._zone, 0, 0)
        if begun is not None:
            return begun._replace(written=written)
        return Beginning(Style.LINE, " ".join(line.split())[:200], written)

    def _row(self, index: int, line: str) -> bool:
        """Read a row of a table; tell whether the table is a log.

        A log stands at the top, under a day or a title of logs, or after another one; under
        anything else a table is a detail.
        """
        state, waiting = self._state, self._waiting
        if not is_row(self._lines[index - 1]) if index else state.table is None:
            if waiting is not None:
                title = waiting.begun.title
                may_be = waiting.title or not title or is_container(title) or is_log_title(title)
            else:
                may_be = not state.opened or state.table is not None
            columns = read_columns(line) if may_be else None
            other = None if state.table is None else ""
            self._state = state._replace(table=columns or other)
        elif state.table and (begun := read_row(line, state.table)):
            self._open(index, begun)
        return bool(self._state.table)

    def _heading(self, index: int, begun: Beginning) -> None:
        state = self._state
        if begun.timed and self._begins(begun):
            self._quiet_level, self._plan = 0, False
            self._open(index, begun)
        elif begun.written is not None and begun.written.day is not None and not begun.timed:
            self._wait(index, begun, title=not state.titled and begun.level == 1)
        elif begun.level > 2 and self._is_next_of_a_series(begun):
            if self._waiting is not None:
                # A reading that goes on from here does not see the day that stands above.
                self._state = state._replace(head_level=begun.level, head_time=None)
            self._wait(index, begun, title=False)
        elif begun.level > 2 or (state.head_level == 1 and state.head_time and begun.level == 2):
            self._plan = is_plan(begun.title)
            if not self._quiet_level or begun.level <= self._quiet_level:
                self._quiet_level = begun.level if is_instruction(begun.title) else 0
                self._content(index, "x")
        elif not state.titled and begun.level == 1 and not state.opened:
            self._wait(index, begun, title=True)
        elif begun.level > 1 and self._waiting is not None and self._waiting.awaits_sections:
            self._confirm(report=True)
        else:
            self._unstamped(index, begun)

    def _is_next_of_a_series(self, begun: Beginning) -> bool:
        """Tell whether the headings above only say the day, or are numbered updates like this."""
        state, waiting = self._state, self._waiting
        if not is_numbered_update(begun.title):
            return False
        if waiting is not None:
            title = waiting.begun.title
            return waiting.title or not title or is_container(title)
        is_sibling = begun.level <= state.head_level and not state.head_time
        return not state.opened or is_sibling

    def _unstamped(self, index: int, begun: Beginning) -> None:
        """Judge a heading of level 1 or 2 without a time."""
        state, waiting = self._state, self._waiting
        self._plan = is_plan(begun.title)
        self._quiet_level = 0
        if announces_update(begun.title):
            self._wait(index, begun, title=False)
        elif is_instruction(begun.title) and not state.report:
            self._quiet_level = begun.level
            if not may_report(begun.title):
                self._waiting = None
        elif is_container(begun.title) and begun.level > 1 and not state.report:
            self._wait(index, begun, title=False)
        elif is_section(begun.title) and begun.level > 1:
            if waiting is not None:
                self._confirm(report=True)
            elif not state.opened:
                self._wait(index, begun, title=False)
                self._confirm(report=True)
        elif state.report and begun.level > 1:
            return
        elif is_log_title(begun.title):
            self._waiting = None
        else:
            self._wait(index, begun, title=False)

    def _begins(self, begun: Beginning) -> bool:
        """Tell whether a stamped line begins an entry under what stands open.

        Under a heading with a time of day, a deeper heading is a detail unless it is later or a phase
        of the day, and an item unless it bears a whole stamp that is later.
        """
        state, written = self._state, begun.written
        if written is None:
            return False
        whole = written.day is not None and written.clock is not None
        if begun.style is Style.HEADING:
            under = state.head_time and begun.level > max(state.head_level, 1)
            return not under or announces_update(begun.title) or self._is_later(begun)
        if self._quiet_level:
            return False
        if begun.style is Style.FIELD or (begun.style is Style.LINE and whole):
            return True
        if state.head_time:
            return whole and self._is_later(begun)
        return (whole or not self._plan) and (begun.timed or begun.style is Style.LINE)

    def _is_later(self, begun: Beginning) -> bool:
        head = self._state.head_time
        return head is None or self._stamp(begun).at > head

    def _stamp(self, begun: Beginning) -> Stamp:
        """Return the stamp of a beginning, the day in force standing in for a missing one."""
        written, state = begun.written, self._state
        if written is None:
            raise ValueError("a stamp is read from a beginning that bears a time")
        stamp = to_stamp(written, state.day, self._zone)
        if written.day is None and state.guessed:
            stamp = replace(stamp, day_is_guess=True)
        if written.day is not None or state.last is None:
            return stamp
        return nearest(stamp, state.last, state)

    def _open(self, index: int, begun: Beginning) -> None:
        """Begin an entry at a stamped line."""
        self._waiting = None
        stamp = self._stamp(begun)
        title, author = begun.title, begun.author
        skip = begun.written.end if begun.written and begun.style is not Style.HEADING else 0
        if self._state.shared:
            author, title, skip = sign_of(begun, skip)
        self._opened.append(Opened(index, self._state, title, author, stamp, skip))
        self._plan, self._quiet_level = False, 0
        table = self._state.table if is_row(self._lines[index]) else None
        self._state = self._state.begun(stamp, begun.level, table)

    def _wait(self, index: int, begun: Beginning, *, title: bool) -> None:
        """Let a heading wait for content of its own; a day in it is in force at once."""
        state = self._state
        stamp = None
        if begun.written is not None:
            stamp = self._stamp(begun)
            self._state = state.timed(stamp, declared=True)
        title = title and not (begun.written is not None and begun.written.start <= 1)
        self._waiting = Waiting(index, state, begun, title, stamp)
        self._quiet_level = 0
        self._plan = is_plan(begun.title)
        self._state = self._state._replace(titled=True)

    def _confirm(self, *, report: bool) -> None:
        """Let the waiting heading begin its entry."""
        waiting = self._waiting
        if waiting is None:
            return
        stamp, state = waiting.stamp, self._state
        if stamp is None and state.declared:
            stamp = Stamp(
                datetime.combine(state.day, datetime.min.time(), self._zone), has_time=False
            )
        title, author = waiting.begun.title, None
        if state.shared and not waiting.title:
            author, title = owner_of(title)
        self._opened.append(Opened(waiting.at, waiting.state, title, author, stamp))
        self._waiting = None
        self._state = state._replace(
            opened=True,
            head_level=waiting.begun.level,
            head_time=instant_of(stamp),
            report=report,
            table=None,
        )

    def _content(self, index: int, line: str) -> None:
        """Take a line that begins nothing: it may tell the time of, or confirm, the heading above."""
        waiting = self._waiting
        if waiting is None:
            self._late_field(index, line)
            return
        if self._quiet_level and instructs(line):
            self._waiting = None
        if waiting.title and not waiting.dated and has_ruled_blocks(self._lines, index):
            self._waiting = None
        if self._quiet_level or is_rule(line) or _HINT.match(line[:PREFIX]):
            return
        field = time_field(line)
        if field is not None and index - waiting.at <= _HEADER_LINES:
            self._field_time(line[:PREFIX], field, waiting)
            return
        if waiting.title and waiting.dated and is_field(line):
            return
        if not waiting.title or waiting.dated:
            self._confirm(report=waiting.title)

    def _field_time(self, line: str, at: int, waiting: Waiting) -> None:
        written = match_time(line, at)
        if written is None:
            return
        stamp = self._stamp(Beginning(Style.LINE, "", written))
        self._state = self._state.timed(stamp, declared=True)
        if waiting.stamp is None or not waiting.stamp.has_time:
            waiting.stamp = stamp
        waiting.dated = True
        if stamp.has_time or not waiting.title:
            self._confirm(report=waiting.title)

    def _late_field(self, index: int, line: str) -> None:
        """Read a ``Timestamp:`` line within, or at the beginning of, an entry without a time."""
        field = time_field(line)
        written = None if field is None else match_time(line[:PREFIX], field)
        if written is None or written.clock is None:
            return
        begun = Beginning(Style.LINE, "", written)
        last = self._opened[-1] if self._opened else None
        if last is not None and index - last.at <= _HEADER_LINES and not last.is_timed:
            last.stamp = self._stamp(begun)
            self._state = self._state.timed(last.stamp, declared=True)
        elif written.day is not None and (index == 0 or not self._lines[index - 1].strip(" \t-")):
            self._open(index, begun)
