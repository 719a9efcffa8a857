"""How every sink stands: who may be given what now, what its failures lead to, what is shown of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session

from rollcall.boundary import describe
from rollcall.catching_up import catch_up
from rollcall.clock import Clock
from rollcall.errors import DeliveryFailed
from rollcall.notify.calls import NotAnswered
from rollcall.notify.pace import Call, Pace
from rollcall.rules.words import say_instant
from rollcall.sink_health import Patience, SinkHealth
from rollcall.store import marks
from rollcall.store.catching_up import find_failing_since, find_targets
from rollcall.store.database import Database
from rollcall.store.dead_letters import DEAD_LETTERS, note_dead_letters
from rollcall.store.held_targets import HeldTarget, hold_target, take_held
from rollcall.store.outbox import set_sink_state
from rollcall.store.turns import list_lanes

Lane = tuple[str, str]


class Standing:
    """Keeps the health of the sinks, in memory and for ``status``, and the faults of delivery."""

    def __init__(
        self,
        database: Database,
        names: Iterable[str],
        clock: Clock,
        *,
        paces: Mapping[str, Pace] | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Take the sinks' names; ``paces`` limits how fast each may be given notices."""
        self.patience = patience or Patience()
        self.abandoned = threading.Event()
        self._database = database
        self._clock = clock
        self._paces = dict(paces or {})
        self._health = {name: SinkHealth() for name in names}
        self._sending: dict[str, datetime] = {}
        self._begun: dict[str, datetime] = {}
        self._looked_at: datetime | None = None
        self._dead_letters_end: datetime | None = None
        self._faulty: set[str] | None = None

    def begin(self) -> None:
        """Record that the sinks are on; how long each has been out of reach is in the store."""
        now = self._clock.now()
        with self._database.write() as session:
            self._faulty = marks.list_faulty(session)
            for name in self._health:
                self._health[name] = _recall(session, name, now)
                set_sink_state(session, name, "on")
        self.look_at_dead_letters(now)

    def change(self, names: Iterable[str], paces: Mapping[str, Pace]) -> None:
        """Go on with other sinks; one that was disabled is tried again."""
        self._paces |= paces
        before = self._health
        now = self._clock.now()
        with self._database.write() as session:
            self._health = {name: before.get(name) or _recall(session, name, now) for name in names}
            for name, health in self._health.items():
                if health.disabled is not None or name not in before:
                    set_sink_state(session, name, "on")
                health.enable()

    def look_at_dead_letters(self, now: datetime) -> None:
        """Show what was given up, as a fault of ours, until it is a day old."""
        with self._database.write() as session:
            self._dead_letters_end = note_dead_letters(session, now)
            if self._faulty is not None:
                found = {one for one in marks.list_faulty(session) if one.startswith(DEAD_LETTERS)}
                # In place: the worker may be adding a stall.
                over = {one for one in tuple(self._faulty) if one.startswith(DEAD_LETTERS)} - found
                self._faulty -= over
                self._faulty |= found

    def catch_up(self, now: datetime) -> None:
        """Gather what waited for sinks that were away, before they are tried again."""
        self._go_by(now)
        if self._dead_letters_end is not None and self._dead_letters_end <= now:
            self.look_at_dead_letters(now)
        for name, health in self._health.items():
            since = health.failing_since
            if since is None or not health.is_open(now):
                continue
            most = self._paces[name].posts_in_a_minute if name in self._paces else None
            away = health.is_away(self.patience, now)
            if not away and most is None:
                continue
            with self._database.read() as session:
                found = find_targets(session, name, since)
            targets = [one for one in found if health.may_post(one, now)]
            if targets:
                with self._database.write() as session:
                    catch_up(session, name, targets, since, now, most=None if away else most)

    def _go_by(self, now: datetime) -> None:
        """Go on by a clock that was set back."""
        if self._looked_at is not None and now < self._looked_at:
            span = self._looked_at - now
            for health in self._health.values():
                health.move_back(span)
            if self._dead_letters_end is not None:
                self._dead_letters_end -= span
        self._looked_at = now

    def find_lanes(self, now: datetime) -> tuple[set[Lane], set[Lane]]:
        """Return for which sinks, and where in them, something is due: what is free, what is held."""
        at_s = self._clock.monotonic()
        names = [name for name, health in self._health.items() if health.is_open(now)]
        with self._database.read() as session:
            lanes = list_lanes(session, names, now)
        free = {
            (name, target)
            for name, target in lanes
            if self._health[name].may_post(target, now)
            and self._is_in_pace(name, Call.POST, target, at_s)
        }
        return free, set(lanes) - free

    def may_update(self, now: datetime) -> list[str]:
        """Return the sinks whose root messages may be refreshed now."""
        at_s = self._clock.monotonic()
        return [
            name
            for name, health in self._health.items()
            if health.is_open(now)
            and health.may_update(now)
            and self._is_in_pace(name, Call.UPDATE, "", at_s)
        ]

    def paced_wait_s(self, now: datetime) -> float | None:
        """Return in how many seconds something that is due may be sent; None where not just for pace."""
        at_s = self._clock.monotonic()
        names = [name for name in self._paces if name in self._health]
        with self._database.read() as session:
            lanes = list_lanes(session, names, now)
        waits = [
            self._paces[name].ready_at_s(Call.POST, target, at_s) - at_s
            for name, target in lanes
            if self._health[name].is_open(now) and self._health[name].may_post(target, now)
        ]
        return min((one for one in waits if one > 0), default=None)

    def is_free(self, lane: Lane, kinds: Iterable[Call], now: datetime) -> bool:
        """Tell whether an open sink may be called in all of these ways now."""
        name, target = lane
        health, at_s = self._health[name], self._clock.monotonic()
        held = Call.POST in kinds and not health.may_post(target, now)
        return not held and all(self._is_in_pace(name, kind, target, at_s) for kind in kinds)

    def waits_s(self, now: datetime) -> list[float]:
        """Return in how many seconds more may be sent."""
        starts = [one for health in self._health.values() for one in health.waits(now)]
        at_s = self._clock.monotonic()
        paced = [one - at_s for pace in self._paces.values() for one in pace.next_ready_s(at_s)]
        return [*paced, *((one - now).total_seconds() for one in starts)]

    def begin_call(self, name: str, now: datetime) -> None:
        """Note that a sink is asked, until ``end_call``."""
        self._sending[name] = self._begun[name] = now

    def end_call(self, name: str, kind: Call, target: str = "") -> None:
        """Count the call that is over."""
        self._sending.pop(name, None)
        if name in self._paces:
            self._paces[name].used(kind, target, self._clock.monotonic())

    def note_stall(self, now: datetime) -> None:
        """Show a sink that was asked and does not answer; any thread may."""
        for name, since in list(self._sending.items()):
            if now - since >= self.patience.no_answer_after:
                self._show(name, f"has not answered since {say_instant(since)}")

    def wait(
        self,
        lane: Lane,
        kind: Call,
        failure: DeliveryFailed,
        key: str,
        now: datetime,
    ) -> datetime:
        """Pause a sink, or what it asked us to hold back, and return until when."""
        name, target = lane
        health, words = self._health[name], describe(failure)
        pause = self.patience.find_pause(failure, health.failures + 1, key)
        # First what may fail, so that a failure that is recorded in the end counts once.
        with self._database.write() as session:
            set_sink_state(session, name, "waiting", words, now + pause)
            if failure.retry_after_s is not None:
                asked = target if kind is Call.POST else ""
                hold_target(session, name, HeldTarget(asked, kind.value, now + pause), now)
        health.failures += 1
        health.failing_since = health.failing_since or self._begun.get(name, now)
        until = health.note_failure(failure, kind, target, now, pause)
        since = health.failing_since
        if isinstance(failure, NotAnswered) and now - since >= self.patience.no_answer_after:
            self._show(name, f"has not answered since {say_instant(since)}")
        elif health.is_stalled(self.patience, now):
            self._show(name, f"has taken nothing since {say_instant(since)}: {words}")
        return until

    def disable(self, name: str, words: str, now: datetime) -> None:
        """Give a sink nothing any more, save one notice now and then: each would fare the same."""
        probe_at = self._health[name].disable(words, now, self.patience.probe_after)
        with self._database.write() as session:
            set_sink_state(session, name, "disabled", words, probe_at)
        self.note_fault(f"sink:{name}", words)

    def recover(self, name: str) -> None:
        """Note that a sink has taken what it was given."""
        health = self._health[name]
        if health.failures or health.disabled is not None:
            with self._database.write() as session:
                set_sink_state(session, name, "on")
        health.recover()
        self.end_fault(f"sink:{name}")

    def note_fault(self, subject: str, text: str) -> None:
        """Show a fault of ours and have it judged."""
        if self.abandoned.is_set():
            return
        now = self._clock.now()
        if self._faulty is not None:
            self._faulty.add(subject)
        with self._database.write() as session:
            marks.note_fault(session, subject, text, now)
            marks.mark_changed(session, [f"fault:{subject}"], now)

    def end_fault(self, subject: str) -> None:
        """Forget a fault of ours, if there is one."""
        if self.abandoned.is_set() or (self._faulty is not None and subject not in self._faulty):
            return
        now = self._clock.now()
        with self._database.write() as session:
            if marks.end_fault(session, subject):
                marks.mark_changed(session, [f"fault:{subject}"], now)
        if self._faulty is not None:
            self._faulty.discard(subject)

    def _show(self, name: str, text: str) -> None:
        # Once: the text of a blocker does not move with the clock.
        if self._faulty is None or f"sink:{name}" not in self._faulty:
            self.note_fault(f"sink:{name}", text)

    def _is_in_pace(self, name: str, kind: Call, target: str, at_s: float) -> bool:
        pace = self._paces.get(name)
        return pace is None or pace.ready_at_s(kind, target, at_s) <= at_s


def _recall(session: Session, name: str, now: datetime) -> SinkHealth:
    """Return what the store knows of a sink: since when it takes nothing, what it asked us to wait."""
    health = SinkHealth(failing_since=find_failing_since(session, name))
    for held in take_held(session, name, now):
        if held.call == Call.POST.value:
            health.held[held.target] = held.until
        else:
            health.updates_held_until = held.until
    return health
