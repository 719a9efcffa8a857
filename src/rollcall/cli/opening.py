"""What most commands begin with: the workspace, and who calls."""

from __future__ import annotations

import getpass
import os
from collections.abc import Sequence
from pathlib import Path

from rollcall.workspace import Workspace, find_workspace


def open_workspace(
    workspace: Path | None, config: Path | None, overrides: Sequence[str] | None
) -> Workspace:
    """Find the workspace that a command was given, or the one around the current directory."""
    return find_workspace(
        Path.cwd(), workspace=workspace, config=config, overrides=tuple(overrides or ())
    )


def user_name() -> str:
    """Return the name of the OS user, or ``uid <n>`` for one without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
