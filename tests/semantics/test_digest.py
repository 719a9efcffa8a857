"""The morning's digest: one message a day of where things stand, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import World, ask, at, proof
from rollcall.model import Transition

AT_NOON = 'notify.digest_at="12:00"'
LEAD = 'workspace.lead="noor"'


def digests(world: World) -> list[str]:
    return [one.text for one in world.slack.notices if one.transition is Transition.DAILY]


def late(world: World) -> World:
    """Let mara be late since 10:10."""
    world.write("feedback/mara.md", proof("10:00"))
    world.start()
    return world


def test_a_digest_is_sent_at_its_time_to_slack_and_to_the_lead(tmp_path: Path) -> None:
    world = late(World(tmp_path, AT_NOON, LEAD, begin="10:00"))

    world.run_until("11:59:59")
    assert digests(world) == []
    world.run_until("12:00")

    assert digests(world) == [
        "1 blocker is open, for 1 h 50 min; 1 opened and 0 resolved since 2026-02-06 12:00Z."
    ]
    (told,) = [one for one in world.slack.notices if one.transition is Transition.DAILY]
    assert told.detail[0].startswith("B-0001 mara: No proof of work since 10:00Z")
    assert told.detail[0].endswith("— Open (level 2), owner noor, for 1 h 50 min")
    assert "the digest of the day" in world.inbox("noor")


def test_there_is_one_a_day_however_often_we_start_again(tmp_path: Path) -> None:
    world = late(World(tmp_path, AT_NOON, begin="10:00"))
    world.run_until("12:00")

    for _ in range(3):
        world.kill()
        world.start()
        world.run_for(minutes=20)
    assert len(digests(world)) == 1
    world.run_until(at("12:00", "2026-02-08"))

    assert len(digests(world)) == 2
    assert digests(world)[1] == (  # mara was retired at 10:00
        "No blockers are open; 0 opened and 1 resolved since 2026-02-07 12:00Z."
    )


@pytest.mark.parametrize(("begins", "count"), [("14:00", 1), ("14:00:01", 0)])
def test_whoever_was_down_at_the_time_sends_it_within_two_hours_or_leaves_it_out(
    tmp_path: Path, begins: str, count: int
) -> None:
    world = late(World(tmp_path, AT_NOON, begin="10:00"))
    world.run_until("11:00")
    world.stop()
    world.sleep_until(begins)

    world.start()
    world.run_for(hours=1)

    assert len(digests(world)) == count


def test_where_there_is_nothing_to_say_nothing_is_said(tmp_path: Path) -> None:
    world = World(tmp_path, AT_NOON, begin="11:55")
    world.write("feedback/mara.md", proof("11:55"))
    world.start()

    world.run_until("12:03")

    assert digests(world) == []
    assert world.slack.notices == []


def test_what_was_never_watched_before_is_no_digest(tmp_path: Path) -> None:
    world = World(tmp_path, AT_NOON, begin="12:30")
    world.write("feedback/mara.md", proof("12:30"))
    world.start()

    world.run_until("13:00")

    assert digests(world) == []
    assert len(world.open_ids()) == 1


def test_without_a_time_there_is_none(tmp_path: Path) -> None:
    world = late(World(tmp_path, begin="10:00"))

    world.run_until(at("12:00", "2026-02-09"))

    assert digests(world) == []


def test_it_waits_for_the_end_of_quiet_hours(tmp_path: Path) -> None:
    world = late(World(tmp_path, AT_NOON, 'notify.quiet_hours=["11:00-12:30"]', begin="10:00"))

    world.run_until("12:29:59")
    assert digests(world) == []
    world.run_until("12:30")

    assert len(digests(world)) == 1


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026-03-28", "01:30"),  # before the jump: UTC+1
        ("2026-03-29", "01:00"),  # 02:30 is skipped: the instant of the jump
        ("2026-03-30", "00:30"),  # after it: UTC+2
    ],
)
def test_it_keeps_local_time_when_clocks_change(tmp_path: Path, day: str, clock: str) -> None:
    offset = (at("00:00", day) - at("00:00")).days
    zone = 'workspace.timezone="Europe/Berlin"'
    world = World(tmp_path, zone, 'notify.digest_at="02:30"', begin="00:00", day_offset=offset)
    world.write("feedback/mara.md", f"\n## {day} 00:00Z parser\n- `pytest` -> 12 passed\n")
    world.start()

    due = at(clock, day)
    world.run_until(due.replace(minute=due.minute - 1) if due.minute else at("00:59:59", day))
    assert digests(world) == []
    world.run_until(due)

    assert len(digests(world)) == 1


def test_it_names_whose_answer_frees_most_and_what_is_kept_quiet(tmp_path: Path) -> None:
    world = World(tmp_path, AT_NOON, LEAD, 'feedback.cadence="10h"', begin="09:00")
    world.write("feedback/mara.md", proof("09:00"))
    world.write("feedback/ben.md", proof("09:00"))
    world.start()
    world.write("bot_chat/mara-to-ben-schema.md", ask("mara", "ben"))
    world.run_until("10:00")
    world.tell("silence", author="ivo", until=at("18:00"), agents=("mara",), text="on leave")
    world.tell("snooze", "B-0001", author="ivo", until=at("18:00"))

    world.run_until("12:00")

    (told,) = [one for one in world.slack.notices if one.transition is Transition.DAILY]
    said = "\n".join(told.detail)
    assert "— Snoozed until 18:00Z" in said
    assert "First: ben's answer frees mara, who has waited 3 h." in said
    assert "Still silenced by ivo until 2026-02-07 18:00Z (on leave), S-" in said
