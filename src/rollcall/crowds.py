"""What grouping looks at, from the store: the team now, storms, silences and quiet hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.duties import Duties
from rollcall.rules.grouping import OF_AGENTS, STORM_WITHIN, Crowd, Scene
from rollcall.rules.silences import find_silence
from rollcall.store.agents import list_owing
from rollcall.store.facts import (
    list_clock_starts,
    list_clock_starts_of_last,
    list_judged_until,
    list_overdue,
)
from rollcall.store.pending import list_recently_told, list_storms
from rollcall.store.silences import list_lasting


def find_scene(session: Session, settings: Settings, duties: Duties, now: datetime) -> Scene:
    """Return all that decides which pending transitions are told now."""
    silences = list_lasting(session, now)
    return Scene(
        now=now,
        crowd=find_crowd(session, settings, duties, now),
        storms=list_storms(session),
        recent=list_recently_told(session, [one.value for one in OF_AGENTS], now - STORM_WITHIN),
        group_wait=settings.notify.group_wait,
        silenced=lambda blocker: find_silence(blocker, silences),
        quiet_until=quiet_hours(settings),
    )


def find_crowd(session: Session, settings: Settings, duties: Duties, now: datetime) -> Crowd:
    """Return who is on duty, who of them is up to date, and who is overdue.

    Of whoever is neither, a blocker is due soon, or something stands for it. Where one of those who
    wrote last is up to date, nobody else is looked at: the team does not fall silent.
    """
    on_duty = frozenset(duties.list_on(session, list_owing(session), now))
    overdue = frozenset(list_overdue(session)) & on_duty
    for slug, start in list_clock_starts_of_last(session):
        if slug in on_duty and slug not in overdue and start + settings.cadence_of(slug) > now:
            return Crowd(on_duty, frozenset({slug}), overdue)
    up_to_date = frozenset(
        slug
        for slug, start in list_clock_starts(session)
        if slug in on_duty and start + settings.cadence_of(slug) > now
    )
    allowed = {
        slug: settings.cadence_of(slug) + settings.feedback.grace
        for slug in on_duty - overdue - up_to_date
    }
    latest = now + max(allowed.values(), default=timedelta(0))
    due = {
        slug: at
        for slug, at in (list_judged_until(session, latest) if allowed else ())
        if slug in allowed and at <= now + allowed[slug]
    }
    excused = allowed.keys() - due.keys()
    next_due = min(due.values(), default=None)
    return Crowd(on_duty, up_to_date - overdue, overdue | excused, next_due)


def quiet_hours(settings: Settings) -> Callable[[datetime], datetime | None]:
    """Return the function from an instant to the end of its quiet hours, None outside them."""
    hours, zone = settings.notify.quiet_hours, settings.workspace.timezone

    def quiet_until(instant: datetime) -> datetime | None:
        if hours is None or settings.duty.always_on or not hours.is_on(instant, zone):
            return None
        return hours.next_change(instant, zone)

    return quiet_until
