"""Duty: GO signal, hours, pauses, shutdowns, promises, and what they do to clocks and blockers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from harness import DAY, World, at, proof, update

OFFICE = 'duty.hours=["Mon-Sun 09:00-18:00"]'
BEGAN = "No proof of work since duty began at 09:00Z (cadence 5 min)."


def started(tmp_path: Path, *overrides: str, begin: str = "09:00") -> World:
    world = World(tmp_path, *overrides, begin=begin)
    world.write("feedback/mara.md", proof("08:00"))
    world.start()
    return world


def statuses(world: World) -> list[str]:
    return [row.status for row in world.log_rows()]


# Working hours


def test_before_the_hours_begin_nothing_is_due_and_then_the_clock_starts(tmp_path: Path) -> None:
    world = started(tmp_path, OFFICE, begin="08:30")
    world.run_until("09:09:59")
    assert world.blockers() == []
    world.run_until("09:10")
    assert [row.description for row in world.log_rows()] == [BEGAN]


def test_a_deadline_after_the_hours_end_is_none_that_day(tmp_path: Path) -> None:
    world = started(tmp_path, OFFICE, begin="17:30")
    world.append("feedback/mara.md", proof("17:35"))
    world.run_until("17:39")
    world.append("feedback/mara.md", proof("17:39", 13))
    world.run_until("17:48:59")
    world.append("feedback/mara.md", proof("17:48", 14))
    world.run_until("17:55")
    world.append("feedback/mara.md", proof("17:55", 15))
    world.run_until("23:00")
    assert world.blockers() == []
    world.run_until(at("09:10") + timedelta(days=1) - timedelta(seconds=1))
    assert world.blockers() == []
    world.run_until(at("09:10") + timedelta(days=1))
    assert [one.agent for one in world.blockers()] == ["mara"]


def test_an_open_blocker_is_on_hold_when_the_hours_end_and_goes_on_at_its_level(
    tmp_path: Path,
) -> None:
    ladder = 'escalation=[{after="0m",notify=["blockers_log","slack"]},{after="15m",notify=["slack:@lead"]}]'
    world = started(tmp_path, OFFICE, ladder, begin="17:45")
    world.run_until("17:59:59")
    assert statuses(world) == ["Open (level 1)"]
    told = len(world.slack_texts())
    world.run_until("18:00")
    assert statuses(world) == ["On hold"]
    morning = at("09:00") + timedelta(days=1)
    world.run_until(morning + timedelta(minutes=10) - timedelta(seconds=1))
    assert statuses(world) == ["On hold"]
    assert len(world.slack_texts()) == told
    world.run_until(morning + timedelta(minutes=10))
    assert statuses(world) == ["Open (level 1)"]
    # 5 of the 15 minutes of level 1 had passed when the hours ended.
    world.run_until(morning + timedelta(minutes=20) - timedelta(seconds=1))
    assert statuses(world) == ["Open (level 1)"]
    world.run_until(morning + timedelta(minutes=20))
    assert statuses(world) == ["Open (level 2)"]


def test_proof_in_the_morning_closes_what_was_on_hold(tmp_path: Path) -> None:
    world = started(tmp_path, OFFICE, begin="17:45")
    world.run_until(at("09:04") + timedelta(days=1))
    world.append("feedback/mara.md", proof("09:04").replace(DAY, "2026-02-08"))
    world.run_for(seconds=1)
    assert world.open_ids() == []


def test_an_agents_hours_are_local_to_its_zone(tmp_path: Path) -> None:
    zone = 'agents.mara={hours="09:00-18:00",timezone="America/Denver"}'
    world = started(tmp_path, zone, begin="15:30")
    world.run_until("16:09:59")
    assert world.blockers() == []
    world.run_until("16:10")
    assert len(world.open_ids()) == 1


# GO signal


def test_while_the_go_signal_says_pause_nothing_is_due(tmp_path: Path) -> None:
    world = World(tmp_path, 'duty.go_signal="GO.md"', begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.write("GO.md", "# GO\nStatus: PAUSE until lunch\n")
    world.start()
    world.run_until("10:00")
    assert world.blockers() == []
    world.write("GO.md", "# GO\nStatus: work\n")
    world.tick_every(1, times=1)
    world.run_until("10:10")
    assert world.blockers() == []
    world.run_until("10:10:01")
    assert len(world.open_ids()) == 1


def test_a_go_signal_that_vanishes_counts_after_two_minutes(tmp_path: Path) -> None:
    world = World(tmp_path, 'duty.go_signal="GO.md"', begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.write("GO.md", "GO\n")
    world.start()
    world.run_until("09:08:30")
    world.delete("GO.md")
    world.tick_every(1, times=1)
    world.run_until("09:10")
    assert statuses(world) == ["Open (level 1)"]
    world.run_until("09:10:31")
    assert statuses(world) == ["On hold"]


def test_a_go_signal_written_anew_within_two_minutes_changes_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, 'duty.go_signal="GO.md"', begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.write("GO.md", "GO\n")
    world.start()
    world.run_until("09:05")
    world.delete("GO.md")
    world.tick_every(1, times=1)
    world.run_until("09:06")
    world.write("GO.md", "GO\n")
    world.tick_every(1, times=1)
    world.run_until("09:10")
    assert statuses(world) == ["Open (level 1)"]


# Pauses


def test_an_agent_paused_in_the_configuration_owes_nothing(tmp_path: Path) -> None:
    world = started(tmp_path, "agents.mara.paused=true")
    world.run_until("12:00")
    assert world.blockers() == []


def test_when_the_configuration_pauses_no_more_the_clock_starts_anew(tmp_path: Path) -> None:
    world = started(tmp_path, "agents.mara.paused=true")
    world.run_until("12:00")
    world.stop()
    world.overrides = tuple(one for one in world.overrides if "paused" not in one)
    world.start()
    world.run_until("12:09:59")
    assert world.blockers() == []
    world.run_until("12:10")
    assert len(world.open_ids()) == 1


# Shutdown by the agent's own word


def test_an_agent_that_says_it_stops_owes_nothing_until_it_writes_again(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.append("feedback/mara.md", update("09:04", "EOD — done, signing off"))
    world.run_until("14:00")
    assert world.blockers() == []
    world.append("feedback/mara.md", update("14:00", "back on the parser"))
    world.run_until("14:09:59")
    assert world.blockers() == []
    world.run_until("14:10")
    assert len(world.open_ids()) == 1


def test_a_shutdown_in_the_newest_entry_holds_at_first_sight(tmp_path: Path) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("feedback/mara.md", proof("08:50") + update("08:58", "Shutdown complete."))
    world.start()
    world.run_until("12:00")
    assert world.blockers() == []


# Promises


def test_a_promise_moves_the_deadline_to_its_time(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.append("feedback/mara.md", proof("09:04") + "- next update by 09:30\n")
    world.run_until("09:29:59")
    assert world.blockers() == []
    world.run_until("09:30")
    assert len(world.open_ids()) == 1


def test_a_promise_moves_the_deadline_by_45_minutes_at_most(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.append("feedback/mara.md", proof("09:04") + "- next update by 12:30\n")
    world.run_until("09:58:59")
    assert world.blockers() == []
    world.run_until("09:59")
    assert len(world.open_ids()) == 1


def test_a_second_promise_without_proof_moves_nothing(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.append("feedback/mara.md", update("09:04", "next update by 09:20"))
    world.run_until("09:15")
    world.append("feedback/mara.md", update("09:15", "next update by 09:50"))
    world.run_until("09:19:59")
    assert world.blockers() == []
    world.run_until("09:20")
    assert len(world.open_ids()) == 1


# Retirement at run time


def test_an_undeclared_agent_silent_for_a_day_of_duty_is_retired_unannounced(
    tmp_path: Path,
) -> None:
    world = started(tmp_path)
    world.run_until(at("09:00") + timedelta(days=1) - timedelta(seconds=1))
    assert len(world.open_ids()) == 1
    told = len(world.slack_texts())
    world.run_until(at("09:00") + timedelta(days=1))
    assert world.open_ids() == []
    assert [one.resolution for one in world.blockers()] == ["Retired"]
    assert world.agents() == {"mara": "retired"}
    assert len(world.slack_texts()) == told


def test_a_declared_agent_stays_on_the_roster_however_long_it_is_silent(tmp_path: Path) -> None:
    world = started(tmp_path, 'agents.mara.lead="ivo"')
    world.run_until(at("09:00") + timedelta(days=3))
    assert len(world.open_ids()) == 1


def test_time_off_duty_is_no_silence_that_retires(tmp_path: Path) -> None:
    world = started(tmp_path, OFFICE)
    # Two days of nine hours, and six hours of the third.
    world.run_until(at("14:59:59") + timedelta(days=2))
    assert len(world.open_ids()) == 1
    world.run_until(at("15:00") + timedelta(days=2))
    assert world.agents() == {"mara": "retired"}
