"""A sink that is away: what waits becomes one digest, everything has one fate, and it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from blockers import make_row
from rollcall.clock import ManualClock
from rollcall.delivery import Deliverer
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.memory import MemorySink
from rollcall.notify.pace import Pace
from rollcall.sink_health import Patience, find_share
from rollcall.store.database import Database
from rollcall.store.fates import find_odd_fates
from rollcall.store.marks import list_faults
from rollcall.store.outbox import Post, add_post, heard_by, supersede_unsent
from rollcall.store.tables import BlockerRow, EventRow

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PATIENCE = Patience(jitter=lambda _: 0.0)


class Away(MemorySink):
    """A sink that cannot be reached while ``away``."""

    def __init__(self, name: str = "slack") -> None:
        super().__init__(name)
        self.away = False
        self.tried = 0

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        self.tried += 1
        if self.away:
            raise DeliveryFailed("cannot be reached")
        return super().deliver(notice, root)


class Desk:
    """A store with nine open blockers, and one sink that comes and goes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock(NOON)
        self.sink = Away()
        self.begin()

    def begin(self, pace: Pace | None = None) -> None:
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

    def post(self, number: int, what: Transition = Transition.OPENED, target: str = "C1") -> None:
        post = Post(
            key=f"w/B-{number:04d}/{what.value}/slack-{target}",
            sink="slack",
            target=target,
            transition=what,
            text=f"{number} {what.value}",
            blockers=(number,),
            level=1,
            mention="U0123456789" if what is Transition.ESCALATED else None,
        )
        with self.database.write() as session:
            add_post(session, post, self.clock.now())

    def close(self, number: int) -> None:
        """Close a blocker, and tell of it whom its opening was told."""
        with self.database.write() as session:
            supersede_unsent(session, number, self.clock.now())
            row = session.get_one(BlockerRow, number)
            row.status, row.closed, row.resolution = "resolved", self.clock.now(), "Proof"
            session.flush()
            supersede_unsent(session, number, self.clock.now())
            heard = heard_by(session, number)
        for _, target in heard:
            self.post(number, Transition.CLOSED, target)

    def pass_time(self, steps: int = 1, **span: float) -> None:
        for _ in range(steps):
            self.clock.advance(timedelta(**span))
            self.deliverer.deliver_all()

    @property
    def texts(self) -> list[str]:
        return [notice.text for notice in self.sink.notices]

    def fates(self) -> dict[str, str | None]:
        with self.database.read() as session:
            assert find_odd_fates(session) == []
            return {_name(row): row.fate for row in _events(session)}

    def faults(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            return [(row.subject, row.text) for row in list_faults(session)]


def _events(session: Session) -> list[EventRow]:
    return list(session.exec(select(EventRow).order_by(col(EventRow.id))))


def _name(row: EventRow) -> str:
    return "digest" if "/digest/" in row.key else row.text


@pytest.fixture
def desk() -> Iterator[Desk]:
    database = Database(None)
    database.prepare(NOON)
    with database.write() as session:
        for number in range(1, 100):
            session.add(make_row(NOON, number))
    yield Desk(database)
    database.close()


def test_hours_of_outage_end_in_one_digest_of_what_is_open_and_how_much_is_over(
    desk: Desk,
) -> None:
    desk.post(1)
    desk.deliverer.deliver_all()
    desk.sink.away = True
    desk.close(1)
    for number in (2, 3, 4):
        desk.post(number)
    desk.post(2, Transition.ESCALATED)
    desk.deliverer.deliver_all()
    desk.pass_time(steps=20, minutes=6)
    desk.close(3)
    desk.sink.away = False
    desk.pass_time(minutes=6)
    assert desk.texts == [
        "1 opened",
        (
            "Nothing could be told here from 2026-01-05 12:00Z to 2026-01-05 14:06Z (2 h 6 min): "
            "2 blockers are open now, 2 resolved meanwhile."
        ),
    ]
    digest = desk.sink.notices[-1]
    assert [one.id for one in digest.blockers] == ["B-0002", "B-0004"]
    assert digest.mention == "U0123456789"
    assert desk.sink.delivered[-1].root is None
    assert desk.fates() == {
        "1 opened": "sent",
        "1 closed": "in digest",
        "2 opened": "in digest",
        "3 opened": "in digest",
        "4 opened": "in digest",
        "2 escalated": "in digest",
        "3 closed": "in digest",
        "digest": "sent",
    }
    desk.close(2)
    desk.deliverer.deliver_all()
    assert desk.texts[2:] == ["2 closed"]


@pytest.mark.parametrize(("seconds", "told"), [(3599, 3), (3600, 1)])
def test_an_outage_of_an_hour_is_a_digest_and_a_second_less_is_not(
    desk: Desk, seconds: int, told: int
) -> None:
    desk.sink.away = True
    for number in (1, 2, 3):
        desk.post(number)
    desk.deliverer.deliver_all()
    desk.clock.advance(timedelta(seconds=seconds))
    desk.sink.away = False
    desk.deliverer.deliver_all()
    assert len(desk.texts) == told


def test_a_notice_that_waits_alone_is_told_as_it_is(desk: Desk) -> None:
    desk.sink.away = True
    desk.post(1)
    desk.deliverer.deliver_all()
    desk.sink.away = False
    desk.pass_time(hours=3)
    assert desk.texts == ["1 opened"]


@pytest.mark.parametrize(("waiting", "told"), [(60, 60), (61, 1)])
def test_more_than_a_minutes_worth_after_a_short_outage_is_a_digest_too(
    desk: Desk, waiting: int, told: int
) -> None:
    desk.begin(Pace(1.0))
    desk.sink.away = True
    for number in range(1, waiting + 1):
        desk.post(number)
    desk.deliverer.deliver_all()
    desk.sink.away = False
    desk.pass_time(steps=100, seconds=5)
    assert len(desk.texts) == told


def test_what_was_over_before_it_could_be_told_is_counted_on_return(desk: Desk) -> None:
    desk.sink.away = True
    desk.post(1)
    desk.deliverer.deliver_all()
    desk.close(1)
    desk.sink.away = False
    desk.pass_time(hours=2)
    assert [text.partition(": ")[2] for text in desk.texts] == [
        "0 blockers are open now, 1 resolved meanwhile."
    ]
    assert desk.fates() == {"1 opened": "superseded", "digest": "sent"}
    assert desk.faults() == []


def test_a_restart_in_an_outage_ends_in_the_same_digest(desk: Desk) -> None:
    desk.sink.away = True
    desk.post(1)
    desk.post(2)
    desk.deliverer.deliver_all()
    desk.pass_time(steps=10, minutes=6)
    desk.begin()
    desk.pass_time(minutes=6)
    desk.sink.away = False
    desk.begin()
    desk.pass_time(minutes=6)
    assert [text[:53] for text in desk.texts] == [
        "Nothing could be told here from 2026-01-05 12:00Z to "
    ]
    assert list(desk.fates().values()) == ["in digest", "in digest", "sent"]


def test_retry_after_holds_one_channel_and_not_the_other(desk: Desk) -> None:
    desk.post(1)
    desk.post(2, target="C2")
    desk.sink.fail_next(DeliveryFailed("rate limited", retry_after_s=30))
    desk.deliverer.deliver_all()
    assert desk.texts == ["2 opened"]
    desk.pass_time(seconds=29)
    desk.post(3)
    desk.deliverer.deliver_all()
    assert desk.texts == ["2 opened"]
    desk.pass_time(seconds=1)
    assert desk.texts == ["2 opened", "1 opened", "3 opened"]


def test_a_sink_that_takes_nothing_for_a_quarter_of_an_hour_is_a_fault_of_ours(
    desk: Desk,
) -> None:
    desk.sink.away = True
    desk.post(1)
    desk.deliverer.deliver_all()
    desk.pass_time(seconds=899)
    assert desk.faults() == []
    desk.pass_time(minutes=5)
    assert desk.faults() == [
        ("sink:slack", "has taken nothing since 2026-01-05 12:00Z: cannot be reached")
    ]
    desk.sink.away = False
    desk.pass_time(minutes=5)
    assert desk.faults() == []


def test_a_sink_that_does_not_answer_is_a_fault_after_two_minutes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[tuple[str, str]]] = []

    def hang(notice: Notice, root: Receipt | None) -> Receipt:
        for seconds in (119, 1):
            desk.clock.advance(timedelta(seconds=seconds))
            desk.deliverer.note_stall()
            seen.append(desk.faults())
        del notice, root
        raise DeliveryFailed("no answer", perhaps_sent=True)

    desk.post(1)
    with monkeypatch.context() as patch:
        patch.setattr(desk.sink, "deliver", hang)
        desk.deliverer.deliver_all()
    assert seen == [[], [("sink:slack", "has not answered since 2026-01-05 12:00Z")]]
    desk.pass_time(minutes=1)
    assert (desk.texts, desk.faults()) == (["1 opened"], [])


def test_a_dead_letter_is_a_fault_of_ours_for_a_day(desk: Desk) -> None:
    desk.post(1)
    desk.post(2)
    desk.sink.fail_next(DeliveryFailed("msg_too_long", permanent=True))
    desk.deliverer.deliver_all()
    shown = [("undelivered:slack", "B-0001 (opened) could not be told: msg_too_long")]
    assert (desk.texts, desk.faults()) == (["2 opened"], shown)
    desk.begin()
    desk.pass_time(seconds=24 * 3600 - 1)
    assert desk.faults() == shown
    desk.pass_time(seconds=1)
    assert desk.faults() == []


def test_a_digest_of_an_outage_is_not_given_up_after_a_day(desk: Desk) -> None:
    desk.sink.away = True
    desk.post(1)
    desk.post(2)
    desk.deliverer.deliver_all()
    desk.pass_time(steps=100, minutes=31)
    desk.post(3)
    desk.sink.away = False
    desk.pass_time(minutes=31)
    assert [[one.id for one in notice.blockers] for notice in desk.sink.notices] == [
        ["B-0001", "B-0002", "B-0003"]
    ]


def test_pauses_double_up_to_the_longest_less_a_share_of_their_half() -> None:
    failure = DeliveryFailed("out")
    full = [PATIENCE.find_pause(failure, number, "w/1") for number in (1, 2, 3, 20)]
    assert [one.total_seconds() for one in full] == [5, 10, 20, 300]
    half = replace(PATIENCE, jitter=lambda _: 1.0)
    assert half.find_pause(failure, 2, "w/1") == timedelta(seconds=5)


def test_jitter_is_the_same_for_a_key_and_attempt_and_differs_between_them() -> None:
    patience = Patience()
    failure = DeliveryFailed("out")
    pauses = {patience.find_pause(failure, 1, f"w/{number}") for number in range(50)}
    assert len(pauses) == 50
    assert min(pauses) >= timedelta(seconds=2.5)
    assert max(pauses) <= timedelta(seconds=5)
    assert find_share("w/1#1") == find_share("w/1#1")
    asked = DeliveryFailed("rate limited", retry_after_s=7)
    assert patience.find_pause(asked, 3, "w/1") == timedelta(seconds=7)


def test_what_a_sink_should_never_raise_is_shown_until_the_notice_is_given_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(notice: Notice, root: Receipt | None) -> Receipt:
        del notice, root
        raise LookupError("nothing of ours")

    desk.post(1)
    monkeypatch.setattr(desk.sink, "deliver", break_down)
    desk.deliverer.deliver_all()
    subject, shown = "notice:w/B-0001/opened/slack-C1", "LookupError: nothing of ours"
    assert (subject, shown) in desk.faults()

    desk.pass_time(50, minutes=30)

    assert desk.fates() == {"1 opened": "failed"}
    assert subject not in dict(desk.faults())
