"""What is settled when agents are seen for the first time: whose clock starts, and who is retired."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.store.facts import (
    find_newest_claim,
    find_newest_claim_beside,
    list_owing_without_entries,
    list_unsettled,
    writes_times_without_dates,
)
from rollcall.store.marks import mark_changed
from rollcall.store.tables import AgentRow


def settle_newcomers(session: Session, settings: Settings, now: datetime) -> None:
    """Start the clocks of declared agents, and retire discovered ones that stopped long ago."""
    for slug in settings.agents:
        _begin_declared(session, slug, now)
    for row in list_unsettled(session):
        declared = row.slug in settings.agents
        if not declared and not settings.duty.always_on:
            row.retired = _is_long_gone(session, row, settings, now)
        row.unsettled = None
        session.add(row)


def release_undeclared(session: Session, settings: Settings, now: datetime) -> None:
    """Expect nothing of who was declared, is no longer, and never wrote: a name put right."""
    for row in list_owing_without_entries(session):
        if row.slug not in settings.agents:
            row.owes_proof = False
            session.add(row)
            mark_changed(session, [f"agent:{row.slug}"], now)


def _is_long_gone(session: Session, row: AgentRow, settings: Settings, now: datetime) -> bool:
    claim = find_newest_claim(session, row.slug, now)
    if claim is None and writes_times_without_dates(session, row.slug):
        # Times of day alone may be of any day, and a copied file is always young.
        return True
    if claim is None:
        # The file's last change may be another's, who signs with a date in the same log.
        claim = find_newest_claim_beside(session, row.slug, now)
    return now - (claim or row.unsettled or now) > settings.duty.retire_after


def _begin_declared(session: Session, slug: str, now: datetime) -> None:
    row = session.get(AgentRow, slug)
    if row is not None and row.owes_proof:
        return
    row = row or AgentRow(slug=slug, since=now)
    row.owes_proof, row.since = True, now
    session.add(row)
    session.flush()
    mark_changed(session, [f"agent:{slug}"], now)
