"""The tables of what agents ask each other; bodies are not stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from rollcall.store.fields import instant_field, words_field


class LinkRow(SQLModel, table=True):
    """One message acting on another, and why."""

    __tablename__ = "links"
    source: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    reason: str = words_field()


class DependencyRow(SQLModel, table=True):
    """One request seen from one asked agent.

    ``begins_at`` is its provider's return from retirement; ``broadcast``: it is a part of a request
    to everyone; ``asked_again`` counts follow-ups; ``fallback`` is what its requester does meanwhile,
    said at ``fallback_at``, and ``fallback_until`` the time that it names.
    """

    __tablename__ = "dependencies"
    message_id: int = Field(primary_key=True, foreign_key="messages.id")
    provider: str = Field(primary_key=True, index=True)
    request: str
    requester: str | None = Field(default=None, index=True)
    title: str = words_field(default="")
    state: str
    closed_by: str | None = None
    asked_at: datetime | None = instant_field(nullable=True)
    due: datetime | None = instant_field(nullable=True)
    backlog: bool = False
    withdrawn: bool = False
    begins_at: datetime | None = instant_field(nullable=True)
    broadcast: bool = False
    asked_again: int = 0
    fallback: str | None = words_field(nullable=True)
    fallback_at: datetime | None = instant_field(nullable=True)
    fallback_until: datetime | None = instant_field(nullable=True)


class BroadcastRow(SQLModel, table=True):
    """A request to everyone: ``members`` are those on duty when it arrived, once that was looked up."""

    __tablename__ = "broadcasts"
    message_id: int = Field(primary_key=True, foreign_key="messages.id")
    arrived: datetime = instant_field()
    members: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
