"""What most commands begin with: the workspace, and its database where there is one."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rollcall.clock import Clock
from rollcall.store.database import Database
from rollcall.store.report import refusing_damage
from rollcall.wiring import open_database
from rollcall.workspace import Workspace, find_workspace


def open_workspace(
    workspace: Path | None, config: Path | None, overrides: Sequence[str] | None
) -> Workspace:
    """Find the workspace that a command was given, or the one around the current directory."""
    return find_workspace(
        Path.cwd(), workspace=workspace, config=config, overrides=tuple(overrides or ())
    )


@contextmanager
def opened_database(workspace: Workspace, clock: Clock) -> Iterator[Database | None]:
    """Give the workspace's database, or None where nothing was ever swept.

    A command that only looks leaves no trace. Raises StoreUnusable.
    """
    if not workspace.database_path.exists():
        yield None
        return
    database = open_database(workspace, clock)
    try:
        with refusing_damage(workspace.database_path):
            yield database
    finally:
        database.close()


def user_name() -> str:
    """Return the name of the OS user, or ``uid <n>`` for one without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
