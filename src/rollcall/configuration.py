"""The configuration of a running workspace: read again when its file changed, or somebody asks.

A file that cannot be used leaves the settings in force as they are, and is a fault of our own until
it can be used again.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rollcall.errors import ConfigurationError
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.workspace import CONFIG_FILE, IN_FORCE, Workspace, keep_in_force, reread

SUBJECT = "configuration"
SETTLE_S = 1.0  # an editor empties a file before it writes it
_FRESH_S = 0.5


class Configuration:
    """Knows which settings are in force, and what the file said when it was last looked at."""

    def __init__(self, workspace: Workspace, database: Database) -> None:
        """Take the workspace as it was found at the start."""
        self._in_force = workspace
        self._database = database
        self._seen = self._stat()

    @property
    def path(self) -> Path:
        """Return the file, which may not be there yet."""
        return self._in_force.config_path or self._in_force.root / CONFIG_FILE

    def begin(self, now: datetime) -> None:
        """End the fault of an earlier process life: this one found a file that it can use."""
        self._end_fault(now)
        keep_in_force(self._in_force)

    def look(self, now: datetime, *, asked: bool = False) -> Workspace | None:
        """Return the workspace with other settings than those in force, or None.

        Without being ``asked`` only a file that changed is read, and not while it is being written.
        """
        seen = self._stat()
        if not asked and (seen == self._seen or _is_fresh(seen, now)):
            return None
        self._seen = seen
        try:
            found = self._read()
        except ConfigurationError as error:
            self.refuse(str(error), now)
            return None
        self._end_fault(now)
        if found.settings == self._in_force.settings:
            return None
        return found

    def take(self, workspace: Workspace) -> None:
        """Count these settings as in force."""
        self._in_force = workspace
        keep_in_force(workspace)

    def end(self) -> None:
        """Leave no settings behind for commands that come when nobody runs."""
        (self._in_force.state_dir / IN_FORCE).unlink(missing_ok=True)

    def refuse(self, why: str, now: datetime) -> None:
        """Note what keeps the file's settings from being used; those in force stay."""
        text = "; ".join(why.splitlines())
        with self._database.write() as session:
            marks.note_fault(session, SUBJECT, text, now)
            marks.mark_changed(session, [f"fault:{SUBJECT}"], now)

    def _read(self) -> Workspace:
        found = reread(self._in_force)
        if self.path.exists() and not self.path.read_bytes().strip():
            raise ConfigurationError(
                f"{self._shown()}: is empty now; write the settings again, or stop Rollcall and "
                "start it anew to have the defaults"
            )
        if found.database_path != self._in_force.database_path:
            raise ConfigurationError(
                f"{self._shown()}: store.url cannot change while Rollcall runs, and nothing else of "
                "the file is taken; stop Rollcall and start it anew, or set it back"
            )
        return found

    def _shown(self) -> Path:
        root = self._in_force.root
        return self.path.relative_to(root) if self.path.is_relative_to(root) else self.path

    def _end_fault(self, now: datetime) -> None:
        with self._database.write() as session:
            if marks.end_fault(session, SUBJECT):
                marks.mark_changed(session, [f"fault:{SUBJECT}"], now)

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


def _is_fresh(seen: tuple[int, int, int] | None, now: datetime) -> bool:
    return seen is not None and 0 <= now.timestamp() - seen[2] / 1e9 < _FRESH_S
