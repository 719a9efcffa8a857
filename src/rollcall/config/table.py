"""What all tables of the configuration share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table that cannot be changed and refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
