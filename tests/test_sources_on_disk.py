"""Roots, links, folders and things that are no files: what a scan and the watcher meet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from finding import feedback, make_finder, names, told, write
from rollcall.sources import Skipped, Source, WatchRoot


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "team").mkdir()
    return tmp_path / "team"


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
    (workspace / "bot_chat/self").symlink_to("self")
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
