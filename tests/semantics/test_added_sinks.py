"""Blockers on their way to Alertmanager and a webhook: opened, kept alive, closed, never lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import proof
from rollcall.notify.fake_alertmanager import FakeAlertmanager
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.loopback import Answer
from told import OWN_NET, Told, bodies

ALERTS = 'escalation=[{after="0m",notify=["alertmanager"]},{after="10m",notify=["blockers_log"]}]'
POSTS = 'escalation=[{after="0m",notify=["webhook"]},{after="10m",notify=["webhook"]}]'


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    with FakeReceiver() as running:
        yield running


@pytest.fixture
def posted(tmp_path: Path, receiver: FakeReceiver) -> Told:
    environ = {"ROLLCALL_WEBHOOK_URL": receiver.url, "ROLLCALL_WEBHOOK_SECRET": "words"}
    return Told(tmp_path, POSTS, OWN_NET, environ=environ)


def told(receiver: FakeReceiver) -> list[tuple[str, list[str]]]:
    """Return (transition, blockers) of what was posted, in order."""
    return [
        (one["transition"], [blocker["id"] for blocker in one["blockers"]])
        for one in bodies(receiver)
    ]


def test_a_webhook_hears_of_an_opening_each_level_and_the_closing(
    posted: Told, receiver: FakeReceiver
) -> None:
    posted.write("feedback/mara.md", proof("09:00"))
    posted.start()
    posted.run_until("09:21")
    posted.append("feedback/mara.md", proof("09:21"))
    assert told(receiver) == [
        ("opened", ["B-0001"]),
        ("escalated", ["B-0001"]),
        ("closed", ["B-0001"]),
    ]
    assert [event for event in posted.events() if event[0] != "inbox"] == [
        ("webhook", "opened", "sent"),
        ("webhook", "escalated", "sent"),
        ("webhook", "closed", "sent"),
    ]


def test_a_webhook_that_is_away_hears_all_of_it_later_in_order(
    posted: Told, receiver: FakeReceiver
) -> None:
    receiver.answer_next(*[Answer(503)] * 3)
    posted.write("feedback/mara.md", proof("09:00"))
    posted.start()
    posted.tick_every(10, times=180)
    assert told(receiver)[:3] == [("opened", ["B-0001"])] * 3
    assert told(receiver)[3:] == [("opened", ["B-0001"]), ("escalated", ["B-0001"])]
    assert len({one.headers["webhook-id"] for one in receiver.received[:4]}) == 1
    repeated = [json.loads(one.body)["perhaps_repeated"] for one in receiver.received[:5]]
    assert repeated == [False, True, True, True, False]


def test_a_webhook_that_is_gone_is_switched_off_visibly_and_nothing_is_lost(
    posted: Told, receiver: FakeReceiver
) -> None:
    receiver.answer_next(Answer(410))
    posted.write("feedback/mara.md", proof("09:00"))
    posted.start()
    posted.run_until("09:30")
    assert told(receiver) == [("opened", ["B-0001"])]
    assert posted.sink_states()["webhook"] == ("disabled", "Webhook: HTTP 410")
    assert "sink:webhook" in posted.own_faults()
    posted.restart()
    assert ("opened", ["B-0001"]) in told(receiver)[1:]
    assert posted.own_faults() == []


def test_a_webhook_into_ones_own_network_is_called_only_if_that_is_allowed(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    url = receiver.url.replace("http:", "https:")
    world = Told(tmp_path, POSTS, environ={"ROLLCALL_WEBHOOK_URL": url})
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    world.run_until("09:10")
    assert world.sink_states()["webhook"] == (
        "disabled",
        (
            "Webhook: its address is of a private, loopback or link-local network; "
            "set allow_private = true if that is meant"
        ),
    )
    assert receiver.received == []


def test_without_its_address_a_webhook_is_left_out_and_the_lead_is_told(tmp_path: Path) -> None:
    world = Told(tmp_path, POSTS, "workspace.lead=noor", environ={})
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    world.run_until("09:10")
    assert ("inbox", "opened", "sent") in world.events()
    assert "B-0001 mara" in world.inbox("noor")


def test_an_alert_stands_for_as_long_as_its_blocker_whatever_becomes_of_alertmanager(
    tmp_path: Path,
) -> None:
    world = Told(tmp_path, ALERTS, "notify.alertmanager.allow_private=true", environ={})
    with FakeAlertmanager(world.clock) as manager:
        world.environ = {"ROLLCALL_ALERTMANAGER_URL": manager.url}
        world.write("feedback/mara.md", proof("09:00"))
        world.start()
        world.run_until("09:09")
        assert manager.firing() == []
        world.run_until("09:10")
        assert [one.labels["severity"] for one in manager.firing()] == ["warning"]
        world.tick_every(10, times=60)  # level 2 tells only the log; the alert follows all the same
        assert [one.labels["severity"] for one in manager.firing()] == ["critical"]

        manager.restart()
        assert manager.firing() == []
        world.tick_every(10, times=30)
        assert [one.labels["blocker"] for one in manager.firing()] == ["B-0001"]

        world.append("feedback/mara.md", proof("09:25"))
        assert manager.firing() == []
        assert {one.labels["blocker"] for one in manager.resolved()} == {"B-0001"}


def test_at_a_start_everything_open_is_posted_again(tmp_path: Path) -> None:
    world = Told(tmp_path, ALERTS, "notify.alertmanager.allow_private=true", environ={})
    with FakeAlertmanager(world.clock) as manager:
        world.environ = {"ROLLCALL_ALERTMANAGER_URL": manager.url}
        world.write("feedback/mara.md", proof("09:00"))
        world.start()
        world.run_until("09:10")
        manager.restart()
        world.restart()
        assert [one.labels["blocker"] for one in manager.firing()] == ["B-0001"]
