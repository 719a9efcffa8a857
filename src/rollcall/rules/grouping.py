"""What is told now, together or not at all: one cause is one message, and noise is none.

Transitions of blockers stand in the log at once; *telling* them may wait. The steps, in order: what
is over before it was told is dropped, what is silenced too; quiet hours hold everything for one
digest; a blocker that climbed before its opening was told is told once; what comes and goes is held
until it stays; a team that falls silent as a whole is one message; a storm is one message at its
opening and one at its closing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from rollcall.model import Blocker, BlockerKind, BlockerStatus, Transition
from rollcall.rules.decisions import earliest
from rollcall.rules.team import STOPS_AFTER

STORM_AGENTS = 5
STORM_WITHIN = timedelta(minutes=1)
STORM_SETTLES = timedelta(minutes=5)
FLAPPING_OPENINGS = 4
FLAPPING_WITHIN = timedelta(hours=1)
FLAPPING_SETTLES = timedelta(minutes=30)

TOLD_TOGETHER = "told with what else happened to it"

OF_AGENTS = frozenset({BlockerKind.MISSING_PROOF, BlockerKind.BLOCKED})
"""The kinds that an agent has for itself: a storm is of these."""


class Shape(StrEnum):
    """What a message tells of."""

    SINGLE = "single"
    TOGETHER = "together"
    STORM = "storm"
    STORM_GROWN = "storm grown"
    STORM_OVER = "storm over"
    FLAPPING = "flapping"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Pending:
    """One transition that is to be told; ``blocker`` is as it stands now.

    ``heard``: some sink was told of the blocker before, or will be; ``openings`` is how often its
    condition was opened within the last hour; ``incident`` is the storm that it belongs to.
    """

    id: int
    blocker: Blocker
    transition: Transition
    level: int
    at: datetime
    shared: str | None = None
    heard: bool = False
    openings: int = 1
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """The team now: who is on duty, who of them is up to date, and who is overdue.

    ``up_to_date`` proved within their cadence; ``overdue`` have an open blocker for their silence, or
    would have one if nothing stood for it: a promise, a fallback, a hand. ``next_due`` is when the
    next of the others is overdue.
    """

    on_duty: frozenset[str] = frozenset()
    up_to_date: frozenset[str] = frozenset()
    overdue: frozenset[str] = frozenset()
    next_due: datetime | None = None

    @property
    def is_team(self) -> bool:
        """Tell whether enough agents are on duty for one cause to concern them all."""
        return len(self.on_duty) >= STORM_AGENTS

    @property
    def falls_silent(self) -> bool:
        """Tell whether nobody is up to date, and somebody not yet overdue."""
        return self.is_team and not self.up_to_date & self.on_duty and not self.is_silent

    @property
    def is_silent(self) -> bool:
        """Tell whether everybody on duty is overdue."""
        return self.is_team and self.on_duty <= self.overdue


@dataclass(frozen=True, slots=True)
class Storm:
    """An open storm: its members' blockers as they stand, and whether the team stopped since."""

    id: int
    members: tuple[Blocker, ...]
    stopped: bool = False

    @property
    def last_opened(self) -> datetime:
        """Return when the last of its members was opened."""
        return max(one.opened for one in self.members)

    @property
    def last_closed(self) -> datetime | None:
        """Return when the last of its closed members was closed, or None."""
        return max((one.closed for one in self.members if one.closed), default=None)

    def takes(self, one: Pending) -> bool:
        """Tell whether an opening is still a part of it."""
        return one.blocker.opened - self.last_opened <= STORM_SETTLES


@dataclass(frozen=True, slots=True)
class Scene:
    """All that grouping looks at; ``recent`` are agents whose opening was told within a minute.

    ``silenced`` names the silence that matches a blocker, or None; ``quiet_until`` is the end of the
    quiet hours of an instant, or None outside them.
    """

    now: datetime
    crowd: Crowd = Crowd()
    storms: Sequence[Storm] = ()
    recent: Sequence[Blocker] = ()
    group_wait: timedelta = timedelta(0)
    silenced: Callable[[Blocker], str | None] = lambda _blocker: None
    quiet_until: Callable[[datetime], datetime | None] = lambda _instant: None


@dataclass(frozen=True, slots=True)
class Bundle:
    """One message: what it tells, of which pending transitions, and of which storm."""

    shape: Shape
    members: tuple[Pending, ...]
    storm: int | None = None
    also: tuple[Blocker, ...] = ()

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Return the blockers that it speaks of, each once, by id."""
        found = {one.blocker.id: one.blocker for one in self.members}
        return tuple(found[id_] for id_ in sorted(found))


@dataclass(slots=True)
class Plan:
    """What to tell now, what never, why the rest waits, and when to look again.

    ``joins`` are those that become part of an open storm, told now or not.
    """

    bundles: list[Bundle] = field(default_factory=list)
    dropped: dict[int, str] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)
    joins: dict[int, int] = field(default_factory=dict)
    checks: list[datetime | None] = field(default_factory=list)

    @property
    def next_check_at(self) -> datetime | None:
        """Return when something that waits may be told."""
        return earliest(self.checks)


_BEGINNINGS = frozenset({Transition.OPENED, Transition.RELEASED, Transition.UNSNOOZED})
_AGAIN = frozenset({Transition.REPEATED, Transition.RELEASED, Transition.UNSNOOZED})
_RISES = frozenset({Transition.ESCALATED, Transition.REPEATED, *_BEGINNINGS})


def plan_telling(pending: Iterable[Pending], scene: Scene) -> Plan:
    """Say what of the pending transitions is told now, in which messages."""
    plan = Plan()
    left = sorted(pending, key=lambda one: (one.at, one.id))
    left = _drop_what_is_over(left, plan)
    left = _drop_silenced(left, scene, plan)
    left = _keep_quiet(left, scene, plan)
    left = _tell_climbs_once(left, plan)
    left = _hold_flapping(left, scene, plan)
    left = _close_storms(left, scene, plan)
    left = _hold_falling_silent(left, scene, plan)
    left = _grow_storms(left, scene, plan)
    left = _gather_storm(left, scene, plan)
    _tell_rest(left, scene, plan)
    return plan


def _drop_what_is_over(left: list[Pending], plan: Plan) -> list[Pending]:
    kept = []
    for one in left:
        status = one.blocker.status
        if one.transition in _RISES and status is not BlockerStatus.OPEN:
            plan.dropped[one.id] = f"{status.value} before it was told"
        elif one.transition is Transition.CLOSED and not one.heard:
            plan.dropped[one.id] = "nobody was told of its opening"
        else:
            kept.append(one)
    return kept


def _drop_silenced(left: list[Pending], scene: Scene, plan: Plan) -> list[Pending]:
    kept = []
    for one in left:
        silence = scene.silenced(one.blocker)
        if silence is None:
            kept.append(one)
        else:
            plan.dropped[one.id] = silence
    return kept


def _keep_quiet(left: list[Pending], scene: Scene, plan: Plan) -> list[Pending]:
    """Hold everything in quiet hours; after them tell in one digest what was held."""
    until = scene.quiet_until(scene.now)
    if until is not None:
        for one in left:
            plan.held[one.id] = "quiet hours"
        plan.checks += [until] if left else []
        return []
    held = [one for one in left if scene.quiet_until(one.at) is not None]
    if len({one.blocker.id for one in held}) < 2:
        return left
    plan.bundles.append(Bundle(Shape.DIGEST, tuple(held)))
    return [one for one in left if one not in held]


def _tell_climbs_once(left: list[Pending], plan: Plan) -> list[Pending]:
    """Tell of a blocker once that was opened, climbed or was repeated while it could not be told."""
    chosen: dict[str, Pending] = {}
    for one in left:
        if one.transition in _RISES:
            before = chosen.setdefault(one.blocker.id, one)
            if before.transition is not Transition.OPENED and one.level >= before.level:
                chosen[one.blocker.id] = one
    kept = []
    for one in left:
        if one.transition in _RISES and one is not chosen[one.blocker.id]:
            plan.dropped[one.id] = TOLD_TOGETHER
        else:
            kept.append(one)
    return kept


def _hold_flapping(left: list[Pending], scene: Scene, plan: Plan) -> list[Pending]:
    """Hold what comes and goes until it has stayed as it is; say once that it does."""
    kept = []
    newest = {one.blocker.condition: one for one in left}
    for one in left:
        flaps = one.openings >= FLAPPING_OPENINGS
        if not flaps or one.transition not in {Transition.OPENED, Transition.CLOSED}:
            kept.append(one)
        elif one is not newest[one.blocker.condition]:
            plan.dropped[one.id] = "it came and went"
        elif one.openings == FLAPPING_OPENINGS and one.transition is Transition.OPENED:
            plan.bundles.append(Bundle(Shape.FLAPPING, (one,)))
        elif scene.now < one.at + FLAPPING_SETTLES:
            plan.held[one.id] = "flapping"
            plan.checks.append(one.at + FLAPPING_SETTLES)
        else:
            kept.append(one)
    return kept


def _close_storms(left: list[Pending], scene: Scene, plan: Plan) -> list[Pending]:
    """Tell the closings of a storm's members in one message, when it has settled."""
    for storm in scene.storms:
        closings = [
            one for one in left if one.incident == storm.id and one.transition is Transition.CLOSED
        ]
        if not closings:
            continue
        left = [one for one in left if one not in closings]
        if storm.stopped:
            for one in closings:
                plan.dropped[one.id] = "the whole team had stopped"
            continue
        settles = _find_settling(storm, scene.now)
        if settles is None or settles > scene.now:
            for one in closings:
                plan.held[one.id] = "its storm is not over"
            plan.checks.append(settles)
        else:
            still = tuple(one for one in storm.members if one.closed is None)
            plan.bundles.append(Bundle(Shape.STORM_OVER, tuple(closings), storm.id, still))
    return left


def _find_settling(storm: Storm, now: datetime) -> datetime | None:
    """Return when a storm's closings may be told: at once when all are, else once it is quiet."""
    still = sum(one.closed is None for one in storm.members)
    if not still:
        return now
    if 2 * still > len(storm.members) or storm.last_closed is None:
        return None
    return storm.last_closed + STORM_SETTLES


def _hold_falling_silent(left: list[Pending], scene: Scene, plan: Plan) -> list[Pending]:
    """Wait while nobody on duty proves anything: either somebody does, or it is one message.

    A team that stops does so within an hour: what waits for longer is told.
    """
    crowd = scene.crowd
    if not crowd.falls_silent and not crowd.is_silent:
        return left
    kept = []
    for one in left:
        opens = one.transition is Transition.OPENED and one.blocker.kind in OF_AGENTS
        told_as_one = crowd.is_silent and opens
        ours = one.blocker.kind is BlockerKind.FAULT
        longest = one.at + STOPS_AFTER
        if ours or told_as_one or one.transition not in _RISES or longest <= scene.now:
            kept.append(one)
        else:
            plan.held[one.id] = "the whole team is silent"
            plan.checks += [crowd.next_due, longest]
    return kept


def _is_of_storms(one: Pending) -> bool:
    return one.transition is Transition.OPENED and one.blocker.kind in OF_AGENTS


def _grow_storms(left: list[Pending], scene: Scene, plan: Plan) -> list[Pending]:
    """Have openings join an open storm; tell of them when it has grown by half, or grows no more."""
    over = {one.storm for one in plan.bundles if one.shape is Shape.STORM_OVER}
    for storm in scene.storms:
        known = [one for one in left if _is_of_storms(one) and one.incident == storm.id]
        if storm.id in over:
            plan.dropped |= {one.id: "named when its storm was over" for one in known}
            left = [one for one in left if one not in known]
            continue
        fresh = [one for one in left if _is_of_storms(one) and one.incident is None]
        fresh = [one for one in fresh if storm.takes(one)]
        plan.joins |= {one.id: storm.id for one in fresh}
        joining = known + fresh
        if not joining:
            continue
        left = [one for one in left if one not in joining]
        told = {one.id for one in storm.members} - {one.blocker.id for one in joining}
        settles = max(storm.last_opened, *(one.blocker.opened for one in joining)) + STORM_SETTLES
        if 2 * len(joining) >= len(told) or scene.now >= settles:
            plan.bundles.append(Bundle(Shape.STORM_GROWN, tuple(joining), storm.id))
        else:
            plan.held |= {one.id: "its storm may grow" for one in joining}
            plan.checks.append(settles)
    return left


def _gather_storm(left: list[Pending], scene: Scene, plan: Plan) -> list[Pending]:
    """Tell openings of many agents within a minute in one message."""
    openings = [one for one in left if _is_of_storms(one)]
    if not openings:
        return left
    fresh = [one for one in openings if scene.now - one.at <= STORM_WITHIN]
    agents = {one.blocker.agent for one in fresh} | {one.agent for one in scene.recent}
    enough = len(agents) >= STORM_AGENTS and 2 * len(agents) >= len(scene.crowd.on_duty)
    if not enough and not (scene.crowd.is_silent and len(openings) > 1):
        return left
    plan.bundles.append(Bundle(Shape.STORM, tuple(openings), also=tuple(scene.recent)))
    return [one for one in left if one not in openings]


def _tell_rest(left: Sequence[Pending], scene: Scene, plan: Plan) -> None:
    """Tell what is left: together what shares a cause and an owner, each other thing by itself.

    An owner is mentioned, and a message mentions one.
    """
    groups: dict[object, list[Pending]] = {}
    for one in left:
        key: object = one.id
        if one.transition is Transition.OPENED and one.shared is not None:
            key = one.shared
        elif one.transition is Transition.OPENED and scene.group_wait:
            key = one.blocker.kind
        elif one.transition in _AGAIN:
            key = one.transition, one.level, one.blocker.owner
        elif one.transition is Transition.ESCALATED and one.incident is not None:
            key = one.incident, one.level, one.blocker.owner
        groups.setdefault(key, []).append(one)
    for group in groups.values():
        ready = min(one.at for one in group) + scene.group_wait
        if group[0].transition is Transition.OPENED and scene.now < ready:
            plan.held |= {one.id: "waiting for more" for one in group}
            plan.checks.append(ready)
            continue
        shape = Shape.SINGLE if len(group) == 1 else Shape.TOGETHER
        plan.bundles.append(Bundle(shape, tuple(group)))
