"""Who hears a replay: sinks that take everything at once, and a blockers log that is only counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.config.sinks import ADDED_SINKS
from rollcall.model import Receipt, Transition
from rollcall.replay.outcome import Outcome
from rollcall.store.ledger import Happened, list_blockers
from rollcall.store.outbox import claim_next, settle_sent
from rollcall.store.tallies import Told, count_entries, list_told, list_who_wrote
from rollcall.telling import TOLD

_SINKS = ("inbox", "slack", *ADDED_SINKS)
_US = "replay"


class Audience:
    """Takes every notice when it may be sent, and counts the rows that the log would change."""

    def __init__(self, settings: Settings) -> None:
        """Nothing was told yet."""
        self._settings = settings
        self._rows: list[Told] = []

    def hear(self, session: Session, happened: Iterable[Happened], now: datetime) -> None:
        """Take what was decided at ``now``, and what may be sent by then."""
        for one in happened:
            if one.transition in TOLD and not one.quiet and self._stands_in_log(one):
                self._rows.append(Told(one.transition, "blockers_log", (one.blocker.agent,)))
        while (event := claim_next(session, _US, _US, _SINKS, now)) is not None:
            settle_sent(session, event.event_id, Receipt(event.notice.sink), now)

    def report(self, session: Session, begin: datetime, end: datetime) -> Outcome:
        """Return what it all came to."""
        return Outcome(
            begin,
            end,
            tuple(list_who_wrote(session)),
            count_entries(session),
            tuple(list_blockers(session)),
            (*list_told(session), *self._rows),
        )

    def _stands_in_log(self, one: Happened) -> bool:
        """Tell whether the level that a transition is about tells the blockers log."""
        levels = self._settings.ladder_of(one.blocker.kind, one.blocker.agent)
        raised = one.transition is Transition.ESCALATED
        shown = levels[max(one.blocker.level, 1) - 1] if raised else levels[0]
        return any(target.sink == "blockers_log" for target in shown.notify)
