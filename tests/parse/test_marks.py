"""Which lines of a log have to be looked at."""

from __future__ import annotations

import pytest

from rollcall.parse.marks import find_marks


@pytest.mark.parametrize(
    "line",
    [
        "# Mara",
        "| 09:10 | ben | parser |",
        "2026-03-02T08:11Z — parser",
        "- 14:05 — parser",
        "Mon 2 Mar 2026",
        "- 9am: parser",
        "**12 p.m.** parser",
        "3. 9 AM parser",
        "- [x] 9am parser",
        "**Time:** 2 pm",
        '- "at": 9am',
        "Date: 2026-03-02",
    ],
)
def test_a_line_that_may_tell_a_time_or_be_a_heading_is_marked(line: str) -> None:
    assert find_marks(["", line, ""]).places == [1, 3]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "- wrote the parser, 12 passed",
        "  14:05 below an item",
        "\t- 2026-03-02T08:11Z",
        "> 2026-03-02T08:11Z",
        "ratio 3:7, port :8080 of 120",
        "the meeting at 9am",
        "12 amber lights",
        "\r",
    ],
)
def test_any_other_line_is_passed_over(line: str) -> None:
    assert find_marks([line]).places == [1]


def test_what_opens_or_closes_a_fence_or_a_comment_is_marked_wherever_it_stands() -> None:
    marks = find_marks(["- x", "  ```", "14:05", "  ```", "  ~~~", "a <!-- b", "-->", "# c"])

    assert marks.places == [1, 2, 3, 4, 5, 7, 8]
    assert marks.hiding == {1, 3, 4, 5}


def test_without_lines_there_is_nothing_to_look_at() -> None:
    assert find_marks([]).places == [0]
