"""A reason as text for people, within the width of their terminal, and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from rollcall.cli.output import clean, say, say_below, utc_text
from rollcall.notify.as_json import blocker_json
from rollcall.notify.render import say_status
from rollcall.reason_parts import Ahead, Deadline, Input, Quiet, Reason, Step, Uncounted
from rollcall.rules.words import say_duration, say_time
from rollcall.store.inquiry import Heard

_HEADING = "bold"
_AT_ONCE = {"reminded", "not told", "not told by itself"}


def show_reason(reason: Reason, now: datetime) -> None:
    """Print a reason: what it is, and below it each part that is not empty."""
    for number, line in enumerate(_title(reason)):
        say(clean(line), _HEADING if number == 0 else "")
    if reason.unwatched:
        say(clean(reason.unwatched), _HEADING)
    _section("Open", [f"{one.id}  {say_status(one)}: {one.description}" for one in reason.blockers])
    whole = reason.blocker is None and not reason.blockers
    _section("Why not" if whole else "Kept quiet", _quiet(reason.quiet, now))
    _section("Rests on", [_input(one, now) for one in reason.inputs])
    if reason.deadline is not None:
        _section("Deadline", _deadline(reason.deadline, now))
    if reason.rule is not None:
        _section("Rule", [reason.rule.text, reason.rule.place])
    _section("What happened", [_step(one, now) for one in reason.steps])
    _section("Told", [_notice(one, now) for one in reason.notices])
    _section(
        "Next",
        [_ahead(reason.ahead, now), *([f"It ends with {reason.ends}"] if reason.ends else [])],
    )


def _section(heading: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    say()
    say(heading, _HEADING)
    for line in lines:
        say_below(clean(line))


def _title(reason: Reason) -> Iterator[str]:
    blocker = reason.blocker
    if blocker is None:
        duty = f" ({reason.duty})" if reason.duty else ""
        yield f"{reason.subject}{duty}: {reason.stands}"
        return
    yield f"{blocker.id}  {blocker.kind.value}: {blocker.agent}"
    yield blocker.description
    owner = f", owner {blocker.owner}" if blocker.owner else ""
    yield f"{reason.stands}{owner}"


def _input(one: Input, now: datetime) -> str:
    said = f"{one.what}"
    said += f" {one.place}" if one.place else ""
    said += f" \u201c{one.text}\u201d" if one.text else ""
    times = []
    if one.stamp:
        times.append(f"says {_claim(one.stamp, now)}")
    if one.seen:
        times.append(f"seen {_when(one.seen, now)}")
    said += f" ({', '.join(times)})" if times else ""
    return f"{said}: {one.why}" if one.why else said


def _claim(stamp: str, now: datetime) -> str:
    """Return a time as an agent wrote it; one without a zone or a time of day stays as it is."""
    instant = datetime.fromisoformat(stamp) if "T" in stamp else None
    return stamp if instant is None or instant.tzinfo is None else _when(instant, now)


def _quiet(quiet: Sequence[Quiet], now: datetime) -> list[str]:
    found = []
    for one in quiet:
        word = "at" if one.what in _AT_ONCE else "since"
        since = f" {word} {_when(one.since, now)}" if one.since else ""
        until = f" until {_when(one.until, now)}" if one.until else ""
        by = f" by {one.by}" if one.by else ""
        found.append(f"{one.what}{since}{until}{by}: {one.why}")
    return found


def _deadline(deadline: Deadline, now: datetime) -> list[str]:
    return [deadline.why, *(_uncounted(one, now) for one in deadline.uncounted)]


def _uncounted(one: Uncounted, now: datetime) -> str:
    if one.end is None:
        return f"not counted: from {_when(one.start, now)} on, {one.why}"
    span = say_duration(one.end - one.start)
    return f"not counted: {_when(one.start, now)} to {_when(one.end, now)} ({span}), {one.why}"


def _step(one: Step, now: datetime) -> str:
    # Who gave no reason is not named a second time.
    why = re.sub(rf"^\w+ by {re.escape(one.by)}(?:, |$)", "", one.why)
    said = f"{_when(one.at, now)} {one.what}, level {one.level}, by {one.by}"
    return f"{said}: {why}" if why else said


def _notice(one: Heard, now: datetime) -> str:
    to = f" {one.target}" if one.target else ""
    level = f", level {one.level}," if one.level else ""
    said = f"{_when(one.created, now)} {one.transition}{level} to {one.sink}{to}: "
    if one.fate is None:
        often = "once" if one.attempts == 1 else f"{one.attempts} times"
        tries = f", tried {often}" if one.attempts else ""
        later = f" until {_when(one.not_before, now)}" if one.not_before > now else ""
        said += f"waits{later}{tries}"
    else:
        said += one.fate if one.settled is None else f"{one.fate} {_when(one.settled, now)}"
    receipt = ", ".join(f"{key} {value}" for key, value in one.receipt.items() if value)
    said = f"{said} ({receipt})" if receipt else said
    return f"{said}; {one.error}" if one.error else said


def _ahead(ahead: Ahead, now: datetime) -> str:
    if ahead.at is None:
        return ahead.what
    if ahead.at <= now:
        return f"at the next judgement: {ahead.what}"
    return f"{_when(ahead.at, now)}: {ahead.what}"


def _when(instant: datetime, now: datetime) -> str:
    return say_time(instant, now, seconds=instant.second != 0)


def reason_json(reason: Reason) -> dict[str, object]:
    """Return a reason as JSON; every text of others in it is cleaned."""
    return {
        "id": None if reason.blocker is None else reason.blocker.id,
        "agent": reason.agent,
        "duty": reason.duty or None,
        "stands": clean(reason.stands),
        "watched": reason.unwatched is None,
        "blocker": None if reason.blocker is None else blocker_json(reason.blocker),
        "blockers": [blocker_json(one) for one in reason.blockers],
        "quiet": [_quiet_json(one) for one in reason.quiet],
        "inputs": [_input_json(one) for one in reason.inputs],
        "deadline": None if reason.deadline is None else _deadline_json(reason.deadline),
        "rule": None
        if reason.rule is None
        else {"text": reason.rule.text, "place": reason.rule.place},
        "transitions": [
            {
                "at": utc_text(one.at),
                "transition": one.what,
                "level": one.level,
                "why": clean(one.why),
                "by": clean(one.by),
            }
            for one in reason.steps
        ],
        "notices": [_notice_json(one) for one in reason.notices],
        "next": {"at": utc_text(reason.ahead.at), "what": clean(reason.ahead.what)},
        "ends": reason.ends or None,
    }


def _quiet_json(one: Quiet) -> dict[str, object]:
    return {
        "what": clean(one.what),
        "why": clean(one.why),
        "since": utc_text(one.since),
        "until": utc_text(one.until),
        "by": None if one.by is None else clean(one.by),
    }


def _input_json(one: Input) -> dict[str, object]:
    return {
        "what": one.what,
        "place": one.place,
        "text": clean(one.text),
        "stamp": one.stamp,
        "seen": utc_text(one.seen),
        "counts": utc_text(one.counts),
        "why": clean(one.why),
    }


def _deadline_json(deadline: Deadline) -> dict[str, object]:
    return {
        "due": utc_text(deadline.due),
        "why": clean(deadline.why),
        "uncounted": [
            {"start": utc_text(one.start), "end": utc_text(one.end), "why": clean(one.why)}
            for one in deadline.uncounted
        ],
    }


def _notice_json(one: Heard) -> dict[str, object]:
    return {
        "at": utc_text(one.created),
        "transition": one.transition,
        "level": one.level,
        "sink": one.sink,
        "target": one.target,
        "fate": one.fate or "waits",
        "settled": utc_text(one.settled),
        "not_before": utc_text(one.not_before),
        "attempts": one.attempts,
        "receipt": one.receipt,
        "error": None if one.error is None else clean(one.error),
    }
