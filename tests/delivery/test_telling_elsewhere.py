"""A fault of a sink is told through the others: its own is the broken one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness import World, proof
from rollcall.errors import DeliveryFailed
from rollcall.model import BlockerKind, Notice, Receipt


def _unreachable(notice: Notice, root: Receipt | None) -> Receipt:
    del notice, root
    raise DeliveryFailed("cannot be reached")


def _refusing(notice: Notice, root: Receipt | None) -> Receipt:
    del notice, root
    raise DeliveryFailed("msg_too_long", permanent=True)


def run_for_minutes(world: World, minutes: int) -> None:
    """Let the daemon work and try its sinks again each minute."""
    for _ in range(minutes):
        world.run_for(minutes=1)


def test_slack_out_of_reach_is_a_blocker_of_ours_that_the_leads_inbox_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, "workspace.lead=ivo", begin="10:00")
    world.write("feedback/mara.md", proof("09:59"))
    world.start()
    with monkeypatch.context() as patch:
        patch.setattr(world.slack, "deliver", _unreachable)
        run_for_minutes(world, 45)
    (fault,) = [one for one in world.blockers() if one.kind is BlockerKind.FAULT]
    assert fault.condition == "fault:sink:slack"
    assert "sink:slack: has taken nothing since 2026-02-07" in fault.description
    assert fault.id in world.inbox("ivo")
    assert fault.id in world.log_text()
    run_for_minutes(world, 10)
    assert fault.id not in " ".join(world.slack_texts())
    assert [one.closed is None for one in world.blockers() if one.id == fault.id] == [False]


def test_a_dead_letter_is_a_blocker_of_ours_that_the_leads_inbox_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, "workspace.lead=ivo", begin="10:00")
    world.write("feedback/mara.md", proof("09:59"))
    world.start()
    with monkeypatch.context() as patch:
        patch.setattr(world.slack, "deliver", _refusing)
        world.run_for(minutes=12)
    world.run_for(minutes=2)
    assert world.faults() == ["undelivered:slack"]
    (fault,) = [one for one in world.blockers() if one.kind is BlockerKind.FAULT]
    assert "B-0001 (opened) could not be told: msg_too_long" in fault.description
    assert fault.id in world.inbox("ivo")
    assert fault.id not in " ".join(world.slack_texts())
    assert ("slack", "opened", "failed") in world.events()
    world.sleep_until(world.now + timedelta(days=1))
    world.sweep_now()
    world.sweep_now()
    assert world.faults() == []
