"""A replay of hand-made records: entries of mara, ben and others at times of one day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cli.conftest import shell
from rollcall.config import load_settings
from rollcall.model import Entry, Evidence, EvidenceKind, Stamp
from rollcall.replay.outcome import Outcome
from rollcall.replay.record import Record, Recorded
from rollcall.replay.stage import replay

__all__ = ["shell"]

DAY = "2026-02-07"
Replay = Callable[..., Outcome]


def at(clock: str) -> datetime:
    """Return that time of the day in UTC; ``1 09:00`` is a day later."""
    days, _, time = clock.rpartition(" ")
    day = int(days or 0) + 7
    return datetime.fromisoformat(f"2026-02-{day:02d}T{time}+00:00").astimezone(UTC)


def entry(  # one keyword for each thing that an entry may say
    agent: str,
    clock: str,
    *,
    proof: bool = True,
    blocked_on: str | None = None,
    fallback: bool = False,
    closing: bool = False,
    promise: str | None = None,
) -> Recorded:
    """Return an entry of ``agent`` at that time, with a command and its result unless told."""
    kind = EvidenceKind.BLOCKER if blocked_on else EvidenceKind.COMMAND
    shown = (Evidence(kind, 1, "it ran"),) if proof or blocked_on else ()
    said = Entry(
        start=1,
        end=2,
        title="parser",
        key=f"{agent}|{clock}",
        digest=f"{agent}|{clock}",
        stamp=Stamp(at(clock)),
        evidence=shown,
        blocked_on=blocked_on,
        fallback=fallback,
        closing=closing,
        promise=None if promise is None else at(promise),
    )
    return Recorded(agent, f"feedback/{agent}.md", said)


@pytest.fixture
def run() -> Replay:
    """Return what replays entries from 09:00 to ``until`` with these overrides."""

    def play(*overrides: str, entries: list[Recorded], until: str = "12:00") -> Outcome:
        settings = load_settings(None, name="", overrides=overrides)
        return replay(Record(entries), settings, at("09:00"), at(until))

    return play


def opened(outcome: Outcome) -> list[tuple[str, str, str, str | None]]:
    """Return (agent, kind, opened, closed) of every blocker, as clock times."""
    return [
        (
            one.agent,
            one.kind.value,
            f"{one.opened:%H:%M:%S}",
            None if one.closed is None else f"{one.closed:%H:%M:%S}",
        )
        for one in outcome.blockers
    ]
