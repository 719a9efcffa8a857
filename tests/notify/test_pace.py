from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.notify.pace import UPDATES_PER_MINUTE, Call, Pace


def test_the_first_message_goes_at_once_and_the_next_a_second_later() -> None:
    pace = Pace(per_second=1.0)

    assert pace.ready_at_s(Call.POST, "C1", 100.0) == 100.0
    pace.used(Call.POST, "C1", 100.0)

    assert pace.ready_at_s(Call.POST, "C1", 100.0) == 101.0
    assert pace.ready_at_s(Call.POST, "C1", 101.0) == 101.0
    assert pace.ready_at_s(Call.POST, "C1", 102.0) == 102.0


def test_each_channel_has_its_own_pace() -> None:
    pace = Pace(per_second=0.5)
    pace.used(Call.POST, "C1", 100.0)

    assert pace.ready_at_s(Call.POST, "C1", 100.0) == 102.0
    assert pace.ready_at_s(Call.POST, "C2", 100.0) == 100.0


def test_updates_do_not_wait_for_messages_nor_messages_for_updates() -> None:
    pace = Pace(per_second=1.0)
    pace.used(Call.POST, "C1", 100.0)
    assert pace.ready_at_s(Call.UPDATE, "C1", 100.0) == 100.0

    pace = Pace(per_second=1.0)
    pace.used(Call.UPDATE, "C1", 100.0)
    assert pace.ready_at_s(Call.POST, "C1", 100.0) == 100.0


def test_the_fifty_first_update_waits_until_the_first_is_a_minute_old() -> None:
    pace = Pace(per_second=1.0)
    for number in range(UPDATES_PER_MINUTE - 1):
        pace.used(Call.UPDATE, "C1", 100.0 + number / 10)
    assert pace.ready_at_s(Call.UPDATE, "C2", 110.0) == 110.0

    pace.used(Call.UPDATE, "C1", 110.0)

    assert pace.ready_at_s(Call.UPDATE, "C2", 110.0) == 160.0
    assert pace.ready_at_s(Call.UPDATE, "C2", 161.0) == 161.0


def test_whoever_must_wait_is_told_for_what_moments() -> None:
    pace = Pace(per_second=0.5)
    assert pace.next_ready_s(100.0) == []
    pace.used(Call.POST, "C1", 100.0)
    pace.used(Call.POST, "C2", 101.0)

    assert pace.next_ready_s(101.0) == [102.0, 103.0]
    assert pace.next_ready_s(102.0) == [103.0]
    assert pace.next_ready_s(103.0) == []
    assert pace.posts_in_a_minute == 30


@pytest.mark.parametrize("per_second", [0.0, -1.0])
def test_a_pace_of_nothing_is_refused(per_second: float) -> None:
    with pytest.raises(ValueError, match=f"above 0, got {per_second}"):
        Pace(per_second)


@given(
    st.lists(st.floats(0, 5), max_size=200),
    st.sampled_from(Call),
    st.sampled_from([0.5, 1.0, 3.0]),
)
def test_whoever_waits_as_told_never_exceeds_the_limits(
    pauses_s: list[float], kind: Call, per_second: float
) -> None:
    pace, now_s, used_s = Pace(per_second), 0.0, []
    for pause_s in pauses_s:
        now_s = pace.ready_at_s(kind, "C1", now_s + pause_s)
        pace.used(kind, "C1", now_s)
        used_s.append(now_s)

    apart = 1 if kind is Call.POST else UPDATES_PER_MINUTE
    least_s = 1 / per_second if kind is Call.POST else 60.0
    later_s = used_s[apart:]
    assert all(b - a >= least_s - 1e-6 for a, b in zip(used_s, later_s, strict=False))
