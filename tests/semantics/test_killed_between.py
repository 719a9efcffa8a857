"""A kill between two steps of one round: what is stored says what is still to be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import DAY, World, ask, proof
from rollcall import pipeline


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _kill_at(world: World, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the world until it dies at this step of the pipeline."""
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, step, _killed)
        with pytest.raises(KeyboardInterrupt):
            world.start()
    world.kill()


def test_a_request_read_but_not_linked_at_a_kill_is_linked_in_the_next_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, begin="10:00")
    world.write("bot_chat/mara-to-ben-schema.md", ask(date=f"{DAY} 10:00Z"))
    _kill_at(world, "link_messages", monkeypatch)
    world.start()
    assert world.dependencies() == [("bot_chat/mara-to-ben-schema.md", "ben", "open")]


def test_an_agent_of_long_ago_met_before_a_kill_is_retired_in_the_next_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, begin="10:00", day_offset=30)
    world.write("feedback/mara.md", proof("09:00"))
    _kill_at(world, "settle_newcomers", monkeypatch)
    world.start()
    world.run_until(world.now.replace(hour=11))
    assert world.agents() == {"mara": "retired"}
    assert world.events() == []
