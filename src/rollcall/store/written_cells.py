"""What we ever wrote in the cells of the blockers log, and which edits of them were taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from rollcall.store.asking import ask
from rollcall.store.instructions import read_instruction
from rollcall.store.ledger import blocker_id
from rollcall.store.log_tables import LogEditRow, WrittenCellRow

_ANSWERS = (
    select(LogEditRow.blocker, LogEditRow.answer)
    .where(col(LogEditRow.answer).is_not(None), col(LogEditRow.settled).is_(False))
    .order_by(col(LogEditRow.id))
)

Cell = tuple[int, str, str]  # a blocker's number, the cell's name, the hash of its words


def remember_written(session: Session, cells: Collection[Cell]) -> None:
    """Keep that these texts stand in these cells, before they do."""
    if not cells:
        return
    rows = [{"blocker": number, "cell": cell, "digest": digest} for number, cell, digest in cells]
    session.connection().execute(insert(WrittenCellRow).on_conflict_do_nothing(), rows)


def list_written(session: Session) -> dict[int, dict[str, set[str]]]:
    """Return the hashes of all that we ever wrote, by blocker and cell."""
    written: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    query = select(WrittenCellRow.blocker, WrittenCellRow.cell, WrittenCellRow.digest)
    for number, cell, digest in session.exec(query):
        written[number][cell].add(digest)
    return written


def list_taken(session: Session, base: int) -> set[tuple[str, str, str]]:
    """Return the edits (id, cell, hash) that were taken from copies of one writing."""
    query = select(LogEditRow.blocker, LogEditRow.cell, LogEditRow.digest)
    rows = session.exec(query.where(LogEditRow.base == base))
    return {(blocker_id(number), cell, digest) for number, cell, digest in rows}


def add_edits(
    session: Session,
    cells: Iterable[tuple[Cell, str]],
    base: int,
    now: datetime,
    *,
    instruction: int | None = None,
    answer: str | None = None,
) -> None:
    """Keep that edits, each with its words, were taken, and what is said to them together."""
    for (number, cell, digest), quoted in cells:
        session.add(
            LogEditRow(
                blocker=number,
                cell=cell,
                digest=digest,
                base=base,
                quoted=quoted,
                at=now,
                instruction=instruction,
                answer=answer,
                settled=answer is None and instruction is None,
            )
        )
        answer = None
    session.flush()


def settle_answers(session: Session, blockers: Collection[int]) -> None:
    """Say no more to earlier edits of these blockers: they have been edited again."""
    for row in session.exec(
        select(LogEditRow).where(
            col(LogEditRow.blocker).in_(blockers), col(LogEditRow.settled).is_(False)
        )
    ):
        row.settled = True
        session.add(row)


def answer_refusals(session: Session) -> bool:
    """Answer the edits whose instruction was refused, settle the others; tell whether any was."""
    refused = False
    for row in session.exec(
        select(LogEditRow).where(
            col(LogEditRow.instruction).is_not(None), col(LogEditRow.settled).is_(False)
        )
    ).all():
        done = read_instruction(session, row.instruction or 0)
        if done.done is None:
            continue
        if done.refused:
            row.answer = f'"{row.quoted}" was not carried out: {done.result}'
            row.instruction = None
            refused = True
        elif row.answer is None:
            row.settled = True
        else:
            row.instruction = None
        session.add(row)
    return refused


def is_anything_awaited(session: Session) -> bool:
    """Tell whether any edit was taken whose instruction was not yet carried out."""
    query = select(LogEditRow.id).where(
        col(LogEditRow.instruction).is_not(None), col(LogEditRow.settled).is_(False)
    )
    return session.exec(query.limit(1)).first() is not None


def dismiss_answer(session: Session, blocker: int, words: str) -> None:
    """Say no more what a person has struck out."""
    for row in session.exec(
        select(LogEditRow).where(LogEditRow.blocker == blocker, LogEditRow.answer == words)
    ):
        row.settled = True
        session.add(row)


def list_answers(session: Session) -> Sequence[tuple[str, str]]:
    """Return (id, words) of what is to be said under the table, oldest first."""
    return [(blocker_id(row.blocker), row.answer) for row in ask(session, _ANSWERS)]
