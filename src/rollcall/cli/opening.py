"""What most commands begin with: the workspace, and who calls."""

from __future__ import annotations

import getpass
import os
from collections.abc import Sequence
from pathlib import Path

from rollcall.cli.options import ConfigOption, SetOption, WorkspaceOption
from rollcall.lock import WorkLock
from rollcall.workspace import STATE_DIR, Workspace, find_in_force, find_workspace, locate


def open_workspace(
    workspace: Path | None, config: Path | None, overrides: Sequence[str] | None
) -> Workspace:
    """Find the workspace that a command was given, or the one around the current directory."""
    return find_workspace(
        Path.cwd(), workspace=workspace, config=config, overrides=tuple(overrides or ())
    )


def open_beside(
    workspace: WorkspaceOption = None, config: ConfigOption = None, overrides: SetOption = None
) -> Workspace:
    """Find the workspace with the settings of the daemon that runs over it, else as its file says.

    They differ while the file cannot be used. A ``--set`` of the command's own goes with the file.
    """
    if not overrides:
        root, path = locate(Path.cwd(), workspace, config)
        found = find_running(root, path)
        if found is not None:
            return found
    return open_workspace(workspace, config, overrides)


def find_running(
    root: Path, config: Path | None, overrides: Sequence[str] = ()
) -> Workspace | None:
    """Return the workspace with the settings of whoever works on it now, None where nobody does."""
    lock = WorkLock(root / STATE_DIR)
    if not lock.is_held_by_someone():
        return None
    return find_in_force(root, config, overrides, by=lock.holder_pid() or 0)


def user_name() -> str:
    """Return the name of the OS user, or ``uid <n>`` for one without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
