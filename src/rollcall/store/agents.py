"""The agents that are known, as the store lists them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from rollcall.store.tables import AgentRow


def list_owing(session: Session) -> Sequence[str]:
    """Return the agents that owe proof and are not retired, by name."""
    return session.exec(
        select(AgentRow.slug)
        .where(col(AgentRow.owes_proof).is_(True), col(AgentRow.retired).is_(False))
        .order_by(AgentRow.slug)
    ).all()
