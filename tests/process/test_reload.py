"""The real daemon takes other settings, at a signal and when its file changes, and keeps what it has."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from process.nursery import Nursery
from process.team import Team, entry, wait_until

CADENCE = '[feedback]\ncadence = "{cadence}"\ngrace = "0s"\n'


def test_a_changed_file_and_a_signal_bring_other_settings_and_a_bad_one_none(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    team.write("config/rollcall.toml", CADENCE.format(cadence="1h"))
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        pid = daemon.process.pid
        assert team.log_rows() == []

        team.write("config/rollcall.toml", "[feedback]\ncadance = 1\n")
        fault = wait_until("the fault", lambda: team.rows("SELECT text FROM faults"))
        assert fault[0][0].startswith("config/rollcall.toml:2: feedback.cadance: is unknown")
        code, said = team.carry_out(nursery, "status")
        assert code == 0, said
        heading, problem, advice = said.splitlines()[1:4]
        assert heading.endswith("; the settings of before hold, and this page goes by them:")
        assert problem == f"  {fault[0][0].removesuffix('; the settings of before hold')}"
        assert advice == "  Correct it and save it: it is read again at once."
        assert "running since" in said
        assert "config/rollcall.toml:2: feedback.cadance: is unknown" in said

        team.write("config/rollcall.toml", CADENCE.format(cadence="1s"))
        os.kill(pid, signal.SIGHUP)
        wait_until("no fault", lambda: not team.rows("SELECT text FROM faults"))
        wait_until("mara's blocker", lambda: [row for row in team.log_rows() if row[2] == "mara"])
        assert "other settings are in force" in daemon.output()

        team.write(
            "config/rollcall.toml",
            CADENCE.format(cadence="1s") + '[notify.blockers_log]\npath = "log.md"\n',
        )
        wait_until("the new log", (team.root / "log.md").exists)
        wait_until("the word in the old one", lambda: "Goes on in log.md" in team.log_text())

        assert daemon.process.poll() is None
        assert daemon.stop() == 0
    assert "Stopped 20" in (team.root / "log.md").read_text(encoding="utf-8")
    opened = (
        "SELECT count(*) FROM transitions WHERE what = 'opened' AND blocker IN "
        "(SELECT number FROM blockers WHERE agent = 'mara')"
    )
    assert team.rows(opened) == [(1,)]
    keys = team.rows("SELECT key FROM events")
    assert len(keys) == len(set(keys))


def test_another_mistake_is_another_text_and_a_folder_put_in_the_place_is_noticed(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    team.write("config/rollcall.toml", CADENCE.format(cadence="1h"))
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        team.write("config/rollcall.toml", "[feedback\n")
        wait_until("the fault's row", lambda: "is not TOML" in team.log_text())
        team.write("config/rollcall.toml", "[feedback]\ncadence = 5\n")
        wait_until("its other text", lambda: "got 5" in team.log_text())
        assert "is not TOML" not in team.log_text()
        os.kill(daemon.process.pid, signal.SIGHUP)
        cannot = "config/rollcall.toml cannot be used, the settings of before hold: "
        wait_until("the answer", lambda: cannot in daemon.output())

        # A checkout takes the whole folder away and puts another in its place.
        team.write("other/rollcall.toml", CADENCE.format(cadence="30m"))
        (team.root / "config").rename(team.root / "config-before")
        (team.root / "other").rename(team.root / "config")
        in_force = team.root / ".rollcall" / "in-force.toml"
        wait_until("the folder", lambda: "30m" in in_force.read_text(encoding="utf-8"))
        wait_until("the end of the fault", lambda: team.log_rows()[0][5].startswith("Resolved"))
        assert daemon.stop() == 0
        said = 'other settings are in force: feedback.cadence = "30m" (was "1h")'
        assert said in daemon.output()
    opened = "SELECT count(*) FROM transitions WHERE what = 'opened'"
    assert team.rows(opened) == [(1,)]
    assert team.rows("SELECT status FROM blockers") == [("resolved",)]


def test_a_signal_while_the_file_is_half_written_brings_no_fault(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    path = team.write("config/rollcall.toml", CADENCE.format(cadence="1h"))
    with team.daemon(nursery) as daemon, path.open("w", encoding="utf-8") as file:
        file.write("[feedback]\ncad")
        file.flush()
        os.kill(daemon.process.pid, signal.SIGHUP)
        team.append("feedback/mara.md", entry("parser"))
        wait_until("a round after it", lambda: team.rows("SELECT slug FROM agents"))
        file.write('ence = "30m"\n')
        file.flush()
        wait_until("the settings", lambda: "other settings are in force" in daemon.output())
        assert team.rows("SELECT what FROM transitions") == []
        assert daemon.stop() == 0


def test_a_channel_for_which_the_app_token_is_none_is_refused_whole(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    team.environ |= {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "two words"}
    team.write("config/rollcall.toml", CADENCE.format(cadence="1h"))
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        slack = '[notify.slack]\nchannel = "C0123456789"\nbase_url = "http://127.0.0.1:1/"\n'
        team.write("config/rollcall.toml", CADENCE.format(cadence="1s") + slack)
        ((text,),) = wait_until("the fault", lambda: team.rows("SELECT text FROM faults"))
        assert text.startswith("Slack: the token is empty or has spaces")
        assert text.endswith("; the settings of before hold")

        team.write("config/rollcall.toml", CADENCE.format(cadence="30m"))
        wait_until("no fault", lambda: not team.rows("SELECT text FROM faults"))
        changed = 'feedback.cadence = "30m" (was "1h")'
        wait_until("the word of it", lambda: changed in daemon.output())
        assert daemon.stop() == 0
