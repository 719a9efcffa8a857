"""``rollcall why`` in a ``World``: at the world's time, as beside a daemon that runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from harness import World, ask, proof
from rollcall.cli.why import answer
from rollcall.lock import WorkLock
from rollcall.workspace import find_workspace

MARA = "feedback/mara.md"
BEN = "feedback/ben.md"
REQUEST = "bot_chat/mara-to-ben-schema.md"


@dataclass(frozen=True, slots=True)
class Why:
    """What ``why`` printed, and its exit code."""

    code: int
    out: str
    err: str

    def section(self, heading: str) -> list[str]:
        """Return the lines below a heading, without their indentation."""
        lines = self.out.split("\n")
        if heading not in lines:
            return []
        start = lines.index(heading) + 1
        return [line.strip() for line in lines[start : lines.index("", start)]]

    @property
    def record(self) -> dict[str, Any]:
        """Return the JSON object that it printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def ask_why(
    world: World,
    capsys: pytest.CaptureFixture[str],
    asked: str,
    *,
    as_json: bool = False,
    watched: bool = True,
) -> Why:
    """Run ``rollcall why`` at the world's present instant; ``watched``: a daemon holds the lock."""
    workspace = find_workspace(world.root, workspace=world.root, overrides=world.overrides)
    lock = WorkLock(workspace.state_dir)
    if watched:
        assert lock.acquire()
    capsys.readouterr()
    code = 0
    try:
        answer(workspace, world.clock, asked, as_json=as_json)
    except typer.Exit as leaving:
        code = leaving.exit_code
    finally:
        lock.release()
    out, err = capsys.readouterr()
    return Why(code, out, err)


class Asking:
    """A world in which somebody asks why."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._capsys = path, capsys

    def world(self, *overrides: str, begin: str = "09:00") -> World:
        world = World(self.path, *overrides, begin=begin)
        world.write(MARA, proof("08:59"))
        world.start()
        return world

    def overdue(self, *overrides: str) -> World:
        """Return a world in which B-0001 is open for mara since 09:10, at 09:12."""
        world = self.world(*overrides)
        world.run_until("09:12")
        return world

    def asked(self, *overrides: str) -> World:
        """Return a world in which ben owes mara a schema since 09:00, and both prove their work."""
        world = self.world(*overrides, "feedback.cadence=10h")
        world.write(BEN, proof("09:00"))
        world.write(REQUEST, ask())
        return world

    def why(self, world: World, asked: str = "B-0001", *, as_json: bool = False) -> Why:
        return ask_why(world, self._capsys, asked, as_json=as_json)

    def unwatched(self, world: World, asked: str = "B-0001") -> Why:
        """Ask where nobody holds the lock."""
        return ask_why(world, self._capsys, asked, watched=False)
