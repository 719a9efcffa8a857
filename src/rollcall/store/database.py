"""The database: SQLite in WAL, one transaction for each thing that must happen whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache
from sqlmodel import Session

from rollcall.errors import StoreUnusable
from rollcall.ownership import explain_refusal
from rollcall.store.migrations import is_current, migrate, shipped_migrations

BUSY_TIMEOUT_MS = 15_000
_COMPILED: LRUCache[object, object] = LRUCache(500)


class AlikeDialect(SQLiteDialect_pysqlite):
    """SQLite's, equal to every other of its kind: what one database compiled serves the next.

    Compiling is the dearest part of a short life, and a cache of compiled statements is keyed by the
    dialect.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AlikeDialect)

    def __hash__(self) -> int:
        return hash(AlikeDialect)


registry.register("sqlite.alike", __name__, "AlikeDialect")


class Database:
    """A workspace's database; ``path`` None keeps it in memory, for a replay."""

    def __init__(self, path: Path | None) -> None:
        """Open without touching the disk; ``prepare`` makes the folder and the tables."""
        self.path = path
        self._engine = _make_engine(path)
        self._idle: list[Connection] = []

    def prepare(self, now: datetime) -> None:
        """Bring the tables to this version's form.

        Raises StoreUnusable for a database that is damaged, unreachable, or newer than we are.
        """
        steps = shipped_migrations()
        try:
            # Whoever only looks must not wait for a writer.
            with self._begin("DEFERRED") as connection:
                if is_current(connection, steps):
                    return
            with self._begin("IMMEDIATE") as connection:
                migrate(connection, steps, now)
        except DatabaseError as error:
            raise StoreUnusable(explain_unusable(self.path, error.orig)) from error

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session in one transaction that holds the write lock from its beginning."""
        with self._begin("IMMEDIATE") as connection, Session(bind=connection) as session:
            yield session
            session.flush()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one state of the database throughout."""
        with self._begin("DEFERRED") as connection, Session(bind=connection) as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()

    @contextmanager
    def _begin(self, mode: str) -> Iterator[Connection]:
        # Taking one from the engine's pool and giving it back costs more than a short transaction.
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            with connection.begin():
                _begin_as_asked(connection, mode)
                yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)


def explain_unusable(path: Path | None, error: object) -> str:
    """Say why a database cannot be used, and what to do: a lack of rights is no damage."""
    for place in () if path is None else (path, path.parent):
        refusal = explain_refusal(place)
        if refusal is not None:
            return f"the database cannot be used: {refusal}"
    return f"{path}: the database cannot be used ({error}); move it away to begin anew, or restore a copy"


def _make_engine(path: Path | None) -> Engine:
    options: dict[str, Any] = {
        "connect_args": {"check_same_thread": False},
        "execution_options": {"compiled_cache": _COMPILED},
    }
    if path is None:
        engine = create_engine("sqlite+alike://", poolclass=StaticPool, **options)
    else:
        engine = create_engine(f"sqlite+alike:///{path}", **options)
    event.listen(engine, "connect", _set_up_connection)
    return engine


def _set_up_connection(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions begin late and upgrade in the middle; ours begin as asked.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_as_asked(connection: Connection, mode: str) -> None:
    statement = f"BEGIN {mode}"
    try:
        connection.connection.cursor().execute(statement).close()
    except sqlite3.Error as error:
        raise OperationalError(statement, None, error) from error
