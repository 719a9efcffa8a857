"""How far a long reading is: told to who listens, kept in the store for who asks, ended when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from rollcall.boundary import boundary
from rollcall.clock import Clock
from rollcall.errors import ReadingStopped
from rollcall.pacing import paced
from rollcall.store import marks
from rollcall.store.database import Database

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Reading:
    """How many of the sources that are to be read have been."""

    done: int
    total: int

    def say(self) -> str:
        """Say it in words: ``reading 120 of 3000 sources``."""
        return f"reading {self.done} of {self.total} sources"


class Progress:
    """Follows what is read, in the thread that reads; ``stop`` may come from anywhere."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Follow nothing yet."""
        self._database = database
        self._clock = clock
        self._listeners: list[Callable[[str], None]] = []
        self._is_stopped = False
        self._is_kept = True  # perhaps, by one that was killed

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with a line every few seconds of a long reading, and at its end."""
        self._listeners.append(listener)

    def stop(self) -> None:
        """Have the reading end after the source that it is at; what was read stays read."""
        self._is_stopped = True

    def follow(self, sources: Sequence[_Item]) -> Iterator[_Item]:
        """Give each source in turn. Raises ReadingStopped where somebody asked for that."""
        total, begun_s = len(sources), self._clock.monotonic()
        spoken: list[int] = []

        def note(done: int) -> None:
            spoken.append(done)
            self._note(Reading(done, total))

        try:
            for done, source in enumerate(paced(sources, self._clock, note)):
                if self._is_stopped:
                    raise ReadingStopped(Reading(done, total).say())
                yield source
            if spoken:
                self._tell(f"read {total} sources in {self._clock.monotonic() - begun_s:.0f} s")
        finally:
            self._forget()

    def _note(self, reading: Reading) -> None:
        with self._database.write() as session:
            marks.set_mark(session, marks.READING, f"{reading.done} {reading.total}")
        self._is_kept = True
        self._tell(reading.say())

    def _forget(self) -> None:
        if self._is_kept:
            with self._database.write() as session:
                marks.set_mark(session, marks.READING, None)
            self._is_kept = False

    def _tell(self, words: str) -> None:
        for listener in self._listeners:
            # Whoever listens may be gone, as a terminal or the end of a pipe.
            with boundary("telling how far a reading is", _keep_quiet):
                listener(words)


def read_reading(session: Session) -> Reading | None:
    """Return how far a long reading is, None where none goes on; of one killed it says so still."""
    kept = marks.get_mark(session, marks.READING)
    if kept is None:
        return None
    done, _, total = kept.partition(" ")
    return Reading(int(done), int(total))


def _keep_quiet(_subject: str, _text: str) -> None:
    """Leave it at the line in the log."""
