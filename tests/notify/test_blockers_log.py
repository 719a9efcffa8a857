"""Rules for the blockers log: ours between the markers, everything else as people left it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notify.log_writers import FOOTER, NOW, row
from rollcall.errors import BlockersLogUnusable
from rollcall.model import EVERYONE, Blocker, BlockerKind, BlockerStatus
from rollcall.notify.blockers_log import BlockersLog, LogRow, LogWriting, archive_path, row_of

NOBODY = 65534
HEAD = """\
| ID | Opened | Agent | Description | Owner | Status | Resolution |
| --- | --- | --- | --- | --- | --- | --- |
"""
BLOCKER = Blocker(
    id="B-0042",
    kind=BlockerKind.MISSING_PROOF,
    condition="proof:mara",
    agent="mara",
    level=1,
    status=BlockerStatus.OPEN,
    owner="noor",
    opened=datetime(2026, 2, 7, 15, 5, 59, tzinfo=UTC),
    closed=None,
    description="No proof of work since 13:54Z (cadence 5 min); 2 updates without",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "docs" / "blockers-log.md"


@pytest.fixture
def log(path: Path, tmp_path: Path) -> BlockersLog:
    return BlockersLog(path, tmp_path / ".rollcall")


def given_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def line(number: int, description: str = "No proof of work since 13:54Z") -> str:
    return (
        f"| B-{number:04} | 2026-02-07 14:05Z | mara | {description} | — | Open (level 1) | — |\n"
    )


def test_a_missing_log_is_created_with_its_folders_and_title(log: BlockersLog, path: Path) -> None:
    log.write([row_of(BLOCKER)], FOOTER, now=NOW)

    assert path.read_text() == (
        "# Blockers log\n\n<!-- rollcall -->\n\n" + HEAD + "| B-0042 | 2026-02-07 15:05Z | mara | "
        "No proof of work since 13:54Z (cadence 5 min); 2 updates without | noor | Open (level 1) "
        "| — |\n\n<!-- rollcall journal 03fa456ac3b1f29f -->\n"
        "Watched since 2026-02-07 09:00Z\n<!-- /rollcall -->\n"
    )


@pytest.mark.parametrize(
    ("status", "closed", "shown"),
    [
        (BlockerStatus.OPEN, None, "Open (level 1)"),
        (BlockerStatus.ACKNOWLEDGED, None, "Acknowledged"),
        (BlockerStatus.SNOOZED, None, "Snoozed"),
        (BlockerStatus.HELD, None, "On hold"),
        (
            BlockerStatus.RESOLVED,
            datetime(2026, 2, 7, 14, 20, tzinfo=UTC),
            "Resolved 2026-02-07 14:20Z",
        ),
    ],
)
def test_a_row_says_how_its_blocker_stands(
    status: BlockerStatus, closed: datetime | None, shown: str
) -> None:
    assert row_of(replace(BLOCKER, status=status, closed=closed)).status == shown


def test_a_row_without_owner_or_resolution_has_dashes_and_everyone_has_a_name() -> None:
    assert row_of(replace(BLOCKER, agent=EVERYONE, owner=None)) == LogRow(
        id="B-0042",
        opened="2026-02-07 15:05Z",
        agent="everyone",
        description="No proof of work since 13:54Z (cadence 5 min); 2 updates without",
        owner="—",
        status="Open (level 1)",
        resolution="—",
    )


def test_the_same_rows_a_hundred_times_are_written_once(log: BlockersLog, path: Path) -> None:
    results = [log.write([row(1)], FOOTER, now=NOW + timedelta(hours=n)) for n in range(100)]

    assert results == [LogWriting(written=True)] + [LogWriting(written=False)] * 99
    assert path.stat().st_nlink == 1


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [b"", b"caf\xe9 without a newline"])
def test_peoples_bytes_stay_and_the_region_goes_under_the_title(
    log: BlockersLog, path: Path, bom: bytes, newline: bytes, last: bytes
) -> None:
    title = bom + b"# Stoppages" + newline
    rest = newline.join((b"", b"| Opened | Agent |", b"| --- | --- |", b"| today | ben |", last))
    given_file(path, title + rest)

    log.write([row(1)], FOOTER, now=NOW)
    log.write([row(2)], FOOTER, now=NOW)

    content = path.read_bytes()
    assert content.startswith(title + newline + b"<!-- rollcall -->" + newline)
    assert content.endswith(b"<!-- /rollcall -->" + newline + rest)
    assert content.count(b"\n") == content.count(newline)


def test_a_log_without_a_title_has_the_region_at_its_top(log: BlockersLog, path: Path) -> None:
    given_file(path, b"\xef\xbb\xbf| today | ben |\n")

    log.write([], FOOTER, now=NOW)

    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf<!-- rollcall -->\n")
    assert content.endswith(b"<!-- /rollcall -->\n\n| today | ben |\n")


def test_hostile_text_stays_in_its_cell(log: BlockersLog, path: Path) -> None:
    text = "a | b\n<!-- /rollcall -->\n![x](http://y.example) @ben `rm` \u202e" + "x" * 300

    log.write([row(1, text)], FOOTER, now=NOW)

    shown = path.read_text().splitlines()[6].split(" | ")
    assert shown[3] == (
        "a ｜ b ＜！-- /rollcall --> ！［x］(http:／／y.example) ＠ben ｀rm｀ " + "x" * 141 + "…"  # noqa: RUF001 - full-width signs are expected
    )
    assert (len(shown), len(shown[3])) == (7, 200)
    assert log.write([row(1, text)], FOOTER, now=NOW) == LogWriting(written=False)


def test_a_region_changed_by_hand_is_copied_aside_and_written_again(
    log: BlockersLog, path: Path, tmp_path: Path
) -> None:
    log.write([row(1)], FOOTER, now=NOW)
    written = path.read_bytes()
    edited = written.replace(b"Open (level 1)", b"Resolved")
    path.write_bytes(edited)

    result = log.write([row(1)], FOOTER, now=NOW)

    aside = tmp_path / ".rollcall" / "edited" / "20260207T140500Z-blockers-log.md"
    assert result == LogWriting(written=True, copied_aside=aside)
    assert aside.read_bytes() in edited
    assert b"| Resolved |" in aside.read_bytes()
    assert without_journal(path.read_bytes()) == without_journal(written)


def test_two_changes_in_one_second_are_both_kept_aside(
    log: BlockersLog, path: Path, tmp_path: Path
) -> None:
    for owner in (b"ivo", b"noor"):
        log.write([row(1)], FOOTER, now=NOW)
        path.write_bytes(path.read_bytes().replace("— | Open".encode(), owner + b" | Open"))
    log.write([row(1)], FOOTER, now=NOW)

    assert sorted(file.name for file in (tmp_path / ".rollcall" / "edited").iterdir()) == [
        "20260207T140500Z-2-blockers-log.md",
        "20260207T140500Z-blockers-log.md",
    ]


def test_the_same_change_is_kept_aside_once(log: BlockersLog, path: Path, tmp_path: Path) -> None:
    log.write([row(1)], FOOTER, now=NOW)
    edited = path.read_bytes().replace(b"Open (level 1)", b"Resolved")
    asides = []
    for hours in range(3):
        path.write_bytes(edited)
        asides.append(log.write([row(1)], FOOTER, now=NOW + timedelta(hours=hours)).copied_aside)

    assert asides == [tmp_path / ".rollcall" / "edited" / "20260207T140500Z-blockers-log.md"] * 3


def test_a_log_without_a_footer_ends_with_its_journal(log: BlockersLog, path: Path) -> None:
    log.write([row(1)], "", now=NOW)

    assert path.read_text().splitlines()[-2].startswith("<!-- rollcall journal ")
    assert log.write([row(1)], "", now=NOW) == LogWriting(written=False)


def test_an_old_copy_of_our_own_is_replaced_without_being_copied_aside(
    log: BlockersLog, path: Path
) -> None:
    log.write([row(1)], FOOTER, now=NOW)
    old = path.read_bytes()
    log.write([row(2)], FOOTER, now=NOW, known=["B-0001"])
    path.write_bytes(old)

    assert log.write([row(2)], FOOTER, now=NOW, known=["B-0001"]) == LogWriting(written=True)


def test_rows_and_notes_of_people_inside_the_region_stay_where_they_are(
    log: BlockersLog, path: Path
) -> None:
    log.write([row(1), row(2)], FOOTER, now=NOW)
    text = path.read_text().replace(line(1), line(1) + "| today | ben | mine | too |\n")
    path.write_text(
        text.replace("\n<!-- rollcall journal", "\nAsk noor first.\n\n<!-- rollcall journal")
    )

    log.write([row(1), row(3)], FOOTER, now=NOW, known=["B-0002"])
    log.write([row(1), row(4)], FOOTER, now=NOW, known=["B-0003"])

    region = path.read_text().partition(HEAD)[2].partition("<!--")[0]
    assert region == (
        line(1) + "| today | ben | mine | too |\n" + line(4) + "\nAsk noor first.\n\n"
    )


def test_ids_that_the_store_does_not_know_stay_as_they_stand_under_earlier(
    log: BlockersLog, path: Path, tmp_path: Path
) -> None:
    log.write([row(7, "the parser waits"), row(8)], FOOTER, now=NOW)
    new = BlockersLog(path, tmp_path / "lost" / ".rollcall")

    assert new.highest_id() == 8
    new.write([row(9)], FOOTER, now=NOW)
    assert new.write([row(9)], FOOTER, now=NOW) == LogWriting(written=False)
    new.write([row(10)], FOOTER, now=NOW, known=["B-0009"])

    region = path.read_text().partition("<!-- rollcall -->\n\n")[2].partition("<!--")[0]
    earlier = "Earlier, written by a store that is gone:\n\n" + HEAD
    assert region == HEAD + line(10) + "\n" + earlier + line(7, "the parser waits") + line(8) + "\n"
    assert new.highest_id() == 10


def test_known_ids_that_are_not_shown_leave_the_log_for_the_archive(
    log: BlockersLog, path: Path, tmp_path: Path
) -> None:
    archive = BlockersLog(archive_path(path), tmp_path / ".rollcall", title="Blockers log: archive")
    log.write([row(1), row(2)], FOOTER, now=NOW)

    archive.write([row(1)], FOOTER, now=NOW, known=["B-0002"])
    log.write([row(2)], FOOTER, now=NOW, known=["B-0001"])

    assert archive_path(path).name == "blockers-log-archive.md"
    assert line(1) in archive_path(path).read_text()
    assert archive_path(path).read_text().startswith("# Blockers log: archive\n")
    assert line(1) not in path.read_text()


def test_markers_in_a_code_fence_are_someones_example(log: BlockersLog, path: Path) -> None:
    example = b"# Log\n```\n<!-- rollcall -->\n<!-- /rollcall -->\n```\n"
    given_file(path, example)

    log.write([row(1)], FOOTER, now=NOW)

    assert path.read_bytes().endswith(example.removeprefix(b"# Log\n"))
    assert line(1) in path.read_text()


@pytest.mark.parametrize(
    "markers",
    [
        b"<!-- rollcall -->\n<!-- rollcall -->\n<!-- /rollcall -->\n",
        b"<!-- rollcall -->\nno end\n",
    ],
)
def test_contradictory_markers_leave_the_file_alone(
    log: BlockersLog, path: Path, markers: bytes
) -> None:
    given_file(path, markers)
    before = path.stat()

    with pytest.raises(BlockersLogUnusable, match=f"{path}:1: expected one <!-- rollcall -->"):
        log.write([row(1)], FOOTER, now=NOW)

    assert path.read_bytes() == markers
    assert path.stat() == before


def test_a_deleted_log_is_written_again(log: BlockersLog, path: Path) -> None:
    log.write([row(1)], FOOTER, now=NOW)
    written = path.read_bytes()
    path.unlink()

    assert (log.highest_id(), log.write([row(1)], FOOTER, now=NOW)) == (0, LogWriting(written=True))
    assert path.read_bytes() == written


def test_a_log_behind_a_symbolic_link_is_written_where_the_link_leads(
    log: BlockersLog, path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere.md"
    target.write_bytes(b"# Log\n")
    path.parent.mkdir()
    path.symlink_to(target)

    log.write([row(1)], FOOTER, now=NOW)

    assert path.is_symlink()
    assert line(1) in target.read_text()


def test_the_logs_owner_and_mode_are_kept(log: BlockersLog, path: Path) -> None:
    given_file(path, b"# Log\n")
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 1235)
    before = path.stat()

    log.write([row(1)], FOOTER, now=NOW)

    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert after.st_ino != before.st_ino


def test_a_directory_in_the_logs_place_is_refused(log: BlockersLog, path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(BlockersLogUnusable, match="it is not a regular file"):
        log.write([row(1)], FOOTER, now=NOW)


def test_a_file_in_its_folders_place_is_refused(log: BlockersLog, path: Path) -> None:
    path.parent.write_bytes(b"")

    with pytest.raises(BlockersLogUnusable, match=r"cannot be written: .*Not a directory"):
        log.write([row(1)], FOOTER, now=NOW)


def test_a_read_only_folder_is_refused(open_folder: Path) -> None:
    path = open_folder / "log.md"
    path.write_bytes(b"# Log\n")
    open_folder.chmod(0o555)

    with as_nobody(), pytest.raises(BlockersLogUnusable, match=r"cannot be .*Permission denied"):
        BlockersLog(path, open_folder / ".rollcall").write([row(1)], FOOTER, now=NOW)

    assert path.read_bytes() == b"# Log\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
def test_a_log_that_would_change_its_owner_is_refused(open_folder: Path) -> None:
    path = open_folder / "log.md"
    path.write_bytes(b"# Log\n")
    path.chmod(0o666)
    open_folder.chmod(0o777)

    with as_nobody(), pytest.raises(BlockersLogUnusable, match=r"log\.md: it belongs to user 0"):
        BlockersLog(path, open_folder / ".rollcall").write([row(1)], FOOTER, now=NOW)

    assert path.read_bytes() == b"# Log\n"
    assert [file for file in open_folder.rglob("*") if file.is_file()] == [path]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that other users can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Act without root's rights where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def without_journal(content: bytes) -> list[bytes]:
    return [part for part in content.splitlines() if b"rollcall journal" not in part]
