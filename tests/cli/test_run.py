"""``rollcall run`` as a process, and commands beside it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from cli.shell import Shell

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  ")


@dataclass(slots=True)
class Daemon:
    """A running daemon and the lines that it printed so far, without their times."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def read_until(self, words: str) -> str:
        """Read its lines up to one that holds these words; the test's time limit is the patience."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            assert STAMP.match(line), line
            self.lines.append(line[22:].rstrip("\n"))
            if words in line:
                return self.lines[-1]
        raise AssertionError(f"{words!r} never came: {self.lines}")


@contextmanager
def running(shell: Shell, *arguments: str) -> Iterator[Daemon]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rollcall", "run", *arguments],
        cwd=shell.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SLACK_BOT_TOKEN": ""},
    )
    try:
        yield Daemon(process)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.waits
def test_a_day_of_a_daemon_from_its_first_line_to_its_last(shell: Shell) -> None:
    shell.write("config/rollcall.toml", '[feedback]\ncadence = "1s"\ngrace = "0s"\n[agents.ben]\n')
    shell.write("feedback/ben.md", "## 2026-02-07T09:00Z Parser\nStill working on it\n")
    with running(shell) as daemon:
        opened = daemon.read_until("opened")
        pid = daemon.process.pid
        off = "no notify.slack.channel in the configuration, no SLACK_BOT_TOKEN in the environment"
        assert daemon.lines[:4] == [
            f"watching {shell.root}: 1 source (pid {pid})",
            "Blockers log: on",
            f"Slack: off ({off})",
            "Inbox: on",
        ]
        assert opened.startswith("B-0001 ben opened: No proof of work since ")

        status = shell.run("status")
        assert (status.code, f"(pid {pid})" in status.out.splitlines()[0]) == (0, True)
        assert shell.run("ack", "B-0001", "--why", "seen").code == 0
        assert daemon.read_until("acknowledged") == "B-0001 ben acknowledged: seen"
        assert shell.run("ack", "B-0042").code == 1
        swept = shell.run("sweep", "--json")
        assert (swept.code, swept.records[0]["worker"]) == (0, pid)
        second = shell.run("run")
        assert (second.code, f"by the process {pid};" in second.err) == (3, True)

        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.read_until("stopped") == "stopped"
        assert daemon.process.wait() == 0
        assert daemon.process.stderr is not None
        assert daemon.process.stderr.read() == ""
    assert shell.run("status").code == 1


@pytest.mark.waits
def test_a_sweep_beside_a_daemon_reports_what_that_did(shell: Shell) -> None:
    shell.write("feedback/ben.md", "## 2026-02-07T09:00Z Parser\nStill working on it\n")
    with running(shell) as daemon:
        daemon.read_until("Inbox")
        assert shell.run("sweep").out.startswith(
            f"Swept (by the running Rollcall, pid {daemon.process.pid}): "
        )
