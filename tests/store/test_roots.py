"""Root messages are projections: stale until they were seen to show the present state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from blockers import make_row
from rollcall.model import Receipt, Transition
from rollcall.store import outbox, tables
from rollcall.store.database import Database

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)


@pytest.fixture
def event(database: Database) -> int:
    """A closed blocker whose root message does not show it yet."""
    post = outbox.Post(
        key="w/B-0001/opened/slack",
        sink="slack",
        target="C1",
        transition=Transition.OPENED,
        text="mara is silent",
        blockers=(1,),
        level=1,
    )
    with database.write() as session:
        row = make_row(NOW, 1, "mara")
        session.add(row)
        outbox.add_post(session, post, NOW)
        claimed = outbox.claim_next(session, "team", "life", ["slack"], NOW)
        assert claimed is not None
        row.status, row.closed = "resolved", NOW + timedelta(seconds=1)
        session.add(row)
        receipt = Receipt("slack", {"channel": "C1", "ts": "1.1"})
        outbox.settle_sent(session, claimed.event_id, receipt, NOW)
        return claimed.event_id


def shown(session: Session) -> tuple[int, tuple[str, ...]] | None:
    found = outbox.next_stale_root(session, "team", "slack")
    return None if found is None else (found[0], tuple(one.status for one in found[1].blockers))


def test_a_root_stays_stale_until_it_was_rendered(database: Database, event: int) -> None:
    with database.write() as session:
        assert shown(session) == (event, ("resolved",))
    with database.write() as session:
        assert shown(session) == (event, ("resolved",))
        stale = outbox.next_stale_root(session, "team", "slack")
        assert stale is not None
        outbox.settle_root(session, event, stale[1].blockers, None)
        assert shown(session) is None


def test_a_root_whose_blocker_changed_while_it_was_rendered_stays_stale(
    database: Database, event: int
) -> None:
    with database.write() as session:
        stale = outbox.next_stale_root(session, "team", "slack")
        assert stale is not None
        session.get_one(tables.BlockerRow, 1).resolution = "the parser works"
        session.flush()
        outbox.settle_root(session, event, stale[1].blockers, None)
        assert shown(session) == (event, ("resolved",))


def test_a_root_that_cannot_be_rendered_is_left_until_something_changes(
    database: Database, event: int
) -> None:
    with database.write() as session:
        outbox.leave_root(session, event)
        assert shown(session) is None
