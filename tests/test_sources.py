"""Which files are sources, whose they are, and what is said about the others."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from rollcall.model import SourceKind
from rollcall.sources import Skipped, Source, SourceFinder, WatchRoot

SINKS = (
    "docs/blockers-log.md",
    "docs/blockers-log-archive.md",
    "coordination/inbox/{agent}/{date}-notes.md",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "team").mkdir()
    return tmp_path / "team"


def write(path: Path, text: str = "# a file\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def make_finder(
    workspace: Path,
    *,
    roots: tuple[str, ...] = (".",),
    files: tuple[str, ...] = ("feedback/{agent}.md", "feedback/{agent}/{date}.md"),
    ignore: tuple[str, ...] = ("feedback/archive/**",),
    chat: tuple[str, ...] = ("bot_chat",),
    declared: dict[str, tuple[str, ...]] | None = None,
    sinks: tuple[str, ...] = SINKS,
) -> SourceFinder:
    return SourceFinder(
        workspace,
        roots=roots,
        feedback_files=files,
        ignore=ignore,
        chat_dirs=chat,
        declared=declared or {},
        sink_paths=sinks,
    )


def feedback(workspace: Path, name: str, agent: str, day: date | None = None) -> Source:
    path = Path(os.path.normpath(workspace / name))
    return Source(path, name, SourceKind.FEEDBACK, agent, day)


def names(finder: SourceFinder) -> list[str]:
    return [source.name for source in finder.scan().sources]


def told(finder: SourceFinder) -> list[tuple[str, str]]:
    return [(s.path.name, s.reason) for s in finder.scan().skipped if not s.expected]


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


def test_a_file_that_lost_our_mark_is_a_source_again(workspace: Path) -> None:
    path = write(workspace / "feedback/mara.md", "<!-- rollcall -->\n")
    finder = make_finder(workspace)
    finder.scan()
    path.unlink()
    write(path, "# mara's own\n")

    assert isinstance(finder.inspect(path), Source)
    assert finder.match(path) == feedback(workspace, "feedback/mara.md", "mara")


def test_one_agent_in_several_worktrees_is_one_agent(workspace: Path) -> None:
    for root in ("team", "wt-mara", "wt-ben"):
        write(workspace.parent / root / "feedback/mara.md")
    finder = make_finder(workspace, roots=(".", "../wt-*"))

    found = finder.scan()

    assert found.sources == (
        feedback(workspace, "../wt-ben/feedback/mara.md", "mara"),
        feedback(workspace, "../wt-mara/feedback/mara.md", "mara"),
        feedback(workspace, "feedback/mara.md", "mara"),
    )


def test_a_worktree_that_appears_later_is_found_by_the_next_scan(workspace: Path) -> None:
    finder = make_finder(workspace, roots=(".", "../wt-*"))
    before = finder.scan()
    write(workspace.parent / "wt-ivo/feedback/ivo.md")

    assert before.missing == ("../wt-*", "bot_chat", "feedback")
    assert names(finder) == ["../wt-ivo/feedback/ivo.md"]


def test_a_root_that_is_named_twice_is_read_once(workspace: Path) -> None:
    write(workspace / "feedback/mara.md")
    (workspace.parent / "wt-link").symlink_to(workspace)

    assert names(make_finder(workspace, roots=(".", "../team", "../wt-*"))) == ["feedback/mara.md"]


def test_names_that_differ_in_case_only_are_one_agent(workspace: Path) -> None:
    finder = make_finder(workspace)

    sources = [finder.match(workspace / f"feedback/{stem}.md") for stem in ("Mara", "mara")]

    assert [source and source.agent for source in sources] == ["mara", "mara"]


def test_a_link_out_of_the_roots_is_not_followed_and_told(workspace: Path) -> None:
    secret = write(workspace.parent / "secret.md")
    write(workspace.parent / "elsewhere/2026-02-07.md")
    (workspace / "feedback").mkdir()
    (workspace / "feedback/mara.md").symlink_to(secret)
    (workspace / "feedback/ben").symlink_to(workspace.parent / "elsewhere")
    finder = make_finder(workspace)

    assert names(finder) == []
    assert told(finder) == [
        ("ben", f"is a symbolic link out of the roots, to {workspace.parent / 'elsewhere'}"),
        ("mara.md", f"is a symbolic link out of the roots, to {secret}"),
    ]


def test_a_link_inside_the_roots_is_followed(workspace: Path) -> None:
    write(workspace / "work/mara/log.md")
    (workspace / "feedback").mkdir()
    (workspace / "feedback/mara.md").symlink_to("../work/mara/log.md")

    assert names(make_finder(workspace)) == ["feedback/mara.md"]


def test_a_link_to_another_source_is_not_read_twice(workspace: Path) -> None:
    write(workspace / "feedback/mara.md")
    (workspace / "feedback/also-mara.md").symlink_to("mara.md")
    finder = make_finder(workspace)

    assert (names(finder), told(finder)) == (["feedback/mara.md"], [])


def test_circles_of_links_end(workspace: Path) -> None:
    write(workspace / "bot_chat/a/ask.md")
    (workspace / "bot_chat/a/loop").symlink_to("..")
    (workspace / "bot_chat/self.md").symlink_to("self.md")
    finder = make_finder(workspace)

    assert names(finder) == ["bot_chat/a/ask.md"]
    assert told(finder) == [("self.md", "cannot be looked at: Too many levels of symbolic links")]


@pytest.mark.parametrize(
    ("make", "reason"),
    [(os.mkdir, "is a directory, not a file"), (os.mkfifo, "is a FIFO, not a file")],
)
def test_what_is_no_file_is_told_in_one_line(workspace: Path, make: object, reason: str) -> None:
    assert callable(make)
    (workspace / "feedback").mkdir()
    make(workspace / "feedback/mara.md")
    finder = make_finder(workspace)

    assert (names(finder), told(finder)) == ([], [("mara.md", reason)])


@pytest.mark.parametrize(
    ("stem", "reason"),
    [
        ("mara\x1b[31m", r"has control characters in its name: 'mara\x1b[31m.md'"),
        ("mara\nben", r"has control characters in its name: 'mara\nben.md'"),
        (os.fsdecode(b"mar\xe4"), r"has control characters in its name: 'mar\udce4.md'"),
        ("\u202emara", r"names no agent: '\u202emara'"),
    ],
)
def test_a_name_with_hidden_characters_is_told_and_spelt_out(
    workspace: Path, stem: str, reason: str
) -> None:
    write(workspace / f"feedback/{stem}.md")

    assert [said for _, said in told(make_finder(workspace))] == [reason]


def test_a_folder_that_cannot_be_listed_is_told(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(workspace / "feedback/mara.md")

    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)  # root, which tests may run as, is refused nothing

    assert told(make_finder(workspace)) == [("feedback", "cannot be listed: Permission denied")]


def test_a_path_alone_decides_without_the_disk(workspace: Path) -> None:
    finder = make_finder(workspace)

    assert finder.match(workspace / "feedback/mara.md") is not None
    assert finder.match(workspace / "feedback/deep/er/mara.md") is None
    assert finder.match(workspace.parent / "feedback/mara.md") is None
    assert finder.match(workspace / "src/parser.py") is None
    assert finder.inspect(workspace / "feedback/mara.md") is None


def test_a_hidden_folder_that_the_configuration_spells_out_is_read(workspace: Path) -> None:
    write(workspace / ".agents/feedback/mara.md")
    write(workspace / "archive/chat/ask.md")
    finder = make_finder(workspace, files=(".agents/feedback/{agent}.md",), chat=("archive/chat",))

    assert names(finder) == [".agents/feedback/mara.md", "archive/chat/ask.md"]


def test_a_pattern_that_begins_with_the_agent_enters_no_deeper_folder(workspace: Path) -> None:
    write(workspace / "mara/log.md")
    write(workspace / "ben/deep/log.md")
    finder = make_finder(workspace, files=("{agent}/log.md",))
    finder.scan()

    assert names(finder) == ["mara/log.md"]
    assert finder.watch_roots() == (
        WatchRoot(workspace, recursive=False),
        WatchRoot(workspace / "mara", recursive=False),
    )


def test_folders_of_sources_are_observed_whole_and_their_parents_alone(workspace: Path) -> None:
    write(workspace / "feedback/mara.md")

    assert make_finder(workspace).watch_roots() == (
        WatchRoot(workspace, recursive=False),
        WatchRoot(workspace / "feedback", recursive=True),
    )


def test_a_folder_that_is_not_there_is_awaited_from_the_nearest_one_above(workspace: Path) -> None:
    (workspace / "coordination").mkdir()
    finder = make_finder(workspace, files=("coordination/feedback/{agent}.md",), chat=("a/b/c",))

    assert finder.watch_roots() == (
        WatchRoot(workspace, recursive=False),
        WatchRoot(workspace / "coordination", recursive=False),
    )
    assert finder.scan().missing == ("a/b/c", "coordination/feedback")


@pytest.mark.parametrize(
    ("folder", "holds"),
    [
        ("feedback", True),
        ("feedback/mara", True),
        ("feedback/mara/deep", False),
        ("bot_chat/a/b/c", True),
        ("coordination", False),
        ("node_modules", False),
        (".", True),
        ("..", False),
    ],
)
def test_a_folder_tells_whether_sources_may_stand_in_it(
    workspace: Path, folder: str, holds: bool
) -> None:
    assert make_finder(workspace).may_hold(Path(os.path.normpath(workspace / folder))) is holds


def test_the_path_of_what_was_skipped_can_be_shown_and_stored() -> None:
    assert Skipped(Path("/team/zo\u00eb.md"), "").shown == "/team/zo\u00eb.md"
    assert Skipped(Path("/team/a\x1b[31m\udce4.md"), "").shown == r"/team/a\x1b[31m\udce4.md"


def test_what_is_skipped_is_a_record(workspace: Path) -> None:
    path = write(workspace / "feedback/README.md")

    assert make_finder(workspace).inspect(path) == Skipped(path, "is a README", expected=True)
