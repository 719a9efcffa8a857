"""A workspace though its configuration cannot be used: for the command that says what is wrong."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rollcall.cli.opening import find_running, open_workspace
from rollcall.config import Settings
from rollcall.errors import ConfigurationError
from rollcall.workspace import CONFIG_FILE, Workspace, find_in_force, locate


class Origin(StrEnum):
    """Where settings are from."""

    FILE = "file"
    RUNNING = "running"
    LAST_RUN = "last run"
    DEFAULTS = "defaults"


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace, where its settings are from, and what is wrong with the configuration."""

    workspace: Workspace
    origin: Origin
    problems: tuple[str, ...] = ()


def open_anyway(
    workspace: Path | None, config: Path | None, overrides: Sequence[str] | None
) -> Opened:
    """Find the workspace with the settings of whoever works on it, else as its file says.

    Where the file cannot be used, they are those that held last, or the defaults. A ``--set`` of the
    command's own goes with the file, and is refused with it: raises ``ConfigurationError`` then.
    """
    if overrides:
        return Opened(open_workspace(workspace, config, overrides), Origin.FILE)
    root, path, problems = _look(workspace, config)
    running = find_running(root, path)
    if running is not None:
        return Opened(running, Origin.RUNNING, problems)
    if not problems:
        return Opened(open_workspace(workspace, config, overrides), Origin.FILE)
    last = find_in_force(root, path, ())
    if last is not None:
        return Opened(last, Origin.LAST_RUN, problems)
    return Opened(Workspace(root, path, Settings()), Origin.DEFAULTS, problems)


def _look(workspace: Path | None, config: Path | None) -> tuple[Path, Path | None, tuple[str, ...]]:
    """Return where workspace and configuration are, and what is wrong with the latter."""
    try:
        root, path = locate(Path.cwd(), workspace, config)
    except ConfigurationError as error:
        root = _nearest(workspace)
        return root, root / CONFIG_FILE, tuple(str(error).splitlines())
    try:
        if path is not None:
            open_workspace(workspace, config, ())
    except ConfigurationError as error:
        return root, path, tuple(str(error).splitlines())
    return root, path, ()


def _nearest(workspace: Path | None) -> Path:
    """Return the directory that has something in the configuration's place, though no file."""
    here = (Path.cwd() / (workspace or Path())).resolve()
    return next(one for one in (here, *here.parents) if os.path.lexists(one / CONFIG_FILE))
