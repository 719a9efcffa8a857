"""The database of a workspace, for commands that only look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rollcall.clock import Clock
from rollcall.store.database import Database
from rollcall.store.report import refusing_damage
from rollcall.wiring import open_database
from rollcall.workspace import Workspace


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
