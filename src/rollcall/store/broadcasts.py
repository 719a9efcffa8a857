"""Requests to everyone in the store: whom they were for, and who has replied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from rollcall.model import DependencyState
from rollcall.store.request_tables import BroadcastRow, DependencyRow
from rollcall.store.tables import AgentRow


@dataclass(frozen=True, slots=True)
class States:
    """The dependencies of one request to everyone: what stands of it first."""

    rows: tuple[DependencyRow, ...]

    @property
    def requester(self) -> str | None:
        """Return who asks."""
        return self.rows[0].requester if self.rows else None

    def of(self, slug: str) -> DependencyState:
        """Return how far it has come with one agent."""
        found = (one.state for one in self.rows if one.provider == slug and not one.withdrawn)
        return DependencyState(next(found, DependencyState.OPEN.value))


def find_broadcast(session: Session, message_id: int) -> BroadcastRow | None:
    """Return the request to everyone with this message's id, or None."""
    return session.get(BroadcastRow, message_id)


def read_states(session: Session, message_id: int) -> States:
    """Return what is stored of one request to everyone."""
    rows = session.exec(
        select(DependencyRow)
        .where(DependencyRow.message_id == message_id, col(DependencyRow.broadcast).is_(True))
        .order_by(col(DependencyRow.withdrawn), col(DependencyRow.provider))
    )
    return States(tuple(rows))


def list_members(session: Session, arrived: datetime, within: timedelta) -> list[str]:
    """Return the agents that a request to everyone is for that arrived then, whatever their duty.

    They are those of whom proof is due and who are not retired; one that is known from chat alone
    counts while it wrote ``within`` so long before.
    """
    rows = session.exec(
        select(AgentRow).where(col(AgentRow.since) <= arrived).order_by(AgentRow.slug)
    )
    return [row.slug for row in rows if _is_member(row, arrived, within)]


def _is_member(row: AgentRow, arrived: datetime, within: timedelta) -> bool:
    if row.owes_proof:
        return not row.retired
    return row.spoke_at is not None and arrived - row.spoke_at <= within
