"""Someone's decision not to be told about matching blockers until a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rollcall.model import Blocker
from rollcall.rules.words import say_instant


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which blockers a silence is for: of these kinds and these agents, each empty for all."""

    kinds: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()

    def matches(self, blocker: Blocker) -> bool:
        """Tell whether a blocker is meant."""
        kind_fits = not self.kinds or blocker.kind.value in self.kinds
        return kind_fits and (not self.agents or blocker.agent in self.agents)

    def __str__(self) -> str:
        kinds = ", ".join(self.kinds) or "blockers of every kind"
        return f"{kinds} of {', '.join(self.agents) or 'every agent'}"


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence: what it matches, by whom and why, and its end, which does not belong to it."""

    id: str
    matcher: Matcher
    by: str
    comment: str
    start: datetime
    until: datetime

    def say(self) -> str:
        """Return the silence in one line."""
        comment = f" ({self.comment})" if self.comment else ""
        return f"silenced by {self.by} until {say_instant(self.until)}{comment}, {self.id}"


def find_silence(blocker: Blocker, silences: Iterable[Silence]) -> str | None:
    """Say which silence matches a blocker, the one that lasts longest, or None."""
    found = [one for one in silences if one.matcher.matches(blocker)]
    return max(found, key=lambda one: (one.until, one.id)).say() if found else None
