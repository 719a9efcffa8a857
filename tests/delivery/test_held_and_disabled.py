"""Who asked us to wait is not called before, and who refused everything is asked again, seldom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delivery.desk import Desk
from rollcall.cli.sinks import say_sink
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt
from rollcall.status import SinkState, read_sink_states

GONE = DeliveryFailed("HTTP 410", permanent=True, disables_sink=True)


@pytest.mark.parametrize(("seconds", "told"), [(29, []), (30, ["1 opened"]), (31, ["1 opened"])])
def test_what_a_channel_asked_us_to_wait_outlives_a_restart(
    desk: Desk, seconds: int, told: list[str]
) -> None:
    desk.post(1)
    desk.sink.fail_next(DeliveryFailed("rate limited", retry_after_s=30))
    desk.deliverer.deliver_all()
    desk.clock.advance(timedelta(seconds=seconds))
    desk.begin()
    desk.deliverer.deliver_all()
    assert desk.texts() == told


def test_after_a_restart_another_channel_is_called_at_once(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(DeliveryFailed("rate limited", retry_after_s=30))
    desk.deliverer.deliver_all()
    desk.begin()
    desk.post(2)
    desk.post(3, target="C2")
    desk.deliverer.deliver_all()
    assert desk.texts() == ["3 opened"]
    assert desk.deliverer.seconds_to_wait(60) == 30


@pytest.mark.parametrize(("seconds", "edited"), [(29, 0), (30, 1), (31, 1)])
def test_the_wait_for_updates_outlives_a_restart_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, seconds: int, edited: int
) -> None:
    def limited(notice: Notice, root: Receipt) -> Receipt | None:
        del notice, root
        raise DeliveryFailed("rate limited", retry_after_s=30)

    desk.post(1)
    desk.deliverer.deliver_all()
    desk.mark_stale()
    with monkeypatch.context() as patch:
        patch.setattr(desk.sink, "refresh", limited)
        desk.deliverer.deliver_all()
    desk.clock.advance(timedelta(seconds=seconds))
    desk.begin()
    desk.deliverer.deliver_all()
    assert len(desk.sink.refreshed) == edited


def test_nobody_silences_us_for_more_than_an_hour(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(DeliveryFailed("rate limited", retry_after_s=9_999_999))
    desk.deliverer.deliver_all()
    desk.begin()
    desk.pass_time(seconds=3599)
    assert desk.texts() == []
    desk.pass_time(seconds=1)
    assert desk.texts() == ["1 opened"]


def test_a_disabled_sink_is_given_one_event_after_an_hour(desk: Desk) -> None:
    desk.sink.mood = GONE
    for number in (1, 2, 3):
        desk.post(number)
    desk.deliverer.deliver_all()
    assert (desk.sink.tried, desk.state()) == (["1 opened"], ("disabled", "HTTP 410"))
    desk.pass_time(seconds=3599)
    assert len(desk.sink.tried) == 1
    desk.pass_time(seconds=1)
    assert len(desk.sink.tried) == 2
    assert (desk.state(), len(desk.faults())) == (("disabled", "HTTP 410"), 1)
    desk.pass_time(steps=59, minutes=1)
    assert len(desk.sink.tried) == 2
    desk.pass_time(minutes=1)
    assert len(desk.sink.tried) == 3


def test_what_a_disabled_sink_missed_comes_as_one_digest_when_it_is_back(desk: Desk) -> None:
    desk.sink.mood = GONE
    for number in (1, 2, 3):
        desk.post(number)
    desk.deliverer.deliver_all()
    desk.pass_time(steps=30, minutes=5)
    desk.close(2)
    desk.sink.mood = None
    desk.pass_time(steps=12, minutes=5)
    (digest,) = desk.sink.notices
    assert [one.id for one in digest.blockers] == ["B-0001", "B-0003"]
    assert digest.text.endswith("2 blockers are open now, 1 resolved meanwhile.")
    assert (desk.state(), desk.faults()) == (("on", None), [])
    desk.post(4)
    desk.deliverer.deliver_all()
    assert desk.texts()[1:] == ["4 opened"]


def test_a_disabled_sink_for_which_nothing_waits_is_not_tried(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def gone(notice: Notice, root: Receipt) -> Receipt | None:
        asked.append(f"{notice.key} {root.data}")
        raise GONE

    desk.post(1)
    desk.deliverer.deliver_all()
    desk.mark_stale()
    with monkeypatch.context() as patch:
        patch.setattr(desk.sink, "refresh", gone)
        desk.deliverer.deliver_all()
        assert (len(asked), desk.state()) == (1, ("disabled", "HTTP 410"))
    desk.mark_stale(stale=False)
    desk.pass_time(steps=5, minutes=61)
    assert (desk.texts(), desk.sink.refreshed) == (["1 opened"], [])
    assert desk.state() == ("disabled", "HTTP 410")
    desk.post(2)
    desk.deliverer.deliver_all()
    assert (desk.texts(), desk.state()) == (["1 opened", "2 opened"], ("on", None))


def test_a_disabled_sink_is_tried_at_once_after_a_restart(desk: Desk) -> None:
    desk.sink.mood = GONE
    desk.post(1)
    desk.deliverer.deliver_all()
    desk.sink.mood = None
    desk.begin()
    desk.deliverer.deliver_all()
    assert (desk.texts(), desk.state(), desk.faults()) == (["1 opened"], ("on", None), [])


def test_status_says_what_to_do_about_a_disabled_sink_and_when_it_is_tried_again(
    desk: Desk,
) -> None:
    desk.sink.mood = GONE
    desk.post(1)
    desk.deliverer.deliver_all()
    with desk.database.read() as session:
        (state,) = read_sink_states(session, [SinkState("slack", "on")])
    assert say_sink(state) == (
        "Slack: disabled (HTTP 410); correct that, then start `rollcall run` again or save the "
        "configuration; it is tried again at 2026-01-05 13:00Z"
    )
