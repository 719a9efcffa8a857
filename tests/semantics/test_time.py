from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness import World, ask, at, message, proof, update

MARA = "feedback/mara.md"


def watched(tmp_path: Path, *overrides: str, begin: str = "10:00") -> World:
    """Return a running world in which mara proves work at its beginning, and then no more."""
    world = World(tmp_path, *overrides, begin=begin)
    world.start()
    world.write(MARA, proof(begin))
    return world


@pytest.mark.parametrize(("begin", "opened"), [("09:50", "10:10:00"), ("09:53", "10:13:00")])
def test_a_sweep_from_cron_every_five_minutes_opens_at_the_first_one_after_the_deadline(
    tmp_path: Path, begin: str, opened: str
) -> None:
    world = World(tmp_path, begin=begin)
    world.write(MARA, proof("09:50"))
    for minutes in range(0, 40, 5):
        world.sleep_until(at(begin) + timedelta(minutes=minutes))
        if minutes == 10:  # proof counts from when it is seen
            world.append(MARA, proof("10:00", 13), changed=at("10:00"))
        world.sweep()
    assert world.told()[0] == (opened, "opened", "mara")
    assert [what for _, what, _ in world.told()] == ["opened", "escalated"]
    assert world.gaps() == []


def test_a_daemon_killed_and_restarted_every_three_minutes_still_opens_in_time(
    tmp_path: Path,
) -> None:
    world = watched(tmp_path)
    while world.now < at("10:22"):
        world.run_until(world.now + timedelta(minutes=3))
        world.kill()
        world.sleep_until(world.now + timedelta(seconds=5))
        world.start()
    assert world.told() == [("10:10:00", "opened", "mara"), ("10:20:00", "escalated", "mara")]
    assert world.gaps() == []


def test_a_laptop_asleep_for_eight_hours_alarms_for_nobody_and_says_one_line(
    tmp_path: Path,
) -> None:
    world = watched(tmp_path, begin="10:00")
    world.run_until("10:04")
    world.sleep_until("18:04")
    # It was to look again at 10:04:10. Four minutes and ten seconds of the ten were watched.
    world.run_until("18:09:49")
    assert world.told() == []
    assert world.gaps() == [("10:04:10", "18:04:00")]
    assert world.slack_texts() == [
        "Rollcall did not watch from 2026-02-07 10:04Z to 2026-02-07 18:04Z (7 h 59 min)."
    ]
    world.run_until("18:09:50")
    assert world.told() == [("18:09:50", "opened", "mara")]


@pytest.mark.parametrize(
    ("late", "gaps"), [("10:04:40", []), ("10:04:41", [("10:04:10", "10:04:41")])]
)
def test_a_gap_is_what_exceeds_thirty_seconds_after_the_planned_tick(
    tmp_path: Path, late: str, gaps: list[tuple[str, str]]
) -> None:
    world = watched(tmp_path)
    world.run_until("10:04")
    world.sleep_until(late)
    world.run_until(late)
    assert world.gaps() == gaps


def test_a_stop_is_a_gap_from_the_instant_it_was_announced(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("10:04")
    world.stop()
    world.sleep_until("11:04")
    world.start()
    assert world.gaps() == [("10:04:00", "11:04:00")]
    world.run_until("11:09:59")
    assert world.told() == []
    world.run_until("11:10")
    assert world.told() == [("11:10:00", "opened", "mara")]


def test_a_gap_too_short_to_hide_a_missed_proof_is_stored_and_not_told(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("10:01")
    world.stop()
    world.sleep_until("10:06")
    world.start()
    assert world.gaps() == [("10:01:00", "10:06:00")]
    assert world.slack_texts() == []


def test_the_time_of_an_outage_does_not_count_for_requests_and_levels_either(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, begin="10:00")
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    world.start()
    world.write("bot_chat/mara-to-ben-schema.md", ask())
    world.run_until("10:10")
    world.stop()
    world.sleep_until("12:10")
    world.start()
    world.run_until("12:14:59")
    assert world.told() == []
    world.run_until("12:20")
    assert world.told() == [("12:15:00", "opened", "ben")]
    world.stop()
    world.sleep_until("14:20")
    world.start()
    world.run_until("14:24:59")
    assert len(world.told()) == 1
    world.run_until("14:25")
    assert world.told()[1:] == [("14:25:00", "escalated", "ben")]


def test_the_deadline_is_a_function_of_the_store(tmp_path: Path) -> None:
    world = watched(tmp_path)
    for minute in range(1, 10):
        world.run_until(f"10:0{minute}")
        world.restart()
        world.sweep_now()
    world.run_until("10:09:59")
    assert world.told() == []
    world.run_until("10:10")
    assert world.told() == [("10:10:00", "opened", "mara")]


def test_a_clock_set_back_opens_and_closes_nothing(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("10:10")
    world.clock.set(at("09:30"))
    world.run_until("09:39:59")
    assert world.told() == [("10:10:00", "opened", "mara")]


def test_after_a_clock_was_set_back_levels_and_deadlines_go_on_from_then(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("10:04")
    world.write("feedback/ben.md", proof("10:04"))
    world.run_until("10:10")
    world.clock.set(at("09:30"))
    world.run_until("09:33:59")
    assert world.told() == [("10:10:00", "opened", "mara")]
    world.run_until("09:34")
    assert world.told()[1:] == [("09:34:00", "opened", "ben")]
    world.run_until("09:39:59")
    assert len(world.told()) == 2
    world.run_until("09:40")
    assert world.told()[2:] == [("09:40:00", "escalated", "mara")]
    world.append(MARA, proof("09:40", 14))
    assert world.told()[3:] == [("09:40:00", "closed", "mara")]


def test_a_clock_set_back_is_said_once_where_it_could_hide_a_silence(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("10:05")
    world.clock.set(at("10:00"))
    world.run_until("10:02")
    assert world.slack_texts() == []
    world.clock.set(at("09:00"))
    world.run_until("09:02")
    assert world.slack_texts() == [
        "The clock was set back from 2026-02-07 10:02Z to 2026-02-07 09:00Z."
    ]


def test_what_an_agent_says_after_the_clock_was_set_back_is_its_newest_word(
    tmp_path: Path,
) -> None:
    world = watched(tmp_path)
    world.run_until("10:05")
    world.append(MARA, update("10:05", "Blocked: no key for the billing page."))
    world.clock.set(at("09:30"))
    world.run_until("09:30")
    assert world.open_ids() == ["B-0001"]
    world.append(MARA, proof("09:30", 15))
    assert world.open_ids() == []


def test_a_clock_set_forward_alarms_for_nobody(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("10:04")
    world.clock.set(at("14:04"))
    world.run_until("14:09:49")
    assert world.told() == []
    assert world.slack_texts() == [
        "Rollcall did not watch from 2026-02-07 10:04Z to 2026-02-07 14:04Z (3 h 59 min)."
    ]


def test_a_clock_set_forward_and_back_again_leaves_no_gap_behind(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("10:04")
    world.clock.set(at("14:04"))
    world.run_until("14:04")
    world.clock.set(at("10:04:20"))
    world.run_until("10:10:09")
    assert world.told() == []
    world.run_until("10:10:10")
    assert world.told() == [("10:10:10", "opened", "mara")]
