"""What a replay counts when it is over: who was told of what, and how much was read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from rollcall.model import Transition
from rollcall.store.outbox import Fate
from rollcall.store.tables import AgentRow, BlockerRow, EntryRow, EventBlocker, EventRow


@dataclass(frozen=True, slots=True)
class Told:
    """One notice that a sink took: of what, and of which agents it speaks, each once."""

    transition: Transition
    sink: str
    agents: tuple[str, ...]


def list_told(session: Session) -> list[Told]:
    """Return every notice that a sink took, in the order of telling.

    One that speaks of no blocker is about whoever it goes to, where that is an inbox.
    """
    agents: dict[int, set[str]] = defaultdict(set)
    spoken_of = select(EventBlocker.event_id, BlockerRow.agent).join(
        BlockerRow, col(BlockerRow.number) == col(EventBlocker.blocker)
    )
    for event, agent in session.exec(spoken_of):
        agents[event].add(agent)
    rows = session.exec(
        select(EventRow).where(EventRow.fate == Fate.SENT.value).order_by(col(EventRow.id))
    )
    return [
        Told(
            Transition(row.transition),
            row.sink,
            tuple(sorted(agents.get(row.id or 0, ()))) or _recipient(row),
        )
        for row in rows
    ]


def count_entries(session: Session) -> int:
    """Return how many entries are known."""
    return session.exec(select(func.count()).select_from(EntryRow)).one()


def list_who_wrote(session: Session) -> list[str]:
    """Return the agents that owe proof or did, retired ones among them, by name."""
    return list(
        session.exec(
            select(AgentRow.slug).where(col(AgentRow.owes_proof).is_(True)).order_by(AgentRow.slug)
        )
    )


def _recipient(row: EventRow) -> tuple[str, ...]:
    return (row.target,) if row.sink == "inbox" and row.target else ()
