"""Instants and durations in the words that rows and reasons use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def say_instant(instant: datetime, *, seconds: bool = False) -> str:
    """Say an instant as a row does: ``2026-02-07 13:54Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d " + ("%H:%M:%SZ" if seconds else "%H:%MZ"))


def say_time(instant: datetime, beside: datetime, *, seconds: bool = False) -> str:
    """Say an instant that is read beside another: without the day where both have the same."""
    here, there = instant.astimezone(UTC), beside.astimezone(UTC)
    clock = "%H:%M:%SZ" if seconds else "%H:%MZ"
    return here.strftime(clock if here.date() == there.date() else f"%Y-%m-%d {clock}")


def say_duration(span: timedelta) -> str:
    """Say a duration in its two largest units: ``5 min``, ``1 h 30 min``, ``45 s``."""
    seconds = int(span.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) if parts else "0 s"
