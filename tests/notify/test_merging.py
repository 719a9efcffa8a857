"""What one save changed is taken over into another copy of the file that both were made from."""

from __future__ import annotations

import pytest

from rollcall.notify.merging import merge_lines, merge_save
from rollcall.parse.blockers_log import find_region

REGION = b"<!-- rollcall -->\n%s<!-- /rollcall -->\n"
HEAD = b"""
| ID | Opened | Agent | Description | Owner | Status | Resolution |
| --- | --- | --- | --- | --- | --- | --- |
"""
ROW = b"| B-0001 | 2026-02-07 14:05Z | mara | No proof | noor | Open (level 1) | |\n"


@pytest.mark.parametrize(
    ("content", "saved", "base", "merged"),
    [
        pytest.param("ab2", "ab1", "ab", "ab12", id="both added at the end"),
        pytest.param("2ab", "1ab", "ab", "12ab", id="both added at the beginning"),
        pytest.param("a2b", "a1b", "ab", "a12b", id="both added in the middle"),
        pytest.param("ab2", "1ab", "ab", "1ab2", id="each added elsewhere"),
        pytest.param("ab1", "ab1", "ab", "ab1", id="both added the same"),
        pytest.param("ab12", "ab1", "ab", "ab12", id="the content holds it already"),
        pytest.param("ab2", "a", "ab", "a2", id="the save struck one out"),
        pytest.param("a2", "ab1", "ab", "a12", id="the content struck one out"),
        pytest.param("ab2", "a1", "ab", "a12", id="the save changed one"),
        pytest.param("a2", "a1", "ab", "a12", id="both changed one"),
        pytest.param("ab2", "ab", "ab", "ab2", id="the save changed nothing"),
        pytest.param("", "ab1", "ab", "1", id="the content was emptied"),
        pytest.param("xy", "ab1", "", "ab1xy", id="they have nothing in common"),
    ],
)
def test_lines_are_merged_where_they_were_added_or_struck_out(
    content: str, saved: str, base: str, merged: str
) -> None:
    lines = [[b"%c\n" % letter for letter in text.encode()] for text in (content, saved, base)]

    assert b"".join(merge_lines(*lines)).decode().split() == list(merged)


def test_the_region_stays_as_the_content_has_it() -> None:
    old, edited, new = (
        REGION % (HEAD + ROW.replace(b"Open (level 1)", status))
        for status in (b"Open (level 1)", b"done", b"Open (level 2)")
    )
    base = b"# Log\n" + old + b"below\n"
    saved = b"# Log\nmara's\n" + edited + b"below\nmara's, too\n"
    content = b"# Log\n" + new + b"below\nben's\n"

    merged = merge(content, saved, base)

    assert merged == b"# Log\nmara's\n" + new + b"below\nmara's, too\nben's\n"


def test_a_row_that_somebody_wrote_into_our_table_follows_at_the_end() -> None:
    own = b"| | | ivo | disk full | | | |\n"
    base = REGION % (HEAD + ROW)
    saved = REGION % (HEAD + ROW + own)

    assert merge(base + b"ben's\n", saved, base) == base + b"ben's\n" + own


@pytest.mark.parametrize("lacking", ["content", "saved", "base"])
def test_a_region_that_one_of_them_lacks_loses_no_line(lacking: str) -> None:
    region = {
        name: b"" if name == lacking else REGION % b"" for name in ("content", "saved", "base")
    }
    content = b"a\n" + region["content"] + b"ben's\n"
    saved = b"a\n" + region["saved"] + b"mara's\n"

    merged = merge(content, saved, b"a\n" + region["base"])

    assert merged.count(b"mara's\n") == merged.count(b"ben's\n") == 1
    assert region["content"] in merged
    assert merged.count(b"<!-- rollcall -->") == (lacking != "content")


def test_no_half_of_a_region_comes_into_a_log_without_one() -> None:
    saved = REGION % b"" + b"mara's\n"

    assert merge(b"ben's\n", saved, b"") == b"mara's\nben's\n"


def test_a_save_made_from_an_earlier_writing_strikes_nothing_out() -> None:
    earlier, later = (REGION % (b"<!-- rollcall journal %016d -->\n" % number) for number in (1, 2))
    base = later + b"mara's\n"
    saved = earlier + b"ben's\n"
    content = later + b"mara's\nnoor's\n"

    assert merge(content, saved, base) == later + b"mara's\nben's\nnoor's\n"


def test_a_last_line_without_its_newline_is_not_glued_to_what_follows() -> None:
    assert merge(b"a\nben's", b"a\nmara's", b"a\n") == b"a\nmara's\nben's\n"


def merge(*texts: bytes) -> bytes:
    content, saved, base = ((text, find_region(text, where="log.md")) for text in texts)
    return merge_save(content, saved, base)
