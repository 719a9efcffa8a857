"""An editor that saves by rename, alone with Rollcall: no edit unseen, no line of its copy lost."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from notify.log_writers import FOOTER, NOW, pause, row
from rollcall.notify.blockers_log import BlockersLog, LogRow, Taking
from rollcall.notify.exchange import exchange
from rollcall.parse.blockers_log import Origin, Region

EDITS = 200
OURS = b"| Open (level 1) |"
_fork = multiprocessing.get_context("fork")


class Keeper:
    """Notes which edits it was shown before they were written over."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self._number = 0

    def take(self, content: bytes, region: Region | None) -> Taking:
        """Find the edits in what is about to be replaced."""
        del region
        self.seen |= set(map(int, re.findall(rb"\| edit (\d{5}) \|", content)))
        return Taking()

    def begin_writing(self, rows: Sequence[LogRow]) -> Origin:
        """Number the writing."""
        del rows
        self._number += 1
        return Origin("0badc0de", self._number)


def edit_by_rename(path: Path, done: Event) -> None:
    """Edit our row and append a line, save by rename, and go on as soon as ours stands again."""
    new = path.with_name("mine")
    for number in range(EDITS):
        while OURS not in (content := path.read_bytes()):
            pause(0.0002)
        edited = content.replace(OURS, b"| edit %05d |" % number) + b"line %05d\n" % number
        new.write_bytes(edited)
        new.rename(path)
    done.set()


@pytest.mark.waits
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_no_edit_of_an_editor_goes_unseen_and_no_line_of_its_copy_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "log.md"
    log, keeper, done = BlockersLog(path, tmp_path / ".rollcall"), Keeper(), _fork.Event()
    log.write([row(1)], FOOTER, now=NOW, keeper=keeper)
    editor = _fork.Process(target=edit_by_rename, args=(path, done), daemon=True)
    editor.start()
    rewrites = 1
    while editor.is_alive():
        rewrites += 1
        # Rows change all the time, so that Rollcall writes as often as the editor does.
        log.write([row(1), row(rewrites)], FOOTER, now=NOW, known=_ids(rewrites), keeper=keeper)
        log.poll(now=NOW)
    log.write([row(1)], FOOTER, now=NOW, known=_ids(rewrites + 1), keeper=keeper)

    assert done.is_set()
    assert rewrites >= EDITS
    assert keeper.seen == set(range(EDITS))
    lines = re.findall(rb"^line (\d{5})$", path.read_bytes(), re.MULTILINE)
    assert list(map(int, lines)) == list(range(EDITS))


def test_two_files_change_their_names_in_one_step(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    before = one.stat().st_ino, other.stat().st_ino
    if not exchange(one, other):
        pytest.skip("this system exchanges no names")
    assert (one.read_bytes(), other.read_bytes()) == (b"2", b"1")
    assert (other.stat().st_ino, one.stat().st_ino) == before


def test_a_file_that_is_not_there_changes_its_name_with_nobody(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "one", tmp_path / "other")


def _ids(count: int) -> list[str]:
    return [f"B-{number:04}" for number in range(count)]
