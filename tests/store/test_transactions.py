"""Transactions on connections that are kept: each begins anew, whatever became of the one before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from rollcall.store import database as module
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.tables import AgentRow

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)


def _write_half(session: Session) -> None:
    marks.set_mark(session, "first", "half done")
    session.add(AgentRow(slug="mara", since=NOW))
    session.flush()
    session.connection().execute(text("INSERT INTO agents (slug) VALUES ('mara')"))


def test_a_transaction_that_failed_leaves_nothing_to_the_next_one(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        _write_half(session)
    with database.write() as session:
        marks.set_mark(session, "second", "done")
    with database.read() as session:
        assert marks.get_mark(session, "first") is None
        assert marks.get_mark(session, "second") == "done"


def test_one_may_read_what_was_before_while_another_transaction_writes(tmp_path: Path) -> None:
    database = Database(tmp_path / "rollcall.db")
    database.prepare(NOW)
    with database.write() as writing:
        marks.set_mark(writing, "first", "not yet")
        with database.read() as session:
            assert marks.get_mark(session, "first") is None
    with database.read() as session:
        assert marks.get_mark(session, "first") == "not yet"
    database.close()


def test_what_the_session_holds_is_written_before_a_question_is_put(database: Database) -> None:
    with database.write() as session:
        session.add(AgentRow(slug="mara", since=NOW))
        marks.mark_changed(session, ["agent:mara"], NOW)
        session.get_one(AgentRow, "mara").retired = True
        assert marks.due_subjects(session, NOW) == ["agent:mara"]
    with database.read() as session:
        assert session.get_one(AgentRow, "mara").retired


def test_a_database_that_another_holds_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 1)
    database = Database(tmp_path / "rollcall.db")
    database.prepare(NOW)
    with closing(sqlite3.connect(tmp_path / "rollcall.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), database.write():
            pass
        other.execute("ROLLBACK")
    with database.write() as session:
        marks.set_mark(session, "later", "done")
    database.close()
