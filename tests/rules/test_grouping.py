"""What is told now, together, later or never: storms, flapping, quiet hours, falling silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from blockers import make_blocker
from rollcall.model import Blocker, BlockerKind, BlockerStatus, Transition
from rollcall.rules.grouping import (
    Crowd,
    Pending,
    Plan,
    Scene,
    Shape,
    Storm,
    plan_telling,
)

NOON = datetime(2026, 2, 7, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
TEAM = tuple(f"agent-{number}" for number in range(10))


def blocker(number: int, opened: datetime = NOON, **changes: object) -> Blocker:
    return make_blocker(opened, TEAM[number], number, **changes)


def opening(number: int, at: datetime = NOON, **changes: object) -> Pending:
    plain = Pending(number, blocker(number, at), Transition.OPENED, 1, at)
    return replace(plain, **changes)  # type: ignore[arg-type]


def closing(number: int, at: datetime = NOON, **changes: object) -> Pending:
    closed = blocker(number, at - MINUTE, status=BlockerStatus.RESOLVED, closed=at)
    plain = Pending(100 + number, closed, Transition.CLOSED, 1, at, heard=True)
    return replace(plain, **changes)  # type: ignore[arg-type]


def crowd(on_duty: int, *, up_to_date: int = 0, overdue: int = 0) -> Crowd:
    return Crowd(
        frozenset(TEAM[:on_duty]),
        frozenset(TEAM[on_duty - up_to_date : on_duty]),
        frozenset(TEAM[:overdue]),
        NOON + 3 * MINUTE,
    )


def shapes(plan: Plan) -> list[tuple[Shape, list[int]]]:
    return [(one.shape, [member.id for member in one.members]) for one in plan.bundles]


# What is over before it was told


def test_an_opening_and_its_closing_that_nobody_heard_are_both_dropped() -> None:
    over = closing(1, heard=False)
    opened = replace(opening(1), blocker=over.blocker)
    plan = plan_telling([opened, over], Scene(NOON))
    assert plan.bundles == []
    assert plan.dropped == {
        1: "resolved before it was told",
        101: "nobody was told of its opening",
    }


def test_what_was_acknowledged_or_put_on_hold_before_it_was_told_is_dropped() -> None:
    for status in (BlockerStatus.ACKNOWLEDGED, BlockerStatus.HELD, BlockerStatus.SNOOZED):
        one = replace(opening(1), blocker=blocker(1, status=status))
        assert plan_telling([one], Scene(NOON)).dropped == {1: f"{status.value} before it was told"}


# Storms


def test_five_of_ten_within_a_minute_are_a_storm_and_four_are_not() -> None:
    scene = Scene(NOON + MINUTE, crowd(10, up_to_date=5))
    five = [opening(number) for number in range(5)]
    assert shapes(plan_telling(five, scene)) == [(Shape.STORM, [0, 1, 2, 3, 4])]
    assert shapes(plan_telling(five[:4], scene)) == [(Shape.SINGLE, [n]) for n in range(4)]


def test_a_storm_is_within_a_minute_and_not_a_second_more() -> None:
    five = [opening(number) for number in range(5)]
    scene = Scene(NOON + MINUTE + SECOND, crowd(10, up_to_date=5))
    assert shapes(plan_telling(five, scene)) == [(Shape.SINGLE, [n]) for n in range(5)]


def test_five_of_more_than_ten_are_less_than_half_and_no_storm() -> None:
    many = Crowd(frozenset(f"other-{n}" for n in range(11)), frozenset({"other-1"}))
    five = [opening(number) for number in range(5)]
    assert shapes(plan_telling(five, Scene(NOON, many))) == [(Shape.SINGLE, [n]) for n in range(5)]


def test_those_that_were_told_within_the_minute_count_for_a_storm() -> None:
    recent = [blocker(number) for number in range(4)]
    scene = Scene(NOON + 30 * SECOND, crowd(8, up_to_date=3), recent=recent)
    plan = plan_telling([opening(4)], scene)
    assert shapes(plan) == [(Shape.STORM, [4])]
    assert plan.bundles[0].also == tuple(recent)


def test_later_openings_join_an_open_storm_for_five_minutes() -> None:
    members = tuple(blocker(number) for number in range(5))
    scene = Scene(NOON + 5 * MINUTE, crowd(10, up_to_date=3), [Storm(7, members)])
    assert plan_telling([opening(6, NOON + 5 * MINUTE)], scene).joins == {6: 7}
    late = opening(6, NOON + 5 * MINUTE + SECOND)
    assert shapes(plan_telling([late], replace(scene, now=late.at))) == [(Shape.SINGLE, [6])]


def test_a_storm_is_told_again_when_it_has_grown_by_half() -> None:
    members = tuple(blocker(number) for number in range(4))
    scene = Scene(NOON + MINUTE, crowd(10, up_to_date=3), [Storm(7, members)])
    first = opening(5, NOON + MINUTE)
    plan = plan_telling([first], scene)
    assert (plan.bundles, plan.joins, plan.held) == ([], {5: 7}, {5: "its storm may grow"})
    assert plan.next_check_at == NOON + 6 * MINUTE
    known = replace(first, incident=7)
    storm = Storm(7, (*members, known.blocker))
    plan = plan_telling([known, opening(6, NOON + MINUTE)], replace(scene, storms=[storm]))
    assert (shapes(plan), plan.joins) == ([(Shape.STORM_GROWN, [5, 6])], {6: 7})


def test_the_last_to_join_a_storm_are_told_when_it_grows_no_more() -> None:
    known = opening(5, NOON + MINUTE, incident=7)
    storm = Storm(7, (*(blocker(number) for number in range(4)), known.blocker))
    scene = Scene(NOON + 6 * MINUTE - SECOND, crowd(10, up_to_date=3), [storm])
    plan = plan_telling([known], scene)
    assert (plan.bundles, plan.next_check_at) == ([], NOON + 6 * MINUTE)
    plan = plan_telling([known], replace(scene, now=NOON + 6 * MINUTE))
    assert shapes(plan) == [(Shape.STORM_GROWN, [5])]


def test_who_joined_a_storm_that_is_over_is_named_in_its_closing_alone() -> None:
    storm = storm_of(4)
    known = replace(opening(5), blocker=storm.members[5], incident=7)
    closings = [closing(number, incident=7) for number in range(4)]
    scene = Scene(NOON + 5 * MINUTE, crowd(10, up_to_date=6), [storm])
    plan = plan_telling([known, *closings], scene)
    assert shapes(plan) == [(Shape.STORM_OVER, [100, 101, 102, 103])]
    assert plan.dropped == {5: "named when its storm was over"}


def test_a_dependency_is_no_part_of_a_storm() -> None:
    asked = replace(opening(5), blocker=blocker(5, kind=BlockerKind.STALLED_DEPENDENCY))
    five = [*(opening(number) for number in range(4)), asked]
    scene = Scene(NOON, crowd(8, up_to_date=3))
    assert [shape for shape, _ in shapes(plan_telling(five, scene))] == [Shape.SINGLE] * 5


def storm_of(closed: int, last: datetime = NOON) -> Storm:
    members = [blocker(n, NOON - 30 * MINUTE) for n in range(6)]
    for number in range(closed):
        members[number] = replace(members[number], closed=last, status=BlockerStatus.RESOLVED)
    return Storm(7, tuple(members))


def test_the_closings_of_a_storm_wait_until_all_are_closed() -> None:
    half = [closing(number, incident=7) for number in range(3)]
    plan = plan_telling(half, Scene(NOON, crowd(6, up_to_date=6), [storm_of(3)]))
    assert plan.bundles == []
    assert plan.held == dict.fromkeys((100, 101, 102), "its storm is not over")
    whole = [closing(number, incident=7) for number in range(6)]
    plan = plan_telling(whole, Scene(NOON, crowd(6, up_to_date=6), [storm_of(6)]))
    assert shapes(plan) == [(Shape.STORM_OVER, [100, 101, 102, 103, 104, 105])]


def test_a_storm_half_over_is_told_five_minutes_after_the_last_closing() -> None:
    half = [closing(number, incident=7) for number in range(3)]
    scene = Scene(NOON + 5 * MINUTE - SECOND, crowd(6, up_to_date=3), [storm_of(3)])
    plan = plan_telling(half, scene)
    assert (plan.bundles, plan.next_check_at) == ([], NOON + 5 * MINUTE)
    plan = plan_telling(half, replace(scene, now=NOON + 5 * MINUTE))
    assert shapes(plan) == [(Shape.STORM_OVER, [100, 101, 102])]
    assert [one.agent for one in plan.bundles[0].also] == ["agent-3", "agent-4", "agent-5"]


def test_the_closings_of_a_storm_that_became_a_stop_are_told_to_nobody() -> None:
    stopped = replace(storm_of(6), stopped=True)
    whole = [closing(number, incident=7) for number in range(6)]
    plan = plan_telling(whole, Scene(NOON, crowd(6, up_to_date=6), [stopped]))
    assert plan.bundles == []
    assert set(plan.dropped.values()) == {"the whole team had stopped"}


# A team that falls silent


def test_while_nobody_is_up_to_date_openings_wait_for_the_next_deadline() -> None:
    plan = plan_telling([opening(0)], Scene(NOON, crowd(6, overdue=1)))
    assert (plan.bundles, plan.held) == ([], {0: "the whole team is silent"})
    assert plan.next_check_at == NOON + 3 * MINUTE


def test_when_all_are_overdue_it_is_one_message_however_far_apart() -> None:
    openings = [opening(number, NOON + number * MINUTE) for number in range(6)]
    plan = plan_telling(openings, Scene(NOON + 6 * MINUTE, crowd(6, overdue=6)))
    assert shapes(plan) == [(Shape.STORM, [0, 1, 2, 3, 4, 5])]


def test_as_soon_as_one_proves_what_waited_is_told() -> None:
    plan = plan_telling([opening(0)], Scene(NOON, crowd(6, up_to_date=1, overdue=1)))
    assert shapes(plan) == [(Shape.SINGLE, [0])]


def test_a_team_of_four_never_waits() -> None:
    plan = plan_telling([opening(0)], Scene(NOON, crowd(4, overdue=1)))
    assert shapes(plan) == [(Shape.SINGLE, [0])]


def test_a_fault_of_our_own_waits_for_no_team() -> None:
    ours = replace(opening(0), blocker=blocker(0, kind=BlockerKind.FAULT))
    plan = plan_telling([ours], Scene(NOON, crowd(6, overdue=1)))
    assert shapes(plan) == [(Shape.SINGLE, [0])]


# Together


def test_what_goes_on_or_is_repeated_at_once_is_one_message_for_each_owner() -> None:
    for again in (Transition.RELEASED, Transition.REPEATED, Transition.UNSNOOZED):
        pending = [
            replace(opening(n, transition=again), blocker=blocker(n, owner=owner))
            for n, owner in enumerate(("ivo", "ivo", "noor"))
        ]
        assert shapes(plan_telling(pending, Scene(NOON))) == [
            (Shape.TOGETHER, [0, 1]),
            (Shape.SINGLE, [2]),
        ]


# Flapping


def test_the_fourth_opening_within_an_hour_is_flapping_and_the_third_is_not() -> None:
    assert shapes(plan_telling([opening(0, openings=3)], Scene(NOON))) == [(Shape.SINGLE, [0])]
    assert shapes(plan_telling([opening(0, openings=4)], Scene(NOON))) == [(Shape.FLAPPING, [0])]


def test_what_flaps_waits_until_it_has_stayed_for_half_an_hour() -> None:
    one = opening(0, openings=5)
    waits = plan_telling([one], Scene(NOON + 30 * MINUTE - SECOND))
    assert (waits.held, waits.next_check_at) == ({0: "flapping"}, NOON + 30 * MINUTE)
    assert shapes(plan_telling([one], Scene(NOON + 30 * MINUTE))) == [(Shape.SINGLE, [0])]


def test_of_what_came_and_went_only_the_newest_waits() -> None:
    came = opening(0, openings=5)
    went = replace(closing(0, NOON + MINUTE), openings=5)
    plan = plan_telling([came, went], Scene(NOON + MINUTE))
    assert plan.held == {100: "flapping"}
    assert set(plan.dropped) == {0}


# Quiet hours


def night(instant: datetime) -> datetime | None:
    return NOON + 8 * 60 * MINUTE if NOON <= instant < NOON + 8 * 60 * MINUTE else None


def test_quiet_hours_hold_everything_to_their_end() -> None:
    plan = plan_telling([opening(0), opening(1)], Scene(NOON + MINUTE, quiet_until=night))
    assert plan.held == {0: "quiet hours", 1: "quiet hours"}
    assert plan.next_check_at == NOON + 8 * 60 * MINUTE


def test_after_quiet_hours_several_are_one_digest_and_one_is_told_by_itself() -> None:
    scene = Scene(NOON + 8 * 60 * MINUTE, quiet_until=night)
    assert shapes(plan_telling([opening(0), opening(1)], scene)) == [(Shape.DIGEST, [0, 1])]
    assert shapes(plan_telling([opening(0)], scene)) == [(Shape.SINGLE, [0])]


# Every pending transition has one fate

statuses = st.sampled_from([BlockerStatus.OPEN, BlockerStatus.HELD, BlockerStatus.ACKNOWLEDGED])


@given(
    numbers=st.sets(st.integers(0, 9)),
    closed=st.sets(st.integers(0, 9)),
    seconds=st.integers(0, 4_000),
    openings=st.integers(1, 7),
    on_duty=st.integers(0, 10),
    up_to_date=st.integers(0, 3),
    wait=st.sampled_from([timedelta(0), 30 * SECOND]),
    status=statuses,
)
def test_each_pending_transition_is_told_once_or_dropped_or_held(  # noqa: PLR0917
    numbers: set[int],
    closed: set[int],
    seconds: int,
    openings: int,
    on_duty: int,
    up_to_date: int,
    wait: timedelta,
    status: BlockerStatus,
) -> None:
    pending = [opening(n, openings=openings) for n in sorted(numbers)]
    pending = [replace(one, blocker=replace(one.blocker, status=status)) for one in pending]
    pending += [closing(n, openings=openings) for n in sorted(closed)]
    team = crowd(on_duty, up_to_date=min(up_to_date, on_duty), overdue=on_duty // 2)
    plan = plan_telling(pending, Scene(NOON + seconds * SECOND, team, group_wait=wait))
    fates = [member.id for one in plan.bundles for member in one.members]
    fates += [*plan.dropped, *plan.held]
    assert sorted(fates) == sorted(one.id for one in pending)
