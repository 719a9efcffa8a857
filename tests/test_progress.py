"""A long reading says how far it is, to who listens and to who asks, and ends when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rollcall.clock import ManualClock
from rollcall.errors import ReadingStopped
from rollcall.progress import Progress, Reading, read_reading
from rollcall.store import marks
from rollcall.store.database import Database

NOW = datetime(2026, 2, 7, 9, tzinfo=UTC)
SOURCES = [f"feedback/agent-{number}.md" for number in range(20)]


class Desk:
    """A reader of sources that takes its time for each, and who listens to it."""

    def __init__(self, path: Path) -> None:
        self.clock = ManualClock(NOW)
        self.database = Database(path)
        self.database.prepare(NOW)
        self.progress = Progress(self.database, self.clock)
        self.said: list[str] = []
        self.progress.listen(self.said.append)

    def read(self, *, each_s: float) -> None:
        for _ in self.progress.follow(SOURCES):
            self.clock.advance(timedelta(seconds=each_s))

    def kept(self) -> Reading | None:
        with self.database.read() as session:
            return read_reading(session)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "rollcall.db")
    yield made
    made.database.close()


def test_a_short_reading_says_nothing(desk: Desk) -> None:
    desk.read(each_s=0.1)
    assert desk.said == []


def test_a_long_one_says_how_far_it_is_every_few_seconds_and_its_end(desk: Desk) -> None:
    desk.read(each_s=0.5)
    assert desk.said == [
        "reading 4 of 20 sources",
        "reading 14 of 20 sources",
        "read 20 sources in 10 s",
    ]


def test_who_asks_meanwhile_is_told_and_afterwards_nothing(desk: Desk) -> None:
    asked = []
    for _ in desk.progress.follow(SOURCES):
        asked.append(desk.kept())
        desk.clock.advance(timedelta(seconds=1))
    assert asked[:8] == [None, None, *[Reading(2, 20)] * 5, Reading(7, 20)]
    assert desk.kept() is None


def test_what_a_killed_one_left_is_forgotten_by_the_next(desk: Desk) -> None:
    with desk.database.write() as session:
        marks.set_mark(session, marks.READING, "3 20")
    assert desk.kept() == Reading(3, 20)
    desk.read(each_s=0)
    assert desk.kept() is None


def test_it_ends_after_the_source_at_which_it_is_told_to(desk: Desk) -> None:
    given = desk.progress.follow(SOURCES)
    assert [next(given), next(given)] == SOURCES[:2]
    desk.progress.stop()
    with pytest.raises(ReadingStopped, match="reading 2 of 20 sources"):
        next(given)
    assert desk.kept() is None


def test_a_listener_that_is_gone_stops_nothing(desk: Desk) -> None:
    def gone(_words: str) -> None:
        raise BrokenPipeError

    desk.progress.listen(gone)
    desk.read(each_s=0.5)
    assert len(desk.said) == 3
