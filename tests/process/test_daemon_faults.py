"""A round that fails is logged and done again: the daemon goes on."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path

import pytest

from process.team import entry, wait_until
from rollcall.clock import SystemClock
from rollcall.daemon import Daemon
from rollcall.pipeline import Pipeline, Round
from rollcall.wiring import build_works
from rollcall.worker import wake_worker
from rollcall.workspace import find_workspace


def test_a_sweep_that_failed_is_done_in_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "rollcall")
    (tmp_path / "feedback").mkdir()
    (tmp_path / "feedback" / "mara.md").write_text(entry("parser"), encoding="utf-8")
    works = build_works(find_workspace(tmp_path, workspace=tmp_path), SystemClock(), {})
    failed = threading.Event()
    sweep = Pipeline.sweep

    def fail_once(pipeline: Pipeline, now: datetime) -> Round:
        if not failed.is_set():
            failed.set()
            raise OSError("no space left on device")
        return sweep(pipeline, now)

    monkeypatch.setattr(Pipeline, "sweep", fail_once)
    rounds: list[Round] = []
    daemon = Daemon(works, {}, rounds.append)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        assert failed.wait(10)
        wake_worker(works.workspace.state_dir)
        wait_until("the sweep", lambda: sum(one.read for one in rounds) == 1)
    finally:
        daemon.stop()
        thread.join()
        works.close()
