"""Links and dependencies into the store, computed anew from all messages whenever one changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from rollcall.model import EVERYONE, Dependency, DependencyState, Link, Message
from rollcall.rules.dependencies import (
    DependencyFacts,
    DependencyPolicy,
    was_due_at_first_sight,
)
from rollcall.store.marks import mark_changed
from rollcall.store.tables import AgentRow, DependencyRow, LinkRow, MessageRow


@dataclass(frozen=True, slots=True)
class Exchange:
    """What all messages say together."""

    messages: Sequence[Message]
    links: Sequence[Link]
    dependencies: Sequence[Dependency]


def record_exchange(
    session: Session, exchange: Exchange, policy: DependencyPolicy, now: datetime
) -> int:
    """Store the present links and dependencies; return how many requests are newly backlog."""
    _record_links(session, exchange.links)
    _record_agents(session, exchange, now)
    rows = {row.path: row for row in session.exec(select(MessageRow))}
    messages = {message.path: message for message in exchange.messages}
    known = {(row.message_id, row.provider): row for row in session.exec(select(DependencyRow))}
    asking_before = {message_id for message_id, _ in known}
    changed: set[str] = set()
    backlog = 0
    for dependency in exchange.dependencies:
        asking = rows.get(dependency.request)
        if asking is None or asking.id is None:
            continue
        key = (asking.id, dependency.provider)
        row = known.pop(key, None)
        fresh = row is None
        if row is None:
            row = _begin(asking, dependency)
            if not asking.history and asking.id not in asking_before:
                row.asked_at = now  # a message that was only now edited into a request asks now
        before = _signature(row)
        _fill(row, asking, messages[dependency.request], dependency)
        if fresh and asking.history and _is_history(row, policy, now):
            row.backlog = True
            backlog += 1
        elif row.backlog and _revive(row, messages[dependency.request], dependency, rows):
            row.backlog = False
        session.add(row)
        if fresh or _signature(row) != before:
            changed |= _subjects_of(row)
    for row in known.values():
        if not row.withdrawn:
            row.withdrawn = True
            session.add(row)
            changed |= _subjects_of(row)
    mark_changed(session, sorted(changed), now)
    return backlog


def facts_of(row: DependencyRow, lead: str | None = None) -> DependencyFacts:
    """Return a dependency as the rules see it."""
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
    )


def dependency_subject(message_id: int, provider: str) -> str:
    """Name a dependency as a subject of judgement."""
    return f"dependency:{message_id}:{provider}"


def _record_links(session: Session, links: Iterable[Link]) -> None:
    session.exec(delete(LinkRow))
    session.flush()
    unique = {(link.source, link.target, link.kind.value): link.reason for link in links}
    session.add_all(
        LinkRow(source=source, target=target, kind=kind, reason=reason)
        for (source, target, kind), reason in unique.items()
    )


def _record_agents(session: Session, exchange: Exchange, now: datetime) -> None:
    senders = {message.sender for message in exchange.messages if message.sender}
    asked = {one.provider for one in exchange.dependencies if one.provider != EVERYONE}
    for slug in sorted(senders | asked):
        row = session.get(AgentRow, slug)
        if row is None:
            row = AgentRow(slug=slug, since=now)
        if slug in senders and not row.has_written:
            row.has_written = True
            mark_changed(session, absence_subjects(session, slug), now)
        session.add(row)
    session.flush()


def absence_subjects(session: Session, slug: str) -> list[str]:
    """Return what must be judged anew when an agent writes for the first time."""
    rows = session.exec(select(DependencyRow).where(DependencyRow.provider == slug))
    return [f"absent:{slug}", *(dependency_subject(row.message_id, slug) for row in rows)]


def _begin(asking: MessageRow, dependency: Dependency) -> DependencyRow:
    return DependencyRow(
        message_id=asking.id or 0,
        provider=dependency.provider,
        request=dependency.request,
        state=dependency.state.value,
        asked_at=asking.asked_at,
    )


def _fill(row: DependencyRow, asking: MessageRow, message: Message, dependency: Dependency) -> None:
    row.request = dependency.request
    row.requester = dependency.requester
    row.title = "" if asking.path != message.path else message.title
    row.state = dependency.state.value
    row.closed_by = dependency.by
    row.due = _date_due(message, row.asked_at)
    row.withdrawn = False


def _is_history(row: DependencyRow, policy: DependencyPolicy, now: datetime) -> bool:
    return was_due_at_first_sight(facts_of(row), policy, now)


def _revive(
    row: DependencyRow, message: Message, dependency: Dependency, rows: dict[str, MessageRow]
) -> bool:
    """Give a backlog request a clock again when somebody follows up on it."""
    later = [
        follow.seen_at
        for path in dependency.followed_up_by
        if (follow := rows.get(path)) is not None and not follow.history
    ]
    if not later:
        return False
    row.asked_at = min(later)
    row.due = _date_due(message, row.asked_at)
    return True


def _date_due(message: Message, asked_at: datetime | None) -> datetime | None:
    """Return when the date that a message names is over, unless it was so when it was asked."""
    if message.due is None:
        return None
    # Who asks for something by Friday may have it on Friday.
    due = message.due.at if message.due.has_time else message.due.at + timedelta(days=1)
    return None if asked_at is not None and due <= asked_at else due


def _signature(row: DependencyRow) -> tuple[object, ...]:
    return (row.state, row.closed_by, row.due, row.backlog, row.withdrawn, row.asked_at)


def _subjects_of(row: DependencyRow) -> set[str]:
    return {dependency_subject(row.message_id, row.provider), f"absent:{row.provider}"}


def list_dependencies(session: Session, provider: str | None = None) -> Sequence[DependencyRow]:
    """Return the dependencies, or those of one provider, in a fixed order."""
    query = select(DependencyRow).order_by(
        col(DependencyRow.asked_at), col(DependencyRow.request), col(DependencyRow.provider)
    )
    if provider is not None:
        query = query.where(DependencyRow.provider == provider)
    return session.exec(query).all()
