"""Stores for tests that are not about how one is made: its tables are dear to make."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from rollcall.store.database import Database


@cache
def empty_store() -> bytes:
    """Return a store that was just made and closed; it is made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rollcall.db"
        database = Database(path)
        database.prepare(datetime(2026, 1, 5, tzinfo=UTC))
        database.close()
        return path.read_bytes()


def put_empty_store(path: Path) -> None:
    """Put an empty store where none is, as a daemon leaves it that found nothing to read."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(empty_store())
