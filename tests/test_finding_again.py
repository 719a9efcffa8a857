"""A finder that has looked before finds what one finds that looks for the first time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finding import make_finder, names, told, write
from rollcall.sources import SourceFinder

ROOTS = (".", "../wt-*")
OURS = "<!-- rollcall -->\n"

PLACES = (
    "team/feedback/mara.md",
    "team/feedback/ben.md",
    "team/feedback/ben",
    "team/feedback/ben/2026-02-07.md",
    "team/feedback/ben.sync-conflict-20260207-090000-ABCDEFG.md",
    "team/feedback/README.md",
    "team/feedback/archive/mara.md",
    "team/bot_chat",
    "team/bot_chat/a",
    "team/bot_chat/a/ask.md",
    "team/work",
    "team/work/mara.md",
    "wt-ivo",
    "wt-ivo/feedback/ivo.md",
    "elsewhere/noor.md",
)


def _write(root: Path, place: str, other: str, text: str) -> None:
    del other
    write(root / place, text)


def _remove(root: Path, place: str, other: str, text: str) -> None:
    del other, text
    path = root / place
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _move(root: Path, place: str, other: str, text: str) -> None:
    del text
    (root / place).rename(root / other)


def _link(root: Path, place: str, other: str, text: str) -> None:
    del text
    (root / place).symlink_to(root / other)


def _make_folder(root: Path, place: str, other: str, text: str) -> None:
    del other, text
    (root / place).mkdir(parents=True)


def _rewrite_with_its_old_times(root: Path, place: str, other: str, text: str) -> None:
    del other
    seen = (root / place).stat()
    write(root / place, text)
    os.utime(root / place, ns=(seen.st_atime_ns, seen.st_mtime_ns))


Step = tuple[Callable[[Path, str, str, str], None], str, str, str]

STEPS: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(
        [_write, _remove, _move, _link, _make_folder, _rewrite_with_its_old_times],
    ),
    st.sampled_from(PLACES),
    st.sampled_from(PLACES),
    st.sampled_from(["# a file, more\n", OURS]),
)


def _do(root: Path, step: Step) -> None:
    act, place, other, text = step
    with suppress(OSError):  # what cannot be done to these files now changes nothing
        act(root, place, other, text)


@settings(max_examples=150, deadline=None)
@given(rounds=st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_whatever_happens_between_two_scans_the_second_finds_what_a_first_one_finds(
    rounds: list[list[Step]],
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        write(root / "team/feedback/mara.md")
        write(root / "team/bot_chat/ask.md")
        finder = make_finder(root / "team", roots=ROOTS)
        finder.scan()
        for steps in rounds:
            for step in steps:
                _do(root, step)
            fresh = make_finder(root / "team", roots=ROOTS)
            found, first = finder.scan(), fresh.scan()
            assert (found, found.stamps) == (first, first.stamps)
            assert finder.roots == fresh.roots
            assert finder.watch_roots() == fresh.watch_roots()


@pytest.fixture
def finder(tmp_path: Path) -> SourceFinder:
    write(tmp_path / "team/feedback/mara.md")
    write(tmp_path / "team/feedback/ben.md")
    finder = make_finder(tmp_path / "team", roots=ROOTS)
    finder.scan()
    return finder


def test_two_scans_that_find_the_same_give_the_same_sources_object(finder: SourceFinder) -> None:
    first, second = finder.scan(), finder.scan()

    assert first.sources is second.sources
    assert first.stamps == second.stamps


def test_an_append_changes_a_stamp_and_not_the_sources(finder: SourceFinder) -> None:
    first = finder.scan()
    with (finder.workspace / "feedback/mara.md").open("a", encoding="utf-8") as file:
        file.write("more\n")

    second = finder.scan()

    assert first.sources is second.sources
    changed = [name for name, stamp in second.stamps.items() if first.stamps[name] != stamp]
    assert changed == ["feedback/mara.md"]


def test_a_file_made_in_the_folder_since_is_found(finder: SourceFinder) -> None:
    write(finder.workspace / "feedback/ivo.md")

    assert names(finder) == ["feedback/ben.md", "feedback/ivo.md", "feedback/mara.md"]


def test_a_source_that_became_a_link_out_of_the_roots_is_left_out(finder: SourceFinder) -> None:
    secret = write(finder.workspace.parent / "secret.md")
    path = finder.workspace / "feedback/mara.md"
    path.unlink()
    path.symlink_to(secret)

    assert names(finder) == ["feedback/ben.md"]
    assert told(finder) == [("mara.md", f"is a symbolic link out of the roots, to {secret}")]


def test_the_target_of_a_link_may_come_and_go_while_its_folder_stays(finder: SourceFinder) -> None:
    target = finder.workspace / "work/ivo.md"
    (finder.workspace / "feedback/ivo.md").symlink_to(target)
    before = names(finder)
    write(target)
    there = names(finder)
    target.unlink()

    assert before == names(finder) == ["feedback/ben.md", "feedback/mara.md"]
    assert there == ["feedback/ben.md", "feedback/ivo.md", "feedback/mara.md"]


def test_a_folder_that_became_a_link_out_of_the_roots_is_left_out(finder: SourceFinder) -> None:
    folder = finder.workspace / "feedback"
    folder.rename(finder.workspace.parent / "elsewhere")
    folder.symlink_to(finder.workspace.parent / "elsewhere")

    assert names(finder) == []


def test_a_file_that_got_our_mark_is_left_out_though_its_size_and_time_are_as_before(
    finder: SourceFinder,
) -> None:
    path = write(finder.workspace / "feedback/mara.md", "# mara's own file\n")
    finder.scan()
    seen = path.stat()
    write(path, OURS)
    assert path.stat().st_size == seen.st_size
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    assert names(finder) == ["feedback/ben.md"]


def test_a_root_that_goes_takes_its_sources_along(finder: SourceFinder) -> None:
    write(finder.workspace.parent / "wt-ivo/feedback/ivo.md")
    before = names(finder)
    shutil.rmtree(finder.workspace.parent / "wt-ivo")

    assert before == ["../wt-ivo/feedback/ivo.md", "feedback/ben.md", "feedback/mara.md"]
    assert names(finder) == ["feedback/ben.md", "feedback/mara.md"]
