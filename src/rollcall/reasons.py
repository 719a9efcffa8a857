"""Why a blocker is there, and why an agent has none: facts from the store in one ``Reason``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.duties import Duties
from rollcall.errors import InstructionRefused
from rollcall.judging import Judge
from rollcall.model import Blocker, BlockerKind, BlockerStatus
from rollcall.orders import find_agent
from rollcall.reason_agents import Asked, list_owed_inputs, list_why_not
from rollcall.reason_ahead import NOTHING, earliest_ahead, find_ahead, of_blocker
from rollcall.reason_inputs import (
    find_start,
    list_agent_inputs,
    list_places,
    list_request_inputs,
    list_uncounted,
)
from rollcall.reason_parts import (
    NOT_OWING,
    PROOF,
    Ahead,
    Deadline,
    Input,
    Quiet,
    Reason,
    Step,
    find_condition,
    find_rule,
    say_end,
)
from rollcall.reason_quiet import find_quiet
from rollcall.rules.decisions import Condition
from rollcall.rules.proof import proof_key
from rollcall.rules.watched import Gap, find_gap
from rollcall.rules.words import say_duration, say_instant
from rollcall.store import marks
from rollcall.store.conversation import dependency_subject
from rollcall.store.inquiry import (
    Heard,
    list_dependencies_at,
    list_notices_about,
    list_notices_of,
    list_nudges_of,
    list_owed,
    list_waiting_of,
    next_look,
    read_row,
)
from rollcall.store.ledger import blocker_number, list_blockers, list_transitions, to_blocker
from rollcall.store.tables import AgentRow, BlockerRow, FaultRow
from rollcall.telling import SUBJECT as TELLING
from rollcall.waiting import names_of_agents

_OF_AGENTS = (BlockerKind.MISSING_PROOF, BlockerKind.BLOCKED)
_OF_REQUESTS = (BlockerKind.STALLED_DEPENDENCY, BlockerKind.ABSENT)


def explain(session: Session, settings: Settings, asked: str, now: datetime) -> Reason:
    """Explain the blocker or the agent that a person means by ``asked``.

    Raises InstructionRefused for what is neither, with the names that are near.
    """
    row = read_row(session, asked)
    if row is not None:
        return _explain_blocker(session, settings, row, now)
    try:
        slug = find_agent(session, settings, asked)
    except InstructionRefused:
        if blocker_number(asked) is None:
            raise
        raise InstructionRefused(
            f'there is no blocker "{asked}"; `rollcall blockers --all` lists them'
        ) from None
    return _explain_agent(session, settings, slug, now)


def _explain_blocker(
    session: Session, settings: Settings, row: BlockerRow, now: datetime
) -> Reason:
    blocker, gaps = to_blocker(row), _list_gaps(session, now)
    steps = [
        Step(one.at, one.what, one.level, one.why, one.by)
        for one in list_transitions(session, blocker.id)
    ]
    verdict = Judge(settings).explain(session, row.subject, now, gaps)
    condition = None if row.closed else find_condition(verdict.conditions, row.condition)
    quiet = find_quiet(session, settings, row, condition, steps, now)
    return Reason(
        subject=blocker.id,
        agent=blocker.agent,
        stands=_say_standing(blocker, now),
        duty=_say_duty(session, settings, blocker.agent, now),
        blocker=blocker,
        inputs=tuple(_blocker_inputs(session, settings, row, now)),
        deadline=_blocker_deadline(session, settings, row, condition, steps, gaps, now),
        rule=find_rule(blocker.kind, row.phase),
        quiet=tuple(quiet),
        steps=tuple(steps),
        notices=tuple(_list_notices(session, row, now)),
        ahead=_ahead_of_blocker(session, settings, row, gaps, now),
        ends="" if row.closed else say_end(blocker),
    )


def _explain_agent(session: Session, settings: Settings, slug: str, now: datetime) -> Reason:
    judge, gaps = Judge(settings), _list_gaps(session, now)
    facts = judge.agent_facts(session, slug, now)
    if facts is None:
        return never_seen(slug)
    subject = f"agent:{slug}"
    verdict = judge.explain(session, subject, now, gaps)
    asked = Asked(session, settings, judge, facts, verdict, gaps, now)
    still = list_blockers(session, open_only=True)
    blockers = tuple(one for one in still if one.agent == slug)
    subjects = [subject] + [
        dependency_subject(row.message_id, slug)
        for row in list_owed(session, slug)
        if not row.backlog and not row.broadcast
    ]
    ahead = [find_ahead(session, settings, one, now, gaps) for one in subjects]
    quiet = tuple(list_why_not(asked))
    return Reason(
        subject=slug,
        agent=slug,
        stands=_say_agent(blockers),
        duty=_say_duty(session, settings, slug, now),
        inputs=(
            *list_agent_inputs(session, slug, now, began=facts.clock_start),
            *list_owed_inputs(asked),
        ),
        deadline=_agent_deadline(asked),
        rule=PROOF if facts.owes_proof and not facts.retired else NOT_OWING,
        quiet=quiet,
        notices=tuple(list_nudges_of(session, slug, facts.clock_start, now)),
        ahead=earliest_ahead(ahead),
        blockers=blockers,
    )


def _list_gaps(session: Session, now: datetime) -> list[Gap]:
    """Return what was not watched, that which would end if somebody looked now among it."""
    running = find_gap(marks.get_instant(session, marks.PLANNED_TICK), now)
    return [*marks.list_gaps(session), *([] if running is None else [running])]


def never_seen(slug: str, place: str | None = None, *, was_read: bool = False) -> Reason:
    """Explain an agent that no sweep has met; ``place`` is its file, where it has one."""
    has = "no sweep has read its file yet" if place else "no sweep has met it"
    if was_read:
        has = "no update was found in its file; `rollcall read feedback` shows how it is read"
    return Reason(
        subject=slug,
        agent=slug,
        stands="No open blocker",
        duty="never seen",
        inputs=(Input("without updates" if was_read else "unread", place),) if place else (),
        rule=NOT_OWING,
        quiet=(Quiet("never seen", f"its clock starts when it is first seen; {has}"),),
        ahead=Ahead(None, "the next sweep meets it, if it is declared or has written"),
    )


def _say_standing(blocker: Blocker, now: datetime) -> str:
    if blocker.closed is not None:
        lasted = say_duration(blocker.closed - blocker.opened)
        words = (blocker.resolution or "").rstrip(".")
        return f"Resolved {say_instant(blocker.closed)} after {lasted}: {words}"
    word = "On hold" if blocker.status is BlockerStatus.HELD else blocker.status.value.capitalize()
    return f"{word} (level {blocker.level}) for {say_duration(now - blocker.opened)}"


def _say_agent(blockers: Sequence[Blocker]) -> str:
    if not blockers:
        return "No open blocker"
    return "1 open blocker" if len(blockers) == 1 else f"{len(blockers)} open blockers"


def _say_duty(session: Session, settings: Settings, slug: str, now: datetime) -> str:
    row = session.get(AgentRow, slug)
    if row is None:
        return ""
    if not row.owes_proof and not row.retired:
        return "owes answers only"
    return Duties(settings).of(session, slug, now).state.value


def _list_notices(session: Session, row: BlockerRow, now: datetime) -> list[Heard]:
    """Return what was told of a blocker, and what its agent or its requester was told besides."""
    found = list_notices_of(session, to_blocker(row).id)
    if BlockerKind(row.kind) in _OF_AGENTS:
        start = find_start(session, row) or row.opened
        found += list_nudges_of(session, row.agent, start, row.closed or now)
    else:
        found += list_notices_about(session, row.subject)
    return sorted(found, key=lambda one: one.created)


def _blocker_inputs(
    session: Session, settings: Settings, row: BlockerRow, now: datetime
) -> list[Input]:
    kind = BlockerKind(row.kind)
    if kind in _OF_AGENTS:
        if row.closed is not None:
            return list_agent_inputs(session, row.agent, row.opened, closed=row.closed)
        facts = Judge(settings).agent_facts(session, row.agent, now)
        began = None if facts is None else facts.clock_start
        return list_agent_inputs(session, row.agent, now, began=began)
    if kind in _OF_REQUESTS:
        names = names_of_agents(session, settings)
        rows = list_dependencies_at(session, row.subject)
        return list_request_inputs(session, rows, names)
    if kind is BlockerKind.FAULT:
        fault = session.get(FaultRow, row.subject.partition(":")[2])
        if fault is None:
            return []
        tried = f"tried {fault.attempts} times" if fault.attempts > 1 else "tried once"
        return [Input("fault", fault.subject, fault.text, seen=fault.since, why=tried)]
    return list_places(session, row.evidence, "request")


def _blocker_deadline(
    session: Session,
    settings: Settings,
    row: BlockerRow,
    condition: Condition | None,
    steps: Sequence[Step],
    gaps: Sequence[Gap],
    now: datetime,
) -> Deadline:
    """Return the sum that led to a blocker: the present one, or that of its opening."""
    opened = steps[0]
    due, why = row.opened, opened.why
    if condition is not None and condition.held is None:
        due, why = condition.due, condition.why
    start = find_start(session, row)
    asked = [one.asked_at for one in list_dependencies_at(session, row.subject) if one.asked_at]
    start = start or min(asked, default=None)
    if start is None or row.kind == BlockerKind.BLOCKED.value:
        return Deadline(due, why)
    duty = Duties(settings).of(session, row.agent, now, since=start)
    return Deadline(due, why, list_uncounted(gaps, duty.aways, start, due))


def _agent_deadline(asked: Asked) -> Deadline | None:
    facts = asked.facts
    condition = find_condition(asked.verdict.conditions, proof_key(facts.slug))
    if condition is None or condition.held is not None:
        return None
    start = facts.since if facts.proved is None else max(facts.since, facts.proved)
    duty = Duties(asked.settings).of(asked.session, facts.slug, asked.now, since=start)
    aways = [one for one in duty.aways if one.start < asked.now]
    return Deadline(
        condition.due, condition.why, list_uncounted(asked.gaps, aways, start, condition.due)
    )


def _ahead_of_blocker(
    session: Session, settings: Settings, row: BlockerRow, gaps: Sequence[Gap], now: datetime
) -> Ahead:
    blocker = to_blocker(row)
    concerns = of_blocker(blocker.id, row.condition)
    found = [find_ahead(session, settings, row.subject, now, gaps, concerns)]
    look = next_look(session, TELLING)
    if look is not None and list_waiting_of(session, blocker.id):
        found.append(Ahead(look, "what waits is told, unless something else holds it back"))
    if row.kind == BlockerKind.FAULT.value and row.closed is None:
        fault = session.get(FaultRow, row.subject.partition(":")[2])
        if fault is not None:
            found.append(Ahead(fault.retry_at, "it is tried again"))
    first = earliest_ahead(found)
    if first == NOTHING and row.closed is not None:
        return Ahead(None, "nothing: it is over; should it come again, that is a new blocker")
    return first
