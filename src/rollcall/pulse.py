"""The worker's pulse: that it works is told to a dead man's switch, that it stalls to the team.

A worker that hangs cannot say so. The delivery thread looks at when it last finished a round, by the
clock that stands still while the machine sleeps.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from rollcall.clock import Clock

STALLED_AFTER_S = 300.0


class Pulse:
    """When the worker last finished a round; it beats in one thread and is looked at in another."""

    def __init__(self, clock: Clock) -> None:
        """Begin as if a round had just been finished."""
        self._clock = clock
        self._beat_s = clock.monotonic()
        self._told_of_s: float | None = None
        self._fresh = False

    def beat(self) -> None:
        """Note that a round was finished."""
        self._beat_s = self._clock.monotonic()
        self._fresh = True

    def go_on(self) -> None:
        """Note that a long round goes on: it is no stall, and no healthy tick yet."""
        self._beat_s = self._clock.monotonic()

    def take(self) -> bool:
        """Tell whether a round was finished since this was last asked."""
        fresh, self._fresh = self._fresh, False
        return fresh

    def look(self, tell: Callable[[datetime, datetime], object]) -> None:
        """Tell once, since when and now, of a worker that has finished no round for five minutes."""
        stalled_s = self._clock.monotonic() - self._beat_s
        if stalled_s < STALLED_AFTER_S or self._told_of_s == self._beat_s:
            return
        now = self._clock.now()
        tell(now - timedelta(seconds=stalled_s), now)
        self._told_of_s = self._beat_s
