from __future__ import annotations

from pathlib import Path

import pytest

from harness import World, proof
from rollcall.model import BlockerStatus, Transition

MARA = "feedback/mara.md"
LEAD = ("workspace.lead=ivo", 'people.ivo.slack="U0123456789"')


def silent(tmp_path: Path, *overrides: str, slack: bool = True) -> World:
    """Return a running world in which mara proves work at 09:00, and then no more."""
    world = World(tmp_path, *overrides, slack=slack)
    world.start()
    world.write(MARA, proof("09:00"))
    return world


def test_resolved_by_hand_while_the_condition_holds_it_rests_for_four_hours(
    tmp_path: Path,
) -> None:
    world = silent(tmp_path)
    world.run_until("09:12")
    world.tell("resolve", "B-0001", text="Mara is at lunch")
    assert world.blockers()[0].resolution == "Mara is at lunch"
    assert world.told() == [("09:10:00", "opened", "mara"), ("09:12:00", "closed", "mara")]
    world.run_until("13:11:59")
    assert world.open_ids() == []
    world.run_until("13:12")
    assert world.told()[2:] == [("13:12:00", "opened", "mara")]
    assert world.open_ids() == ["B-0002"]


def test_a_resting_condition_is_told_again_once_it_has_ended_and_begun_anew(
    tmp_path: Path,
) -> None:
    world = silent(tmp_path)
    world.run_until("09:12")
    world.tell("resolve", "b-1")
    world.run_until("09:20")
    world.append(MARA, proof("09:20", 13))
    world.run_until("09:29:59")
    assert world.open_ids() == []
    world.run_until("09:30")
    assert world.told()[2:] == [("09:30:00", "opened", "mara")]


def test_a_rest_outlives_a_restart(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:12")
    world.tell("resolve", "B-0001")
    world.restart()
    world.sweep_now()
    world.run_until("10:00")
    assert world.open_ids() == []


def test_acknowledged_its_ladder_stops_and_the_blocker_stays(tmp_path: Path) -> None:
    world = silent(tmp_path, *LEAD)
    world.run_until("09:15")
    world.tell("ack", "B-0001")
    world.run_until("10:00")
    (blocker,) = world.blockers()
    assert (blocker.status, blocker.level) == (BlockerStatus.ACKNOWLEDGED, 1)
    assert world.log_rows()[0].status == "Acknowledged by ivo"
    told = [(one.transition, one.mention, one.broadcast) for one in world.slack.notices]
    assert told[1:] == [(Transition.ACKNOWLEDGED, None, False)]
    world.append(MARA, proof("10:00", 13))
    assert world.told() == [
        ("09:10:00", "opened", "mara"),
        ("09:15:00", "acknowledged", "mara"),
        ("10:00:00", "closed", "mara"),
    ]


def test_acknowledged_once_more_it_is_said_and_not_recorded_again(tmp_path: Path) -> None:
    world = silent(tmp_path, *LEAD)
    world.run_until("09:15")
    world.tell("ack", "B-0001")
    world.tell("ack", "B-0001", author="ben")
    assert world.told() == [("09:10:00", "opened", "mara"), ("09:15:00", "acknowledged", "mara")]
    assert world.answers() == [
        "B-0001 is acknowledged; its ladder stops, it closes when its cause ends",
        "B-0001 is acknowledged already; nothing changed",
    ]


def test_an_instruction_about_an_unknown_or_closed_blocker_changes_nothing(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.tell("ack", "B-0007")
    world.run_until("09:10")
    world.tell("resolve", "B-0001")
    world.tell("ack", "B-0001")
    assert [what for _, what, _ in world.told()] == ["opened", "closed"]


def test_the_nudge_goes_to_the_agents_own_inbox_with_an_example_and_opens_nothing(
    tmp_path: Path,
) -> None:
    world = silent(tmp_path, *LEAD)
    world.run_until("09:04:59")
    assert world.events() == []
    world.run_until("09:05")
    assert world.events() == [("inbox", "nudged", "sent")]
    assert world.told() == []
    told = world.inbox("mara")
    assert "mara: No proof of work since 09:00Z (cadence 5 min). Nobody else has been told" in told
    assert "`pytest tests/test_parser.py` -> 12 passed" in told
    assert world.inbox("ivo") == ""


def test_there_is_at_most_one_nudge_per_gap(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:06")
    world.restart()
    world.run_until("09:30")
    world.tell("resolve", "B-0001")
    world.run_until("09:40")
    assert world.inbox("mara").count("a reminder") == 1
    world.append(MARA, proof("09:40", 13))
    world.run_until("09:44:59")
    assert world.inbox("mara").count("a reminder") == 1
    world.run_until("09:45")
    assert world.inbox("mara").count("a reminder") == 2


def test_the_nudge_may_come_sooner(tmp_path: Path) -> None:
    world = silent(tmp_path, "nudge.after=2m")
    world.run_until("09:01:59")
    assert world.inbox("mara") == ""
    world.run_until("09:02")
    assert world.inbox("mara").count("a reminder") == 1


def test_the_default_ladder_tells_level_one_at_the_deadline_and_level_two_ten_minutes_later(
    tmp_path: Path,
) -> None:
    world = silent(tmp_path, *LEAD)
    world.run_until("09:09:59")
    assert world.told() == []
    world.run_until("09:10")
    assert world.events()[1:] == [("slack", "opened", "sent"), ("inbox", "opened", "sent")]
    assert world.log_rows()[0].status == "Open (level 1)"
    assert "B-0001 mara" in world.inbox("ivo")
    world.run_until("09:19:59")
    assert len(world.events()) == 3
    world.run_until("09:20")
    assert world.events()[3:] == [("slack", "escalated", "sent")]
    first, second = world.slack.notices
    assert (first.mention, first.broadcast) == (None, False)
    assert (second.mention, second.broadcast) == ("U0123456789", True)
    world.run_until("12:00")
    assert world.blockers()[0].level == 2
    assert len(world.events()) == 4


@pytest.mark.parametrize("overrides", [(), ("workspace.lead=ivo",)])
def test_the_default_ladders_mention_is_left_out_where_nobody_is_mapped(
    tmp_path: Path, overrides: tuple[str, ...]
) -> None:
    world = silent(tmp_path, *overrides)
    world.run_until("09:20")
    assert [(one.transition, one.mention) for one in world.slack.notices] == [
        (Transition.OPENED, None),
        (Transition.ESCALATED, None),
    ]


def test_a_level_without_a_working_target_goes_to_the_leads_inbox(tmp_path: Path) -> None:
    world = silent(tmp_path, "workspace.lead=ivo", slack=False)
    world.run_until("09:20")
    assert world.events()[1:] == [("inbox", "opened", "sent"), ("inbox", "escalated", "sent")]
    assert "B-0001 mara: Still so after 10 min, now level 2" in world.inbox("ivo")


def test_a_level_without_a_working_target_and_a_lead_goes_to_status(tmp_path: Path) -> None:
    world = silent(tmp_path, slack=False)
    world.run_until("09:20")
    assert world.events()[1:] == [("status", "escalated", "untold")]
    assert world.log_rows()[0].status == "Open (level 2)"


def test_each_agent_has_a_lead_of_its_own_before_the_workspaces(tmp_path: Path) -> None:
    world = silent(tmp_path, *LEAD, "agents.mara.lead=noor")
    world.run_until("09:10")
    assert world.log_rows()[0].owner == "noor"
    assert "B-0001 mara" in world.inbox("noor")
    assert world.inbox("ivo") == ""


def test_it_is_opened_once_and_closed_once_each_time(tmp_path: Path) -> None:
    world = silent(tmp_path)
    for clock in ("09:12", "09:25", "09:40"):
        world.run_until(clock)
        world.append(MARA, proof(clock))
    assert world.told() == [
        ("09:10:00", "opened", "mara"),
        ("09:12:00", "closed", "mara"),
        ("09:22:00", "opened", "mara"),
        ("09:25:00", "closed", "mara"),
        ("09:35:00", "opened", "mara"),
        ("09:40:00", "closed", "mara"),
    ]
    assert [one.id for one in world.blockers()] == ["B-0001", "B-0002", "B-0003"]


def test_several_silent_agents_are_told_one_by_one_openings_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    team = ("ben", "mara", "noor")
    for agent in team:
        world.write(f"feedback/{agent}.md", proof("09:00"))
    world.run_until("09:20")
    for agent in team:
        world.append(f"feedback/{agent}.md", proof("09:20", 13))
    told = [(one.transition.value, one.blockers[0].agent) for one in world.slack.notices]
    assert told == [(what, agent) for what in ("opened", "escalated", "closed") for agent in team]
