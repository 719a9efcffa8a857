"""Commands beside a running daemon: one worker, one writer, everything carried out."""

from __future__ import annotations

import fcntl
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from process.nursery import Child, Nursery
from process.team import QUICKER, Team, entry, wait_for_end, wait_until
from rollcall.cli.work import Outcome, Wish, get_done
from rollcall.clock import SystemClock
from rollcall.workspace import find_workspace

ACKS = 50
FORKED = 8
SWEEPS = 5


def test_50_acks_and_5_sweeps_beside_run_are_all_carried_out(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", *QUICKER)
    for number in range(ACKS):
        team.append(f"feedback/agent-{number:02}.md", entry("parser"))
    ids = [f"B-{number:04}" for number in range(1, ACKS + 1)]
    with team.daemon(nursery) as daemon, ThreadPoolExecutor(ACKS) as pool:
        wait_until("50 blockers", lambda: len(team.rows("SELECT number FROM blockers")) == ACKS)
        children = [team.begin(nursery, "ack", one, "--by", "ivo") for one in ids[:FORKED]]
        children += [team.begin(nursery, "sweep") for _ in range(SWEEPS)]
        outcomes = list(pool.map(lambda one: acknowledge(team, one), ids[FORKED:]))
        codes = [wait_for_end(one) for one in children]
        assert daemon.process.poll() is None

    assert codes == [0] * (FORKED + SWEEPS), list(map(said, children))
    assert {(one.refused, one.worker) for one in outcomes} == {(False, daemon.process.pid)}
    swept = f"Swept (by the running Rollcall, pid {daemon.process.pid})"
    assert sum(swept in said(one) for one in children) == SWEEPS
    assert "locked" not in "".join([*map(said, children), daemon.output()])
    stands = "SELECT status, count(*) FROM blockers GROUP BY status"
    assert team.rows(stands) == [("acknowledged", ACKS)]
    happened = "SELECT what, count(*) FROM transitions GROUP BY what ORDER BY what"
    assert team.rows(happened) == [("acknowledged", ACKS), ("opened", ACKS)]
    unfinished = "SELECT verb, subject, result FROM instructions WHERE done IS NULL OR refused"
    assert team.rows(unfinished) == []


def test_a_running_daemon_hears_of_every_instruction_at_once(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    with team.daemon(nursery):
        for _ in range(3):  # its next tick may be 5 s away
            assert wait_for_end(team.begin(nursery, "sweep"), within_s=2) == 0


def test_what_hands_say_in_terms_reaches_the_running_daemon(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        _, said = team.carry_out(nursery, "silence", "add", "--all", "--for", "1h", "--json")
        assert json.loads(said)["id"] == "S-1"
        code, _ = team.carry_out(nursery, "agents", "pause", "mara", "--until", "tomorrow")
        _, listed = team.carry_out(nursery, "agents", "--json")
        assert (code, json.loads(listed)["duty"]) == (0, "paused")
        code, said = team.carry_out(nursery, "sweep", "--dry-run", "--json")
        would = json.loads(said)
        assert (code, would["read"], would["would_send"]) == (0, 0, [])
        assert daemon.process.poll() is None


def test_status_and_agents_go_by_what_the_running_daemon_was_given(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", "feedback.cadence=20m", "feedback.grace=0s")
    team.append("feedback/mara.md", entry("parser"))
    bare = Team(team.root)  # as from another terminal, without --set
    with team.daemon(nursery):
        code, said = bare.carry_out(nursery, "status")
        assert (code, said.count("mara   on    "), said.count("  in 19 min")) == (0, 1, 1)
        overridden = "Settings overridden: feedback.cadence=20m, feedback.grace=0s\n"
        assert overridden in said
        _, listed = bare.carry_out(nursery, "agents", "--json")
        assert [json.loads(line)["cadence_s"] for line in listed.splitlines()] == [1200]
    _, said = bare.carry_out(nursery, "status")
    assert "overridden" not in said, "what a killed daemon was given holds no more"


def test_a_second_run_is_refused_in_one_clear_line(tmp_path: Path, nursery: Nursery) -> None:
    team = Team(tmp_path / "team")
    with team.daemon(nursery) as daemon:
        second = team.begin(nursery, "run")
        assert wait_for_end(second) == 3
        assert said(second) == (
            f"rollcall: {team.root} is watched already, by the process {daemon.process.pid}; "
            "`rollcall status` says more\n"
        )


def test_a_command_that_only_looks_keeps_no_daemon_from_starting(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    lock = team.write(".rollcall/lock", "")
    with lock.open() as glance:
        fcntl.flock(glance, fcntl.LOCK_SH)  # as `status` does for a moment
        leaving = threading.Timer(0.2, fcntl.flock, (glance, fcntl.LOCK_UN))
        leaving.start()
        with team.daemon(nursery) as daemon:
            assert daemon.stop() == 0
        leaving.join()


def acknowledge(team: Team, blocker: str) -> Outcome:
    workspace = find_workspace(team.root, workspace=team.root, overrides=team.settings)
    return get_done(workspace, SystemClock(), Wish("ack", blocker, by="noor"))


def said(child: Child) -> str:
    return child.output.read_text(encoding="utf-8")
