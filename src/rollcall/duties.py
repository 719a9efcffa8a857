"""Whose duty it is now: from the store, the working hours and the GO signal, one agent at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.rules.duty import ALWAYS, EVERYBODY, Away, Duty, DutyState, find_duty
from rollcall.rules.signal import Observation, SignalState, find_standby
from rollcall.store.agents import is_retired
from rollcall.store.duty import (
    begin_away,
    end_away,
    list_away,
    list_aways,
    list_observations,
    list_paused_by,
)
from rollcall.store.marks import mark_changed

HORIZON = timedelta(days=8)
LOOK_BACK = timedelta(days=30)
BY_CONFIGURATION = "configuration"


class Duties:
    """Finds the duty of agents; ``always_on`` puts everybody on duty for ever."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings that duty rests on."""
        self._settings = settings
        self.always_on = settings.duty.always_on

    def of(
        self, session: Session, slug: str, now: datetime, *, since: datetime | None = None
    ) -> Duty:
        """Return an agent's duty at ``now``, with its intervals off duty from ``since`` on."""
        if self._settings.duty.always_on:
            return ALWAYS
        aways = list_aways(session, slug)
        aways += self._off_hours(slug, since, now)
        aways += self.standby(session, now)
        return find_duty(aways, now, retired=is_retired(session, slug))

    def list_on(self, session: Session, agents: Collection[str], now: datetime) -> list[str]:
        """Return those of the agents, none of them retired, from whom proof is due at ``now``.

        As ``of`` says of each, asked of the store once for all.
        """
        if self._settings.duty.always_on:
            return list(agents)
        away = set(list_away(session, now))
        if EVERYBODY in away or any(one.covers(now) for one in self.standby(session, now)):
            return []
        # Whoever has no settings of its own works when all of those do.
        own, others = self._settings.agents, self._is_at_work("", now)
        return [
            slug
            for slug in agents
            if slug not in away and (self._is_at_work(slug, now) if slug in own else others)
        ]

    def _is_at_work(self, slug: str, now: datetime) -> bool:
        hours, zone = self._settings.hours_of(slug), self._settings.zone_of(slug)
        return hours is None or hours.is_on(now, zone)

    def standby(self, session: Session, now: datetime) -> list[Away]:
        """Return when the GO signal told everybody to stand by."""
        if self._settings.duty.go_signal is None:
            return []
        seen = [Observation(row.at, SignalState(row.state)) for row in list_observations(session)]
        return list(find_standby(seen, now).aways)

    def _off_hours(self, slug: str, since: datetime | None, now: datetime) -> list[Away]:
        hours, zone = self._settings.hours_of(slug), self._settings.zone_of(slug)
        if hours is None:
            return []
        start = max(since or now, now - LOOK_BACK) - timedelta(days=1)
        return [
            Away(begin, end, DutyState.OFF_HOURS, f"working hours are {hours}")
            for begin, end in hours.off_between(start, now + HORIZON, zone)
        ]


def sync_configured_pauses(session: Session, settings: Settings, now: datetime) -> None:
    """Begin and end the pauses that the configuration asks for."""
    paused = {slug for slug in settings.agents if settings.is_paused(slug)}
    for slug in sorted(set(list_paused_by(session, BY_CONFIGURATION)) - paused):
        end_away(session, slug, DutyState.PAUSED, now)
    for slug in sorted(paused):
        begin_away(
            session, slug, DutyState.PAUSED, now, "paused in the configuration", BY_CONFIGURATION
        )
    mark_changed(session, [f"agent:{slug}" for slug in settings.agents], now)


__all__ = ["EVERYBODY", "Duties", "sync_configured_pauses"]
