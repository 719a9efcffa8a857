"""What people and commands told Rollcall to do: put down by anyone, carried out by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from rollcall.store.tables import InstructionRow


@dataclass(frozen=True, slots=True)
class Terms:
    """What an instruction says beyond its subject and its words.

    ``until`` is the end that it asks for; ``kinds`` and ``agents`` are what a silence is for, each
    empty for all.
    """

    until: datetime | None = None
    kinds: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


NO_TERMS = Terms()


def add_instruction(
    session: Session,
    verb: str,
    subject: str,
    text: str,
    author: str,
    now: datetime,
    terms: Terms = NO_TERMS,
) -> int:
    """Put an instruction down and return its id."""
    row = InstructionRow(
        verb=verb,
        subject=subject,
        text=text,
        author=author,
        created=now,
        until=terms.until,
        kinds=list(terms.kinds) or None,
        agents=list(terms.agents) or None,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def find_by_origin(session: Session, origin: str) -> int | None:
    """Return the instruction that came from ``origin``, such as one click; None for none yet."""
    return session.exec(select(InstructionRow.id).where(InstructionRow.origin == origin)).first()


def keep_origin(session: Session, id_: int, origin: str) -> None:
    """Keep where an instruction came from; raises ``IntegrityError`` for an origin that is known."""
    row = session.get_one(InstructionRow, id_)
    row.origin = origin
    session.add(row)
    session.flush()


def finish_instruction(
    session: Session, id_: int, result: str, now: datetime, *, refused: bool = False
) -> None:
    """Record what came of an instruction."""
    row = session.get_one(InstructionRow, id_)
    row.done, row.result, row.refused = now, result, refused
    session.add(row)


def read_instruction(session: Session, id_: int) -> InstructionRow:
    """Return one instruction; its ``result`` is None until it is carried out."""
    return session.get_one(InstructionRow, id_)


def terms_of(row: InstructionRow) -> Terms:
    """Return what an instruction says beyond its subject and its words."""
    return Terms(row.until, tuple(row.kinds or ()), tuple(row.agents or ()))
