"""One condition, one blocker: opened once, raised by the ladder, closed once when it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rollcall.model import Blocker, BlockerStatus
from rollcall.rules.decisions import (
    Change,
    Close,
    Condition,
    Decision,
    Escalate,
    Moment,
    Open,
    Standing,
    Verdict,
    Wake,
    earliest,
)


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
    now, ladder = moment.now, moment.ladder
    holding = {one.key: one for one in conditions if one.due <= now}
    waiting = [one.due for one in conditions if one.due > now]
    decisions: list[Decision] = []
    checks: list[datetime | None] = list(waiting)
    open_keys = {blocker.condition for blocker in standing.blockers}
    for blocker in standing.blockers:
        condition = holding.get(blocker.condition)
        if condition is None:
            words = endings.get(blocker.condition, "The condition has ended")
            decisions.append(Close(blocker, words))
            continue
        if standing.phases.get(blocker.condition, "") != condition.phase:
            decisions.append(Change(blocker, condition))
        raised, check = _climb(blocker, condition, moment)
        decisions += raised
        checks.append(check)
    resting = {rest.key: rest for rest in standing.rests}
    for key, rest in resting.items():
        if key not in holding or rest.until <= now:
            decisions.append(Wake(key))
        else:
            checks.append(rest.until)
    for key, condition in holding.items():
        rested = key in resting and resting[key].until > now
        if key not in open_keys and not rested:
            level = ladder.level_at(now, now)
            decisions.append(Open(condition, level))
            checks.append(ladder.next_at(now, level))
    return Verdict(tuple(decisions), earliest(checks))


def _climb(
    blocker: Blocker, condition: Condition, moment: Moment
) -> tuple[list[Decision], datetime | None]:
    if blocker.status is not BlockerStatus.OPEN:
        return [], None
    ladder, gaps = moment.ladder, moment.gaps
    level = ladder.level_at(blocker.opened, moment.now, gaps)
    if level <= blocker.level:
        return [], ladder.next_at(blocker.opened, blocker.level, gaps)
    why = f"still so after level {blocker.level}: {condition.why}"
    return [Escalate(blocker, level, why)], ladder.next_at(blocker.opened, level, gaps)
