"""``rollcall read``: the fields of its JSON, whose an entry is, and what cannot be read."""

from __future__ import annotations

import pytest

from cli.shell import Shell

MARA = """# mara

## 2026-02-07T09:00Z Parser
- `pytest tests/test_parser.py` -> 12 passed

## 2026-02-07 Billing page
Blocked: waiting for the schema from noor. Drafting the fixtures meanwhile.
"""
REQUEST = """---
from: mara
to: noor
kind: request
date: 2026-02-07T09:00Z
---
Please send the schema of the billing page.
"""
ANSWER = """---
from: noor
to: mara
kind: answer
re: bot_chat/2026-02-07-mara-to-noor-schema.md
date: 2026-02-07T10:00Z
---
The schema is in docs/schema.sql.
"""


def test_feedback_prints_one_object_for_each_entry(shell: Shell) -> None:
    shell.write("feedback/mara.md", MARA)
    said = shell.run("read", "feedback", "feedback/mara.md", "--json")
    assert said.code == 0
    assert said.records == [
        {
            "file": "feedback/mara.md",
            "start": 3,
            "end": 4,
            "agent": "mara",
            "timestamp": "2026-02-07T09:00:00+00:00",
            "title": "Parser",
            "evidence": ["test", "command"],
            "fallback": False,
            "proof": True,
            "blocked_on": None,
        },
        {
            "file": "feedback/mara.md",
            "start": 6,
            "end": 7,
            "agent": "mara",
            "timestamp": "2026-02-07",
            "title": "Billing page",
            "evidence": ["blocker"],
            "fallback": True,
            "proof": True,
            "blocked_on": "waiting for the schema from noor.",
        },
    ]


def test_chat_prints_the_messages_and_then_who_waits_for_whom(shell: Shell) -> None:
    shell.write("bot_chat/2026-02-07-mara-to-noor-schema.md", REQUEST)
    shell.write("bot_chat/2026-02-07-noor-to-mara-schema.md", ANSWER)
    said = shell.run("read", "chat", "bot_chat", "--json")
    request, answer = "2026-02-07-mara-to-noor-schema.md", "2026-02-07-noor-to-mara-schema.md"
    assert said.code == 0
    assert said.records == [
        {
            "kind": "message",
            "path": f"bot_chat/{request}",
            "start": 1,
            "end": 7,
            "sender": "mara",
            "recipients": ["noor"],
            "date": "2026-02-07T09:00:00+00:00",
            "asks": True,
            "ask_of": ["noor"],
            "acks": [],
            "answers": [],
            "follows_up": [],
            "mentions": [],
        },
        {
            "kind": "message",
            "path": f"bot_chat/{answer}",
            "start": 1,
            "end": 8,
            "sender": "noor",
            "recipients": ["mara"],
            "date": "2026-02-07T10:00:00+00:00",
            "asks": False,
            "ask_of": [],
            "acks": [],
            "answers": [f"bot_chat/{request}"],
            "follows_up": [],
            "mentions": [],
        },
        {
            "kind": "dependency",
            "request": f"bot_chat/{request}",
            "requester": "mara",
            "provider": "noor",
            "state": "answered",
            "by": f"bot_chat/{answer}",
        },
    ]


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("feedback/mara-2026-02-07.md", "mara"),
        ("feedback/mara/2026-02-07.md", "mara"),
        ("team/mara/progress-log.md", "mara"),
        ("team/mara/release-progress-log.md", "mara"),
        ("logs/Mara Quill.md", "mara-quill"),
    ],
)
def test_an_entry_belongs_to_whom_its_path_names(shell: Shell, name: str, agent: str) -> None:
    shell.write(name, "## 2026-02-07T09:00Z Parser\n- Added `parser.py`\n")
    assert [one["agent"] for one in shell.run("read", "feedback", name, "--json").records] == [
        agent
    ]


def test_an_alias_of_the_workspace_above_names_the_agent(shell: Shell) -> None:
    shell.write("config/rollcall.toml", '[agents.mara]\naliases = ["quill"]\n')
    shell.write("notes/quill.md", "## 2026-02-07 09:00 Parser\n- Added `parser.py`\n")
    said = shell.run("read", "feedback", "notes/quill.md", "--json")
    assert [one["agent"] for one in said.records] == ["mara"]


def test_the_time_zone_of_the_workspace_holds_for_stamps_without_one(shell: Shell) -> None:
    shell.write("notes/mara.md", "## 2026-02-07 09:00 Parser\n- Added `parser.py`\n")
    said = shell.run(
        "read", "feedback", "notes/mara.md", "--set", "workspace.timezone=Europe/Vienna", "--json"
    )
    assert [one["timestamp"] for one in said.records] == ["2026-02-07T09:00:00+01:00"]


def test_a_named_file_is_read_whatever_it_is_called(shell: Shell) -> None:
    shell.write("README.md", "## 2026-02-07T09:00Z Parser\n- Added `parser.py`\n")
    assert len(shell.run("read", "feedback", "README.md", "--json").records) == 1


def test_what_is_never_a_source_is_left_out_of_a_folder(shell: Shell) -> None:
    for name in ("README.md", "archive/old.md", ".hidden.md", "b.md.bak", "b.md"):
        shell.write(f"bot_chat/{name}", REQUEST)
    said = shell.run("read", "chat", "bot_chat", "--json")
    paths = [one["path"] for one in said.records if one["kind"] == "message"]
    assert paths == ["bot_chat/b.md"]


def test_what_cannot_be_read_is_named_and_the_rest_is_read(shell: Shell) -> None:
    shell.write("feedback/mara.md", MARA)
    said = shell.run("read", "feedback", "feedback/none.md", "feedback/mara.md", "--json")
    assert said.code == 3
    assert said.err == "rollcall: feedback/none.md: there is no such file\n"
    assert len(said.records) == 2


def test_hostile_words_reach_neither_terminal_nor_json_raw(shell: Shell) -> None:
    title = "Parser \x1b[31mred\x9b2J \u202egnp.exe xoxb-123456789012-123456789012-abcdefABCDEF"
    shell.write("feedback/mara.md", f"## 2026-02-07T09:00Z {title}\n- Added `parser.py`\n")
    for flags in ((), ("--json",)):
        said = shell.run("read", "feedback", "feedback/mara.md", *flags)
        assert said.code == 0
        assert not set(said.out) & {"\x1b", "\x9b", "\u202e"}
        assert "xoxb-1234" not in said.out
        assert "[redacted: slack token]" in said.out


def test_a_pipe_gets_each_row_whole_and_plain(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    long = "word " * 15
    shell.write("feedback/mara.md", f"## 2026-02-07T09:00Z {long}\n- Added `parser.py`\n")
    said = shell.run("read", "feedback", "feedback/mara.md")
    assert said.out.splitlines() == [
        "Where               Agent  When               Proof  Evidence  Title",
        f"feedback/mara.md:1  mara   2026-02-07 09:00Z  yes    diff      {long.strip()}",
        "1 entry, 1 with proof.",
    ]


def test_what_nobody_signed_in_a_log_of_several_is_nobodys(shell: Shell) -> None:
    shell.write(
        "team-log.md",
        "## 2026-02-07T09:00Z mara - Parser\n- done\n## 2026-02-07T09:05Z ben - Lexer\n- done\n"
        "## 2026-02-07T09:10Z\n- the build is red\n",
    )
    said = shell.run("read", "feedback", "team-log.md", "--json")
    assert [one["agent"] for one in said.records] == ["mara", "ben", ""]


def test_a_day_that_only_the_last_change_told_is_marked(shell: Shell) -> None:
    shell.write("feedback/mara.md", "**[09:00 UTC] Parser**\n- done\n")
    shell.write("feedback/ben.md", "**[09:00 UTC] Lexer**\n2026-02-07T10:00Z - done\n")
    said = shell.run("read", "feedback", "feedback", "--json")
    assert [(one["agent"], one.get("day_guessed")) for one in said.records] == [
        ("ben", None),
        ("ben", None),
        ("mara", True),
    ]
    assert said.records[0]["timestamp"] == "2026-02-07T09:00:00+00:00"


def test_a_replay_takes_guessed_days_from_its_own_beginning(shell: Shell) -> None:
    proof = "- `pytest` -> 12 passed\n"
    shell.write(
        "feedback/mara.md", f"**[09:02 UTC] Parser**\n{proof}**[09:40 UTC] Lexer**\n{proof}"
    )
    read = shell.run("read", "feedback", "feedback", "--json")
    shell.write("entries.jsonl", read.out)
    span = ("--from", "2026-02-07T09:00:00Z", "--to", "2026-02-07T10:00:00Z")
    always = ("--set", "duty.always_on=true")
    said = shell.run("replay", *span, *always, "--entries", "entries.jsonl", "--json")
    blockers = said.records[0]["blockers"]
    assert isinstance(blockers, list)
    assert [(one["opened"], one["closed"]) for one in blockers] == [
        ("2026-02-07T09:12:00Z", "2026-02-07T09:40:00Z"),
        ("2026-02-07T09:50:00Z", None),
    ]
