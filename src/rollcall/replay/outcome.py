"""What a replay came to: the blockers, and who would have been told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rollcall.model import Blocker, Transition
from rollcall.store.tallies import Told

COUNTED = (Transition.OPENED, Transition.ESCALATED, Transition.REPEATED, Transition.CLOSED)
"""The transitions whose notices are counted apart."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would have been opened, raised, closed and told from ``begin`` to ``end``.

    ``aside`` says, one line each, which settings could not be replayed.
    """

    begin: datetime
    end: datetime
    agents: tuple[str, ...]
    entries: int
    blockers: tuple[Blocker, ...]
    told: tuple[Told, ...]
    aside: tuple[str, ...] = ()

    @property
    def by_sink(self) -> dict[str, int]:
        """Return how many notices each sink took."""
        return count_by_sink(self.told)

    def minutes_open(self, blockers: Sequence[Blocker]) -> float:
        """Return for how long blockers were open within the replay, in minutes."""
        spans = ((one.closed or self.end) - one.opened for one in blockers)
        return round(sum(spans, timedelta(0)) / timedelta(minutes=1), 1)

    def as_json(self) -> dict[str, object]:
        """Return the form that ``rollcall replay --json`` prints."""
        return {
            "from": _text(self.begin),
            "to": _text(self.end),
            "agents": len(self.agents),
            "entries": self.entries,
            "blockers": [
                {
                    "kind": one.kind.value,
                    "agent": one.agent,
                    "opened": _text(one.opened),
                    "closed": None if one.closed is None else _text(one.closed),
                    "level": one.level,
                }
                for one in self.blockers
            ],
            "notices": {**count_told(self.told), "by_sink": self.by_sink},
            "left_aside": list(self.aside),
        }


def count_told(told: Sequence[Told]) -> dict[str, int]:
    """Return how many notices there are of each transition in ``COUNTED``, and of all others.

    A notice of what joined a storm tells of openings.
    """
    counts = Counter(one.transition for one in told)
    counts[Transition.OPENED] += counts.pop(Transition.JOINED, 0)
    named = {what.value: counts.pop(what, 0) for what in COUNTED}
    return {**named, "other": counts.total()}


def count_by_sink(told: Iterable[Told]) -> dict[str, int]:
    """Return how many notices each sink took, by its name."""
    return dict(sorted(Counter(one.sink for one in told).items()))


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
