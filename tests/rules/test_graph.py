"""Who waits for whom: the root of the waiting, and the circles that nobody ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.rules.graph import (
    Deadlock,
    Root,
    Wait,
    find_deadlocks,
    find_root,
    read_cycle,
    say_deadlock,
    say_root,
)

TEN = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
NOON = TEN + timedelta(hours=2)
HOUR = timedelta(hours=1)


def wait(
    waiter: str,
    provider: str,
    minute: int = 0,
    *,
    overdue: bool = True,
    declared: bool = False,
    request: str | None = None,
) -> Wait:
    place = f"bot_chat/{waiter}-to-{provider}.md"
    since = TEN + timedelta(minutes=minute)
    return Wait(waiter, provider, since, overdue, declared, request or place, place)


class TestRoot:
    def test_nobody_waits_and_nothing_is_the_root(self) -> None:
        assert find_root([], NOON) is None

    def test_a_wait_that_stops_no_work_has_no_root(self) -> None:
        assert find_root([wait("ben", "mara", overdue=False)], NOON) is None

    @pytest.mark.parametrize(("overdue", "declared"), [(True, False), (False, True), (True, True)])
    def test_an_overdue_answer_and_a_stated_wait_each_stop_work(
        self, overdue: bool, declared: bool
    ) -> None:
        edge = wait("ben", "mara", overdue=overdue, declared=declared)
        assert find_root([edge], NOON) == Root("mara", ("ben",), 2 * HOUR)

    def test_a_chain_has_its_root_at_its_end(self) -> None:
        waits = [wait("ben", "mara"), wait("noor", "ben", 60), wait("ivo", "noor", 30)]
        found = find_root(waits, NOON)
        assert found == Root("mara", ("ben", "ivo", "noor"), timedelta(hours=4.5))
        assert found.count == 3

    def test_an_agent_that_waits_for_two_is_freed_by_neither_alone(self) -> None:
        waits = [wait("ben", "mara"), wait("ben", "noor"), wait("ivo", "noor", 90)]
        assert find_root(waits, NOON) == Root("noor", ("ivo",), HOUR / 2)
        assert find_root(waits[:2], NOON) is None

    def test_an_agent_that_waits_for_two_freed_by_one_is_freed_with_them(self) -> None:
        waits = [
            wait("ben", "mara"),
            wait("noor", "mara"),
            wait("ivo", "ben"),
            wait("ivo", "noor", 60),
        ]
        assert find_root(waits, NOON) == Root("mara", ("ben", "ivo", "noor"), 6 * HOUR)

    def test_a_wait_that_stops_no_work_holds_nobody_back(self) -> None:
        waits = [wait("ben", "mara"), wait("ben", "noor", overdue=False)]
        assert find_root(waits, NOON) == Root("mara", ("ben",), 2 * HOUR)

    def test_two_waits_of_one_agent_are_not_counted_double(self) -> None:
        waits = [wait("ben", "mara"), wait("ben", "mara", 60, request="bot_chat/second.md")]
        assert find_root(waits, NOON) == Root("mara", ("ben",), 2 * HOUR)

    def test_of_two_that_free_as_many_the_one_longer_waited_for_is_the_root(self) -> None:
        assert find_root([wait("ben", "mara", 1), wait("ivo", "noor", 0)], NOON) == Root(
            "noor", ("ivo",), 2 * HOUR
        )

    def test_of_two_as_long_waited_for_the_first_by_name_is_the_root(self) -> None:
        assert find_root([wait("ben", "noor"), wait("ivo", "mara")], NOON) == Root(
            "mara", ("ivo",), 2 * HOUR
        )

    def test_a_root_that_waits_itself_is_none_of_those_it_frees(self) -> None:
        waits = [wait("ben", "mara"), wait("mara", "ben"), wait("noor", "ben")]
        assert find_root(waits, NOON) == Root("ben", ("mara", "noor"), 4 * HOUR)

    def test_an_agent_that_itself_waits_for_two_may_be_the_root(self) -> None:
        waits = [wait("ben", "mara"), wait("ben", "noor"), wait("ivo", "ben"), wait("tess", "ben")]
        assert find_root(waits, NOON) == Root("ben", ("ivo", "tess"), 4 * HOUR)

    def test_a_wait_that_begins_at_or_after_now_has_lasted_no_time(self) -> None:
        assert find_root([wait("ben", "mara", 120)], NOON) == Root("mara", ("ben",), 0 * HOUR)
        assert find_root([wait("ben", "mara", 121)], NOON) == Root("mara", ("ben",), 0 * HOUR)

    def test_everyone_and_oneself_are_never_in_the_graph(self) -> None:
        waits = [wait("ben", "*"), wait("*", "ben"), wait("mara", "mara")]
        assert find_root(waits, NOON) is None
        assert find_root([*waits, wait("mara", "noor")], NOON) == Root("noor", ("mara",), 2 * HOUR)


class TestDeadlock:
    def test_two_that_wait_for_each_other_are_a_deadlock_since_the_second_wait(self) -> None:
        assert find_deadlocks([wait("mara", "ben", 5), wait("ben", "mara", 3)]) == (
            Deadlock(
                cycle=("ben", "mara"),
                agents=("ben", "mara"),
                requests=("bot_chat/ben-to-mara.md", "bot_chat/mara-to-ben.md"),
                places=("bot_chat/ben-to-mara.md", "bot_chat/mara-to-ben.md"),
                since=TEN + timedelta(minutes=5),
            ),
        )

    def test_of_two_waits_between_the_same_agents_the_first_closed_the_circle(self) -> None:
        again = wait("ben", "mara", 30, request="bot_chat/second.md")
        (found,) = find_deadlocks([again, wait("ben", "mara", 3), wait("mara", "ben", 5)])
        assert found.since == TEN + timedelta(minutes=5)
        assert found.requests == (
            "bot_chat/ben-to-mara.md",
            "bot_chat/second.md",
            "bot_chat/mara-to-ben.md",
        )

    def test_a_chain_and_one_that_waits_for_itself_are_none(self) -> None:
        assert find_deadlocks([wait("ben", "mara"), wait("mara", "noor")]) == ()
        assert find_deadlocks([wait("ben", "ben"), wait("*", "*")]) == ()

    def test_a_circle_through_everyone_is_none(self) -> None:
        assert find_deadlocks([wait("ben", "*"), wait("*", "ben")]) == ()

    def test_a_circle_with_one_wait_that_stops_no_work_is_none(self) -> None:
        early = wait("mara", "ben", overdue=False)
        assert find_deadlocks([wait("ben", "mara"), early]) == ()

    def test_who_only_waits_for_a_deadlock_is_not_caught_in_it(self) -> None:
        waits = [wait("ben", "mara"), wait("mara", "ben"), wait("ivo", "ben"), wait("ben", "tess")]
        assert [one.agents for one in find_deadlocks(waits)] == [("ben", "mara")]

    def test_a_deadlock_is_named_by_its_shortest_circle_the_first_by_name(self) -> None:
        ring = [("noor", "ben"), ("ben", "mara"), ("mara", "noor")]
        waits = [wait(*pair) for pair in [*ring, ("noor", "tess"), ("tess", "noor")]]
        (found,) = find_deadlocks(waits)
        assert found.cycle == ("noor", "tess")
        assert found.agents == ("ben", "mara", "noor", "tess")
        (other,) = find_deadlocks([*waits, wait("mara", "ben")])
        assert other.cycle == ("ben", "mara")

    def test_two_circles_apart_are_two_deadlocks(self) -> None:
        pairs = [("noor", "ivo"), ("ivo", "noor"), ("mara", "ben"), ("ben", "mara")]
        found = find_deadlocks([*(wait(*pair) for pair in pairs), wait("ben", "ivo")])
        assert [one.cycle for one in found] == [("ben", "mara"), ("ivo", "noor")]

    def test_a_deadlock_told_before_keeps_its_name_when_a_shorter_circle_comes(self) -> None:
        ring = [wait("ben", "mara"), wait("mara", "noor"), wait("noor", "ben")]
        waits = [*ring, wait("mara", "ben")]
        (first,) = find_deadlocks(ring)
        (kept,) = find_deadlocks(waits, told=[first.cycle])
        assert kept.cycle == ("ben", "mara", "noor")
        assert [one.cycle for one in find_deadlocks(waits)] == [("ben", "mara")]

    def test_a_deadlock_told_before_loses_its_name_when_its_circle_ends(self) -> None:
        waits = [wait("ben", "mara"), wait("mara", "ben")]
        told = [("ben", "mara", "noor"), ("ben",), (), ("ben", "mara", "ben", "mara")]
        assert [one.cycle for one in find_deadlocks(waits, told)] == [("ben", "mara")]
        assert find_deadlocks([], told) == ()

    def test_a_key_names_its_cycle_and_no_other_key_does(self) -> None:
        (found,) = find_deadlocks([wait("mara", "ben"), wait("ben", "mara")])
        assert found.key == "deadlock:ben>mara"
        assert read_cycle(found.key) == ("ben", "mara")
        assert read_cycle("proof:ben") is None

    def test_a_ring_of_ten_thousand_is_found_without_recursion(self) -> None:
        names = [f"a{number:05}" for number in range(10_000)]
        pairs = zip(names, [*names[1:], names[0]], strict=True)
        (found,) = find_deadlocks([wait(*pair) for pair in pairs], told=[tuple(names)])
        assert found.cycle == tuple(names)


class TestSaying:
    def test_a_root_says_whom_it_frees_and_how_long_they_have_waited(self) -> None:
        root = Root("ben", ("mara", "noor", "ivo", "tess"), timedelta(hours=3, minutes=10))
        assert say_root(root) == (
            "ben's answer frees 4 agents (mara, noor, ivo, tess),"
            " who have waited 3 h 10 min together"
        )

    def test_a_root_that_frees_one_names_it(self) -> None:
        root = Root("ben", ("mara",), timedelta(minutes=40))
        assert say_root(root) == "ben's answer frees mara, who has waited 40 min"

    def test_of_many_names_eight_are_said_and_the_rest_counted(self) -> None:
        nine = tuple(f"a{number}" for number in range(1, 10))
        assert "frees 9 agents (a1, a2, a3, a4, a5, a6, a7, a8, a9)," in say_root(
            Root("ben", nine, HOUR)
        )
        assert "frees 10 agents (a1, a2, a3, a4, a5, a6, a7, a8 and 2 more)," in say_root(
            Root("ben", (*nine, "a10"), HOUR)
        )

    def test_a_deadlock_says_who_waits_for_whom_and_by_which_requests(self) -> None:
        (found,) = find_deadlocks([wait("mara", "ben"), wait("ben", "mara")])
        assert say_deadlock(found) == (
            "Deadlock: ben waits for mara, mara waits for ben"
            " (requests: bot_chat/ben-to-mara.md, bot_chat/mara-to-ben.md)"
        )

    def test_a_deadlock_says_who_else_is_caught_in_it(self) -> None:
        ring = [("noor", "ben"), ("ben", "mara"), ("mara", "noor"), ("mara", "ben")]
        (found,) = find_deadlocks([wait(*pair) for pair in ring])
        assert say_deadlock(found).startswith(
            "Deadlock: ben waits for mara, mara waits for ben; caught in it too: noor (requests: "
        )

    def test_a_deadlock_without_requests_says_where_it_was_said(self) -> None:
        waits = [
            Wait("ben", "mara", TEN, False, True, None, "feedback/ben.md:4"),
            Wait("mara", "ben", TEN, False, True, None, "feedback/mara.md:7"),
        ]
        (found,) = find_deadlocks(waits)
        assert say_deadlock(found) == (
            "Deadlock: ben waits for mara, mara waits for ben"
            " (said at feedback/ben.md:4, feedback/mara.md:7)"
        )

    def test_a_long_circle_is_told_by_its_beginning_and_its_end(self) -> None:
        names = [f"a{number:02}" for number in range(1, 13)]
        pairs = zip(names, [*names[1:], names[0]], strict=True)
        (found,) = find_deadlocks([wait(*pair) for pair in pairs])
        said = say_deadlock(found)
        assert "a07 waits for a08, 4 more in between, a12 waits for a01 (requests: " in said


NAMES = ("a", "b", "c", "d", "e", "f")
names = st.sampled_from((*NAMES, "*"))
graphs = st.lists(
    st.builds(
        lambda waiter, provider, minute, overdue, declared: wait(
            waiter, provider, minute, overdue=overdue, declared=declared
        ),
        names,
        names,
        st.integers(0, 130),
        st.booleans(),
        st.booleans(),
    ),
    max_size=14,
)


def edges(waits: list[Wait]) -> set[tuple[str, str]]:
    """Return the pairs that stop work, read off the definition."""
    return {
        (one.waiter, one.provider)
        for one in waits
        if (one.overdue or one.declared) and one.waiter != one.provider
        if "*" not in (one.waiter, one.provider)
    }


def freed_by_hand(agent: str, pairs: set[tuple[str, str]]) -> set[str]:
    """Remove an agent's answers, then those of whoever waits no more, until nothing changes."""
    waiting = {one for one, _ in pairs}
    left = {pair for pair in pairs if pair[1] != agent}
    while True:
        still = {one for one, _ in left} | {agent}
        fewer = {pair for pair in left if pair[1] not in waiting - still}
        if fewer == left:
            return waiting - still
        left = fewer


@given(graphs)
def test_removing_the_waits_for_the_root_frees_exactly_those_it_names(waits: list[Wait]) -> None:
    pairs = edges(waits)
    most = max((len(freed_by_hand(one, pairs)) for one in NAMES), default=0)
    root = find_root(waits, NOON)
    if root is None:
        assert most == 0
    else:
        assert set(root.frees) == freed_by_hand(root.agent, pairs)
        assert root.count == most == len(set(root.frees))


@given(graphs)
def test_the_root_is_the_first_of_all_by_count_then_wait_then_name(waits: list[Wait]) -> None:
    pairs = edges(waits)
    stopping = [one for one in waits if (one.waiter, one.provider) in pairs]
    stopping = [one for one in stopping if one.overdue or one.declared]
    rows = []
    for agent in NAMES:
        freed = freed_by_hand(agent, pairs)
        began = {one: min(w.since for w in stopping if w.waiter == one) for one in freed}
        waited = sum((max(NOON - at, timedelta(0)) for at in began.values()), timedelta(0))
        if freed:
            rows.append((-len(freed), -waited, agent))
    root = find_root(waits, NOON)
    best = None if root is None else (-root.count, -root.waited, root.agent)
    assert best == min(rows, default=None)


@given(graphs, st.randoms(use_true_random=False))
def test_the_order_of_the_waits_changes_nothing(waits: list[Wait], random: Random) -> None:
    shuffled = list(waits)
    random.shuffle(shuffled)
    assert find_root(shuffled, NOON) == find_root(waits, NOON)
    assert find_deadlocks(shuffled) == find_deadlocks(waits)


def cycles_by_hand(pairs: set[tuple[str, str]]) -> set[tuple[str, ...]]:
    """Return every cycle, each from its first agent by name, by trying all orders of all agents."""
    return {
        path
        for length in range(2, len(NAMES) + 1)
        for path in permutations(NAMES, length)
        if path[0] == min(path)
        if all(step in pairs for step in zip(path, (*path[1:], path[0]), strict=True))
    }


@given(graphs)
def test_deadlocks_are_the_real_cycles_the_shortest_of_each_group(waits: list[Wait]) -> None:
    pairs = edges(waits)
    cycles = cycles_by_hand(pairs)
    found = find_deadlocks(waits)
    assert {agent for one in found for agent in one.agents} == {
        agent for cycle in cycles for agent in cycle
    }
    assert len({agent for one in found for agent in one.agents}) == sum(
        len(one.agents) for one in found
    )
    for one in found:
        inside = [cycle for cycle in cycles if set(cycle) <= set(one.agents)]
        assert one.cycle == min(inside, key=lambda cycle: (len(cycle), cycle))
    for cycle in cycles:
        assert sum(set(cycle) <= set(one.agents) for one in found) == 1


@given(graphs)
def test_a_graph_without_circles_has_no_deadlock(waits: list[Wait]) -> None:
    assert find_deadlocks([one for one in waits if one.waiter < one.provider]) == ()
