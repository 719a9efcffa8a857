"""A save comes just before ours takes its place, so ours is shown for an instant and taken back.

Whoever read ours in that instant saves a copy that lacks the save before it.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType

import pytest

from notify.log_writers import FOOTER, NOW, row
from rollcall.notify.blockers_log import BlockersLog, LogRow, Taking
from rollcall.notify.exchange import exchange
from rollcall.parse.blockers_log import Origin, Region, find_region

OURS = b"| Open (level 1) |"
MARA, BEN = b"mara's line\n", b"ben's line\n"
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")


class Keeper:
    """Notes the edits it was shown, in order."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def take(self, content: bytes, region: Region | None) -> Taking:
        del region
        self.seen += [one for one in re.findall(rb"edit of \w+", content) if one not in self.seen]
        return Taking()

    def begin_writing(self, rows: Sequence[LogRow]) -> Origin:
        del rows
        return Origin("0badc0de", 1)


class Editors:
    """Two people at one log: each copies it, and saves by rename what they changed in their copy."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copies: dict[str, bytes] = {}

    def copy(self, who: str) -> None:
        self._copies[who] = self._path.read_bytes()

    def save(self, who: str) -> None:
        content = self._copies[who].replace(OURS, b"| edit of %s |" % who.encode(), 1)
        new = self._path.with_name(who)
        new.write_bytes(content + f"{who}'s line\n".encode())
        new.rename(self._path)


Step = Callable[[Editors], None]
"""What happens around one exchange of names."""


def mara_saves(editors: Editors) -> None:
    editors.copy("mara")
    editors.save("mara")


def ben_copies(editors: Editors) -> None:
    editors.copy("ben")


def ben_saves(editors: Editors) -> None:
    editors.save("ben")


def ben_copies_and_saves(editors: Editors) -> None:
    editors.copy("ben")
    editors.save("ben")


def nothing(editors: Editors) -> None:
    del editors


@pytest.fixture
def log(tmp_path: Path) -> BlockersLog:
    log = open_log(tmp_path)
    log.write([row(1)], FOOTER, now=NOW)
    return log


@pytest.mark.parametrize(
    "after_exchange",
    [
        pytest.param((ben_copies_and_saves, nothing), id="saved while ours stood there"),
        pytest.param((ben_copies, ben_saves), id="saved after ours was taken back"),
    ],
)
def test_two_saves_are_both_taken_when_the_second_was_made_from_ours(
    log: BlockersLog, tmp_path: Path, after_exchange: Sequence[Step]
) -> None:
    keeper = Keeper()

    with happening(tmp_path, mara_saves, *after_exchange):
        log.write([row(1), row(2)], FOOTER, now=NOW, keeper=keeper)

    assert keeper.seen == [b"edit of mara", b"edit of ben"]
    assert tail(tmp_path) == [MARA, BEN]


def test_a_copy_of_ours_that_is_saved_after_the_next_rewrite_loses_no_line(
    log: BlockersLog, tmp_path: Path
) -> None:
    keeper, editors = Keeper(), Editors(log_path(tmp_path))
    with happening(tmp_path, mara_saves, ben_copies, editors=editors):
        log.write([row(1), row(2)], FOOTER, now=NOW, keeper=keeper)
    assert tail(tmp_path) == [MARA]

    editors.save("ben")
    log.write([row(1), row(2), row(3)], FOOTER, now=NOW, keeper=keeper)

    assert keeper.seen == [b"edit of mara", b"edit of ben"]
    assert tail(tmp_path) == [MARA, BEN]


def test_a_copy_of_the_first_save_is_taken_as_it_is(log: BlockersLog, tmp_path: Path) -> None:
    """The line that was struck out in it does not come back."""
    path = log_path(tmp_path)
    with happening(tmp_path, mara_saves, nothing):
        log.write([row(1), row(2)], FOOTER, now=NOW, keeper=Keeper())
    without = path.with_name("without")
    without.write_bytes(path.read_bytes().replace(MARA, b""))
    without.rename(path)

    log.write([row(1), row(2), row(3)], FOOTER, now=NOW, keeper=Keeper())

    assert tail(tmp_path) == []


def test_what_is_appended_to_a_save_that_was_put_back_stands_there_once(
    log: BlockersLog, tmp_path: Path
) -> None:
    held: list[int] = []

    def mara_saves_and_agents_append(editors: Editors) -> None:
        mara_saves(editors)
        held.append(os.open(log_path(tmp_path), os.O_WRONLY | os.O_APPEND))

    with happening(tmp_path, mara_saves_and_agents_append, nothing):
        log.write([row(1), row(2)], FOOTER, now=NOW, keeper=Keeper())
    os.write(held[0], b"appended\n")
    log.poll(now=NOW)
    log.write([row(1), row(2), row(3)], FOOTER, now=NOW, keeper=Keeper())
    os.close(held[0])
    log.poll(now=NOW)

    assert tail(tmp_path) == [MARA, b"appended\n"]


@pytest.mark.parametrize("exchanges", [1, 2, 3])
def test_a_kill_amid_two_saves_loses_neither(
    log: BlockersLog, tmp_path: Path, exchanges: int
) -> None:
    child = os.fork()
    if child == 0:
        with happening(tmp_path, mara_saves, ben_copies_and_saves, nothing, kill_after=exchanges):
            log.write([row(1), row(2)], FOOTER, now=NOW, keeper=Keeper())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    keeper = Keeper()

    open_log(tmp_path).write([row(1), row(2)], FOOTER, now=NOW, keeper=keeper)

    assert sorted(keeper.seen) == [b"edit of ben", b"edit of mara"]
    assert sorted(tail(tmp_path)) == [BEN, MARA]
    assert not list(log_path(tmp_path).parent.glob(".*.tmp"))


def test_a_save_that_was_put_back_is_forgotten_ten_minutes_later(
    log: BlockersLog, tmp_path: Path
) -> None:
    with happening(tmp_path, mara_saves, nothing):
        log.write([row(1), row(2)], FOOTER, now=NOW, keeper=Keeper())
    saved = max(path.stat().st_ctime for path in links(tmp_path))
    for _ in range(3):
        log.poll(now=NOW)
    kept = links(tmp_path)

    later = NOW + timedelta(seconds=saved - NOW.timestamp() + 601)
    for _ in range(3):
        watched = log.poll(now=later)

    assert len(kept) == 2
    assert links(tmp_path) == []
    assert watched is False


class happening:  # noqa: N801 - reads as the statement it makes
    """Let steps happen before the first exchange of names and after each, in their order."""

    def __init__(
        self, folder: Path, *steps: Step, editors: Editors | None = None, kill_after: int = 0
    ) -> None:
        self._editors = editors or Editors(log_path(folder))
        self._steps: Iterator[Step] = iter(steps)
        self._begun = False
        self._done = 0
        self._kill_after = kill_after

    def __enter__(self) -> None:
        sys.setprofile(self._at_exchange)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        assert next(self._steps, None) is None, "not every step happened"

    def _at_exchange(self, frame: FrameType, event: str, _argument: object) -> None:
        if frame.f_code is not exchange.__code__ or event not in {"call", "return"}:
            return
        if event == "return":
            self._done += 1
        if event == "return" or not self._begun:
            self._begun = True
            next(self._steps, nothing)(self._editors)
        if event == "return" and self._done == self._kill_after:
            os.kill(os.getpid(), signal.SIGKILL)


def open_log(folder: Path) -> BlockersLog:
    return BlockersLog(log_path(folder), folder / ".rollcall")


def log_path(folder: Path) -> Path:
    return folder / "log.md"


def links(folder: Path) -> list[Path]:
    return sorted(
        path for path in (folder / ".rollcall" / "log-links").rglob("*") if path.is_file()
    )


def tail(folder: Path) -> list[bytes]:
    """Return the lines below our region."""
    content = log_path(folder).read_bytes()
    region = find_region(content, where="log.md")
    assert region is not None
    return content[region.end :].splitlines(keepends=True)
