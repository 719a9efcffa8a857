"""Times that messages name in words, by the zones and the working hours of the settings."""

from __future__ import annotations

from datetime import datetime

from rollcall.config import Settings
from rollcall.parse.dues import find_until, resolve_due


class TimesInWords:
    """Makes instants of words; a day ends where its provider is, at the end of its hours."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings that name zones and hours."""
        self._settings = settings

    def due(self, words: str, asked: datetime, provider: str) -> datetime | None:
        """Return when something that was asked is due from a provider, or None."""
        settings = self._settings
        hours = None if settings.duty.always_on else settings.hours_of(provider)
        zone = settings.workspace.timezone
        return resolve_due(words, asked, zone, settings.zone_of(provider), hours)

    def until(self, words: str, said: datetime) -> datetime | None:
        """Return until when a fallback lasts that was said, or None where it does not say."""
        return find_until(words, said, self._settings.workspace.timezone)
