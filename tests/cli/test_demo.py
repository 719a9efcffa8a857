"""``rollcall demo``: the whole story, by the real parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.shell import Shell
from rollcall.clock import SystemClock
from rollcall.demo import Times, play


def test_at_the_speed_of_a_person_the_story_takes_about_a_minute() -> None:
    times = Times.at(1)
    assert times == Times(cadence_s=15, grace_s=7, level_2_s=13, ack_s=18, pause_s=6)


def test_no_time_is_scaled_to_nothing() -> None:
    assert Times.at(20) == Times(cadence_s=1, grace_s=1, level_2_s=1, ack_s=1, pause_s=0.3)


@pytest.mark.waits
def test_everything_is_opened_raised_told_and_closed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    told: list[tuple[str, str]] = []
    ending = play(tmp_path, 10, SystemClock(), lambda who, what: told.append((who, what)))
    assert sorted((one.agent, one.kind.value) for one in ending.blockers) == [
        ("ben", "missing proof"),
        ("noor", "missing proof"),
        ("noor", "stalled dependency"),
    ]
    assert all(one.closed is not None and one.level == 2 for one in ending.blockers)
    roots = [one for one in ending.slack if one.thread_ts is None]
    replies = [one for one in ending.slack if one.thread_ts is not None]
    assert (len(roots), len(replies)) == (3, 6)
    assert sum(one.broadcast for one in replies) == 3
    assert all("Resolved" in one.words for one in roots)
    assert ending.log.count("| Resolved ") == 3
    assert "coordination/inbox/ben" in " ".join(ending.inboxes)
    assert ("rollcall", "has read everything; from now on it watches") in told


@pytest.mark.waits
def test_the_command_ends_with_the_log_and_the_messages(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    said = shell.run("demo", "--speed", "10")
    assert (said.code, said.err) == (0, "")
    for words in ("-- The blockers log", "| B-0003 |", "-- Slack", "-- The reminder in an inbox"):
        assert words in said.out
    assert said.out.endswith("-- 3 blockers opened, 3 closed, 9 Slack messages\n")
    assert list(shell.root.iterdir()) == []


@pytest.mark.parametrize("speed", ["0", "21"])
def test_a_speed_that_cannot_be_kept_is_refused(shell: Shell, speed: str) -> None:
    assert shell.run("demo", "--speed", speed).code == 2


def test_a_folder_with_something_in_it_is_refused(shell: Shell) -> None:
    shell.write("mine.md", "mine\n")
    assert shell.run("demo", "--workspace", ".").code == 2
