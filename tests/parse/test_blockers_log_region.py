"""Rules for finding Rollcall's region in a file that belongs to others."""

from __future__ import annotations

import pytest

from rollcall.errors import BlockersLogUnusable
from rollcall.parse.blockers_log import (
    DELIMITER,
    EARLIER,
    HEADER,
    NO_DIGEST,
    Region,
    TableLine,
    digest_of,
    find_region,
    has_markers,
    highest_id,
    journal_line,
    newline_of,
    title_end,
)

OURS = b"| B-0001 | 2026-02-07 14:05Z | mara | nothing | \xe2\x80\x94 | Open (level 1) | - |"
PEOPLES = b"| 2026-02-07 | ben | billing page is down | ivo | Open | - |"


def log(*lines: bytes) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def region_of(content: bytes) -> Region | None:
    return find_region(content, where="log.md")


def test_a_file_without_markers_has_no_region() -> None:
    assert region_of(log(b"# Blockers", PEOPLES)) is None


def test_the_region_reaches_from_the_first_marker_to_the_end_of_the_last_ones_line() -> None:
    content = log(b"# Blockers", b"<!-- rollcall -->", b"<!-- /rollcall -->", b"note")

    assert region_of(content) == Region(start=11, end=48, body=())


def test_everything_in_the_region_is_sorted_into_ours_and_peoples() -> None:
    body = (b"", b"asked noor", b"", HEADER, DELIMITER, OURS, PEOPLES, b"")
    rest = (EARLIER, b"", HEADER, DELIMITER, b"| B-0000 | old |", b"", b"a note", b"", b"and more")
    journal = journal_line("0123456789abcdef", {"00000001": 12})

    region = region_of(
        log(b"<!-- rollcall -->", *body, *rest, b"", journal, b"Watched", b"<!-- /rollcall -->")
    )

    assert region is not None
    assert region.body == (*body, *rest, b"", b"Watched")
    assert region.before == (b"asked noor",)
    assert region.table == (TableLine("B-0001", OURS), TableLine(None, PEOPLES))
    assert region.earlier == (TableLine("B-0000", b"| B-0000 | old |"),)
    assert region.notes == (b"a note", b"", b"and more")
    assert (region.digest, region.journal) == ("0123456789abcdef", {"00000001": 12})


def test_a_region_is_edited_when_its_body_is_not_what_its_comment_says() -> None:
    body = (HEADER, DELIMITER, OURS, b"Watched")
    comment = journal_line(digest_of(body), {})
    written = log(b"<!-- rollcall -->", *body[:-1], comment, body[-1], b"<!-- /rollcall -->")

    as_written, changed = region_of(written), region_of(written.replace(b"nothing", b"something"))

    assert as_written is not None
    assert changed is not None
    assert (as_written.edited, changed.edited) == (False, True)


def test_line_endings_changed_by_an_editor_are_no_edit() -> None:
    body = (HEADER, DELIMITER, OURS, b"Watched")
    comment = journal_line(digest_of(body), {})
    written = log(b"<!-- rollcall -->", *body[:-1], comment, body[-1], b"<!-- /rollcall -->")

    region = region_of(written.replace(b"\n", b"\r\n"))

    assert region is not None
    assert (region.body, region.edited) == (body, False)


def test_a_region_without_its_comment_is_edited() -> None:
    region = region_of(log(b"<!-- rollcall -->", OURS, b"<!-- /rollcall -->"))

    assert region is not None
    assert (region.digest, region.edited) == (NO_DIGEST, True)


def test_two_comments_after_a_merge_say_the_farther_of_both() -> None:
    one, two = (
        journal_line(NO_DIGEST, {"00000001": 5, "00000002": 9}),
        journal_line(NO_DIGEST, {"00000001": 7}),
    )

    region = region_of(log(b"<!-- rollcall -->", one, two, b"<!-- /rollcall -->"))

    assert region is not None
    assert region.journal == {"00000001": 7, "00000002": 9}


def test_conflict_markers_in_the_region_are_nobodys_lines() -> None:
    conflict = (b"<<<<<<< HEAD", b"=======", b">>>>>>> other")

    region = region_of(
        log(b"<!-- rollcall -->", HEADER, DELIMITER, *conflict, b"<!-- /rollcall -->")
    )

    assert region is not None
    assert (region.table, region.notes) == ((), ())


@pytest.mark.parametrize("fence", [b"```", b"~~~", b"   ````md"])
def test_markers_inside_a_code_fence_do_not_count(fence: bytes) -> None:
    closing = fence.strip().rstrip(b"md")
    content = log(fence, b"<!-- rollcall -->", b"``", b"<!-- /rollcall -->", closing, b"text")

    assert (region_of(content), has_markers(content)) == (None, False)


def test_a_fence_that_ended_hides_nothing() -> None:
    assert has_markers(log(b"```", b"````  ", b"<!-- rollcall -->"))


def test_inline_code_of_three_backticks_begins_no_fence() -> None:
    assert has_markers(log(b"```x``` is code", b"<!-- rollcall -->"))


@pytest.mark.parametrize(
    "line",
    [
        b"see <!-- rollcall -->",
        b"<!-- rollcall --> here",
        b"    <!-- rollcall -->",
        b"<!--rollcall-->",
    ],
)
def test_a_marker_counts_only_alone_on_its_line(line: bytes) -> None:
    assert not has_markers(log(line))


@pytest.mark.parametrize(
    ("markers", "found"),
    [
        ([b"<!-- rollcall -->"], "<!-- rollcall --> in line 2"),
        ([b"<!-- /rollcall -->"], "<!-- /rollcall --> in line 2"),
        (
            [b"<!-- /rollcall -->", b"<!-- rollcall -->"],
            "<!-- /rollcall --> in line 2, <!-- rollcall --> in line 3",
        ),
        (
            [b"<!-- rollcall -->", b"<!-- rollcall -->", b"<!-- /rollcall -->"],
            "<!-- rollcall --> in line 2, <!-- rollcall --> in line 3, <!-- /rollcall --> in line 4",
        ),
    ],
)
def test_contradictory_markers_are_refused_by_line(markers: list[bytes], found: str) -> None:
    with pytest.raises(BlockersLogUnusable) as refused:
        region_of(log(b"# Blockers", *markers))

    assert str(refused.value) == (
        "log.md:2: expected one <!-- rollcall --> and after it one <!-- /rollcall -->, "
        f"got {found}; remove what is too much"
    )


def test_a_file_in_utf_16_is_refused() -> None:
    with pytest.raises(BlockersLogUnusable, match=r"^log\.md: it is in UTF-16; save it as UTF-8$"):
        region_of("# Blockers\n".encode("utf-16"))


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (b"# Blockers\n", b"\nrow\n"),
        (b"\xef\xbb\xbf# Blockers\r\n", b"row\r\n"),
        (b"Blockers\n===\n", b"row\n"),
        (b"intro\n\n# Blockers\n", b"row\n## More\n"),
        (b"## Blockers\n", b"row\n## More\n"),
        (b"## Before\n# Blockers\n", b"row\n"),
        (b"```\n# code\n```\n# Blockers\n", b"row\n"),
        (b"---\ntitle: x\n---\n", b"row\n"),
        (b"---\ntitle: x\n---\n# Blockers\n", b"row\n"),
        (b"\xef\xbb\xbf", b"row\n"),
        (b"", b"row\n#hashtag\n"),
        (b"# Blockers", b""),
    ],
)
def test_the_region_belongs_under_the_title(above: bytes, below: bytes) -> None:
    assert title_end(above + below) == len(above)


def test_the_highest_id_is_looked_for_in_rows_of_the_whole_file() -> None:
    content = log(OURS, b"  | B-0042 |", b"see B-0099", b"| B-00420000000 |", b"| x | B-0043 |")

    assert (highest_id(content), highest_id(b"")) == (42, 0)


def test_line_endings_are_those_of_the_first_line() -> None:
    assert [newline_of(c) for c in (b"", b"a\nb\r\n", b"a\r\nb\n", b"\n")] == [
        b"\n",
        b"\n",
        b"\r\n",
        b"\n",
    ]
