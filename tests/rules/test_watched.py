"""Time that nobody watched counts against nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rollcall.rules.watched import Gap, find_gap, plan_next_sweep, watched_deadline

TEN = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
ALLOWED = timedelta(minutes=10)


def at(minute: float) -> datetime:
    return TEN + timedelta(minutes=minute)


def test_without_a_gap_the_deadline_is_start_plus_allowance() -> None:
    assert watched_deadline(TEN, ALLOWED, []) == at(10)


def test_a_gap_in_between_moves_the_deadline_by_its_length() -> None:
    assert watched_deadline(TEN, ALLOWED, [Gap(at(4), at(64))]) == at(70)


def test_a_gap_that_began_before_the_start_moves_it_by_what_lies_after() -> None:
    assert watched_deadline(TEN, ALLOWED, [Gap(at(-30), at(5))]) == at(15)


def test_a_gap_that_is_over_or_not_yet_come_moves_nothing() -> None:
    gaps = [Gap(at(-30), at(-5)), Gap(at(11), at(60))]
    assert watched_deadline(TEN, ALLOWED, gaps) == at(10)


def test_a_gap_that_begins_exactly_at_the_deadline_does_not_move_it() -> None:
    assert watched_deadline(TEN, ALLOWED, [Gap(at(10), at(60))]) == at(10)


def test_a_gap_that_begins_a_second_before_the_deadline_leaves_a_second_after_it() -> None:
    early = at(10) - timedelta(seconds=1)
    deadline = watched_deadline(TEN, ALLOWED, [Gap(early, at(60))])
    assert deadline == at(60) + timedelta(seconds=1)


def test_several_gaps_in_any_order_add_up() -> None:
    gaps = [Gap(at(20), at(30)), Gap(at(2), at(5))]
    assert watched_deadline(TEN, ALLOWED, gaps) == at(13)
    assert watched_deadline(TEN, timedelta(minutes=20), gaps) == at(33)


def test_a_tick_thirty_seconds_late_is_no_gap() -> None:
    assert find_gap(TEN, TEN + timedelta(seconds=30)) is None


def test_a_tick_thirty_one_seconds_late_is_a_gap_from_its_plan_to_now() -> None:
    late = TEN + timedelta(seconds=31)
    assert find_gap(TEN, late) == Gap(TEN, late)


def test_the_first_tick_ever_is_no_gap_and_neither_is_an_early_one() -> None:
    assert find_gap(None, TEN) is None
    assert find_gap(at(5), TEN) is None


def test_a_sweep_is_expected_after_its_setting_or_after_its_own_longer_rhythm() -> None:
    every = timedelta(minutes=5)
    assert plan_next_sweep(TEN, None, every) == at(5)
    assert plan_next_sweep(TEN, at(-2), every) == at(5)
    assert plan_next_sweep(TEN, at(-60), every) == at(60)
