"""Two policies side by side: what each would have opened and told, agent by agent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rollcall.errors import UsageError
from rollcall.replay.outcome import Outcome, count_by_sink, count_told


@dataclass(frozen=True, slots=True)
class Policies:
    """The overrides of A and of B, and of each those in which they differ; ``b`` None: only A."""

    a: tuple[str, ...]
    b: tuple[str, ...] | None = None
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of one agent, or of all: blockers, how long they stood, notices about them."""

    opened: int
    minutes_open: float
    notices: Mapping[str, int]
    by_sink: Mapping[str, int]

    def as_json(self) -> dict[str, object]:
        """Return the form in which ``rollcall replay --json`` prints it."""
        return {
            "opened": self.opened,
            "minutes_open": self.minutes_open,
            "notices": {**self.notices, "by_sink": dict(self.by_sink)},
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """One record under two policies."""

    a: Outcome
    b: Outcome

    def agents(self) -> list[str]:
        """Return every agent that either has, by name; whom only a blocker names is one too."""
        slugs = {*self.a.agents, *self.b.agents}
        return sorted(slugs.union(one.agent for one in (*self.a.blockers, *self.b.blockers)))

    def as_json(self) -> dict[str, object]:
        """Return the form that ``rollcall replay --json`` prints."""
        return {
            "a": self.a.as_json(),
            "b": self.b.as_json(),
            "agents": [
                {
                    "slug": slug,
                    "a": measure(self.a, slug).as_json(),
                    "b": measure(self.b, slug).as_json(),
                }
                for slug in self.agents()
            ],
            "all": {"a": measure(self.a).as_json(), "b": measure(self.b).as_json()},
        }


def measure(outcome: Outcome, slug: str | None = None) -> Figures:
    """Return the figures of one agent, or of all.

    A message that speaks of several agents counts for each of them, and once for all.
    """
    blockers = [one for one in outcome.blockers if slug is None or one.agent == slug]
    told = [one for one in outcome.told if slug is None or slug in one.agents]
    minutes = outcome.minutes_open(blockers)
    return Figures(len(blockers), minutes, count_told(told), count_by_sink(told))


def split_policies(overrides: Sequence[str], versus: Sequence[str]) -> Policies:
    """Tell the overrides of policy A from those of B.

    ``versus`` is what B has besides. Without it, a setting that is given two values has the first in
    A and the second in B; the others hold for both. Raises UsageError for a third value, and where
    both ways are mixed.
    """
    values: dict[str, list[str]] = defaultdict(list)
    for one in dict.fromkeys(overrides):
        values[one.partition("=")[0].strip()].append(one)
    many = {key: given for key, given in values.items() if len(given) > 1}
    for key, given in many.items():
        if versus or len(given) > 2:
            raise UsageError(
                f"--set {key} is given {len(given)} values; two are policy A and policy B, and "
                "with --versus each setting has one"
            )
    if many:
        only_a = tuple(given[0] for given in many.values())
        only_b = tuple(given[1] for given in many.values())
        shared = tuple(given[0] for key, given in values.items() if key not in many)
        return Policies((*shared, *only_a), (*shared, *only_b), only_a, only_b)
    if versus:
        named = {one.partition("=")[0].strip() for one in versus}
        replaced = tuple(one for one in overrides if one.partition("=")[0].strip() in named)
        return Policies(tuple(overrides), (*overrides, *versus), replaced, tuple(versus))
    return Policies(tuple(overrides))
