from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.model import Stamp
from rollcall.parse.timestamps import match_time, search_date, to_stamp

DAY = date(2026, 3, 4)
BERLIN = timezone(timedelta(hours=1))


def stamp(text: str) -> str | None:
    """Read ``text`` on 4 March 2026 where unnamed zones are UTC+1."""
    written = match_time(text)
    return to_stamp(written, DAY, BERLIN).iso() if written else None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-03-02T14:05Z", "2026-03-02T14:05:00+00:00"),
        ("2026-03-02T14:05:09.250Z", "2026-03-02T14:05:09+00:00"),
        ("2026-03-02T14:05:09,250123456-06:00", "2026-03-02T14:05:09-06:00"),
        ("2026-03-02T14:05:09+0530", "2026-03-02T14:05:09+05:30"),
        ("2026-03-02 14:05:09 +01:00", "2026-03-02T14:05:09+01:00"),
        ("2026-03-02 14:05:09 PDT", "2026-03-02T14:05:09-07:00"),
        ("2026-03-02 14:05 (CEST)", "2026-03-02T14:05:00+02:00"),
        ("2026-03-02 at 2:05 PM UTC", "2026-03-02T14:05:00+00:00"),
        ("2026-03-02, 14:05 UTC+2", "2026-03-02T14:05:00+02:00"),
        ("2026/03/02 14:05", "2026-03-02T14:05:00+01:00"),
        ("20260302T140509Z", "2026-03-02T14:05:09+00:00"),
        ("Mar 2, 2026 2:05pm EST", "2026-03-02T14:05:00-05:00"),
        ("2 March 2026 14:05", "2026-03-02T14:05:00+01:00"),
        ("Mon Mar  2 14:05:09 UTC 2026", "2026-03-02T14:05:09+00:00"),
        ("2026-03-02 14:05-15:40 UTC", "2026-03-02T14:05:00+00:00"),
        ("2026-03-02 09:00-10:05 PST", "2026-03-02T09:00:00-08:00"),
        ("2026-03-02 12:00 PT", "2026-03-02T12:00:00-08:00"),
        ("2026-07-02 12:00 PT", "2026-07-02T12:00:00-07:00"),
        ("02.03.2026 14:05 CET", "2026-03-02T14:05:00+01:00"),
        ("03/02/2026 2:05 PM", "2026-03-02T14:05:00+01:00"),
        ("23/03/2026 14:05", "2026-03-23T14:05:00+01:00"),
        ("March 2, 2026, 2pm EST", "2026-03-02T14:00:00-05:00"),
        ("Monday, March 2, 2026 2:05 PM", "2026-03-02T14:05:00+01:00"),
        ("2026-03-02 14:05 UTC - 15:40 UTC", "2026-03-02T14:05:00+00:00"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02 +01:00", "2026-03-02"),
    ],
)
def test_a_stamp_keeps_the_offset_it_was_written_with(text: str, iso: str) -> None:
    assert stamp(text) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("14:05 UTC", "2026-03-04T14:05:00+00:00"),
        ("14:05", "2026-03-04T14:05:00+01:00"),
        ("14:05-15:10 UTC", "2026-03-04T14:05:00+00:00"),
        ("9:05 am", "2026-03-04T09:05:00+01:00"),
        ("12:05 AM", "2026-03-04T00:05:00+01:00"),
        ("9 pm", "2026-03-04T21:00:00+01:00"),
        ("1:30 pm \u2013 2:10 pm MDT", "2026-03-04T13:30:00-06:00"),
        ("9:30-10:15 pm", "2026-03-04T21:30:00+01:00"),
        ("11:30-1:10 pm", "2026-03-04T11:30:00+01:00"),
        ("21:53:36 UTC", "2026-03-04T21:53:36+00:00"),
    ],
)
def test_a_time_of_day_alone_takes_the_day_in_force(text: str, iso: str) -> None:
    assert stamp(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14",
        "25:00",
        "14:60",
        "2026-13-02",
        "2026-02-30",
        "1:2:3",
        "99.5%",
        "v2026.3",
        "13/14/2026",
        "31.02.2026",
        "9",
        "13 pm",
        "9 pmc",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert match_time(text) is None


def test_a_bare_date_has_no_time_of_day() -> None:
    written = match_time("2026-03-02")

    assert written is not None
    assert to_stamp(written, DAY, UTC) == Stamp(datetime(2026, 3, 2, tzinfo=UTC), has_time=False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Parser status - 2026-03-02T14:05Z", True),
        ("Parser status (2026-03-02)", True),
        ("see logs/2026-03-02T14:05Z.txt", False),
        ("run-2026-03-02 is done", False),
        ("`2026-03-02` is the key", False),
        ("2026-03-02_backup", False),
        ("Parser status, 02.03.2026", True),
        ("version 1.02.03.2026 is out", False),
    ],
)
def test_a_date_within_a_name_or_path_is_not_found(text: str, *, found: bool) -> None:
    assert (search_date(text) is not None) is found


@given(st.text(), st.integers(0, 20))
def test_any_text_is_read_without_complaint(text: str, at: int) -> None:
    written = match_time(text, at)

    assert written is None or at == written.start < written.end <= len(text)


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 12, 31)),  # noqa: DTZ001 - naive by design: an offset is given beside it
    st.sampled_from([-11, -6, 0, 1, 5.5, 13]),
)
def test_iso_8601_is_read_back_to_the_second(at: datetime, hours: float) -> None:
    aware = at.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    written = match_time(aware.isoformat())

    assert written is not None
    assert to_stamp(written, DAY, UTC).at == aware


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-03-02T08:11Z", 17),
        ("2026-03-02T08:11Z\u2013parser", 17),
        ("2026-03-02 08:11 UTC — parser", 20),
        ("2026-03-02T08:11Z - 09:11Z done", 26),
        ("2026-03-02T08:11:09-06:00 Parser", 25),
        ("2026-03-02T08:11:09-06:00 MDT", 29),
        ("[2026-03-02 08:11 UTC]"[1:], 20),
    ],
)
def test_a_time_ends_where_what_belongs_to_it_ends(text: str, end: int) -> None:
    written = match_time(text)

    assert written is not None
    assert written.end == end


def test_a_day_that_no_month_has_is_no_time() -> None:
    assert match_time("2026-02-30T08:11Z") is None
