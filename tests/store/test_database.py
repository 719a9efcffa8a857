"""The database: its form, its times, its migrations."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, SQLModel

from rollcall.errors import StoreUnusable
from rollcall.store import log_tables, request_tables, sending_tables, tables
from rollcall.store.database import Database
from rollcall.store.migrations import Migration, migrate, shipped_migrations
from rollcall.store.types import from_text, to_text

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)


def shape_of(session: Session) -> dict[str, list[tuple[str, str, bool]]]:
    inspector = inspect(session.connection())
    return {
        name: [
            (c["name"], str(c["type"]), bool(c["nullable"])) for c in inspector.get_columns(name)
        ]
        for name in inspector.get_table_names()
        if name != "migrations"
    }


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(database: Database) -> None:
    with database.read() as session:
        migrated = shape_of(session)
        inspector = inspect(session.connection())
        indexes = {i["name"] for name in migrated for i in inspector.get_indexes(name)}
    tied = (
        tables.MessageRow,
        request_tables.LinkRow,
        log_tables.LogEditRow,
        sending_tables.UntoldRow,
    )
    assert {one.__tablename__ for one in tied} <= set(migrated)
    fresh = Database(None)
    with fresh.write() as session:
        SQLModel.metadata.create_all(session.connection())
        assert shape_of(session) == migrated
        inspector = inspect(session.connection())
        assert {i["name"] for name in migrated for i in inspector.get_indexes(name)} == indexes
    fresh.close()


def test_a_file_is_in_wal_with_foreign_keys_and_patience(tmp_path: Path) -> None:
    database = Database(tmp_path / "rollcall.db")
    database.prepare(NOW)
    with database.read() as session:
        pragmas = [
            session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert pragmas == ["wal", 1, 15_000]


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(tables.Placement(source_id=9, start=1, end=2, entry_id=9))


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as session:
            session.add(tables.Meta(key="a", value="b"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.read() as session:
        assert session.get(tables.Meta, "a") is None


def test_times_are_kept_in_utc_and_come_back_aware(database: Database) -> None:
    written = datetime(2026, 1, 5, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-6)))
    with database.write() as session:
        session.add(tables.AgentRow(slug="mara", since=written))
    with database.read() as session:
        row = session.get_one(tables.AgentRow, "mara")
        raw = session.connection().execute(text("SELECT since FROM agents")).scalar()
    assert row.since == written
    assert row.since.tzinfo is UTC
    assert raw == "2026-01-05T14:00:00.123456Z"


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises((StatementError, ValueError), match="aware"), database.write() as session:
        session.add(tables.AgentRow(slug="mara", since=datetime(2026, 1, 5)))  # noqa: DTZ001 - the point


def test_text_of_times_sorts_as_the_times_do() -> None:
    times = [
        NOW,
        NOW + timedelta(microseconds=1),
        NOW + timedelta(seconds=1),
        NOW.replace(year=999),
    ]
    assert sorted(map(to_text, times)) == [to_text(one) for one in sorted(times)]
    assert [from_text(to_text(one)) for one in times] == times


def test_preparing_twice_applies_nothing_twice(tmp_path: Path) -> None:
    database = Database(tmp_path / "rollcall.db")
    database.prepare(NOW)
    with database.write() as session:
        assert migrate(session.connection(), shipped_migrations(), NOW) == []
    database.close()


def test_a_step_and_its_record_are_one_transaction(tmp_path: Path) -> None:
    path = tmp_path / "rollcall.db"
    database = Database(path)
    database.prepare(NOW)
    broken = (*shipped_migrations(), Migration("0099-broken", "CREATE TABLE half (a);\nNO SQL;\n"))
    with pytest.raises(Exception, match="syntax error"), database.write() as session:
        migrate(session.connection(), broken, NOW)
    database.close()
    left = sqlite3.connect(path)
    names = {row[0] for row in left.execute("SELECT name FROM migrations")}
    made = left.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone()
    left.close()
    assert names == {one.name for one in shipped_migrations()}
    assert made == (0,)


def test_a_database_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "rollcall.db"
    database = Database(path)
    database.prepare(NOW)
    with database.write() as session:
        session.connection().execute(text("INSERT INTO migrations VALUES ('0999-later', 'x')"))
    with pytest.raises(StoreUnusable, match=r"newer Rollcall.*'0999-later'"):
        database.prepare(NOW)
    database.close()


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "rollcall.db"
    path.write_text("this is no database, whatever its name says\n" * 50)
    database = Database(path)
    with pytest.raises(StoreUnusable, match=r"rollcall\.db: the database cannot be used"):
        database.prepare(NOW)
    database.close()


def test_one_condition_has_at_most_one_open_blocker(database: Database) -> None:
    def blocker(closed: datetime | None = None) -> tables.BlockerRow:
        return tables.BlockerRow(
            kind="missing proof",
            condition="proof:mara",
            subject="agent:mara",
            agent="mara",
            level=1,
            status="open",
            opened=NOW,
            description="x",
            closed=closed,
        )

    with database.write() as session:
        session.add_all([blocker(closed=NOW), blocker(closed=NOW), blocker()])
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(blocker())
