"""A time as a person gives it, to a command or in the blockers log: a span, a clock time, a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from rollcall.config import Settings
from rollcall.config.durations import parse_duration
from rollcall.errors import UsageError
from rollcall.rules.words import say_instant

MORNING = time(9)
FORMS = "30m, 2h, 15:40, tomorrow, monday, 2026-02-09 or 2026-02-09T15:40Z"
_DAYS_AHEAD = timedelta(days=8)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_moment(text: str, now: datetime, settings: Settings) -> datetime:
    """Read a span from now, or a time: of day (the next one), a day or an instant.

    What names no zone is in the workspace's. A day, also ``tomorrow`` and the next ``monday``, is
    where its working hours begin, or 09:00 where there are none. Raises UsageError for what is none
    of these, or is over.
    """
    written = text.strip()
    instant = _read(written, now, settings)
    if instant is None:
        raise UsageError(f'"{text}" is no time: give for example {FORMS}')
    if instant <= now:
        raise UsageError(f'"{text}" is {say_instant(instant)}, which is over')
    return instant


def _read(text: str, now: datetime, settings: Settings) -> datetime | None:
    zone = settings.workspace.timezone
    days = _days_until(text.lower(), now.astimezone(zone).date())
    if days is not None:
        return _begin_of(now.astimezone(zone).date() + days, settings)
    try:
        return now + parse_duration(text)
    except ValueError:
        pass
    try:
        if ":" not in text:
            return _begin_of(date.fromisoformat(text), settings)
        if "-" in text.partition(":")[0]:
            instant = datetime.fromisoformat(text)
            return instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)
        return _next_at(time.fromisoformat(text), now, settings)
    except ValueError:
        return None


def _days_until(word: str, today: date) -> timedelta | None:
    """Return how far the day that a word names is away, a day at least; None for another word."""
    if word == "tomorrow":
        return timedelta(days=1)
    for number, name in enumerate(_WEEKDAYS):
        if word in {name, name[:3]}:
            return timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def _next_at(clock: time, now: datetime, settings: Settings) -> datetime:
    """Return the next instant at which clocks show this time."""
    zone = clock.tzinfo or settings.workspace.timezone
    today = now.astimezone(zone).date()
    bare = clock.replace(tzinfo=None)
    found = datetime.combine(today, bare, zone)
    return found if found > now else datetime.combine(today + timedelta(days=1), bare, zone)


def _begin_of(day: date, settings: Settings) -> datetime:
    """Return when work begins on a day, or on the next one on which it does."""
    zone, hours = settings.workspace.timezone, settings.duty.hours
    midnight = datetime.combine(day, time.min, zone)
    if hours is not None:
        # What began the night before is cut at midnight; work begins with the window after it.
        for begin, _end in hours.on_between(midnight, midnight + _DAYS_AHEAD, zone):
            if begin > midnight or not hours.is_on(midnight - timedelta(seconds=1), zone):
                return begin
    return datetime.combine(day, MORNING, zone)
