"""Who waits for whom, from the store: open requests, and what agents say blocks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from rollcall.model import BlockerKind, DependencyState
from rollcall.parse.waiting import names_in_statement
from rollcall.rules.dependencies import Fallback
from rollcall.rules.graph import Wait
from rollcall.rules.proof import Statement
from rollcall.store.asking import ask
from rollcall.store.conversation import dependency_subject
from rollcall.store.facts import find_statement
from rollcall.store.request_tables import DependencyRow, LinkRow
from rollcall.store.tables import AgentRow, BlockerRow, EntryRow, MessageRow


@dataclass(frozen=True, slots=True)
class _Stated:
    """An agent's standing statement and the agents that it names."""

    statement: Statement
    names: tuple[str, ...]


Names = Callable[[], Mapping[str, str]]
"""Gives every name of every agent with its slug; asked only where a statement is to be read."""


def list_waits(session: Session, known: Names, now: datetime) -> list[Wait]:
    """Return every wait that is neither answered, withdrawn nor backlog, and what is only stated."""
    rows = session.exec(_open_requests()).all()
    overdue = _overdue_conditions(session)
    stated = _list_stated(session, known)
    waits = [
        wait
        for row in rows
        if (wait := _wait(row, overdue, stated.get(row.requester or ""), now)) is not None
    ]
    asked = {(one.waiter, one.provider) for one in waits}
    waits += [
        Wait(slug, name, one.statement.made, False, True, None, one.statement.place)
        for slug, one in stated.items()
        for name in one.names
        if (slug, name) not in asked
    ]
    return waits


def list_waits_of(
    session: Session, slug: str, known: Names, now: datetime
) -> tuple[tuple[str, ...], list[Wait]]:
    """Return the agents that one agent's standing statement names, and what it waits for."""
    if ask(session, _ASKS_OF_ANYBODY, requester=slug).first() is None:
        return (), []
    rows = session.exec(_open_requests().where(DependencyRow.requester == slug)).all()
    stated = _read_stated(session, slug, known) if rows else None
    if stated is None or not stated.names:
        return (), []
    overdue = _overdue_conditions(session)
    found = [_wait(row, overdue, stated, now) for row in rows]
    return stated.names, [wait for wait in found if wait is not None]


def find_stated_fallback(session: Session, row: DependencyRow, known: Names) -> Fallback | None:
    """Return the fallback that the requester's own reports tell of, for one request, or None.

    It is that of its standing statement where this names the provider, or else of its newest entry
    that tells of one and points at the request.
    """
    if row.requester is None:
        return None
    statement = find_statement(session, row.requester)
    if statement is not None and statement.fallback:
        names = names_in_statement(statement.text, known(), row.requester)
        if row.provider in names:
            return Fallback(statement.made, None, statement.text, statement.place)
    entry = ask(session, _FALLBACK, request=row.request, requester=row.requester).first()
    return None if entry is None else Fallback(entry.seen_at, None, entry.title, entry.place)


def list_waiting_for(session: Session, provider: str) -> list[DependencyRow]:
    """Return what others still wait for from an agent."""
    rows = session.exec(
        _open_requests()
        .where(DependencyRow.provider == provider)
        .order_by(col(DependencyRow.message_id))
    )
    return [row for row in rows if row.requester not in {None, provider}]


def list_requesters(session: Session, subject: str) -> list[str]:
    """Return who waits for what a subject such as ``dependency:7:ben`` or ``absent:ben`` is about."""
    kind, _, rest = subject.partition(":")
    number, _, provider = rest.partition(":")
    query = select(DependencyRow.requester).distinct()
    if kind == "dependency":
        query = query.where(
            DependencyRow.message_id == int(number), DependencyRow.provider == provider
        )
    elif kind == "absent":
        query = query.where(DependencyRow.provider == rest)
    else:
        return []
    return [slug for slug in session.exec(query) if slug is not None]


def is_history(session: Session, place: str) -> bool:
    """Tell whether a message, or an entry, was there before we watched."""
    message = session.exec(select(MessageRow.history).where(MessageRow.path == place)).first()
    if message is not None:
        return message
    entry = session.exec(select(EntryRow.history).where(EntryRow.place == place)).first()
    return bool(entry)


def _open_requests() -> SelectOfScalar[DependencyRow]:
    return select(DependencyRow).where(
        DependencyRow.state != DependencyState.ANSWERED.value,
        col(DependencyRow.withdrawn).is_(False),
        col(DependencyRow.backlog).is_(False),
        col(DependencyRow.broadcast).is_(False),
    )


def is_inhibited(session: Session, slug: str) -> bool | None:
    """Tell whether another's answer stands for an agent's silence; None for an unknown agent."""
    row = ask(session, _INHIBITED, agent=slug).first()
    return None if row is None else row.inhibited_at is not None and row.freed_at is None


_FALLBACK = (
    select(EntryRow)
    .join(LinkRow, col(LinkRow.source) == col(EntryRow.place))
    .where(
        LinkRow.target == bindparam("request"),
        EntryRow.agent == bindparam("requester"),
        col(EntryRow.fallback).is_(True),
    )
    .order_by(col(EntryRow.rank).desc())
    .limit(1)
)
_INHIBITED = select(AgentRow.inhibited_at, AgentRow.freed_at).where(
    AgentRow.slug == bindparam("agent")
)
_ASKS_OF_ANYBODY = (
    select(DependencyRow.message_id)
    .where(DependencyRow.requester == bindparam("requester"))
    .limit(1)
)


def _overdue_conditions(session: Session) -> set[str]:
    """Return the conditions of requests and absent agents for which a blocker is open."""
    kinds = (BlockerKind.STALLED_DEPENDENCY.value, BlockerKind.ABSENT.value)
    return set(
        session.exec(
            select(BlockerRow.condition).where(
                col(BlockerRow.closed).is_(None),
                col(BlockerRow.kind).in_(kinds),
            )
        )
    )


def _wait(
    row: DependencyRow, overdue: set[str], stated: _Stated | None, now: datetime
) -> Wait | None:
    if row.requester is None:
        return None
    keys = {dependency_subject(row.message_id, row.provider), f"absent:{row.provider}"}
    return Wait(
        waiter=row.requester,
        provider=row.provider,
        since=row.asked_at or now,
        overdue=bool(keys & overdue),
        declared=stated is not None and row.provider in stated.names,
        request=row.request,
        place=row.request,
    )


def _list_stated(session: Session, known: Names) -> dict[str, _Stated]:
    """Return the standing statements that name somebody, of agents that they stop now."""
    blocked = select(BlockerRow.agent).where(
        BlockerRow.kind == BlockerKind.BLOCKED.value, col(BlockerRow.closed).is_(None)
    )
    rows = session.exec(
        select(AgentRow.slug)
        .where(
            col(AgentRow.retired).is_(False),
            or_(col(AgentRow.slug).in_(blocked), col(AgentRow.inhibited_at).is_not(None)),
        )
        .order_by(AgentRow.slug)
    ).all()
    found = {slug: _read_stated(session, slug, known) for slug in rows}
    return {slug: one for slug, one in found.items() if one is not None and one.names}


def _read_stated(session: Session, slug: str, known: Names) -> _Stated | None:
    statement = find_statement(session, slug)
    if statement is None:
        return None
    return _Stated(statement, names_in_statement(statement.text, known(), slug))
