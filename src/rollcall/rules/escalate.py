"""One condition, one blocker: opened once, raised by the ladder, closed once when it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rollcall.model import Blocker, BlockerStatus
from rollcall.rules.decisions import (
    Change,
    Close,
    Condition,
    Decision,
    Escalate,
    Hold,
    Moment,
    Open,
    Release,
    Repeat,
    Standing,
    Unsnooze,
    Verdict,
    Wake,
    earliest,
)
from rollcall.rules.words import say_instant


@dataclass(slots=True)
class _Outcome:
    """What is gathered while conditions and blockers of one subject are compared."""

    decisions: list[Decision] = field(default_factory=list)
    checks: list[datetime | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def reconcile(
    conditions: Sequence[Condition],
    standing: Standing,
    moment: Moment,
    *,
    endings: Mapping[str, str],
) -> Verdict:
    """Compare the conditions of one subject with its blockers and say what must happen.

    ``endings`` gives, per condition key, the words with which its blocker closes when the condition
    no longer holds.
    """
    now = moment.now
    stands = {one.key: one for one in conditions if one.held is not None or one.due <= now}
    outcome = _Outcome(checks=[one.due for one in conditions if one.due > now])
    for blocker in standing.blockers:
        condition = stands.get(blocker.condition)
        if condition is None:
            words = endings.get(blocker.condition, "The condition has ended")
            outcome.decisions.append(Close(blocker, words))
        else:
            _keep(blocker, condition, standing, moment, outcome)
    resting = _rest(standing, stands, now, outcome)
    open_keys = {blocker.condition for blocker in standing.blockers}
    for key, condition in stands.items():
        if key not in open_keys:
            _open(condition, resting.get(key), moment, outcome)
    return Verdict(
        tuple(outcome.decisions),
        earliest(outcome.checks),
        tuple(outcome.notes),
        tuple(conditions),
    )


def _rest(
    standing: Standing, stands: Mapping[str, Condition], now: datetime, outcome: _Outcome
) -> dict[str, datetime]:
    """Wake what has rested long enough, and return until when the other conditions rest."""
    resting: dict[str, datetime] = {}
    for rest in standing.rests:
        if rest.key not in stands or rest.until <= now:
            outcome.decisions.append(Wake(rest.key))
        else:
            resting[rest.key] = rest.until
            outcome.checks.append(rest.until)
    return resting


def _open(
    condition: Condition, rests_until: datetime | None, moment: Moment, outcome: _Outcome
) -> None:
    if rests_until is not None:
        words = (
            f"resolved by hand: it rests until {say_instant(rests_until)}, or until it ended once"
        )
        outcome.notes.append(words)
    elif condition.held is not None:
        outcome.notes.append(condition.held)
    elif condition.inhibited is not None:
        outcome.notes.append(condition.inhibited)
    else:
        ladder = moment.ladder_of(condition.kind)
        level = ladder.level_at(moment.now, moment.now)
        outcome.decisions.append(Open(condition, level))
        outcome.checks.append(ladder.next_at(moment.now, level))
        outcome.checks.append(ladder.repeat_at(moment.now, level))


def _keep(
    blocker: Blocker,
    condition: Condition,
    standing: Standing,
    moment: Moment,
    outcome: _Outcome,
) -> None:
    """Say what becomes of an open blocker whose condition still stands."""
    changed = standing.phases.get(blocker.condition, "") != condition.phase
    if changed:
        outcome.decisions.append(Change(blocker, condition))
    if condition.held is not None:
        outcome.notes.append(condition.held)
        if blocker.status is BlockerStatus.OPEN:
            outcome.decisions.append(Hold(blocker, condition.held))
        return
    _BY_STATUS[blocker.status](blocker, condition, standing, moment, outcome)


def _keep_open(
    blocker: Blocker,
    condition: Condition,
    standing: Standing,
    moment: Moment,
    outcome: _Outcome,
) -> None:
    if condition.inhibited is not None:
        outcome.notes.append(condition.inhibited)
        return
    ladder, gaps = moment.ladder_of(blocker.kind), moment.ladder_gaps
    level = max(ladder.level_at(blocker.opened, moment.now, gaps), blocker.level)
    outcome.checks.append(ladder.next_at(blocker.opened, level, gaps))
    if level > blocker.level:
        why = f"still so after level {blocker.level}: {condition.why}"
        outcome.decisions.append(Escalate(blocker, level, why))
        outcome.checks.append(ladder.repeat_at(moment.now, level))
        return
    told = standing.told.get(blocker.condition, blocker.opened)
    again = ladder.repeat_at(told, level, gaps)
    if again is not None and again <= moment.now:
        outcome.decisions.append(Repeat(blocker, f"not acknowledged since {say_instant(told)}"))
        again = ladder.repeat_at(moment.now, level)
    outcome.checks.append(again)


def _keep_acknowledged(
    blocker: Blocker,
    condition: Condition,
    standing: Standing,
    moment: Moment,
    outcome: _Outcome,
) -> None:
    del blocker, condition, standing, moment
    outcome.notes.append("acknowledged: its levels and repeats have stopped")


def _keep_snoozed(
    blocker: Blocker,
    condition: Condition,
    standing: Standing,
    moment: Moment,
    outcome: _Outcome,
) -> None:
    snooze = standing.snoozes.get(blocker.condition)
    if snooze is not None and snooze.until > moment.now and _same(snooze.phase, condition.phase):
        outcome.notes.append(
            f"snoozed until {say_instant(snooze.until)}, or until its state changes"
        )
        outcome.checks.append(snooze.until)
        return
    over = snooze is None or snooze.until <= moment.now
    why = "the time of its snooze is over" if over else "its state changed while it was snoozed"
    ladder = moment.ladder_of(blocker.kind)
    reached = ladder.level_at(blocker.opened, moment.now, moment.ladder_gaps)
    level = max(reached, blocker.level)
    outcome.decisions.append(Unsnooze(blocker, level, why))
    _plan_again(blocker, level, moment, outcome)


def _keep_held(
    blocker: Blocker,
    condition: Condition,
    standing: Standing,
    moment: Moment,
    outcome: _Outcome,
) -> None:
    del standing
    if condition.inhibited is not None:
        outcome.notes.append(condition.inhibited)
        return
    outcome.decisions.append(Release(blocker, f"duty is back, and still: {condition.why}"))
    ladder, gaps = moment.ladder_of(blocker.kind), moment.ladder_gaps
    level = max(ladder.level_at(blocker.opened, moment.now, gaps), blocker.level)
    if level > blocker.level:
        # It was due before the hold, at an instant at which nobody looked.
        why = f"still so after level {blocker.level}: {condition.why}"
        outcome.decisions.append(Escalate(blocker, level, why))
    _plan_again(blocker, level, moment, outcome)


def _keep_resolved(
    blocker: Blocker,
    condition: Condition,
    standing: Standing,
    moment: Moment,
    outcome: _Outcome,
) -> None:
    del condition, standing, moment, outcome
    raise ValueError(f"{blocker.id} is resolved and cannot stand among open blockers")


def _plan_again(blocker: Blocker, level: int, moment: Moment, outcome: _Outcome) -> None:
    """Plan the next step of a blocker whose ladder goes on now."""
    ladder = moment.ladder_of(blocker.kind)
    following = ladder.next_at(blocker.opened, level, moment.ladder_gaps)
    outcome.checks += [following, ladder.repeat_at(moment.now, level)]


def _same(phase: str, other: str) -> bool:
    """Tell whether two phases are one state; what follows the first line only changes its text."""
    return phase.partition("\n")[0] == other.partition("\n")[0]


_BY_STATUS: Mapping[
    BlockerStatus, Callable[[Blocker, Condition, Standing, Moment, _Outcome], None]
] = {
    BlockerStatus.OPEN: _keep_open,
    BlockerStatus.ACKNOWLEDGED: _keep_acknowledged,
    BlockerStatus.SNOOZED: _keep_snoozed,
    BlockerStatus.HELD: _keep_held,
    BlockerStatus.RESOLVED: _keep_resolved,
}
