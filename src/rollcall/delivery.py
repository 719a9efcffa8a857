"""Delivery: notices out of the outbox, claimed, sent outside any transaction, recorded after.

Events first, openings before closings; then the projections that are stale: Slack's root messages
and the blockers log. One thread does this, so a slow sink never delays reading; it calls each sink
on a thread of its own, so that none delays another for longer than a moment.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from rollcall.boundary import boundary, describe
from rollcall.clock import Clock
from rollcall.errors import DeliveryFailed
from rollcall.log_projection import LogProjection
from rollcall.model import Notice, Receipt
from rollcall.notify.calls import Calling
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
from rollcall.under_way import UnderWay

_log = logging.getLogger("rollcall")
_LOOK_S = 0.25  # how often we look whether a sink has answered
_Done = TypeVar("_Done")
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


@dataclass(frozen=True, slots=True)
class _Root:
    """A first message that is being brought to the present state, and as what that counts."""

    event_id: int
    notice: Notice
    kinds: tuple[Call, ...]
    lane: Lane


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
        waited = self._standing.patience
        self._under_way = UnderWay(
            waited.longest_call.total_seconds(), waited.hold_up.total_seconds()
        )
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
        if not self._abandoned.is_set():
            self._under_way.land()
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

    def deliver_all(self, *, wait: bool = True) -> None:
        """Send everything that may be sent now.

        With ``wait`` also until every sink has answered; what one delays is sent to the others.
        """
        while self.deliver_ready() or (wait and self._under_way.wait(_LOOK_S)):
            if self._abandoned.is_set():
                return

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
        projection = self._projection  # taken once: the worker may put another in its place
        look = None if projection is None else projection.seconds_to_wait(now)
        waits += [] if look is None else [look]
        waits += [_LOOK_S] if self._under_way.names else []
        return max(0.005, min([longest_s, *(wait for wait in waits if wait > 0)]))

    def close(self) -> None:
        """Close every sink."""
        for sink in self._sinks.values():
            sink.close()

    def _take_change(self) -> None:
        # Whoever has not answered yet is one of the sinks of before.
        while not self._coming.empty() and not self._under_way.names:
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
        ready = {name for name, _ in free} - self._under_way.names
        if not ready:
            return False
        with self._database.write() as session:
            claimed = claim_next(session, self._workspace, self._life, ready, now, held=held)
        if claimed is None:
            return False
        name = claimed.notice.sink
        sink = self._sinks[name]
        self._standing.begin_call(name, now)
        self._unsettled = claimed, _OUR_FAULT
        self._under_way.begin(
            name, lambda: _send(claimed, sink), lambda calling: self._land_sent(claimed, calling)
        )
        if name in self._under_way.names:
            self._unsettled = None
        return True

    def _land_sent(self, claimed: Claimed, calling: Calling[Receipt]) -> None:
        notice = claimed.notice
        self._standing.end_call(notice.sink, Call.POST, notice.target)
        self._unsettled = claimed, _OUR_FAULT
        self._unsettled = claimed, self._find_outcome(f"notice:{notice.key}", calling)
        self._settle_last()

    def _find_outcome(self, subject: str, calling: Calling[_Done]) -> _Done | DeliveryFailed:
        """Return what came of a call; what a sink should never raise is a fault of ours."""
        done: _Done | DeliveryFailed = _OUR_FAULT
        with boundary(subject, self._standing.note_fault):
            try:
                done = calling.result()
            except DeliveryFailed as failure:
                done = failure
            self._standing.end_fault(subject)
        return done

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
            self._standing.end_fault(f"notice:{notice.key}")  # it is not sent again, which would
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
        ready = [one for one in self._standing.may_update(now) if one not in self._under_way.names]
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
            root_of = _Root(event_id, notice, kinds, lane)
            sink = self._sinks[name]
            self._standing.begin_call(name, now)
            self._under_way.begin(
                name,
                partial(_refresh, sink, notice, root),
                partial(self._land_refreshed, root_of),
            )
            return True
        return False

    def _land_refreshed(self, root: _Root, calling: Calling[_Refreshed]) -> None:
        for kind in root.kinds:
            self._standing.end_call(root.lane[0], kind, root.lane[1])
        done = self._find_outcome(f"root:{root.notice.key}", calling)
        if self._abandoned.is_set():
            return
        if isinstance(done, DeliveryFailed):
            self._settle_stale_root(root.event_id, root.lane, root.notice.key, done)
            return
        self._moving.discard(root.event_id)
        with self._database.write() as session:
            settle_root(session, root.event_id, root.notice.blockers, done.receipt)
        self._standing.recover(root.lane[0])

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


def _send(claimed: Claimed, sink: Sink) -> Receipt:
    """Send a notice, unless the sink has it already; it is asked where that is uncertain."""
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
    return sink.deliver(notice, claimed.root)


def _refresh(sink: Sink, notice: Notice, root: Receipt) -> _Refreshed:
    return _Refreshed(sink.refresh(notice, root))
