"""Two names of one agent made one: history, requests, blockers and ids; nothing is announced."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from rollcall.store.conversation import dependency_subject
from rollcall.store.duty import rename_paused
from rollcall.store.ledger import blocker_id, close_blocker
from rollcall.store.marks import LINKS_STALE, LOG_STALE, end_fault, mark_changed, set_mark
from rollcall.store.outbox import supersede_unsent
from rollcall.store.request_tables import BroadcastRow, DependencyRow
from rollcall.store.silences import rename_silenced
from rollcall.store.tables import (
    AgentRow,
    BlockerRow,
    DeadlineRow,
    EntryRow,
    FaultRow,
    Placement,
    RestRow,
    Source,
)

_KEYS_OF_AGENTS = frozenset({"agent", "absent", "dependency", "proof", "blocked"})


@dataclass(frozen=True, slots=True)
class _Renaming:
    """From one agent's name to another's, in the keys of subjects and conditions too."""

    old: str
    new: str

    def __call__(self, key: str) -> str:
        """Return a key such as ``proof:ben`` or ``dependency:7:ben`` with the new name."""
        head, _, agent = key.rpartition(":")
        concerns = agent == self.old and head.partition(":")[0] in _KEYS_OF_AGENTS
        return f"{head}:{self.new}" if concerns else key


def merge_agents(session: Session, old: str, new: str, now: datetime) -> None:
    """Make all that is stored of the agent ``old`` that of ``new``, which need not be known yet."""
    renamed = _Renaming(old, new)
    _merge_clocks(session, renamed)
    _merge_entries(session, renamed)
    _merge_dependencies(session, renamed)
    _merge_blockers(session, renamed, now)
    _merge_rests(session, renamed)
    rename_paused(session, old, new)
    rename_silenced(session, old, new)
    session.exec(update(Source).where(col(Source.agent) == old).values(agent=new))
    _judge_anew(session, renamed, now)
    set_mark(session, LINKS_STALE, "yes")
    set_mark(session, LOG_STALE, "yes")


def list_names(session: Session) -> list[str]:
    """Return every agent's name that is stored."""
    return list(session.exec(select(AgentRow.slug).order_by(AgentRow.slug)))


def list_asked_only(session: Session) -> list[str]:
    """Return the agents that are known from chat alone."""
    query = select(AgentRow.slug).where(col(AgentRow.owes_proof).is_(False))
    return list(session.exec(query.order_by(AgentRow.slug)))


def list_silent(session: Session) -> tuple[list[str], set[str]]:
    """Return the agents that have never written anything, and those that have."""
    rows = session.exec(select(AgentRow.slug, AgentRow.has_written).order_by(AgentRow.slug)).all()
    return [slug for slug, wrote in rows if not wrote], {slug for slug, wrote in rows if wrote}


def _merge_clocks(session: Session, renamed: _Renaming) -> None:
    """Join two agents' rows: the clock of those on duty that started first goes on."""
    was, row = session.get(AgentRow, renamed.old), session.get(AgentRow, renamed.new)
    if was is None:
        return
    session.delete(was)
    both = [was] if row is None else [was, row]
    owing = [one for one in both if one.owes_proof]
    on_duty = [one for one in owing if not one.retired]
    row = row or AgentRow(slug=renamed.new, since=was.since)
    row.since = min(one.since for one in on_duty or owing or both)
    row.owes_proof, row.retired = bool(owing), bool(owing) and not on_duty
    row.has_written = any(one.has_written for one in both)
    row.nudged = _latest(one.nudged for one in both)
    row.unsettled = _latest(one.unsettled for one in both)
    row.spoke_at = _latest(one.spoke_at for one in both)
    session.add(row)
    session.flush()


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((one for one in instants if one is not None), default=None)


def _merge_entries(session: Session, renamed: _Renaming) -> None:
    """Join two agents' entries: the k-th identical one of either is one entry, seen once."""
    ours: dict[str, deque[EntryRow]] = defaultdict(deque)
    digests = select(EntryRow.digest).where(EntryRow.agent == renamed.old)
    for row in session.exec(
        select(EntryRow)
        .where(EntryRow.agent == renamed.new, col(EntryRow.digest).in_(digests))
        .order_by(col(EntryRow.id))
    ):
        ours[row.digest].append(row)
    twins = session.exec(
        select(EntryRow)
        .where(EntryRow.agent == renamed.old, col(EntryRow.digest).in_(list(ours)))
        .order_by(col(EntryRow.id))
    ).all()
    for row in twins:
        if ours[row.digest]:
            _fold(session, ours[row.digest].popleft(), row)
    session.flush()
    session.exec(
        update(EntryRow).where(col(EntryRow.agent) == renamed.old).values(agent=renamed.new)
    )


def _fold(session: Session, kept: EntryRow, twin: EntryRow) -> None:
    """Let an entry stand for its twin too: wherever that stands, and as early as it was seen."""
    counted = [one for one in (kept.counts_at, twin.counts_at) if one is not None]
    kept.counts_at = min(counted, default=None)
    kept.seen_at, kept.rank = min(kept.seen_at, twin.seen_at), min(kept.rank, twin.rank)
    kept.marks = sorted({*kept.marks, *twin.marks})
    kept.history = kept.history or twin.history
    if kept.gone:
        kept.place, kept.gone = twin.place, twin.gone
    session.add(kept)
    session.exec(
        update(Placement).where(col(Placement.entry_id) == twin.id).values(entry_id=kept.id)
    )
    session.delete(twin)


def _merge_dependencies(session: Session, renamed: _Renaming) -> None:
    """Join what was asked of either: one request is one dependency, from when it was first asked."""
    for row in session.exec(
        select(DependencyRow).where(DependencyRow.provider == renamed.old)
    ).all():
        kept = session.get(DependencyRow, (row.message_id, renamed.new))
        if kept is None:
            row.provider = renamed.new
            session.add(row)
            continue
        asked = [one for one in (kept.asked_at, row.asked_at) if one is not None]
        kept.asked_at, kept.backlog = min(asked, default=None), kept.backlog and row.backlog
        session.add(kept)
        session.delete(row)
    session.flush()
    for found in session.exec(select(BroadcastRow)):
        if found.members is not None and renamed.old in found.members:
            members = {renamed.new if one == renamed.old else one for one in found.members}
            found.members = sorted(members)
            session.add(found)
    session.exec(
        update(DependencyRow)
        .where(col(DependencyRow.requester) == renamed.old)
        .values(requester=renamed.new)
    )


def _merge_blockers(session: Session, renamed: _Renaming, now: datetime) -> None:
    """Give blockers the new name and keep their ids; of two open for one condition one closes."""
    rows = session.exec(
        select(BlockerRow)
        .where(
            or_(
                col(BlockerRow.agent) == renamed.old,
                col(BlockerRow.subject).endswith(f":{renamed.old}", autoescape=True),
            )
        )
        .order_by(col(BlockerRow.number))
    ).all()
    for row in rows:
        kept = _find_open(session, renamed(row.condition)) if row.closed is None else None
        if kept is not None and kept.number != row.number:
            number = row.number or 0
            why = f"Merged into {blocker_id(kept.number or 0)}: {renamed.old} is {renamed.new}"
            close_blocker(session, blocker_id(number), why, now)
            supersede_unsent(session, number, now)
        row.condition, row.subject = renamed(row.condition), renamed(row.subject)
        row.agent = renamed.new if row.agent == renamed.old else row.agent
        session.add(row)
        session.flush()


def _find_open(session: Session, condition: str) -> BlockerRow | None:
    return session.exec(
        select(BlockerRow).where(
            BlockerRow.condition == condition, col(BlockerRow.closed).is_(None)
        )
    ).first()


def _merge_rests(session: Session, renamed: _Renaming) -> None:
    for row in session.exec(select(RestRow)).all():
        condition = renamed(row.condition)
        if condition == row.condition:
            continue
        kept = session.get(RestRow, condition)
        if kept is None:
            row.condition, row.subject = condition, renamed(row.subject)
            session.add(row)
        else:
            kept.until = max(kept.until, row.until)
            session.add(kept)
            session.delete(row)
    session.flush()


def _judge_anew(session: Session, renamed: _Renaming, now: datetime) -> None:
    """Move what was planned to the new name, and have all of it judged now."""
    for row in session.exec(select(DeadlineRow)).all():
        if renamed(row.subject) != row.subject:
            session.delete(row)
    for fault in session.exec(select(FaultRow)).all():
        kind, _, subject = fault.subject.partition(" ")
        if kind == "judging" and renamed(subject) != subject:
            end_fault(session, fault.subject)
            mark_changed(session, [f"fault:{fault.subject}"], now)
    session.flush()
    asked = session.exec(
        select(DependencyRow.message_id).where(DependencyRow.provider == renamed.new)
    )
    subjects = [f"agent:{renamed.new}", f"absent:{renamed.new}"]
    subjects += [dependency_subject(message, renamed.new) for message in asked]
    mark_changed(session, subjects, now)
