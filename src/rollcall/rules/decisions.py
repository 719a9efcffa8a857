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
    acknowledgement that is missing becomes an answer that is), and what follows its first line when
    only the text changes; ``group`` names what shares one message; ``why`` is the arithmetic of
    ``due`` in words. ``held`` says why it is nobody's business now, as when its agent's duty ended:
    it opens nothing, and an open blocker is put on hold, whatever ``due``. ``inhibited`` names what
    stands for it: it opens nothing and climbs no further.
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
    held: str | None = None
    inhibited: str | None = None


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
class Repeat:
    """Tell of a blocker again: it is still open, and nobody has acknowledged it."""

    blocker: Blocker
    why: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Put a blocker on hold: no levels, no repeats, no notices."""

    blocker: Blocker
    why: str


@dataclass(frozen=True, slots=True)
class Release:
    """End a blocker's hold: its ladder goes on at its level."""

    blocker: Blocker
    why: str


@dataclass(frozen=True, slots=True)
class Unsnooze:
    """End a blocker's snooze, its time being over or its state another; it is at ``level`` now."""

    blocker: Blocker
    level: int
    why: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close a blocker whose condition has ended; ``quiet``: nobody is told."""

    blocker: Blocker
    resolution: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Retire:
    """Expect nothing of an agent any more until it writes."""

    agent: str
    why: str


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


Decision = (
    Open | Change | Escalate | Repeat | Hold | Release | Unsnooze | Close | Nudge | Wake | Retire
)


@dataclass(frozen=True, slots=True)
class Rest:
    """A condition resolved by hand while it held: it rests until it ends once, or ``until``.

    ``phase`` is the one that it was in.
    """

    key: str
    until: datetime
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Someone's decision to hear no more of a blocker until a time, or until its phase is another."""

    until: datetime
    phase: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the store about one subject, by condition: open blockers, and rests.

    ``phases`` are the blockers' phases, ``told`` when each last was to be told, ``snoozes`` those
    of the snoozed.
    """

    blockers: Sequence[Blocker] = ()
    phases: Mapping[str, str] = field(default_factory=dict)
    rests: Sequence[Rest] = ()
    told: Mapping[str, datetime] = field(default_factory=dict)
    snoozes: Mapping[str, Snooze] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do now about one subject, and when to look again (None: when something changes).

    ``notes`` say what keeps a condition from being told, one line each; ``conditions`` are what was
    judged, for people who ask why.
    """

    decisions: tuple[Decision, ...] = ()
    next_check_at: datetime | None = None
    notes: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels: how long after its opening a blocker reaches each, and how often it is repeated.

    ``repeats`` holds, for each level, the pause before it is told again, or None for never.
    """

    afters: tuple[timedelta, ...]
    repeats: tuple[timedelta | None, ...] = ()

    def level_at(self, opened: datetime, now: datetime, gaps: Sequence[Gap] = ()) -> int:
        """Return the highest level that has been reached; 0 before the first."""
        return sum(watched_deadline(opened, after, gaps) <= now for after in self.afters)

    def next_at(self, opened: datetime, level: int, gaps: Sequence[Gap] = ()) -> datetime | None:
        """Return when the level after ``level`` is reached, or None above the last."""
        if level >= len(self.afters):
            return None
        return watched_deadline(opened, self.afters[level], gaps)

    def repeat_at(self, told: datetime, level: int, gaps: Sequence[Gap] = ()) -> datetime | None:
        """Return when a blocker of this level, last told of at ``told``, is told again, or None."""
        pause = self.repeats[level - 1] if 0 < level <= len(self.repeats) else None
        return None if pause is None else watched_deadline(told, pause, gaps)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is judged, and the ladders in force.

    ``ladders`` holds those of kinds of blockers that have one of their own. ``gaps`` is the time
    before that does not count for clocks, ``rests`` what besides does not count for the ladder.
    """

    now: datetime
    ladder: Ladder
    gaps: Sequence[Gap] = ()
    rests: Sequence[Gap] = ()
    ladders: Mapping[BlockerKind, Ladder] = field(default_factory=dict)

    def ladder_of(self, kind: BlockerKind) -> Ladder:
        """Return the ladder of a kind of blocker."""
        return self.ladders.get(kind, self.ladder)

    @property
    def ladder_gaps(self) -> tuple[Gap, ...]:
        """Return all time that the ladder does not count."""
        return (*self.gaps, *self.rests)


def earliest(instants: Iterable[datetime | None]) -> datetime | None:
    """Return the first of the instants that are known, or None."""
    return min((instant for instant in instants if instant is not None), default=None)
