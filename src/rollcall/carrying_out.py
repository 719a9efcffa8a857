"""Instructions by people and commands, carried out by the worker and recorded with their author."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from rollcall.blocker_orders import assign_blocker, remark_blocker, reopen_blocker
from rollcall.config import Settings
from rollcall.duty_orders import pause_agent, resume_agent, retire_agent
from rollcall.errors import InstructionRefused
from rollcall.judging import REOPEN_AFTER
from rollcall.model import Blocker, BlockerStatus
from rollcall.orders import Order, Result
from rollcall.rules.words import say_instant
from rollcall.silence_orders import begin_silence, stop_silence
from rollcall.store.instructions import finish_instruction, read_instruction, terms_of
from rollcall.store.ledger import (
    Happened,
    acknowledge_blocker,
    close_blocker,
    find_blocker,
    rest_condition,
    snooze_blocker,
    subject_of,
)
from rollcall.store.marks import mark_changed


def carry_out(
    session: Session, settings: Settings, instruction: int, now: datetime
) -> list[Happened]:
    """Carry out one instruction and record its result; return what it did to blockers."""
    row = read_instruction(session, instruction)
    order = Order(row.verb, row.subject, row.text, row.author, terms_of(row))
    try:
        result = _VERBS.get(order.verb, _refuse)(session, settings, order, now)
    except InstructionRefused as refusal:
        finish_instruction(session, instruction, str(refusal), now, refused=True)
        return []
    row.subject = result.subject or row.subject
    finish_instruction(session, instruction, result.words, now)
    return result.happened


def _acknowledge(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    del settings
    blocker = _find_open(session, order.subject)
    if blocker.status is BlockerStatus.ACKNOWLEDGED:
        return Result(f"{blocker.id} is acknowledged already; nothing changed")
    why = order.text or f"acknowledged by {order.author}"
    happened = acknowledge_blocker(session, blocker.id, why, now, order.author)
    words = f"{blocker.id} is acknowledged; its ladder stops, it closes when its cause ends"
    return _changed(session, happened, words, now)


def _resolve(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    del settings
    blocker = _find_open(session, order.subject)
    until = now + REOPEN_AFTER
    rest_condition(session, blocker.id, until)
    why = order.text or f"Resolved by {order.author}"
    happened = close_blocker(session, blocker.id, why, now, order.author)
    words = f"{blocker.id} is resolved; while its cause lasts it rests until {until:%H:%MZ}"
    return _changed(session, happened, words, now)


def _snooze(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    del settings
    blocker = _find_open(session, order.subject)
    until = order.end_after(now)
    if until is None:
        raise InstructionRefused(f"say until when {blocker.id} is to be snoozed")
    why = order.text or f"snoozed by {order.author}"
    happened = snooze_blocker(
        session, blocker.id, until, f"{why}, until {say_instant(until)}", now, order.author
    )
    words = (
        f"{blocker.id} is snoozed until {say_instant(until)}, or until its state changes; "
        "then it is told again"
    )
    return _changed(session, happened, words, now)


def _changed(session: Session, happened: Happened, words: str, now: datetime) -> Result:
    mark_changed(session, [subject_of(session, happened.blocker.id)], now)
    return Result(words, [happened])


def _find_open(session: Session, asked: str) -> Blocker:
    blocker = find_blocker(session, asked)
    if blocker is None:
        raise InstructionRefused(
            f'there is no blocker "{asked}"; `rollcall blockers` lists the open ones'
        )
    if blocker.closed is not None:
        raise InstructionRefused(f"{blocker.id} was resolved already: {blocker.resolution}")
    return blocker


def _sweep(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    # The pipeline has swept before it has this recorded.
    del session, settings, order, now
    return Result("swept")


def _refuse(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    del session, settings, now
    raise InstructionRefused(f'this version does not carry out "{order.verb}"')


_VERBS: Mapping[str, Callable[[Session, Settings, Order, datetime], Result]] = {
    "sweep": _sweep,
    "ack": _acknowledge,
    "resolve": _resolve,
    "snooze": _snooze,
    "assign": assign_blocker,
    "remark": remark_blocker,
    "reopen": reopen_blocker,
    "silence": begin_silence,
    "end silence": stop_silence,
    "pause": pause_agent,
    "resume": resume_agent,
    "retire": retire_agent,
}
