"""The two generated pages, kept as the store has it: the status dashboard, the dependency register.

Each is written whole, and only where its text is another than what stands there. What changes at
once is written at once, what follows it within seconds with the last of it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.duties import Duties
from rollcall.errors import OutsideError
from rollcall.files import write_atomically
from rollcall.judging_dependencies import RequestJudge
from rollcall.model import EVERYONE
from rollcall.notify.redact import redact
from rollcall.notify.render_pages import (
    NOTE,
    Answered,
    Member,
    Owed,
    render_dashboard,
    render_register,
)
from rollcall.status import ON, AgentState, read_agent_states
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.ledger import list_blockers
from rollcall.store.report import list_answered, list_open_requests
from rollcall.store.request_tables import DependencyRow

KEEP_ANSWERED = timedelta(days=1)
REFRESH_EVERY = timedelta(seconds=5)
LOOK_EVERY = timedelta(minutes=1)  # for what only the clock changes, or somebody who wrote to them
_EVERYONE = "everyone"

_log = logging.getLogger("rollcall")


class Pages:
    """Writes the pages that the settings ask for."""

    def __init__(self, settings: Settings, workspace: Path) -> None:
        """Take the workspace's folder; nothing is written yet."""
        self._settings = settings
        self._workspace = workspace
        self._pages = settings.notify.pages
        self._judge = RequestJudge(settings, Duties(settings))
        self._seen: dict[Path, tuple[str, object]] = {}
        self._is_stale = True
        self._refreshed: datetime | None = None

    @property
    def are_wanted(self) -> bool:
        """Tell whether there is any page to write."""
        return self._pages.dashboard is not None or self._pages.dependencies is not None

    def mark_stale(self) -> None:
        """Note that what the pages show may have changed."""
        self._is_stale = True

    def next_refresh(self) -> datetime | None:
        """Return when ``refresh`` is to be called next, None for at once or where none is wanted."""
        if self._refreshed is None or not self.are_wanted:
            return None
        return self._refreshed + (REFRESH_EVERY if self._is_stale else LOOK_EVERY)

    def is_due(self, now: datetime) -> bool:
        """Tell whether ``refresh`` is to be called now."""
        at = self.next_refresh()
        # A clock that was set back must not keep them waiting.
        early = at is not None and self._refreshed is not None and self._refreshed <= now < at
        return self.are_wanted and not early

    def refresh(self, database: Database, now: datetime) -> None:
        """Bring the pages to the present state, also where somebody else wrote to them.

        What was no page of ours is kept in ``.rollcall/edited/`` before it is written over. Raises
        ``OSError`` where one cannot be written, OutsideError where it lies outside the workspace.
        """
        self._refreshed, self._is_stale = now, True  # where it fails, it is tried again
        failures = []
        for path, text in self._render(database, now).items():
            try:
                self._write(path, text, now)
            except (OSError, OutsideError) as failure:
                failures.append(failure)  # the other page is written nevertheless
        if failures:
            raise failures[0]
        self._is_stale = False

    def _render(self, database: Database, now: datetime) -> dict[Path, str]:
        texts: dict[Path, str] = {}
        name = self._workspace.name
        with database.read() as session:
            rows = sorted(list_open_requests(session), key=_order)
            if self._pages.dashboard is not None:
                members = _list_members(session, self._settings, rows, now)
                texts[self._workspace / self._pages.dashboard] = render_dashboard(name, members)
            if self._pages.dependencies is not None:
                gaps = marks.list_gaps(session)
                owed = [_owed(row, *self._judge.terms(session, row, gaps, now)) for row in rows]
                found = list_answered(session, now - KEEP_ANSWERED)
                answered = [_answered(row, at) for row, at in found]
                texts[self._workspace / self._pages.dependencies] = render_register(
                    name, owed, answered
                )
        return texts

    def _write(self, path: Path, text: str, now: datetime) -> None:
        if self._seen.get(path) == (text, _stat(path)):
            return
        if not path.resolve().is_relative_to(self._workspace.resolve()):
            raise OutsideError(f"{path}: lies outside the workspace; no page is written there")
        there = path.read_bytes() if path.exists() else b""
        if there != text.encode():
            if there.strip() and NOTE.encode() not in there:
                self._keep(path, there, now)
            write_atomically(path, text)
        self._seen[path] = (text, _stat(path))

    def _keep(self, path: Path, there: bytes, now: datetime) -> None:
        folder = self._workspace / ".rollcall" / "edited"
        kept = folder / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{path.name}"
        write_atomically(kept, redact(there.decode(errors="replace")))
        _log.warning("%s was no page of ours; what stood there is kept at %s", path, kept)


def _list_members(
    session: Session, settings: Settings, rows: Sequence[DependencyRow], now: datetime
) -> list[Member]:
    waits, owes, blockers = _names(), _names(), _names()
    for row in rows:
        if not row.backlog:
            owes[row.provider].setdefault(row.requester or "someone")
            waits[row.requester or ""].setdefault(_name(row.provider))
    for one in list_blockers(session, open_only=True):
        blockers[one.agent].setdefault(f"{one.id} {one.kind.value}")
    agents = [
        Member(
            agent=one.slug,
            state=_say_state(one),
            last_proof=one.last_proof,
            due=one.due,
            waits_for=tuple(waits[one.slug]),
            owes=tuple(owes[one.slug]),
            blockers=tuple(blockers[one.slug]),
        )
        for one in read_agent_states(session, settings, now)
    ]
    known = {one.agent for one in agents}
    return agents + _list_others(owes, blockers, known)


def _list_others(
    owes: Mapping[str, Mapping[str, None]],
    blockers: Mapping[str, Mapping[str, None]],
    known: set[str],
) -> list[Member]:
    """Return everyone together, and Rollcall itself, where anything is open there."""
    others = sorted({slug for slug, found in (*owes.items(), *blockers.items()) if found} - known)
    return [
        Member(
            _name(slug),
            "",
            None,
            None,
            (),
            tuple(owes.get(slug, ())),
            tuple(blockers.get(slug, ())),
        )
        for slug in others
    ]


def _names() -> defaultdict[str, dict[str, None]]:
    return defaultdict(dict)


def _say_state(one: AgentState) -> str:
    return "on duty" if one.duty == ON else one.duty


def _name(slug: str) -> str:
    return _EVERYONE if slug == EVERYONE else slug


def _stat(path: Path) -> object:
    """Return what changes when a file does, None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _owed(row: DependencyRow, due: datetime | None, fallback: str | None) -> Owed:
    return Owed(
        request=row.request,
        title=row.title,
        requester=row.requester,
        provider=_name(row.provider),
        state="backlog" if row.backlog else row.state,
        asked=row.asked_at,
        due=due,
        fallback=fallback,
    )


def _answered(row: DependencyRow, at: datetime) -> Answered:
    return Answered(
        request=row.request,
        title=row.title,
        requester=row.requester,
        provider=_name(row.provider),
        asked=row.asked_at,
        at=at,
        answer=row.closed_by or "",
    )


def _order(row: DependencyRow) -> tuple[bool, str, str, str]:
    asked = "" if row.asked_at is None else row.asked_at.isoformat()
    return row.backlog, asked, row.request, row.provider
