"""The columns that tables share: instants, lists and words that are redacted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from rollcall.store.types import Instant, Words, WordsList


def instant_field(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401 - SQLModel's own Field returns Any
    """Return a column of aware UTC instants."""
    return Field(default=None, sa_column=Column(Instant, nullable=nullable, index=index))


def list_field() -> Any:  # noqa: ANN401 - SQLModel's own Field returns Any
    """Return a column of lists, kept as JSON."""
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def words_field(*, nullable: bool = False, default: str | None = None) -> Any:  # noqa: ANN401 - SQLModel's own Field returns Any
    """Return a column of words by agents and people, which reach the disk redacted only.

    ``default`` is the value of a row that is given none; without one it must be given, or is None.
    """
    if default is not None:
        return Field(default=default, sa_type=Words, nullable=nullable)
    if nullable:
        return Field(default=None, sa_type=Words, nullable=True)
    return Field(sa_type=Words, nullable=False)


def words_list_field(*, nullable: bool = False) -> Any:  # noqa: ANN401 - SQLModel's own Field returns Any
    """Return a column of lists of such words, kept as JSON; None is NULL."""
    if nullable:
        return Field(default=None, sa_column=Column(WordsList(none_as_null=True)))
    return Field(default_factory=list, sa_column=Column(WordsList, nullable=False))
