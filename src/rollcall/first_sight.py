"""What is settled when agents are seen for the first time: whose clock starts, and who is retired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.store.facts import find_newest_claim, writes_times_without_dates
from rollcall.store.marks import mark_changed
from rollcall.store.tables import AgentRow


def settle_newcomers(
    session: Session, settings: Settings, newcomers: Mapping[str, datetime], now: datetime
) -> None:
    """Start the clocks of declared agents, and retire discovered ones that stopped long ago.

    ``newcomers`` maps each agent first seen in this pass to the newest change of its files, which
    stands in where none of its entries bears a stamp.
    """
    for slug in settings.agents:
        _begin_declared(session, slug, now)
    if settings.duty.always_on:
        return
    for slug, modified in newcomers.items():
        row = session.get(AgentRow, slug)
        if row is None or slug in settings.agents:
            continue
        claim = find_newest_claim(session, slug, now)
        if claim is None and writes_times_without_dates(session, slug):
            # Times of day alone may be of any day, and a copied file is always young.
            row.retired = True
        else:
            row.retired = now - (claim or modified) > settings.duty.retire_after
        session.add(row)


def _begin_declared(session: Session, slug: str, now: datetime) -> None:
    row = session.get(AgentRow, slug)
    if row is not None and row.owes_proof:
        return
    row = row or AgentRow(slug=slug, since=now)
    row.owes_proof, row.since = True, now
    session.add(row)
    session.flush()
    mark_changed(session, [f"agent:{slug}"], now)
