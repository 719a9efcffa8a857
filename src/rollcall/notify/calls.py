"""Calls to the world outside, each waited for so long and no longer.

Libraries for HTTP bound each operation, such as one read, and not the whole: whoever sends a byte now
and then holds the caller for ever. A thread cannot be ended from outside, so a call that takes too
long is left behind with its thread, which ends when the other side lets go.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

from rollcall.boundary import answer_with
from rollcall.clock import SystemClock
from rollcall.errors import DeliveryFailed

MOST_LEFT = 4
_CLOCK = SystemClock()  # what is waited for really passes, whatever clock is told to move

_Result = TypeVar("_Result")


class NotAnswered(DeliveryFailed):
    """A call did not end in time; what it was to do may have been done, or be done later."""


class Calling(Generic[_Result]):
    """One call on a thread of its own."""

    def __init__(self, name: str, longest_s: float) -> None:
        """Take who is called; nothing is yet."""
        self._name = name
        self._longest_s = longest_s
        self._begun_s = _CLOCK.monotonic()
        self._answer: Future[_Result] = Future()

    def begin(self, call: Callable[[], _Result]) -> threading.Thread:
        """Make the call and return its thread."""
        thread = threading.Thread(
            target=answer_with, args=(call, self._answer), name=f"calling {self._name}", daemon=True
        )
        thread.start()
        return thread

    def refuse(self, failure: DeliveryFailed) -> None:
        """Make no call: this is what comes of it."""
        self._answer.set_exception(failure)

    def is_over(self, wait_s: float = 0) -> bool:
        """Wait for a while, and tell whether it has ended or may not last any longer."""
        left_s = self._begun_s + self._longest_s - _CLOCK.monotonic()
        wait([self._answer], max(0.0, min(wait_s, left_s)))
        return self._answer.done() or left_s <= wait_s

    def result(self) -> _Result:
        """Return what the call returned, or raise what it raised; ``NotAnswered`` if it goes on."""
        if not self._answer.done():
            words = f"{self._name}: the call did not end within {self._longest_s:g} s"
            raise NotAnswered(words, perhaps_sent=True)
        return self._answer.result()


class Calls:
    """Makes calls, each on a thread of its own."""

    def __init__(self, longest_s: float) -> None:
        """Wait at most ``longest_s`` for each call."""
        self._longest_s = longest_s
        self._threads: dict[str, list[threading.Thread]] = {}

    def begin(self, name: str, call: Callable[[], _Result]) -> Calling[_Result]:
        """Begin a call; ``name`` is who is called.

        Where ``MOST_LEFT`` earlier ones have not ended yet, it is not made and fails.
        """
        calling: Calling[_Result] = Calling(name, self._longest_s)
        left = [one for one in self._threads.get(name, ()) if one.is_alive()]
        if len(left) < MOST_LEFT:
            left.append(calling.begin(call))
        else:
            calling.refuse(DeliveryFailed(f"{name}: {MOST_LEFT} earlier calls have not ended yet"))
        self._threads[name] = left
        return calling

    def make(self, name: str, call: Callable[[], _Result]) -> _Result:
        """Return what a call returns, or raise what it raises, ``NotAnswered`` if it lasts too long."""
        calling = self.begin(name, call)
        calling.is_over(self._longest_s)
        return calling.result()
