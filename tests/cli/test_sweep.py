"""``rollcall sweep``, ``ack``, ``resolve`` and ``blockers`` without a daemon."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.shell import Shell
from rollcall.lock import WorkLock


def test_a_sweep_says_what_it_did_in_json(shell: Shell) -> None:
    shell.write("feedback/mara.md", "## 2026-02-07T09:00Z Parser\n- Added `parser.py`\n")
    said = shell.run("sweep", "--json")
    assert said.code == 0
    assert said.records == [
        {
            "read": 1,
            "opened": 0,
            "escalated": 0,
            "closed": 0,
            "notices": 0,
            "transitions": [],
            "worker": None,
        }
    ]


def test_a_first_sweep_opens_nothing_and_leaves_its_state_out_of_git(silent_team: Shell) -> None:
    said = silent_team.run("blockers")
    assert (said.code, said.out) == (0, "No open blockers.\n")
    assert (silent_team.root / ".rollcall/.gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_command_that_only_looks_leaves_no_trace(shell: Shell) -> None:
    shell.write("feedback/mara.md", "## 2026-02-07T09:00Z Parser\n")
    for command in ("status", "blockers", "agents", "doctor"):
        shell.run(command)
    assert not (shell.root / ".rollcall").exists()


def test_an_overdue_proof_is_opened_listed_and_closed_by_hand(blocked_team: Shell) -> None:
    listed = blocked_team.run("blockers", "--json").records
    assert [sorted(one) for one in listed] == [
        sorted(
            [
                "id",
                "kind",
                "agent",
                "level",
                "status",
                "owner",
                "opened",
                "closed",
                "description",
                "evidence",
                "snoozed_until",
                "silenced_by",
                "waits_for",
            ]
        )
    ]
    blocker = listed[0]
    assert (blocker["id"], blocker["kind"], blocker["agent"]) == ("B-0001", "missing proof", "ben")
    assert (blocker["level"], blocker["status"], blocker["closed"]) == (1, "open", None)
    assert blocker["evidence"] == ["feedback/ben.md:3"]
    assert _is_utc(blocker["opened"])

    said = blocked_team.run("resolve", "b-1", "--why", "he is ill", "--by", "ivo")
    assert said.code == 0
    assert said.out.startswith("B-0001 is resolved; while its cause lasts it rests until ")
    assert blocked_team.run("blockers", "--json").records == []
    resolved = blocked_team.run("blockers", "--all", "--json").records[0]
    assert (resolved["status"], resolved["id"]) == ("resolved", "B-0001")
    assert _is_utc(resolved["closed"])


def test_an_acknowledged_blocker_stays_open(blocked_team: Shell) -> None:
    said = blocked_team.run("ack", "B-0001", "--json")
    assert said.code == 0
    assert said.records == [
        {
            "id": "B-0001",
            "refused": False,
            "result": "B-0001 is acknowledged; its ladder stops, it closes when its cause ends",
        }
    ]
    assert [one["status"] for one in blocked_team.run("blockers", "--json").records] == [
        "acknowledged"
    ]


@pytest.mark.parametrize("verb", ["ack", "resolve"])
def test_an_unknown_blocker_is_a_no(blocked_team: Shell, verb: str) -> None:
    said = blocked_team.run(verb, "B-0042")
    assert said.code == 1
    assert "there is no blocker" in said.err
    assert (said.out, "Traceback" in said.err) == ("", False)


def test_a_blocker_where_nothing_was_ever_swept_is_a_no_and_leaves_no_trace(shell: Shell) -> None:
    shell.write("feedback/mara.md", "## 2026-02-07T09:00Z Parser\n")
    assert shell.run("ack", "B-0001").code == 1
    assert not (shell.root / ".rollcall").exists()


def test_a_shorter_cadence_holds_from_the_next_sweep_on(shell: Shell) -> None:
    shell.write("config/rollcall.toml", "[agents.ben]\n")
    shell.write("feedback/ben.md", "## 2026-02-07T09:00Z Parser\nStill working on it\n")
    assert shell.run("sweep", "--json").records[0]["opened"] == 0
    shell.wait(1.1)
    said = shell.run("sweep", "--set", "feedback.cadence=1s", "--set", "feedback.grace=0s")
    assert said.out.startswith("B-0001 ben opened: No proof of work since ")


def test_requests_that_were_past_due_at_first_sight_are_the_backlog(shell: Shell) -> None:
    shell.write(
        "bot_chat/schema.md",
        "---\nfrom: mara\nto: noor\nkind: request\ndate: 2026-02-01T09:00Z\n---\n"
        "Please send the schema of the billing page.\n",
    )
    shell.run("sweep")
    assert shell.run("blockers", "--json").records == []
    (row,) = shell.run("blockers", "--backlog", "--json").records
    assert {key: row[key] for key in ("request", "requester", "provider", "state", "asked")} == {
        "request": "bot_chat/schema.md",
        "requester": "mara",
        "provider": "noor",
        "state": "open",
        "asked": "2026-02-01T09:00:00Z",
    }


def test_a_sink_that_only_a_route_tells_is_on_and_told(silent_team: Shell) -> None:
    silent_team.wait(1.1)
    others = ("--set", 'escalation=[{after="0s",notify=["inbox:zoe"]}]')
    silent_team.run("sweep", *others)
    (off,) = silent_team.run("status", "--json", *others).records
    route = ("--set", 'routes=[{agents=["ben"],escalation=[{after="0s",notify=["blockers_log"]}]}]')
    silent_team.run("sweep", *others, *route)
    (on,) = silent_team.run("status", "--json", *others, *route).records
    assert [status["sinks"][0]["state"] for status in (off, on)] == ["off", "on"]  # type: ignore[index]
    log = (silent_team.root / "docs/blockers-log.md").read_text(encoding="utf-8")
    assert "| B-0001 |" in log


def test_a_daemon_beside_one_that_runs_is_refused_with_its_pid(silent_team: Shell) -> None:
    lock = WorkLock(silent_team.root / ".rollcall")
    assert lock.acquire()
    try:
        said = silent_team.run("run")
    finally:
        lock.release()
    assert said.code == 3
    assert said.err.startswith(f"rollcall: {Path.cwd()} is watched already, by the process ")


def test_hostile_words_in_a_statement_do_not_reach_the_terminal(silent_team: Shell) -> None:
    silent_team.write(
        "feedback/ben.md",
        "# ben\n\n## 2026-02-07T09:00Z Parser\nStill working on it\n\n"
        "## 2026-02-07T09:10Z Stuck\nBlocked: waiting for the \x1b[31mschema\x9b2J from noor.\n",
    )
    for command in (("sweep",), ("blockers",), ("blockers", "--json"), ("status",), ("agents",)):
        said = silent_team.run(*command)
        assert not set(said.out) & {"\x1b", "\x9b"}
    assert "schema" in silent_team.run("blockers").out


def _is_utc(text: object) -> bool:
    return isinstance(text, str) and datetime.fromisoformat(text).utcoffset() == UTC.utcoffset(None)
