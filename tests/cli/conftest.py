"""Fixtures: a shell in an empty workspace, and one beside a team of which an agent is silent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.asking import Asking
from cli.shell import Shell


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    root = tmp_path / "team"
    root.mkdir()
    monkeypatch.chdir(root)
    for name in ("SLACK_BOT_TOKEN", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    log = logging.getLogger("rollcall")
    before = log.handlers[:], log.propagate
    yield Shell(root, capsys)
    log.handlers, log.propagate = before
    logging.getLogger("apscheduler").setLevel(logging.NOTSET)


@pytest.fixture
def silent_team(shell: Shell) -> Shell:
    """A team of which ben, whose cadence is a second, has shown nothing: a sweep opens B-0001."""
    shell.write("config/rollcall.toml", '[feedback]\ncadence = "1s"\ngrace = "0s"\n[agents.ben]\n')
    shell.write("feedback/ben.md", "# ben\n\n## 2026-02-07T09:00Z Parser\nStill working on it\n")
    assert shell.run("sweep").code == 0
    return shell


@pytest.fixture
def blocked_team(silent_team: Shell) -> Shell:
    """The silent team a second later: B-0001 is open for ben."""
    silent_team.wait(1.1)
    assert silent_team.run("sweep", "--json").records[0]["opened"] == 1
    return silent_team


@pytest.fixture
def asking(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Asking:
    return Asking(tmp_path, capsys)
