"""The tables of the blockers log as people edit it: hashes of cells and rows, and what was taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from rollcall.store.fields import instant_field, words_field


class WrittenCellRow(SQLModel, table=True):
    """One text that we wrote in a cell of one blocker's row, ever, as a hash."""

    __tablename__ = "written_cells"
    blocker: int = Field(primary_key=True)
    cell: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)


class LogEditRow(SQLModel, table=True):
    """An edit of a cell that was carried out or answered, each once.

    ``base`` is the number of the writing that it was made on, 0 where that is not known; ``quoted``
    the text as it stood, redacted. ``answer`` is what we say to it under the table; ``settled``:
    nothing more is to be said.
    """

    __tablename__ = "log_edits"
    __table_args__ = (
        Index("log_edit_taken_once", "blocker", "cell", "digest", "base", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    blocker: int
    cell: str
    digest: str
    base: int
    quoted: str = words_field()
    at: datetime = instant_field()
    instruction: int | None = Field(default=None, foreign_key="instructions.id")
    answer: str | None = words_field(nullable=True)
    settled: bool = False


class LogPeopleRow(SQLModel, table=True):
    """A row that people keep in the log: unchanged since when, and whether its owner was asked.

    ``imported``: it stood there when we first looked, and is asked about never.
    """

    __tablename__ = "log_rows"
    identity: str = Field(primary_key=True)
    digest: str
    since: datetime = instant_field()
    imported: bool = False
    asked: bool = False
