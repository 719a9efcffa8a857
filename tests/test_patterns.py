"""Path patterns of the configuration against paths."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from rollcall.patterns import PathPattern


@pytest.mark.parametrize(
    ("pattern", "path", "groups"),
    [
        ("feedback/{agent}.md", "feedback/mara.md", {"agent": "mara"}),
        ("./feedback//{agent}.md", "feedback/mara.md", {"agent": "mara"}),
        ("feedback/{agent}.md", "feedback/mara/x.md", None),
        ("feedback/{agent}.md", "feedback/mara.md.bak", None),
        ("feedback/{agent}.md", "feedbackXmara.md", None),
        ("log [{agent}].(md)", "log [mara].(md)", {"agent": "mara"}),
        ("{agent}/{date}.md", "mara/2026-02-07.md", {"agent": "mara", "date": "2026-02-07"}),
        ("{agent}/{date}.md", "mara/2026-02-07-pm.md", {"agent": "mara", "date": "2026-02-07"}),
        ("{agent}/{date}.md", "mara/2026-02-071.md", None),
        ("{agent}/{date}.md", "mara/20260207.md", {"agent": "mara", "date": "20260207"}),
        (
            "{agent}/{date}_notes.md",
            "mara/2026-02-07_notes.md",
            {"agent": "mara", "date": "2026-02-07"},
        ),
        (
            "{date}_{agent}_log.md",
            "20260207_mara_dev_log.md",
            {"agent": "mara_dev", "date": "20260207"},
        ),
        ("a/log.md", "a/log.md", {}),
        ("{agent}/{agent}.md", "mara/mara.md", {"agent": "mara"}),
        ("{agent}/{agent}.md", "mara/ben.md", None),
        ("a/*.md", "a/b.md", {}),
        ("a/*.md", "a/b/c.md", None),
        ("a/?.md", "a/b.md", {}),
        ("a/**/c.md", "a/c.md", {}),
        ("a/**/c.md", "a/b/b/c.md", {}),
        ("a/**/c.md", "a/bc.md", None),
        ("/log/{date}.md", "/log/2026-02-07.md", {"date": "2026-02-07"}),
    ],
)
def test_a_pattern_matches_whole_paths(
    pattern: str, path: str, groups: dict[str, str] | None
) -> None:
    found = PathPattern(pattern).match(PurePosixPath(path))

    assert (found and found.groupdict()) == groups


@pytest.mark.parametrize(
    ("pattern", "path", "covers"),
    [
        ("archive/**", "archive/2026/mara.md", True),
        ("archive", "archive/mara.md", True),
        ("archive/", "archive/mara.md", True),
        ("archive", "archived/mara.md", False),
        ("*/old-*.md", "feedback/old-mara.md", True),
        ("*/old-*.md", "feedback/mara.md", False),
    ],
)
def test_a_pattern_of_a_folder_covers_what_is_in_it(pattern: str, path: str, covers: bool) -> None:
    assert PathPattern(pattern).covers(PurePosixPath(path)) is covers


@pytest.mark.parametrize(
    ("pattern", "folder", "depth"),
    [
        ("feedback/{agent}.md", "feedback", 1),
        ("a/b/{agent}/{date}.md", "a/b", 2),
        ("{agent}/log.md", ".", 2),
        ("log.md", ".", 1),
        ("a/**/{agent}.md", "a", None),
    ],
)
def test_a_pattern_tells_where_to_look_and_how_deep(
    pattern: str, folder: str, depth: int | None
) -> None:
    found = PathPattern(pattern)

    assert (found.folder, found.depth) == (PurePosixPath(folder), depth)
