"""A storm that grows: an edited message notifies nobody, so whoever joined is told of in a new one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import proof
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.fake_slack import CHANNEL, FakeSlack
from told import OWN_NET, Told, bodies

FIVE = ("ada", "ben", "cleo", "dina", "ivo")
LATER = ("lara", "mara", "noor", "rosa")
LADDER = 'escalation=[{after="0m",notify=["slack","webhook","inbox:lead"]}]'


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    with FakeReceiver() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, slack: FakeSlack, receiver: FakeReceiver) -> Told:
    world = Told(
        tmp_path,
        LADDER,
        OWN_NET,
        f'notify.slack.channel="{CHANNEL}"',
        f'notify.slack.base_url="{slack.base_url}"',
        "notify.slack.per_second=100",
        "workspace.lead=tess",
        environ={"ROLLCALL_WEBHOOK_URL": receiver.url, "SLACK_BOT_TOKEN": slack.token},
    )
    for agent in (*FIVE, *LATER, "zoe"):
        world.write(f"feedback/{agent}.md", proof("09:00"))
    world.start()
    for minute, agent in enumerate(LATER, start=1):
        run_to(world, f"09:{minute:02d}:00")
        world.append(f"feedback/{agent}.md", proof(f"09:{minute:02d}", 13))
    return world


def run_to(world: Told, clock: str) -> None:
    """Go on, and let zoe prove something each minute, so that the team is not silent as a whole."""
    while world.now.strftime("%H:%M:%S") < clock:
        world.tick_every(10, times=1)
        if world.now.second == 0:
            world.append("feedback/zoe.md", proof(f"{world.now:%H:%M}", world.now.minute + 20))


def said(slack: FakeSlack) -> list[str]:
    return [one.text for one in slack.messages]


def test_who_joins_a_storm_is_told_in_its_thread_and_in_the_channel(
    world: Told, slack: FakeSlack
) -> None:
    run_to(world, "09:10:10")
    (storm,) = slack.messages
    assert "5 of 10 agents on duty fell silent at once" in storm.text
    run_to(world, "09:12:50")
    assert len(slack.messages) == 1
    run_to(world, "09:13:10")
    grown = slack.messages[1]
    assert "3 more fell silent with them, 8 in all: lara, mara, noor." in grown.text
    assert (grown.thread_ts, grown.broadcast) == (storm.ts, True)
    run_to(world, "09:18:50")
    assert len(slack.messages) == 2
    run_to(world, "09:19:10")
    assert "1 more fell silent with them, 9 in all: rosa." in slack.messages[2].text
    assert len(slack.messages) == 3


def test_a_webhook_and_the_leads_inbox_hear_who_joined_a_storm(
    world: Told, receiver: FakeReceiver
) -> None:
    run_to(world, "09:19:10")
    told = [
        (one["kind"], one["transition"], [blocker["agent"] for blocker in one["blockers"]])
        for one in bodies(receiver)
    ]
    assert [(kind, what) for kind, what, _ in told] == [
        ("blocker", "opened"),
        ("blocker", "joined"),
        ("blocker", "joined"),
    ]
    assert [agents for _, _, agents in told[1:]] == [["lara", "mara", "noor"], ["rosa"]]
    assert "3 more fell silent with them, 8 in all: lara, mara, noor." in world.inbox("tess")
    assert "1 more fell silent with them, 9 in all: rosa." in world.inbox("tess")


def test_who_joined_and_is_back_before_it_was_told_is_not_told(
    world: Told, slack: FakeSlack
) -> None:
    run_to(world, "09:11:30")
    world.append("feedback/lara.md", proof("09:11", 14))
    run_to(world, "09:13:50")
    assert len(slack.messages) == 1
    run_to(world, "09:14:10")
    assert "3 more fell silent with them, 9 in all: mara, noor, rosa." in slack.messages[1].text


def test_a_restart_between_joining_and_telling_loses_and_doubles_nothing(
    world: Told, slack: FakeSlack, receiver: FakeReceiver
) -> None:
    run_to(world, "09:12:30")
    world.kill()
    world.start()
    run_to(world, "09:13:10")
    world.kill()
    world.start()
    run_to(world, "09:19:10")
    assert [text.partition(" more ")[0][-1] for text in said(slack)[1:]] == ["3", "1"]
    assert [one["transition"] for one in bodies(receiver)] == ["opened", "joined", "joined"]
