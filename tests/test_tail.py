"""What reading on from a cursor hands out, change by change."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollcall.errors import SourceUnreadable
from rollcall.tail import (
    BLOCK,
    QUIET,
    Change,
    Cursor,
    advance,
    dump_cursor,
    load_cursor,
    read_whole,
)
from tailing import FIRST, LATER, WRITTEN, add, first_cursor, put, read, touch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mara.md"


def test_the_first_reading_hands_out_the_whole_file_with_its_places(path: Path) -> None:
    put(path, FIRST)

    tail = read(path, None)

    assert tail.change is Change.REWRITTEN
    assert tail.lines == ("# mara", "", "## 14:00Z", "- parser: 12 passed")
    assert tail.offsets == (0, 7, 8, 18)
    assert (tail.first_line, tail.size, tail.half_line) == (1, len(FIRST), False)
    assert tail.modified == WRITTEN


def test_an_unchanged_file_is_not_even_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    monkeypatch.delattr(os, "open")

    tail = read(path, cursor)

    assert (tail.change, tail.lines, tail.refreshed) == (Change.UNCHANGED, (), None)


def test_an_append_is_read_from_the_open_entry_on(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    add(path, "- billing page: 3 passed\n", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert tail.change is Change.APPENDED
    assert tail.lines == ("## 14:00Z", "- parser: 12 passed", "- billing page: 3 passed")
    assert tail.offsets == (8, 18, 38)
    assert tail.first_line == 3
    assert cursor.state == "at mara's heading"


def test_a_cursor_moves_on_with_each_append(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    add(path, "## 14:05Z\n- one\n", LATER)
    cursor = advance(read(path, cursor, LATER + QUIET), open_index=2, state="second")
    add(path, "- two\n", LATER + QUIET)

    tail = read(path, cursor, LATER + QUIET * 2)

    assert (cursor.line, cursor.offset, cursor.state) == (5, 38, "second")
    assert tail.change is Change.APPENDED
    assert tail.lines == ("## 14:05Z", "- one", "- two")


def test_with_nothing_open_only_the_new_lines_are_read(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path, open_index=4)
    add(path, "## 14:05Z\n", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, tail.lines, tail.first_line) == (Change.APPENDED, ("## 14:05Z",), 5)


def test_an_append_to_a_long_file_costs_its_own_bytes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(path, "a line of the past\n" * 50_000)
    cursor = advance(read(path, None), open_index=50_000)
    add(path, "the new one\n", LATER)
    asked: list[int] = []
    pread = os.pread

    def count(descriptor: int, size: int, start: int) -> bytes:
        asked.append(size)
        return pread(descriptor, size, start)

    monkeypatch.setattr(os, "pread", count)

    tail = read(path, cursor, LATER + QUIET)
    advance(tail, open_index=1)

    assert tail.lines == ("the new one",)
    assert sum(asked) <= BLOCK + 2 * BLOCK + len("the new one\n")


def test_a_touch_is_no_change_and_is_remembered(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    touch(path, LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, tail.lines) == (Change.UNCHANGED, ())
    assert tail.refreshed is not None
    assert tail.refreshed.mtime_ns == int(LATER.timestamp()) * 10**9
    assert read(path, tail.refreshed, LATER + QUIET).refreshed is None


def test_a_truncated_file_is_read_anew(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    put(path, "# mara\n", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, tail.lines, tail.first_line) == (Change.REWRITTEN, ("# mara",), 1)


def test_an_emptied_file_is_read_anew(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    put(path, "", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, tail.lines, tail.offsets) == (Change.REWRITTEN, (), ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("# mara", "# noor", id="in the head"),
        pytest.param("12 passed", "13 passed", id="in the open entry"),
    ],
)
def test_a_rewrite_in_place_of_the_same_size_is_read_anew(path: Path, old: str, new: str) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    put(path, FIRST.replace(old, new), LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert tail.change is Change.REWRITTEN
    assert "\n".join(tail.lines) + "\n" == FIRST.replace(old, new)


def test_a_rewrite_just_before_the_open_entry_is_read_anew(path: Path) -> None:
    text = "past\n" * 3000
    put(path, text)
    cursor = advance(read(path, None), open_index=3000)
    put(path, text[:-5] + "lost\n" + "new\n", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, len(tail.lines)) == (Change.REWRITTEN, 3001)


def test_a_rewrite_in_the_middle_is_found_by_the_deep_check_only_and_in_the_next_one(
    path: Path,
) -> None:
    text = "past\n" * 6000
    put(path, text)
    cursor = advance(read(path, None), open_index=6000)
    put(path, text[:12_000] + "lost\n" + text[12_005:] + "new\n", LATER)

    tail = read(path, cursor, LATER + QUIET)
    cursor = advance(tail, open_index=1)
    swept = read(path, cursor, LATER + QUIET, deep=True)

    assert (tail.change, tail.lines) == (Change.APPENDED, ("new",))
    assert (swept.change, swept.lines[2400]) == (Change.REWRITTEN, "lost")


def test_the_deep_check_reads_a_prefix_once_after_a_change(path: Path) -> None:
    text = "past\n" * 6000
    put(path, text)
    cursor = advance(read(path, None), open_index=6000)
    add(path, "new\n", LATER)
    cursor = advance(read(path, cursor, LATER + QUIET), open_index=1)

    swept = read(path, cursor, LATER + QUIET, deep=True)

    assert (cursor.settled, swept.change) == (False, Change.UNCHANGED)
    assert swept.refreshed is not None
    assert swept.refreshed.settled
    assert read(path, swept.refreshed, LATER + QUIET, deep=True).refreshed is None


def test_a_rewrite_that_keeps_size_and_time_is_found_by_the_next_sweep(path: Path) -> None:
    """Within one tick of the file system's clock, that is; else at once, by the other time."""
    put(path, FIRST)
    cursor = advance(read(path, None, WRITTEN), open_index=2)
    put(path, FIRST.replace("12 passed", "13 passed"))

    assert read(path, cursor, LATER, deep=True).change is Change.REWRITTEN


def test_a_file_renamed_over_another_is_read_anew(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    fresh = path.with_name("fresh")
    put(fresh, FIRST + "more\n", LATER)
    fresh.rename(path)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, len(tail.lines)) == (Change.REWRITTEN, 5)


def test_a_rotated_file_is_read_anew(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    path.rename(path.with_name("mara.old"))
    put(path, "# mara\n\n## 14:10Z\n- a new day for the parser, 9 passed\n", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, len(tail.lines)) == (Change.REWRITTEN, 4)


def test_a_file_deleted_and_made_again_is_gone_and_then_read_anew(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        read(path, cursor)
    put(path, FIRST.replace("parser", "report"), LATER)

    assert read(path, cursor, LATER + QUIET).change is Change.REWRITTEN


def test_a_circle_of_symbolic_links_is_refused(path: Path) -> None:
    path.symlink_to(path)

    with pytest.raises(SourceUnreadable, match="cannot be read"):
        read(path, None)


def test_a_cursor_survives_its_text(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)

    assert load_cursor(dump_cursor(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "{}", '{"inode": "x"}', "null"])
def test_a_damaged_cursor_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        load_cursor(text)


def test_only_a_reading_gives_a_cursor(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)

    with pytest.raises(ValueError, match=r"no line 0 in a tail of 0 \(unchanged\)"):
        advance(read(path, cursor), open_index=0)
    with pytest.raises(ValueError, match=r"no line 5 in a tail of 4 \(rewritten\)"):
        advance(read(path, None), open_index=5)


def test_a_command_reads_every_line_whatever_the_clock(path: Path) -> None:
    put(path, "one\ntwo")

    assert read_whole(path) == ("one", "two")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "rewrite", "replace"]),
        st.text(alphabet="ab\né", max_size=12).map(lambda text: text * 700),
        st.integers(min_value=0, max_value=40),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_what_was_handed_out_is_always_what_the_file_holds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    """Whatever is appended or rewritten, and wherever the open entry begins."""
    path = tmp_path_factory.mktemp("tail") / "mara.md"
    put(path, "")
    cursor: Cursor | None = None
    known: tuple[str, ...] = ()
    for number, (what, text, back) in enumerate(steps):
        at = WRITTEN + timedelta(hours=number)
        if what == "add":
            add(path, text, at)
        else:
            if what == "replace":
                path.unlink()
            put(path, text, at)
        tail = read(path, cursor, at + QUIET, deep=True)
        if tail.change is Change.UNCHANGED:
            cursor = tail.refreshed or cursor
        else:
            known = known[: tail.first_line - 1] + tail.lines
            cursor = advance(tail, open_index=max(0, len(tail.lines) - back))

        assert known == read_whole(path)
