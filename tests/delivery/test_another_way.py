"""What Slack takes only in another way: asked again in its turn, once, also after a kill between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from blockers import make_row
from delivery.proxy import Proxy
from delivery.test_bad_line import ManualSkipping
from rollcall.delivery import Deliverer
from rollcall.model import Transition
from rollcall.notify.fake_slack import CHANNEL, FakeSlack, rate_limited
from rollcall.notify.fake_slack_world import FakeChannel
from rollcall.notify.pace import Pace
from rollcall.notify.slack import SlackSink
from rollcall.store.database import Database
from rollcall.store.outbox import Post, add_post, list_sinks
from rollcall.store.tables import EventRow, RootRow

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class Desk:
    """A store, a fake Slack behind a proxy that only remembers, and a deliverer of one a second."""

    def __init__(self, slack: FakeSlack, proxy: Proxy, clock: ManualSkipping) -> None:
        self.slack, self.proxy, self.clock = slack, proxy, clock
        self.database = Database(None)
        self.database.prepare(NOON)
        self._pace = Pace(1.0)
        self.begin()

    def begin(self) -> None:
        """Begin a new process life, which remembers nothing."""
        sink = SlackSink(self.slack.token, base_url=self.proxy.base_url)
        paces = {"slack": self._pace}
        self.deliverer = Deliverer(
            self.database, [sink], None, self.clock, workspace="team", paces=paces
        )
        self.deliverer.begin()

    def post(
        self, number: int, step: Transition = Transition.OPENED, *, target: str = CHANNEL
    ) -> None:
        with self.database.write() as session:
            if step is Transition.OPENED:
                session.add(make_row(NOON, number))
                session.flush()
            key = f"w/B-{number:04d}/{step.value}/slack"
            words = f"B-{number:04d} {step.value}"
            add_post(session, Post(key, "slack", target, step, words, (number,), level=1), NOON)

    def pass_seconds(self, count: int) -> None:
        for _ in range(count):
            self.deliverer.deliver_all()
            self.clock.advance(timedelta(seconds=1))

    def make_stale(self) -> None:
        with self.database.write() as session:
            for root in session.exec(select(RootRow)):
                root.stale = True

    def fates(self) -> list[str | None]:
        with self.database.read() as session:
            return [row.fate for row in session.exec(select(EventRow))]

    def stale(self) -> int:
        with self.database.read() as session:
            return sum(root.stale for root in session.exec(select(RootRow)))

    @property
    def gaps_s(self) -> list[float]:
        return [after.at_s - before.at_s for before, after in pairwise(self.proxy.arrivals)]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    clock = ManualSkipping(NOON)
    with FakeSlack(clock=clock) as slack, Proxy(slack, clock, lambda _: None) as proxy:
        desk = Desk(slack, proxy, clock)
        yield desk
        desk.database.close()


def test_refused_blocks_cost_a_second_call_a_second_later(desk: Desk) -> None:
    desk.slack.world.channels[CHANNEL].takes_blocks = False
    desk.post(1)
    desk.post(2)
    desk.pass_seconds(4)
    assert [one.key for one in desk.proxy.arrivals] == [
        "w/B-0001/opened/slack",
        "w/B-0001/opened/slack",
        "w/B-0002/opened/slack",
        "w/B-0002/opened/slack",
    ]
    assert desk.gaps_s == [1.0, 1.0, 1.0]
    assert (desk.fates(), len(desk.slack.messages)) == (["sent", "sent"], 2)


def test_what_slack_answers_is_no_outage(desk: Desk) -> None:
    desk.slack.world.channels[CHANNEL].takes_blocks = False
    desk.post(1)
    desk.deliverer.deliver_all()
    with desk.database.read() as session:
        assert [(one.state, one.error) for one in list_sinks(session)] == [("on", None)]


def test_a_kill_between_the_refusal_and_the_other_way_loses_and_doubles_nothing(
    desk: Desk,
) -> None:
    desk.slack.world.channels[CHANNEL].takes_blocks = False
    desk.post(1)
    desk.pass_seconds(1)
    assert desk.slack.messages == []
    desk.begin()
    desk.pass_seconds(3)
    assert [one.key for one in desk.slack.messages] == ["w/B-0001/opened/slack"]
    assert desk.fates() == ["sent"]
    assert len(desk.proxy.arrivals) == 3


def test_a_thread_that_is_gone_costs_a_second_call_a_second_later(desk: Desk) -> None:
    desk.post(1)
    desk.pass_seconds(1)
    desk.slack.delete(desk.slack.messages[0].ts)
    desk.post(1, Transition.CLOSED)
    desk.pass_seconds(2)
    assert desk.gaps_s == [1.0, 1.0]
    (alone,) = desk.slack.messages
    assert (alone.key, alone.thread_ts) == ("w/B-0001/closed/slack", None)


@pytest.mark.parametrize("step", [Transition.ESCALATED, Transition.CLOSED])
def test_what_stands_alone_for_a_lost_thread_is_the_first_message_from_then_on(
    desk: Desk, step: Transition
) -> None:
    desk.post(1)
    desk.pass_seconds(1)
    desk.slack.delete(desk.slack.messages[0].ts)
    desk.post(1, step)
    desk.make_stale()
    desk.pass_seconds(4)
    (alone,) = desk.slack.messages
    assert alone.key == f"w/B-0001/{step.value}/slack"
    assert len(alone.edits) == 1
    desk.post(1, Transition.REPEATED)
    desk.pass_seconds(2)
    assert [one.thread_ts for one in desk.slack.messages] == [None, alone.ts]
    assert desk.stale() == 0


def test_so_it_is_where_it_was_found_after_a_kill(desk: Desk) -> None:
    desk.post(1)
    desk.pass_seconds(1)
    desk.slack.delete(desk.slack.messages[0].ts)
    with desk.database.read() as session:
        kept = session.exec(select(RootRow)).one().receipt
    desk.post(1, Transition.ESCALATED)
    desk.pass_seconds(2)
    with desk.database.write() as session:  # as if killed before it was recorded
        row = session.exec(select(EventRow).where(EventRow.transition == "escalated")).one()
        row.fate, row.settled, row.claim = None, None, "another life"
        root = session.exec(select(RootRow)).one()
        root.event_id, root.receipt, root.stale = 1, kept, True
    desk.begin()
    desk.pass_seconds(3)
    assert len(desk.slack.messages) == 1
    assert desk.stale() == 0


def test_a_message_in_another_channel_takes_no_ones_place(desk: Desk) -> None:
    desk.slack.world.channels["C2"] = FakeChannel("C2")
    desk.post(1)
    desk.pass_seconds(1)
    desk.post(1, Transition.ESCALATED, target="C2")
    desk.post(1, Transition.CLOSED)
    desk.pass_seconds(3)
    root, elsewhere, reply = desk.slack.messages
    assert (elsewhere.channel, elsewhere.thread_ts) == ("C2", None)
    assert reply.thread_ts == root.ts


def test_first_messages_that_are_gone_are_posted_anew_in_pace(desk: Desk) -> None:
    for number in range(1, 6):
        desk.post(number)
    desk.pass_seconds(5)
    for one in desk.slack.messages:
        desk.slack.delete(one.ts)
    desk.make_stale()
    desk.pass_seconds(6)
    assert [one.key for one in desk.slack.messages] == [
        f"w/B-{number:04d}/opened/slack" for number in range(1, 6)
    ]
    assert min(desk.gaps_s) == 1.0
    assert desk.stale() == 0


def test_a_kill_after_a_first_message_was_posted_anew_posts_no_second(desk: Desk) -> None:
    desk.post(1)
    desk.pass_seconds(1)
    before = desk.slack.messages[0].ts
    desk.slack.freeze(before)
    desk.make_stale()
    with desk.database.read() as session:
        kept = session.exec(select(RootRow)).one().receipt
    desk.deliverer.deliver_all()
    with desk.database.write() as session:
        root = session.exec(select(RootRow)).one()
        assert root.receipt != kept
        root.receipt, root.stale = kept, True  # as if killed before it was recorded
    desk.begin()
    desk.pass_seconds(3)
    assert len(desk.slack.messages) == 2
    assert desk.stale() == 0


def test_a_message_posted_anew_waits_where_slack_asked_to_wait_with_the_channel(
    desk: Desk,
) -> None:
    desk.post(1)
    desk.pass_seconds(1)
    desk.slack.delete(desk.slack.messages[0].ts)
    desk.make_stale()
    desk.post(2)
    desk.slack.fail_next("chat.postMessage", rate_limited())
    desk.pass_seconds(30)
    assert desk.slack.messages == []
    desk.pass_seconds(3)
    assert len(desk.slack.messages) == 2
