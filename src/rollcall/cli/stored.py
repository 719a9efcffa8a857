"""The database of a workspace, for commands that only look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from rollcall.cli.opening import find_running
from rollcall.clock import Clock
from rollcall.lock import WorkLock
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.report import refusing_damage
from rollcall.wiring import open_database
from rollcall.workspace import Workspace, find_workspace


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


def as_it_runs(workspace: Workspace, database: Database | None) -> Workspace:
    """Return the workspace as the daemon that runs over it has it: its settings, its ``--set``.

    Unchanged where none runs, or where this command was given a ``--set`` of its own. Raises
    ConfigurationError where the file, changed since, does not go with them.
    """
    if database is None or workspace.overrides:
        return workspace
    if not WorkLock(workspace.state_dir).is_held_by_someone():
        return workspace
    with database.read() as session:
        overrides = json.loads(marks.get_mark(session, marks.OVERRIDES) or "[]")
    root, config = workspace.root, workspace.config_path
    kept = find_running(root, config, overrides)
    if kept is not None or not overrides:
        return kept or workspace
    return find_workspace(root, workspace=root, config=config, overrides=tuple(overrides))
