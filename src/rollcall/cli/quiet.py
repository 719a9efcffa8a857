"""What keeps open blockers from being told: silences, snoozes, holds, storms, and what waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from rollcall.cli.output import clean, say_count, utc_text
from rollcall.model import Blocker, BlockerStatus
from rollcall.notify.render import say_status
from rollcall.rules.grouping import Storm
from rollcall.rules.silences import Silence
from rollcall.rules.words import say_instant, say_time
from rollcall.store.pending import Waiting, list_storms, list_waiting
from rollcall.store.report import list_snoozed
from rollcall.store.silences import list_lasting

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Quiet:
    """All that keeps the open blockers from being told, at ``now``."""

    now: datetime
    blockers: Sequence[Blocker] = ()
    silences: Sequence[Silence] = ()
    snoozed: dict[str, datetime] = field(default_factory=dict)
    waiting: Sequence[Waiting] = ()
    storms: Sequence[Storm] = ()

    def silence_of(self, blocker: Blocker) -> Silence | None:
        """Return the silence that matches an open blocker, the one that lasts longest, or None."""
        found = [one for one in self.silences if one.matcher.matches(blocker)]
        if blocker.closed is not None or not found:
            return None
        return max(found, key=lambda one: (one.until, one.id))

    def wait_of(self, blocker: Blocker) -> Waiting | None:
        """Return the first that waits to be told of a blocker, or None."""
        return next((one for one in self.waiting if one.blocker == blocker.id), None)

    @property
    def held(self) -> list[Blocker]:
        """Return the blockers that are on hold."""
        return [one for one in self.blockers if one.status is BlockerStatus.HELD]


def read_quiet(session: Session, blockers: Sequence[Blocker], now: datetime) -> Quiet:
    """Read what keeps these blockers from being told."""
    return Quiet(
        now,
        blockers,
        list_lasting(session, now),
        list_snoozed(session),
        list_waiting(session),
        list_storms(session),
    )


def say_standing(blocker: Blocker, quiet: Quiet) -> str:
    """Say where a blocker stands and what keeps it from being told."""
    words = say_status(blocker)
    until = quiet.snoozed.get(blocker.id)
    if until is not None:
        words = f"Snoozed until {say_time(until, quiet.now)}"
    elif blocker.status is BlockerStatus.HELD:
        words = "On hold"
    silence, wait = quiet.silence_of(blocker), quiet.wait_of(blocker)
    if silence is not None:
        return f"{words}, silenced until {say_time(silence.until, quiet.now)} ({silence.id})"
    return f"{words}, waits to be told" if wait is not None else words


def standing_json(blocker: Blocker, quiet: Quiet) -> dict[str, object]:
    """Return what keeps a blocker from being told as JSON."""
    silence, wait = quiet.silence_of(blocker), quiet.wait_of(blocker)
    return {
        "snoozed_until": utc_text(quiet.snoozed.get(blocker.id)),
        "silenced_by": None if silence is None else silence.id,
        "waits_for": None if wait is None else wait.held_for,
    }


def quiet_json(quiet: Quiet) -> dict[str, object]:
    """Return what keeps blockers from being told as JSON, for ``status``."""
    return {
        "held": [one.id for one in quiet.held],
        "snoozed": [{"id": id_, "until": utc_text(until)} for id_, until in quiet.snoozed.items()],
        "silences": [silence_json(one) for one in quiet.silences],
        "waiting": [waiting_json(one) for one in quiet.waiting],
        "storms": [
            {
                "since": utc_text(min(one.opened for one in storm.members)),
                "blockers": [one.id for one in storm.members],
                "stopped": storm.stopped,
            }
            for storm in quiet.storms
        ],
    }


def silence_json(silence: Silence) -> dict[str, object]:
    """Return a silence as JSON; ``kinds`` and ``agents`` are empty for all."""
    return {
        "id": silence.id,
        "kinds": list(silence.matcher.kinds),
        "agents": list(silence.matcher.agents),
        "by": clean(silence.by),
        "comment": clean(silence.comment),
        "start": utc_text(silence.start),
        "until": utc_text(silence.until),
    }


def waiting_json(waiting: Waiting) -> dict[str, object]:
    """Return what waits to be told as JSON."""
    return {
        "id": waiting.blocker,
        "transition": waiting.transition,
        "at": utc_text(waiting.at),
        "why": clean(waiting.held_for),
    }


def say_quiet(quiet: Quiet) -> Iterator[str]:
    """Say what keeps blockers from being told, one line each."""
    for silence in quiet.silences:
        comment = f": {silence.comment}" if silence.comment else ""
        yield (
            f"Silenced until {say_instant(silence.until)} by {silence.by} ({silence.id}), "
            f"{silence.matcher}{comment}"
        )
    shown = {one.id: one for one in quiet.blockers}
    for id_, until in quiet.snoozed.items():
        if id_ in shown:
            one = shown[id_]
            yield f"Snoozed until {say_instant(until)}: {id_} {one.agent}: {one.description}"
    if quiet.held:
        named = _name([f"{one.id} {one.agent}" for one in quiet.held])
        yield f"On hold while nothing is due: {named}"
    for storm in quiet.storms:
        since = min(one.opened for one in storm.members)
        names = _name([one.agent for one in storm.members])
        count = say_count(len(storm.members), "blocker")
        yield f"A storm since {say_instant(since)}, {count} told as one: {names}"
    ordered = sorted(quiet.waiting, key=lambda one: (one.held_for, one.transition))
    for (why, transition), group in groupby(ordered, lambda one: (one.held_for, one.transition)):
        ids = _name([one.blocker for one in group])
        yield f"Waits to be told: {ids} {transition}" + (f": {why}" if why else "")


def _name(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
