"""``rollcall init``: what it finds, what it writes, and what it never touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.shell import Shell
from rollcall.config import load_settings
from rollcall.config.settings import ChatSettings, FeedbackSettings

ENTRY = "## 2026-02-07T09:00Z Parser\n- `pytest tests/test_parser.py` -> 12 passed\n"
REQUEST = "---\nfrom: mara\nto: noor\nkind: request\n---\nPlease send the schema.\n"


def chosen(shell: Shell) -> dict[str, tuple[str, ...]]:
    """Return what the written configuration sets, beside defaults."""
    path = shell.root / "config/rollcall.toml"
    settings = load_settings(path.read_text(encoding="utf-8"), name=str(path))
    found = {"files": settings.feedback.files, "dirs": settings.chat.dirs}
    usual = {"files": FeedbackSettings().files, "dirs": ChatSettings().dirs}
    assert settings.feedback.cadence == FeedbackSettings().cadence
    return {key: value for key, value in found.items() if value != usual[key]}


def test_the_usual_places_need_no_setting(shell: Shell) -> None:
    shell.write("feedback/mara.md", ENTRY)
    shell.write("bot_chat/mara-to-noor.md", REQUEST)
    said = shell.run("init")
    assert said.code == 0
    assert "Feedback: feedback/{agent}.md (1 file, 1 stamped entry)" in said.out
    assert "Chat: bot_chat (1 file, 1 message)" in said.out
    assert chosen(shell) == {}
    assert "With it 2 sources will be watched." in said.out


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("team/logs/mara.md", "team/logs/{agent}.md"),
        ("feedback/mara/2026-02-07.txt", "feedback/{agent}/{date}.txt"),
        ("team/mara/progress-log.md", "team/{agent}/progress-log.md"),
        ("team/mara/release-progress-log.md", "team/{agent}/release-progress-log.md"),
        ("mara/session-history.md", "{agent}/session-history.md"),
        ("journal/mara.md", "journal/{agent}.md"),
        ("team/mara/progress-log-2026-02-07.md", "team/{agent}/progress-log-{date}.md"),
    ],
)
def test_feedback_elsewhere_becomes_a_pattern_that_finds_it(
    shell: Shell, name: str, pattern: str
) -> None:
    shell.write(name, ENTRY)
    said = shell.run("init")
    assert chosen(shell) == {"files": (pattern,)}
    assert "With it 1 source will be watched.\nAgents: mara\n" in said.out


@pytest.mark.parametrize(
    "folder", ["bot chat", "ops/inbox", "team/chat", "coordination", "letters", "threads"]
)
def test_chat_elsewhere_becomes_a_folder(shell: Shell, folder: str) -> None:
    shell.write(f"{folder}/mara-to-noor.md", REQUEST)
    shell.run("init")
    assert chosen(shell) == {"dirs": (folder,)}


def test_what_only_looks_like_a_source_is_left_out_with_the_reason(shell: Shell) -> None:
    shell.write("coordination/plan.md", "# Plan\n\nFirst the parser.\n")
    shell.write("notes/diary.md", ENTRY * 3)
    shell.write("docs/blockers-log.md", "| ID |\n| --- |\n")
    said = shell.run("init")
    assert "Left out: coordination/: is called like chat, but only 0 of its 1 files" in said.out
    assert (
        "Left out: notes/diary.md: 3 entries, but neither its place nor they name an agent\n"
        in (said.out)
    )
    assert "To watch one agent's log, let its name or its folder's be the agent's" in said.out
    assert chosen(shell) == {}


@pytest.mark.parametrize("name", ["progress-log.md", "docs/session-history.md", "notes/log.md"])
def test_a_log_whose_place_names_nobody_is_told_with_what_to_do(shell: Shell, name: str) -> None:
    shell.write(name, ENTRY * 3)
    said = shell.run("init")
    assert (
        f"Left out: {name}: 3 entries, but neither its place nor they name an agent\n" in said.out
    )
    assert "To watch one agent's log, let its name or its folder's be the agent's" in said.out
    assert chosen(shell) == {}


def test_foreign_and_hidden_folders_are_not_entered(shell: Shell) -> None:
    for folder in ("node_modules/x/feedback", ".cache/feedback", "feedback/archive", "templates"):
        shell.write(f"{folder}/mara.md", ENTRY)
    assert "Feedback: none found" in shell.run("init").out


def test_a_configuration_is_never_overwritten(shell: Shell) -> None:
    path = shell.write("config/rollcall.toml", "# mine\n")
    said = shell.run("init")
    assert said.code == 1
    assert "is there already and was left as it is" in said.err
    assert path.read_text(encoding="utf-8") == "# mine\n"


def test_another_file_can_be_named(shell: Shell, tmp_path: Path) -> None:
    shell.write("feedback/mara.md", ENTRY)
    target = tmp_path / "elsewhere.toml"
    assert shell.run("init", "--config", str(target)).code == 0
    assert target.exists()
    assert not (shell.root / "config").exists()


SIGNED = (
    "## [2026-02-07 09:00Z] mara - parser\n- `pytest tests/test_parser.py` -> 12 passed\n\n"
    "## [2026-02-07 09:05Z] noor - billing page\n- working on it\n\n"
    "## [2026-02-07 09:10Z] mara - parser\n- working on it\n"
)


LINES = (
    "- [2026-02-07 09:00Z] **Mara**: `pytest tests/test_parser.py` -> 12 passed\n"
    "- [2026-02-07 09:05Z] **Noor**: the billing page\n- [2026-02-07 09:10Z] **Mara**: the parser\n"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("worklog.md", SIGNED),
        ("coordination/STATUS.md", SIGNED),
        ("notes/what-we-did.md", SIGNED),
        ("TEAMLOG.md", LINES),
    ],
)
def test_a_log_that_agents_share_is_found_by_who_signs_in_it(
    shell: Shell, name: str, text: str
) -> None:
    shell.write(name, text)
    said = shell.run("init")
    assert f"Feedback: {name} (1 file, 3 stamped entries by mara, noor)" in said.out
    assert chosen(shell) == {"files": (name,)}
    shell.run("sweep")
    assert [line.split()[0] for line in shell.run("agents").out.splitlines()[1:]] == [
        "mara",
        "noor",
    ]


def test_a_chat_in_one_file_is_found(shell: Shell) -> None:
    line = (
        "MSG | 2026-02-07 09:00:00 +00:00 | mara | to:noor | type:request | note:Please send it.\n"
    )
    shell.write("team/groupchat.md", line)
    said = shell.run("init")
    assert chosen(shell) == {"dirs": ("team/groupchat.md",)}
    assert "With it 1 source will be watched." in said.out
    assert "is not there" not in shell.run("status").out.replace("feedback: is not there", "")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("out/mara-update-2026-02-{}.md", "out/{agent}-update-{date}.md"),
        ("out/202602{}_mara_hourly.md", "out/{date}_{agent}_hourly.md"),
        ("out/2026-02-{}-mara.md", "out/{date}-{agent}.md"),
    ],
)
def test_reports_that_bear_an_agent_and_a_date_are_found(
    shell: Shell, name: str, pattern: str
) -> None:
    for day in ("07", "08", "09"):
        shell.write(name.format(day), ENTRY)
    said = shell.run("init")
    assert chosen(shell) == {"files": (pattern,)}
    assert "With it 3 sources will be watched.\nAgents: mara\n" in said.out


def test_a_note_in_somebodys_own_folder_of_chat_is_no_report(shell: Shell) -> None:
    for day in ("07", "08", "09"):
        shell.write(f"inbox/noor/2026-02-{day}-mara.md", ENTRY)
    shell.run("init")
    assert "files" not in chosen(shell)


JSON = (
    '{"ts": "2026-02-07T09:00:00Z", "agent": "mara", "msg": "parser: 12 passed, 0 failed"}\n'
    '{"ts": "2026-02-07T09:05:00Z", "agent": "noor", "msg": "reading the spec"}\n'
    '{"ts": "2026-02-07T09:10:00Z", "agent": "mara", "msg": "billing page begun"}\n'
)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("logs/work.jsonl", "logs/work.jsonl"),
        ("ops/events/2026/2026-02-07.jsonl", "ops/events/*/{date}.jsonl"),
    ],
)
def test_a_log_of_json_lines_is_found_by_who_signs_in_it(
    shell: Shell, name: str, pattern: str
) -> None:
    shell.write(name, JSON)
    said = shell.run("init")
    assert chosen(shell) == {"files": (pattern,)}
    assert f"Feedback: {pattern} (1 file, 3 stamped entries by mara, noor)" in said.out
    shell.run("sweep")
    assert [line.split()[0] for line in shell.run("agents").out.splitlines()[1:]] == [
        "mara",
        "noor",
    ]


def test_files_that_are_called_as_the_one_agent_that_signs_in_them_are_found(shell: Shell) -> None:
    shell.write("status/mara.jsonl", JSON.replace("noor", "mara"))
    shell.write("status/noor.jsonl", JSON.replace("mara", "noor"))
    said = shell.run("init")
    assert chosen(shell) == {"files": ("status/{agent}.jsonl",)}
    assert "With it 2 sources will be watched.\nAgents: mara, noor\n" in said.out


@pytest.mark.parametrize(
    "line",
    [
        '{"ts": "2026-02-07T09:00:00Z", "name": "test_parser", "msg": "12 passed"}\n',
        '{"ts": "2026-02-07T09:00:00Z", "agent": "mara", "msg": "12 passed"}\n',
        '{"id": 1, "agent": "mara", "msg": "12 passed"}\n{"id": 2, "agent": "ben", "msg": "1"}\n',
    ],
    ids=["of a program", "of one agent", "without times"],
)
def test_other_json_lines_are_no_log_that_agents_share(shell: Shell, line: str) -> None:
    shell.write("data/run.jsonl", line * 3)
    shell.run("init")
    assert chosen(shell) == {}


def test_a_rarer_kind_of_report_by_the_same_agent_is_found_too(shell: Shell) -> None:
    for day in ("07", "08", "09"):
        shell.write(f"out/mara-update-2026-02-{day}.md", ENTRY)
    shell.write("out/mara-progress-2026-02-10.md", ENTRY)
    shell.write("out/release-notes-2026-02-10.md", ENTRY)
    said = shell.run("init")
    assert chosen(shell) == {
        "files": ("out/{agent}-progress-{date}.md", "out/{agent}-update-{date}.md")
    }
    assert "Agents: mara\n" in said.out
