"""The processes that work on one blockers log at the same time, for ``benchmarks.chaos_log``.

Writers append lines, an editor saves by rename, Rollcall rewrites. Each is a forked child that has
everything imported, so that a kill at once after its start already finds it at work.
"""

from __future__ import annotations

import ctypes
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rollcall.notify.blockers_log import BlockersLog, LogRow, LogWriting, Taking
from rollcall.notify.exchange import exchange
from rollcall.parse.blockers_log import Origin, Region

LINES_EACH = 10_000
APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT
NOW = datetime(2026, 2, 7, 14, 5, tzinfo=UTC)
OURS = b"| Open (level 1) |"
_STATUS = re.compile(rb"\| (?:Open \(level 1\)|edit \d{5}) \|")
_EDIT = re.compile(rb"\| edit (\d{5}) \|")

Allowance = Callable[[], int]
"""How many lines a writer may have written by now."""


@dataclass(frozen=True)
class Place:
    """Where a run takes place, and what its processes tell one another."""

    folder: Path
    rewrites: ctypes.c_long
    held_us: ctypes.c_long  # how long the editor had the content in its hands, in all

    @property
    def log(self) -> Path:
        """Return the log."""
        return self.folder / "docs" / "blockers-log.md"

    @property
    def noted(self) -> Path:
        """Return the file of the edits that Rollcall was shown."""
        return self.folder / "noted"

    def open(self) -> BlockersLog:
        """Return the log as a Rollcall that has just started has it."""
        return BlockersLog(self.log, self.folder / ".rollcall")

    def edits_noted(self) -> set[int]:
        """Return the edits that Rollcall was shown before it wrote over them."""
        return set(map(int, self.noted.read_text().split())) if self.noted.exists() else set()


class Keeper:
    """Notes in a file, which outlives a kill, the edits that are about to be written over."""

    def __init__(self, noted: Path) -> None:
        self._fd = os.open(noted, APPEND)
        self._number = 0

    def take(self, content: bytes, region: Region | None) -> Taking:
        """Note the edits in the file as it is."""
        del region
        for number in _EDIT.findall(content):
            os.write(self._fd, number + b"\n")
        return Taking()

    def begin_writing(self, rows: Sequence[LogRow]) -> Origin:
        """Give the writing a number."""
        del rows
        self._number += 1
        return Origin("0badc0de", self._number)


def lines_of(name: str) -> Iterator[bytes]:
    """Yield lines that differ in text and length: a torn one equals no other."""
    for number in range(LINES_EACH):
        yield f"| {name} | line {number:05} | {'x' * (number % 37)} |\n".encode()


def append_keeping_open(path: Path, name: str, allowed: Allowance) -> None:
    """Append all lines through one open file."""
    fd = os.open(path, APPEND)
    for line in _paced(name, allowed):
        os.write(fd, line)
    os.close(fd)


def append_opening_each_time(path: Path, name: str, allowed: Allowance) -> None:
    """Open, append one line, close, for each line."""
    for line in _paced(name, allowed):
        fd = os.open(path, APPEND)
        os.write(fd, line)
        os.close(fd)


def append_dawdling(path: Path, name: str, allowed: Allowance) -> None:
    """Open, dawdle now and then, append one line, close, for each line."""
    chance = random.Random(name)  # noqa: S311 - the same dawdling in each run
    for line in _paced(name, allowed):
        fd = os.open(path, APPEND)
        if chance.random() < 0.02:
            pause(chance.uniform(0, 0.02))
        os.write(fd, line)
        os.close(fd)


WRITERS = {
    "keeps-open": append_keeping_open,
    "opens-each-time": append_opening_each_time,
    "opens-too": append_opening_each_time,
    "opens-and-dawdles": append_dawdling,
}


def edit_when_ours_stands(place: Place, edits: int) -> None:
    """Edit our row and add a line, save by rename; the next edit once ours stands there again."""
    chance = random.Random(3)  # noqa: S311 - the same edits in each run
    for number in range(edits):
        while OURS not in (content := place.log.read_bytes()):
            pause(0.0002)
        _save(place, content, number, chance.choice((0.0, 0.0, 0.002)))


def edit_by_the_clock(place: Place, edits: int, every_s: float) -> None:
    """Edit, add a line, save by rename, after random times and whatever stands there."""
    chance = random.Random(5)  # noqa: S311 - the same edits in each run
    for number in range(edits):
        pause(chance.uniform(0, 2 * every_s))
        begun = time.perf_counter()
        _save(place, place.log.read_bytes(), number, chance.uniform(0, 0.01))
        place.held_us.value += round((time.perf_counter() - begun) * 1e6)


def rewrite_held_up(place: Place, pause_s: float) -> None:
    """Rewrite for ever, held up for up to 5 ms before each exchange of names and after it."""
    chance = random.Random(9)  # noqa: S311 - as good as any

    def hold_up(frame: FrameType, event: str, _argument: object) -> None:
        if frame.f_code is exchange.__code__ and event in {"call", "return"}:
            pause(chance.uniform(0, 0.005))

    sys.setprofile(hold_up)
    rewrite_for_ever(place, pause_s)


def rewrite_for_ever(place: Place, pause_s: float) -> None:
    """Rewrite and poll the log as the daemon does, until somebody kills this process."""
    log, keeper = place.open(), Keeper(place.noted)
    number = log.highest_id()
    while True:
        number += 1
        if rewrite(log, number, keeper).written:
            place.rewrites.value += 1
        log.poll(now=NOW)
        pause(pause_s)


def rewrite(log: BlockersLog, number: int, keeper: Keeper) -> LogWriting:
    """Show two rows: one that people edit, and one that is new each time."""
    known = [f"B-{one:04}" for one in range(number)]
    rows = [_row(1, 1), _row(number, 2)]
    return log.write(rows, "Watched since 09:00Z", now=NOW, known=known, keeper=keeper)


def editor_lines(edits: int) -> Iterator[bytes]:
    """Yield the lines an editor adds."""
    return (b"| editor | added %05d |\n" % number for number in range(edits))


def pause(seconds: float) -> None:
    """Let others work."""
    time.sleep(seconds)  # noqa: TID251 - the pace of the measurement


def _save(place: Place, content: bytes, number: int, think_s: float) -> None:
    new = place.folder / "docs" / "of-the-editor"
    added = b"| editor | added %05d |\n" % number
    pause(think_s)
    new.write_bytes(_STATUS.sub(b"| edit %05d |" % number, content, count=1) + added)
    new.rename(place.log)


def _paced(name: str, allowed: Allowance) -> Iterator[bytes]:
    """Yield a writer's lines as they are allowed, in bursts of random length."""
    chance = random.Random(name)  # noqa: S311 - the same bursts in each run
    burst = 0
    for number, line in enumerate(lines_of(name)):
        while number >= allowed():
            pause(0.001)
        if burst == 0:
            pause(chance.uniform(0, 0.003))
            burst = chance.randrange(1, 20)
        burst -= 1
        yield line


def _row(number: int, level: int) -> LogRow:
    return LogRow(
        id=f"B-{number:04}",
        opened="2026-02-07 14:05Z",
        agent="mara",
        description="No proof of work since 13:54Z",
        owner="—",
        status=f"Open (level {level})",
        resolution="—",
    )
