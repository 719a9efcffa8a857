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
from datetime import datetime

from rollcall.boundary import boundary, describe
from rollcall.clock import Clock
from rollcall.errors import DeliveryFailed
from rollcall.log_projection import LogProjection
from rollcall.model import Notice, Receipt
from rollcall.notify.calls import Calls
from rollcall.notify.pace import Call, Pace
from rollcall.notify.sink import Sink
from rollcall.renewal import Renewals
from rollcall.sink_health import Patience
from rollcall.sink_standing import Lane, Standing
from rollcall.store.database import Database
from rollcall.store.outbox import (
    CATCHING_UP,
    Claimed,
    claim_next,
    leave_root,
    next_stale_root,
    postpone,
    release_dead_claims,
    settle_failed,
    settle_root,
    settle_sent,
)
from rollcall.store.renewal import renew_roots
from rollcall.store.turns import CannotBeWritten, is_anyone_behind

_log = logging.getLogger("rollcall")
_OUR_FAULT = DeliveryFailed("a fault of our own", perhaps_sent=True)


@dataclass(frozen=True, slots=True)
class _Change:
    """The sinks to go on with, and the paces that changed."""

    sinks: Mapping[str, Sink]
    paces: Mapping[str, Pace]


@dataclass(frozen=True, slots=True)
class _Refreshed:
    """A root that shows the present state; ``receipt`` is where it was posted anew, if it was."""

    receipt: Receipt | None


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
        patience: Patience | None = None,
    ) -> None:
        """Take the sinks; ``paces`` limits how fast each may be given notices."""
        self._database = database
        self._sinks = {sink.name: sink for sink in sinks}
        self._projection = projection
        self._clock = clock
        self._workspace = workspace
        self._standing = Standing(database, self._sinks, clock, paces=paces, patience=patience)
        self._calls = Calls(self._standing.patience.longest_call.total_seconds())
        self._life = uuid.uuid4().hex
        self._unsettled: tuple[Claimed, Receipt | DeliveryFailed] | None = None
        self._renewals = Renewals()
        self._projecting = threading.Lock()
        self._left: list[LogProjection] = []
        self._coming: queue.SimpleQueue[_Change] = queue.SimpleQueue()
        self._abandoned = self._standing.abandoned
        self._moving: set[int] = set()

    def begin(self) -> None:
        """Free what an ended process life was sending, and record the state of the sinks."""
        with self._database.write() as session:
            release_dead_claims(session, self._life)
        self._standing.begin()

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
                with boundary("sink:blockers_log", self._standing.note_fault):
                    before.leave(to, now)
                self._left.append(before)

    def deliver_ready(self) -> bool:
        """Send one round of what may be sent now; return True while there is more to do."""
        self._settle_last()
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

    def deliver_in_pace(self, longest_s: float) -> None:
        """Send everything that is due, waiting for the pace and nothing else, at most so long."""
        self.deliver_all()
        pause = threading.Event()
        while (wait_s := self._standing.paced_wait_s(self._clock.now())) is not None:
            longest_s -= wait_s
            if longest_s < 0:
                return
            pause.wait(wait_s)
            self.deliver_all()

    def abandon(self) -> None:
        """Leave what is being sent unrecorded: the next start looks it up and settles it.

        For a stop that cannot wait for a stalled sink, called by another thread than the sender's.
        """
        self._abandoned.set()

    def note_stall(self) -> None:
        """Show a sink that was given something and does not answer; for another thread to call."""
        self._standing.note_stall(self._clock.now())

    def project_log(self) -> None:
        """Bring the blockers log to the present state, if it is stale; any thread may."""
        if self._abandoned.is_set():
            return
        now = self._clock.now()
        with self._projecting, boundary("sink:blockers_log", self._standing.note_fault):
            self._left = [one for one in self._left if one.settle(now)]
            if self._projection is None:
                return
            self._projection.refresh(now)
            self._standing.end_fault("sink:blockers_log")

    def seconds_to_wait(self, longest_s: float) -> float:
        """Return how long nothing can be sent, at most ``longest_s``."""
        now = self._clock.now()
        waits = self._standing.waits_s(now)
        look = self._projection.seconds_to_wait(now) if self._projection else None
        waits += [] if look is None else [look]
        return max(0.005, min([longest_s, *(wait for wait in waits if wait > 0)]))

    def close(self) -> None:
        """Close every sink."""
        for sink in self._sinks.values():
            sink.close()

    def _take_change(self) -> None:
        while not self._coming.empty():
            change = self._coming.get()
            before, self._sinks = self._sinks, dict(change.sinks)
            self._standing.change(self._sinks, change.paces)
            kept = list(self._sinks.values())
            for sink in before.values():
                if sink not in kept:
                    sink.close()

    def _send_next(self, now: datetime) -> bool:
        self._standing.catch_up(now)
        free, held = self._standing.find_lanes(now)
        if not free:
            return False
        ready = {name for name, _ in free}
        with self._database.write() as session:
            claimed = claim_next(session, self._workspace, self._life, ready, now, held=held)
        if claimed is None:
            return False
        self._unsettled = claimed, _OUR_FAULT
        self._unsettled = claimed, self._try_to_send(claimed, self._sinks[claimed.notice.sink])
        if self._abandoned.is_set():
            return False
        self._settle_last()
        return True

    def _settle_last(self) -> None:
        """Record what became of the last notice.

        Where the store cannot be written, because it is locked or the disk is full, that is done
        before anything else is sent: a notice that stays claimed would hold up all that follow it.
        """
        if self._unsettled is None or self._abandoned.is_set():
            return
        last, self._unsettled = self._unsettled, None
        claimed, sent = last
        try:
            if isinstance(sent, DeliveryFailed):
                self._settle_failure(claimed, sent, self._clock.now())
                return
            with self._database.write() as session:
                settle_sent(session, claimed.event_id, sent, self._clock.now())
        except CannotBeWritten:
            self._unsettled = last
            raise
        self._standing.recover(claimed.notice.sink)

    def _try_to_send(self, claimed: Claimed, sink: Sink) -> Receipt | DeliveryFailed:
        """Send one notice; what a sink should never raise is a fault of ours, one notice wide."""
        sent: Receipt | DeliveryFailed = _OUR_FAULT
        with boundary(f"notice:{claimed.notice.key}", self._standing.note_fault):
            try:
                sent = self._send(claimed, sink)
            except DeliveryFailed as failure:
                sent = failure
            self._standing.end_fault(f"notice:{claimed.notice.key}")
        return sent

    def _send(self, claimed: Claimed, sink: Sink) -> Receipt:
        notice, name = claimed.notice, sink.name
        self._standing.begin_call(name, self._clock.now())
        try:
            if claimed.uncertain:
                try:
                    found = self._calls.make(name, lambda: sink.find(notice, claimed.root))
                except DeliveryFailed as failure:
                    if not failure.permanent or failure.disables_sink:
                        raise
                    notice = replace(notice, perhaps_repeated=True)
                else:
                    if found is not None:
                        return found
            return self._calls.make(name, lambda: sink.deliver(notice, claimed.root))
        finally:
            self._standing.end_call(name, Call.POST, notice.target)

    def _settle_failure(self, claimed: Claimed, failure: DeliveryFailed, now: datetime) -> None:
        notice, words, patience = claimed.notice, describe(failure), self._standing.patience
        _log.warning("%s did not take %s: %s", notice.sink, notice.key, words)
        # What is said of the present state is never out of date.
        ages = CATCHING_UP not in notice.key
        if failure.has_another_way:
            with self._database.write() as session:
                postpone(session, claimed.event_id, now, words, uncertain=False)
            self._standing.recover(notice.sink)  # it answers
            return
        # A machine that slept has not tried meanwhile.
        tried = claimed.attempts >= patience.attempts
        given_up = ages and tried and now - notice.created >= patience.give_up_after
        if failure.disables_sink:
            with self._database.write() as session:
                postpone(session, claimed.event_id, now, words, uncertain=False)
            self._standing.disable(notice.sink, words, now)
            return
        if failure.permanent or given_up:
            with self._database.write() as session:
                settle_failed(session, claimed.event_id, words, now)
            self._standing.look_at_dead_letters(now)
            if failure.permanent:
                self._standing.recover(notice.sink)  # it answers
            return
        lane = (notice.sink, notice.target)
        again = self._standing.wait(lane, Call.POST, failure, notice.key, now)
        with self._database.write() as session:
            if claimed.attempts >= patience.attempts and is_anyone_behind(session, *lane):
                # One that fails again and again steps back, so that the others are heard.
                again = max(again, now + patience.step_back)
            postpone(session, claimed.event_id, again, words, uncertain=failure.perhaps_sent)

    def _refresh_next(self, now: datetime) -> bool:
        ready = self._standing.may_update(now)
        with self._database.read() as session:
            found = [(one, next_stale_root(session, self._workspace, one)) for one in ready]
        for name, stale in found:
            if stale is None:
                continue
            event_id, notice, root = stale
            lane = name, root.data.get("channel", notice.target)
            kinds = self._kinds_of(event_id)
            if not self._standing.is_free(lane, kinds, now):
                continue
            refreshed = self._refresh(notice, root, kinds, lane)
            if self._abandoned.is_set():
                return False
            if isinstance(refreshed, DeliveryFailed):
                self._settle_stale_root(event_id, lane, notice.key, refreshed)
                return True
            self._moving.discard(event_id)
            with self._database.write() as session:
                settle_root(session, event_id, notice.blockers, refreshed.receipt)
            self._standing.recover(name)
            return True
        return False

    def _refresh(
        self, notice: Notice, root: Receipt, kinds: tuple[Call, ...], lane: Lane
    ) -> _Refreshed | DeliveryFailed:
        """Refresh one root; what a sink should never raise is a fault of ours, one message wide."""
        name, subject = lane[0], f"root:{notice.key}"
        done: _Refreshed | DeliveryFailed = DeliveryFailed("a fault of our own")
        self._standing.begin_call(name, self._clock.now())
        with boundary(subject, self._standing.note_fault):
            try:
                moved = self._calls.make(name, lambda: self._sinks[name].refresh(notice, root))
                done = _Refreshed(moved)
            except DeliveryFailed as failure:
                done = failure
            self._standing.end_fault(subject)
        for kind in kinds:
            self._standing.end_call(name, kind, lane[1])
        return done

    def _settle_stale_root(
        self, event_id: int, lane: Lane, key: str, failure: DeliveryFailed
    ) -> None:
        now, name, words = self._clock.now(), lane[0], describe(failure)
        if failure.has_another_way:
            self._moving.add(event_id)
            self._standing.recover(name)  # it answers
        elif failure.disables_sink:
            self._standing.disable(name, words, now)
        elif failure.permanent:
            with self._database.write() as session:
                leave_root(session, event_id)
            self._standing.note_fault(f"sink:{name}", words)
        else:
            self._standing.wait(lane, self._kinds_of(event_id)[-1], failure, key, now)

    def _kinds_of(self, event_id: int) -> tuple[Call, ...]:
        """Return as what refreshing a root counts: one that cannot be edited is a new message."""
        return (Call.UPDATE, Call.POST) if event_id in self._moving else (Call.UPDATE,)
