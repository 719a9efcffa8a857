"""Whole days: what a lead hears of a week of good work, of a long silence, of clocks that change."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from harness import World, at, message

HOURS = 'duty.hours="Mon-Sun 09:00-18:00"'
BERLIN = 'workspace.timezone="Europe/Berlin"'


def report(world: World, agent: str, words: str = "`pytest -q` -> {number} passed") -> None:
    """Have an agent write at the present time, each time something else."""
    number = int(world.now.timestamp()) // 60 % 10_000
    said = words.format(number=number)
    world.append(f"feedback/{agent}.md", f"\n## {world.now:%Y-%m-%d %H:%M}Z parser\n- {said}\n")


def exchange(world: World, day: datetime) -> None:
    """Have mara ask noor twice: the one is answered within its time, the other taken back."""
    for about, kind, by, to, said in (
        ("schema", "answer", "noor", "mara", "Here is the schema."),
        ("keys", "withdraw", "mara", "noor", "I found them."),
    ):
        asked = f"bot_chat/{day:%Y-%m-%d}-mara-to-noor-{about}.md"
        world.write(asked, message("request", "mara", "noor", f"Can you send me the {about}?"))
        world.run_for(minutes=10)
        reply = f"bot_chat/{day:%Y-%m-%d}-{by}-to-{to}-{about}-{kind}.md"
        world.write(reply, message(kind, by, to, said, re=asked))


@pytest.mark.waits
@pytest.mark.timeout(300)
def test_a_week_of_answered_withdrawn_paused_retired_and_finished_work_is_silent(
    tmp_path: Path,
) -> None:
    world = World(
        tmp_path,
        HOURS,
        "feedback.cadence=2h",
        "feedback.grace=1h",
        'agents.noor.hours="Mon-Sun 00:00-24:00"',
        begin="09:00",
    )
    world.sweep_every = timedelta(hours=12)
    for agent in ("mara", "noor", "ben", "ivo"):
        report(world, agent)
    world.start()
    world.tell("pause", "ben")
    world.tell("retire", "ivo")
    for number in range(7):
        day = at("09:00") + timedelta(days=number)
        for hour in (0, 2, 4, 6, 8):
            world.run_until(day + timedelta(hours=hour))
            report(world, "mara")
            report(world, "noor")
            if hour == 4:
                exchange(world, day)
        world.run_for(minutes=30)
        report(world, "noor", "EOD — done, signing off ({number})")
    world.run_until(at("08:59") + timedelta(days=7))
    assert world.blockers() == []
    assert world.slack_texts() == []
    assert {state for _, _, state in world.dependencies()} == {"open", "answered"}


@pytest.mark.waits
@pytest.mark.timeout(300)
def test_a_thousand_sweeps_with_one_silent_agent_tell_its_opening_and_its_repeats(
    tmp_path: Path,
) -> None:
    ladder = 'escalation=[{after="0m",notify=["blockers_log","slack"],repeat_every="2h"}]'
    world = World(tmp_path, ladder, "agents.mara.lead=ivo", begin="09:00")
    report(world, "mara")
    world.start()
    for _ in range(1_000):
        world.clock.advance(timedelta(seconds=40))
        world.sweep_now()
    opened = "B-0001 mara: No proof of work since 09:00Z (cadence 5 min)."
    assert world.slack_texts()[0] == opened
    times = [f"{notice.created:%H:%M}" for notice in world.slack.notices]
    assert times == ["09:10", "11:10", "13:10", "15:10", "17:10", "19:10"]
    assert world.gaps() == []


@pytest.mark.parametrize(
    ("days_on", "begins", "begins_again"),
    [(49, "08:00", "07:00"), (259, "07:00", "08:00")],
    ids=["in spring", "in autumn"],
)
def test_the_hours_begin_by_the_clock_on_the_wall_on_the_day_it_changes(
    tmp_path: Path, days_on: int, begins: str, begins_again: str
) -> None:
    world = World(tmp_path, HOURS, BERLIN, begin=begins, day_offset=days_on)
    world.sweep_every = timedelta(hours=12)
    report(world, "mara")
    world.start()
    world.run_for(minutes=10)
    assert [row.status for row in world.log_rows()] == ["Open (level 1)"]
    again = at(begins_again) + timedelta(days=days_on + 1)
    world.run_until(again + timedelta(seconds=599))
    assert [row.status for row in world.log_rows()] == ["On hold"]
    world.run_until(again + timedelta(minutes=10))
    assert [row.status for row in world.log_rows()] == ["Open (level 2)"]


def test_a_clock_set_forward_over_the_end_of_the_hours_alarms_for_nobody(tmp_path: Path) -> None:
    world = World(tmp_path, HOURS, begin="17:00")
    report(world, "mara")
    world.start()
    world.run_until("17:05")
    world.clock.set(at("18:30"))
    world.run_until(at("09:09:59") + timedelta(days=1))
    assert world.told() == []


def test_a_clock_set_back_over_the_beginning_of_the_hours_starts_the_clock_when_they_begin(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, HOURS, begin="08:00")
    report(world, "mara")
    world.start()
    world.run_until("09:05")
    world.clock.set(at("08:30"))
    world.run_until("09:09:59")
    assert world.told() == []
    world.run_until("09:10")
    assert world.told() == [("09:10:00", "opened", "mara")]
