"""What others do to the file between our reading it and our rename: each on its own."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType

import pytest

from notify.log_writers import NOW
from rollcall.notify.exchange import exchange
from rollcall.notify.lossless import ATTEMPTS, LosslessFile, Rewriting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "log.md"
    path.write_bytes(b"one\n")
    return path


@pytest.fixture
def file(path: Path, tmp_path: Path) -> LosslessFile:
    def set_aside(text: bytes, _now: datetime) -> Path:
        raise AssertionError(text)

    return LosslessFile(path, tmp_path / "links", journal=lambda _: {}, set_aside=set_aside)


def stamped(meanwhile: Callable[[], object], times: int = 1) -> Callable[..., bytes]:
    """Return a composer that puts ``ours`` on top and lets something happen, ``times`` times."""
    calls = iter(range(times))

    def compose(content: bytes, late: bytes, _journal: Mapping[str, int]) -> bytes:
        if next(calls, None) is not None:
            meanwhile()
        return b"ours\n" + content + late

    return compose


def test_a_file_that_an_editor_replaced_is_read_again(file: LosslessFile, path: Path) -> None:
    def save() -> None:
        new = path.with_name("new")
        new.write_bytes(b"one, corrected\n")
        new.rename(path)

    assert file.rewrite(stamped(save), now=NOW) == Rewriting(written=True)
    assert path.read_bytes() == b"ours\none, corrected\n"


@pytest.mark.parametrize("saved", [b"two\n", b"2\n", b"two and much more\n"])
def test_a_file_that_an_editor_saved_in_place_is_read_again(
    file: LosslessFile, path: Path, saved: bytes
) -> None:
    os.utime(path, (0, 0))

    assert file.rewrite(stamped(lambda: path.write_bytes(saved)), now=NOW).written
    assert path.read_bytes() == b"ours\n" + saved


def test_a_line_appended_meanwhile_is_carried_over_later(file: LosslessFile, path: Path) -> None:
    def append() -> None:
        with path.open("ab") as other:
            other.write(b"two\n")

    file.rewrite(stamped(append), now=NOW)
    assert path.read_bytes() == b"ours\none\n"

    file.poll(lambda content, late, _journal: content + late, now=NOW)
    assert path.read_bytes() == b"ours\none\ntwo\n"


def test_a_line_completed_meanwhile_is_read_again(file: LosslessFile, path: Path) -> None:
    path.write_bytes(b"one\nha")

    def complete() -> None:
        with path.open("ab") as other:
            other.write(b"lf\n")

    file.rewrite(stamped(complete), now=NOW)

    assert path.read_bytes() == b"ours\none\nhalf\n"


def test_a_file_deleted_meanwhile_is_made_anew(file: LosslessFile, path: Path) -> None:
    file.rewrite(stamped(path.unlink), now=NOW)

    assert path.read_bytes() == b"ours\n"


def test_a_file_that_appears_meanwhile_is_read(file: LosslessFile, path: Path) -> None:
    path.unlink()

    file.rewrite(stamped(lambda: path.write_bytes(b"two\n")), now=NOW)

    assert path.read_bytes() == b"ours\ntwo\n"


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("exchanges", [1, 2])
def test_a_save_displaced_when_we_were_killed_is_put_back(
    file: LosslessFile, path: Path, exchanges: int
) -> None:
    killed_while_displacing(file, path, exchanges)
    with path.open("ab") as other:
        other.write(b"two\n")

    file.rewrite(stamped(lambda: None), now=NOW)

    assert path.read_bytes() == b"ours\none, corrected\ntwo\n"
    assert not list(path.parent.glob(".log.md*"))
    assert not list(path.parent.glob("links/pin.*"))


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_a_save_displaced_when_we_were_killed_is_set_aside_where_another_followed(
    path: Path, tmp_path: Path
) -> None:
    aside: list[bytes] = []

    def set_aside(text: bytes, _now: datetime) -> Path:
        aside.append(text)
        return path

    file = LosslessFile(path, tmp_path / "links", journal=lambda _: {}, set_aside=set_aside)
    killed_while_displacing(file, path, 1)
    save(path, b"another\n")

    file.rewrite(stamped(lambda: None), now=NOW)

    assert path.read_bytes() == b"ours\nanother\n"
    assert aside == [b"one, corrected\n"]


def save(path: Path, content: bytes) -> None:
    new = path.with_name("new")
    new.write_bytes(content)
    new.rename(path)


def killed_while_displacing(file: LosslessFile, path: Path, exchanges: int) -> None:
    """Save the file just before ours takes its place; kill the rewrite after so many exchanges."""
    child = os.fork()
    if child == 0:
        done: list[FrameType] = []

        def at_exchange(frame: FrameType, event: str, _argument: object) -> None:
            if frame.f_code is not exchange.__code__:
                return
            if event == "call" and not done:
                save(path, b"one, corrected\n")
            elif event == "return":
                done.append(frame)
                if len(done) == exchanges:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(at_exchange)
        file.rewrite(stamped(lambda: None), now=NOW)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_file_that_never_stays_the_same_is_left_for_later(file: LosslessFile, path: Path) -> None:
    versions = iter(range(ATTEMPTS))

    def save() -> None:
        path.write_bytes(b"%d and more\n" % next(versions))

    assert file.rewrite(stamped(save, ATTEMPTS), now=NOW) == Rewriting(
        written=False, waiting="the file changes faster than it can be rewritten"
    )
    assert path.read_bytes() == b"%d and more\n" % (ATTEMPTS - 1)
    assert sorted(left.name for left in path.parent.iterdir()) == ["links", "log.md"]
    assert not file.is_watching()
