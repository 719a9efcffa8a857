"""When a sink that forgets must be told again of everything that is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rollcall.notify.added_sink import AddedSink
from rollcall.notify.sink import Sink


class Renewals:
    """Remembers, in one process life, when each such sink was last told of all that is open."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}

    def take_due(self, sinks: Iterable[Sink], now: datetime) -> list[str]:
        """Return the sinks whose time has come, and count them as told; at first all of them."""
        due = []
        for sink in sinks:
            every = sink.refresh_every if isinstance(sink, AddedSink) else None
            last = self._last.get(sink.name)
            if every is not None and (last is None or not last <= now < last + every):
                self._last[sink.name] = now
                due.append(sink.name)
        return due
