"""A replay of files: what the command takes, prints and leaves aside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.shell import Said, Shell
from replay.conftest import shell

__all__ = ["shell"]

SPAN = ("--from", "2026-02-07T09:00:00Z", "--to", "2026-02-07T12:00:00Z")
ALWAYS = ("--set", "duty.always_on=true")
PROOF = "- `pytest tests/test_parser.py` -> 12 passed\n"


def blockers(said: Said) -> list[tuple[object, ...]]:
    assert said.code == 0, said.err
    replayed: Any = said.records[0]
    return [(one["agent"], one["kind"], one["opened"][11:19]) for one in replayed["blockers"]]


def proof(clock: str) -> str:
    return f"\n## 2026-02-07 {clock}Z parser\n{PROOF}"


@pytest.fixture
def waiting(shell: Shell) -> Shell:
    """Mara says that she is blocked on ben's schema, for which she has asked; ben proves other work."""
    shell.write(
        "feedback/mara.md",
        f"{proof('09:01')}\n## 2026-02-07 09:04Z lexer\n- Blocked on ben: the schema\n",
    )
    shell.write(
        "feedback/ben.md",
        "".join(proof(f"{9 + n // 12:02d}:{5 * (n % 12):02d}") for n in range(36)),
    )
    shell.write(
        "bot_chat/1.md",
        "---\nfrom: mara\nto: ben\nkind: request\ndate: 2026-02-07T09:02Z\n---\n"
        "Can you send me the schema?\n",
    )
    return shell


def test_an_overdue_answer_stands_for_a_silence_and_not_on_the_bare_clock(waiting: Shell) -> None:
    soon = ("--set", "chat.ack_within=1m", "--set", "chat.answer_within=1m")
    calm = blockers(waiting.run("replay", *SPAN, *soon, "--json"))
    bare = blockers(waiting.run("replay", *SPAN, *soon, *ALWAYS, "--json"))
    assert calm == [("ben", "stalled dependency", "09:03:00")]
    assert bare == [
        ("ben", "stalled dependency", "09:03:00"),
        ("mara", "missing proof", "09:11:00"),
    ]


def test_an_answer_in_a_feedback_file_answers_in_a_replay_too(shell: Shell) -> None:
    shell.write("feedback/mara.md", proof("09:01"))
    shell.write("feedback/ben.md", f"{proof('09:01')}- Answers bot_chat/1.md: the schema is up\n")
    shell.write(
        "bot_chat/1.md",
        "---\nfrom: mara\nto: ben\nkind: request\ndate: 2026-02-07T09:00Z\n---\n"
        "Can you send me the schema?\n",
    )
    found = blockers(shell.run("replay", *SPAN, "--json"))
    assert [kind for _, kind, _ in found] == ["missing proof", "missing proof"]


def test_a_declared_agent_owes_proof_though_it_never_wrote(shell: Shell) -> None:
    shell.write("config/rollcall.toml", '[agents.ivo]\naliases = ["Ivo (laptop)"]\n')
    shell.write("feedback/mara.md", proof("09:01"))
    found = blockers(shell.run("replay", *SPAN, *ALWAYS, "--json"))
    assert found == [("ivo", "missing proof", "09:10:00"), ("mara", "missing proof", "09:11:00")]


def test_labels_of_an_alias_are_its_agents(shell: Shell) -> None:
    shell.write("config/rollcall.toml", '[agents.mara]\naliases = ["mara-laptop"]\n')
    one = {"file": "mara-laptop.md", "timestamp": "2026-02-07T09:30:00Z", "proof": True}
    shell.write("labels.jsonl", f"{json.dumps(one)}\n")
    found = blockers(shell.run("replay", *SPAN, *ALWAYS, "--entries", "labels.jsonl", "--json"))
    assert [agent for agent, *_ in found] == ["mara", "mara"]


def test_a_stated_blocker_before_the_beginning_is_known_at_the_beginning(shell: Shell) -> None:
    shell.write("feedback/mara.md", "## 2026-02-07 08:50Z parser\n- Blocked on ben: the schema\n")
    found = blockers(shell.run("replay", *SPAN, "--json"))
    assert found == [("mara", "blocked", "09:00:00")]


def test_the_levels_of_a_route_are_those_that_count(shell: Shell) -> None:
    shell.write("feedback/mara.md", proof("09:01"))
    shell.write("feedback/ben.md", proof("09:01"))
    routes = 'routes=[{agents=["ben"],escalation=[{after="0m",notify=["inbox:noor"]}]}]'
    said: Any = shell.run("replay", *SPAN, "--set", routes, "--json").records[0]
    assert len(said["blockers"]) == 2
    assert said["notices"]["by_sink"]["blockers_log"] == 1


def test_a_signal_is_left_aside_and_that_is_said(shell: Shell) -> None:
    shell.write("feedback/mara.md", proof("09:01"))
    signal = ("--set", "duty.go_signal=GO.md")
    said = shell.run("replay", *SPAN, *signal)
    assert "Left aside: duty.go_signal: what the file said when is known with --git only." in (
        said.out.splitlines()
    )
    assert blockers(shell.run("replay", *SPAN, *signal, "--json")) == [
        ("mara", "missing proof", "09:11:00")
    ]


def test_a_message_with_a_bare_date_arrives_as_its_day_begins(shell: Shell) -> None:
    shell.write("feedback/mara.md", proof("09:01"))
    shell.write("feedback/ben.md", proof("09:01"))
    shell.write(
        "bot_chat/1.md",
        "---\nfrom: mara\nto: ben\nkind: request\ndate: 2026-02-08\n---\nPlease send the schema.\n",
    )
    span = ("--from", "2026-02-07T09:00:00Z", "--to", "2026-02-08T09:00:00Z")
    said: Any = shell.run("replay", *span, *ALWAYS, "--json").records[0]
    stalled = [one["opened"] for one in said["blockers"] if one["kind"] == "stalled dependency"]
    assert stalled == ["2026-02-08T00:15:00Z"]


def test_the_keys_of_the_answer_stay(shell: Shell) -> None:
    shell.write("feedback/mara.md", proof("09:01"))
    said: Any = shell.run("replay", *SPAN, "--json").records[0]
    assert {"from", "to", "agents", "entries", "blockers", "notices"} <= said.keys()
    assert said["blockers"] == [
        {
            "kind": "missing proof",
            "agent": "mara",
            "opened": "2026-02-07T09:11:00Z",
            "closed": None,
            "level": 2,
        }
    ]
    assert {"opened", "escalated", "closed", "by_sink"} <= said["notices"].keys()


def test_nothing_is_left_behind(shell: Shell) -> None:
    shell.write("feedback/mara.md", proof("09:01"))
    shell.run("replay", *SPAN)
    assert not (shell.root / ".rollcall").exists()
