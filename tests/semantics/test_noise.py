"""What a channel hears and what it is spared: flapping, quiet hours, silences, waiting for more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from harness import World, at, proof, update
from rollcall.rules.silences import Matcher
from rollcall.store.silences import add_silence, end_silence

OPENED = "B-0001 mara: No proof of work since we began to watch at 09:00Z (cadence 5 min)."
NIGHT = 'notify.quiet_hours="22:00-07:00"'


def started(tmp_path: Path, *overrides: str, begin: str = "09:00") -> World:
    world = World(tmp_path, *overrides, begin=begin)
    world.write("feedback/mara.md", proof("08:00"))
    world.start()
    return world


def silence(world: World, matcher: Matcher, until: str) -> str:
    with world.works.database.write() as session:
        comment = "the build farm moves"
        return add_silence(session, matcher, "noor", comment, at(until), world.now).id


def come_and_go(world: World, clocks: tuple[str, ...]) -> None:
    """Have mara prove something at each time, an alarm standing open before each."""
    for number, clock in enumerate(clocks):
        world.run_until(clock)
        world.append("feedback/mara.md", proof(clock, 20 + number))


# Flapping


def test_what_comes_and_goes_four_times_in_an_hour_is_said_once_and_then_held(
    tmp_path: Path,
) -> None:
    world = started(tmp_path)
    come_and_go(world, ("09:11", "09:22", "09:33"))
    world.run_until("09:43")
    texts = world.slack_texts()
    assert [one for one in texts if "come and gone" in one] == [
        (
            "B-0004 mara: No proof of work since 09:33Z (cadence 5 min)."
            " It has come and gone 4 times within an hour."
        )
    ]
    come_and_go(world, ("09:44", "09:55"))
    world.run_until("10:04")
    assert world.slack_texts() == texts
    assert len(world.log_rows()) == 5


def test_what_flapped_is_told_again_once_it_has_stayed_so_for_half_an_hour(tmp_path: Path) -> None:
    world = started(tmp_path, 'escalation=[{after="0m",notify=["blockers_log","slack"]}]')
    come_and_go(world, ("09:11", "09:22", "09:33", "09:44"))
    told = len(world.slack_texts())
    world.run_until("10:23:59")
    assert len(world.slack_texts()) == told
    world.run_until("10:24")
    assert world.slack_texts()[told:] == [
        "B-0005 mara: No proof of work since 09:44Z (cadence 5 min)."
    ]


# Quiet hours


def test_quiet_hours_hold_delivery_and_not_judgement(tmp_path: Path) -> None:
    world = started(tmp_path, NIGHT, begin="22:30")
    world.run_until("23:00")
    assert len(world.log_rows()) == 1
    assert world.slack_texts() == []


def test_when_quiet_hours_end_one_digest_tells_what_is_open_and_what_was(tmp_path: Path) -> None:
    world = World(tmp_path, NIGHT, begin="21:45")
    for agent in ("ben", "mara", "noor"):
        world.write(f"feedback/{agent}.md", proof("21:44"))
    world.start()
    world.run_until("21:55")
    told = len(world.slack_texts())
    for minute in range(1, 555, 8):
        moment = at("22:00") + timedelta(minutes=minute)
        world.run_until(moment)
        stamp = f"{moment:%H:%M}"
        entry = proof(stamp, minute + 20).replace("2026-02-07", f"{moment:%Y-%m-%d}")
        world.append("feedback/noor.md", entry)
        if minute == 497:
            world.append("feedback/ben.md", entry)
    assert world.slack_texts()[told:] == [
        "In the quiet hours since 2026-02-07 22:01Z: 2 open now, 2 resolved."
    ]


def test_a_stop_of_the_team_in_quiet_hours_is_told_when_they_end(tmp_path: Path) -> None:
    world = World(tmp_path, NIGHT, begin="22:30")
    for agent in ("ben", "mara"):
        world.write(f"feedback/{agent}.md", proof("22:29"))
    world.start()
    morning = at("07:00") + timedelta(days=1)
    world.run_until(morning - timedelta(seconds=1))
    assert world.slack_texts() == []
    world.run_until(morning)
    assert world.slack_texts() == [
        "The team has stopped: all 2 agents on duty are silent since 2026-02-07 22:30Z."
    ]


def test_what_was_opened_and_closed_in_quiet_hours_is_not_told(tmp_path: Path) -> None:
    world = started(tmp_path, NIGHT, begin="22:30")
    world.run_until("22:45")
    world.append("feedback/mara.md", update("22:45", "EOD — done") + proof("22:46"))
    world.append("feedback/mara.md", update("22:47", "EOD — done"))
    world.run_until(at("07:30") + timedelta(days=1))
    assert len(world.log_rows()) == 1
    assert world.slack_texts() == []


# Silences


def test_what_matches_a_silence_has_its_row_and_is_not_told(tmp_path: Path) -> None:
    world = started(tmp_path)
    silence(world, Matcher(agents=("mara",)), "11:00")
    world.run_until("10:59:59")
    assert len(world.log_rows()) == 1
    assert world.slack_texts() == []


def test_the_end_of_a_silence_is_told_with_what_is_still_open(tmp_path: Path) -> None:
    world = started(tmp_path)
    silence(world, Matcher(agents=("mara",)), "11:00")
    world.run_until("11:00")
    assert world.slack_texts() == [
        (
            "The silence S-1 by noor (the build farm moves) has ended:"
            " blockers of every kind of mara. 1 blocker is open."
        )
    ]


def test_what_resolved_while_it_was_silenced_is_never_told(tmp_path: Path) -> None:
    world = started(tmp_path)
    silence(world, Matcher(agents=("mara",)), "09:30")
    world.run_until("09:25")
    world.append("feedback/mara.md", proof("09:25"))
    world.run_until("09:30")
    assert world.slack_texts() == [
        (
            "The silence S-1 by noor (the build farm moves) has ended:"
            " blockers of every kind of mara. Nothing that it matches is open."
        )
    ]


def test_a_silence_is_for_what_it_matches_only(tmp_path: Path) -> None:
    world = started(tmp_path)
    silence(world, Matcher(kinds=("stalled dependency",)), "11:00")
    silence(world, Matcher(agents=("ben",)), "11:00")
    world.run_until("09:10")
    assert world.slack_texts() == [OPENED]


def test_a_silence_that_is_ended_before_its_time_is_told_at_once(tmp_path: Path) -> None:
    world = started(tmp_path)
    id_ = silence(world, Matcher(agents=("mara",)), "11:00")
    world.run_until("09:20")
    with world.works.database.write() as session:
        assert end_silence(session, id_, world.now) is not None
    world.tick_every(1, times=1)
    assert len(world.slack_texts()) == 1


# Waiting for more


def test_openings_within_group_wait_are_one_message(tmp_path: Path) -> None:
    world = World(tmp_path, 'notify.group_wait="30s"', begin="09:00")
    for agent in ("ben", "mara"):
        world.write(f"feedback/{agent}.md", proof("08:59"))
    world.start()
    world.run_until("09:04")
    world.append("feedback/ben.md", proof("09:04", 30))
    world.run_until("09:04:20")
    world.append("feedback/mara.md", proof("09:04", 31))
    world.run_until("09:14:29")
    assert world.slack_texts() == []
    assert len(world.log_rows()) == 2
    world.run_until("09:14:30")
    assert world.slack_texts() == ["B-0001 and 1 more: missing proof, ben, mara."]


def test_without_group_wait_each_opening_is_told_at_its_second(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:09:59")
    assert world.slack_texts() == []
    world.run_until("09:10")
    assert world.slack_texts() == [OPENED]


# Repeats


def test_a_level_with_repeat_every_is_told_again_until_somebody_acknowledges(
    tmp_path: Path,
) -> None:
    ladder = 'escalation=[{after="0m",notify=["blockers_log","slack"],repeat_every="30m"}]'
    world = started(tmp_path, ladder)
    world.run_until("09:39:59")
    assert len(world.slack_texts()) == 1
    world.run_until("09:40")
    assert len(world.slack_texts()) == 2
    world.run_until("10:10")
    assert len(world.slack_texts()) == 3
    world.tell("ack", "B-0001")
    world.run_until("13:00")
    assert world.slack_texts()[3:] == ["B-0001 mara: Acknowledged by ivo."]


def test_a_thousand_sweeps_with_one_silent_agent_tell_its_opening_once(tmp_path: Path) -> None:
    ladder = 'escalation=[{after="0m",notify=["blockers_log","slack"]}]'
    world = World(tmp_path, ladder, 'agents.mara.lead="ivo"', begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.sweep()
    for _ in range(100):
        world.clock.advance(timedelta(minutes=5))
        world.sweep()
    assert world.slack_texts() == [OPENED]
    assert len(world.log_rows()) == 1
