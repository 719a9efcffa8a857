"""The configuration of a running workspace: read again when its file changed, or somebody asks.

A file that cannot be used leaves the settings in force as they are, and is a fault of our own until
it can be used again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from rollcall.errors import ConfigurationError
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.workspace import CONFIG_FILE, Workspace, keep_in_force, reread

SUBJECT = "configuration"
SETTLE_S = 1.0  # an editor empties a file before it writes it
_FRESH_S = 0.5


class Configuration:
    """Knows which settings are in force, and what the file said when it was last looked at."""

    def __init__(
        self,
        workspace: Workspace,
        database: Database,
        answer: Callable[[str], None] = lambda _words: None,
    ) -> None:
        """Take the workspace as it was found at the start; ``answer`` goes to those who ask."""
        self._in_force = workspace
        self._database = database
        self._seen = self._stat()
        self._answer = answer
        self._is_asked = False

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

        Without being ``asked`` only a file that changed is read. It is never read while it is being
        written: who asked then is answered by a later look.
        """
        self._is_asked = self._is_asked or asked
        seen = self._stat()
        if _is_fresh(seen, now) or not (self._is_asked or seen != self._seen):
            return None
        was_asked, self._is_asked = self._is_asked, False
        self._seen = seen
        try:
            found = self._read()
        except ConfigurationError as error:
            self.refuse(str(error), now)
            if was_asked:
                self._answer(
                    f"{self._shown()} cannot be used, the settings of before hold: {error}"
                )
            return None
        self._end_fault(now)
        if found.settings == self._in_force.settings:
            if was_asked:
                self._answer(f"{self._shown()} was read again: nothing else is set in it")
            return None
        return found

    def take(self, workspace: Workspace) -> None:
        """Count these settings as in force."""
        self._in_force = workspace
        keep_in_force(workspace)

    def refuse(self, why: str, now: datetime) -> None:
        """Note what keeps the file's settings from being used; those in force stay."""
        text = "; ".join([*why.splitlines(), "the settings of before hold"])
        with self._database.write() as session:
            marks.note_fault(session, SUBJECT, text, now)
            marks.mark_changed(session, [f"fault:{SUBJECT}"], now)

    def _read(self) -> Workspace:
        if self._in_force.config_path is not None and not self.path.exists():
            raise ConfigurationError(
                f"{self._shown()}: is not there any more; put it back, or stop Rollcall and start "
                "it anew to have the defaults"
            )
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

    def _stat(self) -> _Seen | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return _Seen(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class _Seen(NamedTuple):
    """What tells one version of the file from another; who may read it counts, too."""

    number: int
    size: int
    written_ns: int
    changed_ns: int


def _is_fresh(seen: _Seen | None, now: datetime) -> bool:
    return seen is not None and 0 <= now.timestamp() - seen.written_ns / 1e9 < _FRESH_S
