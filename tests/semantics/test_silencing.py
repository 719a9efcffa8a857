"""``silence``: someone's decision to hear nothing of matching blockers until a time."""

from __future__ import annotations

from pathlib import Path

from harness import World, at, proof

MISSING = ("missing proof",)


def team(tmp_path: Path, *overrides: str) -> World:
    """Return a running world in which ben and mara prove work at 09:00, and then no more."""
    world = World(tmp_path, *overrides)
    world.start()
    for agent in ("ben", "mara"):
        world.write(f"feedback/{agent}.md", proof("09:00"))
    world.run_until("09:05")
    return world


def agents_told(world: World) -> list[str]:
    return [notice.blockers[0].agent for notice in world.slack.notices if notice.blockers]


def test_silenced_a_blocker_stands_in_the_log_and_nobody_is_told(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.tell("silence", agents=("mara",), kinds=MISSING, until=at("09:30"), text="new machine")
    (answer,) = world.answers()
    assert answer == (
        "S-1: missing proof of mara silenced until 2026-02-07 09:30Z; "
        "the log shows them, and the end is told"
    )
    world.run_until("09:15")
    assert [row.agent for row in world.log_rows()] == ["ben", "mara"]
    assert agents_told(world) == ["ben"]


def test_the_end_of_a_silence_is_told_with_what_is_still_open(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.tell("silence", agents=("mara",), until=at("09:30"))
    world.run_until("09:29:59")
    before = len(world.slack_texts())
    world.run_until("09:30")
    (told,) = world.slack_texts()[before:]
    assert "S-1" in told
    assert agents_told(world)[-1] == "mara"


def test_what_resolved_while_it_was_silenced_is_not_announced(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.tell("silence", agents=("mara",), until=at("09:30"))
    world.run_until("09:20")
    world.append("feedback/mara.md", proof("09:20", 13))
    world.run_until("09:25")
    assert "mara" not in agents_told(world)


def test_a_silence_ended_by_hand_is_over_at_once_and_only_once(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.tell("silence", agents=("mara",), until=at("12:00"))
    world.run_until("09:15")
    world.tell("end silence", "s-1")
    world.tell("end silence", "S-1")
    assert world.answers()[1:] == [
        "S-1 has ended: blockers of every kind of mara are told again",
        'there is no silence "S-1" that lasts; `rollcall silence list` lists those that do',
    ]
    assert agents_told(world) == ["ben", "mara"]


def test_a_silence_knows_aliases_and_names_what_is_near(tmp_path: Path) -> None:
    world = team(tmp_path, 'agents.mara.aliases=["Quill"]')
    world.tell("silence", agents=("Quill",), until=at("09:30"))
    world.tell("silence", agents=("mira",), until=at("09:30"))
    world.tell("silence", agents=("nobody-near",), until=at("09:30"))
    assert world.answers()[0].startswith("S-1: blockers of every kind of mara silenced until ")
    assert world.answers()[1:] == [
        'there is no agent "mira"; did you mean mara?',
        'there is no agent "nobody-near"; `rollcall agents` lists those known',
    ]


def test_a_silence_outlives_a_restart(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.tell("silence", agents=("mara",), until=at("09:30"))
    world.restart()
    world.run_until("09:29:59")
    assert "mara" not in agents_told(world)
    world.run_until("09:30")
    assert agents_told(world)[-1] == "mara"
