"""Which files are sources, whose they are, and what is said about the others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from finding import feedback, make_finder, names, told, write
from rollcall.model import SourceKind
from rollcall.sources import Source


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "team").mkdir()
    return tmp_path / "team"


def test_feedback_and_chat_files_are_found(workspace: Path) -> None:
    write(workspace / "feedback/mara.md")
    write(workspace / "feedback/ben/2026-02-07.md")
    chat = write(workspace / "bot_chat/specific/2026-02-07-mara-to-ben-parser.md")
    for name in ("notes.md", "feedback/mara.txt", "feedback/ben/notes.md", "bot_chat/logo.png"):
        write(workspace / name)

    found = make_finder(workspace).scan()

    assert found.sources == (
        Source(chat, str(chat.relative_to(workspace)), SourceKind.CHAT, day=date(2026, 2, 7)),
        feedback(workspace, "feedback/ben/2026-02-07.md", "ben", date(2026, 2, 7)),
        feedback(workspace, "feedback/mara.md", "mara"),
    )
    assert (found.skipped, found.missing) == ((), ())


@pytest.mark.parametrize("suffix", ["md", "markdown", "txt", "json", "jsonl", "MD"])
def test_chat_is_read_at_any_depth_in_these_formats(workspace: Path, suffix: str) -> None:
    write(workspace / f"bot_chat/a/b/c/note.{suffix}")

    assert names(make_finder(workspace)) == [f"bot_chat/a/b/c/note.{suffix}"]


@pytest.mark.parametrize(
    ("stem", "agent", "day"),
    [
        ("mara", "mara", None),
        ("Mara Voss", "mara-voss", None),
        ("mara-2026-01-05", "mara", date(2026, 1, 5)),
        ("mara-2026-01-05-1751", "mara", date(2026, 1, 5)),
        ("mara_2026-01-05T17.51", "mara", date(2026, 1, 5)),
        ("mara-2026-01-05-shutdown", "mara", date(2026, 1, 5)),
        ("mara-20260105", "mara", date(2026, 1, 5)),
        ("2026-01-05-mara", "mara", date(2026, 1, 5)),
        ("2026-01-05-1751-mara", "mara", date(2026, 1, 5)),
        ("mara-2026-13-45", "mara-2026-13-45", None),
        ("team-7", "team-7", None),
    ],
)
def test_a_date_in_the_name_is_not_the_agents(
    workspace: Path, stem: str, agent: str, day: date | None
) -> None:
    finder = make_finder(workspace)

    assert finder.match(workspace / f"feedback/{stem}.md") == feedback(
        workspace, f"feedback/{stem}.md", agent, day
    )


@pytest.mark.parametrize("stem", ["2026-01-05", "2026-01-05-1751", "20260105", "---", "_"])
def test_a_name_without_a_name_is_told(workspace: Path, stem: str) -> None:
    write(workspace / f"feedback/{stem}.md")

    assert told(make_finder(workspace)) == [(f"{stem}.md", f"names no agent: '{stem}'")]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "readme-first.md",
        "template.md",
        "Template-daily.md",
        "daily-template.md",
        "index.md",
        ".mara.md",
        "mara.bak.md",
        "mara.orig.md",
        "templates/2026-02-07.md",
        "archive/2026-02-07.md",
        "mara/.2026-02-07.md",
    ],
)
def test_what_is_never_a_source_is_left_out_without_a_word(workspace: Path, name: str) -> None:
    path = write(workspace / "feedback" / name)
    finder = make_finder(workspace, ignore=())

    found = finder.scan()

    assert (found.sources, finder.match(path)) == ((), None)
    assert all(skipped.expected for skipped in found.skipped)


def test_a_file_that_is_left_out_for_its_folder_is_said_to_stand_in_it(workspace: Path) -> None:
    path = write(workspace / "feedback" / "templates" / "2026-02-07.md")

    (skipped,) = make_finder(workspace, ignore=()).scan().skipped

    assert (skipped.path, skipped.reason) == (path, "is in a folder templates")


@pytest.mark.parametrize(
    "name",
    ["mara.md~", "mara.md.tmp", "x.swp", "mara.txt.bak", "a.orig", "a.rej", "templates/a.md",
     "archive/a.md", "README.txt", "ask-template.md", "index.md", ".hidden/a.md"],
)  # fmt: skip
def test_what_is_never_a_source_is_none_in_a_chat_folder(workspace: Path, name: str) -> None:
    write(workspace / "bot_chat" / name)

    found = make_finder(workspace).scan()

    assert found.sources == ()
    assert all(skipped.expected for skipped in found.skipped)


@pytest.mark.parametrize(
    ("name", "agent", "declared"),
    [
        ("feedback/template.md", "template", "template"),
        ("feedback/README.md", "readme", "readme"),
        ("feedback/index.md", "index", "index"),
        ("feedback/archive/2026-02-07.md", "archive", "archive"),
    ],
)
def test_a_declared_agent_of_that_name_overrides(
    workspace: Path, name: str, agent: str, declared: str
) -> None:
    write(workspace / name)
    finder = make_finder(workspace, ignore=(), declared={declared: ()})

    assert [source.agent for source in finder.scan().sources] == [agent]


def test_a_declared_agent_does_not_make_a_source_of_the_readme_in_its_folder(
    workspace: Path,
) -> None:
    write(workspace / "feedback/mara/README.md")
    write(workspace / "feedback/mara/today.md")
    finder = make_finder(workspace, files=("feedback/{agent}/*.md",), declared={"mara": ()})

    assert names(finder) == ["feedback/mara/today.md"]


def test_an_alias_is_its_agents(workspace: Path) -> None:
    finder = make_finder(workspace, declared={"build-engineer": ("CI/CD", "night shift")})

    for stem in ("CI-CD", "ci-cd-2026-02-07", "Night Shift", "build_engineer"):
        source = finder.match(workspace / f"feedback/{stem}.md")
        assert source is not None
        assert source.agent == "build-engineer"


@pytest.mark.parametrize(
    "name",
    [
        "feedback/mara (Ben's conflicted copy 2026-02-07).md",
        "feedback/mara.sync-conflict-20260207-140000-ABCDEFG.md",
        "bot_chat/ask (conflicted copy 2026-02-07 140000).md",
    ],
)
def test_a_conflict_copy_is_told(workspace: Path, name: str) -> None:
    write(workspace / name)
    finder = make_finder(workspace)

    assert told(finder) == [
        (
            Path(name).name,
            "is a sync program's conflict copy; merge it into the original and remove it",
        )
    ]
    assert finder.scan().sources == ()


def test_a_numbered_copy_is_told_in_feedback_and_read_in_chat(workspace: Path) -> None:
    write(workspace / "feedback/mara (1).md")
    write(workspace / "bot_chat/billing page (1).md")
    finder = make_finder(workspace)

    assert names(finder) == ["bot_chat/billing page (1).md"]
    assert [name for name, _ in told(finder)] == ["mara (1).md"]


def test_an_ignored_file_is_left_out(workspace: Path) -> None:
    write(workspace / "feedback/mara.md")
    write(workspace / "feedback/old-mara.md")
    write(workspace / "feedback/away/2026-02-07.md")
    finder = make_finder(workspace, ignore=("feedback/old-*.md", "feedback/away"))

    assert names(finder) == ["feedback/mara.md"]
    assert told(finder) == []


def test_what_stands_at_a_sinks_path_is_no_source_in_any_root(workspace: Path) -> None:
    for root in (workspace, workspace.parent / "wt-1"):
        write(root / "notes/inbox/mara/2026-02-07-notes.md")
        write(root / "notes/log.md")
        write(root / "notes/ask.md")
    finder = make_finder(
        workspace,
        roots=(".", "../wt-*"),
        chat=("notes",),
        sinks=("notes/inbox/{agent}/{date}-notes.md", "notes/log.md"),
    )

    assert names(finder) == ["../wt-1/notes/ask.md", "notes/ask.md"]
    assert told(finder) == []


def test_a_sink_at_an_absolute_path_is_no_source(workspace: Path) -> None:
    log = write(workspace / "bot_chat/log.md")

    assert make_finder(workspace, sinks=(str(log),)).match(log) is None


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("<!-- rollcall -->\n| ID |\n", True),
        ("# Blockers\n\n<!-- rollcall -->\n", True),
        ("# Notes\n<!-- rollcall: 7f/B-0042/opened/inbox -->\n", True),
        ("<!-- rollcall key=7f/B-0042 -->\r\n", True),
        ("I saw `<!-- rollcall -->` in the log.\n", False),
        ("# mara\n" + "- parser: 12 passed\n" * 20 + "<!-- rollcall -->\n", False),
    ],
)
def test_a_file_that_begins_with_our_mark_is_told(workspace: Path, text: str, ours: bool) -> None:
    path = write(workspace / "feedback/mara.md", text)
    finder = make_finder(workspace)

    found = finder.scan()

    assert [source.path for source in found.sources] == ([] if ours else [path])
    assert [(s.path, s.expected) for s in found.skipped] == ([(path, False)] if ours else [])
    assert (finder.match(path) is None) is ours


def test_a_declared_agent_is_read_whatever_its_file_begins_with(workspace: Path) -> None:
    write(workspace / "feedback/mara.md", "<!-- rollcall -->\n")

    assert names(make_finder(workspace, declared={"mara": ()})) == ["feedback/mara.md"]
