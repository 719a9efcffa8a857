"""From one instant at which something happens to the next one, never backwards and never for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

_MOST_ROUNDS = 5
_STEP = timedelta(seconds=1)


def step_through(
    begin: datetime,
    end: datetime,
    arrivals: Sequence[datetime],
    next_deadline: Callable[[], datetime | None],
) -> Iterator[datetime]:
    """Yield ``begin`` and then each instant that somebody must look at, in order.

    ``arrivals`` are in order, each after ``begin`` and at ``end`` at the latest. ``next_deadline``
    is asked after each step; a deadline counts before ``end``. What stays due though it was looked
    at again and again is looked at each second.
    """
    now, rounds = begin, 1
    yield now
    coming = iter(arrivals)
    upcoming = next(coming, None)
    while True:
        deadline = next_deadline()
        if deadline is not None:
            deadline = max(deadline, now if rounds < _MOST_ROUNDS else now + _STEP)
        if deadline is not None and deadline >= end:
            deadline = None
        following = min((at for at in (deadline, upcoming) if at is not None), default=None)
        if following is None:
            return
        rounds = rounds + 1 if following == now else 1
        now = following
        while upcoming is not None and upcoming <= now:
            upcoming = next(coming, None)
        yield now
