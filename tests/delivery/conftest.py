"""A desk with one sink."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from delivery.desk import NOON, Desk, open_blockers
from rollcall.store.database import Database


@pytest.fixture
def store() -> Iterator[Database]:
    database = Database(None)
    database.prepare(NOON)
    with database.write() as session:
        open_blockers(session)
    yield database
    database.close()


@pytest.fixture
def desk(store: Database) -> Desk:
    return Desk(store)
