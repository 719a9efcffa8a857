"""Long work says every few seconds how far it is; the usual short work says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rollcall.clock import Clock

SILENT_S = 2.0
EVERY_S = 5.0

_Item = TypeVar("_Item")


def paced(items: Sequence[_Item], clock: Clock, note: Callable[[int], None]) -> Iterator[_Item]:
    """Give each item in turn, and ``note`` every few seconds how many were given before it."""
    next_s = clock.monotonic() + SILENT_S
    for done, item in enumerate(items):
        now_s = clock.monotonic()
        if now_s >= next_s:
            note(done)
            next_s = now_s + EVERY_S
        yield item
