"""The words of the morning's digest: plain lines, the oldest blocker first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rollcall.model import Blocker
from rollcall.notify.markdown import one_line
from rollcall.notify.render import MOST_CHARS, Words, say_age, say_standing, say_status
from rollcall.rules.words import say_duration, say_instant, say_time

MOST_BLOCKERS = 20
MOST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Morning:
    """Where things stand at ``now``, and what happened ``since`` the last digest.

    ``still`` are the open blockers, ``snoozed`` until when some of them are; ``away`` and
    ``silences`` are said already; ``gaps`` are intervals that nobody watched.
    """

    now: datetime
    since: datetime
    still: tuple[Blocker, ...] = ()
    opened: int = 0
    closed: int = 0
    root: str | None = None
    away: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()
    snoozed: Mapping[str, datetime] = field(default_factory=dict)
    backlog: int = 0
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Tell whether there is nothing to say: that somebody is off duty is no news by itself."""
        return not (self.still or self.opened or self.closed or self.root) and not (
            self.silences or self.gaps or self.faults
        )


def say_morning(morning: Morning) -> Words | None:
    """Say where things stand, in one line and the details; None where there is nothing to say."""
    if morning.is_quiet:
        return None
    oldest = sorted(morning.still, key=lambda one: (one.opened, one.id))
    count = "1 blocker is" if len(oldest) == 1 else f"{len(oldest) or 'No'} blockers are"
    span = say_age(oldest[0], morning.now) if oldest else ""
    longest = f", {'' if len(oldest) == 1 else 'the oldest '}for {span}" if oldest else ""
    happened = f"{morning.opened} opened and {morning.closed} resolved"
    text = f"{count} open{longest}; {happened} since {say_instant(morning.since)}."
    lines = [_say_blocker(one, morning) for one in oldest[:MOST_BLOCKERS]]
    if len(oldest) > MOST_BLOCKERS:
        lines.append(f"and {len(oldest) - MOST_BLOCKERS} more: rollcall blockers")
    return Words(text, tuple(_shorten(one) for one in (*lines, *_say_rest(morning))))


def _say_blocker(blocker: Blocker, morning: Morning) -> str:
    until = morning.snoozed.get(blocker.id)
    status = say_status(blocker)
    if until is not None:
        status = f"{status} until {say_time(until, morning.now)}"
    owner = f", owner {blocker.owner}" if blocker.owner else ", no owner"
    age = say_age(blocker, morning.now)
    return say_standing(blocker, f"{status}{owner}, for {age}", most=MOST_CHARS - 100)


def _say_rest(morning: Morning) -> list[str]:
    lines = [] if morning.root is None else [f"First: {morning.root}."]
    if morning.away:
        lines.append(f"Off duty: {_name(morning.away)}")
    lines += [f"Still {one}" for one in morning.silences[:MOST_OTHERS]]
    if morning.backlog:
        requests = "1 request" if morning.backlog == 1 else f"{morning.backlog} requests"
        lines.append(
            f"{requests} of before the first sight unanswered: rollcall blockers --backlog"
        )
    lines += [
        f"Not watched from {say_instant(start)} to {say_time(end, start)}"
        f" ({say_duration(end - start)})"
        for start, end in _most(morning.gaps)
    ]
    return [*lines, *(f"A fault of our own at {one}" for one in morning.faults[:MOST_OTHERS])]


def _most(
    gaps: Sequence[tuple[datetime, datetime]],
) -> list[tuple[datetime, datetime]]:
    """Return the longest gaps, in their order."""
    longest = sorted(gaps, key=lambda one: one[0] - one[1])[:MOST_OTHERS]
    return sorted(longest)


def _name(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_OTHERS])
    more = len(names) - MOST_OTHERS
    return f"{shown} and {more} more" if more > 0 else shown


def _shorten(text: str) -> str:
    return one_line(text, limit=MOST_CHARS)
