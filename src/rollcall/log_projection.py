"""The blockers log as a projection of the store: stale after a transition, rendered anew whole."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from rollcall.errors import BlockersLogUnusable
from rollcall.model import Blocker
from rollcall.notify.blockers_log import BlockersLog, archive_path, row_of
from rollcall.rules.words import say_instant
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.ledger import list_blockers, raise_number_floor

KEEP_CLOSED = timedelta(days=1)

_log = logging.getLogger("rollcall")


class LogProjection:
    """Renders the store's blockers into the log, and old closed ones into its archive."""

    def __init__(self, database: Database, path: Path, state_dir: Path) -> None:
        """Take the log's path; nothing is written yet."""
        self._database = database
        self._path = path
        self._log = BlockersLog(path, state_dir)
        self._archive = BlockersLog(
            archive_path(path), state_dir, title="Blockers log: closed before"
        )
        self._watching: list[BlockersLog] = []
        self._knows_ids = False

    def begin(self) -> None:
        """Begin new ids above the highest in the file, and have it rendered once.

        A log that cannot be read now keeps nobody from watching: ``refresh`` raises what is wrong.
        """
        with self._database.write() as session:
            marks.set_mark(session, marks.LOG_STALE, "yes")
        with suppress(BlockersLogUnusable):
            self._learn_ids()

    def refresh(self, now: datetime) -> None:
        """Render the log if it is stale, and take over what others still wrote to its old files.

        Raises BlockersLogUnusable.
        """
        if not self._knows_ids:
            self._learn_ids()
        with self._database.read() as session:
            stale = marks.get_mark(session, marks.LOG_STALE) is not None
        if stale:
            self._refresh_stale(now)
        self._watching = [log for log in self._watching if log.poll(now=now)]

    def problem(self) -> str | None:
        """Return what ``doctor`` should say about the log, or None."""
        return self._log.problem()

    def _refresh_stale(self, now: datetime) -> None:
        """Render the present state; what changes meanwhile makes the log stale again."""
        with self._database.write() as session:
            marks.set_mark(session, marks.LOG_STALE, None)
            blockers = list_blockers(session)
            footer = _say_footer(session)
        done = False
        try:
            done = self._render(blockers, footer, now)
        finally:
            if not done:
                with self._database.write() as session:
                    marks.set_mark(session, marks.LOG_STALE, "yes")

    def _learn_ids(self) -> None:
        highest = max(self._log.highest_id(), self._archive.highest_id())
        with self._database.write() as session:
            raise_number_floor(session, highest)
        self._knows_ids = True

    def _render(self, blockers: list[Blocker], footer: str, now: datetime) -> bool:
        old = [one for one in blockers if one.closed and one.closed <= now - KEEP_CLOSED]
        shown = [one for one in blockers if one not in old]
        archiving = self._archive.write([row_of(one) for one in old], "", now=now) if old else None
        if archiving is not None and archiving.waiting is not None:
            return False
        if not shown and not old and not footer and not self._path.exists():
            return True
        writing = self._log.write(
            [row_of(one) for one in shown], footer, now=now, known={one.id for one in old}
        )
        self._watching = [self._log, self._archive]
        if writing.copied_aside is not None:
            _log.warning("the blockers log was edited; that version is at %s", writing.copied_aside)
            with self._database.write() as session:
                marks.set_mark(session, "log_copied_aside", str(writing.copied_aside))
        return writing.waiting is None


def _say_footer(session: Session) -> str:
    started = marks.get_instant(session, marks.STARTED)
    stopped = marks.get_instant(session, marks.STOPPED)
    if stopped is not None:
        return f"Stopped {say_instant(stopped)}"
    return "" if started is None else f"Watched since {say_instant(started)}"
