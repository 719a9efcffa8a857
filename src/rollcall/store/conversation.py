"""Links and dependencies into the store, computed anew from all messages whenever one changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, delete, or_, select

from rollcall.model import EVERYONE, Dependency, DependencyState, Link, Message
from rollcall.rules.dependencies import (
    DependencyFacts,
    DependencyPolicy,
    Fallback,
    was_due_at_first_sight,
)
from rollcall.store.asking import ask
from rollcall.store.marks import mark_changed
from rollcall.store.request_tables import BroadcastRow, DependencyRow, LinkRow
from rollcall.store.tables import AgentRow, BlockerRow, MessageRow

GRAPH = "graph"
_ASKED_OF = select(DependencyRow.message_id).where(DependencyRow.provider == bindparam("slug"))
_ABOUT = select(DependencyRow).where(
    or_(DependencyRow.provider == bindparam("slug"), DependencyRow.requester == bindparam("slug")),
    col(DependencyRow.withdrawn).is_(False),
    DependencyRow.state != DependencyState.ANSWERED.value,
)


class TimesNamed(Protocol):
    """Reads times that messages name in words."""

    def due(self, words: str, asked: datetime, provider: str) -> datetime | None:
        """Return when something that was asked is due from a provider, or None."""

    def until(self, words: str, said: datetime) -> datetime | None:
        """Return until when a fallback lasts that was said, or None where it does not say."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What all messages say together."""

    messages: Sequence[Message]
    links: Sequence[Link]
    dependencies: Sequence[Dependency]


@dataclass(slots=True)
class _Recording:
    """What is gathered while dependencies are stored."""

    exchange: Exchange
    policy: DependencyPolicy
    times: TimesNamed
    now: datetime
    rows: Mapping[str, MessageRow]
    messages: Mapping[str, Message]
    asking_before: frozenset[int]
    changed: set[str] = field(default_factory=set)
    backlog: set[tuple[int, str]] = field(default_factory=set)


def record_exchange(
    session: Session,
    exchange: Exchange,
    policy: DependencyPolicy,
    times: TimesNamed,
    now: datetime,
) -> int:
    """Store the present links and dependencies; return how many requests are newly backlog."""
    _record_links(session, exchange.links)
    rows = {row.path: row for row in session.exec(select(MessageRow))}
    _record_agents(session, exchange, rows, now)
    known = {(row.message_id, row.provider): row for row in session.exec(select(DependencyRow))}
    work = _Recording(
        exchange=exchange,
        policy=policy,
        times=times,
        now=now,
        rows=rows,
        messages={message.path: message for message in exchange.messages},
        asking_before=frozenset(message_id for message_id, _ in known),
    )
    for dependency in exchange.dependencies:
        asking = rows.get(dependency.request)
        if asking is not None and asking.id is not None:
            row = known.pop((asking.id, dependency.provider), None)
            session.add(_record(work, asking, dependency, row))
    still_asked = {
        asking.id for one in exchange.dependencies if (asking := rows.get(one.request)) is not None
    }
    for row in known.values():
        if row.broadcast and row.message_id in still_asked:
            # Who replied stands for itself, and has no blocker: nothing is left to close.
            session.delete(row)
            work.changed |= _subjects_of(row)
        elif not row.withdrawn:
            row.withdrawn, row.closed_by = True, None
            session.add(row)
            work.changed |= _subjects_of(row)
    session.flush()
    _record_broadcasts(session, now)
    mark_changed(session, sorted({*work.changed, GRAPH} if work.changed else ()), now)
    return len(work.backlog)


def _record(
    work: _Recording, asking: MessageRow, dependency: Dependency, known: DependencyRow | None
) -> DependencyRow:
    """Return the row of a dependency as it is now."""
    row = known
    if row is None:
        row = _begin(asking, dependency)
        if not asking.history and asking.id not in work.asking_before:
            row.asked_at = work.now  # a message that was only now edited into a request asks now
    before = _signature(row)
    message = work.messages[dependency.request]
    _fill(work, row, asking, message, dependency)
    if known is None and asking.history and _is_history(row, work.policy, work.now):
        row.backlog = True
        # A request to everyone is one, however many replied to it.
        work.backlog.add((row.message_id, "" if row.broadcast else row.provider))
    elif row.backlog and _revive(work, row, dependency):
        row.backlog = False
    if known is None or _signature(row) != before:
        work.changed |= _subjects_of(row)
    return row


def facts_of(row: DependencyRow, lead: str | None = None) -> DependencyFacts:
    """Return a dependency as the rules see it, but for its provider's duty."""
    fallback = None
    if row.fallback is not None and row.fallback_at is not None:
        fallback = Fallback(row.fallback_at, row.fallback_until, row.fallback, row.request)
    return DependencyFacts(
        request=row.request,
        requester=row.requester,
        provider=row.provider,
        state=DependencyState(row.state),
        asked=row.asked_at,
        due=row.due,
        backlog=row.backlog,
        closed_by=row.closed_by,
        title=row.title,
        lead=lead,
        key=dependency_subject(row.message_id, row.provider),
        withdrawn=row.withdrawn,
        begins=row.begins_at,
        asked_again=row.asked_again,
        fallback=fallback,
        broadcast=row.broadcast,
    )


def dependency_subject(message_id: int, provider: str) -> str:
    """Name a dependency as a subject of judgement."""
    return f"dependency:{message_id}:{provider}"


def broadcast_subject(message_id: int) -> str:
    """Name a request to everyone as a subject of judgement."""
    return f"broadcast:{message_id}"


def _record_links(session: Session, links: Iterable[Link]) -> None:
    session.exec(delete(LinkRow))
    session.flush()
    unique = {(link.source, link.target, link.kind.value): link.reason for link in links}
    session.add_all(
        LinkRow(source=source, target=target, kind=kind, reason=reason)
        for (source, target, kind), reason in unique.items()
    )


def _record_agents(
    session: Session, exchange: Exchange, rows: Mapping[str, MessageRow], now: datetime
) -> None:
    spoke: dict[str, datetime | None] = {}
    for message in exchange.messages:
        if message.sender:
            at = _said_at(rows.get(message.path))
            spoke[message.sender] = _latest(spoke.get(message.sender), at)
    asked = {one.provider for one in exchange.dependencies if one.provider != EVERYONE}
    for slug in sorted({*spoke, *asked}):
        row = session.get(AgentRow, slug)
        if row is None:
            row = AgentRow(slug=slug, since=now)
        if slug in spoke:
            row.spoke_at = _latest(row.spoke_at, spoke[slug])
            if not row.has_written:
                row.has_written = True
                mark_changed(session, absence_subjects(session, slug), now)
        session.add(row)
    session.flush()


def _said_at(row: MessageRow | None) -> datetime | None:
    if row is None:
        return None
    return row.asked_at if row.history else row.seen_at


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _record_broadcasts(session: Session, now: datetime) -> None:
    """Note when each request to everyone arrived, for who was on duty then."""
    known = set(session.exec(select(BroadcastRow.message_id)))
    found = session.exec(
        select(DependencyRow.message_id).where(col(DependencyRow.broadcast).is_(True)).distinct()
    )
    session.add_all(
        BroadcastRow(message_id=one, arrived=now) for one in found.all() if one not in known
    )
    session.flush()


def absence_subjects(session: Session, slug: str) -> list[str]:
    """Return what must be judged anew when an agent writes for the first time."""
    asked = ask(session, _ASKED_OF, slug=slug).scalars()
    return [f"absent:{slug}", *(dependency_subject(message_id, slug) for message_id in asked)]


def subjects_about(session: Session, slug: str) -> list[str]:
    """Return what is judged anew with an agent: what it owes, and what it waits for."""
    rows = ask(session, _ABOUT, slug=slug)
    return sorted({subject for row in rows for subject in _subjects_of(row)})


def begin_clocks(session: Session, provider: str, now: datetime) -> None:
    """Start the clocks of what a provider that comes back from retirement owes.

    What has an open blocker keeps its clock: it is on hold, and goes on.
    """
    rows = session.exec(
        select(DependencyRow).where(
            DependencyRow.provider == provider,
            col(DependencyRow.withdrawn).is_(False),
            DependencyRow.state != DependencyState.ANSWERED.value,
        )
    ).all()
    keys = {dependency_subject(row.message_id, provider) for row in rows}
    standing = set(
        session.exec(
            select(BlockerRow.condition).where(
                col(BlockerRow.condition).in_(keys), col(BlockerRow.closed).is_(None)
            )
        )
    )
    for row in rows:
        if dependency_subject(row.message_id, provider) not in standing:
            row.begins_at = now
            session.add(row)
    mark_changed(session, sorted(keys), now)


def _begin(asking: MessageRow, dependency: Dependency) -> DependencyRow:
    return DependencyRow(
        message_id=asking.id or 0,
        provider=dependency.provider,
        request=dependency.request,
        state=dependency.state.value,
        asked_at=asking.asked_at,
    )


def _fill(
    work: _Recording,
    row: DependencyRow,
    asking: MessageRow,
    message: Message,
    dependency: Dependency,
) -> None:
    row.request = dependency.request
    row.requester = dependency.requester
    row.title = "" if asking.path != message.path else message.title
    row.state = dependency.state.value
    row.closed_by = dependency.withdrawn_by or dependency.by
    row.due = _date_due(work, message, row)
    row.withdrawn = dependency.withdrawn_by is not None
    row.broadcast = dependency.broadcast
    row.asked_again = len(dependency.followed_up_by)
    _fill_fallback(work, row, dependency)


def _fill_fallback(work: _Recording, row: DependencyRow, dependency: Dependency) -> None:
    """Note the newest fallback that the requester named: in its request, or asking again."""
    row.fallback = row.fallback_at = row.fallback_until = None
    for path in (dependency.request, *dependency.followed_up_by):
        message = work.messages.get(path)
        if message is None or not message.fallback or message.sender != dependency.requester:
            continue
        at = row.asked_at if path == dependency.request else _said_at(work.rows.get(path))
        if at is not None and (row.fallback_at is None or at >= row.fallback_at):
            row.fallback, row.fallback_at = message.fallback, at
            row.fallback_until = work.times.until(message.fallback, at)


def _is_history(row: DependencyRow, policy: DependencyPolicy, now: datetime) -> bool:
    return was_due_at_first_sight(facts_of(row), policy, now)


def _revive(work: _Recording, row: DependencyRow, dependency: Dependency) -> bool:
    """Give a backlog request a clock again when somebody follows up on it."""
    later = [
        follow.seen_at
        for path in dependency.followed_up_by
        if (follow := work.rows.get(path)) is not None and not follow.history
    ]
    if not later:
        return False
    row.asked_at = min(later)
    row.due = _date_due(work, work.messages[dependency.request], row)
    return True


def _date_due(work: _Recording, message: Message, row: DependencyRow) -> datetime | None:
    """Return when the time that a message names is over, unless it was so when it was asked."""
    asked = row.asked_at
    if message.due is not None:
        # Who asks for something by Friday may have it on Friday.
        due = message.due.at if message.due.has_time else message.due.at + timedelta(days=1)
        return None if asked is not None and due <= asked else due
    if not message.due_words or asked is None:
        return None
    found = work.times.due(message.due_words, asked, row.provider)
    return None if found is None or found <= asked else found


def _signature(row: DependencyRow) -> tuple[object, ...]:
    return (
        *(row.state, row.closed_by, row.due, row.backlog, row.withdrawn, row.asked_at),
        *(row.broadcast, row.asked_again, row.fallback, row.fallback_at, row.fallback_until),
    )


def _subjects_of(row: DependencyRow | Row[Any]) -> set[str]:
    found = {dependency_subject(row.message_id, row.provider), f"absent:{row.provider}"}
    return found | {broadcast_subject(row.message_id)} if row.broadcast else found


def list_dependencies(session: Session, provider: str | None = None) -> Sequence[DependencyRow]:
    """Return the dependencies, or those of one provider, in a fixed order."""
    query = select(DependencyRow).order_by(
        col(DependencyRow.asked_at), col(DependencyRow.request), col(DependencyRow.provider)
    )
    if provider is not None:
        query = query.where(DependencyRow.provider == provider)
    return session.exec(query).all()
