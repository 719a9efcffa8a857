"""The calls that sinks have not answered yet, at most one for each, so that one delays no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rollcall.notify.calls import Calling, Calls

Land = Callable[[Calling[Any]], None]


class UnderWay:
    """Begins calls, waits for each a moment, and has the others landed when they have ended.

    Used by one thread, which also lands them: what comes of a call is recorded by no other.
    """

    def __init__(self, longest_s: float, moment_s: float) -> None:
        """Let no call last longer than ``longest_s``, and delay the next by at most ``moment_s``."""
        self._calls = Calls(longest_s)
        self._moment_s = moment_s
        self._callings: dict[str, tuple[Calling[Any], Land]] = {}

    @property
    def names(self) -> set[str]:
        """Return the sinks that have not answered yet."""
        return set(self._callings)

    def begin(self, name: str, call: Callable[[], object], land: Land) -> None:
        """Call a sink that is not being called, and land it here if it answers within a moment."""
        calling = self._calls.begin(name, call)
        if calling.is_over(self._moment_s):
            land(calling)
        else:
            self._callings[name] = calling, land

    def land(self) -> None:
        """Land what has ended, or may not last any longer."""
        for name, (calling, land) in list(self._callings.items()):
            if calling.is_over():
                del self._callings[name]
                land(calling)

    def wait(self, wait_s: float) -> bool:
        """Wait for a while for a call that is under way; False where there is none."""
        for calling, _ in self._callings.values():
            calling.is_over(wait_s)
            return True
        return False
