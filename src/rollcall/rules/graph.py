"""Who waits for whom: the agent whose answer frees most others, and the circles that nobody ends.

Only a wait that *stops work* counts: its answer is overdue, or its waiter says that it is blocked on
the provider. An agent is freed when all that it waits for so is freed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, pairwise

from rollcall.model import EVERYONE
from rollcall.rules.words import say_duration

_DEADLOCK = "deadlock:"
_BETWEEN = ">"  # stands in no slug
_MOST_NAMED = 8

Graph = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Wait:
    """One agent waiting for another: a dependency that is neither answered, withdrawn nor backlog.

    ``overdue``: its acknowledgement or answer is past due, so a blocker is open for it;
    ``declared``: the waiter's standing statement names the provider; ``place`` is where it says so
    or asks.
    """

    waiter: str
    provider: str
    since: datetime
    overdue: bool
    declared: bool
    request: str | None
    place: str

    @property
    def stops(self) -> bool:
        """Tell whether the waiter's work stops for it."""
        return self.overdue or self.declared


@dataclass(frozen=True, slots=True)
class Root:
    """The agent whose answer frees most others, the longest waiting first.

    ``waited`` is the sum over them of the time since each began to wait, however many it waits for.
    """

    agent: str
    frees: tuple[str, ...]
    waited: timedelta

    @property
    def count(self) -> int:
        """Return how many agents are freed."""
        return len(self.frees)


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Agents of which each waits, in the end, for itself.

    ``cycle`` is a shortest circle among them, each waiting for the next and the last for the first;
    ``agents`` are all that are caught, by name; ``requests`` and ``places`` are the cycle's;
    ``since`` is when the last of its waits began.
    """

    cycle: tuple[str, ...]
    agents: tuple[str, ...]
    requests: tuple[str, ...]
    places: tuple[str, ...]
    since: datetime

    @property
    def key(self) -> str:
        """Name the condition: ``deadlock:ben>mara``."""
        return _DEADLOCK + _BETWEEN.join(self.cycle)


def read_cycle(key: str) -> tuple[str, ...] | None:
    """Return the cycle that a deadlock's key names, or None for another condition's key."""
    if not key.startswith(_DEADLOCK):
        return None
    return tuple(key.removeprefix(_DEADLOCK).split(_BETWEEN))


def find_root(waits: Iterable[Wait], now: datetime) -> Root | None:
    """Return the agent whose answer frees most others, or None where no single answer frees any.

    Of those that free as many, the one whose freed agents have waited longest, then the first by
    name. What it waits for itself does not count: its own waits have answers of their own to name.
    """
    stopping = _stopping(waits)
    providers, waiters = _providers(stopping), _waiters(stopping)
    since = _began(stopping)
    lasted = {one: max(now - at, timedelta(0)) for one, at in since.items()}
    component = {one: at for at, group in enumerate(_components(providers)) for one in group}
    tried: set[str] = set()
    best: tuple[int, timedelta, str, set[str]] | None = None
    for agent in sorted(waiters, key=lambda one: (bool(providers[one]), one)):
        if agent in tried:
            continue
        freed = _freed_by(agent, providers, waiters)
        # What one of them frees, this agent frees too, and it besides; but for a common circle.
        tried.update(one for one in freed if component[one] != component[agent])
        whole = {agent, *freed}
        total = sum((lasted.get(one, timedelta(0)) for one in whole), timedelta(0))
        for one in _free_the_same(agent, whole, providers):
            tried.add(one)
            rank = (1 - len(whole), lasted.get(one, timedelta(0)) - total, one, whole)
            best = rank if best is None or rank[:3] < best[:3] else best
    if best is None or best[0] == 0:
        return None
    frees = sorted(best[3] - {best[2]}, key=lambda one: (since[one], one))
    return Root(best[2], tuple(frees), -best[1])


def find_deadlocks(
    waits: Iterable[Wait], told: Iterable[tuple[str, ...]] = ()
) -> tuple[Deadlock, ...]:
    """Return each group of agents that wait for one another, by its cycle's name.

    The groups are the strongly connected components of two agents and more (Tarjan, SIAM J. Comput.
    1, 1972). Each is named by the first of the cycles ``told`` before that still holds in it, so that
    it keeps its blocker when others are caught too; else by its shortest, the first by name.
    """
    stopping = _stopping(waits)
    providers = _providers(stopping)
    before = [_rotated(cycle) for cycle in told if cycle]
    steps: dict[tuple[str, str], list[Wait]] = {}
    for one in stopping:
        steps.setdefault((one.waiter, one.provider), []).append(one)
    found = []
    for group in _components(providers):
        if len(group) > 1:
            members = set(group)
            inner = {one: [x for x in providers[one] if x in members] for one in sorted(group)}
            held = (cycle for cycle in before if _is_cycle(cycle, inner))
            cycle = next(held, None) or _shortest_cycle(inner)
            found.append(_deadlock(cycle, tuple(inner), steps))
    return tuple(sorted(found, key=lambda one: one.cycle))


def say_root(root: Root) -> str:
    """Say whose answer frees whom, for a notice: ``waited`` moves with the clock, rows do not."""
    span = say_duration(root.waited)
    if root.count == 1:
        return f"{root.agent}'s answer frees {root.frees[0]}, who has waited {span}"
    named = _name(root.frees)
    return (
        f"{root.agent}'s answer frees {root.count} agents ({named}),"
        f" who have waited {span} together"
    )


def say_deadlock(deadlock: Deadlock) -> str:
    """Say who waits for whom in a circle, by which requests, and who else is caught in it."""
    steps = [f"{one} waits for {other}" for one, other in _steps(deadlock.cycle)]
    if (left := len(steps) - _MOST_NAMED) > 1:
        steps[_MOST_NAMED - 1 : -1] = [f"{left} more in between"]
    said = f"Deadlock: {', '.join(steps)}"
    others = [one for one in deadlock.agents if one not in deadlock.cycle]
    if others:
        said += f"; caught in it too: {_name(others)}"
    if deadlock.requests:
        return f"{said} (requests: {_name(deadlock.requests)})"
    return f"{said} (said at {_name(deadlock.places)})"


def _name(names: Sequence[str]) -> str:
    left = len(names) - _MOST_NAMED
    if left <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMED])} and {left} more"


def _stopping(waits: Iterable[Wait]) -> list[Wait]:
    """Keep what stops the work of one agent for another, in an order of its own."""
    kept = (
        one
        for one in waits
        if one.stops and one.waiter != one.provider and EVERYONE not in (one.waiter, one.provider)
    )
    return sorted(kept, key=lambda one: (one.since, one.request or "", one.place))


def _providers(stopping: Sequence[Wait]) -> dict[str, list[str]]:
    """Map every agent in the graph, by name, to those that it waits for, by name."""
    found: dict[str, set[str]] = {}
    for one in stopping:
        found.setdefault(one.waiter, set()).add(one.provider)
        found.setdefault(one.provider, set())
    return {agent: sorted(found[agent]) for agent in sorted(found)}


def _waiters(stopping: Sequence[Wait]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in stopping:
        found.setdefault(one.provider, set()).add(one.waiter)
    return found


def _began(stopping: Sequence[Wait]) -> dict[str, datetime]:
    """Map each waiter to when it began to wait: the union of its waits begins with the first."""
    found: dict[str, datetime] = {}
    for one in stopping:
        found[one.waiter] = min(found.get(one.waiter, one.since), one.since)
    return found


def _freed_by(agent: str, providers: Graph, waiters: Mapping[str, set[str]]) -> set[str]:
    left: dict[str, int] = {}
    freed: set[str] = set()
    answering = [agent]
    while answering:
        for one in waiters.get(answering.pop(), ()):
            left[one] = left.get(one, len(providers[one])) - 1
            if left[one] == 0 and one != agent:
                freed.add(one)
                answering.append(one)
    return freed


def _free_the_same(agent: str, whole: set[str], providers: Graph) -> Iterator[str]:
    """Yield an agent and those up its circle: whom one waits for alone frees it, and so its all."""
    yield agent
    above = providers[agent]
    while len(above) == 1 and above[0] in whole and above[0] != agent:
        yield above[0]
        above = providers[above[0]]


def _components(graph: Graph) -> Iterator[list[str]]:
    """Yield the strongly connected components, by Tarjan's algorithm without recursion."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    unassigned: dict[str, None] = {}
    for start in graph:
        path = [] if start in order else [(start, iter(graph[start]))]
        while path:
            node, others = path[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                unassigned[node] = None
            for other in others:
                if other not in order:
                    path.append((other, iter(graph[other])))
                    break
                if other in unassigned:
                    low[node] = min(low[node], order[other])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == order[node]:
                    yield _taken_down_to(node, unassigned)


def _taken_down_to(node: str, unassigned: dict[str, None]) -> list[str]:
    taken = [unassigned.popitem()[0]]
    while taken[-1] != node:
        taken.append(unassigned.popitem()[0])
    return taken


def _shortest_cycle(graph: Graph) -> tuple[str, ...]:
    """Return the shortest cycle of a strongly connected graph, of several the first by name."""
    best: tuple[str, ...] = ()
    for start in sorted(graph):
        if len(best) == 2:
            break
        # A cycle is sought at its first agent by name, so the agents before it are left out.
        cycle = _cycle_through(start, graph)
        if cycle and (not best or len(cycle) < len(best)):
            best = cycle
    return best


def _cycle_through(start: str, graph: Graph) -> tuple[str, ...]:
    """Return the shortest cycle among ``start`` and agents after it by name; breadth first."""
    came_from = {start: ""}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for other in graph[node]:
            if other == start:
                return _way_to(node, came_from)
            if other > start and other not in came_from:
                came_from[other] = node
                queue.append(other)
    return ()


def _way_to(node: str, came_from: Mapping[str, str]) -> tuple[str, ...]:
    way = []
    while node:
        way.append(node)
        node = came_from[node]
    return tuple(reversed(way))


def _is_cycle(cycle: tuple[str, ...], graph: Graph) -> bool:
    once = 1 < len(cycle) == len(set(cycle))
    return once and all(other in graph.get(one, ()) for one, other in _steps(cycle))


def _rotated(cycle: tuple[str, ...]) -> tuple[str, ...]:
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]


def _steps(cycle: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise((*cycle, cycle[0]))


def _deadlock(
    cycle: tuple[str, ...], agents: tuple[str, ...], steps: Mapping[tuple[str, str], Sequence[Wait]]
) -> Deadlock:
    groups = [steps[step] for step in _steps(cycle)]
    waits = list(chain.from_iterable(groups))
    return Deadlock(
        cycle=cycle,
        agents=agents,
        requests=tuple(dict.fromkeys(one.request for one in waits if one.request)),
        places=tuple(dict.fromkeys(one.place for one in waits)),
        since=max(min(one.since for one in group) for group in groups),
    )
