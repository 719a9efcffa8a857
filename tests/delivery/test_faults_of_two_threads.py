"""A fault that one thread shows while another looks at the faults ends when its cause does."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, event

from delivery.desk import NOON
from rollcall.clock import ManualClock
from rollcall.sink_standing import Standing
from rollcall.store.database import Database
from rollcall.store.marks import list_faulty


def test_a_stall_shown_while_dead_letters_are_looked_at_ends_with_the_answer(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    database = Database(tmp_path / "rollcall.db")
    database.prepare(clock.now())
    standing = Standing(database, ["slack"], clock)
    standing.begin()
    standing.begin_call("slack", clock.now())
    clock.advance(timedelta(minutes=3))
    worker = threading.Thread(target=standing.note_stall, args=(clock.now(),))
    is_shown = threading.Event()

    def show_the_stall(*asked: object) -> None:
        if "SELECT faults.subject \nFROM" in str(asked[2]) and not worker.is_alive():
            worker.start()
            assert is_shown.wait(5)  # it waits for its turn to write

    def note_connection(*_connected: object) -> None:
        if threading.current_thread() is worker:
            is_shown.set()

    event.listen(Engine, "before_cursor_execute", show_the_stall)
    event.listen(Engine, "engine_connect", note_connection)
    try:
        standing.look_at_dead_letters(clock.now())
        worker.join()
    finally:
        event.remove(Engine, "before_cursor_execute", show_the_stall)
        event.remove(Engine, "engine_connect", note_connection)
    with database.read() as session:
        assert list_faulty(session) == {"sink:slack"}

    standing.recover("slack")

    with database.read() as session:
        assert list_faulty(session) == set()
    database.close()
