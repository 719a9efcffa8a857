"""The tables of sending: whom a sink asked us to leave alone, and what was never sent, and why."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from rollcall.store.fields import instant_field, words_field


class HeldTargetRow(SQLModel, table=True):
    """A target of a sink that asked us to wait; ``call`` is what it takes none of.

    ``since`` is when it asked, ``wait_s`` for how many seconds: so a clock that is set lengthens none.
    """

    __tablename__ = "held_targets"
    sink: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    call: str = Field(primary_key=True)
    since: datetime = instant_field()
    wait_s: float


class UntoldRow(SQLModel, table=True):
    """A transition that was to be told and never became a notice, and why not."""

    __tablename__ = "untold_transitions"
    id: int | None = Field(default=None, primary_key=True)
    blocker: int = Field(foreign_key="blockers.number", index=True)
    transition: str
    level: int
    at: datetime = instant_field()
    settled: datetime = instant_field()
    why: str = words_field()
