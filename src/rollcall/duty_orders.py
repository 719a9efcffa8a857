"""Pauses, returns and retirements of agents that people ask for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.duties import Duties
from rollcall.errors import InstructionRefused
from rollcall.model import BlockerKind
from rollcall.orders import Order, Result, find_agent
from rollcall.rules.duty import Duty, DutyState
from rollcall.rules.words import say_instant
from rollcall.store.conversation import begin_clocks
from rollcall.store.duty import begin_away, end_pauses, find_pause, move_pause
from rollcall.store.ledger import Happened, close_quietly, list_blockers
from rollcall.store.sources import judge_everything_anew
from rollcall.store.tables import AgentRow

_OF_ONE_AGENT = frozenset(
    {
        BlockerKind.MISSING_PROOF,
        BlockerKind.BLOCKED,
        BlockerKind.ABSENT,
        BlockerKind.STALLED_DEPENDENCY,
    }
)


def pause_agent(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """Expect nothing of an agent for a while. Raises InstructionRefused for an unknown one."""
    slug, until = find_agent(session, settings, order.subject), order.end_after(now)
    pause = find_pause(session, slug, now)
    if pause is not None and (until in (None, pause.end) or settings.is_paused(slug)):
        return Result(f"{slug} is paused already{_say_until(pause.end)}; nothing changed")
    if pause is not None and until is not None:
        move_pause(session, slug, now, until)
    else:
        reason = f"{order.text}, by {order.author}" if order.text else f"by {order.author}"
        begin_away(session, slug, DutyState.PAUSED, now, reason, order.author, until=until)
    judge_everything_anew(session, now)
    ending = _say_until(until) or f" until `rollcall agents resume {slug}`"
    return Result(f"{slug} is paused{ending}: nothing is due from it")


def resume_agent(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """Expect something of an agent again that was paused, or retired.

    Raises InstructionRefused for an unknown one, and one that the configuration pauses.
    """
    slug = find_agent(session, settings, order.subject)
    if settings.is_paused(slug):
        raise InstructionRefused(
            f"{slug} is paused in the configuration: set agents.{slug}.paused = false"
        )
    row = session.get(AgentRow, slug)
    retired = row is not None and row.retired
    if find_pause(session, slug, now) is None and not retired:
        duty = Duties(settings).of(session, slug, now)
        return Result(f"{slug} is not paused{_say_duty(duty)}; nothing changed")
    end_pauses(session, slug, now)
    if row is not None and retired:
        row.retired, row.since = False, now
        session.add(row)
        session.flush()
        begin_clocks(session, slug, now)
    judge_everything_anew(session, now)
    duty = Duties(settings).of(session, slug, now)
    if duty.is_on:
        return Result(f"{slug} is on duty again: its clock starts anew")
    return Result(f"{slug} is no longer paused{_say_duty(duty)}")


def retire_agent(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """Expect nothing of an agent until it writes again; its blockers close, and nobody is told.

    Raises InstructionRefused for an unknown one.
    """
    slug = find_agent(session, settings, order.subject)
    row = session.get(AgentRow, slug) or AgentRow(slug=slug, since=now, owes_proof=True)
    if row.retired:
        return Result(f"{slug} is retired already; nothing changed")
    row.retired, row.unsettled = True, None
    session.add(row)
    session.flush()
    closed = _close_blockers(session, slug, order, now)
    judge_everything_anew(session, now)
    gone = f"; {', '.join(one.blocker.id for one in closed)} closed" if closed else ""
    return Result(f"{slug} is retired: nothing is due from it until it writes again{gone}", closed)


def _close_blockers(session: Session, slug: str, order: Order, now: datetime) -> list[Happened]:
    why = f"Retired: {order.text}" if order.text else "Retired"
    return [
        close_quietly(session, one.id, why, now, order.author)
        for one in list_blockers(session, open_only=True)
        if one.agent == slug and one.kind in _OF_ONE_AGENT
    ]


def _say_until(until: datetime | None) -> str:
    return "" if until is None else f" until {say_instant(until)}"


def _say_duty(duty: Duty) -> str:
    if duty.is_on:
        return ""
    return f"; it is {duty.state.value}{_say_until(duty.until)}: {duty.reason}"
