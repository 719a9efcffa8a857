"""Signals come at any moment, also in the middle of our own work with the queue."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from process.nursery import Nursery
from process.team import QUICKER, Team, entry, wait_for_end, wait_until
from rollcall.clock import SystemClock
from rollcall.daemon import Daemon, Signal
from rollcall.notify.fake_slack import FakeSlack, stall_after
from rollcall.wiring import build_works
from rollcall.workspace import find_workspace


@pytest.mark.timeout(10)
def test_a_signal_in_the_middle_of_a_put_or_a_get_does_not_wait_for_itself(tmp_path: Path) -> None:
    works = build_works(find_workspace(tmp_path, workspace=tmp_path), SystemClock(), {})
    daemon = Daemon(works, {})
    before = signal.signal(signal.SIGVTALRM, lambda _number, _frame: daemon.stop())
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0001, 0.0001)
        for _ in range(5_000):
            daemon._queue.put(Signal.TICK)
            daemon._queue.get()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        works.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_daemon_cleanly(
    tmp_path: Path, nursery: Nursery, number: signal.Signals
) -> None:
    team = Team(tmp_path / "team")
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        os.kill(daemon.process.pid, number)
        assert daemon.stop(number) == 0  # asked twice, as an impatient person does
    assert team.mark("stopped")
    assert daemon.output().splitlines()[-1].endswith("  stopped")


def test_what_changed_just_before_the_signal_stands_on_the_page(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", 'notify.pages.dependencies="docs/register.md"')
    team.append("feedback/mara.md", entry("parser"))
    register = team.root / "docs/register.md"
    with team.daemon(nursery) as daemon:
        ask_and_await(team, "bot_chat/0900-mara-to-ben.md")
        ask_and_await(team, "bot_chat/0901-mara-to-ben.md")  # while the page waits
        assert daemon.stop() == 0
    asked = "| bot_chat/0901-mara-to-ben.md | mara | ben | open |"
    assert asked in register.read_text(encoding="utf-8")


def ask_and_await(team: Team, name: str) -> None:
    team.write(name, "---\nfrom: mara\nto: ben\nkind: request\n---\nSend the schema?\n")
    asked = "SELECT request FROM dependencies WHERE request = ?"
    wait_until("the request", lambda: team.rows(asked, name))


def test_a_stalled_slack_holds_no_stop_up(
    tmp_path: Path, slack: FakeSlack, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", *QUICKER, slack=slack)
    team.append("feedback/mara.md", entry("parser"))
    slack.fail_next("chat.postMessage", stall_after())
    with team.daemon(nursery) as daemon:
        wait_until("the root accepted", lambda: slack.messages)
        os.kill(daemon.process.pid, signal.SIGTERM)
        wait_until("the log", lambda: "\nStopped 20" in team.log_text(), within_s=7)
        assert wait_for_end(daemon.process, within_s=7) == 0  # Slack would be awaited for 10 s
    assert "a sink has not answered" in daemon.output()
    slack_s = "SELECT fate FROM events WHERE sink = 'slack' AND transition = 'opened'"
    assert team.rows(slack_s) == [(None,)]

    with team.daemon(nursery) as daemon:
        wait_until("it settled", lambda: team.rows(slack_s) == [("sent",)])
        assert daemon.stop() == 0
    assert [one.key for one in slack.messages].count(slack.messages[0].key) == 1
