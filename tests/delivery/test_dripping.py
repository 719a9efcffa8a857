"""Whoever drips an answer byte by byte holds nobody: neither the caller nor the other sinks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from delivery.desk import NOON, PATIENCE, Desk
from delivery.dripping import Dripping
from rollcall.clock import ManualClock, SystemClock
from rollcall.delivery import Deliverer
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt
from rollcall.notify.added_sink import Surroundings
from rollcall.notify.alertmanager import AlertmanagerSettings, AlertmanagerSink
from rollcall.notify.calls import MOST_LEFT, Calls, NotAnswered
from rollcall.notify.heartbeat import Heartbeat, ping
from rollcall.notify.http_door import HttpDoor
from rollcall.notify.memory import MemorySink
from rollcall.notify.slack import SlackSink
from rollcall.notify.slack_webhook import SlackWebhookSink
from rollcall.notify.webhook import WebhookSettings, WebhookSink
from rollcall.store.database import Database

SHORT_S = 0.3


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    with Dripping() as server:
        yield server


def seconds_since(begun_s: float) -> float:
    return SystemClock().monotonic() - begun_s


def test_a_post_has_a_time_for_the_whole_of_it(dripping: Dripping) -> None:
    door = HttpDoor(
        dripping.url,
        title="Webhook",
        clock=ManualClock(NOON),
        allow_private=True,
        total_s=SHORT_S,
    )
    begun_s = SystemClock().monotonic()
    with pytest.raises(DeliveryFailed) as failed:
        door.post(b"{}", {})
    assert SHORT_S <= seconds_since(begun_s) < 10 * SHORT_S
    assert str(failed.value) == "Webhook: no whole answer came within 0.3 s"
    assert (failed.value.permanent, failed.value.perhaps_sent) == (False, True)


def test_a_dripping_heartbeat_is_given_up(
    dripping: Dripping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollcall.notify.heartbeat.CALLS", Calls(SHORT_S))
    begun_s = SystemClock().monotonic()
    with pytest.raises(DeliveryFailed, match=r"^heartbeat to http://127\.0\.0\.1: .* 0\.3 s$"):
        ping(dripping.url)
    assert seconds_since(begun_s) < 10 * SHORT_S


def test_a_dripping_heartbeat_holds_up_nobody_and_is_pinged_once_at_a_time(
    dripping: Dripping,
) -> None:
    heartbeat = Heartbeat(moment_s=0.01)
    begun_s = SystemClock().monotonic()
    for _ in range(20):
        heartbeat.beat(dripping.url)
    assert seconds_since(begun_s) < 10
    assert dripping.calls <= 1


@pytest.mark.parametrize("name", ["webhook", "alertmanager", "slack", "slack webhook"])
def test_while_one_sink_is_dripped_at_the_others_are_told(
    dripping: Dripping, store: Database, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollcall.notify.http_door.TOTAL_S", SHORT_S)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    clock = ManualClock(NOON)
    slow = make_sink(name, dripping.url, clock)
    desk = Desk(store, "inbox")
    desk.clock = clock
    patience = replace(
        PATIENCE, longest_call=timedelta(seconds=2 * SHORT_S), hold_up=timedelta(seconds=0.01)
    )
    deliverer = Deliverer(
        store, [slow, desk.sink], None, clock, workspace="team", patience=patience
    )
    deliverer.begin()
    for number in (1, 2, 3):
        desk.post(number, sink=slow.name)
        desk.post(number)
    deliverer.deliver_all(wait=False)
    assert desk.texts() == ["1 opened", "2 opened", "3 opened"]
    assert desk.state(slow.name) == ("on", None)  # it may answer yet
    assert deliverer.seconds_to_wait(60) < 1
    begun_s = SystemClock().monotonic()
    deliverer.deliver_all()
    assert seconds_since(begun_s) < 20 * SHORT_S
    assert dripping.calls == 1
    state, error = desk.state(slow.name)
    assert state == "waiting"
    assert error is not None
    assert error.endswith((f"within {SHORT_S:g} s", f"within {2 * SHORT_S:g} s"))
    desk.post(4)
    deliverer.deliver_all()
    assert desk.texts()[3:] == ["4 opened"]


def make_sink(
    name: str, url: str, clock: ManualClock
) -> WebhookSink | AlertmanagerSink | SlackSink | SlackWebhookSink:
    match name:
        case "webhook":
            environ = {"ROLLCALL_WEBHOOK_URL": url}
            return WebhookSink.build(
                WebhookSettings(allow_private=True), Surroundings(Path(), environ, clock)
            )
        case "alertmanager":
            environ = {"ROLLCALL_ALERTMANAGER_URL": url}
            return AlertmanagerSink.build(
                AlertmanagerSettings(allow_private=True), Surroundings(Path(), environ, clock)
            )
        case "slack":
            return SlackSink("xoxb-not-a-token", base_url=f"{url}api/")
        case _:
            return SlackWebhookSink(url)


def test_a_call_that_does_not_end_is_left_behind_and_a_fifth_is_not_made() -> None:
    calls = Calls(0.01)
    with Dripping() as server:

        def call() -> int:
            return httpx.get(server.url).status_code

        for _ in range(MOST_LEFT):
            with pytest.raises(NotAnswered) as failed:
                calls.make("slack", call)
            assert failed.value.perhaps_sent
        with pytest.raises(DeliveryFailed) as refused:
            calls.make("slack", call)
        assert not isinstance(refused.value, NotAnswered)
        assert (str(refused.value), refused.value.perhaps_sent) == (
            "slack: 4 earlier calls have not ended yet",
            False,
        )
        assert calls.make("inbox", lambda: 7) == 7


def test_what_a_call_returns_or_raises_comes_through() -> None:
    def fail() -> None:
        raise TimeoutError("its own")

    assert Calls(5).make("slack", lambda: "taken") == "taken"
    with pytest.raises(TimeoutError, match="its own"):
        Calls(5).make("slack", fail)


class Hanging(MemorySink):
    """A sink whose calls last longer than anyone waits, by the clock that a test moves."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__("slack")
        self.clock = clock
        self.lasts_s = 60

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        del notice, root
        self.clock.advance(timedelta(seconds=self.lasts_s))
        raise NotAnswered("slack: the call did not end within 60 s", perhaps_sent=True)

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        return self.deliver(notice, root)


def test_a_sink_whose_calls_do_not_end_is_a_fault_after_two_minutes(store: Database) -> None:
    clock = ManualClock(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))
    desk = Desk(store, "slack")
    desk.clock = clock
    deliverer = Deliverer(store, [Hanging(clock)], None, clock, workspace="team", patience=PATIENCE)
    deliverer.begin()
    desk.post(1)
    deliverer.deliver_all()
    assert desk.faults() == []
    clock.advance(timedelta(seconds=5))
    deliverer.deliver_all()
    assert desk.faults() == [("sink:slack", "has not answered since 2026-01-05 12:00Z")]


class Slow(MemorySink):
    """A sink that answers when it is let."""

    def __init__(self) -> None:
        super().__init__("slack")
        self.may_answer = threading.Event()
        self.has_answered = threading.Event()

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        assert self.may_answer.wait(20)
        receipt = super().deliver(notice, root)
        self.has_answered.set()
        return receipt


def begin_slow(store: Database) -> tuple[Slow, Desk, Deliverer]:
    """Give a slow sink one of two notices, for which nobody waits."""
    slow, desk = Slow(), Desk(store, "inbox")
    patience = replace(PATIENCE, hold_up=timedelta(seconds=0.01))
    deliverer = Deliverer(
        store, [slow, desk.sink], None, desk.clock, workspace="team", patience=patience
    )
    deliverer.begin()
    desk.post(1, sink="slack")
    desk.post(2, sink="slack")
    deliverer.deliver_all(wait=False)
    return slow, desk, deliverer


def test_a_slow_sink_has_one_notice_at_a_time_and_all_in_the_end(store: Database) -> None:
    slow, desk, deliverer = begin_slow(store)
    desk.post(3)
    for _ in range(5):
        deliverer.deliver_all(wait=False)
    assert (slow.notices, desk.texts()) == ([], ["3 opened"])
    slow.may_answer.set()
    deliverer.deliver_all()
    assert [one.text for one in slow.notices] == ["1 opened", "2 opened"]
    assert desk.fates() == [("1 opened", "sent"), ("2 opened", "sent"), ("3 opened", "sent")]


def test_other_settings_wait_for_a_sink_that_has_not_answered(store: Database) -> None:
    slow, desk, deliverer = begin_slow(store)
    deliverer.change([desk.sink], None, {})
    deliverer.deliver_all(wait=False)
    closed_before = slow.closed
    slow.may_answer.set()
    deliverer.deliver_all()
    assert (closed_before, slow.closed) == (False, True)
    assert [one.text for one in slow.notices] == ["1 opened"]


def test_a_stop_while_a_sink_has_not_answered_is_looked_up_at_the_next_start(
    store: Database,
) -> None:
    slow, desk, deliverer = begin_slow(store)
    deliverer.abandon()
    slow.may_answer.set()
    assert slow.has_answered.wait(20)
    deliverer.deliver_all()
    assert desk.fates()[0] == ("1 opened", None)
    following = Deliverer(store, [slow], None, desk.clock, workspace="team", patience=PATIENCE)
    following.begin()
    following.deliver_all()
    assert [one.text for one in slow.notices] == ["1 opened", "2 opened"]
    assert desk.fates() == [("1 opened", "sent"), ("2 opened", "sent")]
