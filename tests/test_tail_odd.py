"""What reading on makes of half lines, odd encodings and things that are no files."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from rollcall.errors import SourceUnreadable
from rollcall.tail import (
    QUIET,
    Change,
    advance,
)
from tailing import FIRST, LATER, add, first_cursor, put, read, touch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mara.md"


def test_a_file_whose_folder_became_a_file_is_gone(tmp_path: Path) -> None:
    put(tmp_path / "mara", "now a file")

    with pytest.raises(FileNotFoundError, match="its folder is a file now"):
        read(tmp_path / "mara" / "2026-02-07.md", None)


def test_a_half_written_line_waits_for_its_newline(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    add(path, "- billing pa", LATER)

    waiting = read(path, cursor, LATER)
    add(path, "ge: 3 passed\n", LATER)
    complete = read(path, waiting.refreshed, LATER)

    assert (waiting.change, waiting.lines, waiting.half_line) == (Change.UNCHANGED, (), True)
    assert complete.change is Change.APPENDED
    assert complete.lines[-1] == "- billing page: 3 passed"
    assert not complete.half_line


def test_whole_lines_before_a_half_one_are_handed_out(path: Path) -> None:
    put(path, "one\ntwo\nthr", LATER)

    tail = read(path, None, LATER)

    assert (tail.lines, tail.half_line) == (("one", "two"), True)


def test_a_half_line_is_taken_after_two_quiet_seconds_and_not_before(path: Path) -> None:
    put(path, "one\ntwo", LATER)
    cursor = advance(read(path, None, LATER), open_index=0)

    early = read(path, cursor, LATER + QUIET - timedelta(microseconds=1))
    due = read(path, cursor, LATER + QUIET)

    assert (early.change, early.half_line) == (Change.UNCHANGED, True)
    assert (due.change, due.lines, due.half_line) == (Change.APPENDED, ("one", "two"), False)


def test_a_half_line_that_was_taken_is_read_again_with_its_end(path: Path) -> None:
    put(path, "one\n- 12 pas")
    cursor = advance(read(path, None), open_index=2)
    add(path, "sed\n", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, tail.lines, tail.first_line) == (Change.APPENDED, ("- 12 passed",), 2)


def test_a_half_line_that_grows_slowly_waits_again(path: Path) -> None:
    put(path, "one\n- 12 pas")
    cursor = advance(read(path, None), open_index=0)
    add(path, "se", LATER)

    growing = read(path, cursor, LATER)
    due = read(path, growing.refreshed, LATER + QUIET)

    assert (growing.change, growing.half_line) == (Change.UNCHANGED, True)
    assert (due.change, due.lines) == (Change.APPENDED, ("one", "- 12 passe"))


def test_a_time_of_change_in_the_far_future_makes_no_line_wait(path: Path) -> None:
    put(path, "one\ntwo", LATER + timedelta(days=1))

    assert read(path, None, LATER).lines == ("one", "two")


def test_a_file_in_utf_16_is_read_whole_at_each_change(path: Path) -> None:
    put(path, "one\r\n\u0a0a ünï\r\n".encode("utf-16"))
    first = read(path, None)
    cursor = advance(first, open_index=1)
    with path.open("ab") as file:
        file.write("three\n".encode("utf-16-le"))
    touch(path, LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (first.lines, first.offsets) == (("one", "\u0a0a ünï"), (0, 12))
    assert (tail.change, tail.lines) == (Change.REWRITTEN, ("one", "\u0a0a ünï", "three"))
    assert read(path, advance(tail, open_index=3)).change is Change.UNCHANGED


def test_lines_of_utf_8_appended_to_a_file_in_utf_16_are_read(path: Path) -> None:
    put(path, "# mara\r\n".encode("utf-16"))
    cursor = advance(read(path, None), open_index=1)
    add(path, "## 14:00Z\n- ok\n", LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.lines, tail.offsets) == (("# mara", "## 14:00Z", "- ok"), (0, 18, 28))


def test_a_shell_that_appends_utf_16_moves_no_line_of_the_next_one(path: Path) -> None:
    put(path, FIRST)
    cursor = first_cursor(path)
    with path.open("ab") as file:
        file.write("## 14:05Z\r\n".encode("utf-16-le") + "## 14:10Z — ✅\n".encode())
    touch(path, LATER)

    tail = read(path, cursor, LATER + QUIET)

    assert (tail.change, tail.first_line) == (Change.APPENDED, 3)
    assert tail.lines == ("## 14:00Z", "- parser: 12 passed", "## 14:05Z", "## 14:10Z — ✅")
    assert tail.offsets == (8, 18, 38, 59)


def test_a_line_of_fifty_megabytes_is_cut_and_the_next_one_is_read(path: Path) -> None:
    put(path, b"## 14:00Z " + b"x" * 50_000_000 + b"\nnext\n")

    tail = read(path, None)

    assert [len(line) for line in tail.lines] == [65_536, 4]
    assert tail.offsets[1] == 50_000_011
    assert advance(tail, open_index=1).line == 2


@pytest.mark.parametrize(
    ("make", "what"),
    [
        pytest.param(os.mkdir, "a directory", id="directory"),
        pytest.param(os.mkfifo, "a FIFO", id="fifo"),
        pytest.param(lambda at: at.symlink_to("/dev/null"), "a device", id="device"),
    ],
)
def test_what_is_no_regular_file_is_refused_by_name(path: Path, make: object, what: str) -> None:
    assert callable(make)
    make(path)

    with pytest.raises(SourceUnreadable) as caught:
        read(path, None)

    assert str(caught.value) == f"{path}: is {what}, not a file; rename or remove it"


def test_a_socket_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)  # a socket's address must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)

        with pytest.raises(SourceUnreadable, match="is a socket, not a file"):
            read(path, None)


def test_a_file_without_permission_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, FIRST)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root, which tests may run as, is refused nothing

    with pytest.raises(SourceUnreadable) as caught:
        read(path, None)

    assert str(caught.value) == f"{path}: cannot be read: Permission denied"
