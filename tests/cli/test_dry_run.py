"""``rollcall sweep --dry-run``: what would be opened and sent, and nothing is touched."""

from __future__ import annotations

import pytest

from cli.shell import Shell
from rollcall.clock import SystemClock
from rollcall.lock import WorkLock
from rollcall.store.database import Database
from rollcall.store.marks import workspace_uuid


def everything(shell: Shell) -> dict[str, bytes]:
    """Return every file of the workspace with its bytes."""
    files = (path for path in shell.root.rglob("*") if path.is_file())
    return {str(path.relative_to(shell.root)): path.read_bytes() for path in files}


def test_a_dry_run_says_what_would_be_opened_and_sent_and_touches_nothing(
    silent_team: Shell,
) -> None:
    silent_team.wait(1.1)
    lead = ("--set", "workspace.lead=ivo")
    before = everything(silent_team)
    said = silent_team.run("sweep", "--dry-run", *lead)
    assert said.code == 0
    assert everything(silent_team) == before
    lines = said.out.splitlines()
    assert lines[0].startswith("B-0001 ben opened: No proof of work since ")
    assert lines[1].startswith("Would tell the inbox of ivo: B-0001 ben: No proof of work since ")
    assert " ".join(lines[2:]) == (
        "A sweep would read 0 changed sources, open 1 blocker, raise 0, close 0, and send 1 notice. "
        "Nothing was changed."
    )


def test_a_dry_run_writes_no_page(silent_team: Shell) -> None:
    silent_team.wait(1.1)
    before = everything(silent_team)
    silent_team.run("sweep", "--dry-run", "--set", 'notify.pages.dashboard="docs/dashboard.md"')
    assert everything(silent_team) == before


def test_its_json_is_that_of_a_sweep_with_what_would_be_sent(silent_team: Shell) -> None:
    silent_team.wait(1.1)
    (would,) = silent_team.run(
        "sweep", "--dry-run", "--json", "--set", "workspace.lead=ivo"
    ).records
    counts = {key: would[key] for key in ("dry_run", "read", "opened", "escalated", "closed")}
    assert counts == {"dry_run": True, "read": 0, "opened": 1, "escalated": 0, "closed": 0}
    would_send = would["would_send"]
    assert isinstance(would_send, list)
    (sent,) = would_send
    assert sent.pop("text").startswith("B-0001 ben: No proof of work since ")
    assert sent == {
        "sink": "inbox",
        "target": "ivo",
        "transition": "opened",
        "level": 1,
        "blockers": ["B-0001"],
    }
    assert would["waiting"] == []
    (done,) = silent_team.run("sweep", "--json", "--set", "workspace.lead=ivo").records
    assert done.keys() <= would.keys() | {"worker"}
    assert done["notices"] == would["notices"]


def test_in_a_workspace_that_was_never_swept_it_leaves_no_trace(shell: Shell) -> None:
    shell.write("feedback/mara.md", "## 2026-02-07T09:00Z Parser\n- Added `parser.py`\n")
    before = everything(shell)
    said = shell.run("sweep", "--dry-run")
    assert said.out.startswith("A sweep would read 1 changed source, open 0 blockers")
    assert everything(shell) == before


def test_beside_one_that_works_it_does_not_wait_and_sees_what_that_wrote(
    silent_team: Shell,
) -> None:
    silent_team.wait(1.1)
    lock = WorkLock(silent_team.root / ".rollcall")
    assert lock.acquire()
    database = Database(silent_team.root / ".rollcall/rollcall.db")
    try:
        database.prepare(SystemClock().now())
        with database.write() as session:
            workspace_uuid(session)
        with database.read():
            said = silent_team.run("sweep", "--dry-run", "--json")
    finally:
        database.close()
        lock.release()
    assert (said.code, said.records[0]["opened"]) == (0, 1)


def test_what_is_told_nowhere_is_said(silent_team: Shell) -> None:
    silent_team.wait(1.1)
    level = 'escalation=[{after="0s",notify=["slack:@lead"]}]'
    said = silent_team.run("sweep", "--dry-run", "--set", level)
    assert "Would tell nobody, since no target works: B-0001 ben: No proof " in said.out


def test_a_damaged_store_is_a_failure_outside(silent_team: Shell) -> None:
    silent_team.write(".rollcall/rollcall.db", "no database at all, whatever it was\n" * 40)
    said = silent_team.run("sweep", "--dry-run")
    assert said.code == 3
    assert "the database cannot be used" in said.err


@pytest.mark.parametrize("hands", [("ack", "B-0001"), ("silence", "add", "--all", "--for", "1h")])
def test_what_hands_asked_for_holds_in_it_too(blocked_team: Shell, hands: tuple[str, ...]) -> None:
    assert blocked_team.run(*hands).code == 0
    level = 'escalation=[{after="0s",notify=["inbox:zoe"]},{after="1s",notify=["inbox:zoe"]}]'
    blocked_team.wait(1.1)
    (would,) = blocked_team.run("sweep", "--dry-run", "--json", "--set", level).records
    assert would["would_send"] == []
