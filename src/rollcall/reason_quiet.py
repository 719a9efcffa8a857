"""What keeps a blocker from being opened, raised or told, each with its reason, author and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.crowds import quiet_hours
from rollcall.duties import Duties
from rollcall.model import BlockerKind, BlockerStatus, Transition
from rollcall.reason_parts import Quiet, Step
from rollcall.rules.decisions import Condition
from rollcall.rules.grouping import (
    FLAPPING_OPENINGS,
    FLAPPING_SETTLES,
    FLAPPING_WITHIN,
    TOLD_TOGETHER,
)
from rollcall.rules.words import say_duration, say_instant
from rollcall.store.inquiry import (
    count_openings,
    find_storm,
    list_notices_of,
    list_silences_at,
    list_untold_of,
    list_waiting_of,
)
from rollcall.store.ledger import to_blocker
from rollcall.store.tables import BlockerRow, RestRow

MOST_NAMED = 8


def find_quiet(
    session: Session,
    settings: Settings,
    row: BlockerRow,
    condition: Condition | None,
    steps: Sequence[Step],
    now: datetime,
) -> list[Quiet]:
    """Return what keeps one blocker quiet now, and what kept its opening from being told."""
    found = [*_by_status(session, settings, row, condition, steps, now)]
    found += _by_rest(session, row, steps, now)
    if condition is not None and condition.inhibited is not None and row.closed is None:
        why = condition.inhibited.removeprefix("inhibited: ")
        found.append(Quiet("inhibited", f"it climbs no further: {why}"))
    if settings.duty.always_on:
        return found
    found += _by_fallback(condition)
    silenced = [*_by_silence(session, row, now)]
    found += silenced
    found += _by_storm(session, row)
    found += _by_flapping(session, row, now)
    found += _by_waiting(session, settings, row, now)
    untold = [*_by_untold(session, row, now)]
    if silenced or untold:
        return [*found, *untold]
    return [*found, *_by_never_told(session, row, steps)]


def _by_status(
    session: Session,
    settings: Settings,
    row: BlockerRow,
    condition: Condition | None,
    steps: Sequence[Step],
    now: datetime,
) -> Iterator[Quiet]:
    match BlockerStatus(row.status):
        case BlockerStatus.ACKNOWLEDGED:
            step = _last(steps, Transition.ACKNOWLEDGED)
            told = "" if step.why.endswith(f"by {step.by}") else f": {step.why}"
            why = f"its levels and repeats have stopped{told}"
            yield Quiet("acknowledged", why, since=step.at, by=step.by)
        case BlockerStatus.SNOOZED:
            step = _last(steps, Transition.SNOOZED)
            until = row.snoozed_until
            reason = step.why if until is None else step.why.removesuffix(_say_until(until))
            reason = "" if reason == f"snoozed by {step.by}" else f": {reason}"
            why = f"until then, or until its state changes{reason}"
            yield Quiet("snoozed", why, since=step.at, until=until, by=step.by)
        case BlockerStatus.HELD:
            step = _last(steps, Transition.HELD)
            held = step.why if condition is None else condition.held or step.why
            duty = Duties(settings).of(session, row.agent, now)
            if duty.is_on:
                yield Quiet("on hold", f"no levels and no notices: {held}", since=step.at)
                return
            why = f"on hold, no levels and no notices: {duty.reason or held}"
            yield Quiet(duty.state.value, why, since=step.at, until=duty.until)
        case BlockerStatus.OPEN | BlockerStatus.RESOLVED:
            return


def _say_until(until: datetime) -> str:
    return f", until {say_instant(until)}"


def _by_fallback(condition: Condition | None) -> Iterator[Quiet]:
    if condition is None or condition.kind is not BlockerKind.STALLED_DEPENDENCY:
        return
    detail = condition.phase.partition("\n")[2].rpartition("|")[2]
    if "with a fallback until" in detail:
        yield Quiet("fallback", f"it climbs no higher than level 1: {detail}")


def _by_rest(
    session: Session, row: BlockerRow, steps: Sequence[Step], now: datetime
) -> Iterator[Quiet]:
    rest = session.get(RestRow, row.condition)
    if row.closed is None or rest is None or rest.until <= now:
        return
    step = _last(steps, Transition.CLOSED)
    why = "resolved by hand: its condition rests until then, or until it has ended once"
    yield Quiet("resting", why, since=step.at, until=rest.until, by=step.by)


def _by_silence(session: Session, row: BlockerRow, now: datetime) -> Iterator[Quiet]:
    if row.closed is not None:
        return
    for one in list_silences_at(session, now):
        if one.matcher.matches(to_blocker(row)):
            why = f"{one.id} silences {one.matcher}"
            why = f"{why}: {one.comment}" if one.comment else why
            yield Quiet("silenced", why, since=one.start, until=one.until, by=one.by)


def _by_storm(session: Session, row: BlockerRow) -> Iterator[Quiet]:
    storm = find_storm(session, row)
    if storm is None:
        return
    shown = ", ".join(storm.others[:MOST_NAMED])
    more = len(storm.others) - MOST_NAMED
    shown = f"{shown} and {more} more" if more > 0 else shown
    why = f"opened in a storm, told in one message with {shown or 'others'}"
    yield Quiet("storm", why, since=storm.began, until=storm.ended)


def _by_flapping(session: Session, row: BlockerRow, now: datetime) -> Iterator[Quiet]:
    count = count_openings(session, row.condition, now - FLAPPING_WITHIN)
    if count >= FLAPPING_OPENINGS:
        why = f"it has come and gone {count} times within {say_duration(FLAPPING_WITHIN)}"
        yield Quiet("flapping", why)


def _by_waiting(
    session: Session, settings: Settings, row: BlockerRow, now: datetime
) -> Iterator[Quiet]:
    for one in list_waiting_of(session, f"B-{row.number:04d}"):
        match one.held_for:
            case "quiet hours":
                until = quiet_hours(settings)(now)
            case "flapping":
                until = one.at + FLAPPING_SETTLES
            case "waiting for more":
                until = one.at + settings.notify.group_wait
            case _:
                until = None
        why = f'"{one.transition}" of {say_instant(one.at)} waits to be told'
        yield Quiet(one.held_for or "waits to be told", why, since=one.at, until=until)


def _by_untold(session: Session, row: BlockerRow, now: datetime) -> Iterator[Quiet]:
    """Say why what was to be told of a blocker never was, as it was decided then.

    A silence that lasts is said by itself.
    """
    lasting = {one.say() for one in list_silences_at(session, now)} if row.closed is None else set()
    for one in list_untold_of(session, f"B-{row.number:04d}"):
        if one.why in lasting:
            continue
        opened = one.transition == Transition.OPENED.value
        word = "not told by itself" if one.why == TOLD_TOGETHER else "not told"
        yield Quiet(word, one.why if opened else f"{one.transition}: {one.why}", since=one.at)


def _by_never_told(session: Session, row: BlockerRow, steps: Sequence[Step]) -> Iterator[Quiet]:
    """Say that no notice of a blocker was made, where none waits."""
    number = f"B-{row.number:04d}"
    if list_notices_of(session, number) or list_waiting_of(session, number):
        return
    opened = _last(steps, Transition.OPENED)
    if row.closed is not None:
        yield Quiet("not told", "it was over before anybody was to be told", since=opened.at)
    else:
        yield Quiet("not told", "no sink beside the blockers log is told of it", since=opened.at)


def _last(steps: Sequence[Step], what: Transition) -> Step:
    return next(one for one in reversed(steps) if one.what == what.value)
