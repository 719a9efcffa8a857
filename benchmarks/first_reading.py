"""What the first reading of many files costs, each in a transaction of its own: processor time.

Half of the files are feedback with six entries, half are requests to the agent before. The baseline
reads the same files and commits one row for each.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rollcall.clock import ManualClock
from rollcall.wiring import build_works
from rollcall.workspace import find_workspace

FILES = 1_000
ENTRIES = 6
NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


def main() -> None:
    """Print one line: milliseconds of processor time for a file, and for one of the baseline."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        root = Path(name)
        paths = _write_files(root)
        works = build_works(find_workspace(root, workspace=root), ManualClock(NOW), {})
        works.pipeline.begin(NOW, NOW + timedelta(seconds=10))
        begin = time.process_time()
        done = works.pipeline.sweep(NOW)
        figure = (time.process_time() - begin) / FILES * 1000
        works.close()
        assert done.read == FILES, f"{done.read} of {FILES} files were read"
        begin = time.process_time()
        _commit_each(paths, root / "bare.db")
        base = (time.process_time() - begin) / FILES * 1000
    what = f"first reading, {FILES:,} files, processor"
    print(f"{what:42} {figure:8.1f}ms {'':10} {base:11.2f}ms {figure / base:9.0f}", flush=True)


def _write_files(root: Path) -> list[Path]:
    (root / "feedback").mkdir()
    (root / "bot_chat").mkdir()
    paths = []
    for number in range(FILES):
        if number % 2:
            path = root / "bot_chat" / f"agent{number}-to-agent{number - 1}-schema{number}.md"
            head = f"from: agent{number}\nto: agent{number - 1}\nkind: request"
            text = f"---\n{head}\n---\nCan you send me schema {number}?\n"
        else:
            path = root / "feedback" / f"agent{number}.md"
            text = "".join(_entry(one) for one in range(ENTRIES))
        path.write_text(text, encoding="utf-8")
        seconds = (NOW - timedelta(minutes=20)).timestamp()
        os.utime(path, (seconds, seconds))
        paths.append(path)
    return paths


def _entry(number: int) -> str:
    at = NOW - timedelta(minutes=60 - 5 * number)
    return (
        f"\n## {at:%Y-%m-%dT%H:%MZ} — parser {number}\n"
        f"- Updated `src/parser.py`; pytest: {number + 1} passed\n- next: the lexer\n"
    )


def _commit_each(paths: list[Path], path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE files (name TEXT, content BLOB)")
        for one in paths:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO files VALUES (?, ?)", (one.name, one.read_bytes()))
            database.execute("COMMIT")


if __name__ == "__main__":
    main()
