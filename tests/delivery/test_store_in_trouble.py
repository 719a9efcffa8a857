"""A store that cannot be written for a while: what was sent is not sent again, and nothing hangs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from delivery.desk import NOON, Desk, open_blockers
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt
from rollcall.store import database as databases
from rollcall.store.database import Database

LONG = "long words " * 2000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rollcall.db"


@pytest.fixture
def desk(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(databases, "BUSY_TIMEOUT_MS", 20)
    database = Database(path)
    database.prepare(NOON)
    with database.write() as session:
        open_blockers(session)
    yield Desk(database)
    database.close()


class Locked:
    """Another connection that holds the write lock from within a sink's call until it is let go."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def take(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        self.connection.execute("ROLLBACK")
        self.connection.close()


class Full:
    """A disk without room for one more page."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def take(self) -> None:
        with self.database.write() as session:
            run = session.connection().exec_driver_sql
            run("CREATE TABLE IF NOT EXISTS filler (words TEXT)")
            pages = int(run("PRAGMA page_count").scalar() or 0)
            run(f"PRAGMA max_page_count = {pages}")
        size = 4000
        while size:
            try:
                with self.database.write() as session:
                    words = "x" * size
                    session.connection().exec_driver_sql(f"INSERT INTO filler VALUES ('{words}')")
            except DatabaseError:
                size //= 2

    def let_go(self) -> None:
        with self.database.write() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 1073741823")


def in_the_middle(
    desk: Desk, trouble: Callable[[], None], monkeypatch: pytest.MonkeyPatch, *, takes: bool
) -> None:
    """Have the trouble begin while the sink has the next notice, which it takes or does not."""
    deliver = desk.sink.deliver

    def with_trouble(notice: Notice, root: Receipt | None) -> Receipt:
        monkeypatch.undo()
        monkeypatch.setattr(databases, "BUSY_TIMEOUT_MS", 20)
        receipt = deliver(notice, root) if takes else None
        trouble()
        # What is to be recorded needs pages of its own.
        if receipt is None:
            raise DeliveryFailed(f"cannot be reached {LONG}")
        return Receipt(receipt.sink, {**receipt.data, "more": LONG})

    monkeypatch.setattr(desk.sink, "deliver", with_trouble)


@pytest.mark.parametrize("takes", [True, False])
@pytest.mark.parametrize("kind", ["locked", "full"])
def test_what_could_not_be_recorded_is_recorded_first_when_the_store_can_be_written(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, *, takes: bool
) -> None:
    trouble = Locked(path) if kind == "locked" else Full(desk.database)
    desk.post(1)
    desk.post(2)
    in_the_middle(desk, trouble.take, monkeypatch, takes=takes)
    for _ in range(3):
        with pytest.raises(DatabaseError):
            desk.deliverer.deliver_all()
    assert desk.texts() == (["1 opened"] if takes else [])
    trouble.let_go()
    desk.deliverer.deliver_all()
    desk.pass_time(seconds=5)
    assert desk.texts() == ["1 opened", "2 opened"]
    assert desk.fates() == [("1 opened", "sent"), ("2 opened", "sent")]
    desk.close(1)
    desk.deliverer.deliver_all()
    assert desk.texts()[2:] == ["1 closed"]


@pytest.mark.parametrize("kind", ["locked", "full"])
def test_a_restart_while_the_store_cannot_be_written_sends_nothing_twice(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    trouble = Locked(path) if kind == "locked" else Full(desk.database)
    desk.post(1)
    in_the_middle(desk, trouble.take, monkeypatch, takes=True)
    with pytest.raises(DatabaseError):
        desk.deliverer.deliver_all()
    with suppress(DatabaseError):
        desk.begin()
        desk.deliverer.deliver_all()
    assert desk.texts() == ["1 opened"]
    trouble.let_go()
    desk.begin()
    desk.deliverer.deliver_all()
    assert (desk.texts(), desk.fates()) == (["1 opened"], [("1 opened", "sent")])


def test_while_the_store_cannot_be_written_nothing_is_sent(desk: Desk, path: Path) -> None:
    trouble = Locked(path)
    desk.post(1)
    trouble.take()
    with pytest.raises(DatabaseError):
        desk.deliverer.deliver_all()
    assert desk.sink.tried == []
    trouble.let_go()
    desk.deliverer.deliver_all()
    assert desk.texts() == ["1 opened"]


def test_a_reader_for_a_long_time_delays_nothing(desk: Desk, path: Path) -> None:
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM events").fetchone() == (0,)
    desk.post(1)
    desk.deliverer.deliver_all()
    assert reader.execute("SELECT count(*) FROM events").fetchone() == (0,)
    reader.execute("ROLLBACK")
    reader.close()
    assert desk.fates() == [("1 opened", "sent")]
