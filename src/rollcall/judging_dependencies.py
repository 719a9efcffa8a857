"""What agents owe each other, judged: one request, an absent agent's requests, one to everyone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.duties import Duties
from rollcall.model import EVERYONE, DependencyState
from rollcall.rules.broadcasts import BroadcastFacts, judge_broadcast
from rollcall.rules.decisions import Moment, Verdict
from rollcall.rules.dependencies import (
    DependencyFacts,
    DependencyPolicy,
    Fallback,
    find_answer_due,
    judge_absence,
    judge_dependency,
)
from rollcall.rules.duty import ALWAYS
from rollcall.rules.escalate import reconcile
from rollcall.rules.watched import Gap
from rollcall.rules.words import say_instant
from rollcall.store.agents import has_written
from rollcall.store.broadcasts import find_broadcast, list_members, read_states
from rollcall.store.conversation import (
    broadcast_subject,
    facts_of,
    list_dependencies,
    subjects_about,
)
from rollcall.store.ledger import read_standing
from rollcall.store.request_tables import DependencyRow
from rollcall.store.tables import AgentRow
from rollcall.store.waits import find_stated_fallback
from rollcall.waiting import names_of_agents

KINDS = ("absent", "broadcast", "dependency")


class RequestJudge:
    """Judges ``dependency:<id>:<slug>``, ``absent:<slug>`` and ``broadcast:<id>``."""

    def __init__(self, settings: Settings, duties: Duties) -> None:
        """Turn the settings into a policy."""
        self._settings = settings
        self._duties = duties
        self._policy = DependencyPolicy(settings.chat.ack_within, settings.chat.answer_within)

    def widen(self, session: Session, subjects: Sequence[str]) -> list[str]:
        """Return what is to be judged with these subjects, requests first.

        What an agent owes and waits for hangs on its duty and on what it says.
        """
        wanted = dict.fromkeys(subjects)
        for subject in subjects:
            kind, _, slug = subject.partition(":")
            if kind == "agent":
                wanted.update(dict.fromkeys(subjects_about(session, slug)))
        return sorted(wanted, key=place_in_round)

    def prepare(self, session: Session, subject: str) -> None:
        """Store who was on duty when a request to everyone arrived, the first time it is judged."""
        kind, _, number = subject.partition(":")
        row = find_broadcast(session, int(number)) if kind == "broadcast" else None
        if row is not None and row.members is None:
            row.members = self._members(session, int(number), row.arrived)
            session.add(row)

    def dependency(self, session: Session, subject: str, moment: Moment) -> Verdict:
        """Judge one request seen from one asked agent."""
        _, message_id, provider = subject.split(":", 2)
        row = session.get(DependencyRow, (int(message_id), provider))
        if row is None:
            return reconcile([], read_standing(session, subject), moment, endings={})
        return judge_dependency(
            self.facts(session, row, moment.now),
            read_standing(session, subject),
            self._policy,
            moment,
            stood_for=not _has_written(session, provider),
        )

    def absence(self, session: Session, subject: str, moment: Moment) -> Verdict:
        """Judge what waits for an agent that has never written."""
        provider = subject.partition(":")[2]
        if provider == EVERYONE:
            return Verdict()
        standing, written = read_standing(session, subject), _has_written(session, provider)
        if written and not standing.blockers and not standing.rests:
            return Verdict()
        rows = list_dependencies(session, provider)
        facts = [self.facts(session, row, moment.now) for row in rows]
        return judge_absence(
            provider,
            facts,
            standing,
            self._policy,
            moment,
            has_written=written,
            duty=self._duties.of(session, provider, moment.now, since=_first_asked(facts)),
        )

    def broadcast(self, session: Session, subject: str, moment: Moment) -> Verdict:
        """Judge one request to everyone."""
        message_id = int(subject.partition(":")[2])
        found = find_broadcast(session, message_id)
        states = read_states(session, message_id)
        if found is None or not states.rows:
            return Verdict()
        first = states.rows[0]
        request = replace(
            facts_of(first, self._settings.lead_of(EVERYONE)),
            provider=EVERYONE,
            state=DependencyState.OPEN,
            backlog=all(row.backlog for row in states.rows),
            fallback=self._fallback(session, first),
        )
        members = found.members
        if members is None:
            members = self._members(session, message_id, found.arrived)
        known = [slug for slug in members if session.get(AgentRow, slug) is not None]
        facts = BroadcastFacts(
            broadcast_subject(message_id),
            request,
            tuple(
                replace(
                    request,
                    provider=slug,
                    state=states.of(slug),
                    duty=self._duties.of(session, slug, moment.now, since=request.asked),
                )
                for slug in known
            ),
        )
        return judge_broadcast(facts, read_standing(session, subject), self._policy, moment)

    def facts(self, session: Session, row: DependencyRow, now: datetime) -> DependencyFacts:
        """Return a dependency with its provider's duty and its requester's fallback."""
        provider = row.provider
        return replace(
            facts_of(row, self._settings.lead_of(provider)),
            duty=self._duties.of(session, provider, now, since=row.asked_at),
            fallback=self._fallback(session, row),
        )

    def terms(
        self, session: Session, row: DependencyRow, gaps: Sequence[Gap], now: datetime
    ) -> tuple[datetime | None, str | None]:
        """Return by when the answer to a request is due, and what its requester does meanwhile.

        No time where no clock runs or its provider is off duty.
        """
        facts = self.facts(session, row, now)
        if row.provider == EVERYONE:
            facts = replace(facts, duty=ALWAYS)
        due = find_answer_due(facts, self._policy, (*gaps, *facts.duty.gaps(now)))
        meanwhile = facts.fallback
        if meanwhile is None or meanwhile.place == row.request:
            return due, row.fallback
        return due, f"started {say_instant(meanwhile.since)}, see {meanwhile.place}"

    def _fallback(self, session: Session, row: DependencyRow) -> Fallback | None:
        asked = facts_of(row).fallback
        if self._settings.duty.always_on:
            return None
        stated = find_stated_fallback(
            session, row, lambda: names_of_agents(session, self._settings)
        )
        both = [one for one in (asked, stated) if one is not None]
        return max(both, key=lambda one: one.since, default=None)

    def _members(self, session: Session, message_id: int, arrived: datetime) -> list[str]:
        """Return the agents on duty and not retired when a request to everyone arrived."""
        sender = read_states(session, message_id).requester
        within = self._settings.duty.retire_after
        return [
            slug
            for slug in list_members(session, arrived, within)
            if slug != sender and self._duties.of(session, slug, arrived).is_on
        ]


def place_in_round(subject: str) -> tuple[bool, str]:
    """Return a key by which subjects are judged in order: requests before what hangs on them."""
    return subject.partition(":")[0] not in KINDS, subject


def _first_asked(facts: Iterable[DependencyFacts]) -> datetime | None:
    return min((one.asked for one in facts if one.asked is not None), default=None)


def _has_written(session: Session, provider: str) -> bool:
    return provider == EVERYONE or has_written(session, provider)
