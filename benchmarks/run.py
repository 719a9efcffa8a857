"""Figures of this machine, each as a ratio to a baseline in the same run: ``make bench``.

1. An agent's append until its entry is committed, against a bare watchdog event followed by one
   SQLite commit of the same size.
2. A deadline until its row stands in the blockers log.
3. An idle sweep of many files, against reading and scanning every byte of them.
4. A round of work among ten agents, and among ten thousand.
5. Reading, against a bare scan and a Markdown parser, and how it grows with the length of a line.
"""

from __future__ import annotations

import os
import re
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from watchdog.events import FileModifiedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from benchmarks import first_reading, many_agents, reading_speed
from rollcall.clock import SystemClock
from rollcall.daemon import Daemon
from rollcall.lock import WorkLock
from rollcall.wiring import Works, build_works
from rollcall.worker import work_once
from rollcall.workspace import find_workspace

APPENDS = 40
DEADLINES = 8
IDLE_FILES, IDLE_KB, IDLE_SWEEPS = 1_000, 100, 9
YOUNG_S = 2.5
PAUSE_S = 0.5  # a file is quiet 200 ms after the last look at it, and its closing is looked at too


def main() -> None:
    """Run every benchmark and print one line each."""
    print(f"{'what':42} {'p50':>10} {'p99':>10} {'baseline p50':>13} {'ratio':>9}")
    _print("append -> committed", *measure_appends())
    _print("deadline -> row in the log", measure_deadlines(), None)
    idle, scan = measure_idle_sweep()
    _print(f"idle sweep, {IDLE_FILES:,} files x {IDLE_KB} KB", idle, scan)
    first_reading.main()
    many_agents.main()
    reading_speed.main()


def measure_appends() -> tuple[list[float], list[float]]:
    """Return the seconds from each append to the commit of its entry, and those of bare events.

    They take turns, so that what else the machine does slows both.
    """
    ours: list[float] = []
    bare: list[float] = []
    with _appending() as append, _appending_bare() as append_bare:
        for number in range(1, APPENDS + 1):
            for one, figures in ((append, ours), (append_bare, bare)):
                time.sleep(PAUSE_S)  # noqa: TID251 - the pace of the measurement
                figures.append(_timed(partial(one, number)))
    return ours, bare


@contextmanager
def _appending() -> Iterator[Callable[[int], None]]:
    """Give a function that appends an entry and waits for its commit, through the real daemon."""
    with _workspace() as root:
        path = root / "feedback" / "mara.md"
        path.write_text(_entry(0), encoding="utf-8")
        works = _build(root, "feedback.cadence=1h")
        with _running(works):
            database = sqlite3.connect(root / ".rollcall" / "rollcall.db", isolation_level=None)
            _wait(lambda: _count(database), above=0)

            def append(number: int) -> None:
                with path.open("a", encoding="utf-8") as file:
                    file.write(_entry(number))
                _wait(lambda: _count(database), above=number)

            yield append
            database.close()


@contextmanager
def _appending_bare() -> Iterator[Callable[[int], None]]:
    """Give a function that appends and waits for one commit in a handler that does nothing else."""
    with _workspace() as root:
        path = root / "feedback" / "mara.md"
        path.write_text(_entry(0), encoding="utf-8")
        handler = _Committing(root / "bare.db")
        observer = Observer()
        observer.schedule(handler, str(path.parent), event_filter=[FileModifiedEvent])
        observer.start()

        def append(number: int) -> None:
            handler.done.clear()
            with path.open("a", encoding="utf-8") as file:
                file.write(_entry(number))
            handler.done.wait(5)

        yield append
        observer.stop()
        observer.join()


def measure_deadlines() -> list[float]:
    """Return the seconds from a deadline to its blocker's row in the log."""
    with _workspace() as root:
        for number in range(DEADLINES):
            (root / "feedback" / f"agent{number}.md").write_text(_entry(number), encoding="utf-8")
        allowed = timedelta(seconds=2)
        works = _build(root, "feedback.cadence=1s", "feedback.grace=1s")
        log = root / "docs" / "blockers-log.md"
        with _running(works):
            _wait(lambda: _rows(log), above=DEADLINES - 1, longest_s=20)
            done = datetime.now(UTC)  # noqa: TID251 - what is measured is the wall clock
            with sqlite3.connect(root / ".rollcall" / "rollcall.db") as database:
                since = database.execute("SELECT since FROM agents").fetchall()
            database.close()
    return [(done - datetime.fromisoformat(one) - allowed).total_seconds() for (one,) in since]


def measure_idle_sweep() -> tuple[list[float], list[float]]:
    """Return the seconds of sweeps with nothing new, and of scanning every byte instead."""
    with _workspace() as root:
        line = "- Updated `src/parser.py`: reads the header first; pytest: 12 passed, 0 failed\n"
        entry = "## 2026-01-05T10:00Z — step {}\n" + line * 100
        text = "".join(entry.format(number) for number in range(IDLE_KB * 1024 // len(entry)))
        for number in range(IDLE_FILES):
            path = root / "feedback" / f"agent{number}.md"
            path.write_text(text, encoding="utf-8")
            os.utime(path, (1_767_600_000, 1_767_600_000))
        works = _build(root, "feedback.cadence=1h")
        lock = WorkLock(works.workspace.state_dir)
        lock.acquire()
        work_once(works)
        time.sleep(YOUNG_S)  # noqa: TID251 - a file that was just written is looked at again
        work_once(works)
        pattern = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
        files = sorted((root / "feedback").iterdir())
        idle, scan = [], []
        for _ in range(IDLE_SWEEPS):  # in turns, so that what else the machine does slows both
            idle.append(_timed(lambda: works.pipeline.sweep(works.clock.now())))
            scan.append(_timed(lambda: [pattern.findall(one.read_text("utf-8")) for one in files]))
        lock.release()
        works.close()
    return idle, scan


class _Committing(FileSystemEventHandler):
    """The least that could be done at an event: one row, committed."""

    def __init__(self, path: Path) -> None:
        self.done = threading.Event()
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("CREATE TABLE events (at TEXT)")
        self._database.commit()

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._database.execute("INSERT INTO events VALUES (?)", (str(event.src_path),))
        self._database.commit()
        self.done.set()


@contextmanager
def _workspace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        root = Path(name)
        (root / "feedback").mkdir()
        yield root


@contextmanager
def _running(works: Works) -> Iterator[None]:
    lock = WorkLock(works.workspace.state_dir)
    lock.acquire()
    daemon = Daemon(works, {})
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        yield
    finally:
        daemon.stop()
        thread.join()
        works.close()
        lock.release()


def _build(root: Path, *overrides: str) -> Works:
    workspace = find_workspace(root, workspace=root, overrides=overrides)
    return build_works(workspace, SystemClock(), {})


def _entry(number: int) -> str:
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")  # noqa: TID251 - an agent's own clock
    return f"\n## {stamp} — step {number}\n- Updated `src/parser.py`; pytest: {number + 1} passed\n"


def _count(database: sqlite3.Connection) -> int:
    try:
        return int(database.execute("SELECT count(*) FROM entries").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _rows(log: Path) -> int:
    return log.read_text(encoding="utf-8").count("| B-") if log.exists() else 0


def _wait(look: Callable[[], int], *, above: int, longest_s: float = 10.0) -> int:
    until = time.perf_counter() + longest_s
    while time.perf_counter() < until:
        seen = look()
        if seen > above:
            return seen
        time.sleep(0.0005)  # noqa: TID251 - the measurement's own resolution
    raise SystemExit(f"nothing came in {longest_s} s")


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _print(what: str, figures: list[float], baseline: list[float] | None) -> None:
    p50 = statistics.median(figures)
    p99 = sorted(figures)[max(0, round(len(figures) * 0.99) - 1)]
    line = f"{what:42} {p50 * 1000:8.1f}ms {p99 * 1000:8.1f}ms"
    if baseline is not None:
        base = statistics.median(baseline)
        line += f" {base * 1000:11.1f}ms {_say_ratio(p50, base):>9}"
    print(line, flush=True)


def _say_ratio(figure: float, baseline: float) -> str:
    """Say how many times the baseline, or what part of it."""
    return f"{figure / baseline:.2f}" if figure * 10 > baseline else f"1/{baseline / figure:.0f}"


if __name__ == "__main__":
    main()
