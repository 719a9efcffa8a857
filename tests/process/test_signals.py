"""Signals come at any moment, also in the middle of our own work with the queue."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from process.nursery import Nursery
from process.team import Team, entry
from rollcall.clock import SystemClock
from rollcall.daemon import Daemon, Signal
from rollcall.wiring import build_works
from rollcall.workspace import find_workspace


@pytest.mark.timeout(10)
def test_a_signal_in_the_middle_of_a_put_or_a_get_does_not_wait_for_itself(tmp_path: Path) -> None:
    works = build_works(find_workspace(tmp_path, workspace=tmp_path), SystemClock(), {})
    daemon = Daemon(works, {})
    before = signal.signal(signal.SIGVTALRM, lambda _number, _frame: daemon.stop())
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0001, 0.0001)
        for _ in range(5_000):
            daemon._queue.put(Signal.TICK)
            daemon._queue.get()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        works.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_daemon_cleanly(
    tmp_path: Path, nursery: Nursery, number: signal.Signals
) -> None:
    team = Team(tmp_path / "team")
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        os.kill(daemon.process.pid, number)
        assert daemon.stop(number) == 0  # asked twice, as an impatient person does
    assert team.mark("stopped")
    assert daemon.output().splitlines()[-1].endswith("  stopped")
