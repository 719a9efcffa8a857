"""Watched time: the time that passed while Rollcall was looking. Its outage is nobody's silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LATE_ENOUGH_TO_COUNT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval that was not watched: from the tick that was planned to the one that came."""

    start: datetime
    end: datetime


def watched_deadline(start: datetime, allowance: timedelta, gaps: Iterable[Gap]) -> datetime:
    """Return the instant at which ``allowance`` of watched time has passed since ``start``."""
    reached, left = start, allowance
    for gap in sorted(gaps, key=lambda gap: gap.start):
        if gap.end <= reached:
            continue
        before = max(gap.start - reached, timedelta(0))
        if before >= left:
            break
        left -= before
        reached = gap.end
    return reached + left


def find_gap(planned: datetime | None, now: datetime) -> Gap | None:
    """Return the interval that nobody watched when a tick comes more than 30 s after its plan."""
    if planned is None or now - planned <= LATE_ENOUGH_TO_COUNT:
        return None
    return Gap(planned, now)


def plan_next_sweep(now: datetime, last: datetime | None, sweep_every: timedelta) -> datetime:
    """Return when a sweep that cron starts is expected next: its own rhythm, or the setting."""
    interval = now - last if last is not None else timedelta(0)
    return now + max(sweep_every, interval)
