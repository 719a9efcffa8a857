"""Cut an entry out of its file: where it began or may begin, its text, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from rollcall.model import Entry, Stamp
from rollcall.parse.beginnings import Beginning
from rollcall.parse.evidence import judge
from rollcall.parse.feedback_state import Progress
from rollcall.parse.json_logs import spell_out
from rollcall.parse.markdown import PREFIX, is_conflict_marker, may_hold_conflict
from rollcall.parse.rows import is_row, spell_row
from rollcall.parse.sections import is_report
from rollcall.parse.timestamps import match_time


@dataclass(slots=True)
class Opened:
    """An entry that began at index ``at``, and ends before index ``end``.

    ``state`` is the reader's before its first line; ``skip`` is where in that line the words after
    the stamp begin.
    """

    at: int
    state: Progress
    title: str
    author: str | None
    stamp: Stamp | None
    skip: int = 0
    end: int = 0

    @property
    def is_timed(self) -> bool:
        """Tell whether the file itself gives its time of day, not only the file's name."""
        if self.stamp is None or not self.stamp.has_time:
            return False
        return self.stamp.at.replace(tzinfo=None).isoformat() != self.state.named


@dataclass(slots=True)
class Waiting:
    """A heading that begins an entry only once content of its own follows."""

    at: int
    state: Progress
    begun: Beginning
    title: bool
    stamp: Stamp | None
    dated: bool = False

    @property
    def awaits_sections(self) -> bool:
        """Tell whether it is the title of one report, with its date below it."""
        return self.title and self.dated and is_report(self.begun.title)


def make_entry(lines: Sequence[str], opened: Opened, base: int) -> Entry:
    """Make the entry that begins at ``opened``; line ``base`` of the file is the first of ``lines``."""
    written = lines[opened.at : opened.end]
    text = "\n".join(map(str.rstrip, written)).rstrip()
    if may_hold_conflict(text):
        body = (line.rstrip() for line in written if not is_conflict_marker(line))
        text = "\n".join(body).rstrip()
    last = opened.end
    while last > opened.at + 1 and not lines[last - 1].strip():
        last -= 1
    first = " ".join(lines[opened.at][:PREFIX].split())
    said = spelled(lines[opened.at : last], opened.author)
    shown = judge(said, base + opened.at, opened.skip)
    return Entry(
        base + opened.at,
        base + last - 1,
        opened.title,
        _hash(first),
        _hash(text),
        opened.stamp,
        opened.author,
        shown.evidence,
        shown.fallback,
        _without_stamp(shown.blocked_on),
    )


def spelled(lines: Sequence[str], author: str | None) -> Sequence[str]:
    """Return an entry's lines with its row of a table, or its JSON object, put in sentences."""
    if is_row(lines[0]):
        return [spell_row(lines[0], author), *lines[1:]]
    return [spell_out(line) for line in lines] if lines[0].startswith("{") else lines


def _without_stamp(statement: str | None) -> str | None:
    """Return what blocks without the stamp of the heading that says it."""
    written = None if statement is None else match_time(statement, 0)
    if statement is None or written is None or written.start != 0:
        return statement
    return statement[written.end :].lstrip(" \t:|\u2014\u2013-])") or statement


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
