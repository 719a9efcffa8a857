from __future__ import annotations

from datetime import UTC, date

import pytest

from rollcall.model import Entry
from rollcall.parse.feedback import (
    FeedbackState,
    dump_state,
    initial_state,
    load_state,
    read_feedback,
)

ARRIVAL = date(2026, 3, 4)


def read(text: str, path: str = "feedback/mara.md") -> tuple[Entry, ...]:
    lines = text.strip("\n").split("\n")
    return read_feedback(lines, initial_state(path, ARRIVAL), UTC).entries


def outline(text: str, path: str = "feedback/mara.md") -> list[tuple[int, int, str | None, str]]:
    return [(e.start, e.end, e.stamp.iso() if e.stamp else None, e.title) for e in read(text, path)]


@pytest.mark.parametrize(
    "line",
    [
        "## 2026-03-02T08:11Z — Lexer done",
        "## 2026-03-02 08:11:00 UTC — Lexer done",
        "# Lexer done 2026-03-02T08:11Z",
        "### 2026-03-02 08:11-08:40 UTC - Lexer done",
        "## [2026-03-02T08:11:00Z] Lexer done",
        "2026-03-02T08:11Z — Lexer done",
        "2026-03-02T08:11:00Z Lexer done",
        "- 2026-03-02T08:11Z: Lexer done",
        "* [2026-03-02 08:11 UTC] Lexer done",
        "- **2026-03-02T08:11Z** — Lexer done",
        "- [x] 2026-03-02T08:11Z — Lexer done",
        "**[2026-03-02 08:11 UTC] Lexer done**",
        "[2026-03-02T08:11:00+00:00] Lexer done",
        "- Proof-of-work (2026-03-02T08:11:00Z): Lexer done",
        "Update 2026-03-02T08:11Z: Lexer done",
        "BEAT 2026-03-02T08:11:00Z Lexer done",
        "✅ 2026-03-02T08:11Z — Lexer done",
        "3. 2026-03-02 08:11 UTC: Lexer done",
        "[02.03.2026 08:11 UTC] Lexer done",
        "**March 2, 2026, 8:11am UTC** - Lexer done",
        "=== 2026-03-02 08:11 UTC — Lexer done ===",
        "--- 2026-03-02 08:11 UTC: Lexer done ---",
    ],
)
def test_an_entry_begins_at_a_line_with_its_own_stamp(line: str) -> None:
    assert outline(line) == [(1, 1, "2026-03-02T08:11:00+00:00", "Lexer done")]


@pytest.mark.parametrize(
    "line",
    [
        "Last run: 2026-03-02T08:11Z",
        "  - 2026-03-02T08:11Z: nested",
        "> 2026-03-02T08:11Z — quoted",
        '{"at": "2026-03-02T08:11Z"}',
        "- see logs/2026-03-02T08:11Z.txt",
        "- [ ] 14:00 — call ben",
        "1. 14:00 — call ben",
        "[ben] said it at 2026-03-02 08:11 UTC",
        "[until] 2026-03-02 08:11 UTC - Lexer",
        "-- 2026-03-02 - ben",
        "2. 2026-03-02: call ben",
        "## YYYY-MM-DDTHH:MMZ — <title>",
        "## 2026-03-02T08:11Z — <title>",
        "the run began at\n2026-03-02T08:11Z and ended soon after",
        "# Mara: feedback log",
    ],
)
def test_a_line_that_only_mentions_a_time_begins_no_entry(line: str) -> None:
    assert outline(line) == []


def test_an_entry_reaches_to_the_next_and_loses_its_trailing_blanks() -> None:
    text = (
        "# Mara log\n\n## 2026-03-02T08:11Z — One\n- did a\n\n---\n\n## 2026-03-02T08:15Z — Two\n\n"
    )

    assert outline(text) == [
        (3, 6, "2026-03-02T08:11:00+00:00", "One"),
        (8, 8, "2026-03-02T08:15:00+00:00", "Two"),
    ]


def test_stamps_under_a_stamped_heading_are_details_unless_later_and_whole() -> None:
    text = """
## 2026-03-02T08:11Z — Deploy
- 08:05 drained the queue
- 2026-03-02T08:06:00Z: rolled out
### 08:09 — smoke
- 2026-03-02T09:30:00Z: next morning's check
"""
    assert [start for start, *_ in outline(text)] == [1, 5]


def test_later_headings_and_phases_of_the_day_begin_entries_of_their_own() -> None:
    text = """
## 2026-03-02T08:00Z — Session
### 07:50 — what I found
### 08:10 — lexer
### 08:25 — parser
## 2026-03-02T14:30Z — Evening
### Shutdown — 14:20
"""
    assert [start for start, *_ in outline(text)] == [1, 3, 4, 5, 6]


def test_times_of_day_stand_on_the_day_that_a_title_declares() -> None:
    text = "# Mara — 2026-03-02\n\n## 23:50 UTC — Late\nx\n\n## 00:15 UTC — Early\ny\n"

    assert outline(text) == [
        (3, 4, "2026-03-02T23:50:00+00:00", "Late"),
        (6, 7, "2026-03-03T00:15:00+00:00", "Early"),
    ]


def test_times_of_day_may_go_back_a_little_without_changing_the_day() -> None:
    text = "2026-03-02T15:45Z — a\n\n**[10:13 UTC] b**\n\n**[02:00 UTC] c**\n"

    assert [iso for _, _, iso, _ in outline(text)] == [
        "2026-03-02T15:45:00+00:00",
        "2026-03-02T10:13:00+00:00",
        "2026-03-03T02:00:00+00:00",
    ]


def test_the_file_name_gives_the_day_before_the_arrival_does() -> None:
    text = "- 14:05 UTC — did it\n"

    assert outline(text, "feedback/mara/2026-02-27.md")[0][2] == "2026-02-27T14:05:00+00:00"
    assert outline(text)[0][2] == "2026-03-04T14:05:00+00:00"


def test_a_report_of_fixed_sections_is_one_entry_from_its_title() -> None:
    text = """
# Mara — Feedback — 2026-03-02

## Status Summary
- Parser drafted.

## Evidence
- `docs/parser.md`

## Next Steps
1. Review.
"""
    assert outline(text) == [(1, 10, "2026-03-02", "Mara — Feedback")]


def test_standing_instructions_above_a_report_are_no_part_of_it() -> None:
    text = """
# Mara — Feedback — 2026-03-02

## Process
- Do not push.

## Status Summary
- Parser drafted.

## WORK COMPLETE - READY FOR REVIEW
**Files:** src/parser.py
"""
    assert [(start, end) for start, end, *_ in outline(text)] == [(6, 7), (9, 10)]


def test_unstamped_sections_of_a_log_are_entries_once_they_have_content() -> None:
    text = """
# Team updates

## Billing page checked
All routes answer.

## Empty heading

## Parser checked
Done.
"""
    assert [(start, end, title) for start, end, _, title in outline(text)] == [
        (3, 6, "Billing page checked"),
        (8, 9, "Parser checked"),
    ]


def test_a_dated_heading_over_stamped_entries_is_no_entry() -> None:
    text = "## 2026-03-02\n\n### 09:30 — Lexer\nx\n### 10:00 — Parser\ny\n"

    assert outline(text) == [
        (3, 4, "2026-03-02T09:30:00+00:00", "Lexer"),
        (5, 6, "2026-03-02T10:00:00+00:00", "Parser"),
    ]


def test_a_header_line_gives_an_unstamped_update_its_time() -> None:
    text = "# Parser migration\n\nDate: 2026-03-02 17:51 UTC\nOwner: ben\n\nSummary\n- done\n"

    assert outline(text) == [(1, 7, "2026-03-02T17:51:00+00:00", "Parser migration")]


def test_code_fences_and_comments_hold_no_entries() -> None:
    text = """
## 2026-03-02T08:11Z — One
```
## 2026-03-02T08:12Z — in a fence
```
<!--
## 2026-03-02T08:13Z — in a comment
-->
## 2026-03-02T08:14Z — Two
"""
    assert [title for *_, title in outline(text)] == ["One", "Two"]


def test_a_fence_that_nobody_closes_ends_at_a_stamped_heading() -> None:
    text = """
## 2026-03-02T08:11Z — One
```bash
make test
## 2026-03-02T08:12Z — Two
```bash
make lint
```
## 2026-03-02T08:14Z — Three
"""
    assert [title for *_, title in outline(text)] == ["One", "Two", "Three"]


def test_an_unclosed_fence_swallows_at_most_two_hundred_lines_after_a_heading() -> None:
    head = "```\n## 2026-03-02T08:12Z — Two\n"

    assert [t for *_, t in outline(head + "x\n" * 198 + "x")] == []
    assert [t for *_, t in outline(head + "x\n" * 199 + "x")] == ["Two"]


def test_conflict_markers_are_passed_over_and_both_sides_are_read() -> None:
    text = """
<<<<<<< HEAD
- 2026-03-02T08:11Z: mine
=======
- 2026-03-02T08:12Z: theirs
>>>>>>> main
"""
    assert [title for *_, title in outline(text)] == ["mine", "theirs"]


def test_a_blank_line_more_is_no_revision_and_a_word_more_is_one() -> None:
    one, blank, more = (
        read("2026-03-02T08:11Z — One\nbody" + end)[0] for end in ("", "  \n\n", "\nmore")
    )

    assert (one.key, one.digest) == (blank.key, blank.digest)
    assert one.key == more.key
    assert one.digest != more.digest


def test_in_a_shared_log_the_header_names_the_author() -> None:
    pipes = (
        "START | 2026-03-02 20:43:36 +01:00 | parser_dev | task: split the lexer\nSCOPE | src/\n"
    )
    heads = "# Status\n\n## parser-dev -- Lexer split (COMPLETED 2026-03-02)\n- done\n"

    assert [(e.author, e.title) for e in read(pipes)] == [("parser_dev", "split the lexer")]
    assert [e.author for e in read(heads, "coordination/STATUS.md")] == ["parser-dev"]
    assert [e.author for e in read(heads)] == [None]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("- 2026-03-02T08:11Z: `pytest -q`: 4 passed", "`pytest -q`: 4 passed"),
        ("- `2026-03-02T08:11Z` `pytest -q`: 4 passed", "`pytest -q`: 4 passed"),
        ("- `2026-03-02T08:11Z`: lexer, `pytest -q`: 4 passed", "lexer, `pytest -q`: 4 passed"),
    ],
)
def test_a_title_that_begins_with_a_quotation_keeps_its_mark(line: str, title: str) -> None:
    assert [entry.title for entry in read(line)] == [title]


def test_a_word_of_work_before_a_colon_is_no_author() -> None:
    text = "- 2026-03-02T08:11Z fix: lexer\n- 2026-03-02T08:12Z noor: parser\n"

    assert [e.author for e in read(text, "team-log-shared.md")] == [None, "noor"]


def test_a_byte_order_mark_and_carriage_returns_change_nothing() -> None:
    plain = "# Mara — 2026-03-02\n\n## Status Summary\n---\n- done\n"
    windows = "\ufeff" + plain.replace("\n", "\r\n")

    assert outline(windows) == outline(plain) == [(1, 5, "2026-03-02", "Mara")]


def test_a_line_of_fifty_megabytes_is_read_by_its_beginning() -> None:
    huge = "2026-03-02T08:11Z — One " + "x 12 passed " * 4_500_000

    assert outline(huge)[0][:3] == (1, 1, "2026-03-02T08:11:00+00:00")


def test_the_state_goes_through_json_and_back() -> None:
    lines = ["# Mara — 2026-03-02", "", "## 08:11 UTC — One", "x"]
    state = read_feedback(lines, initial_state("feedback/mara.md", ARRIVAL), UTC).open_state

    assert state.line == 3
    assert load_state(dump_state(state)) == state


def test_without_an_entry_the_state_stays_where_it_was() -> None:
    state = FeedbackState(line=7, day="2026-03-02")

    assert read_feedback(["nothing", "here"], state, UTC).open_state == state


def test_what_blocks_is_told_without_the_stamp_of_its_heading() -> None:
    (entry,) = read("## 2026-01-12T11:18Z — Blocked by the schema\nno other work to do")
    assert entry.blocked_on == "Blocked by the schema"
