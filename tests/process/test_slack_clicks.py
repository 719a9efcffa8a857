"""Clicks in Slack at a real ``rollcall run``: what people see of them, and that no kill loses one."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from process.nursery import Nursery
from process.team import QUICK, Team, entry, wait_until
from rollcall.notify.fake_slack import FakeSlack
from rollcall.notify.fake_slack_socket import FakeSocket
from rollcall.notify.fake_slack_world import FakeMessage

KILLS = int(os.environ.get("ROLLCALL_KILLS", "20")) // 4
NOOR, IVO = "U0000000001", "U0000000002"
BY_NOOR = "Noor K. (Slack)"
ACKNOWLEDGE = "rollcall_acknowledge"


@pytest.fixture
def socket(slack: FakeSlack) -> Iterator[FakeSocket]:
    slack.world.people |= {NOOR: "Noor K.", IVO: "Ivo"}
    with FakeSocket(slack) as running:
        yield running


@pytest.fixture
def team(tmp_path: Path, slack: FakeSlack) -> Team:
    team = Team(tmp_path / "team", *QUICK, slack=slack)
    team.environ["SLACK_APP_TOKEN"] = slack.app_token
    return team


def open_blocker(team: Team, slack: FakeSlack) -> FakeMessage:
    """Let mara be late, and return the message that says so once it has buttons."""
    team.append("feedback/mara.md", entry("parser"))
    (root,) = wait_until("the message", lambda: slack.messages)
    assert [labels for _, labels in root.controls] == [
        ["Acknowledge", "Snooze 1 h", "Snooze until tomorrow", "Assign", "Resolve"]
    ]
    return root


def read_audit(team: Team) -> list[tuple[Any, ...]]:
    """Return (what, by) of what people did, oldest first."""
    return team.rows("SELECT what, by FROM transitions WHERE by != 'rollcall' ORDER BY id")


def whispers(slack: FakeSlack) -> list[str]:
    return [f"{one.user}: {one.text}" for one in slack.world.whispers]


@pytest.mark.waits
def test_from_a_click_to_the_log_the_audit_and_the_thread(
    team: Team, slack: FakeSlack, socket: FakeSocket
) -> None:
    with team.daemon() as daemon:
        root = open_blocker(team, slack)
        socket.wait_for_line()
        second = socket.make_click(root, ACKNOWLEDGE, person=IVO)

        first = socket.click(root, ACKNOWLEDGE, person=NOOR)

        assert first.acknowledged.wait(3)
        wait_until("the answer", lambda: len(slack.world.whispers) == 1)
        assert whispers(slack) == [
            f"{NOOR}: B-0001 is acknowledged; its ladder stops, it closes when its cause ends"
        ]
        wait_until("the row", lambda: team.log_rows()[0][5] == f"Acknowledged by {BY_NOOR}")
        assert read_audit(team) == [("acknowledged", BY_NOOR)]
        (reply,) = wait_until("the reply", lambda: slack.messages[1:])
        assert (reply.thread_ts, reply.broadcast) == (root.ts, False)
        assert reply.text == f"[team] B-0001 mara: Acknowledged by {BY_NOOR}."
        wait_until("the edit", lambda: root.edits)
        assert root.words.splitlines()[0].startswith("Acknowledged")

        assert socket.send_interaction(second).acknowledged.wait(3)
        wait_until("the second answer", lambda: len(slack.world.whispers) == 2)
        assert whispers(slack)[1] == f"{IVO}: B-0001 is acknowledged already; nothing changed"
        assert len(read_audit(team)) == 1

        socket.ask_to_refresh()
        socket.wait_for_line(greeted=2)
        socket.wait_for_lines(1)

        assert socket.click(root, "rollcall_resolve", person=IVO).acknowledged.wait(3)
        wait_until("the row resolved", lambda: team.log_rows()[0][5].startswith("Resolved "))
        assert read_audit(team)[1:] == [("closed", "Ivo (Slack)")]
        wait_until("no buttons", lambda: not root.controls)
        wait_until("the third answer", lambda: len(slack.world.whispers) == 3)

        late = socket.send_interaction({**second, "actions": [later(second["actions"][0])]})
        assert late.acknowledged.wait(3)
        wait_until("the refusal", lambda: len(slack.world.whispers) == 4)
        assert whispers(slack)[3] == (
            f"{IVO}: B-0001 was resolved already: Resolved by Ivo (Slack)"
        )
        assert len(read_audit(team)) == 2
        assert daemon.stop() == 0


@pytest.mark.waits
def test_a_click_that_slack_heard_we_have_outlives_a_kill_and_is_carried_out_once(
    team: Team, slack: FakeSlack, socket: FakeSocket, nursery: Nursery
) -> None:
    with team.daemon(nursery) as daemon:
        root = open_blocker(team, slack)
        socket.wait_for_line()
        payload = socket.make_click(root, ACKNOWLEDGE, person=NOOR)
        path = team.root / ".rollcall" / "rollcall.db"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as busy:
            busy.execute("BEGIN IMMEDIATE")  # nothing can be put down in the store meanwhile
            assert socket.send_interaction(payload).acknowledged.wait(3)
            daemon.kill()
            busy.execute("ROLLBACK")
    assert team.rows("SELECT id FROM instructions") == []

    with team.daemon(nursery):
        wait_until("the row", lambda: team.log_rows()[0][5] == f"Acknowledged by {BY_NOOR}")
        socket.wait_for_line(greeted=2)
        assert socket.send_interaction(payload).acknowledged.wait(3)
        wait_until("the answer", lambda: slack.world.whispers)
        assert read_audit(team) == [("acknowledged", BY_NOOR)]
        assert len(team.rows("SELECT id FROM instructions")) == 1


@pytest.mark.waits
@pytest.mark.timeout(60 + 10 * KILLS)
def test_kills_at_any_instant_around_a_click_lose_none_and_double_none(
    team: Team, slack: FakeSlack, socket: FakeSocket, nursery: Nursery
) -> None:
    seed = random.randrange(10**6)
    moments, pause = random.Random(seed), threading.Event()
    payloads, heard = [], 0
    with team.daemon(nursery):
        root = open_blocker(team, slack)
    for life in range(KILLS):
        with team.daemon(nursery):
            wait_until("a line", lambda: socket.lines)
            payloads.append(socket.make_click(root, "rollcall_snooze-hour", person=NOOR))
            envelope = socket.send_interaction(payloads[-1])
            pause.wait(moments.uniform(0, 0.06))
        heard += envelope.acknowledged.is_set()
        if not envelope.acknowledged.is_set():
            with team.daemon(nursery):  # Slack tells of it again
                wait_until("a line", lambda: socket.lines)
                assert socket.send_interaction(payloads[-1]).acknowledged.wait(3), (seed, life)

    with team.daemon(nursery):
        wait_until(
            "all of them",
            lambda: (
                team.rows("SELECT count(*) FROM instructions WHERE done IS NOT NULL") == [(KILLS,)]
            ),
        )
    origins = team.rows("SELECT count(DISTINCT origin) FROM instructions")
    assert origins == [(KILLS,)], f"seed {seed}"
    sys.stdout.write(f"{KILLS} kills (seed {seed}): Slack had heard of {heard} clicks\n")


def later(action: dict[str, Any]) -> dict[str, Any]:
    """Return the same press, a while after."""
    return {**action, "action_ts": "1770009999.000001"}
