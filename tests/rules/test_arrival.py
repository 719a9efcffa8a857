"""Arrival counts; a claim in a stamp gains nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rollcall.rules.arrival import Came, Reading, date_arrivals, is_in_gap
from rollcall.rules.watched import Gap

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GAP = Gap(NOW - 3 * HOUR, NOW - HOUR)


def test_one_entry_counts_from_when_it_is_seen_whatever_its_stamp_says() -> None:
    live = Reading(NOW)
    assert date_arrivals([NOW - 5 * HOUR], live) == [NOW]
    assert date_arrivals([NOW + 5 * HOUR], live) == [NOW]
    assert date_arrivals([None], live) == [NOW]


def test_of_several_in_one_change_the_newest_arrives_and_the_others_are_dated() -> None:
    stamps = [NOW - 2 * HOUR, NOW - HOUR, NOW - 3 * HOUR]
    assert date_arrivals(stamps, Reading(NOW)) == [NOW - 2 * HOUR, NOW, NOW - 3 * HOUR]


def test_of_several_the_unstamped_arrive_now_too() -> None:
    assert date_arrivals([None, NOW - HOUR, None], Reading(NOW)) == [NOW, NOW, NOW]


def test_no_entry_of_several_counts_later_than_now() -> None:
    stamps = [NOW + HOUR, NOW + 2 * HOUR]
    assert date_arrivals(stamps, Reading(NOW)) == [NOW, NOW]


def test_what_git_brought_is_dated_by_stamp_and_without_one_proves_nothing() -> None:
    stamps = [NOW - 2 * HOUR, None, NOW + HOUR]
    assert date_arrivals(stamps, Reading(NOW, Came.GIT)) == [NOW - 2 * HOUR, None, NOW]


def test_what_arrived_in_an_outage_is_dated_by_a_stamp_inside_it() -> None:
    reading = Reading(NOW, Came.OUTAGE, changed=NOW - 2 * HOUR, gap=GAP)
    assert date_arrivals([GAP.start], reading) == [GAP.start]
    assert date_arrivals([GAP.end], reading) == [GAP.end]


def test_what_arrived_in_an_outage_with_a_stamp_outside_it_is_dated_by_the_file() -> None:
    reading = Reading(NOW, Came.OUTAGE, changed=NOW - 2 * HOUR, gap=GAP)
    second = timedelta(seconds=1)
    stamps = [GAP.start - second, GAP.end + second, None]
    assert date_arrivals(stamps, reading) == [NOW - 2 * HOUR] * 3


def test_a_file_changed_up_to_the_end_of_a_gap_changed_in_it() -> None:
    assert is_in_gap(GAP.end, GAP)
    assert not is_in_gap(GAP.end + timedelta(seconds=1), GAP)
    assert not is_in_gap(GAP.end, None)
