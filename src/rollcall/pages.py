"""The two generated pages, kept as the store has it: the status dashboard, the dependency register.

Each is written whole, and only where its text is another than what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.files import write_atomically
from rollcall.notify.render_pages import Member, Owed, render_dashboard, render_register
from rollcall.rules.duty import EVERYBODY
from rollcall.status import ON, AgentState, read_agent_states
from rollcall.store.conversation import list_dependencies
from rollcall.store.database import Database
from rollcall.store.ledger import list_blockers
from rollcall.store.request_tables import DependencyRow

_OPEN = ("open", "acknowledged")


class Pages:
    """Writes the pages that the settings ask for."""

    def __init__(self, settings: Settings, workspace: Path) -> None:
        """Take the workspace's folder; nothing is written yet."""
        self._settings = settings
        self._workspace = workspace
        self._pages = settings.notify.pages
        self._written: dict[Path, str] = {}

    @property
    def are_wanted(self) -> bool:
        """Tell whether there is any page to write."""
        return self._pages.dashboard is not None or self._pages.dependencies is not None

    def refresh(self, database: Database, now: datetime) -> None:
        """Bring the pages to the present state; raises ``OSError`` where one cannot be written."""
        texts: dict[Path, str] = {}
        name = self._workspace.name
        with database.read() as session:
            rows = [row for row in list_dependencies(session) if not row.withdrawn]
            if self._pages.dashboard is not None:
                members = _list_members(session, self._settings, rows, now)
                texts[self._workspace / self._pages.dashboard] = render_dashboard(name, members)
            if self._pages.dependencies is not None:
                owed = [_owed(row) for row in sorted(rows, key=_order)]
                texts[self._workspace / self._pages.dependencies] = render_register(name, owed, now)
        for path, text in texts.items():
            if self._written.get(path) != text or not path.exists():
                write_atomically(path, text)
                self._written[path] = text


def _list_members(
    session: Session, settings: Settings, rows: Sequence[DependencyRow], now: datetime
) -> list[Member]:
    waits, owes, blockers = _names(), _names(), _names()
    for row in rows:
        if row.state in _OPEN and not row.backlog and row.provider != EVERYBODY:
            owes[row.provider].setdefault(row.requester or "someone")
            waits[row.requester or ""].setdefault(row.provider)
    for one in list_blockers(session, open_only=True):
        blockers[one.agent].setdefault(f"{one.id} {one.kind.value}")
    return [
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


def _names() -> defaultdict[str, dict[str, None]]:
    return defaultdict(dict)


def _say_state(one: AgentState) -> str:
    return "on duty" if one.duty == ON else one.duty


def _owed(row: DependencyRow) -> Owed:
    return Owed(
        request=row.request,
        title=row.title,
        requester=row.requester,
        provider="anyone" if row.provider == EVERYBODY else row.provider,
        state="backlog" if row.backlog and row.state in _OPEN else row.state,
        asked=row.asked_at,
        due=row.due,
        fallback=row.fallback,
    )


def _order(row: DependencyRow) -> tuple[bool, bool, str, str, str]:
    is_open = row.state in _OPEN
    asked = "" if row.asked_at is None else row.asked_at.isoformat()
    return not is_open, row.backlog, asked, row.request, row.provider
