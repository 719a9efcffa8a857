"""The blockers log as a projection of the store, and what people edit in it.

It is stale after a transition and rendered anew whole; it is looked at when the file changed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.errors import BlockersLogUnusable
from rollcall.files import find_obstacle
from rollcall.gitstate import is_git_busy
from rollcall.log_edits import LogEdits
from rollcall.log_rows import LogRows
from rollcall.model import Blocker
from rollcall.notify.blockers_log import BlockersLog, archive_path, row_of
from rollcall.rules.words import say_instant
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.ledger import Hand, list_blockers, list_hands, raise_number_floor
from rollcall.store.written_cells import answer_refusals, is_anything_awaited

KEEP_CLOSED = timedelta(days=1)
LOOK_EVERY = timedelta(seconds=1)

_log = logging.getLogger("rollcall")


class LogProjection:
    """Renders the store's blockers into the log, and old closed ones into its archive.

    ``on_instructions`` is called when people's edits are to be carried out.
    """

    def __init__(
        self,
        database: Database,
        path: Path,
        state_dir: Path,
        settings: Settings,
        *,
        slack_is_on: bool,
    ) -> None:
        """Take the log's path; nothing is written yet."""
        self._database = database
        self._root = state_dir.parent
        self._edits = LogEdits(database, settings)
        self._rows = LogRows(database, settings, slack_is_on=slack_is_on)
        self.on_instructions: Callable[[], None] = _do_nothing
        self._path = path
        self._log = BlockersLog(path, state_dir)
        self._archive = BlockersLog(
            archive_path(path), state_dir, title="Blockers log: closed before"
        )
        self._watching: list[BlockersLog] = []
        self._knows_ids = False
        self._farewell = ""
        self._awaits_results = True
        self._seen: object = None
        self._looked: datetime | None = None

    @property
    def path(self) -> Path:
        """Return the file itself, behind any symbolic link."""
        return Path(os.path.realpath(self._path))

    def begin(self) -> None:
        """Begin new ids above the highest in the file, and have it rendered once.

        A log that cannot be read now keeps nobody from watching: ``refresh`` raises what is wrong.
        """
        with self._database.write() as session:
            marks.set_mark(session, marks.LOG_STALE, "yes")
        with suppress(BlockersLogUnusable):
            self._learn_ids()

    def refresh(self, now: datetime) -> None:
        """Render the log if it is stale or changed, and take over what was written to its old files.

        A change is looked at a second after the last look, and not while git is writing files.
        Raises BlockersLogUnusable, which names what lies in the workspace from there.
        """
        try:
            self._refuse_obstacle()
            self._refresh(now)
        except BlockersLogUnusable as error:
            raise BlockersLogUnusable(str(error).replace(f"{self._root}/", "")) from error

    def _refuse_obstacle(self) -> None:
        obstacle = find_obstacle(self.path)
        if obstacle is not None:
            raise BlockersLogUnusable(
                f"{obstacle} is a file, and a folder is needed there for {self.path.name}; move it "
                "away, or set notify.blockers_log.path"
            )

    def _refresh(self, now: datetime) -> None:
        if not self._knows_ids:
            self._learn_ids()
        with self._database.read() as session:
            stale = marks.get_mark(session, marks.LOG_STALE) is not None
        if self._awaits_results:
            stale |= self._answer_refusals()
        seen = _stat(self.path)
        if stale or self._is_to_be_looked_at(seen, now):
            self._seen, self._looked = seen, now
            self._refresh_stale(now)
        self._rows.look(now)
        self._watching = [log for log in self._watching if log.poll(now=now)]

    def leave(self, to: Path | None, now: datetime) -> None:
        """Say in the file that its rows go on in another, or are kept no more; they stay as they are.

        Raises BlockersLogUnusable.
        """
        if not self._path.exists():
            return
        self._farewell = f"Kept no longer, since {say_instant(now)}"
        if to is not None:
            shown = to.relative_to(self._root) if to.is_relative_to(self._root) else to
            self._farewell = f"Goes on in {shown.as_posix()}, since {say_instant(now)}"
        self._refresh_stale(now)

    def settle(self, now: datetime) -> bool:
        """Take over what others still write to the files replaced; return whether any is watched."""
        self._watching = [log for log in self._watching if log.poll(now=now)]
        return bool(self._watching)

    def problem(self) -> str | None:
        """Return what ``doctor`` should say about the log, or None."""
        return self._log.problem()

    def seconds_to_wait(self, now: datetime) -> float | None:
        """Return when the file is to be looked at that changed since it was, None if it did not."""
        if self._looked is None or _stat(self.path) == self._seen:
            return None
        return max(0.0, (self._looked + LOOK_EVERY - now).total_seconds())

    def _is_to_be_looked_at(self, seen: object, now: datetime) -> bool:
        if seen == self._seen:
            return False
        early = self._looked is not None and self._looked <= now < self._looked + LOOK_EVERY
        return not early and not is_git_busy(self._root, now=now)

    def _answer_refusals(self) -> bool:
        with self._database.write() as session:
            refused = answer_refusals(session)
            self._awaits_results = is_anything_awaited(session)
        return refused

    def _refresh_stale(self, now: datetime) -> None:
        """Render the present state; what changes meanwhile makes the log stale again."""
        with self._database.write() as session:
            marks.set_mark(session, marks.LOG_STALE, None)
            blockers = list_blockers(session)
            hands = list_hands(session)
            footer = self._farewell or _say_footer(session)
        done = False
        try:
            done = self._render(blockers, hands, footer, now)
        finally:
            if not done:
                with self._database.write() as session:
                    marks.set_mark(session, marks.LOG_STALE, "yes")

    def _learn_ids(self) -> None:
        highest = max(self._log.highest_id(), self._archive.highest_id())
        with self._database.write() as session:
            raise_number_floor(session, highest)
        self._knows_ids = True

    def _render(
        self, blockers: list[Blocker], hands: Mapping[str, Hand], footer: str, now: datetime
    ) -> bool:
        old = [one for one in blockers if one.closed and one.closed <= now - KEEP_CLOSED]
        shown = [one for one in blockers if one not in old]
        archived = [row_of(one, hands.get(one.id)) for one in old]
        archiving = self._archive.write(archived, "", now=now) if old else None
        if archiving is not None and archiving.waiting is not None:
            return False
        if not shown and not old and not footer and not self._path.exists():
            return True
        rows = [row_of(one, hands.get(one.id)) for one in shown]
        self._edits.begin(blockers, [row.id for row in rows], now)
        writing = self._log.write(
            rows, footer, now=now, known={one.id for one in old}, keeper=self._edits
        )
        self._watching = [self._log, self._archive]
        if writing.copied_aside is not None:
            _log.info("the blockers log was edited; that version is at %s", writing.copied_aside)
            with self._database.write() as session:
                marks.set_mark(session, "log_copied_aside", str(writing.copied_aside))
        self._rows.see(self._edits.content)
        if self._edits.took:
            self._awaits_results = True
            self.on_instructions()
        return writing.waiting is None


def _do_nothing() -> None:
    """Leave it to whoever ticks next."""


def _stat(path: Path) -> object:
    """Return what changes when the file does; None where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _say_footer(session: Session) -> str:
    started = marks.get_instant(session, marks.STARTED)
    stopped = marks.get_instant(session, marks.STOPPED)
    if stopped is not None:
        return f"Stopped {say_instant(stopped)}"
    return "" if started is None else f"Watched since {say_instant(started)}"
