"""Real processes that start in milliseconds: each is forked from one that has imported everything.

The nursery is a process of its own with a single thread, so a fork inherits no held lock. It reads
one JSON request a line and answers with one: ``start`` forks a child that carries out a command line
of ``rollcall`` as its main thread, ``ended`` tells the exit code of one that is over. An empty line
ends it: the end of its input would not come while a fork of its user holds the other end.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy.orm import configure_mappers

from rollcall.cli.app import execute

LOADED_ONCE = tuple(
    f"rollcall.cli.{name}" for name in ("run", "sweep", "ack", "status", "blockers", "doctor")
)


class Child:
    """One forked process; as ``subprocess.Popen`` it has ``pid`` and ``poll``."""

    def __init__(self, nursery: Nursery, pid: int, output: Path) -> None:
        self._nursery = nursery
        self._code: int | None = None
        self.pid = pid
        self.output = output

    def poll(self) -> int | None:
        """Return the exit code, minus the signal that killed it, or None while it lives."""
        if self._code is None:
            self._code = self._nursery.ask({"do": "ended", "pid": self.pid})
        return self._code


class Nursery:
    """Starts children while the context lasts."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "process.nursery"],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate("\n", timeout=10)

    @property
    def code(self) -> int | None:
        """Return the exit code once the context is left, None before."""
        return self._process.returncode

    def start(self, argv: list[str], environ: dict[str, str], output: Path) -> Child:
        """Fork a child that runs ``rollcall`` with ``argv`` in a session of its own."""
        request = {"do": "start", "argv": argv, "environ": environ, "output": str(output)}
        pid = self.ask(request)
        assert pid is not None
        return Child(self, pid, output)

    def ask(self, request: dict[str, Any]) -> int | None:
        """Put one request and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer


def _serve() -> None:
    while (line := sys.stdin.readline()) not in {"", "\n"}:
        request = json.loads(line)
        answer = _start(request) if request["do"] == "start" else _ended(request["pid"])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def _start(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(request)
    return pid


def _become(request: dict[str, Any]) -> None:
    os.setsid()
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(request["environ"])
    code = 70
    try:
        code = execute(request["argv"])
    finally:
        sys.stdout.flush()
        os._exit(code)


def _ended(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    for module in LOADED_ONCE:
        importlib.import_module(module)
    configure_mappers()
    _serve()
