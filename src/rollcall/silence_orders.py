"""Silences that people ask for, and end."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.errors import InstructionRefused
from rollcall.orders import Order, Result, find_agent
from rollcall.rules.silences import Matcher
from rollcall.rules.words import say_instant
from rollcall.store.ledger import OURSELVES
from rollcall.store.silences import add_silence, end_silence


def begin_silence(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """Begin a silence from now on. Raises InstructionRefused for an unknown agent or no end."""
    until = order.end_after(now)
    if until is None:
        raise InstructionRefused("say until when to be silent")
    agents = [
        name if name == OURSELVES else find_agent(session, settings, name)
        for name in order.terms.agents
    ]
    matcher = Matcher(order.terms.kinds, tuple(dict.fromkeys(agents)))
    silence = add_silence(session, matcher, order.author, order.text, until, now)
    words = (
        f"{silence.id}: {matcher} silenced until {say_instant(until)}; "
        "the log shows them, and the end is told"
    )
    return Result(words, subject=silence.id)


def stop_silence(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """End a silence before its time. Raises InstructionRefused for one that does not last."""
    del settings
    silence = end_silence(session, order.subject, now)
    if silence is None:
        raise InstructionRefused(
            f'there is no silence "{order.subject}" that lasts; '
            "`rollcall silence list` lists those that do"
        )
    return Result(f"{silence.id} has ended: {silence.matcher} are told again", subject=silence.id)
