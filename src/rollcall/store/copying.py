"""A copy of the store to try things on, made without a trace beside the store itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rollcall.errors import StoreUnusable


def copy_database(path: Path, to: Path) -> None:
    """Copy a workspace's database as it stands now, also while a daemon writes to it.

    Raises StoreUnusable for one that is damaged.
    """
    # Without its journal nobody has it open, and SQLite would leave a new one beside it; see
    # https://www.sqlite.org/wal.html#read_only_databases.
    in_use = path.with_name(f"{path.name}-wal").exists()
    mode = "mode=ro" if in_use else "immutable=1"
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as source,
            closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreUnusable(f"{path}: the database cannot be used ({error})") from error
