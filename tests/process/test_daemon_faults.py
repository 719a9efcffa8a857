"""What fails on the way is logged, and the daemon goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from process.team import entry, wait_until
from rollcall.clock import SystemClock
from rollcall.daemon import Daemon
from rollcall.pipeline import Pipeline, Round
from rollcall.wiring import Works, build_works
from rollcall.worker import wake_worker
from rollcall.workspace import find_workspace


def test_a_sweep_that_failed_is_done_in_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = works_over(tmp_path)
    failed = threading.Event()
    sweep = Pipeline.sweep

    def fail_once(pipeline: Pipeline, now: datetime) -> Round:
        if not failed.is_set():
            failed.set()
            raise OSError("no space left on device")
        return sweep(pipeline, now)

    monkeypatch.setattr(Pipeline, "sweep", fail_once)
    rounds: list[Round] = []
    with running(works, rounds.append):
        assert failed.wait(10)
        wake_worker(works.workspace.state_dir)
        wait_until("the sweep", lambda: sum(one.read for one in rounds) == 1)


def test_a_closed_terminal_keeps_nothing_from_being_told(tmp_path: Path) -> None:
    def fail(_round: Round) -> None:
        raise BrokenPipeError

    log = tmp_path / "docs" / "blockers-log.md"
    with running(works_over(tmp_path, "feedback.cadence=1s", "feedback.grace=0s"), fail):
        wait_until("the row", lambda: log.exists() and "| B-0001 |" in log.read_text(), within_s=4)


def works_over(root: Path, *settings: str) -> Works:
    (root / "feedback").mkdir()
    (root / "feedback" / "mara.md").write_text(entry("parser"), encoding="utf-8")
    workspace = find_workspace(root, workspace=root, overrides=settings)
    return build_works(workspace, SystemClock(), {})


@contextmanager
def running(works: Works, on_round: Callable[[Round], None]) -> Iterator[None]:
    daemon = Daemon(works, {}, on_round)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        yield
    finally:
        daemon.stop()
        thread.join()
        works.close()
