from __future__ import annotations

from collections.abc import Iterator

import pytest

from process.nursery import Nursery
from rollcall.notify.fake_slack import FakeSlack


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as running:
        yield running
