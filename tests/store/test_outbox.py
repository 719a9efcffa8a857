"""The outbox: one notice, one fate; openings first; a dead claim is looked up before a resend."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from blockers import make_row
from rollcall.model import Receipt, Transition
from rollcall.store import outbox, tables
from rollcall.store.database import Database
from rollcall.store.outbox import Post
from rollcall.store.turns import list_lanes

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
READY = ["slack"]


@pytest.fixture
def blockers(database: Database) -> list[int]:
    with database.write() as session:
        for number in (1, 2, 3, 4):
            session.add(make_row(NOW, number))
    return [1, 2]  # of four


def post(blocker: int, transition: Transition, sink: str = "slack") -> Post:
    return Post(
        key=f"w/{blocker}/{transition.value}/{sink}",
        sink=sink,
        target="C1",
        transition=transition,
        text=f"{blocker} {transition.value}",
        blockers=(blocker,),
    )


def claim(session: Session, life: str = "life", now: datetime = NOW) -> outbox.Claimed | None:
    return outbox.claim_next(session, "team", life, READY, now)


def test_a_key_is_put_in_once(database: Database, blockers: list[int]) -> None:
    del blockers
    with database.write() as session:
        assert outbox.add_post(session, post(1, Transition.OPENED), NOW)
        assert not outbox.add_post(session, post(1, Transition.OPENED), NOW)


def test_openings_go_before_levels_and_levels_before_closings(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    order = [
        (1, Transition.CLOSED),
        (2, Transition.ESCALATED),
        (3, Transition.OPENED),
        (4, Transition.OPENED),
    ]
    with database.write() as session:
        for number, transition in order:
            outbox.add_post(session, post(number, transition), NOW)
        claimed = [claim(session) for _ in range(5)]
    assert [one and one.notice.text for one in claimed] == [
        "3 opened",
        "4 opened",
        "2 escalated",
        "1 closed",
        None,
    ]


def test_no_notice_of_a_blocker_goes_before_an_earlier_one_that_waits(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED), NOW)
        outbox.add_post(session, post(1, Transition.ESCALATED), NOW)
        outbox.add_post(session, post(2, Transition.ESCALATED), NOW)
        opening = claim(session)
        assert opening is not None
        outbox.postpone(session, opening.event_id, LATER, "away", uncertain=False)
        then = [claim(session), claim(session), claim(session, now=LATER)]
    assert [one and one.notice.text for one in then] == ["2 escalated", None, "1 opened"]


def test_the_openings_of_two_sinks_do_not_wait_for_each_other(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED, sink="inbox"), NOW)
        outbox.add_post(session, post(1, Transition.ESCALATED), NOW)
        claimed = claim(session)
    assert claimed is not None
    assert claimed.notice.text == "1 escalated"


def test_what_waits_for_a_held_channel_lets_another_channel_by(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    elsewhere = replace(post(2, Transition.OPENED), target="C2")
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED), NOW)
        outbox.add_post(session, elsewhere, NOW)
        lanes = list_lanes(session, READY, NOW)
        held = [("slack", "C1")]
        claimed = outbox.claim_next(session, "team", "life", READY, NOW, held=held)
    assert sorted(lanes) == [("slack", "C1"), ("slack", "C2")]
    assert claimed is not None
    assert claimed.notice.text == "2 opened"


def test_what_is_claimed_is_not_claimed_again(database: Database, blockers: list[int]) -> None:
    del blockers
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED), NOW)
        assert claim(session) is not None
        assert claim(session) is None


def test_a_claim_of_a_dead_process_is_freed_and_marked_uncertain(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED), NOW)
        claim(session, "dead")
        assert outbox.release_dead_claims(session, "dead") == 0
        assert outbox.release_dead_claims(session, "alive") == 1
        again = claim(session, "alive")
    assert again is not None
    assert (again.uncertain, again.attempts) == (True, 2)


def test_a_postponed_notice_waits_until_its_time_exactly(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    later = NOW + timedelta(seconds=30)
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED), NOW)
        first = claim(session)
        assert first is not None
        outbox.postpone(session, first.event_id, later, "rate limited", uncertain=False)
        assert claim(session, now=later - timedelta(seconds=1)) is None
        assert claim(session, now=later) is not None


def test_a_sent_opening_is_the_root_of_every_blocker_it_speaks_of(
    database: Database, blockers: list[int]
) -> None:
    both = Post(
        "w/1/opened/slack", "slack", "C1", Transition.OPENED, "two", tuple(blockers), level=1
    )
    with database.write() as session:
        outbox.add_post(session, both, NOW)
        outbox.add_post(session, post(2, Transition.CLOSED), NOW)
        opened = claim(session)
        assert opened is not None
        receipt = Receipt("slack", {"channel": "C1", "ts": "1.1"})
        outbox.settle_sent(session, opened.event_id, receipt, NOW)
        closing = claim(session)
        stale = outbox.next_stale_root(session, "team", "slack")
    assert closing is not None
    assert closing.root == receipt
    assert stale is None


def test_an_unsent_opening_of_a_closed_blocker_is_superseded_with_its_closing(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED), NOW)
        session.get_one(tables.BlockerRow, 1).closed = NOW
        session.flush()
        outbox.supersede_unsent(session, 1, NOW)
        assert outbox.heard_by(session, 1) == []
        assert claim(session) is None
        fates = [row.fate for row in session.exec(select(tables.EventRow))]
    assert fates == ["superseded"]


def test_an_opening_that_may_have_been_sent_is_not_superseded(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED), NOW)
        first = claim(session)
        assert first is not None
        outbox.postpone(session, first.event_id, NOW, "no reply", uncertain=True)
        session.get_one(tables.BlockerRow, 1).closed = NOW
        session.flush()
        outbox.supersede_unsent(session, 1, NOW)
        assert outbox.heard_by(session, 1) == [("slack", "C1")]


def test_what_nobody_can_be_told_has_that_fate_at_once(
    database: Database, blockers: list[int]
) -> None:
    del blockers
    with database.write() as session:
        outbox.add_post(session, post(1, Transition.OPENED, sink="status"), NOW)
        fates = [row.fate for row in session.exec(select(tables.EventRow))]
    assert fates == ["untold"]
