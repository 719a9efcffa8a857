"""Rules for rewriting a file under those who append to it, one step at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path

import pytest

from notify.log_writers import FOOTER, NOW, rewrite, row
from rollcall.notify.blockers_log import BlockersLog, LogWriting
from rollcall.notify.replaced_files import MOST_LINKS, ReplacedFiles
from rollcall.parse.blockers_log import find_region


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "blockers-log.md"


@pytest.fixture
def log(path: Path, tmp_path: Path) -> BlockersLog:
    log = BlockersLog(path, tmp_path / ".rollcall")
    rewrite(log, 1)
    return log


@pytest.fixture
def holder(log: BlockersLog, path: Path) -> Iterator[FileIO]:
    """Someone who opened the log before it was rewritten."""
    del log
    with FileIO(path, "a") as file:
        yield file


def links(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / ".rollcall" / "log-links" / "blockers-log.md").iterdir())


def appended(path: Path) -> bytes:
    content = path.read_bytes()
    region = find_region(content, where=str(path))
    assert region is not None
    return content[region.end :]


def save(path: Path, copy: bytes) -> None:
    """Save as an editor does, by rename."""
    new = path.with_name("new")
    new.write_bytes(copy)
    new.rename(path)


def test_a_line_written_to_the_replaced_file_is_carried_over(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    rewrite(log, 2)
    holder.write(b"late\n")

    assert log.poll(now=NOW)
    assert appended(path) == b"late\n"


def test_a_line_between_reading_and_rename_is_carried_over(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    holder.write(b"one\n")
    rewrite(log, 2)
    holder.write(b"two\n")
    with path.open("ab") as other:
        other.write(b"three\n")

    result = rewrite(log, 3)

    assert result == LogWriting(written=True, absorbed_bytes=4)
    assert appended(path) == b"one\nthree\ntwo\n"


@pytest.mark.parametrize("late", [b"seen\n", b"seen\nunseen\n", b"seen\nseen\n"])
def test_a_copy_saved_over_ours_gets_only_the_late_lines_it_lacks(
    log: BlockersLog, holder: FileIO, path: Path, tmp_path: Path, late: bytes
) -> None:
    holder.write(b"one\n")
    copy = path.read_bytes() + b"seen\n"
    rewrite(log, 2)
    holder.write(late)
    save(path, copy)

    holder.close()
    for _ in range(3):
        log.poll(now=NOW)

    assert appended(path) == b"one\n" + late
    assert links(tmp_path) == []


def test_a_copy_saved_over_ours_gets_what_had_been_carried_over_since(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    rewrite(log, 2)
    copy = path.read_bytes()
    holder.write(b"late\n")
    log.poll(now=NOW)
    save(path, copy)

    log.poll(now=NOW)

    assert appended(path) == b"late\n"


def test_a_half_written_line_waits_for_its_newline(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    holder.write(b"whole\nha")
    rewrite(log, 2)
    assert appended(path) == b"whole\n"
    log.poll(now=NOW)
    assert appended(path) == b"whole\n"

    holder.write(b"lf\n")
    log.poll(now=NOW)

    assert appended(path) == b"whole\nhalf\n"


def test_a_last_line_without_newline_is_whole_once_nobody_has_the_file_open(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    holder.write(b"end")
    rewrite(log, 2)
    assert appended(path) == b""

    holder.close()
    log.poll(now=NOW)

    assert appended(path) == b"end\n"


def test_a_quiet_file_keeps_its_last_line_without_newline(log: BlockersLog, path: Path) -> None:
    with path.open("ab") as other:
        other.write(b"end")

    rewrite(log, 2)

    assert appended(path) == b"end"


@pytest.mark.parametrize(("quiet_s", "carried"), [(1, b""), (2, b"end")])
def test_a_held_file_keeps_its_last_line_after_two_seconds_of_quiet(
    log: BlockersLog, holder: FileIO, path: Path, quiet_s: int, carried: bytes
) -> None:
    holder.write(b"end")
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    log.write([row(2)], FOOTER, now=NOW + timedelta(seconds=quiet_s))

    assert appended(path) == carried


def test_late_lines_begin_on_a_line_of_their_own(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    rewrite(log, 2)
    with path.open("ab") as other:
        other.write(b"no newline")
    holder.write(b"late\n")

    log.poll(now=NOW)

    assert appended(path) == b"no newline\nlate\n"


def test_a_link_goes_only_after_two_looks_without_anyone(
    log: BlockersLog, holder: FileIO, tmp_path: Path
) -> None:
    rewrite(log, 2)

    assert [log.poll(now=NOW), log.poll(now=NOW), log.poll(now=NOW)] == [True] * 3
    holder.close()
    assert [log.poll(now=NOW), log.poll(now=NOW)] == [True, False]
    assert links(tmp_path) == []


def test_polling_absorbs_without_touching_the_region(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    rewrite(log, 2)
    path.write_bytes(path.read_bytes().replace(b"mara", b"ben"))
    holder.write(b"late\n")

    log.poll(now=NOW)

    assert b"| ben |" in path.read_bytes()
    assert rewrite(log, 3).copied_aside is not None


def test_late_lines_wait_while_the_region_is_gone(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    rewrite(log, 2)
    path.write_bytes(b"# Blockers log\n")
    holder.write(b"late\n")
    holder.close()

    assert [log.poll(now=NOW) for _ in range(3)] == [True] * 3
    assert path.read_bytes() == b"# Blockers log\n"
    rewrite(log, 2)

    assert appended(path) == b"late\n"


def test_rewrites_wait_while_sixteen_replaced_files_are_held(
    log: BlockersLog, path: Path, tmp_path: Path
) -> None:
    holders = []
    for number in range(MOST_LINKS):
        holders.append(FileIO(path, "a"))
        rewrite(log, number + 2)
    assert len(links(tmp_path)) == MOST_LINKS

    assert rewrite(log, 99) == LogWriting(written=False, waiting="16 replaced files are still open")
    for number, holder in enumerate(holders):
        holder.write(f"late {number}\n".encode())
        holder.close()

    assert rewrite(log, 99).written
    assert sorted(appended(path).splitlines()) == sorted(
        f"late {number}".encode() for number in range(MOST_LINKS)
    )
    log.poll(now=NOW)
    log.poll(now=NOW)
    assert log.poll(now=NOW) is False


def test_an_empty_file_that_someone_is_writing_is_waited_for(path: Path, tmp_path: Path) -> None:
    log = BlockersLog(path, tmp_path / ".rollcall")
    with FileIO(path, "w"):
        result = rewrite(log, 1)

    assert result == LogWriting(written=False, waiting="someone is writing the file anew")
    assert rewrite(log, 1) == LogWriting(written=True)
    assert path.read_bytes().startswith(b"# Blockers log\n\n<!-- rollcall -->\n")


def test_a_file_saved_in_place_after_its_rewrite_brings_no_second_region(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    saved = path.read_bytes() + b"note\n"
    holder.truncate(0)
    os.utime(path, (0, 0))  # quiet for long: it is not waited for
    rewrite(log, 2)
    holder.write(saved)

    log.poll(now=NOW)

    assert appended(path) == b"# Blockers log\n\nnote\n"


def test_a_replaced_file_cut_short_in_place_is_copied_aside(
    log: BlockersLog, holder: FileIO, path: Path, tmp_path: Path
) -> None:
    rewrite(log, 2)
    holder.truncate(0)
    holder.write(b"saved")
    holder.close()

    assert log.poll(now=NOW) is False

    aside = tmp_path / ".rollcall" / "edited" / "20260207T140500Z-blockers-log.md"
    assert aside.read_bytes() == b"saved"
    assert log.problem() == f"{path}: a replaced copy was saved in place; it is in {aside}"


def test_a_kill_between_link_and_rename_doubles_nothing(
    log: BlockersLog, path: Path, tmp_path: Path
) -> None:
    with path.open("ab") as other:
        other.write(b"one\n")
    folder = tmp_path / ".rollcall" / "log-links" / "blockers-log.md"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0123abcd.7").hardlink_to(path)
    (tmp_path / ".blockers-log.md.rollcall.tmp").write_bytes(b"half of the n")

    again = BlockersLog(path, tmp_path / ".rollcall")
    assert (log.problem(), again.poll(now=NOW)) == (None, False)
    rewrite(again, 2)

    assert appended(path) == b"one\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == [".rollcall", "blockers-log.md"]


def test_a_kill_right_after_the_rename_doubles_nothing(
    log: BlockersLog, holder: FileIO, path: Path, tmp_path: Path
) -> None:
    rewrite(log, 2)
    (before,) = links(tmp_path)
    holder.write(b"late\n")
    log.poll(now=NOW)
    (recorded,) = (link for link in links(tmp_path) if link.stem == before.stem)
    recorded.rename(before)

    again = BlockersLog(path, tmp_path / ".rollcall")
    again.poll(now=NOW)
    holder.write(b"later\n")
    again.poll(now=NOW)

    assert appended(path) == b"late\nlater\n"


def test_an_old_copy_put_back_gets_again_what_it_lacks(
    log: BlockersLog, holder: FileIO, path: Path
) -> None:
    rewrite(log, 2)
    old = path.read_bytes()
    holder.write(b"late\n")
    log.poll(now=NOW)
    path.write_bytes(old)

    rewrite(log, 3)

    assert appended(path) == b"late\n"


def test_without_leases_a_link_is_kept_until_ten_minutes_after_its_last_growth(
    tmp_path: Path,
) -> None:
    replaced, now = _without_leases(tmp_path)
    (link,) = replaced.all()

    kept = []
    for age in (timedelta(minutes=9, seconds=59), timedelta(minutes=10)):
        released = [
            replaced.release(link, replaced.late(link, 4, now + age), now + age) for _ in range(2)
        ]
        kept.append((released, link.path.exists()))

    assert kept == [([False, False], True), ([False, True], False)]


def test_without_leases_a_last_line_waits_for_ten_minutes_of_quiet(tmp_path: Path) -> None:
    replaced, now = _without_leases(tmp_path)
    (link,) = replaced.all()

    early = replaced.late(link, 0, now + timedelta(minutes=9))
    late = replaced.late(link, 0, now + timedelta(minutes=10))

    assert ((early.text, early.absorbed), (late.text, late.absorbed)) == ((b"", 0), (b"half\n", 4))
    assert replaced.problem == (
        f"{tmp_path / 'links'}: leases do not work here (another owner, or this file system): "
        "a replaced log is kept until 10 minutes after its last growth"
    )


def test_a_replaced_file_with_another_name_is_kept_as_without_leases(tmp_path: Path) -> None:
    replaced = ReplacedFiles(tmp_path / "links")
    (tmp_path / "live").write_bytes(b"line\n")
    os.utime(tmp_path / "live", (NOW.timestamp(), NOW.timestamp()))
    (tmp_path / "other name").hardlink_to(tmp_path / "live")
    link = replaced.keep(tmp_path / "live", "0123abcd", 5)
    (tmp_path / "live").unlink()

    assert not replaced.late(link, 5, NOW).settled
    assert replaced.late(link, 5, NOW + timedelta(minutes=10)).settled
    assert replaced.problem is not None


def _without_leases(tmp_path: Path) -> tuple[ReplacedFiles, datetime]:
    replaced = ReplacedFiles(tmp_path / "links", lambda _fd: None)
    live = tmp_path / "live"
    live.write_bytes(b"half")
    os.utime(live, (NOW.timestamp(), NOW.timestamp()))
    replaced.keep(live, "0123abcd", 4)
    live.unlink()
    return replaced, NOW
