"""What Rollcall writes itself is no work of an agent, wherever it stands, and wakes nobody."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from process.team import entry
from rollcall.clock import SystemClock
from rollcall.daemon import Daemon
from rollcall.pipeline import Pipeline, Round
from rollcall.reading import SourceReader
from rollcall.wiring import build_works
from rollcall.workspace import find_workspace

INSIDE = (
    'notify.blockers_log.path="feedback/blockers-log.md"',
    'notify.inbox.path="bot_chat/inbox/{agent}/{date}-notes.md"',
    'workspace.lead="ivo"',
)
SECONDS = 5


@pytest.mark.waits
@pytest.mark.timeout(30)
def test_sinks_inside_the_watched_folders_wake_nobody_by_what_is_written_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon's own loop for five seconds: our appends are read, our own writing is not."""
    (tmp_path / "feedback").mkdir()
    (tmp_path / "bot_chat").mkdir()
    mara = tmp_path / "feedback" / "mara.md"
    mara.write_text(entry("parser"), encoding="utf-8")
    settings = ("feedback.cadence=1s", "feedback.grace=0s", *INSIDE)
    workspace = find_workspace(tmp_path, workspace=tmp_path, overrides=settings)
    works = build_works(workspace, SystemClock(), os.environ)
    looks = count_calls(monkeypatch, SourceReader, "look")
    begins = count_calls(monkeypatch, Pipeline, "begin")
    rounds: list[Round] = []
    daemon = Daemon(works, {}, rounds.append)
    threading.Timer(SECONDS / 2, _append, (mara,)).start()
    threading.Timer(SECONDS, daemon.stop).start()
    daemon.run()
    works.close()

    assert (tmp_path / "feedback" / "blockers-log.md").read_text().count("\n| B-") == 2
    assert [path.parent.name for path in tmp_path.glob("bot_chat/inbox/*/*.md")] == ["ivo"]
    assert sum(one.read for one in rounds) == 2  # at first sight, and after the append
    assert works.pipeline.discovery.sources[1:] == ()
    assert len(looks) <= 6, "a look for each event of the one source, and its quiet end"
    assert len(begins) <= 15, "a round for each thing that happens, not for what we write"


def count_calls(monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> list[None]:
    """Let each call of a method leave a mark in the list that is returned."""
    calls: list[None] = []
    method = getattr(kind, name)

    def call(*arguments: Any, **named: Any) -> Any:
        calls.append(None)
        return method(*arguments, **named)

    monkeypatch.setattr(kind, name, call)
    return calls


def _append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(entry("parser again"))
