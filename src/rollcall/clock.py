"""The only code that asks for the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time: ``now`` in aware UTC, ``monotonic`` in seconds that never go back."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; a suspended host or a set clock does not move it."""
        ...


class SystemClock:
    """The host's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the host's monotonic seconds."""
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told: for tests, the demo and replay."""

    def __init__(self, start: datetime) -> None:
        """Begin at ``start``, which must be aware."""
        if start.tzinfo is None:
            raise ValueError("ManualClock needs an aware datetime, e.g. datetime(..., tzinfo=UTC)")
        self._now = start.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds by which the clock was advanced."""
        return self._monotonic

    def advance(self, step: timedelta) -> datetime:
        """Move forward by ``step`` and return the new instant."""
        self._now += step
        self._monotonic += step.total_seconds()
        return self._now

    def set(self, instant: datetime) -> None:
        """Set the wall clock as an administrator would: monotonic seconds do not move."""
        self._now = instant.astimezone(UTC)
