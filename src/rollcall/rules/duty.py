"""Whether proof is due from an agent now, and for how long it was not.

Time off duty is intervals, from the store and from working hours; what is counted against an agent
is the watched time outside them. When duty returns, a clock begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rollcall.rules.watched import Gap

EVERYBODY = "*"
_FOREVER = timedelta(days=3650)


class DutyState(StrEnum):
    """Where an agent stands; when several hold, the first of this order is said."""

    RETIRED = "retired"
    PAUSED = "paused"
    STANDBY = "standby"
    SHUT_DOWN = "shut down"
    STOPPED = "team stopped"
    OFF_HOURS = "off hours"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Away:
    """An interval off duty, ``end`` excluded and None while it lasts; ``reason`` is for people."""

    start: datetime
    end: datetime | None
    state: DutyState
    reason: str

    def covers(self, instant: datetime) -> bool:
        """Tell whether the instant lies in the interval."""
        return self.start <= instant and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True)
class Duty:
    """An agent's duty at one instant.

    ``since`` is when this state began, None when it was ever so; ``until`` when it ends as far as
    is known; ``aways`` are all intervals off duty that were given, in order.
    """

    state: DutyState = DutyState.ON
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""
    aways: tuple[Away, ...] = ()

    @property
    def is_on(self) -> bool:
        """Tell whether proof and answers are due."""
        return self.state is DutyState.ON

    def gaps(self, now: datetime, *, extended_by: timedelta = timedelta(0)) -> list[Gap]:
        """Return the time off duty as gaps, each longer by ``extended_by`` after duty returned."""
        return [
            Gap(away.start, now + _FOREVER if away.end is None else away.end + extended_by)
            for away in self.aways
        ]


ALWAYS = Duty()
"""The duty of an agent with no intervals off duty."""


def find_duty(aways: Iterable[Away], now: datetime, *, retired: bool = False) -> Duty:
    """Return an agent's duty at ``now`` from its intervals off duty."""
    ordered = tuple(sorted(aways, key=lambda one: (one.start, one.end is None, one.state.value)))
    covering = [one for one in ordered if one.covers(now)]
    if retired:
        return Duty(DutyState.RETIRED, reason="retired", aways=ordered)
    if covering:
        order = list(DutyState)
        shown = min(covering, key=lambda one: order.index(one.state))
        return Duty(
            shown.state,
            since=min(one.start for one in covering),
            until=_find_return(ordered, now),
            reason=shown.reason,
            aways=ordered,
        )
    ended = [one.end for one in ordered if one.end is not None and one.end <= now]
    coming = [one.start for one in ordered if one.start > now]
    return Duty(
        since=max(ended, default=None),
        until=min(coming, default=None),
        aways=ordered,
    )


def _find_return(ordered: Sequence[Away], now: datetime) -> datetime | None:
    """Return when no interval covers any more, or None when that is not known."""
    reached = now
    for away in ordered:
        if away.start <= reached and (away.end is None or away.end > reached):
            if away.end is None:
                return None
            reached = away.end
    return reached
