"""How times are kept: aware UTC only, as text that sorts."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def to_text(instant: datetime) -> str:
    """Return an aware instant as fixed-width UTC text; raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"a time in the store must be aware, got the naive {instant!r}")
    return instant.astimezone(UTC).strftime(_FORM)


def from_text(text: str) -> datetime:
    """Return the aware UTC instant that ``to_text`` wrote."""
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)


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
