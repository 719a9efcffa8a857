"""How far each source was read, and what else the pipeline asks of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select, update

from rollcall.model import SourceKind
from rollcall.store.asking import ask
from rollcall.store.marks import mark_changed
from rollcall.store.tables import AgentRow, BlockerRow, DeadlineRow, InstructionRow, Source

_AT_ONCE = 1000  # SQLite takes a limited number of variables in one question
_CURSORS = select(Source.name, Source.cursor, Source.gone).where(
    col(Source.name).in_(bindparam("names", expanding=True))
)
_SOURCE = select(Source).where(Source.name == bindparam("name"))
_PRESENT = select(Source.name).where(col(Source.gone).is_(False))
_WRITERS = select(AgentRow.slug).where(col(AgentRow.owes_proof).is_(True)).order_by(AgentRow.slug)
_INSTRUCTIONS = (
    select(InstructionRow.id)
    .where(col(InstructionRow.done).is_(None))
    .order_by(col(InstructionRow.id))
)
_LOOK_ANEW = (
    update(DeadlineRow)
    .where(col(DeadlineRow.subject).not_like("source:%"))
    .values(next_check_at=bindparam("now"))
)


def find_source(session: Session, name: str) -> Source | None:
    """Return the source of this name, or None."""
    return session.exec(_SOURCE, params={"name": name}).first()


def meet_source(
    session: Session, name: str, kind: SourceKind, agent: str | None, now: datetime
) -> Source:
    """Return the source of this name, a new one where it was never seen; it is ``agent``'s now."""
    row = find_source(session, name)
    if row is None:
        row = Source(name=name, kind=kind.value, agent=agent, first_seen=now, read_at=now)
        session.add(row)
        session.flush()
    row.agent = agent
    return row


def find_cursors(session: Session, names: Sequence[str]) -> dict[str, tuple[str | None, bool]]:
    """Return, by name, the cursors of those of these sources that are known, and if they are gone."""
    found: dict[str, tuple[str | None, bool]] = {}
    for start in range(0, len(names), _AT_ONCE):
        rows = ask(session, _CURSORS, names=names[start : start + _AT_ONCE])
        found |= {row.name: (row.cursor, row.gone) for row in rows}
    return found


def list_present(session: Session) -> list[str]:
    """Return the names of the sources that were there when last looked for."""
    return list(ask(session, _PRESENT).scalars())


def list_writers(session: Session) -> list[str]:
    """Return the agents that have entries of their own or are declared."""
    return list(ask(session, _WRITERS).scalars())


def list_waiting_instructions(session: Session) -> list[int]:
    """Return the ids of the instructions that were not carried out yet, oldest first."""
    return list(ask(session, _INSTRUCTIONS).scalars())


def is_anyone_on_duty(session: Session) -> bool:
    """Tell whether proof is due from anybody."""
    found = session.exec(
        select(AgentRow.slug)
        .where(col(AgentRow.owes_proof).is_(True), col(AgentRow.retired).is_(False))
        .limit(1)
    ).first()
    return found is not None


def judge_everything_anew(session: Session, now: datetime) -> None:
    """Have all that is or may come due looked at again: a gap, or duty, has moved it."""
    ask(session, _LOOK_ANEW, now=now)
    blocked = select(BlockerRow.subject).where(col(BlockerRow.closed).is_(None)).distinct()
    owing = select(AgentRow.slug).where(
        col(AgentRow.owes_proof).is_(True), col(AgentRow.retired).is_(False)
    )
    subjects = {*session.exec(blocked), *(f"agent:{slug}" for slug in session.exec(owing))}
    mark_changed(session, sorted(subjects), now)


def verb_of(session: Session, instruction: int) -> str:
    """Return what an instruction asks for."""
    return session.get_one(InstructionRow, instruction).verb
