"""What judgement says: a condition that holds or will, and what to do about a blocker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rollcall.model import Blocker, BlockerKind
from rollcall.rules.watched import Gap, watched_deadline


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that stops work from ``due`` on, for as long as the facts stay as they are.

    ``key`` names it (``proof:mara``); ``phase`` changes when its text must be told anew (an
    acknowledgement that is missing becomes an answer that is); ``group`` names what shares one
    message; ``why`` is the arithmetic of ``due`` in words.
    """

    key: str
    kind: BlockerKind
    agent: str
    due: datetime
    description: str
    why: str
    phase: str = ""
    owner: str | None = None
    evidence: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Open a blocker for a condition that holds and has none."""

    condition: Condition
    level: int


@dataclass(frozen=True, slots=True)
class Change:
    """Write a blocker's new text; nobody is told."""

    blocker: Blocker
    condition: Condition


@dataclass(frozen=True, slots=True)
class Escalate:
    """Raise a blocker to a level."""

    blocker: Blocker
    level: int
    why: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close a blocker whose condition has ended."""

    blocker: Blocker
    resolution: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """Remind an agent, in its own inbox, once per gap; ``since`` is where its gap began."""

    agent: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Wake:
    """End the rest of a condition that a hand had resolved."""

    key: str


Decision = Open | Change | Escalate | Close | Nudge | Wake


@dataclass(frozen=True, slots=True)
class Rest:
    """A condition resolved by hand while it held: it rests until it ends once, or ``until``.

    ``phase`` is the one that it was in.
    """

    key: str
    until: datetime
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the store about one subject: open blockers with their phases, and rests."""

    blockers: Sequence[Blocker] = ()
    phases: Mapping[str, str] = field(default_factory=dict)
    rests: Sequence[Rest] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do now about one subject, and when to look again (None: when something changes)."""

    decisions: tuple[Decision, ...] = ()
    next_check_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels: how long after its opening a blocker reaches each."""

    afters: tuple[timedelta, ...]

    def level_at(self, opened: datetime, now: datetime, gaps: Sequence[Gap] = ()) -> int:
        """Return the highest level that has been reached; 0 before the first."""
        return sum(watched_deadline(opened, after, gaps) <= now for after in self.afters)

    def next_at(self, opened: datetime, level: int, gaps: Sequence[Gap] = ()) -> datetime | None:
        """Return when the level after ``level`` is reached, or None above the last."""
        if level >= len(self.afters):
            return None
        return watched_deadline(opened, self.afters[level], gaps)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is judged, what was not watched before, and the ladder in force."""

    now: datetime
    ladder: Ladder
    gaps: Sequence[Gap] = ()


def earliest(instants: Iterable[datetime | None]) -> datetime | None:
    """Return the first of the instants that are known, or None."""
    return min((instant for instant in instants if instant is not None), default=None)
