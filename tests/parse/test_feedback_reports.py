"""Series of updates, reports, blocks, and names beside the stamp: what begins an entry and what not."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from rollcall.model import Entry
from rollcall.parse.feedback import initial_state, read_feedback


def read(text: str, path: str = "feedback/mara.md") -> tuple[Entry, ...]:
    lines = text.strip("\n").split("\n")
    return read_feedback(lines, initial_state(path, date(2026, 3, 4)), UTC).entries


def outline(text: str, path: str = "feedback/mara.md") -> list[tuple[int, int, str | None, str]]:
    return [(e.start, e.end, e.stamp.iso() if e.stamp else None, e.title) for e in read(text, path)]


def test_numbered_updates_below_a_day_are_entries_of_their_own() -> None:
    text = """
# Mara log

## 2026-03-02

### Progress Update 01
- did the lexer
### Progress Update 02
- did the parser
### Notes
- slow tests
"""
    assert [(start, iso, title) for start, _, iso, title in outline(text)] == [
        (5, "2026-03-02", "Progress Update 01"),
        (7, "2026-03-02", "Progress Update 02"),
    ]


def test_numbered_updates_below_a_piece_of_work_are_its_details() -> None:
    text = """
## 2026-03-02 Billing page
- begun
### Update 1
- a field
### Update 2
- another
"""
    assert outline(text) == [(1, 6, "2026-03-02", "Billing page")]


def test_a_dated_report_is_one_entry_whatever_its_sections_are_called() -> None:
    text = """
# Lexer Report

**Owner:** mara
**Date:** 2026-03-02

## Tables Rewritten
- `src/tables.py`: rewritten
## Verdict
Complete
"""
    assert outline(text) == [(1, 9, "2026-03-02", "Lexer Report")]
    assert len(outline(text.replace("Lexer Report", "Mara"))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "# Lexer Update\n\n**Summary:** done\n",
        "**Summary:** the lexer is done\n- 12 passed\n",
        "## Summary\n- done\n## Next\n- parser\n",
    ],
)
def test_the_time_in_a_reports_name_is_its_stamp(text: str) -> None:
    rows = outline(text, "reports/mara-update-2026-03-02-0811.md")
    assert [(start, iso) for start, _, iso, _ in rows] == [(1, "2026-03-02T08:11:00+00:00")]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("# Mara log\n\n## 08:20 UTC - Lexer\n", [(3, "2026-03-02T08:20:00+00:00")]),
        ("# Lexer\n\nDate: 2026-03-02 08:15 UTC\n\ndone\n", [(1, "2026-03-02T08:15:00+00:00")]),
        ("# Lexer Update - 08:15 UTC\ndone\n", [(1, "2026-03-02T08:15:00+00:00")]),
    ],
)
def test_what_a_file_says_itself_comes_before_the_time_in_its_name(
    text: str, begins: list[tuple[int, str]]
) -> None:
    rows = outline(text, "reports/mara-2026-03-02-0811.md")
    assert [(start, iso) for start, _, iso, _ in rows] == begins


@pytest.mark.parametrize(
    "line",
    [
        "[ben] 2026-03-02 08:11 UTC - Lexer done",
        "**@ben** 2026-03-02 08:11 UTC: Lexer done",
        "2026-03-02 08:11:00,123 INFO ben: Lexer done",
        "- 2026-03-02T08:11Z [WARN] [ben] Lexer done",
    ],
)
def test_a_name_beside_the_stamp_signs_an_entry_of_a_shared_log(line: str) -> None:
    entry = read(line, "team-log.md")[0]
    assert (entry.author, entry.title) == ("ben", "Lexer done")
    assert read(line)[0].author is None


def test_a_title_above_ruled_blocks_is_no_part_of_the_first() -> None:
    block = "---\nTime: 2026-03-02 08:{}\nTask: lexer\n\n12 passed\n\n"
    text = "# Mara\n\n" + block.format("11") + block.format("20")
    assert [start for start, *_ in outline(text)] == [4, 10]


def test_a_title_above_one_ruled_block_is_its_first_line() -> None:
    text = "# Lexer Report\n\n---\nTime: 2026-03-02 08:11\n\n12 passed\n\n---\nmore\n"
    assert [start for start, *_ in outline(text)] == [1]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("## Lexer (DONE 2026-03-02 08:11Z)", "Lexer (DONE)"),
        ("## Session: 2026-03-02 08:11Z (LATEST)", "Session — LATEST"),
        ("## 2026-03-02 08:11Z — Lexer (again)", "Lexer (again)"),
    ],
)
def test_a_title_has_no_half_of_a_bracket(line: str, title: str) -> None:
    assert read(line)[0].title == title
