"""The whole team at once: the evening, storms, and what a lead hears of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from harness import World, at, proof

NINE = ("ada", "ben", "cleo", "dina", "ivo", "lara", "mara", "noor", "tess")


def entry(clock: str, day: str) -> str:
    return proof(clock).replace("2026-02-07", day)


def team_of(tmp_path: Path, agents: tuple[str, ...], *overrides: str) -> World:
    """Start a workspace in which each agent proved its work at 09:00."""
    world = World(tmp_path, *overrides, begin="09:00")
    for agent in agents:
        world.write(f"feedback/{agent}.md", proof("08:59"))
    world.start()
    return world


def prove_all(world: World, agents: tuple[str, ...], clock: str, passed: int) -> None:
    for agent in agents:
        world.append(f"feedback/{agent}.md", proof(clock, passed))


def test_the_first_evening_the_night_and_the_next_morning_are_one_line(tmp_path: Path) -> None:
    world = team_of(tmp_path, NINE)
    world.run_until("09:04")
    for number, agent in enumerate(NINE):
        world.run_until(f"09:04:{number * 5:02d}")
        world.append(f"feedback/{agent}.md", proof("09:04", number + 20))
    world.run_until(at("08:00") + timedelta(days=1))
    assert len(world.open_ids()) == 9
    assert {row.status for row in world.log_rows()} == {"On hold"}
    for number, agent in enumerate(NINE):
        world.run_until(at("08:00") + timedelta(days=1, minutes=number // 3, seconds=number))
        world.append(f"feedback/{agent}.md", entry("08:00", "2026-02-08") + f"- {number}\n")
    world.run_for(minutes=4)
    assert world.open_ids() == []
    assert len(world.slack_texts()) == 1
    assert world.slack_texts()[0].startswith("9 of 9 agents on duty fell silent at once")


def test_a_team_that_stops_within_a_few_minutes_is_one_line_too(tmp_path: Path) -> None:
    world = team_of(tmp_path, NINE)
    for number, agent in enumerate(NINE):
        world.run_until(at("09:00") + timedelta(seconds=30 * number))
        world.append(f"feedback/{agent}.md", proof("09:01", number + 20))
    world.run_until("12:00")
    assert len(world.slack_texts()) == 1
    assert {row.status for row in world.log_rows()} == {"On hold"}


def test_sixty_of_sixty_silent_at_once_are_one_message_and_sixty_rows(tmp_path: Path) -> None:
    sixty = tuple(f"agent-{number:02d}" for number in range(60))
    world = team_of(tmp_path, sixty)
    world.run_until("09:10")
    assert len(world.slack_texts()) == 1
    assert len(world.log_rows()) == 60
    world.run_until("09:14")
    prove_all(world, sixty, "09:14", 30)
    world.run_for(seconds=1)
    assert world.open_ids() == []
    assert len(world.slack_texts()) == 2
    assert world.slack_texts()[1].startswith("60 agents that had fallen silent at once are back")


def test_while_others_prove_one_silent_agent_is_told_at_once(tmp_path: Path) -> None:
    world = team_of(tmp_path, NINE)
    for minute in range(4, 13, 4):
        world.run_until(f"09:{minute:02d}")
        prove_all(world, NINE[1:], f"09:{minute:02d}", 20 + minute)
    assert world.slack_texts() == [
        "B-0001 ada: No proof of work since we began to watch at 09:00Z (cadence 5 min)."
    ]


def test_five_of_nine_within_a_minute_are_a_storm_with_one_closing(tmp_path: Path) -> None:
    world = team_of(tmp_path, NINE)
    for minute in range(4, 13, 4):
        world.run_until(f"09:{minute:02d}")
        prove_all(world, NINE[5:], f"09:{minute:02d}", 20 + minute)
    assert [text[:32] for text in world.slack_texts()] == ["5 of 9 agents on duty fell silent"[:32]]
    assert len(world.log_rows()) == 5
    for number, agent in enumerate(NINE[:5]):
        world.run_until(f"09:13:{number:02d}")
        world.append(f"feedback/{agent}.md", proof("09:13", number + 40))
    world.run_until("09:15")
    assert len(world.slack_texts()) == 2
    assert world.slack_texts()[1].startswith("5 agents that had fallen silent at once are back")


def test_two_agents_silent_for_an_hour_are_one_stop_of_the_team(tmp_path: Path) -> None:
    world = team_of(tmp_path, ("mara", "ben"))
    world.run_until("09:59:59")
    told = len(world.slack_texts())
    world.run_until("10:00")
    assert world.slack_texts()[told:] == [
        "The team has stopped: all 2 agents on duty are silent since 2026-02-07 09:00Z."
    ]
    world.run_until("10:30")
    assert len(world.slack_texts()) == told + 1
    world.append("feedback/mara.md", proof("10:30", 14))
    world.run_for(seconds=1)
    assert [row.status for row in world.log_rows() if row.agent == "ben"] == ["On hold"]
    world.run_until("10:39:59")
    assert [row.status for row in world.log_rows() if row.agent == "ben"] == ["On hold"]
    world.run_until("10:40")
    assert [row.status for row in world.log_rows() if row.agent == "ben"] == ["Open (level 2)"]


def test_one_agent_alone_is_no_team_and_stays_an_alarm(tmp_path: Path) -> None:
    world = team_of(tmp_path, ("mara",))
    world.run_until("12:00")
    assert [row.status for row in world.log_rows()] == ["Open (level 2)"]


def test_a_team_that_reports_seldom_has_not_stopped_before_somebody_is_late(tmp_path: Path) -> None:
    world = team_of(tmp_path, ("mara", "ben"), "feedback.cadence=2h", "feedback.grace=1h")
    world.run_until("11:59:59")
    assert world.slack_texts() == []
    world.run_until("12:00")
    assert world.slack_texts() == [
        "The team has stopped: all 2 agents on duty are silent since 2026-02-07 09:00Z."
    ]
