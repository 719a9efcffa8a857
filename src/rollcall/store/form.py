"""The form of a database on disk, compared with the one that this version makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rollcall.store.migrations import shipped_migrations

_NAMES = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^'"


@dataclass(frozen=True, slots=True)
class StoreForm:
    """The form of a database: the steps it lacks, those it knows and we do not, or an error.

    ``lacking`` and ``foreign`` are tables, columns (``table.column``) and indexes that its steps
    make and it has not, and those that it has and no step makes.
    """

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    error: str | None = None


def read_store_form(path: Path) -> StoreForm:
    """Say which form a database has, without changing it, and whether it is sound."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            verdict = str(found.execute("PRAGMA quick_check(1)").fetchone()[0])
            done = {str(row[0]) for row in found.execute("SELECT name FROM migrations")}
            parts = _parts(found)
    except sqlite3.Error as error:
        return StoreForm(error=f"{path}: the database cannot be used ({error})")
    if verdict != "ok":
        return StoreForm(error=f"{path}: the database is damaged: {verdict}")
    steps = {step.name: step.sql for step in shipped_migrations()}
    made = _made_by({name: sql for name, sql in steps.items() if name in done})
    return StoreForm(
        missing=tuple(name for name in steps if name not in done),
        unknown=tuple(sorted(done - steps.keys())),
        lacking=tuple(sorted(made - parts)),
        foreign=tuple(sorted(parts - made)),
    )


def _made_by(steps: Mapping[str, str]) -> set[str]:
    """Return what these steps make, by taking them in memory."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute("CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)")
        for sql in steps.values():
            fresh.executescript(sql)
        return _parts(fresh)


def _parts(connection: sqlite3.Connection) -> set[str]:
    named = connection.execute(_NAMES).fetchall()
    columns = {
        f"{table}.{column}"
        for kind, table in named
        if kind == "table"
        for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    }
    return columns | {str(name) for _, name in named}
