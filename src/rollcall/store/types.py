"""How times are kept: aware UTC only, as text that sorts."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


def to_text(instant: datetime) -> str:
    """Return an aware instant as fixed-width UTC text; raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"a time in the store must be aware, got the naive {instant!r}")
    # strftime would not pad years before 1000, and the text would not sort.
    naive = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{naive.isoformat(timespec='microseconds')}Z"


def from_text(text: str) -> datetime:
    """Return the aware UTC instant that ``to_text`` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


class Instant(TypeDecorator[datetime]):
    """A column of aware UTC instants, kept as ``2026-02-07T14:05:00.000000Z``."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an instant."""
        del dialect
        return None if value is None else to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read an instant."""
        del dialect
        return None if value is None else from_text(value)
