"""The team stops: everybody on duty has fallen silent, so it is one incident and not many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rollcall.rules.watched import Gap, watched_deadline
from rollcall.rules.words import say_instant

STOPS_AFTER = timedelta(hours=1)
LEAST_AGENTS = 2


@dataclass(frozen=True, slots=True)
class Silence:
    """One agent on duty, and since when it has written nothing: no proof and no other entry."""

    agent: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TeamStop:
    """The whole team is silent; ``since`` is its last word."""

    since: datetime
    agents: tuple[str, ...]
    reason: str


def find_stop(
    silences: Sequence[Silence],
    gaps: Sequence[Gap],
    now: datetime,
    allowed: Callable[[str], timedelta] = lambda _agent: STOPS_AFTER,
) -> TeamStop | datetime | None:
    """Return the stop of a team, or when it would be one if nobody wrote, or None for no team.

    One agent alone is no team: its silence is an alarm however long it lasts. Nor has a team stopped
    while one of it may still be silent: ``allowed`` is an agent's cadence + grace.
    """
    if len(silences) < LEAST_AGENTS:
        return None
    last = max(one.since for one in silences)
    newest: dict[timedelta, datetime] = {}
    for one in silences:
        span = max(STOPS_AFTER, allowed(one.agent))
        newest[span] = max(one.since, newest.get(span, one.since))
    due = max(watched_deadline(since, span, gaps) for span, since in newest.items())
    if due > now:
        return due
    agents = tuple(sorted(one.agent for one in silences))
    reason = f"all {len(agents)} agents on duty are silent since {say_instant(last)}"
    return TeamStop(last, agents, reason)
