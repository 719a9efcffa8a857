"""Spans of time as people write them: ``90s``, ``5m``, ``4h``, ``2d``, ``1h30m``."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PART = re.compile(r"([0-9]{1,9})([dhms])")
_WHOLE = re.compile(r"(?:[0-9]{1,9}d)?(?:[0-9]{1,9}h)?(?:[0-9]{1,9}m)?(?:[0-9]{1,9}s)?")
_LONGEST = timedelta(days=3_650)


def parse_duration(text: str) -> timedelta:
    """Read whole days, hours, minutes and seconds, each at most once and in that order.

    Raises ``ValueError`` for anything else: a bare number has no unit and is never guessed at.
    """
    written = text.strip().lower()
    if not written or not _WHOLE.fullmatch(written):
        raise ValueError(
            f'is no duration: got "{text}", expected for example "90s", "5m" or "1h30m"'
        )
    seconds = sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(written))
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f'is longer than ten years: got "{text}"')
    return timedelta(seconds=seconds)


def format_duration(span: timedelta) -> str:
    """Write ``span`` as ``parse_duration`` reads it, fractions of a second left out."""
    rest = int(span.total_seconds())
    parts: list[str] = []
    for unit, seconds in _SECONDS.items():
        count, rest = divmod(rest, seconds)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
