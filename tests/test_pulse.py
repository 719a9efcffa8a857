"""A worker that hangs is told of by another thread, once, and not for a machine that slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness import World, proof
from rollcall.clock import ManualClock
from rollcall.pulse import Pulse

NOON = datetime(2026, 2, 7, 12, 0, tzinfo=UTC)


def looked(pulse: Pulse) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    pulse.look(lambda since, now: found.append((since, now)))
    return found


def test_a_worker_is_stalled_after_five_minutes_without_a_finished_round() -> None:
    clock = ManualClock(NOON)
    pulse = Pulse(clock)
    clock.advance(timedelta(minutes=5) - timedelta(seconds=1))
    assert looked(pulse) == []
    clock.advance(timedelta(seconds=1))
    assert looked(pulse) == [(NOON, NOON + timedelta(minutes=5))]


def test_a_worker_that_reads_for_long_is_not_stalled_and_has_finished_nothing() -> None:
    clock = ManualClock(NOON)
    pulse = Pulse(clock)
    clock.advance(timedelta(minutes=4))
    pulse.go_on()
    clock.advance(timedelta(minutes=4))
    assert looked(pulse) == []
    assert not pulse.take()


def test_a_stall_is_told_once_and_the_next_one_again() -> None:
    clock = ManualClock(NOON)
    pulse = Pulse(clock)
    clock.advance(timedelta(minutes=6))
    assert len(looked(pulse)) == 1
    clock.advance(timedelta(hours=1))
    assert looked(pulse) == []
    pulse.beat()
    clock.advance(timedelta(minutes=5))
    assert len(looked(pulse)) == 1


def test_a_finished_round_is_fresh_once() -> None:
    pulse = Pulse(ManualClock(NOON))
    assert pulse.take() is False
    pulse.beat()
    assert [pulse.take(), pulse.take()] == [True, False]


def test_a_stalled_worker_is_told_to_slack(tmp_path: Path) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.start()
    pulse = Pulse(world.clock)
    world.clock.advance(timedelta(minutes=6))
    pulse.look(world.works.pipeline.tell_stall)
    world.works.deliverer.deliver_all()
    assert world.slack_texts() == [
        "Rollcall hangs: its worker has finished nothing since 2026-02-07 09:00Z (6 min)."
    ]
