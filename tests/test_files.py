"""Whole writes and appends that lose nobody's line."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rollcall.errors import OutsideError
from rollcall.files import append_text, write_atomically


def test_a_file_is_replaced_at_once_and_nothing_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "log.md"
    write_atomically(path, "old\n")
    before = path.stat().st_ino

    write_atomically(path, "new — ünï\r\n")

    assert path.read_bytes() == "new — ünï\r\n".encode()
    assert path.stat().st_ino != before
    assert list(path.parent.iterdir()) == [path]


def test_the_mode_of_a_replaced_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.md"
    path.touch()
    path.chmod(0o640)

    write_atomically(path, "new\n")

    assert path.stat().st_mode & 0o7777 == 0o640


def test_a_new_file_gets_the_mode_that_the_user_wants(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "log.md", "new\n")
    finally:
        os.umask(before)

    assert (tmp_path / "log.md").stat().st_mode & 0o7777 == 0o640


def test_a_link_is_left_and_its_target_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "log.md"
    link.symlink_to("real/log.md")

    write_atomically(link, "new\n")

    assert link.is_symlink()
    assert (tmp_path / "real" / "log.md").read_text() == "new\n"


def test_a_failed_write_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.md"
    path.write_text("old\n")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "new\n")

    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_appended_to_a_file_that_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "inbox" / "mara" / "2026-02-07-notes.md"

    append_text(path, "one\n")
    append_text(path, "two\n")

    assert path.read_text() == "one\ntwo\n"


def test_what_is_appended_begins_on_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("a torn li")

    append_text(path, "one\n")

    assert path.read_text() == "a torn li\none\n"


def test_writers_at_the_same_time_tear_no_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    texts = [f"{number:03} " + "x" * 5000 + "\n" for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append_text, [path] * len(texts), texts))

    written = path.read_text().splitlines(keepends=True)
    assert sorted(line for line in written if line != "\n") == texts


@pytest.mark.parametrize("planted", ["link", "fifo", "directory", "device"])
def test_nothing_is_appended_to_what_is_no_regular_file(tmp_path: Path, planted: str) -> None:
    path = tmp_path / "notes.md"
    target = tmp_path / "precious"
    target.write_text("mine\n")
    if planted == "link":
        path.symlink_to(target)
    elif planted == "fifo":
        os.mkfifo(path)
    elif planted == "directory":
        path.mkdir()
    else:
        path = Path("/dev/null")

    with pytest.raises(OutsideError, match="is no regular file; nothing was appended"):
        append_text(path, "one\n")

    assert target.read_text() == "mine\n"
