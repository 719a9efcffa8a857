"""The GO signal: when a team stands by, for how long, and when to look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rollcall.rules.duty import Away, DutyState
from rollcall.rules.signal import Observation, SignalState, Standby, find_standby

TEN = datetime(2026, 2, 7, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GONE = "the GO signal is gone"
NEVER = "there is no GO signal yet"
SAYS = "the GO signal says to stand by"
FLAPS = "the GO signal is flapping: it changed twice within 15 min"


def at(minute: float) -> datetime:
    return TEN + timedelta(minutes=minute)


def seen(*states: tuple[float, str]) -> list[Observation]:
    return [Observation(at(minute), SignalState(state)) for minute, state in states]


def off(start: float, end: float | None, reason: str) -> Away:
    return Away(at(start), None if end is None else at(end), DutyState.STANDBY, reason)


def test_nothing_seen_or_go_is_no_standby() -> None:
    assert find_standby([], at(5)) == Standby()
    assert find_standby(seen((0, "go"), (1, "go")), at(500)) == Standby()


def test_a_signal_that_says_standby_holds_at_once_and_until_it_says_go() -> None:
    paused = seen((0, "go"), (60, "standby"))
    assert find_standby(paused, at(60) - SECOND) == Standby()
    assert find_standby(paused, at(60)) == Standby((off(60, None, SAYS),))
    resumed = [*paused, *seen((90, "go"))]
    assert find_standby(resumed, at(90)) == Standby((off(60, 90, SAYS),))


def test_a_signal_that_vanishes_counts_after_two_minutes() -> None:
    vanished = seen((0, "go"), (60, "absent"))
    assert find_standby(vanished, at(62) - SECOND) == Standby((), look_again=at(62))
    assert find_standby(vanished, at(62)) == Standby((off(62, None, GONE),))


@pytest.mark.parametrize(("back_after", "stood_by"), [(timedelta(minutes=2), 0), (2 * SECOND, 0)])
def test_a_signal_that_is_back_within_two_minutes_was_never_gone(
    back_after: timedelta, stood_by: int
) -> None:
    known = [*seen((0, "go"), (60, "absent")), Observation(at(60) + back_after, SignalState.GO)]
    assert len(find_standby(known, at(90)).aways) == stood_by


def test_a_signal_that_is_back_a_second_later_was_gone_and_flaps() -> None:
    known = [*seen((0, "go"), (60, "absent")), Observation(at(62) + SECOND, SignalState.GO)]
    end = at(77) + SECOND
    assert find_standby(known, at(63)) == Standby(
        (Away(at(62), end, DutyState.STANDBY, FLAPS),), look_again=end
    )


def test_a_signal_that_never_was_there_counts_at_once() -> None:
    assert find_standby(seen((0, "absent")), at(0)) == Standby((off(0, None, NEVER),))


def test_its_first_appearance_is_no_flapping() -> None:
    assert find_standby(seen((0, "absent"), (1, "go")), at(1)) == Standby((off(0, 1, NEVER),))


def test_a_signal_that_vanishes_while_it_says_standby_changes_nothing_but_the_reason() -> None:
    known = seen((0, "go"), (60, "standby"), (70, "absent"))
    assert find_standby(known, at(70)) == Standby((off(60, None, GONE),))


def test_standby_in_place_of_a_signal_just_gone_holds_from_when_it_is_read() -> None:
    known = seen((0, "go"), (60, "absent"), (61, "standby"))
    assert find_standby(known, at(61)) == Standby((off(61, None, SAYS),))


def test_two_changes_exactly_fifteen_minutes_apart_are_flapping() -> None:
    known = seen((0, "go"), (60, "standby"), (75, "go"))
    flapping = Standby((off(60, 90, FLAPS),), look_again=at(90))
    assert find_standby(known, at(75)) == flapping
    assert find_standby(known, at(90) - SECOND) == flapping
    assert find_standby(known, at(90)) == Standby((off(60, 90, FLAPS),))


def test_two_changes_a_second_more_apart_are_two_changes() -> None:
    known = [*seen((0, "go"), (60, "standby")), Observation(at(75) + SECOND, SignalState.GO)]
    ended = at(75) + SECOND
    assert find_standby(known, at(80)) == Standby((Away(at(60), ended, DutyState.STANDBY, SAYS),))


def test_each_further_change_puts_the_end_of_flapping_off() -> None:
    known = seen((0, "go"), (60, "standby"), (65, "go"), (70, "standby"), (75, "go"))
    assert find_standby(known, at(76)) == Standby((off(60, 90, FLAPS),), look_again=at(90))


def test_a_signal_that_flaps_and_stays_on_standby_says_standby_for_as_long_as_it_does() -> None:
    known = seen((0, "standby"), (60, "go"), (65, "standby"))
    assert find_standby(known, at(66)) == Standby((off(0, 60, SAYS), off(65, None, SAYS)))
    resumed = [*known, *seen((200, "go"))]
    assert find_standby(resumed, at(200)).aways == (off(0, 60, SAYS), off(65, 200, SAYS))


def test_the_order_in_which_observations_come_does_not_matter() -> None:
    known = seen((0, "go"), (60, "standby"), (75, "go"))
    assert find_standby(reversed(known), at(80)) == find_standby(known, at(80))


def test_what_is_seen_later_than_now_is_not_known_yet() -> None:
    assert find_standby(seen((0, "go"), (60, "standby")), at(59)) == Standby()
