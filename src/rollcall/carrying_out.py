"""Instructions by people and commands, carried out by the worker and recorded with their author."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from rollcall.judging import REOPEN_AFTER
from rollcall.model import Blocker, BlockerStatus
from rollcall.store.instructions import finish_instruction, read_instruction
from rollcall.store.ledger import (
    Happened,
    acknowledge_blocker,
    close_blocker,
    find_blocker,
    rest_condition,
    subject_of,
)
from rollcall.store.marks import mark_changed


def carry_out(session: Session, instruction: int, now: datetime) -> list[Happened]:
    """Carry out one instruction and record its result; return what it did to blockers."""
    row = read_instruction(session, instruction)
    if row.verb == "sweep":
        finish_instruction(session, instruction, "swept", now)
        return []
    blocker = find_blocker(session, row.subject)
    refusal = _refuse(blocker, row.verb, row.subject)
    if refusal is not None or blocker is None:
        finish_instruction(session, instruction, refusal or "", now, refused=True)
        return []
    if row.verb == "ack" and blocker.status is BlockerStatus.ACKNOWLEDGED:
        again = f"{blocker.id} is acknowledged already; nothing changed"
        finish_instruction(session, instruction, again, now)
        return []
    if row.verb == "ack":
        why = row.text or f"acknowledged by {row.author}"
        happened = acknowledge_blocker(session, blocker.id, why, now, row.author)
        result = f"{blocker.id} is acknowledged; its ladder stops, it closes when its cause ends"
    else:
        until = now + REOPEN_AFTER
        rest_condition(session, blocker.id, until)
        words = row.text or f"Resolved by {row.author}"
        happened = close_blocker(session, blocker.id, words, now, row.author)
        result = f"{blocker.id} is resolved; while its cause lasts it rests until {until:%H:%MZ}"
    mark_changed(session, [subject_of(session, blocker.id)], now)
    finish_instruction(session, instruction, result, now)
    return [happened]


def _refuse(blocker: Blocker | None, verb: str, asked: str) -> str | None:
    if blocker is None:
        return f'there is no blocker "{asked}"; `rollcall blockers` lists the open ones'
    if blocker.closed is not None:
        return f"{blocker.id} was resolved already: {blocker.resolution}"
    if verb not in ("ack", "resolve"):
        return f'this version does not carry out "{verb}"'
    return None
