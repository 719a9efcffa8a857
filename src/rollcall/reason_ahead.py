"""What happens next if nothing changes: judged at the instants that judgement itself names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.judging import Judge
from rollcall.reason_parts import Ahead
from rollcall.rules.decisions import (
    Change,
    Close,
    Decision,
    Escalate,
    Hold,
    Nudge,
    Open,
    Release,
    Repeat,
    Retire,
    Unsnooze,
    Wake,
)
from rollcall.rules.watched import Gap

MOST_LOOKS = 20
NOTHING = Ahead(None, "nothing, until something changes")


def find_ahead(
    session: Session,
    settings: Settings,
    subject: str,
    now: datetime,
    gaps: Sequence[Gap],
    concerns: Callable[[Decision], bool] = lambda _one: True,
) -> Ahead:
    """Return the first thing that would be decided about a subject from now on."""
    judge, at = Judge(settings), now
    for _ in range(MOST_LOOKS):
        verdict = judge.explain(session, subject, at, gaps)
        told = [one for one in verdict.decisions if concerns(one)]
        said = [words for one in told if (words := say_decision(one, settings))]
        if said:
            return Ahead(at, "; ".join(said))
        following = verdict.next_check_at
        if following is None or following <= at:
            return NOTHING
        at = following
    return NOTHING


def of_blocker(id_: str, condition: str) -> Callable[[Decision], bool]:
    """Return whether a decision is about this blocker, or opens its condition again."""

    def concerns(decision: Decision) -> bool:
        match decision:
            case Open(opened, _):
                return opened.key == condition
            case Wake(key):
                return key == condition
            case Nudge() | Retire():
                return False
            case _:
                return decision.blocker.id == id_

    return concerns


def earliest_ahead(found: Sequence[Ahead]) -> Ahead:
    """Return what comes first, or that nothing does."""
    known = [(one.at, one) for one in found if one.at is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else NOTHING


def say_decision(decision: Decision, settings: Settings) -> str:
    """Say what a decision does, in the present; "" for what nobody sees."""
    match decision:
        case Open(condition, _):
            return f"a blocker is opened: {condition.description}"
        case Nudge(agent, _, _):
            return f"{agent} is reminded in its own inbox"
        case Retire(agent, why):
            return f"{agent} is retired: {why}"
        case Wake():
            return ""
        case _:
            return f"{decision.blocker.id} {_say_step(decision, settings)}"


def _say_step(
    decision: Change | Escalate | Repeat | Hold | Release | Unsnooze | Close, settings: Settings
) -> str:
    match decision:
        case Escalate(blocker, level, _):
            targets = settings.ladder_of(blocker.kind, blocker.agent)[level - 1].notify
            return f"reaches level {level}: {', '.join(map(str, targets))}"
        case Hold(_, why):
            return f"is put on hold: {why}"
        case Unsnooze(_, level, why):
            return f"is told again at level {level}: {why}"
        case Close(_, words, _):
            return f"is closed: {words}"
        case _:
            return _STEPS[type(decision)]


_STEPS = {
    Change: "is said in other words, and nobody is told",
    Repeat: "is told again",
    Release: "is on hold no longer and is told again",
}
