"""The words of notices, in one style for all sinks: plain lines, nothing escaped, nothing sent.

Instants are in UTC (``2026-02-07 14:05Z``), durations in their two largest units. A blocker's line
says which, who and what: "B-0042 mara: No proof of work since 2026-02-07 13:54Z (cadence 5 min)."
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rollcall.model import EVERYONE, Blocker, BlockerStatus, Transition
from rollcall.notify.markdown import one_line
from rollcall.rules.words import say_duration, say_instant

MOST_CHARS = 300
MOST_LINES = 20
_MINUTE = timedelta(minutes=1)
_BY_HAND = "Resolved by "
_DONE = {Transition.ACKNOWLEDGED: "Acknowledged", Transition.SNOOZED: "Snoozed"}
_AGAIN = {
    Transition.REPEATED: "Still so and not acknowledged",
    Transition.RELEASED: "Back on duty and still so",
    Transition.UNSNOOZED: "No longer snoozed",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says: one line, and further lines for sinks that have room for them."""

    text: str
    detail: tuple[str, ...] = ()


def say_transition(
    transition: Transition, blockers: Sequence[Blocker], *, now: datetime, reason: str = ""
) -> Words:
    """Say what happened to one blocker, or to several that share one message.

    ``reason`` is who or what brought it about ("acknowledged by noor"), where that is worth a line.
    Raises ``ValueError`` for no blockers at all.
    """
    if not blockers:
        raise ValueError(f"{transition.value}: a notice about blockers needs at least one")
    told = (reason,) if reason else ()
    if len(blockers) > 1:
        lines = [f"{_name(one)}: {_happened(transition, one, now)}" for one in blockers]
        return Words(_shorten(_say_many(transition, blockers, now)), (*_most(lines), *told))
    (blocker,) = blockers
    text = f"{_name(blocker)}: {_happened(transition, blocker, now)}"
    return Words(_shorten(text), (*say_circumstances(blocker), *told))


def say_agent(agent: str) -> str:
    """Say whose a blocker is; that of a request to everyone is everyone's."""
    return "everyone" if agent == EVERYONE else agent


def say_line(blocker: Blocker) -> str:
    """Say which blocker, whose, and what stops work."""
    return _shorten(f"{_name(blocker)}: {_stop(blocker.description)}")


def say_standing(blocker: Blocker, state: str = "", *, most: int = MOST_CHARS) -> str:
    """Say what stops work and how it stands; a long description is cut, the ``state`` never."""
    line = one_line(say_line(blocker), limit=most).removesuffix(".")
    return f"{line} — {state or say_status(blocker)}"


def say_status(blocker: Blocker) -> str:
    """Say where a blocker stands: ``Open (level 1)``, or when and why it was resolved."""
    if blocker.closed is not None:
        return _say_closed(blocker, blocker.closed)
    word = blocker.status.value.capitalize()
    return f"{word} (level {blocker.level})" if blocker.status is BlockerStatus.OPEN else word


def say_circumstances(blocker: Blocker) -> tuple[str, ...]:
    """Say since when, whose to solve and where to look, one line each."""
    lines = [f"Opened {say_instant(blocker.opened)}"]
    if blocker.owner:
        lines.append(f"Owner: {blocker.owner}")
    if blocker.evidence:
        lines.append(f"See {', '.join(blocker.evidence[:5])}")
    return tuple(_shorten(line) for line in lines)


def say_age(blocker: Blocker, now: datetime) -> str:
    """Say for how long a blocker is or was open; from ten minutes on the seconds tell nobody more."""
    age = now - blocker.opened
    return say_duration(age - age % _MINUTE if age >= 10 * _MINUTE else age)


def say_hand(transition: Transition, blocker: Blocker, why: str, by: str) -> Words:
    """Say what somebody did to a blocker, and who; ``why`` is as the audit has it."""
    said = why.strip()
    if by not in said and transition in _DONE:
        said = f"{_DONE[transition]} by {by}: {said}"
    elif by not in said:
        said = f"{said}, by {by}"
    return Words(_shorten(f"{_name(blocker)}: {_stop(said[:1].upper() + said[1:])}"))


def say_nudge(agent: str, missing: str, now: datetime) -> Words:
    """Remind an agent of what is missing, with a line to paste; nobody else is told of it."""
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return Words(
        _shorten(f"{agent}: {_stop(missing)} Nobody else has been told yet."),
        (
            "Append what you did and what shows it (a test result, a diff, a commit, a file), such as:",
            f"- {stamp}: `pytest tests/test_parser.py` -> 12 passed",
            "If you are blocked, say by what, and what you do meanwhile:",
            f"- {stamp}: Blocked: waiting for the schema from noor. Meanwhile: drafting the fixtures",
        ),
    )


def say_backlog(count: int) -> Words:
    """Say how many requests were past due before the first sight; they open nothing."""
    requests = (
        "1 request was past due when Rollcall first saw it"
        if count == 1
        else f"{count} requests were past due when Rollcall first saw them"
    )
    return Words(
        f"{requests}; no blocker was opened.",
        ("List: rollcall blockers --backlog", "A follow-up to one of them revives it."),
    )


def say_unwatched(start: datetime, end: datetime) -> Words:
    """Say that nothing was watched for a while, and that it counts against nobody."""
    exact = end - start < _MINUTE
    first, last = (say_instant(one, seconds=exact) for one in (start, end))
    return Words(
        f"Rollcall did not watch from {first} to {last} ({say_duration(end - start)}).",
        ("That time counts against nobody: deadlines moved by as much.",),
    )


def say_stall(since: datetime, now: datetime) -> Words:
    """Say that the worker hangs, and what may be done."""
    span = say_duration(now - since)
    return Words(
        f"Rollcall hangs: its worker has finished nothing since {say_instant(since)} ({span}).",
        ("It counts against nobody. If it does not go on: restart `rollcall run`; see its log.",),
    )


def say_clock_set_back(last: datetime, now: datetime) -> Words:
    """Say that the clock was set back, and from when on everything is counted."""
    return Words(
        f"The clock was set back from {say_instant(last)} to {say_instant(now)}.",
        ("What was seen before is dated by as much earlier; deadlines moved with it.",),
    )


def _happened(transition: Transition, blocker: Blocker, now: datetime) -> str:
    what = _stop(blocker.description)
    if transition is Transition.CLOSED:
        return f"{_say_closed(blocker, blocker.closed or now)} It was: {what}"
    if transition is Transition.ESCALATED:
        span = say_age(blocker, now)
        return f"Still so after {span}, now level {blocker.level}: {what}"
    if transition is Transition.ACKNOWLEDGED:
        return f"Acknowledged: {what}"
    if transition in _AGAIN:
        span = say_age(blocker, now)
        return f"{_AGAIN[transition]}, open for {span} at level {blocker.level}: {what}"
    return what


def _say_closed(blocker: Blocker, closed: datetime) -> str:
    when, age, why = say_instant(closed), say_age(blocker, closed), blocker.resolution or ""
    if why.startswith(_BY_HAND):
        return _stop(f"Resolved {when} {why.removeprefix('Resolved ')} after {age}")
    return _stop(f"Resolved {when} after {age}: {why}" if why else f"Resolved {when} after {age}")


def _say_many(transition: Transition, blockers: Sequence[Blocker], now: datetime) -> str:
    agents = sorted({say_agent(one.agent) for one in blockers})
    named = ", ".join(agents[:10]) + (f" and {len(agents) - 10} more" if len(agents) > 10 else "")
    kinds = {one.kind.value for one in blockers}
    what = f"{kinds.pop() if len(kinds) == 1 else 'blockers'}, {named}."
    ids = f"{blockers[0].id} and {len(blockers) - 1} more"
    if transition is Transition.ESCALATED:
        oldest = min(blockers, key=lambda one: one.opened)
        level = max(one.level for one in blockers)
        return f"{ids}: Still so after {say_age(oldest, now)}, now level {level}: {what}"
    word = "" if transition is Transition.OPENED else f" {transition.value}"
    return f"{ids}{word}: {what}"


def _most(lines: Sequence[str]) -> list[str]:
    shown = [_shorten(line) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"and {len(lines) - MOST_LINES} more: rollcall blockers")
    return shown


def _name(blocker: Blocker) -> str:
    return f"{blocker.id} {say_agent(blocker.agent)}"


def _stop(text: str) -> str:
    line = one_line(text, limit=MOST_CHARS)
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def _shorten(text: str) -> str:
    return one_line(text, limit=MOST_CHARS)
