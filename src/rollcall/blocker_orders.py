"""What people say of one blocker besides acknowledging, snoozing and resolving it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.errors import InstructionRefused
from rollcall.model import Blocker, BlockerStatus
from rollcall.orders import Order, Result, find_agent
from rollcall.store import ledger
from rollcall.store.marks import mark_changed


def assign_blocker(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """Give a blocker another owner, or none; raises InstructionRefused for a closed one."""
    blocker = _find(session, order)
    if blocker.closed is not None:
        raise InstructionRefused(f"{blocker.id} was resolved already: {blocker.resolution}")
    owner = name_owner(session, settings, order.text)
    if owner == blocker.owner:
        return Result(f"{blocker.id} is {owner}'s already; nothing changed")
    why = f"owner is {owner} now" if owner else "it has no owner now"
    happened = ledger.assign_blocker(session, blocker.id, owner, why, now, order.author)
    return Result(f"{blocker.id}: {why}", [happened])


def remark_blocker(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """Keep what somebody says of a blocker's resolution; that alone resolves nothing."""
    del settings
    blocker = _find(session, order)
    if order.text == (blocker.resolution or ""):
        return Result(f"{blocker.id} says so already; nothing changed")
    why = f"resolution: {order.text}" if order.text else "resolution emptied"
    happened = ledger.remark_blocker(session, blocker.id, order.text, why, now, order.author)
    return Result(f"{blocker.id} has another resolution; its status is as it was", [happened])


def reopen_blocker(session: Session, settings: Settings, order: Order, now: datetime) -> Result:
    """Take back an acknowledgement or a snooze; end the rest of a condition that a hand resolved."""
    del settings
    blocker = _find(session, order)
    subject = ledger.subject_of(session, blocker.id)
    if blocker.closed is not None:
        if not ledger.end_rest(session, blocker.condition):
            raise InstructionRefused(
                f"{blocker.id} is closed and stays so: {blocker.resolution}; should its cause come "
                "back, that opens another"
            )
        mark_changed(session, [subject], now)
        return Result(f"{blocker.id} stays closed; its cause is looked at again under another id")
    if blocker.status not in {BlockerStatus.ACKNOWLEDGED, BlockerStatus.SNOOZED}:
        return Result(f"{blocker.id} is {blocker.status.value} already; nothing changed")
    why = order.text or f"opened again by {order.author}"
    happened = ledger.reopen_blocker(session, blocker.id, why, now, order.author)
    mark_changed(session, [subject], now)
    return Result(f"{blocker.id} is open again; its ladder goes on", [happened])


def name_owner(session: Session, settings: Settings, text: str) -> str | None:
    """Return the owner that a text names: a person or an agent that is known, else the words.

    None where it names nobody.
    """
    said = text.strip().removeprefix("@").strip()
    if not said:
        return None
    for name in settings.people:
        if name.casefold() == said.casefold():
            return name
    try:
        return find_agent(session, settings, said)
    except InstructionRefused:
        return said


def _find(session: Session, order: Order) -> Blocker:
    blocker = ledger.find_blocker(session, order.subject)
    if blocker is None:
        raise InstructionRefused(
            f'there is no blocker "{order.subject}"; `rollcall blockers` lists the open ones'
        )
    return blocker
