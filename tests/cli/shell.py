"""A terminal in a workspace: commands run in this process, as ``rollcall`` would."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from rollcall.cli.app import execute


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        """Return the JSON objects that it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs commands in ``root``; ``write`` makes files there, ``append`` adds to them."""

    root: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> Said:
        self.capture.readouterr()
        code = execute(arguments)
        out, err = self.capture.readouterr()
        return Said(code, out, err)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        # Long ago enough for an unterminated last line to count as written.
        os.utime(path, (path.stat().st_mtime - 10, path.stat().st_mtime - 10))
        return path

    def wait(self, span_s: float) -> None:
        """Let real time pass: commands take the host's clock."""
        threading.Event().wait(span_s)
