"""Bad settings, a bad store, a log that cannot be written: clear words, the right exit code."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from process.nursery import Nursery
from process.team import QUICKER, Team, entry, wait_for_end, wait_until
from rollcall.notify.fake_slack import FakeSlack

COMMANDS = ("run", "sweep", "status", "blockers")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("feedback.cadance=5m", "the nearest known key is feedback.cadence"),
        ("feedback.cadence=soon", '"90s", "5m"'),
        ('notify.webhook={url="HOOK"}', "the nearest known key is notify.webhook.url_env"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_was_meant(
    tmp_path: Path, nursery: Nursery, setting: str, words: str
) -> None:
    team = Team(tmp_path / "team", setting)
    for command in COMMANDS:
        code, text = team.carry_out(nursery, command)
        assert (command, code) == (command, 2), text
        assert setting.partition("=")[0] in text
        assert words in text
    assert not (team.root / ".rollcall").exists()


def test_a_directory_that_is_not_there_is_told_and_awaited(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", 'chat.dirs=["talk"]', 'workspace.roots=[".", "wt-*"]')
    with team.daemon(nursery):
        _, text = team.carry_out(nursery, "status")
        assert "talk" in text
        assert "wt-*" in text
        team.append("talk/mara-to-ben.md", "---\nfrom: mara\nto: ben\nkind: request\n---\nHello?\n")
        wait_until("the message", lambda: team.rows("SELECT path FROM messages"))


def test_a_folder_that_goes_and_comes_back_is_read_on(tmp_path: Path, nursery: Nursery) -> None:
    team = Team(tmp_path / "team")
    team.append("feedback/mara.md", entry("parser"))
    away = tmp_path / "away"
    with team.daemon(nursery):
        (team.root / "feedback").rename(away)
        wait_until("its going", lambda: team.rows("SELECT gone FROM sources") == [(1,)])
        (away / "ben.md").write_text(entry("elsewhere"), encoding="utf-8")
        away.rename(team.root / "feedback")
        wait_until("its coming", lambda: team.rows("SELECT gone FROM sources") == [(0,), (0,)])
        team.append("feedback/mara.md", entry("parser again"))
        wait_until("the append", lambda: len(team.rows("SELECT title FROM entries")) == 3)
        assert team.rows("SELECT title FROM entries WHERE gone") == []


def test_half_of_slack_is_said_to_be_off(tmp_path: Path, nursery: Nursery) -> None:
    team = Team(tmp_path / "team")
    team.environ["SLACK_BOT_TOKEN"] = "xoxb-of-nobody"
    with team.daemon(nursery) as daemon:
        _, status = team.carry_out(nursery, "status")
    off = "Slack: off (no notify.slack.channel in the configuration)"
    assert off in status
    assert off in daemon.output()
    assert "notify.slack.channel" in team.carry_out(nursery, "doctor")[1]
    assert "xoxb" not in status + daemon.output()


def test_a_store_of_a_newer_version_is_refused_by_name(tmp_path: Path, nursery: Nursery) -> None:
    team = swept(tmp_path, nursery)
    with closing(sqlite3.connect(team.root / ".rollcall/rollcall.db")) as connection, connection:
        connection.execute("INSERT INTO migrations VALUES ('9999-more', '2030-01-01T00:00:00Z')")
    for command in COMMANDS:
        code, text = team.carry_out(nursery, command)
        assert (command, code) == (command, 3), text
        assert "newer Rollcall (it has the step '9999-more')" in text
        assert len(text.splitlines()) == 1


@pytest.mark.parametrize("damage", ["head", "middle", "half"])
def test_a_damaged_store_is_refused_in_one_line(
    tmp_path: Path, nursery: Nursery, damage: str
) -> None:
    team = swept(tmp_path, nursery)
    path = team.root / ".rollcall/rollcall.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        if damage == "half":
            os.truncate(path, size // 2)
        else:
            file.seek(0 if damage == "head" else 4096)
            file.write(b"\x55" * (size - 8192 if damage == "middle" else 100))
    for command in ("run", "status"):
        code, text = team.carry_out(nursery, command)
        assert (command, code) == (command, 3), text
        assert [line for line in text.splitlines() if "database cannot be used" in line] != []
        assert "Traceback" not in text
        assert str(path) in text


def test_a_daemon_whose_store_is_taken_away_ends_rather_than_work_beside_another(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        shutil.rmtree(team.root / ".rollcall")
        with team.daemon(nursery) as next_daemon:
            team.append("feedback/mara.md", entry("parser again"))
            assert wait_for_end(daemon.process) == 3
            wait_until("the append", lambda: len(team.rows("SELECT title FROM entries")) == 2)
            assert next_daemon.stop() == 0
    assert "rollcall.db: was removed or replaced while Rollcall ran" in daemon.output()


def test_whoever_only_looks_waits_for_no_writer(tmp_path: Path, nursery: Nursery) -> None:
    team = swept(tmp_path, nursery)
    with closing(sqlite3.connect(team.root / ".rollcall/rollcall.db")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for command in ("status", "blockers"):
            child = team.begin(nursery, command)
            assert wait_for_end(child, within_s=5) == 0, child.output.read_text()


def test_a_log_that_cannot_be_written_is_a_fault_and_slack_is_told_all_the_same(
    tmp_path: Path, nursery: Nursery, slack: FakeSlack
) -> None:
    team = Team(tmp_path / "team", *QUICKER, slack=slack)
    docs = team.write("docs", "a file where a folder should be\n")
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        wait_until("the message", lambda: slack.messages)
        wait_until("the fault", lambda: "FAULT" in team.carry_out(nursery, "status")[1])
        code, text = team.carry_out(nursery, "status")
        [fault] = [line for line in text.splitlines() if line.startswith("FAULT")]
        assert (code, "docs" in fault, "sink:blockers_log" in fault) == (0, True, True)
        docs.unlink()
        team.append("feedback/mara.md", entry("parser again"))
        wait_until("the row", lambda: [row for row in team.log_rows() if row[2] == "mara"])
        wait_until("the end of the fault", lambda: not team.rows("SELECT * FROM faults"))
        assert daemon.stop() == 0
    assert daemon.output().count("Traceback") == 0


def swept(tmp_path: Path, nursery: Nursery) -> Team:
    team = Team(tmp_path / "team")
    for number in range(20):
        team.append(f"feedback/agent-{number}.md", entry("parser"))
    code, text = team.carry_out(nursery, "sweep")
    assert code == 0, text
    return team
