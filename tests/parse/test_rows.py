"""Logs kept as tables, as lists with keys, and as lines of JSON."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from rollcall.parse.feedback import initial_state, read_feedback

Row = tuple[int, str | None, str | None, str]


def read(text: str, path: str = "feedback/mara.md") -> list[Row]:
    lines = text.strip("\n").split("\n")
    entries = read_feedback(lines, initial_state(path, date(2026, 3, 4)), UTC).entries
    return [(e.start, e.author, e.stamp.iso() if e.stamp else None, e.title) for e in entries]


def starts(text: str, path: str = "feedback/mara.md") -> list[int]:
    return [start for start, *_ in read(text, path)]


def test_each_row_of_a_log_kept_as_a_table_is_an_entry() -> None:
    text = """
# Team

| Time | Agent | What |
|---|---|---|
| 2026-03-02 08:11 UTC | ben | Lexer done |
| 2026-03-02 08:20 UTC | noor | Billing page begun |
"""
    assert read(text) == [
        (5, "ben", "2026-03-02T08:11:00+00:00", "Lexer done"),
        (6, "noor", "2026-03-02T08:20:00+00:00", "Billing page begun"),
    ]


def test_a_status_that_the_next_cell_repeats_is_said_once() -> None:
    lines = [
        "| Time | Task | What |",
        "|---|---|---|",
        "| 2026-03-02 08:11 UTC | Blocked | Blocked: the schema from ben is missing |",
    ]
    (entry,) = read_feedback(
        lines, initial_state("feedback/mara.md", date(2026, 3, 4)), UTC
    ).entries
    assert entry.blocked_on == "Blocked: the schema from ben is missing"


def test_times_of_day_in_a_table_stand_on_the_day_of_the_heading_above() -> None:
    text = """
## 2026-03-02
| What | When (UTC) |
| --- | --- |
| lexer | 23:50 |
| parser | 00:10 |

## 2026-03-05

| What | When (UTC) |
| --- | --- |
| billing page | 09:00 |
"""
    assert read(text) == [
        (4, None, "2026-03-02T23:50:00+00:00", "lexer"),
        (5, None, "2026-03-03T00:10:00+00:00", "parser"),
        (11, None, "2026-03-05T09:00:00+00:00", "billing page"),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "| Run | p95 |\n|---|---|\n| 1 | 14:05 |",
        "| Due | Agent | Task |\n|---|---|---|\n| 2026-03-02 14:05 | ben | ship |",
        "| Time | What |\n|---|---|\n| 2026-03-02 | a day alone |",
        "| Time | What |\n|---|---|\n| 14:05 and later | a window |",
        "| Time | What |\n|---|---|\n| 14:05 | <what you did> |",
    ],
)
def test_rows_of_another_table_are_no_entries(table: str) -> None:
    assert starts(f"# Mara\n\n{table}\n") == []


def test_a_table_within_an_update_is_a_detail_of_it() -> None:
    text = """
## 2026-03-02T08:11Z — Load test
| Time | What |
|---|---|
| 08:12 | 40 requests a second |
| 08:13 | 80 requests a second |
"""
    assert starts(text) == [1]


def test_a_table_that_follows_a_log_and_is_none_itself_begins_nothing() -> None:
    text = """
| Time | What |
|---|---|
| 2026-03-02 08:11 | Lexer done |

| Word | Meaning |
|---|---|
| 08:11 | a time |
"""
    assert starts(text) == [3]


def test_each_item_whose_keys_begin_with_its_time_is_an_entry() -> None:
    text = """
- time: 2026-03-02T08:11:00Z
  agent: ben
  what: "Lexer done"
- when: "2026-03-02 08:20 UTC"
  task: Parser
"""
    assert read(text) == [
        (1, "ben", "2026-03-02T08:11:00+00:00", "Lexer done"),
        (4, None, "2026-03-02T08:20:00+00:00", "Parser"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- Time: 2026-03-02T08:11:00Z\n- Owner: ben\n",
        "- time: soon\n  what: Lexer\n",
        "- time: 2026-03-02\n  what: Lexer\n",
        "- due: 2026-03-02T08:11:00Z\n  what: Lexer\n",
    ],
)
def test_another_item_with_a_time_is_none(text: str) -> None:
    assert 3 not in starts(f"# Mara\n\n{text}")


def test_each_line_of_a_json_log_is_an_entry_with_what_it_shows() -> None:
    lines = [
        '{"ts": "2026-03-02T08:11:00Z", "agent": "ben", "msg": "Lexer: 12 passed, 0 failed"}',
        "",
        '{"time": 1772440000, "from": "noor", "type": "note", "text": "reading the spec"}',
        '{"agent": "ben", "msg": "no time"}',
        "{not json",
        '["2026-03-02T08:11:00Z"]',
    ]
    entries = read_feedback(lines, initial_state("logs/work.jsonl", date(2026, 3, 4)), UTC).entries

    assert [(e.start, e.author, e.stamp and e.stamp.iso(), e.title, e.proof) for e in entries] == [
        (1, "ben", "2026-03-02T08:11:00+00:00", "Lexer: 12 passed, 0 failed", True),
        (3, "noor", "2026-03-02T08:26:40+00:00", "reading the spec", False),
    ]


def test_the_same_lines_in_another_file_are_only_quoted() -> None:
    assert starts('{"ts": "2026-03-02T08:11:00Z", "agent": "ben", "msg": "done"}') == []


def test_the_status_of_a_row_stands_before_what_was_done() -> None:
    text = """| Time | Status | What | Proof |
|---|---|---|---|
| 2026-03-02 08:11 | blocked | No schema for the parser, needs ben | |
| 2026-03-02 08:30 | done | Lexer | pytest: 12 passed |"""
    state = initial_state("feedback/mara.md", date(2026, 3, 4))
    entries = read_feedback(text.split("\n"), state, UTC).entries
    assert [(one.blocked_on is not None, one.proof) for one in entries] == [
        (True, False),
        (False, True),
    ]
