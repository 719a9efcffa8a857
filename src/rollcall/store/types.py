"""How values are kept: times as aware UTC in text that sorts, words without the secrets in them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, Dialect, String
from sqlalchemy.types import TypeDecorator

from rollcall.notify.redact import redact


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


class Words(TypeDecorator[str]):
    """A column of words by agents and people: whatever is bound to it is redacted before."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write words."""
        del dialect
        return None if value is None else redact(value)


class WordsList(TypeDecorator[list[str]]):
    """A column of lists of such words, kept as JSON."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> list[str] | None:
        """Write a list."""
        del dialect
        return None if value is None else [redact(one) for one in value]
