"""How a workspace stands: who watches it, what is due from whom, and what is wrong with ourselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.judging import Judge
from rollcall.rules.duty import DutyState
from rollcall.rules.proof import find_proof_deadline
from rollcall.rules.watched import Gap
from rollcall.rules.words import say_time
from rollcall.store import marks
from rollcall.store.outbox import list_sinks
from rollcall.store.report import find_last_entry, list_agents
from rollcall.store.tables import AgentRow, SinkRow

DAEMON_PLANS_AHEAD = timedelta(seconds=10)


ON = DutyState.ON.value
ANSWERS_ONLY = "owes answers only"
_SAID_WHY = frozenset(
    {
        DutyState.PAUSED.value,
        DutyState.STANDBY.value,
        DutyState.SHUT_DOWN.value,
        DutyState.STOPPED.value,
    }
)


@dataclass(frozen=True, slots=True)
class AgentState:
    """One agent: its duty, its last proof, and by when the next is due at the latest.

    ``duty`` is the word of a ``DutyState``, or ``ANSWERS_ONLY``, with ``reason`` and ``until``.
    ``last_entry`` is the newest entry's stamp, or when it was seen; ``place`` is its ``file:line``.
    """

    slug: str
    duty: str
    last_proof: datetime | None = None
    due: datetime | None = None
    last_entry: datetime | None = None
    place: str | None = None
    reason: str = ""
    until: datetime | None = None


def say_duty(one: AgentState, now: datetime) -> str:
    """Say an agent's duty, and until when it is off where that is known."""
    if one.duty in (ON, ANSWERS_ONLY, DutyState.RETIRED.value) or one.until is None:
        return one.duty
    return f"{one.duty} until {say_time(one.until, now)}"


def say_absences(agents: Sequence[AgentState]) -> list[str]:
    """Say why agents are off duty for another reason than their hours, one line for each reason."""
    said: dict[tuple[str, str], list[str]] = {}
    for one in agents:
        if one.duty in _SAID_WHY and one.reason:
            said.setdefault((one.duty, one.reason), []).append(one.slug)
    return [
        f"{duty.capitalize()}: {', '.join(slugs)}: {reason}"
        for (duty, reason), slugs in said.items()
    ]


@dataclass(frozen=True, slots=True)
class SinkState:
    """One sink: ``on``, ``off``, ``waiting`` or ``disabled``, with the reason for the last three.

    ``until``: when one that is waiting or disabled is tried again.
    """

    name: str
    state: str
    error: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WatchState:
    """Whether anyone watches.

    ``by_daemon``: the last to work was a daemon, not a sweep; ``since``: where the present state of
    being watched or not began, None where nothing was ever swept.
    """

    alive: bool
    by_daemon: bool
    since: datetime | None
    last_tick: datetime | None
    last_sweep: datetime | None


def find_watch_state(
    session: Session, *, held: bool, sweep_every: timedelta, now: datetime
) -> WatchState:
    """Say whether the workspace is watched; ``held``: somebody holds its lock.

    One that is swept from cron is watched while its last sweep is younger than twice
    ``sweep_every``. A daemon plans its next tick seconds ahead, so a plan that near tells of one.
    """
    tick = marks.get_instant(session, marks.LAST_TICK)
    planned = marks.get_instant(session, marks.PLANNED_TICK)
    sweep = marks.get_instant(session, marks.LAST_SWEEP)
    stopped = marks.get_instant(session, marks.STOPPED)
    started = marks.get_instant(session, marks.STARTED)
    near = tick is not None and planned is not None and planned - tick <= DAEMON_PLANS_AHEAD
    by_daemon = near and started is not None
    swept = not by_daemon and sweep is not None and now - sweep < 2 * sweep_every
    alive = held or swept
    if alive:
        since = started if by_daemon else sweep
    else:
        since = stopped if by_daemon and stopped is not None else tick
    return WatchState(alive, by_daemon, since, tick, sweep)


def read_agent_states(session: Session, settings: Settings, now: datetime) -> list[AgentState]:
    """Return every agent as it stands at ``now``, the declared ones too, by name."""
    judge = Judge(settings)
    gaps = marks.list_gaps(session)
    states = {
        row.slug: _agent_state(session, judge, gaps, row, now) for row in list_agents(session)
    }
    for slug in settings.agents:
        states.setdefault(slug, AgentState(slug, ON))
    return [states[slug] for slug in sorted(states)]


@dataclass(frozen=True, slots=True)
class AmbiguousName:
    """A name in chat that may mean several agents, or that it is not certain whose it is."""

    name: str
    may_be: tuple[str, ...]

    def say(self) -> str:
        """Return the name with the agents that it may mean."""
        return f"{self.name} ({', '.join(self.may_be)})" if self.may_be else self.name


def read_ambiguous_names(session: Session) -> list[AmbiguousName]:
    """Return the names that were not resolved on a guess, as the last linking left them."""
    stored = json.loads(marks.get_mark(session, marks.AMBIGUOUS) or "{}")
    return [AmbiguousName(name, tuple(agents)) for name, agents in sorted(stored.items())]


def say_ambiguous_names(names: Sequence[AmbiguousName]) -> str:
    """Return the one line that tells of ambiguous names, and what to do about them."""
    said = ", ".join(one.say() for one in names)
    return f"ambiguous names: {said}; say which in [agents.*] aliases"


def read_sink_states(session: Session, configured: Sequence[SinkState]) -> list[SinkState]:
    """Return the sinks as the worker last had them, or as they are configured, with their faults."""
    stored = {row.name: row for row in list_sinks(session)}
    faults = {row.subject: row.text for row in marks.list_faults(session)}
    return [_sink_state(one, stored.get(one.name), faults) for one in configured]


def _sink_state(configured: SinkState, row: SinkRow | None, faults: Mapping[str, str]) -> SinkState:
    fault = faults.get(f"sink:{configured.name}")
    state = configured
    if row is not None:
        state = SinkState(configured.name, row.state, row.error, row.paused_until)
    if fault is not None and state.state == "on":
        return SinkState(configured.name, "failing", fault)
    return state


def _agent_state(
    session: Session, judge: Judge, gaps: Sequence[Gap], row: AgentRow, now: datetime
) -> AgentState:
    facts = judge.agent_facts(session, row.slug, now)
    duty = DutyState.RETIRED.value if row.retired else ANSWERS_ONLY
    if facts is None:
        return AgentState(row.slug, duty)
    if not row.retired and (row.owes_proof or facts.duty.state is DutyState.PAUSED):
        duty = facts.duty.state.value
    due = None
    if duty == ON:
        due = find_proof_deadline(facts, judge.proof_policy(row.slug), gaps)
    entered = find_last_entry(session, row.slug)
    return AgentState(
        row.slug,
        duty,
        facts.proved,
        due,
        entered,
        facts.place,
        facts.duty.reason,
        facts.duty.until,
    )
