"""When an agent says that its next update comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from rollcall.model import Stamp
from rollcall.parse.promises import Promise, find_promise, may_promise

WRITTEN = Stamp(datetime(2026, 2, 7, 15, 10, tzinfo=UTC))


def utc(hour: int, minute: int, day: int = 7) -> datetime:
    return datetime(2026, 2, day, hour, minute, tzinfo=UTC)


def promised(line: str, stamp: Stamp | None = WRITTEN, arrival: datetime | None = None) -> object:
    found = find_promise(["## Parser", line], stamp, arrival)
    return None if found is None else found.at


@pytest.mark.parametrize(
    "line",
    [
        "next update by 15:40",
        "- **Next update**: 15:40",
        "Next update: `15:40Z`",
        "Next update @ 15:40",
        "Next status update ETA 15:40",
        "My next report is due at 15:40",
        "Tests running; next update by 15:40 (or sooner).",
        "15:10Z next update by 15:40",
        "next check-in 15:40Z",
        "next update ~15:40 UTC",
        "next update by 16:40 CET",
        "Next update 2026-02-07T15:40:00Z",
        "ETA for next update: 15:40",
        "expected next update: 15:40",
        "Posting the next update by 15:40",
        "I'll send the next update at 15:40",
        "will report back at 3:40 pm",
        "We'll check in at 15:40",
        "Will report back with the numbers by 15:40",
        "Will post an update by 15:40",
        "BRB, back at 15:40",
        "next update in 30 min",
        "Next check-in: +30m",
        "next update in 20-30 min",
        "I'll report back in half an hour",
        "checking back in 30 minutes",
        "Long build. Will update again in 30 min",
        "Another update within 30 minutes",
    ],
)
def test_the_next_word_of_an_agent_is_promised_in_the_forms_that_agents_write(line: str) -> None:
    assert promised(line) == utc(15, 40)
    assert may_promise(line.lower())


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("next update in 1h30m", utc(16, 40)),
        ("next update in an hour", utc(16, 10)),
        ("next update in 1.5 hours", utc(16, 40)),
        ("next update in 45s", utc(15, 10) + timedelta(seconds=45)),
        ("next update at 4pm", utc(16, 0)),
        ("Next check-in: tomorrow 10:00", utc(10, 0, 8)),
        ("Next update: tomorrow at 9 am", utc(9, 0, 8)),
    ],
)
def test_spans_half_days_and_tomorrow_are_read(line: str, at: datetime) -> None:
    assert promised(line) == at


@pytest.mark.parametrize(
    "line",
    [
        "due by 15:40",
        "ETA 15:40 for the release",
        "next release by 15:40",
        "next update of the parser by 15:40",
        "next update in 5 files",
        "next update soon",
        "last update 15:40",
        "Update at 15:40: 12 passed",
        "updated at 15:40",
        "Reported back at 15:40",
        "Rolled back at 15:40",
        "the parser falls back in 20 min",
        "added a check in 3 modules",
    ],
)
def test_when_work_is_due_or_was_done_is_no_promise(line: str) -> None:
    assert promised(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "please send next update by 15:40",
        "@ben: report back by 15:40",
        "send an update by 15:40",
        "needs update by 15:40",
        "waiting for next update by 15:40",
        "Ben's next update by 15:40",
        "Ben will report back at 15:40",
        "> next update by 15:40",
        "`next update by 15:40`",
        'ben said "next update by 15:40"',
    ],
)
def test_an_order_and_the_word_of_others_are_no_promise(line: str) -> None:
    assert promised(line) is None


def test_most_entries_are_passed_over_at_once() -> None:
    assert not may_promise("## 2026-02-07t14:00z parser\n- updated src/parser.py\n- 12 passed")


def test_a_time_after_midnight_is_the_next_days() -> None:
    late = Stamp(utc(23, 50))
    assert promised("next update by 00:20", late) == utc(0, 20, 8)
    assert promised("next update by 23:51", late) == utc(23, 51)


def test_a_time_that_is_the_entrys_own_or_past_is_no_promise() -> None:
    assert promised("next update by 15:10") is None
    assert promised("next update by 15:09") is None
    assert promised("next update by 2026-02-07T15:10Z") is None
    assert promised("next update in 0 min") is None


def test_a_time_without_a_day_is_at_most_twelve_hours_away() -> None:
    assert promised("next update by 03:10") == utc(3, 10, 8)
    assert promised("next update by 03:11") is None


def test_a_time_is_in_the_zone_of_the_entrys_stamp() -> None:
    east = Stamp(datetime(2026, 2, 7, 15, 10, tzinfo=timezone(timedelta(hours=2))))
    assert promised("next update by 15:40", east) == utc(13, 40)
    assert promised("next update by 15:40Z", east) == utc(15, 40)


def test_without_a_time_of_its_own_an_entry_counts_from_its_arrival() -> None:
    day = Stamp(utc(0, 0), has_time=False)
    for stamp in (None, day):
        assert promised("next update in 30 min", stamp, utc(15, 10)) == utc(15, 40)
        assert promised("next update by 15:40", stamp, utc(15, 10)) == utc(15, 40)
        assert promised("next update by 15:40", stamp) is None


def test_the_last_promise_of_an_entry_holds_and_says_where_it_stands() -> None:
    lines = ["## Parser", "Next update by 15:20", "```", "next update by 16:00", "```"]
    assert find_promise(lines, WRITTEN, None) == Promise(utc(15, 20), 1)
    more = [*lines, "- slower than I thought: next update by 15:50"]
    assert find_promise(more, WRITTEN, None) == Promise(utc(15, 50), 5)
