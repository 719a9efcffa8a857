"""What people did to a blocker, told in its thread in Slack: the history is whole, nobody is called.

The first message about the blocker shows its present state, and an edit notifies nobody; who
acknowledged, snoozed or assigned it is one reply, in the thread only, with no mention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.crowds import quiet_hours
from rollcall.model import Transition
from rollcall.notify.render import say_hand
from rollcall.store.ledger import OURSELVES, Happened, blocker_number
from rollcall.store.marks import workspace_uuid
from rollcall.store.outbox import Post, add_post, heard_by

BY_HAND = frozenset({Transition.ACKNOWLEDGED, Transition.SNOOZED, Transition.CHANGED})


class HandTeller:
    """Puts a quiet reply into the outbox wherever Slack has heard of the blocker."""

    def __init__(self, settings: Settings) -> None:
        """Keep when nobody is told anything."""
        self._quiet_until: Callable[[datetime], datetime | None] = quiet_hours(settings)

    def tell(self, session: Session, happened: Iterable[Happened], now: datetime) -> int:
        """Enqueue what people did; return how many notices there are."""
        return sum(
            self._tell_one(session, one, now)
            for one in happened
            if one.by != OURSELVES and one.transition in BY_HAND and one.blocker.closed is None
        )

    def _tell_one(self, session: Session, one: Happened, now: datetime) -> int:
        number = blocker_number(one.blocker.id) or 0
        words = say_hand(one.transition, one.blocker, one.why, one.by)
        named = f"{one.transition.value}-{now:%Y%m%dT%H%M%S%f}"
        heard = [target for sink, target in heard_by(session, number) if sink == "slack"]
        return sum(
            add_post(
                session,
                Post(
                    key=f"{workspace_uuid(session)}/{one.blocker.id}/{named}/slack",
                    sink="slack",
                    target=target,
                    transition=one.transition,
                    text=words.text,
                    detail=words.detail,
                    blockers=(number,),
                    level=one.blocker.level,
                    not_before=self._quiet_until(now),
                ),
                now,
            )
            for target in heard
        )
