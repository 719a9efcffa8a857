"""A fake Slack, and a desk at which its clicks are carried out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notify.desk import Desk
from notify.notices import OPENED
from rollcall.clock import ManualClock
from rollcall.notify.fake_slack import FakeSlack
from rollcall.notify.fake_slack_socket import FakeSocket


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeSlack(clock=ManualClock(OPENED)) as fake:
        yield fake


@pytest.fixture
def desk(tmp_path: Path, slack: FakeSlack) -> Iterator[Desk]:
    with FakeSocket(slack) as socket:
        desk = Desk(tmp_path, slack, socket)
        socket.wait_for_line()
        yield desk
        desk.close()
