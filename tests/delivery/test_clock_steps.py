"""A clock that is set, or a machine that slept: nobody is silenced for it, and nothing given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from delivery.desk import NOON, Desk
from harness import proof
from rollcall.errors import DeliveryFailed
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.loopback import Answer
from rollcall.store.setback import move_back
from told import OWN_NET, Told, bodies

OUT = DeliveryFailed("cannot be reached")
GONE = DeliveryFailed("HTTP 410", permanent=True, disables_sink=True)
WAIT = DeliveryFailed("rate limited", retry_after_s=30)
BACK = timedelta(hours=5)


def set_back(desk: Desk, by: timedelta) -> None:
    """Set the clock back, as an administrator does, and let the worker notice."""
    last = desk.clock.now()
    desk.clock.set(last - by)
    with desk.database.write() as session:
        move_back(session, last, desk.clock.now())


@pytest.mark.parametrize(
    ("failure", "seconds"), [(OUT, 5), (WAIT, 30), (GONE, 3600)], ids=["out", "asked", "disabled"]
)
@pytest.mark.parametrize("restarts", [False, True])
def test_a_clock_set_back_lengthens_no_pause(
    desk: Desk, failure: DeliveryFailed, seconds: int, *, restarts: bool
) -> None:
    desk.post(1)
    desk.sink.fail_next(failure)
    desk.deliverer.deliver_all()
    set_back(desk, BACK)
    if restarts:
        desk.begin()
    desk.deliverer.deliver_all()
    if failure is WAIT:
        assert desk.texts() == []
    desk.pass_time(seconds=seconds)
    assert desk.texts() == ["1 opened"]


@pytest.mark.parametrize("failure", [OUT, WAIT, GONE], ids=["out", "asked", "disabled"])
def test_a_clock_set_forward_ends_a_pause_and_loses_nothing(
    desk: Desk, failure: DeliveryFailed
) -> None:
    desk.post(1)
    desk.post(2)
    desk.sink.fail_next(failure)
    desk.deliverer.deliver_all()
    desk.clock.set(NOON + BACK)
    desk.deliverer.deliver_all()
    assert desk.sink.notices[-1].blockers
    numbers = {one.id for notice in desk.sink.notices for one in notice.blockers}
    assert numbers == {"B-0001", "B-0002"}


def test_a_weekend_asleep_gives_up_nothing_at_the_first_failure_after_it(desk: Desk) -> None:
    desk.post(1)
    desk.clock.advance(timedelta(days=2))
    desk.sink.fail_next(OUT, OUT)
    desk.deliverer.deliver_all()
    desk.pass_time(steps=3, seconds=10)
    assert (desk.texts(), desk.faults()) == (["1 opened"], [])


def test_a_weekend_asleep_in_an_outage_gives_up_nothing_either(desk: Desk) -> None:
    desk.post(1)
    desk.sink.fail_next(OUT, OUT)
    desk.deliverer.deliver_all()
    desk.clock.advance(timedelta(days=2))
    desk.begin()
    desk.deliverer.deliver_all()
    desk.pass_time(seconds=10)
    assert (desk.texts(), desk.faults()) == (["1 opened"], [])


def test_whoever_fails_for_a_day_of_trying_is_given_up(desk: Desk) -> None:
    desk.sink.mood = OUT
    desk.post(1)
    desk.deliverer.deliver_all()
    desk.pass_time(steps=287, minutes=5)
    assert desk.fates() == [("1 opened", None)]
    desk.pass_time(minutes=5)
    assert desk.fates() == [("1 opened", "failed")]


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    with FakeReceiver() as running:
        yield running


def test_a_clock_set_back_while_a_receiver_is_away_is_the_whole_daemons_matter_too(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    ladder = 'escalation=[{after="0m",notify=["webhook"]}]'
    world = Told(tmp_path, ladder, OWN_NET, environ={"ROLLCALL_WEBHOOK_URL": receiver.url})
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    receiver.answer_next(*[Answer(503)] * 3)
    world.run_until("09:10")
    world.clock.set(world.now - BACK)
    world.tick_every(10, times=60)
    opened = [one for one in bodies(receiver) if one["transition"] == "opened"]
    assert len(opened) == 4
    assert len({one["key"] for one in opened}) == 1
