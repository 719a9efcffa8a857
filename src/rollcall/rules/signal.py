"""When a team stood by: the GO signal as it was seen, without its flutter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from rollcall.rules.duty import Away, DutyState

VANISHED_FOR = timedelta(minutes=2)
FLAPPING_WITHIN = timedelta(minutes=15)

_SAYS_STANDBY = "the GO signal says to stand by"
_IS_GONE = "the GO signal is gone"
_NEVER_WAS = "there is no GO signal yet"
_IS_FLAPPING = "the GO signal is flapping: it changed twice within 15 min"


class SignalState(StrEnum):
    """What was seen of the GO signal."""

    GO = "go"
    STANDBY = "standby"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of the GO signal at an instant; it holds until the next one."""

    at: datetime
    state: SignalState


@dataclass(frozen=True, slots=True)
class Standby:
    """The intervals in which a team stood by, in order and apart.

    ``look_again`` is when this may change though nothing else is seen; None: never.
    """

    aways: tuple[Away, ...] = ()
    look_again: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Phase:
    """From an instant on the signal counts as GO, ``reason`` being None, or as standby."""

    at: datetime
    reason: str | None


def find_standby(observations: Iterable[Observation], now: datetime) -> Standby:
    """Return when the GO signal told everybody to stand by, as known at ``now``.

    A signal that is gone counts after 2 minutes, so that a file written anew is no change; one that
    was never seen counts at once. Two changes between GO and standby within 15 minutes are flapping:
    standby until 15 minutes after the last. Observations after ``now`` are left out, repeated ones
    change nothing. An interval bears the reason that lasts longest in it.
    """
    phases, counts_at = _find_phases(_without_repeats(observations, now), now)
    aways = _joined([*_find_flapping(phases), *_find_stops(phases)])
    ends = [one.end for one in aways if one.end is not None and one.end > now]
    return Standby(tuple(aways), min([*ends, *counts_at], default=None))


def _without_repeats(observations: Iterable[Observation], now: datetime) -> list[Observation]:
    known = sorted((one for one in observations if one.at <= now), key=lambda one: one.at)
    return [one for before, one in pairwise([None, *known]) if one and _differs(before, one)]


def _differs(before: Observation | None, one: Observation) -> bool:
    return before is None or before.state is not one.state


def _find_phases(seen: Sequence[Observation], now: datetime) -> tuple[list[_Phase], list[datetime]]:
    """Return what the signal counted as, in order, and when one that is gone will count, if any."""
    phases: list[_Phase] = []
    for one, following in pairwise([*seen, None]):
        if one is None:
            break
        if one.state is SignalState.GO:
            phases.append(_Phase(one.at, None))
        elif one.state is SignalState.STANDBY:
            phases.append(_Phase(one.at, _SAYS_STANDBY))
        elif not phases or phases[-1].reason is not None:
            phases.append(_Phase(one.at, _IS_GONE if phases else _NEVER_WAS))
        else:
            counts_at = one.at + VANISHED_FOR
            if following is None and now < counts_at:
                return phases, [counts_at]
            if following is None or counts_at < following.at:
                phases.append(_Phase(counts_at, _IS_GONE))
    return phases, []


def _find_stops(phases: Sequence[_Phase]) -> list[Away]:
    """Return the phases of standby as they were seen."""
    return [
        Away(phase.at, None if after is None else after.at, DutyState.STANDBY, phase.reason)
        for phase, after in pairwise([*phases, None])
        if phase is not None and phase.reason is not None
    ]


def _find_flapping(phases: Sequence[_Phase]) -> list[Away]:
    """Return 15 minutes from each change that came within 15 minutes of the one before."""
    changes = [
        after.at
        for before, after in pairwise(phases)
        if (before.reason is None) is not (after.reason is None)
    ]
    return [
        Away(second, second + FLAPPING_WITHIN, DutyState.STANDBY, _IS_FLAPPING)
        for first, second in pairwise(changes)
        if second - first <= FLAPPING_WITHIN
    ]


def _joined(times_off: Iterable[Away]) -> list[Away]:
    """Return intervals that overlap or touch as one, with the reason of the part that ends last."""
    found: list[Away] = []
    for away in sorted(times_off, key=lambda one: one.start):
        last = found[-1] if found else None
        if last is None or (last.end is not None and last.end < away.start):
            found.append(away)
        elif last.end is not None and (away.end is None or away.end >= last.end):
            found[-1] = replace(away, start=last.start)
    return found
