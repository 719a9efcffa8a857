"""A team's workspace with real processes over it, and what can be seen of them from outside."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from process.nursery import Child, Nursery
from rollcall.clock import SystemClock
from rollcall.notify.fake_slack import CHANNEL, FakeSlack

PROOF = "- `pytest tests/test_parser.py` -> 12 passed"
QUICK = ('feedback.cadence="1s"', 'feedback.grace="1s"')
QUICKER = ('feedback.cadence="1s"', 'feedback.grace="0s"')
_Found = TypeVar("_Found")


class Process(Protocol):
    """What a child of the nursery and a ``Popen`` have in common."""

    pid: int

    def poll(self) -> int | None: ...


def wait_until(
    what: str, look: Callable[[], _Found], *, within_s: float = 30, glance_s: float = 0.01
) -> _Found:
    """Look again and again until ``look`` returns something true, and return that."""
    clock, pause = SystemClock(), threading.Event()
    until_s = clock.monotonic() + within_s
    while not (found := look()):
        assert clock.monotonic() < until_s, f"not within {within_s} s: {what}"
        pause.wait(glance_s)
    return found


def wait_for_end(process: Process, *, within_s: float = 30) -> int:
    """Wait for a process to end and return its exit code."""
    wait_until("its end", lambda: process.poll() is not None, within_s=within_s)
    code = process.poll()
    assert code is not None
    return code


def entry(title: str, body: str = PROOF) -> str:
    """Return an entry of this second."""
    return f"\n## {SystemClock().now():%Y-%m-%d %H:%M:%SZ} {title}\n{body}\n"


class Team:
    """A workspace on disk; every command that is run over it gets the same settings."""

    def __init__(self, root: Path, *settings: str, slack: FakeSlack | None = None) -> None:
        self.root = root
        self._begun = 0
        (root / "feedback").mkdir(parents=True, exist_ok=True)
        self.settings = list(settings)
        self.environ = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        self.environ.pop("SLACK_BOT_TOKEN", None)
        if slack is not None:
            self.environ["SLACK_BOT_TOKEN"] = slack.token
            self.settings += [
                f'notify.slack.base_url="{slack.base_url}"',
                f'notify.slack.channel="{CHANNEL}"',
                "notify.slack.per_second=50.0",
            ]

    # What the team does

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def append(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)

    # What is run over it

    def argv(self, command: str, *arguments: str) -> list[str]:
        sets = [part for setting in self.settings for part in ("--set", setting)]
        return [command, *arguments, "--workspace", str(self.root), *sets]

    def begin(self, nursery: Nursery, command: str, *arguments: str) -> Child:
        """Begin one command as a forked process; what it prints is in its ``output``."""
        self._begun += 1
        output = self.root.parent / f"{self.root.name}-{self._begun}.output"
        output.touch()
        return nursery.start(self.argv(command, *arguments), self.environ, output)

    def carry_out(self, nursery: Nursery, command: str, *arguments: str) -> tuple[int, str]:
        """Run one command as a forked process to its end; return its exit code and its output."""
        child = self.begin(nursery, command, *arguments)
        return wait_for_end(child), child.output.read_text(encoding="utf-8")

    def daemon(self, nursery: Nursery | None = None, *, awaited: bool = True) -> Daemon:
        """Return the daemon, to be used as a context: forked, or a fresh interpreter.

        The context begins when the first sweep is done; without ``awaited`` at once.
        """
        return Daemon(self, nursery, awaited=awaited)

    # What can be seen

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as another program would; empty before there is one."""
        path = self.root / ".rollcall" / "rollcall.db"
        if not path.exists():
            return []
        # Not read-only: after a kill the first to look must be able to recover the journal.
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=10)) as connection:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []  # the database is just being made
                raise

    def mark(self, key: str) -> str:
        """Return one of the store's marks, empty where it is not set."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return str(found[0][0]) if found else ""

    def log_text(self) -> str:
        path = self.root / "docs" / "blockers-log.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def log_rows(self) -> list[list[str]]:
        """Return the cells of each row with an id, top to bottom."""
        lines = [line for line in self.log_text().splitlines() if line.startswith("| B-")]
        return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in lines]


class Daemon:
    """A running ``rollcall run``; leaving the context kills it and sees that nothing is left."""

    def __init__(self, team: Team, nursery: Nursery | None, *, awaited: bool) -> None:
        self._team = team
        self._awaited = awaited
        self._nursery = nursery
        self._output = team.root.parent / f"{team.root.name}.output"

    def __enter__(self) -> Self:
        swept = self._team.mark("last_sweep")
        self.process = self._start()
        if self._awaited:
            wait_until(
                "the first sweep",
                lambda: self._team.mark("last_sweep") != swept or self.process.poll() is not None,
            )
            assert self.process.poll() is None, self.output()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.kill()
        if error is not None:
            error.add_note(f"the daemon said:\n{self.output()}")
        assert _is_group_gone(self.process.pid), "a process of the daemon's is still there"

    def kill(self) -> int:
        """Kill it as ``kill -9`` does and return how it ended."""
        return self._end(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        return self._end(number)

    def output(self) -> str:
        """Return all that this daemon, and those before it, printed."""
        return self._output.read_text(encoding="utf-8")

    def _end(self, number: signal.Signals) -> int:
        os.kill(self.process.pid, number)
        return wait_for_end(self.process)

    def _start(self) -> Process:
        argv = self._team.argv("run")
        if self._nursery is not None:
            return self._nursery.start(argv, self._team.environ, self._output)
        with self._output.open("a") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "rollcall", *argv],
                cwd=self._team.root,
                env=self._team.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


def _is_group_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
