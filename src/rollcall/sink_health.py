"""What the delivery thread remembers of a sink: its pauses, the channels it holds back, its outage."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rollcall.errors import DeliveryFailed
from rollcall.notify.pace import Call


def find_share(seed: str) -> float:
    """Return the jitter's share for a seed, the same in every process: from 0 up to 1."""
    return random.Random(seed).random()  # noqa: S311 - spreads retries, guards no secret


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a sink that does not take what it is given.

    After ``attempts`` one notice steps back for the others. From ``stalled_after`` on it is a fault
    of ours that is shown, and from ``away_after`` on what waited is told in one digest. Who asks us
    to wait is heard for ``longest_asked`` at most. No call lasts longer than ``longest_call``, and
    after ``hold_up`` the other sinks go on. A sink that refuses everything is given one notice again
    after ``probe_after``. ``jitter`` gives a share from 0 to 1 for a notice's key and the number of
    the failure.
    """

    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(minutes=5)
    attempts: int = 12
    step_back: timedelta = timedelta(minutes=30)
    give_up_after: timedelta = timedelta(days=1)
    longest_call: timedelta = timedelta(seconds=60)
    hold_up: timedelta = timedelta(seconds=2)
    no_answer_after: timedelta = timedelta(minutes=2)
    stalled_after: timedelta = timedelta(minutes=15)
    away_after: timedelta = timedelta(hours=1)
    longest_asked: timedelta = timedelta(hours=1)
    probe_after: timedelta = timedelta(hours=1)
    jitter: Callable[[str], float] = find_share

    def find_pause(self, failure: DeliveryFailed, failures: int, key: str) -> timedelta:
        """Return how long to wait after the n-th failure: what was asked for, else twice the last.

        The jitter takes off up to the half of it, so that those who failed together do not come
        back together ("equal jitter", Brooker, "Exponential Backoff and Jitter"); of what was asked
        for it takes nothing.
        """
        if failure.retry_after_s is not None:
            return min(timedelta(seconds=failure.retry_after_s), self.longest_asked)
        growing: timedelta = self.first_pause * 2 ** min(failures - 1, 10)
        return min(growing, self.longest_pause) * (1 - self.jitter(f"{key}#{failures}") / 2)


@dataclass(slots=True)
class SinkHealth:
    """One sink in this process life.

    ``held`` are the targets (channels) for which the sink asked us to wait; that, its wait for
    updates and ``failing_since`` outlive the process in the store. ``disabled`` says why it takes
    nothing at all; from ``probe_at`` on one notice finds out whether that has changed.
    """

    failures: int = 0
    paused_until: datetime | None = None
    held: dict[str, datetime] = field(default_factory=dict)
    updates_held_until: datetime | None = None
    disabled: str | None = None
    probe_at: datetime | None = None
    failing_since: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether the sink may be given anything at all."""
        return all(one is None or one <= now for one in (self.paused_until, self.probe_at))

    def may_post(self, target: str, now: datetime) -> bool:
        """Tell whether a target of an open sink may be given a notice."""
        return target not in self.held or self.held[target] <= now

    def may_update(self, now: datetime) -> bool:
        """Tell whether root messages of an open sink may be refreshed."""
        return self.updates_held_until is None or self.updates_held_until <= now

    def is_away(self, patience: Patience, now: datetime) -> bool:
        """Tell whether it has been out of reach for so long that what waits becomes a digest."""
        since = self.failing_since
        return since is not None and now - since >= patience.away_after

    def is_stalled(self, patience: Patience, now: datetime) -> bool:
        """Tell whether it has been out of reach for so long that it is a fault to be shown."""
        since = self.failing_since
        return since is not None and now - since >= patience.stalled_after

    def note_failure(
        self, failure: DeliveryFailed, kind: Call, target: str, now: datetime, pause: timedelta
    ) -> datetime:
        """Count a failure that may pass and return until when nothing of the kind is tried.

        Asked to wait, we wait with that channel, or with all updates (Slack limits each method for
        itself); else with the whole sink.
        """
        self.failing_since = self.failing_since or now
        until = now + pause
        if failure.retry_after_s is None:
            self.paused_until = until
        elif kind is Call.POST:
            self.held[target] = until
        else:
            self.updates_held_until = until
        return until

    def disable(self, words: str, now: datetime, probe_after: timedelta) -> datetime:
        """Give it nothing any more, and return when it is tried again."""
        self.disabled, self.probe_at = words, now + probe_after
        self.failing_since = self.failing_since or now
        return self.probe_at

    def enable(self) -> None:
        """Try it again at once."""
        self.disabled, self.probe_at = None, None

    def recover(self) -> None:
        """Forget what went wrong before: it takes what it is given; who asked us to wait is heard."""
        self.failures, self.paused_until, self.failing_since = 0, None, None
        self.enable()

    def move_back(self, span: timedelta) -> None:
        """Reckon by a clock that was set back by ``span``: no pause is longer for it."""
        self.paused_until = _before(self.paused_until, span)
        self.probe_at = _before(self.probe_at, span)
        self.updates_held_until = _before(self.updates_held_until, span)
        self.failing_since = _before(self.failing_since, span)
        self.held = {target: until - span for target, until in self.held.items()}

    def waits(self, now: datetime) -> list[datetime]:
        """Return the instants to come at which more may be sent."""
        known = [
            self.paused_until,
            self.probe_at,
            self.updates_held_until,
            *self.held.values(),
        ]
        return [one for one in known if one is not None and one > now]


def _before(instant: datetime | None, span: timedelta) -> datetime | None:
    return None if instant is None else instant - span
