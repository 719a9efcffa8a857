"""``rollcall status`` and ``agents``: who watches, what is due, and what is wrong with ourselves."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from cli.shell import Shell
from rollcall.clock import SystemClock
from rollcall.lock import WorkLock
from rollcall.store import marks
from rollcall.store.conversation import dependency_subject, list_dependencies
from rollcall.store.database import Database

REQUEST = """---
from: mara
to: noor
kind: request
---
Please send the schema of the billing page.
"""


def set_marks(shell: Shell, **instants: datetime | None) -> None:
    """Set instants in the store as a worker leaves them."""
    database = Database(shell.root / ".rollcall/rollcall.db")
    with database.write() as session:
        for key, instant in instants.items():
            marks.set_instant(session, key, instant)
    database.close()


def now() -> datetime:
    return SystemClock().now()


def team(shell: Shell) -> Shell:
    stamp = f"{now():%Y-%m-%dT%H:%M:%SZ}"
    shell.write("feedback/mara.md", f"## {stamp} Parser\n- Added `parser.py`\n")
    shell.write("feedback/ivo.md", "## 2025-01-01T09:00Z Parser\n- Added `parser.py`\n")
    shell.write("bot_chat/mara-to-noor-schema.md", REQUEST)
    return shell


def test_a_workspace_that_was_never_swept_is_not_running(shell: Shell) -> None:
    said = team(shell).run("status")
    assert said.code == 1
    assert said.out.startswith("NOT RUNNING: this workspace was never swept")


def test_the_json_of_a_workspace_that_was_just_swept(shell: Shell) -> None:
    team(shell).run("sweep")
    said = shell.run("status", "--json")
    assert said.code == 0
    (status,) = said.records
    daemon = status["daemon"]
    assert isinstance(daemon, dict)
    assert (daemon["alive"], daemon["pid"]) == (True, None)
    assert now() - datetime.fromisoformat(daemon["last_tick"]) < timedelta(minutes=1)
    agents = status["agents"]
    assert isinstance(agents, list)
    keys = ["due", "duty", "duty_reason", "duty_until", "last_proof", "slug"]
    assert [sorted(one) for one in agents] == [keys] * 3
    assert [(one["slug"], one["duty"], one["due"] is None) for one in agents] == [
        ("ivo", "retired", True),
        ("mara", "on", False),
        ("noor", "owes answers only", True),
    ]
    assert status["sinks"] == [
        {"name": "blockers_log", "state": "on", "error": None},
        {
            "name": "slack",
            "state": "off",
            "error": "no notify.slack.channel in the configuration, "
            "no SLACK_BOT_TOKEN in the environment",
        },
        {"name": "inbox", "state": "on", "error": None},
    ]
    assert (status["sources"], status["faults"], status["backlog"]) == (3, [], 1)


def test_status_says_whose_answer_frees_most_others(shell: Shell) -> None:
    shell.write("feedback/mara.md", f"## {now():%Y-%m-%dT%H:%M:%SZ} Parser\n- Added `parser.py`\n")
    shell.run("sweep")
    shell.write("bot_chat/noor-to-ivo.md", "---\nfrom: noor\nto: ivo\nkind: note\n---\nHello.\n")
    shell.write("bot_chat/mara-to-noor-schema.md", REQUEST)
    assert shell.run("status", "--json").records[0]["root"] is None
    shell.run("sweep", "--set", 'chat.ack_within="1s"')
    database = Database(shell.root / ".rollcall/rollcall.db")
    with database.write() as session:
        (row,) = list_dependencies(session)
        row.asked_at = (row.asked_at or now()) - timedelta(minutes=5)
        marks.mark_changed(session, [dependency_subject(row.message_id, "noor")], now())
    database.close()
    shell.run("sweep", "--set", 'chat.ack_within="1s"')
    (status,) = shell.run("status", "--json").records
    assert status["root"] == {"agent": "noor", "frees": ["mara"], "minutes": 5}
    assert "First of all: noor's answer frees mara" in shell.run("status").out


def test_proof_is_due_after_cadence_and_grace_from_the_first_sight(shell: Shell) -> None:
    team(shell).run("sweep")
    (status,) = shell.run("status", "--json").records
    daemon, agents = status["daemon"], status["agents"]
    assert isinstance(daemon, dict)
    assert isinstance(agents, list)
    due = datetime.fromisoformat(agents[1]["due"])
    assert due - datetime.fromisoformat(daemon["last_sweep"]) == timedelta(minutes=10)


def test_a_workspace_swept_from_cron_runs_for_twice_the_interval(shell: Shell) -> None:
    team(shell).run("sweep")
    long_ago = now() - timedelta(minutes=10)
    plan = {"planned_tick": long_ago + timedelta(minutes=5)}
    set_marks(shell, last_sweep=long_ago + timedelta(seconds=20), last_tick=long_ago, **plan)
    assert shell.run("status").code == 0
    set_marks(shell, last_sweep=long_ago, last_tick=long_ago, **plan)
    said = shell.run("status")
    assert said.code == 1
    assert said.out.startswith(f"NOT RUNNING since {long_ago:%Y-%m-%d %H:%M}Z, last sweep 10 min ")


def test_a_daemon_that_died_does_not_run_however_young_its_last_sweep_is(shell: Shell) -> None:
    team(shell).run("sweep")
    tick = now()
    set_marks(
        shell,
        started=tick - timedelta(hours=1),
        last_tick=tick,
        planned_tick=tick + timedelta(seconds=10),
    )
    said = shell.run("status")
    assert said.code == 1
    assert said.out.startswith(f"NOT RUNNING since {tick:%Y-%m-%d %H:%M}Z")


def test_whoever_holds_the_lock_runs(shell: Shell) -> None:
    team(shell).run("sweep")
    tick = now()
    set_marks(shell, started=tick, last_tick=tick, planned_tick=tick + timedelta(seconds=10))
    lock = WorkLock(shell.root / ".rollcall")
    assert lock.acquire()
    try:
        said = shell.run("status")
    finally:
        lock.release()
    assert said.code == 0
    assert said.out.startswith(f"running since {tick:%Y-%m-%d %H:%M}Z (pid {os.getpid()}), last ")


def test_a_copy_by_a_sync_program_is_said_to_be_left_out(shell: Shell) -> None:
    team(shell).write("feedback/mara.sync-conflict-20260207-101010-ABC.md", "## Parser\n")
    shell.run("sweep")
    said = shell.run("status")
    assert (
        "mara.sync-conflict-20260207-101010-ABC.md: is a sync program's conflict copy" in said.out
    )
    assert "1 request was past due at first sight; rollcall blockers --backlog" in said.out


def test_what_is_left_out_is_named_from_the_workspace(shell: Shell) -> None:
    team(shell).write("feedback/mara.sync-conflict-20260207-101010-ABC.md", "# mara\n")
    (status,) = shell.run("status", "--json").records
    said = [one["path"] for one in status["left_out"]]  # type: ignore[attr-defined]
    assert said == ["feedback/mara.sync-conflict-20260207-101010-ABC.md"]
    assert f"Left out: {said[0]}: is a sync" in shell.run("status").out
    assert f"warning  sources: {said[0]} is a sync" in shell.run("doctor").out


def test_a_hand_that_resolved_or_acknowledged_is_shown(blocked_team: Shell) -> None:
    blocked_team.run("ack", "B-0001")
    said = blocked_team.run("status")
    assert "Acknowledged, its levels stopped: B-0001 ben: No proof of work since " in said.out
    blocked_team.run("resolve", "B-0001")
    said = blocked_team.run("status")
    assert ", resolved by hand: B-0001 ben: No proof of work since " in said.out
    (status,) = blocked_team.run("status", "--json").records
    resting = status["resting"]
    assert isinstance(resting, list)
    assert [(one["id"], one["condition"]) for one in resting] == [("B-0001", "proof:ben")]


def test_what_no_sink_could_be_told_is_said_here(blocked_team: Shell) -> None:
    level_2 = '[{after="0s",notify=["blockers_log"]},{after="1s",notify=["slack:@lead"]}]'
    blocked_team.wait(1.1)
    blocked_team.run("sweep", "--set", f"escalation={level_2}")
    assert "Told nowhere, no target works: " in blocked_team.run("status").out


def test_a_source_that_cannot_be_read_is_a_fault_of_ours(shell: Shell) -> None:
    team(shell)
    # What the boundary around one source records, whatever the reason was.
    shell.run("sweep")
    database = Database(shell.root / ".rollcall/rollcall.db")
    with database.write() as session:
        marks.note_fault(session, "source:feedback/mara.md", "OSError: \x1b[31mio", now())
    database.close()
    said = shell.run("status")
    assert "FAULT of our own since " in said.out
    assert "source:feedback/mara.md: OSError: [31mio" in said.out
    assert "\x1b" not in said.out


def test_agents_are_listed_with_names_files_and_what_they_owe(shell: Shell) -> None:
    team(shell).write("config/rollcall.toml", '[agents.mara]\naliases = ["Quill"]\nlead = "zoe"\n')
    shell.run("sweep")
    said = shell.run("agents", "--json")
    assert said.code == 0
    mara = said.records[1]
    assert {
        key: mara[key] for key in ("slug", "aliases", "files", "duty", "cadence_s", "lead")
    } == {
        "slug": "mara",
        "aliases": ["Quill"],
        "files": ["feedback/mara.md"],
        "duty": "on",
        "cadence_s": 300,
        "lead": "zoe",
    }
    assert mara["last_place"] == "feedback/mara.md:1"
    entered = datetime.fromisoformat(str(mara["last_entry"]))
    assert abs(now() - entered.astimezone(UTC)) < timedelta(minutes=1)
    assert [one["slug"] for one in said.records] == ["ivo", "mara", "noor"]


def test_a_file_in_which_no_update_was_found_is_said_while_its_agent_has_none(
    shell: Shell,
) -> None:
    said = (
        "No update was found in feedback/ivo.md: `rollcall read feedback` shows how a file is read"
    )
    shell.write("feedback/ivo.md", "All is well with the lexer.\n")
    shell.write("feedback/noor.md", "")
    shell.run("sweep")
    assert [line for line in shell.run("status").out.splitlines() if "No update" in line] == [said]
    assert shell.run("status", "--json").records[0]["without_updates"] == ["feedback/ivo.md"]
    shell.write("feedback/ivo.md", "- 2026-02-07 09:00Z: the lexer\n")
    shell.run("sweep")
    assert "No update" not in shell.run("status").out
    assert shell.run("status", "--json").records[0]["without_updates"] == []


def test_what_nobody_signed_in_a_shared_log_and_what_is_ambiguous_is_said(shell: Shell) -> None:
    log = 'feedback.files=["log.md"]'
    signed = "".join(
        f"\n## [2026-02-07 09:0{minute}Z] {who} - parser\n- Added `parser.py`\n"
        for minute, who in enumerate(("mara-api", "mara-web"))
    )
    shell.write("log.md", f"# Log\n{signed}\n## 2026-02-07 09:05Z\n- Added `lexer.py`\n")
    shell.write("bot_chat/1.md", REQUEST.replace("mara", "ivo").replace("noor", "mara"))
    shell.run("sweep", "--set", log)
    said = shell.run("status", "--set", log)
    assert "Counts for nothing, signed by no agent: 1 update, the first at log.md:9" in said.out
    ambiguous = "ambiguous names: mara (mara-api, mara-web); say which in [agents.*] aliases"
    assert ambiguous in said.out
    assert ambiguous in shell.run("agents", "--set", log).out
    told = shell.run("status", "--json", "--set", log).records[0]
    assert told["ambiguous_names"] == [{"name": "mara", "may_be": ["mara-api", "mara-web"]}]
    assert told["unsigned_entries"] == [{"source": "log.md", "count": 1, "first_line": 9}]
    agents = {one["slug"]: one for one in shell.run("agents", "--json", "--set", log).records}
    assert {slug: (one["files"], one["ambiguous"]) for slug, one in agents.items()} == {
        "ivo": ([], []),
        "mara": ([], ["mara"]),
        "mara-api": (["log.md"], ["mara"]),
        "mara-web": (["log.md"], ["mara"]),
    }


def test_an_entry_without_a_stamp_at_first_sight_is_not_taken_for_one_of_today(
    shell: Shell,
) -> None:
    stamped = "## 2026-02-07 09:00Z Parser\n- Added `parser.py`\n\n"
    shell.write("feedback/mara.md", f"# mara\n\n{stamped}# Summary\n\nThe parser is done.\n")
    shell.write("feedback/noor.md", "# noor\n\n# Summary\n\nThe page is done.\n")
    shell.run("sweep")
    last = [one["last_entry"] for one in shell.run("agents", "--json").records]
    assert last == ["2026-02-07T09:00:00Z", None]


def test_what_is_told_nowhere_says_the_next_step(silent_team: Shell) -> None:
    tells_nobody = ("--set", 'escalation=[{after="0s",notify=["inbox:lead"]}]')
    silent_team.wait(1.1)
    silent_team.run("sweep", *tells_nobody)
    lines = silent_team.run("status", *tells_nobody).out.splitlines()
    (place,) = [n for n, line in enumerate(lines) if line.startswith("Told nowhere, no target ")]
    assert lines[place + 1].startswith("To be told: set workspace.lead, which has an inbox, or ")


def test_paths_in_the_workspace_are_named_from_there(silent_team: Shell) -> None:
    database = Database(silent_team.root / ".rollcall/rollcall.db")
    with database.write() as session:
        text = f"{silent_team.root}/docs/log.md: cannot be read"
        marks.note_fault(session, "sink:blockers_log", text, now())
    database.close()
    said = silent_team.run("status")
    assert "Blockers log: failing (docs/log.md: cannot be read)" in said.out
    assert ": sink:blockers_log: docs/log.md: cannot be read" in said.out
    (status,) = silent_team.run("status", "--json").records
    assert str(silent_team.root) not in str(status)


def test_a_long_reading_is_named_in_the_first_line_while_somebody_works(shell: Shell) -> None:
    team(shell).run("sweep")
    database = Database(shell.root / ".rollcall/rollcall.db")
    with database.write() as session:
        marks.set_mark(session, marks.READING, "120 3000")
    database.close()
    lock = WorkLock(shell.root / ".rollcall")
    assert lock.acquire()
    try:
        first = shell.run("status").out.splitlines()[0]
        (status,) = shell.run("status", "--json").records
    finally:
        lock.release()
    assert first.endswith(", reading 120 of 3000 sources")
    assert isinstance(status["daemon"], dict)
    assert status["daemon"]["reading"] == {"done": 120, "total": 3000}
    # Nobody works any more: it was killed meanwhile.
    assert "reading" not in shell.run("status").out


def test_a_folder_that_is_not_there_yet_is_not_called_left_out(silent_team: Shell) -> None:
    said = silent_team.run("status").out.splitlines()
    assert "Not there yet, watched once it comes: bot_chat" in said
