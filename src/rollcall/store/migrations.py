"""Named steps from one form of the database to the next; step and record in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, text

from rollcall.errors import StoreUnusable
from rollcall.store.types import to_text

_LEDGER = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step, known for ever by its name; ``sql`` holds statements that each end a line with ;."""

    name: str
    sql: str


@cache
def shipped_migrations() -> tuple[Migration, ...]:
    """Return the steps that this version knows, in order."""
    folder = files("rollcall.store.schema")
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".sql")), key=_name_of)
    return tuple(Migration(one.name[: -len(".sql")], one.read_text("utf-8")) for one in found)


def is_current(connection: Connection, steps: tuple[Migration, ...]) -> bool:
    """Tell, by reading alone, whether this database has exactly the form that we know."""
    tables = text("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migrations'")
    if connection.execute(tables).first() is None:
        return False
    done = {row[0] for row in connection.execute(text("SELECT name FROM migrations"))}
    return done == {step.name for step in steps}


def migrate(connection: Connection, steps: tuple[Migration, ...], now: datetime) -> list[str]:
    """Apply the steps that this database lacks and return their names.

    The caller's transaction holds all of it. Raises StoreUnusable, before anything is changed, for
    a database that knows a step that we do not.
    """
    connection.execute(text(_LEDGER))
    done = {row[0] for row in connection.execute(text("SELECT name FROM migrations"))}
    unknown = sorted(done - {step.name for step in steps})
    if unknown:
        raise StoreUnusable(
            f"this database was written by a newer Rollcall (it has the step {unknown[-1]!r}); "
            "upgrade rollcall, or move .rollcall/ away to begin anew"
        )
    missing = [step for step in steps if step.name not in done]
    for step in missing:
        for statement in step.sql.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        connection.execute(
            text("INSERT INTO migrations (name, applied_at) VALUES (:name, :at)"),
            {"name": step.name, "at": to_text(now)},
        )
    return [step.name for step in missing]


def _name_of(one: object) -> str:
    return str(getattr(one, "name", ""))
