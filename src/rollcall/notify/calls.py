"""Calls to the world outside, each waited for so long and no longer.

Libraries for HTTP bound each operation, such as one read, and not the whole: whoever sends a byte now
and then holds the caller for ever. A thread cannot be ended from outside, so a call that takes too
long is left behind with its thread, which ends when the other side lets go.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from rollcall.boundary import answer_with
from rollcall.errors import DeliveryFailed

MOST_LEFT = 4

_Result = TypeVar("_Result")


class NotAnswered(DeliveryFailed):
    """A call did not end in time; what it was to do may have been done, or be done later."""


class Calls:
    """Makes calls, each on a thread of its own."""

    def __init__(self, longest_s: float) -> None:
        """Wait at most ``longest_s`` for each call."""
        self._longest_s = longest_s
        self._left: dict[str, list[threading.Thread]] = defaultdict(list)

    def make(self, name: str, call: Callable[[], _Result]) -> _Result:
        """Return what a call returns, or raise what it raises; ``name`` is who is called.

        Raises ``NotAnswered`` for one that does not end in time, and ``DeliveryFailed`` without
        calling where ``MOST_LEFT`` earlier ones have not ended yet.
        """
        left = self._left[name] = [one for one in self._left[name] if one.is_alive()]
        if len(left) >= MOST_LEFT:
            raise DeliveryFailed(f"{name}: {MOST_LEFT} earlier calls have not ended yet")
        answer: Future[_Result] = Future()
        thread = threading.Thread(
            target=answer_with, args=(call, answer), name=f"calling {name}", daemon=True
        )
        thread.start()
        try:
            return answer.result(self._longest_s)
        except TimeoutError:
            if answer.done():
                return answer.result()
        left.append(thread)
        words = f"{name}: the call did not end within {self._longest_s:g} s"
        raise NotAnswered(words, perhaps_sent=True)
