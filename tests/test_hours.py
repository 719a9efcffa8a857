"""Hours of the week: what can be written, when they hold, and what the clocks do to them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.hours import Hours, Window, parse_hours

SECOND = timedelta(seconds=1)
VIENNA = ZoneInfo("Europe/Vienna")  # 2026: forward on 29 March 02:00, back on 25 October 03:00
ZONES = ("UTC", "Europe/Vienna", "America/Denver", "Australia/Lord_Howe", "America/Havana")
OFFICE = parse_hours("Mon-Fri 09:00-18:00")


def utc(day: int, hour: int, minute: int = 0, *, month: int = 2) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def daily(begin: int, end: int) -> list[Window]:
    return [Window(day, begin, end) for day in range(7)]


class TestSyntax:
    @pytest.mark.parametrize(
        ("text", "windows"),
        [
            ("Mon 09:00-18:00", [Window(0, 540, 1080)]),
            ("monday 9:00 \N{EN DASH} 18:00", [Window(0, 540, 1080)]),
            ("Mon-Wed 09:00-18:00", [Window(day, 540, 1080) for day in (0, 1, 2)]),
            ("Fri-Mon 09:00-18:00", [Window(day, 540, 1080) for day in (0, 4, 5, 6)]),
            ("MON, Wed - Fri 09:00-18:00", [Window(day, 540, 1080) for day in (0, 2, 3, 4)]),
            ("09:00-18:00", daily(540, 1080)),
            ("daily 09:00-18:00", daily(540, 1080)),
            ("Sun-Sat 00:00-24:00", daily(0, 1440)),
            ("Tue 18:00-24:00", [Window(1, 1080, 1440)]),
            ("Tue 18:00-00:00", [Window(1, 1080, 1440)]),
            ("Sun 22:00-06:00", [Window(6, 1320, 1800)]),
        ],
    )
    def test_days_and_times_in_the_forms_that_people_write(
        self, text: str, windows: list[Window]
    ) -> None:
        assert list(parse_hours(text).windows) == windows

    def test_times_after_a_comma_have_the_days_before_them(self) -> None:
        hours = parse_hours("Mon 09:00-12:00, 13:00-18:00, Sat 10:00-14:00")
        assert hours.windows == (Window(0, 540, 720), Window(0, 780, 1080), Window(5, 600, 840))

    def test_times_after_a_semicolon_are_daily_again(self) -> None:
        assert parse_hours("Mon 09:00-12:00; 13:00-18:00") == parse_hours(
            ["Mon 09:00-12:00", "daily 13:00-18:00"]
        )

    def test_what_was_written_is_kept_for_showing(self) -> None:
        assert str(parse_hours(["Mon-Fri 09:00-18:00", " Sat 10:00-14:00"])) == (
            "Mon-Fri 09:00-18:00; Sat 10:00-14:00"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Mon-Fri",
            "9-18",
            "Mon-Fri 09:00",
            "Mon-Fri 09:00-18:00,",
            "Mon-Fri 09:00-18:00;",
            "Mon-Fri 09:00-18:00 UTC",
            "Mon-Fri 09:00-18:00 Sat 10:00-14:00",
            "Mo-Fr 09:00-18:00",
            "weekdays 09:00-18:00",
            "Mon/Tue 09:00-18:00",
            "09:60-18:00",
            "25:00-26:00",
            "09:00-24:01",
            "24:00-06:00",
            "-09:00-18:00",
            "9am-6pm",
            "Mon " + "09:00-18:00," * 60,
        ],
    )
    def test_anything_else_is_refused_with_an_example(self, text: str) -> None:
        with pytest.raises(ValueError, match=r'got ".*", expected for example "Mon-Fri 09:00'):
            parse_hours(text)

    def test_a_window_of_no_length_is_refused_with_the_way_to_say_always(self) -> None:
        with pytest.raises(ValueError, match=r'begins when it ends.*"00:00-24:00" is always'):
            parse_hours("09:00-09:00")

    def test_no_window_at_all_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least one window"):
            parse_hours([])


class TestWhen:
    def test_a_window_begins_at_its_first_instant_and_has_ended_at_its_last(self) -> None:
        begin, end = utc(9, 9), utc(9, 18)  # a Monday
        on = [OFFICE.is_on(at, UTC) for at in (begin - SECOND, begin, end - SECOND, end)]
        assert on == [False, True, True, False]

    def test_hours_are_local_to_their_zone(self) -> None:
        assert OFFICE.is_on(utc(9, 8), VIENNA)
        assert not OFFICE.is_on(utc(9, 17), VIENNA)

    def test_a_window_over_midnight_belongs_to_the_day_it_begins_on(self) -> None:
        night = parse_hours("Fri 22:00-06:00")
        on = [night.is_on(at, UTC) for at in (utc(13, 22), utc(14, 5, 59), utc(14, 6), utc(14, 22))]
        assert on == [True, True, False, False]

    def test_a_window_to_midnight_goes_on_in_the_next_days_first(self) -> None:
        hours = parse_hours("Mon 18:00-24:00; Tue 00:00-02:00")
        assert hours.next_change(utc(9, 18), UTC) == utc(10, 2)

    def test_the_next_change_is_the_end_within_and_the_beginning_outside(self) -> None:
        assert OFFICE.next_change(utc(13, 9), UTC) == utc(13, 18)
        assert OFFICE.next_change(utc(13, 18), UTC) == utc(16, 9)  # Friday evening to Monday

    def test_what_is_always_on_never_changes(self) -> None:
        always = parse_hours("00:00-24:00")
        assert always.next_change(utc(9, 9), VIENNA) is None
        assert always.off_between(utc(1, 0, month=3), utc(1, 0, month=11), VIENNA) == []

    def test_the_time_off_is_what_lies_between_the_windows(self) -> None:
        assert OFFICE.off_between(utc(12, 17), utc(16, 10), UTC) == [
            (utc(12, 18), utc(13, 9)),
            (utc(13, 18), utc(16, 9)),
        ]
        assert OFFICE.off_between(utc(14, 10), utc(14, 11), UTC) == [(utc(14, 10), utc(14, 11))]
        assert OFFICE.off_between(utc(13, 10), utc(13, 11), UTC) == []
        assert OFFICE.off_between(utc(13, 11), utc(13, 10), UTC) == []


class TestClockChanges:
    def test_an_edge_in_the_skipped_hour_is_the_instant_of_the_jump(self) -> None:
        jump = utc(29, 1, month=3)
        early = parse_hours("Sun 02:30-05:00")
        assert early.next_change(utc(28, 12, month=3), VIENNA) == jump
        assert early.on_between(jump - SECOND, utc(29, 12, month=3), VIENNA) == [
            (jump, utc(29, 3, month=3))
        ]
        late = parse_hours("Sun 01:00-02:30")
        assert late.next_change(utc(29, 0, month=3), VIENNA) == jump

    def test_a_window_within_the_skipped_hour_is_left_out_that_day(self) -> None:
        hours = parse_hours("Sun 02:10-02:50")
        assert hours.next_change(utc(28, 12, month=3), VIENNA) == utc(5, 0, 10, month=4)

    def test_a_window_on_a_day_that_a_zone_skipped_is_left_out(self) -> None:
        apia = ZoneInfo("Pacific/Apia")  # 30 December 2011 never was
        start = datetime(2011, 12, 29, tzinfo=UTC)
        friday = parse_hours("Fri 09:00-18:00")
        assert friday.next_change(start, apia) == datetime(2012, 1, 5, 19, tzinfo=UTC)

    def test_in_a_repeated_hour_a_window_begins_at_the_first_and_ends_at_the_second(self) -> None:
        hours = parse_hours("Sun 02:15-02:45")
        assert hours.on_between(utc(24, 12, month=10), utc(26, 0, month=10), VIENNA) == [
            (utc(25, 0, 15, month=10), utc(25, 1, 45, month=10))
        ]

    @pytest.mark.parametrize(("day", "month", "hours"), [(28, 3, 8), (24, 10, 10), (7, 2, 9)])
    def test_a_night_is_as_long_as_the_clocks_make_it(
        self, day: int, month: int, hours: int
    ) -> None:
        night = parse_hours("Sat 22:00-07:00")
        ((begin, end),) = night.on_between(
            utc(day, 12, month=month), utc(day, 12, month=month) + timedelta(days=1), VIENNA
        )
        assert end - begin == timedelta(hours=hours)


times = st.integers(min_value=0, max_value=24 * 12 - 1).map(
    lambda step: time(step // 12, step % 12 * 5)
)
windows = st.tuples(st.integers(0, 6), times, times).filter(lambda one: one[1] != one[2])
days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
some_hours = st.lists(windows, min_size=1, max_size=6).map(
    lambda found: parse_hours(
        [f"{days[day]} {begin:%H:%M}-{end:%H:%M}" for day, begin, end in found]
    )
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(some_hours, zones, instants, st.integers(0, 9 * 24 * 60), st.data())
def test_an_instant_is_on_exactly_when_it_is_not_in_the_time_off(
    hours: Hours, zone: ZoneInfo, start: datetime, minutes: int, data: st.DataObject
) -> None:
    end = start + timedelta(minutes=minutes)
    off = hours.off_between(start, end, zone)
    at = start + timedelta(minutes=data.draw(st.integers(0, max(minutes - 1, 0))))
    if at < end:
        assert hours.is_on(at, zone) == (not any(begin <= at < until for begin, until in off))


@given(some_hours, zones, instants, st.integers(0, 30 * 24 * 60))
def test_the_time_off_is_in_order_apart_and_within_what_was_asked(
    hours: Hours, zone: ZoneInfo, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)
    edges = [edge for one in hours.off_between(start, end, zone) for edge in one]
    assert edges == sorted(set(edges))
    assert all(start <= edge <= end for edge in edges)


@given(some_hours, zones, instants, instants, instants)
def test_the_time_off_is_the_same_in_two_parts_as_in_one(
    hours: Hours, zone: ZoneInfo, one: datetime, two: datetime, three: datetime
) -> None:
    start, middle, end = sorted((one, two, three))

    def length(since: datetime, until: datetime) -> timedelta:
        off = hours.off_between(since, until, zone)
        return sum((after - before for before, after in off), timedelta())

    assert length(start, middle) + length(middle, end) == length(start, end)


@given(some_hours, zones, instants)
def test_nothing_changes_before_the_next_change_and_then_it_does(
    hours: Hours, zone: ZoneInfo, at: datetime
) -> None:
    change = hours.next_change(at, zone)
    assert change is not None  # six windows never cover a week
    assert change > at
    now = hours.is_on(at, zone)
    assert hours.is_on(change - SECOND, zone) == now
    assert hours.is_on(change, zone) != now
    assert hours.off_between(at, change, zone) == ([] if now else [(at, change)])
