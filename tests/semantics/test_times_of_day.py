"""A time of day without a date anywhere: its day is a guess, and a guess proves nothing."""

from __future__ import annotations

from pathlib import Path

from harness import World

TIMES_ONLY = "# mara\n\n**[09:50 UTC] parser**\n- pytest: 12 passed, 0 failed\n"


def test_an_agent_that_writes_times_without_any_date_is_retired_at_first_sight(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, begin="10:00")
    world.write("feedback/mara.md", TIMES_ONLY)
    world.start()
    world.run_until("11:00")
    assert world.agents() == {"mara": "retired"}
    assert world.proofs("mara") == ["none"]
    assert (world.blockers(), world.events()) == ([], [])


def test_it_is_on_duty_again_with_its_next_entry(tmp_path: Path) -> None:
    world = World(tmp_path, begin="10:00")
    world.write("feedback/mara.md", TIMES_ONLY)
    world.start()
    world.run_until("10:30")
    world.append("feedback/mara.md", "\n**[10:30 UTC] parser**\n- still on it\n")
    world.run_until("10:39:59")
    assert world.blockers() == []
    world.run_until("10:40")
    assert [(one.agent, f"{one.opened:%H:%M:%S}") for one in world.blockers()] == [
        ("mara", "10:40:00")
    ]
