"""No line that others append is lost, torn or doubled, whatever is done to the log meanwhile."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from notify import log_writers
from notify.log_writers import NOW, lines_of, pause, rewrite
from rollcall.notify.blockers_log import BlockersLog
from rollcall.parse.blockers_log import find_region

pytestmark = [
    pytest.mark.waits,
    pytest.mark.timeout(300),  # their writers are many processes; on a busy machine that takes long
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning"),
]
REWRITES = 40
KILLS = 8
WRITERS = {
    "keeps-open": log_writers.append_keeping_open,
    "opens-each-time": log_writers.append_opening_each_time,
    "dawdles": log_writers.append_dawdling,
    "opens-too": log_writers.append_opening_each_time,
}
_fork = multiprocessing.get_context("fork")


def test_four_writers_lose_nothing_while_the_log_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "blockers-log.md"
    log = BlockersLog(path, tmp_path / ".rollcall")
    rewrite(log, 1)
    writers = Writers(path, WRITERS)

    rewritten = 0
    while writers.are_writing(until=rewritten >= REWRITES):
        rewritten += rewrite(log, rewritten + 2).written
        log.poll(now=NOW)
        pause(0.01)

    _poll_to_the_end(log)
    assert rewritten >= REWRITES
    assert _appended(path) == _expected(WRITERS)


def test_a_killed_rewriter_loses_doubles_and_tears_nothing(tmp_path: Path) -> None:
    path = tmp_path / "blockers-log.md"
    rewrite(BlockersLog(path, tmp_path / ".rollcall"), 1)
    writers = Writers(path, WRITERS)

    chance, kills, highest = random.Random(7), 0, 1
    while writers.are_writing(until=kills >= KILLS and highest > REWRITES):
        # Not locked: whoever is killed with a lock in hand keeps it.
        done = _fork.RawValue("i", 0)
        worker = _start(log_writers.rewrite_until_killed, path, tmp_path / ".rollcall", done)
        # Counted in rewrites: on a busy machine a life of some milliseconds is over before one.
        enough = chance.randint(0, 6)
        while done.value < enough and worker.is_alive():
            pause(0.001)
        pause(chance.uniform(0.0, 0.03))
        worker.kill()
        worker.join()
        kills += worker.exitcode == -signal.SIGKILL
        highest = BlockersLog(path, tmp_path / ".rollcall").highest_id()

    log = BlockersLog(path, tmp_path / ".rollcall")
    rewrite(log, highest + 1)
    _poll_to_the_end(log)
    assert (kills >= KILLS, highest > REWRITES) == (True, True)
    assert _appended(path) == _expected(WRITERS)


def test_lines_written_in_halves_are_carried_over_whole(tmp_path: Path) -> None:
    path = tmp_path / "blockers-log.md"
    log = BlockersLog(path, tmp_path / ".rollcall")
    rewrite(log, 1)
    halves = {"halves": log_writers.append_in_halves}
    writers = Writers(path, halves)

    rewritten = 0
    while writers.are_writing(until=rewritten >= REWRITES):
        rewritten += rewrite(log, rewritten + 2).written
        log.poll(now=NOW)

    _poll_to_the_end(log)
    assert _appended(path) == _expected(halves)


class Writers:
    """Processes that append; they hold their last lines back until enough was done to the log."""

    def __init__(self, path: Path, appends: Mapping[str, Callable[..., None]]) -> None:
        self._enough = _fork.Event()
        self._processes = [
            _start(append, path, name, self._enough) for name, append in appends.items()
        ]

    def are_writing(self, *, until: bool) -> bool:
        """Tell whether any still writes; let them come to their end once ``until`` holds."""
        if until:
            self._enough.set()
        assert {process.exitcode for process in self._processes} <= {None, 0}
        return any(process.is_alive() for process in self._processes)


def _start(target: Callable[..., None], *args: object) -> BaseProcess:
    process = _fork.Process(target=target, args=args, daemon=True)
    process.start()
    return process


def _poll_to_the_end(log: BlockersLog) -> None:
    for _ in range(100):
        if not log.poll(now=NOW):
            return
    pytest.fail("replaced files are still kept though nobody has them open")


def _appended(path: Path) -> Counter[bytes]:
    """Return every line outside the region and the title, with how often it stands there."""
    content = path.read_bytes()
    region = find_region(content, where=str(path))
    assert region is not None
    assert content[: region.start] == b"# Blockers log\n\n"
    return Counter(content[region.end :].splitlines(keepends=True))


def _expected(names: Iterable[str]) -> Counter[bytes]:
    return Counter(line for name in names for line in lines_of(name))
