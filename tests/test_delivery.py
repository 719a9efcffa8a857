"""Delivery: claimed, sent outside any transaction, recorded after; once, also across failures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from blockers import make_row
from rollcall.clock import ManualClock
from rollcall.delivery import Deliverer
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.memory import MemorySink
from rollcall.notify.pace import Pace
from rollcall.sink_health import Patience
from rollcall.store.database import Database
from rollcall.store.marks import list_faults
from rollcall.store.outbox import Post, add_post, list_sinks
from rollcall.store.tables import EventRow

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
PATIENCE = Patience(attempts=4, jitter=lambda _: 0.0)


class Desk:
    """A store with open blockers, and one sink that a test makes fail."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock(NOW)
        self.sink = MemorySink("slack")
        self.deliverer = self.begin()

    def begin(self, pace: Pace | None = None) -> Deliverer:
        """Begin a new process life over the same store and sink."""
        self.deliverer = Deliverer(
            self.database,
            [self.sink],
            None,
            self.clock,
            workspace="team",
            paces={} if pace is None else {"slack": pace},
            patience=PATIENCE,
        )
        self.deliverer.begin()
        return self.deliverer

    def post(self, number: int, transition: Transition = Transition.OPENED) -> None:
        post = Post(
            key=f"w/B-{number:04d}/{transition.value}/slack",
            sink="slack",
            target="C1",
            transition=transition,
            text=f"{number} {transition.value}",
            blockers=(number,),
            level=1,
        )
        with self.database.write() as session:
            add_post(session, post, self.clock.now())

    def pass_time(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))
        self.deliverer.deliver_all()

    @property
    def texts(self) -> list[str]:
        return [notice.text for notice in self.sink.notices]

    def fates(self) -> list[str | None]:
        with self.database.read() as session:
            return [row.fate for row in session.exec(select(EventRow))]

    def sink_state(self) -> tuple[str, str | None]:
        with self.database.read() as session:
            (row,) = list_sinks(session)
            return row.state, row.error

    def faults(self) -> list[str]:
        with self.database.read() as session:
            return [row.subject for row in list_faults(session)]


@pytest.fixture
def desk() -> Iterator[Desk]:
    database = Database(None)
    database.prepare(NOW)
    with database.write() as session:
        for number in range(1, 6):
            session.add(make_row(NOW, number))
    yield Desk(database)
    database.close()


def test_a_notice_is_sent_once_and_its_fate_recorded(desk: Desk) -> None:
    desk.post(1)
    desk.deliverer.deliver_all()
    desk.deliverer.deliver_all()
    assert (desk.texts, desk.fates()) == (["1 opened"], ["sent"])


def test_a_temporary_failure_is_tried_again_after_its_pause_and_not_a_second_before(
    desk: Desk,
) -> None:
    desk.post(1)
    desk.sink.fail_next(DeliveryFailed("out of order"))
    desk.deliverer.deliver_all()
    assert desk.sink_state() == ("waiting", "out of order")
    desk.pass_time(seconds=4)
    assert desk.texts == []
    desk.pass_time(seconds=1)
    assert desk.texts == ["1 opened"]
    assert desk.sink_state() == ("on", None)


def test_pauses_grow_with_each_failure(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(DeliveryFailed("out"), DeliveryFailed("out"))
    desk.deliverer.deliver_all()
    desk.pass_time(seconds=5)
    desk.pass_time(seconds=9)
    assert desk.texts == []
    desk.pass_time(seconds=1)
    assert desk.texts == ["1 opened"]


def test_retry_after_holds_everything_for_that_channel(desk: Desk) -> None:
    desk.post(1)
    desk.post(2)
    desk.sink.fail_next(DeliveryFailed("rate limited", retry_after_s=30))
    desk.deliverer.deliver_all()
    desk.pass_time(seconds=29)
    assert desk.texts == []
    desk.pass_time(seconds=1)
    assert desk.texts == ["1 opened", "2 opened"]


def test_a_lost_reply_is_looked_up_and_not_sent_again(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(DeliveryFailed("no reply", perhaps_sent=True))
    desk.deliverer.deliver_all()
    assert desk.fates() == [None]
    desk.pass_time(seconds=5)
    assert (desk.texts, desk.fates()) == (["1 opened"], ["sent"])


def test_a_claim_of_a_killed_process_is_looked_up_before_it_is_sent(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(DeliveryFailed("killed here", perhaps_sent=True))
    desk.deliverer.deliver_all()
    desk.begin()
    desk.pass_time(seconds=5)
    assert desk.texts == ["1 opened"]


def test_where_it_cannot_be_looked_up_it_is_sent_again_and_says_so(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(
        DeliveryFailed("no reply", perhaps_sent=True),
        DeliveryFailed("missing scope channels:history", permanent=True),
    )
    desk.deliverer.deliver_all()
    desk.pass_time(seconds=5)
    repeated = [notice.perhaps_repeated for notice in desk.sink.notices]
    assert repeated == [False, True]
    assert desk.fates() == ["sent"]


def test_a_notice_that_is_refused_for_good_does_not_hold_up_the_next(desk: Desk) -> None:
    desk.post(1)
    desk.post(2)
    desk.sink.fail_next(DeliveryFailed("too long", permanent=True))
    desk.deliverer.deliver_all()
    assert (desk.texts, desk.fates()) == (["2 opened"], ["failed", "sent"])


def test_a_revoked_token_disables_the_sink_visibly_and_loses_nothing(desk: Desk) -> None:
    desk.post(1)
    revoked = DeliveryFailed("token_revoked", permanent=True, disables_sink=True)
    desk.sink.fail_next(revoked)
    desk.deliverer.deliver_all()
    desk.pass_time(minutes=59, seconds=59)
    assert desk.texts == []
    assert desk.sink_state() == ("disabled", "token_revoked")
    assert desk.faults() == ["sink:slack"]
    desk.begin()
    desk.deliverer.deliver_all()
    assert (desk.texts, desk.faults()) == (["1 opened"], [])


def test_what_a_sink_should_never_raise_is_a_fault_of_ours_and_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(notice: Notice, root: Receipt | None) -> Receipt:
        raise ZeroDivisionError(notice.key, root)

    desk.post(1)
    with monkeypatch.context() as patch:
        patch.setattr(desk.sink, "deliver", broken)
        desk.deliverer.deliver_all()
    assert desk.faults() == ["notice:w/B-0001/opened/slack"]
    desk.pass_time(seconds=5)
    assert (desk.texts, desk.fates(), desk.faults()) == (["1 opened"], ["sent"], [])


def test_a_notice_that_fails_again_and_again_steps_back_for_the_others(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(*[DeliveryFailed("500") for _ in range(PATIENCE.attempts + 1)])
    for _ in range(PATIENCE.attempts):
        desk.pass_time(minutes=1)
    desk.post(2)
    desk.pass_time(minutes=1)
    desk.pass_time(seconds=80)
    assert (desk.texts, desk.fates()) == (["2 opened"], [None, "sent"])
    desk.pass_time(minutes=28)
    assert desk.texts == ["2 opened"]
    desk.pass_time(minutes=1)
    assert desk.texts == ["2 opened", "1 opened"]


def test_a_notice_that_fails_for_a_day_is_given_up_visibly(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(*[DeliveryFailed("500") for _ in range(100)])
    for _ in range(47):
        desk.pass_time(minutes=30)
    assert (desk.fates(), desk.faults()) == ([None], ["sink:slack"])
    desk.pass_time(minutes=30)
    assert (desk.fates(), desk.faults()) == (["failed"], ["sink:slack", "undelivered:slack"])


def test_no_more_than_the_pace_allows(desk: Desk) -> None:
    desk.begin(Pace(1.0))
    for number in range(1, 4):
        desk.post(number)
    desk.deliverer.deliver_all()
    assert len(desk.texts) == 1
    assert desk.deliverer.seconds_to_wait(5) == 1.0
    desk.pass_time(seconds=1)
    assert len(desk.texts) == 2
    desk.pass_time(seconds=1)
    assert len(desk.texts) == 3
