"""Delivery: notices out of the outbox, claimed, sent outside any transaction, recorded after.

Events first, openings before closings; then the projections that are stale: Slack's root messages
and the blockers log. One thread does this, so a slow sink never delays reading.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rollcall.boundary import boundary, describe
from rollcall.clock import Clock
from rollcall.errors import DeliveryFailed
from rollcall.log_projection import LogProjection
from rollcall.model import Receipt
from rollcall.notify.pace import Call, Pace
from rollcall.notify.sink import Sink
from rollcall.renewal import Renewals
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.outbox import (
    Claimed,
    claim_next,
    is_anything_unsent,
    leave_root,
    next_stale_root,
    postpone,
    release_dead_claims,
    set_sink_state,
    settle_failed,
    settle_root,
    settle_sent,
)
from rollcall.store.renewal import renew_roots

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
PATIENT_ATTEMPTS = 12
STEP_BACK = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(days=1)

_log = logging.getLogger("rollcall")


@dataclass(slots=True)
class _SinkHealth:
    """What the delivery thread remembers of one sink in this process life."""

    failures: int = 0
    paused_until: datetime | None = None
    disabled: str | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """The sinks to go on with, and the paces that changed."""

    sinks: Mapping[str, Sink]
    paces: Mapping[str, Pace]


class Deliverer:
    """Empties the outbox into the sinks; ``workspace`` is the name that messages bear."""

    def __init__(
        self,
        database: Database,
        sinks: Sequence[Sink],
        projection: LogProjection | None,
        clock: Clock,
        *,
        workspace: str,
        paces: Mapping[str, Pace] | None = None,
    ) -> None:
        """Take the sinks; ``paces`` limits how fast each may be given notices."""
        self._database = database
        self._sinks = {sink.name: sink for sink in sinks}
        self._projection = projection
        self._clock = clock
        self._workspace = workspace
        self._paces = dict(paces or {})
        self._health = {name: _SinkHealth() for name in self._sinks}
        self._life = uuid.uuid4().hex
        self._faulty: set[str] | None = None
        self._renewals = Renewals()
        self._projecting = threading.Lock()
        self._left: list[LogProjection] = []
        self._coming: queue.SimpleQueue[_Change] = queue.SimpleQueue()
        self._abandoned = threading.Event()

    def begin(self) -> None:
        """Free what an ended process life was sending, and record the state of the sinks."""
        with self._database.write() as session:
            self._faulty = {row.subject for row in marks.list_faults(session)}
            release_dead_claims(session, self._life)
            for name in self._sinks:
                set_sink_state(session, name, "on")

    def change(
        self, sinks: Sequence[Sink], projection: LogProjection | None, paces: Mapping[str, Pace]
    ) -> None:
        """Go on with other sinks from the next notice on, and with another log at once.

        Any thread may. A sink that was disabled is tried again. A log that was kept elsewhere keeps
        its rows and says where they go on.
        """
        self._coming.put(_Change({sink.name: sink for sink in sinks}, dict(paces)))
        now = self._clock.now()
        with self._projecting:
            before, self._projection = self._projection, projection
            to = None if projection is None else projection.path
            if before is not None and before.path != to:
                with boundary("sink:blockers_log", self._note_fault):
                    before.leave(to, now)
                self._left.append(before)

    def deliver_ready(self) -> bool:
        """Send one round of what may be sent now; return True while there is more to do."""
        self._take_change()
        # The log first: it is at hand, and no other sink can hold it up.
        self.project_log()
        now = self._clock.now()
        if self._abandoned.is_set():
            return False
        for name in self._renewals.take_due(self._sinks.values(), now):
            with self._database.write() as session:
                renew_roots(session, name)
        return self._send_next(now) or self._refresh_next(now)

    def deliver_all(self) -> None:
        """Send everything that may be sent now."""
        while self.deliver_ready():
            pass

    def abandon(self) -> None:
        """Leave what is being sent unrecorded: the next start looks it up and settles it.

        For a stop that cannot wait for a stalled sink, called by another thread than the sender's.
        """
        self._abandoned.set()

    def project_log(self) -> None:
        """Bring the blockers log to the present state, if it is stale; any thread may."""
        if self._abandoned.is_set():
            return
        now = self._clock.now()
        with self._projecting, boundary("sink:blockers_log", self._note_fault):
            self._left = [one for one in self._left if one.settle(now)]
            if self._projection is None:
                return
            self._projection.refresh(now)
            self._end_fault("sink:blockers_log")

    def seconds_to_wait(self, longest_s: float) -> float:
        """Return how long nothing can be sent, at most ``longest_s``."""
        now = self._clock.now()
        waits = [
            (health.paused_until - now).total_seconds()
            for health in self._health.values()
            if health.paused_until is not None and health.paused_until > now
        ]
        look = self._projection.seconds_to_wait(now) if self._projection else None
        waits += [] if look is None else [look]
        at_s = self._clock.monotonic()
        waits += [pace.ready_at_s(Call.POST, "", at_s) - at_s for pace in self._paces.values()]
        return max(0.05, min([longest_s, *(wait for wait in waits if wait > 0)]))

    def close(self) -> None:
        """Close every sink."""
        for sink in self._sinks.values():
            sink.close()

    def _take_change(self) -> None:
        while not self._coming.empty():
            change = self._coming.get()
            before, self._sinks = self._sinks, dict(change.sinks)
            self._paces |= change.paces
            self._health = {name: self._health.get(name, _SinkHealth()) for name in self._sinks}
            with self._database.write() as session:
                for name, health in self._health.items():
                    if health.disabled is not None or name not in before:
                        set_sink_state(session, name, "on")
                    health.disabled = None
            kept = list(self._sinks.values())
            for sink in before.values():
                if sink not in kept:
                    sink.close()

    def _ready(self, now: datetime, kind: Call) -> list[str]:
        at_s = self._clock.monotonic()
        return [
            name
            for name, health in self._health.items()
            if health.disabled is None
            and (health.paused_until is None or health.paused_until <= now)
            and (name not in self._paces or self._paces[name].ready_at_s(kind, "", at_s) <= at_s)
        ]

    def _send_next(self, now: datetime) -> bool:
        ready = self._ready(now, Call.POST)
        with self._database.read() as session:
            if not is_anything_unsent(session, ready, now):
                return False
        with self._database.write() as session:
            claimed = claim_next(session, self._workspace, self._life, ready, now)
        if claimed is None:
            return False
        name = claimed.notice.sink
        sent = self._try_to_send(claimed, self._sinks[name])
        if self._abandoned.is_set():
            return False
        if isinstance(sent, DeliveryFailed):
            self._settle_failure(claimed, sent, now)
            return True
        with self._database.write() as session:
            settle_sent(session, claimed.event_id, sent, self._clock.now())
        self._recover(name)
        return True

    def _try_to_send(self, claimed: Claimed, sink: Sink) -> Receipt | DeliveryFailed:
        """Send one notice; what a sink should never raise is a fault of ours, one notice wide."""
        sent: Receipt | DeliveryFailed = DeliveryFailed("a fault of our own", perhaps_sent=True)
        with boundary(f"notice:{claimed.notice.key}", self._note_fault):
            try:
                sent = self._send(claimed, sink)
            except DeliveryFailed as failure:
                sent = failure
            self._end_fault(f"notice:{claimed.notice.key}")
        return sent

    def _send(self, claimed: Claimed, sink: Sink) -> Receipt:
        notice = claimed.notice
        if claimed.uncertain:
            try:
                found = sink.find(notice, claimed.root)
            except DeliveryFailed as failure:
                if not failure.permanent or failure.disables_sink:
                    raise
                notice = replace(notice, perhaps_repeated=True)
            else:
                if found is not None:
                    return found
        pace = self._paces.get(sink.name)
        if pace is not None:
            pace.used(Call.POST, "", self._clock.monotonic())
        return sink.deliver(notice, claimed.root)

    def _settle_failure(self, claimed: Claimed, failure: DeliveryFailed, now: datetime) -> None:
        name = claimed.notice.sink
        health = self._health[name]
        words = describe(failure)
        _log.warning("%s did not take %s: %s", name, claimed.notice.key, words)
        given_up = now - claimed.notice.created >= GIVE_UP_AFTER
        with self._database.write() as session:
            if failure.disables_sink:
                health.disabled = words
                postpone(session, claimed.event_id, now, words, uncertain=False)
                set_sink_state(session, name, "disabled", words)
            elif failure.permanent or given_up:
                settle_failed(session, claimed.event_id, words, now)
                set_sink_state(session, name, "failing", words)
            else:
                health.failures += 1
                until = now + _pause(failure, health.failures)
                health.paused_until = until
                # One that fails again and again steps back, so that the others are heard.
                stuck = claimed.attempts >= PATIENT_ATTEMPTS
                again = max(until, now + STEP_BACK) if stuck else until
                postpone(session, claimed.event_id, again, words, uncertain=failure.perhaps_sent)
                set_sink_state(session, name, "waiting", words, until)
        if failure.disables_sink or failure.permanent or given_up:
            self._note_fault(f"sink:{name}", words)

    def _refresh_next(self, now: datetime) -> bool:
        ready = self._ready(now, Call.UPDATE)
        with self._database.read() as session:
            found = [(one, next_stale_root(session, self._workspace, one)) for one in ready]
        for name, stale in found:
            if stale is None:
                continue
            event_id, notice, root = stale
            pace = self._paces.get(name)
            if pace is not None:
                pace.used(Call.UPDATE, "", self._clock.monotonic())
            try:
                moved = self._sinks[name].refresh(notice, root)
            except DeliveryFailed as failure:
                if self._abandoned.is_set():
                    return False
                self._settle_stale_root(name, event_id, failure, now)
                return True
            if self._abandoned.is_set():
                return False
            with self._database.write() as session:
                settle_root(session, event_id, notice.blockers, moved)
            self._recover(name)
            return True
        return False

    def _settle_stale_root(
        self, name: str, event_id: int, failure: DeliveryFailed, now: datetime
    ) -> None:
        health = self._health[name]
        words = describe(failure)
        with self._database.write() as session:
            if failure.permanent and not failure.disables_sink:
                leave_root(session, event_id)
            if failure.disables_sink:
                health.disabled = words
                set_sink_state(session, name, "disabled", words)
            elif not failure.permanent:
                health.failures += 1
                health.paused_until = now + _pause(failure, health.failures)
                set_sink_state(session, name, "waiting", words, health.paused_until)
        if failure.permanent:
            self._note_fault(f"sink:{name}", words)

    def _recover(self, name: str) -> None:
        health = self._health[name]
        if health.failures:
            with self._database.write() as session:
                set_sink_state(session, name, "on")
        health.failures, health.paused_until = 0, None
        self._end_fault(f"sink:{name}")

    def _note_fault(self, subject: str, text: str) -> None:
        if self._abandoned.is_set():
            return
        now = self._clock.now()
        if self._faulty is not None:
            self._faulty.add(subject)
        with self._database.write() as session:
            marks.note_fault(session, subject, text, now)
            marks.mark_changed(session, [f"fault:{subject}"], now)

    def _end_fault(self, subject: str) -> None:
        if self._abandoned.is_set() or (self._faulty is not None and subject not in self._faulty):
            return
        now = self._clock.now()
        with self._database.write() as session:
            if marks.end_fault(session, subject):
                marks.mark_changed(session, [f"fault:{subject}"], now)
        if self._faulty is not None:
            self._faulty.discard(subject)


def _pause(failure: DeliveryFailed, failures: int) -> timedelta:
    if failure.retry_after_s is not None:
        return timedelta(seconds=failure.retry_after_s)
    growing: timedelta = FIRST_PAUSE * 2 ** min(failures - 1, 10)
    return min(growing, LONGEST_PAUSE)
