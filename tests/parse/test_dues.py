from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rollcall.hours import parse_hours
from rollcall.parse.dues import find_due_words, find_until, resolve_due

ASKED = datetime(2026, 2, 4, 9, 0, tzinfo=UTC)  # a Wednesday
ZURICH = ZoneInfo("Europe/Zurich")
OFFICE = parse_hours("Mon-Fri 09:00-18:00")


def due(text: str, asked: datetime = ASKED) -> str | None:
    """Return when a line's words are due of a provider in Zurich with office hours, in UTC."""
    words = find_due_words([text])
    found = resolve_due(words, asked, UTC, ZURICH, OFFICE) if words else None
    return None if found is None else f"{found:%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can you send it by Friday?", "02-06 23:00"),
        ("Can you send it by Friday 15:00?", "02-06 15:00"),
        ("Can you send it before Friday?", "02-05 23:00"),
        ("Can you send it by Wednesday?", "02-04 23:00"),
        ("Can you send it by next Wednesday?", "02-11 23:00"),
        ("Can you send it by EOD?", "02-04 17:00"),
        ("Can you send it by the end of the day?", "02-04 17:00"),
        ("Can you send it by EOD tomorrow?", "02-05 17:00"),
        ("Can you send it by end of day Saturday?", "02-07 23:00"),
        ("Can you send it tonight?", "02-04 23:00"),
        ("Can you send it by midnight?", "02-05 00:00"),
        ("Can you send it by 15:40?", "02-04 15:40"),
        ("Can you send it by 3 pm?", "02-04 15:00"),
        ("Can you send it by noon?", "02-04 12:00"),
        ("Can you send it by tomorrow noon?", "02-05 12:00"),
        ("Can you send it within 2 hours?", "02-04 11:00"),
        ("Can you send it in 30 min?", "02-04 09:30"),
        ("Can you send it within half an hour?", "02-04 09:30"),
        ("Can you send it in the next 2 days?", "02-06 09:00"),
        ("Can you send it by day 3?", "02-06 23:00"),
        ("Can you send it, no later than tomorrow?", "02-05 23:00"),
        ("Can you send the plan?", None),
        ("Can you tell whether it was not due by Friday?", None),
        ("Can you send the eodlog?", None),
        ("Can you check it in and push?", None),
        ("Can you stand by for the day 3 report?", None),
    ],
)
def test_words_that_name_a_time_say_when_it_is_due(text: str, expected: str | None) -> None:
    assert due(text) == expected


def test_a_time_of_day_alone_is_its_first_after_the_request_within_twelve_hours() -> None:
    late = ASKED.replace(hour=20)
    assert due("by 08:00", late) == "02-05 08:00"
    assert due("by 08:01", late) is None
    assert due("by 19:59", late) is None


def test_a_message_may_date_a_numbered_day() -> None:
    every = ["Day 2 (2026-02-05): plan", "Can you send it by day 4?"]
    words = find_due_words(every[1:], every)
    assert words == "by 2026-02-07"
    assert resolve_due(words, ASKED, UTC, UTC, None) == datetime(2026, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("using a provisional one until 15:00", "02-04 15:00"),
        ("the old one until tomorrow", "02-06 00:00"),
        ("the old one until 2026-02-06 10:00", "02-06 10:00"),
        ("the old one until 2026-02-06", "02-07 00:00"),
        ("the old one for 2 hours", "02-04 11:00"),
        ("the old one until you answer", None),
        ("the old one", None),
    ],
)
def test_a_fallback_may_say_until_when(text: str, expected: str | None) -> None:
    found = find_until(text, ASKED, UTC)
    assert (None if found is None else f"{found:%m-%d %H:%M}") == expected


def test_long_lines_take_no_longer_than_their_length() -> None:
    assert find_due_words(["by " * 100_000, "due due due " * 50_000]) == ""
