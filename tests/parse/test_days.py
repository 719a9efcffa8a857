"""Which day a time of day is of that stands before any date in its file."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rollcall.parse.days import move_days, settle_days
from rollcall.parse.feedback import initial_state, read_feedback

ARRIVAL = date(2026, 5, 9)
CHANGED = datetime(2026, 5, 9, 4, 50, tzinfo=UTC)


def settled(text: str, changed: datetime | None = CHANGED) -> list[tuple[str | None, bool]]:
    lines = text.strip("\n").split("\n")
    found = read_feedback(lines, initial_state("feedback/mara.md", ARRIVAL), UTC).entries
    entries = settle_days(found, changed)
    return [(e.stamp.iso(), e.stamp.day_is_guess) for e in entries if e.stamp]


@pytest.mark.parametrize(
    ("text", "stamps"),
    [
        (
            "**[23:50 UTC] a**\n**[00:10 UTC] b**\n2026-03-03T01:00Z — c",
            ["2026-03-02T23:50:00", "2026-03-03T00:10:00", "2026-03-03T01:00:00"],
        ),
        (
            "**[14:00 UTC] a**\n\n## 2026-03-03 Parser\n- 12 passed",
            ["2026-03-02T14:00:00", "2026-03-03"],
        ),
        (
            "**[14:00 UTC] a**\n2026-03-03T13:55Z — b\n2026-03-03T14:30Z — c",
            ["2026-03-03T14:00:00", "2026-03-03T13:55:00", "2026-03-03T14:30:00"],
        ),
        (
            "**[09:00 UTC] a**\n2026-03-03T18:00Z — b\n2026-03-03T14:30Z — c",
            ["2026-03-04T09:00:00", "2026-03-03T18:00:00", "2026-03-03T14:30:00"],
        ),
    ],
    ids=["past midnight", "before a day", "a little out of order", "newest first"],
)
def test_the_next_dated_entry_tells_the_day(text: str, stamps: list[str]) -> None:
    assert settled(text) == [(f"{at}+00:00" if "T" in at else at, False) for at in stamps]


def test_without_any_date_nothing_is_later_than_the_last_change_of_the_file() -> None:
    text = "**[16:25 UTC] a**\n**[21:53 UTC] b**\n**[04:47 UTC] c**\n"

    assert settled(text) == [
        ("2026-05-08T16:25:00+00:00", True),
        ("2026-05-08T21:53:00+00:00", True),
        ("2026-05-09T04:47:00+00:00", True),
    ]


def test_a_clock_that_is_five_minutes_ahead_is_believed_and_a_second_more_is_yesterdays() -> None:
    assert settled("**[04:55 UTC] a**\n") == [("2026-05-09T04:55:00+00:00", True)]
    assert settled("**[04:55:01 UTC] a**\n") == [("2026-05-08T04:55:01+00:00", True)]


def test_a_day_that_is_declared_stays() -> None:
    assert settled("# Mara — 2026-03-02\n## 23:50 UTC — a\nx\n") == [
        ("2026-03-02T23:50:00+00:00", False)
    ]


def test_guessed_days_are_moved_together() -> None:
    lines = ["**[23:50 UTC] a**", "**[00:10 UTC] b**"]
    found = read_feedback(lines, initial_state("feedback/mara.md", ARRIVAL), UTC).entries

    moved = move_days(found, date(2026, 2, 7))

    assert [one.stamp and one.stamp.iso() for one in moved] == [
        "2026-02-07T23:50:00+00:00",
        "2026-02-08T00:10:00+00:00",
    ]
