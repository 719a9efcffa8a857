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
