"""What is held back is told in the end, once, and for as long as there is a reason and no longer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from harness import World, ask, at, proof, update

NINE = ("ada", "ben", "cleo", "dina", "ivo", "lara", "mara", "noor", "tess")
NIGHT = 'notify.quiet_hours="22:00-07:00"'
ONE_LEVEL = 'escalation=[{after="0m",notify=["blockers_log","slack"]}]'
MORNING = at("07:00") + timedelta(days=1)


def team_of(tmp_path: Path, agents: tuple[str, ...], *overrides: str, begin: str) -> World:
    """Start a workspace in which each agent proves its work at once."""
    world = World(tmp_path, *overrides, begin=begin)
    world.start()
    for agent in agents:
        world.write(f"feedback/{agent}.md", proof(begin))
    return world


def prove(world: World, *agents: str) -> None:
    number = world.now.hour * 60 + world.now.minute
    for agent in agents:
        entry = proof(f"{world.now:%H:%M}", number).replace("2026-02-07", f"{world.now:%Y-%m-%d}")
        world.append(f"feedback/{agent}.md", entry)


def keep_proving(world: World, until: str, *agents: str) -> None:
    while world.now < at(until):
        prove(world, *agents)
        world.run_until(min(world.now + timedelta(minutes=4), at(until)))


# Quiet hours


def test_one_blocker_of_the_quiet_hours_is_one_message_after_them_at_its_level(
    tmp_path: Path,
) -> None:
    world = team_of(tmp_path, ("mara",), NIGHT, begin="22:30")
    world.run_until(MORNING)
    assert world.slack_texts() == ["B-0001 mara: No proof of work since 22:30Z (cadence 5 min)."]
    assert [notice.level for notice in world.slack.notices] == [2]


def test_repeats_in_quiet_hours_are_not_told_after_them(tmp_path: Path) -> None:
    ladder = 'escalation=[{after="0m",notify=["blockers_log","slack"],repeat_every="30m"}]'
    world = team_of(tmp_path, ("mara",), NIGHT, ladder, begin="21:45")
    world.run_until(MORNING - timedelta(seconds=1))
    assert len(world.slack_texts()) == 1
    world.run_until(MORNING)
    assert len(world.slack_texts()) == 2


def test_a_silence_that_ends_in_quiet_hours_is_told_after_them(tmp_path: Path) -> None:
    world = team_of(tmp_path, ("mara",), NIGHT, begin="21:00")
    world.tell("silence", agents=("mara",), until=at("23:00"))
    world.run_until(MORNING - timedelta(seconds=1))
    assert world.slack_texts() == []
    world.run_until(MORNING)
    assert [text.partition(" by ")[0] for text in world.slack_texts()] == ["The silence S-1"]


def test_an_ask_of_a_paused_agent_in_quiet_hours_is_told_to_the_channel_after_them(
    tmp_path: Path,
) -> None:
    world = team_of(tmp_path, ("mara", "ben"), NIGHT, begin="22:30")
    world.tell("pause", "ben")
    world.tell("pause", "mara")
    world.write("bot_chat/ask.md", ask("mara", "ben"))
    world.run_until(MORNING - timedelta(seconds=1))
    assert world.slack_texts() == []
    world.run_until(MORNING)
    assert world.slack_texts() == ["mara asked ben, who is paused: bot_chat/ask.md"]


# Silences


def test_two_silences_that_end_at_once_are_each_told(tmp_path: Path) -> None:
    world = team_of(tmp_path, ("mara", "ben"), begin="09:00")
    world.tell("silence", agents=("mara",), until=at("09:30"))
    world.tell("silence", agents=("ben",), until=at("09:30"))
    world.run_until("09:30")
    assert [text.partition(" by ")[0] for text in world.slack_texts()] == [
        "The silence S-1",
        "The silence S-2",
    ]


# A team that is silent


def test_a_storm_that_ended_with_the_stop_of_the_team_keeps_no_later_stop_quiet(
    tmp_path: Path,
) -> None:
    world = team_of(tmp_path, NINE, begin="09:00")
    world.run_until("10:00")
    assert len(world.slack_texts()) == 1
    prove(world, *NINE)
    for agent in NINE[2:]:
        world.append(f"feedback/{agent}.md", update("10:00", "EOD — done, signing off"))
    told = len(world.slack_texts())
    world.run_until("11:00")
    assert world.slack_texts()[told:][-1] == (
        "The team has stopped: all 2 agents on duty are silent since 2026-02-07 10:00Z."
    )


def test_who_does_not_come_back_after_the_stop_is_told_of_by_itself_to_the_end(
    tmp_path: Path,
) -> None:
    world = team_of(tmp_path, NINE, ONE_LEVEL, begin="09:00")
    world.run_until("10:01")
    keep_proving(world, "10:12", *NINE[1:])
    prove(world, "ada")
    assert [text[:32] for text in world.slack_texts()] == [
        "9 of 9 agents on duty fell silent"[:32],
        "B-0001 ada: Back on duty and still so"[:32],
        "B-0001 ada: Resolved 2026-02-07 10:12Z"[:32],
    ]


def test_one_whose_condition_rests_does_not_keep_the_silence_of_the_others_untold(
    tmp_path: Path,
) -> None:
    five = NINE[:5]
    world = team_of(tmp_path, five, begin="09:00")
    keep_proving(world, "09:12", *five[1:])
    world.tell("resolve", "B-0001")
    keep_proving(world, "09:20", *five[1:])
    told = len(world.slack_texts())
    world.run_until("09:26")
    assert [text[:32] for text in world.slack_texts()[told:]] == [
        "4 of 5 agents on duty fell silen"
    ]


def test_the_last_of_a_team_to_fall_silent_is_told_by_itself(tmp_path: Path) -> None:
    five = NINE[:5]
    world = team_of(tmp_path, five, ONE_LEVEL, begin="09:00")
    for number, clock in enumerate(("09:20", "09:40", "10:00", "10:20")):
        keep_proving(world, clock, *five[number + 1 :])
    told = len(world.slack_texts())
    world.run_until("10:26")
    assert world.slack_texts()[told:] == [
        "B-0005 ivo: No proof of work since 10:16Z (cadence 5 min)."
    ]


def test_a_team_that_writes_and_proves_nothing_is_told_of_its_requests_within_the_hour(
    tmp_path: Path,
) -> None:
    five = NINE[:5]
    world = team_of(tmp_path, five, ONE_LEVEL, begin="09:00")
    world.write("bot_chat/ask.md", ask("ada", "ben"))
    for minute in range(5, 76, 5):
        world.run_until(at("09:00") + timedelta(minutes=minute))
        for agent in five:
            world.append(f"feedback/{agent}.md", update(f"{world.now:%H:%M}", "planning"))
    assert [text[:32] for text in world.slack_texts()] == [
        "5 of 5 agents on duty fell silen",
        "B-0006 ben: No acknowledgement f",
    ]


def test_a_level_that_was_missed_before_a_hold_is_told_with_its_end_in_one_message(
    tmp_path: Path,
) -> None:
    hours = 'duty.hours="Mon-Sun 09:00-10:00"'
    world = World(tmp_path, hours, 'workspace.sweep_every="1h"', begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    for clock in ("09:00", "09:20", "10:00"):
        world.sleep_until(clock)
        world.sweep()
    for clock in ("09:00", "09:15"):
        world.sleep_until(at(clock) + timedelta(days=1))
        world.sweep()
    assert [what for _, what, _ in world.told()] == ["opened", "held", "released", "escalated"]
    assert [text[:40] for text in world.slack_texts() if text.startswith("B-")] == [
        "B-0001 mara: No proof of work since duty",
        "B-0001 mara: Still so after 23 h 55 min,",
    ]


HOURS = 'duty.hours="Mon-Sun 09:00-10:00"'
BLOCKED = "Blocked: no key for the billing page."


def test_what_an_agent_states_after_its_return_is_told_at_once(tmp_path: Path) -> None:
    world = team_of(tmp_path, ("mara",), HOURS, begin="09:45")
    tomorrow = at("09:00") + timedelta(days=1)
    world.run_until(tomorrow + timedelta(minutes=2))
    assert [row.status for row in world.log_rows()] == ["On hold"]
    world.append("feedback/mara.md", update("09:02", BLOCKED).replace("02-07", "02-08"))
    assert [row.status for row in world.log_rows()] == [
        "Resolved 2026-02-08 09:02Z",
        "Open (level 1)",
    ]


def test_a_statement_on_hold_goes_on_a_cadence_and_grace_after_the_return(tmp_path: Path) -> None:
    world = team_of(tmp_path, ("mara",), HOURS, begin="09:45")
    world.run_until("09:46")
    world.append("feedback/mara.md", update("09:46", BLOCKED))
    tomorrow = at("09:00") + timedelta(days=1)
    world.run_until(tomorrow + timedelta(seconds=599))
    assert [row.status for row in world.log_rows()] == ["On hold"]
    world.run_until(tomorrow + timedelta(minutes=10))
    assert [row.status for row in world.log_rows()] == ["Open (level 2)"]
