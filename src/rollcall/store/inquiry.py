"""What a person asks who wants to know why: one blocker or one agent, read-only."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from rollcall.model import Transition
from rollcall.roster import slugify
from rollcall.rules.duty import EVERYBODY
from rollcall.rules.silences import Matcher, Silence
from rollcall.store.ledger import blocker_id, blocker_number
from rollcall.store.request_tables import DependencyRow, LinkRow
from rollcall.store.sending_tables import UntoldRow
from rollcall.store.tables import (
    AwayRow,
    BlockerRow,
    DeadlineRow,
    EntryRow,
    EventBlocker,
    EventRow,
    IncidentRow,
    InstructionRow,
    MessageRow,
    PendingRow,
    SilenceRow,
    TransitionRow,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One notice as it went to a sink.

    ``fate`` is None while it waits, until ``not_before`` at least; ``receipt`` says where it is.
    """

    sink: str
    target: str
    transition: str
    level: int
    created: datetime
    fate: str | None
    settled: datetime | None
    not_before: datetime
    attempts: int
    error: str | None
    receipt: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One message that a request hangs on: its place, sender as written, title, stamp, arrival."""

    place: str
    sender: str | None
    title: str
    stamp: str | None
    seen: datetime
    history: bool = False


@dataclass(frozen=True, slots=True)
class StormOf:
    """The storm that a blocker was told in: since when, until when, and with which others."""

    began: datetime
    ended: datetime | None
    others: tuple[str, ...]


def read_row(session: Session, id_: str) -> BlockerRow | None:
    """Return a blocker's row, with what the record that flows leaves out."""
    number = blocker_number(id_)
    return None if number is None else session.get(BlockerRow, number)


def list_notices_of(session: Session, id_: str) -> list[Heard]:
    """Return every notice that speaks of a blocker, oldest first."""
    rows = session.exec(
        select(EventRow)
        .join(EventBlocker, col(EventBlocker.event_id) == col(EventRow.id))
        .where(EventBlocker.blocker == blocker_number(id_))
        .order_by(col(EventRow.id))
    )
    return [_heard(row) for row in rows]


def list_nudges_of(session: Session, slug: str, since: datetime, until: datetime) -> list[Heard]:
    """Return the reminders that an agent got, or is to get, in an interval."""
    rows = session.exec(
        select(EventRow)
        .where(
            EventRow.transition == Transition.NUDGED.value,
            EventRow.target == slug,
            col(EventRow.created) >= since,
            col(EventRow.created) <= until,
        )
        .order_by(col(EventRow.id))
    )
    return [_heard(row) for row in rows]


def list_notices_about(session: Session, subject: str) -> list[Heard]:
    """Return what a requester, or its lead, was told of a request's answer, oldest first."""
    named = f"/{subject.replace(':', '-')}/"
    rows = session.exec(
        select(EventRow)
        .where(col(EventRow.key).contains(named, autoescape=True))
        .order_by(col(EventRow.id))
    )
    return [_heard(row) for row in rows]


def list_waiting_of(session: Session, id_: str) -> list[PendingRow]:
    """Return what of a blocker waits to be told."""
    rows = session.exec(
        select(PendingRow)
        .where(PendingRow.blocker == blocker_number(id_))
        .order_by(col(PendingRow.id))
    )
    return list(rows)


def list_untold_of(session: Session, id_: str) -> list[UntoldRow]:
    """Return what of a blocker was to be told and never was, oldest first, with the reasons."""
    rows = session.exec(
        select(UntoldRow)
        .where(UntoldRow.blocker == blocker_number(id_))
        .order_by(col(UntoldRow.id))
    )
    return list(rows)


def next_look(session: Session, subject: str) -> datetime | None:
    """Return when a subject is looked at next, or None."""
    row = session.get(DeadlineRow, subject)
    return None if row is None else row.next_check_at


def count_openings(session: Session, condition: str, since: datetime) -> int:
    """Count how often a condition was opened after an instant."""
    return session.exec(
        select(func.count())
        .select_from(TransitionRow)
        .join(BlockerRow, col(BlockerRow.number) == col(TransitionRow.blocker))
        .where(
            BlockerRow.condition == condition,
            TransitionRow.what == Transition.OPENED.value,
            col(TransitionRow.at) > since,
        )
    ).one()


def find_storm(session: Session, row: BlockerRow) -> StormOf | None:
    """Return the storm that a blocker was told in, or None."""
    incident = None if row.incident is None else session.get(IncidentRow, row.incident)
    if incident is None:
        return None
    numbers = session.exec(
        select(BlockerRow.number)
        .where(BlockerRow.incident == row.incident, BlockerRow.number != row.number)
        .order_by(col(BlockerRow.number))
    )
    return StormOf(incident.began, incident.ended, tuple(blocker_id(one or 0) for one in numbers))


def list_silences_at(session: Session, instant: datetime) -> list[Silence]:
    """Return the silences that lasted at an instant, by id."""
    rows = session.exec(
        select(SilenceRow)
        .where(col(SilenceRow.start) <= instant, col(SilenceRow.until) > instant)
        .order_by(col(SilenceRow.id))
    )
    return [
        Silence(
            f"S-{row.id}",
            Matcher(tuple(row.kinds), tuple(row.agents)),
            row.by,
            row.comment,
            row.start,
            row.until,
        )
        for row in rows
    ]


def find_proof_at(session: Session, slug: str, instant: datetime) -> EntryRow | None:
    """Return the newest entry of an agent that counted as proof at an instant, or None."""
    return session.exec(
        select(EntryRow)
        .where(EntryRow.agent == slug, col(EntryRow.counts_at) <= instant)
        .order_by(col(EntryRow.counts_at).desc(), col(EntryRow.id).desc())
        .limit(1)
    ).first()


def find_first_proof_after(session: Session, slug: str, instant: datetime) -> EntryRow | None:
    """Return the first entry of an agent that counts as proof from after an instant, or None."""
    return session.exec(
        select(EntryRow)
        .where(EntryRow.agent == slug, col(EntryRow.counts_at) > instant)
        .order_by(col(EntryRow.counts_at), col(EntryRow.id))
        .limit(1)
    ).first()


def list_updates(
    session: Session, slug: str, since: datetime, until: datetime | None = None, *, most: int
) -> Sequence[EntryRow]:
    """Return the newest entries of an agent that were seen in an interval and are no proof."""
    query = select(EntryRow).where(
        EntryRow.agent == slug,
        col(EntryRow.seen_at) >= since,
        col(EntryRow.counts_at).is_(None),
    )
    if until is not None:
        query = query.where(col(EntryRow.seen_at) <= until)
    newest_first = query.order_by(col(EntryRow.rank).desc(), col(EntryRow.id).desc()).limit(most)
    return session.exec(newest_first).all()


def find_newest_entry(session: Session, slug: str) -> EntryRow | None:
    """Return an agent's newest entry, or None."""
    return session.exec(
        select(EntryRow)
        .where(EntryRow.agent == slug)
        .order_by(col(EntryRow.rank).desc(), col(EntryRow.id).desc())
        .limit(1)
    ).first()


def find_entry(session: Session, slug: str, place: str) -> EntryRow | None:
    """Return the entry of an agent that stands, or last stood, at ``file:line``, or None."""
    return session.exec(
        select(EntryRow)
        .where(EntryRow.agent == slug, EntryRow.place == place)
        .order_by(col(EntryRow.rank).desc())
        .limit(1)
    ).first()


def list_dependencies_at(session: Session, subject: str) -> list[DependencyRow]:
    """Return the dependencies that a subject of judgement is about."""
    kind, _, rest = subject.partition(":")
    number, _, provider = rest.partition(":")
    query = select(DependencyRow).order_by(
        col(DependencyRow.asked_at), col(DependencyRow.message_id), col(DependencyRow.provider)
    )
    if kind == "dependency":
        query = query.where(
            DependencyRow.message_id == int(number), DependencyRow.provider == provider
        )
    elif kind == "broadcast":
        query = query.where(DependencyRow.message_id == int(number))
    elif kind == "absent":
        query = query.where(DependencyRow.provider == rest)
    else:
        return []
    return list(session.exec(query))


def list_owed(session: Session, provider: str) -> list[DependencyRow]:
    """Return what an agent was asked and has neither answered nor been let off."""
    rows = session.exec(
        select(DependencyRow)
        .where(
            DependencyRow.provider == provider,
            DependencyRow.state != "answered",
            col(DependencyRow.withdrawn).is_(False),
        )
        .order_by(col(DependencyRow.asked_at), col(DependencyRow.message_id))
    )
    return list(rows)


def list_links_to(session: Session, target: str) -> list[LinkRow]:
    """Return what acts on a message, in the order of the places it stands at."""
    rows = session.exec(
        select(LinkRow).where(LinkRow.target == target).order_by(LinkRow.source, LinkRow.kind)
    )
    return list(rows)


def find_said(session: Session, place: str) -> Said | None:
    """Return the message, or the entry that links like one, at a place, or None."""
    row = session.exec(select(MessageRow).where(MessageRow.path == place)).first()
    if row is not None:
        draft = json.loads(row.draft)
        stamp = draft["stamp"]
        return Said(
            row.path,
            draft["sender"],
            draft["title"],
            None if stamp is None else stamp["at"],
            row.seen_at,
            row.history,
        )
    entry = session.exec(select(EntryRow).where(EntryRow.place == place)).first()
    if entry is None:
        return None
    stamp_text = entry.stamp_text
    return Said(place, entry.agent, entry.title, stamp_text, entry.seen_at, entry.history)


def find_order(
    session: Session, verbs: Iterable[str], names: Collection[str]
) -> InstructionRow | None:
    """Return the newest instruction of these verbs that was carried out for one of these names.

    ``names`` are slugs. None where there is none.
    """
    rows = session.exec(
        select(InstructionRow)
        .where(
            col(InstructionRow.verb).in_(list(verbs)),
            col(InstructionRow.done).is_not(None),
            col(InstructionRow.refused).is_(False),
        )
        .order_by(col(InstructionRow.id).desc())
    )
    return next((row for row in rows if slugify(row.subject) in names), None)


def find_author_of_away(session: Session, slug: str, state: str, now: datetime) -> str | None:
    """Return who put an agent, or everybody, off duty in this state that lasts, or None."""
    return session.exec(
        select(AwayRow.by)
        .where(
            col(AwayRow.agent).in_([slug, EVERYBODY]),
            AwayRow.state == state,
            col(AwayRow.start) <= now,
            or_(col(AwayRow.ended).is_(None), col(AwayRow.ended) > now),
        )
        .order_by(col(AwayRow.id).desc())
        .limit(1)
    ).first()


def find_open_about(session: Session, agent: str, place: str) -> str | None:
    """Return the id of the open blocker for what an agent owes to a request at a place, or None."""
    rows = session.exec(
        select(BlockerRow).where(
            col(BlockerRow.closed).is_(None),
            or_(col(BlockerRow.agent) == agent, col(BlockerRow.agent) == "*"),
            col(BlockerRow.subject).not_like("agent:%"),
        )
    )
    return next((blocker_id(row.number or 0) for row in rows if place in row.evidence), None)


def _heard(row: EventRow) -> Heard:
    return Heard(
        sink=row.sink,
        target=row.target,
        transition=row.transition,
        level=row.level,
        created=row.created,
        fate=row.fate if row.digest is None else f"{row.fate} {row.digest}",
        settled=row.settled,
        not_before=row.not_before,
        attempts=row.attempts,
        error=row.error,
        receipt=json.loads(row.receipt) if row.receipt else {},
    )
