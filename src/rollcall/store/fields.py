"""The columns that tables share: instants and lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from rollcall.store.types import Instant


def instant_field(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401 - SQLModel's own Field returns Any
    """Return a column of aware UTC instants."""
    return Field(default=None, sa_column=Column(Instant, nullable=nullable, index=index))


def list_field() -> Any:  # noqa: ANN401 - SQLModel's own Field returns Any
    """Return a column of lists, kept as JSON."""
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))
