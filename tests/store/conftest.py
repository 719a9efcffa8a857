"""A store in memory, closed after each test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rollcall.store.database import Database

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database(None)
    made.prepare(NOW)
    yield made
    made.close()
