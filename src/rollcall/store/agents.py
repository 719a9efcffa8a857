"""The agents that are known, as the store lists them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from rollcall.store.asking import ask
from rollcall.store.tables import AgentRow

_RETIRED = select(AgentRow.retired).where(AgentRow.slug == bindparam("slug"))
_WRITTEN = select(AgentRow.has_written).where(AgentRow.slug == bindparam("slug"))
_OWING = (
    select(AgentRow.slug)
    .where(col(AgentRow.owes_proof).is_(True), col(AgentRow.retired).is_(False))
    .order_by(AgentRow.slug)
)


def is_retired(session: Session, slug: str) -> bool:
    """Tell whether an agent is retired; one that is not known is not."""
    return bool(ask(session, _RETIRED, slug=slug).scalar())


def has_written(session: Session, slug: str) -> bool:
    """Tell whether an agent has ever written."""
    return bool(ask(session, _WRITTEN, slug=slug).scalar())


def list_owing(session: Session) -> Sequence[str]:
    """Return the agents that owe proof and are not retired, by name."""
    return ask(session, _OWING).scalars().all()
