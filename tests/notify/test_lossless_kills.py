"""A kill at any step of a rewrite, and any order of steps, loses, doubles and tears nothing."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections import Counter
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notify.log_writers import NOW, rewrite
from rollcall.notify.blockers_log import BlockersLog
from rollcall.parse.blockers_log import find_region

STEPS = {"open", "fcntl.fcntl", "os.link", "os.rename", "os.remove", "os.utime", "os.chown"}
MOST_STEPS = 400
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(
            ("open", "append", "half", "close", "by name", "rewrite", "poll", "restart")
        ),
        st.integers(0, 2),
    ),
    max_size=40,
)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_a_kill_before_any_step_of_a_rewrite_loses_and_doubles_nothing(tmp_path: Path) -> None:
    expected = Counter([b"one\n", b"late\n", b"half\n", b"direct\n"])
    kills = 0
    for step in range(MOST_STEPS):
        killed, lines = _kill_one_rewrite(tmp_path / str(step), step)
        assert (step, lines) == (step, expected)
        if not killed:
            break
        kills += 1

    assert 30 < kills < MOST_STEPS


@settings(max_examples=60, deadline=None)
@given(ORDERS)
@example([("open", 0), ("half", 0), ("rewrite", 0), ("restart", 0), ("half", 0), ("poll", 0)])
@example([("open", 0), ("append", 0), ("rewrite", 0), ("close", 0), ("poll", 0), ("rewrite", 0)])
def test_any_order_of_appends_rewrites_and_restarts_keeps_every_line(
    order: list[tuple[str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        day = Day(Path(folder))
        for step, holder in order:
            day.take(step, holder)
        day.end()
        assert _appended(day.path) == Counter(day.lines)


class Day:
    """A log, three who may have it open, and every line that was written to it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "blockers-log.md"
        self.lines: list[bytes] = []
        self._state = folder / ".rollcall"
        self._files: dict[int, FileIO] = {}
        self._begun: dict[int, bytes] = {}
        self._rewrites = 1
        self._log = BlockersLog(self.path, self._state)
        rewrite(self._log, 1)

    def take(self, step: str, holder: int) -> None:
        match step:
            case "open" if holder not in self._files:
                self._files[holder] = FileIO(self.path, "a")
            case "append" if holder in self._files:
                self._append(self._files[holder], holder)
            case "half" if holder in self._files:
                self._append_half(holder)
            case "close" if holder in self._files:
                self._complete(holder)
                self._files.pop(holder).close()
            case "by name" if not self._begun:
                with FileIO(self.path, "a") as file:
                    file.write(self._new_line())
            case "rewrite":
                self._rewrites += 1
                rewrite(self._log, self._rewrites)
            case "poll":
                self._log.poll(now=NOW)
            case "restart":
                self._log = BlockersLog(self.path, self._state)

    def end(self) -> None:
        """Close everything and carry everything over."""
        for holder in list(self._files):
            self.take("close", holder)
        rewrite(self._log, self._rewrites + 1)
        _poll_to_the_end(self._log)

    def _new_line(self) -> bytes:
        line = b"line %d\n" % len(self.lines)
        self.lines.append(line)
        return line

    def _append(self, file: FileIO, holder: int) -> None:
        self._complete(holder)
        if not self._begun:
            file.write(self._new_line())

    def _append_half(self, holder: int) -> None:
        """Begin a line, or end the one that was begun; one writer at a time, as files demand."""
        if holder in self._begun:
            self._complete(holder)
        elif not self._begun:
            line = self._new_line()
            self._files[holder].write(line[:3])
            self._begun[holder] = line[3:]

    def _complete(self, holder: int) -> None:
        if rest := self._begun.pop(holder, b""):
            self._files[holder].write(rest)


def _kill_one_rewrite(folder: Path, step: int) -> tuple[bool, Counter[bytes]]:
    """Kill a rewrite before its ``step``-th call outside, recover, and return what is there."""
    folder.mkdir()
    path = folder / "blockers-log.md"
    log = BlockersLog(path, folder / ".rollcall")
    rewrite(log, 1)
    with FileIO(path, "a") as holder:
        holder.write(b"one\n")
        rewrite(log, 2)
        holder.write(b"late\nha")
        killed = _is_killed(log, step)
        holder.write(b"lf\n")
    with FileIO(path, "a") as other:
        other.write(b"direct\n")
    again = BlockersLog(path, folder / ".rollcall")
    rewrite(again, 4)
    _poll_to_the_end(again)
    return killed, _appended(path)


def _is_killed(log: BlockersLog, step: int) -> bool:
    child = os.fork()
    if child == 0:
        _kill_before(step)
        rewrite(log, 3)
        for _ in range(3):
            log.poll(now=NOW)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _kill_before(step: int) -> None:
    """Have this process killed before the ``step``-th call that the interpreter audits."""
    calls = iter(range(MOST_STEPS * 10))

    def count(event: str, _arguments: object) -> None:
        if event in STEPS and next(calls) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _poll_to_the_end(log: BlockersLog) -> None:
    for _ in range(20):
        if not log.poll(now=NOW):
            return
    pytest.fail("replaced files are still kept though nobody has them open")


def _appended(path: Path) -> Counter[bytes]:
    content = path.read_bytes()
    region = find_region(content, where=str(path))
    assert region is not None
    return Counter(content[region.end :].splitlines(keepends=True))
