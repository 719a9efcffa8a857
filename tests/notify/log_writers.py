"""Processes that append to a log as agents do, and one that rewrites it until it is killed."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from ctypes import c_int
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path

from rollcall.notify.blockers_log import BlockersLog, LogRow, LogWriting

NOW = datetime(2026, 2, 7, 14, 5, tzinfo=UTC)
FOOTER = "Watched since 2026-02-07 09:00Z"
LINES_EACH = 10_000
LAST = 1_000
APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT


def row(number: int, description: str = "No proof of work since 13:54Z") -> LogRow:
    return LogRow(
        id=f"B-{number:04}",
        opened="2026-02-07 14:05Z",
        agent="mara",
        description=description,
        owner="—",
        status="Open (level 1)",
        resolution="—",
    )


def lines_of(name: str, enough: Event | None = None) -> Iterator[bytes]:
    """Yield lines that differ in text and length, so that a torn one equals no other.

    The last ones come only once ``enough`` has happened to the log.
    """
    for number in range(LINES_EACH):
        if enough and number == LINES_EACH - LAST:
            enough.wait()
        yield f"| {name} | line {number:05} | {'x' * (number % 37)} |\n".encode()


def append_keeping_open(path: Path, name: str, enough: Event) -> None:
    """Append all lines through one open file."""
    fd = os.open(path, APPEND)
    for number, line in enumerate(lines_of(name, enough)):
        os.write(fd, line)
        if number % 100 == 99:
            pause(0.01)
    os.close(fd)


def append_opening_each_time(path: Path, name: str, enough: Event) -> None:
    """Open, append one line, close, for each line."""
    for number, line in enumerate(lines_of(name, enough)):
        fd = os.open(path, APPEND)
        os.write(fd, line)
        os.close(fd)
        if number % 100 == 99:
            pause(0.01)


def append_dawdling(path: Path, name: str, enough: Event) -> None:
    """Open, dawdle, append one line, close, for each line; now and then dawdle for long."""
    for number, line in enumerate(lines_of(name, enough)):
        fd = os.open(path, APPEND)
        pause(0.03 if number % 500 == 499 else 0.00005)
        os.write(fd, line)
        os.close(fd)


def append_in_halves(path: Path, name: str, enough: Event) -> None:
    """Append one line in two writes through one open file, for each line."""
    fd = os.open(path, APPEND)
    for number, line in enumerate(lines_of(name, enough)):
        os.write(fd, line[:9])
        if number % 10 == 0:
            pause(0.0001)
        os.write(fd, line[9:])
        if number % 50 == 49:
            os.close(fd)
            fd = os.open(path, APPEND)
    os.close(fd)


def rewrite_until_killed(path: Path, state_dir: Path, done: c_int) -> None:
    """Rewrite and poll the log as the daemon does, for ever; count in ``done`` what was rewritten."""
    log = BlockersLog(path, state_dir)
    number = log.highest_id()
    while True:
        number += 1
        rewrite(log, number)
        done.value += 1
        log.poll(now=NOW)


def rewrite(log: BlockersLog, number: int) -> LogWriting:
    return log.write([row(number)], FOOTER, now=NOW, known=[f"B-{n:04}" for n in range(number)])


def pause(seconds: float) -> None:
    select.select([], [], [], seconds)
