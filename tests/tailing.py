"""Shared by the tests of reading on: a file with set times, and readings of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rollcall.tail import Cursor, Tail, advance, read_tail

WRITTEN = datetime(2026, 2, 7, 14, 0, tzinfo=UTC)
LATER = WRITTEN + timedelta(minutes=1)
FIRST = "# mara\n\n## 14:00Z\n- parser: 12 passed\n"


def put(path: Path, data: str | bytes, at: datetime = WRITTEN) -> None:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    touch(path, at)


def add(path: Path, data: str, at: datetime = WRITTEN) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(data)
    touch(path, at)


def touch(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def read(path: Path, cursor: Cursor | None, now: datetime = LATER, *, deep: bool = False) -> Tail:
    return read_tail(path, cursor, now=now, deep=deep)


def first_cursor(path: Path, *, open_index: int = 2) -> Cursor:
    return advance(read(path, None), open_index=open_index, state="at mara's heading")
