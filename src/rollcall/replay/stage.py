"""The files as they stand, judged as if each entry and message had arrived at its own time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.duties import sync_configured_pauses
from rollcall.judging import Judge
from rollcall.model import SourceKind
from rollcall.reading import link_messages
from rollcall.replay.audience import Audience
from rollcall.replay.outcome import Outcome
from rollcall.replay.record import Record, Recorded, Sent
from rollcall.replay.stepping import step_through
from rollcall.rules.arrival import Came, Reading
from rollcall.rules.duty import EVERYBODY, DutyState
from rollcall.store import marks, tables
from rollcall.store.conversation import absence_subjects, begin_clocks
from rollcall.store.database import Database
from rollcall.store.duty import find_away, note_closing
from rollcall.store.entries import EntryBatch, record_arrival
from rollcall.store.messages import MessageRecord, list_records, record_messages
from rollcall.store.sources import list_writers, meet_source
from rollcall.team_stops import SUBJECT as TEAM
from rollcall.telling import Teller
from rollcall.telling_requests import RequestTeller


def replay(record: Record, settings: Settings, begin: datetime, end: datetime) -> Outcome:
    """Judge the record from ``begin`` to ``end``, both aware."""
    aside = []
    if settings.duty.go_signal is not None and not settings.duty.always_on:
        aside.append("duty.go_signal: what the file said when is known with --git only")
        without = settings.duty.model_copy(update={"go_signal": None})
        settings = settings.model_copy(update={"duty": without})
    stage = _Stage(settings, begin)
    try:
        stage.set_up(record)
        stage.play(record, end)
        outcome = stage.report(end)
    finally:
        stage.close()
    return replace(outcome, entries=len(record.entries), aside=tuple(aside))


class _Stage:
    """The store in memory, and the stages of judgement over it."""

    def __init__(self, settings: Settings, begin: datetime) -> None:
        self._settings = settings
        self._begin = begin
        self._database = Database(None)
        self._database.prepare(begin)
        self._judge = Judge(settings)
        slack_is_on = settings.notify.slack.channel is not None
        self._teller = Teller(settings, slack_is_on=slack_is_on, added=settings.added_sinks())
        self._request_teller = RequestTeller(
            settings, slack_is_on=slack_is_on, added=settings.added_sinks()
        )
        self._audience = Audience(settings)
        self._anything_asked = False

    def close(self) -> None:
        self._database.close()

    def set_up(self, record: Record) -> None:
        """Start every agent's clock at the beginning; what was said before it is history."""
        begin = self._begin
        self._anything_asked = bool(record.messages)
        with self._database.write() as session:
            for slug in sorted({*record.writers, *self._settings.agents}):
                self._add_agent(session, slug, record)
            for one in record.entries:
                if one.arrived is not None and one.arrived <= begin:
                    self._store(session, one, Reading(one.arrived, Came.HISTORY))
            for slug in record.writers:
                note_closing(session, slug, begin)
            sync_configured_pauses(session, self._settings, begin)
            past = [one for one in record.messages if (one.arrived or begin) <= begin]
            self._store_messages(session, past, Reading(begin, Came.HISTORY))
            if not self._settings.duty.always_on:
                marks.mark_changed(session, [TEAM], begin)

    def play(self, record: Record, end: datetime) -> None:
        """Move from arrival to arrival and from deadline to deadline."""
        arrivals = _sort_arrivals([*record.entries, *record.messages], self._begin, end)
        # Nobody else reads or writes, and what one transaction has loaded serves all steps.
        with self._database.write() as session:
            ask = partial(marks.next_deadline, session)
            for now in step_through(self._begin, end, list(arrivals), ask):
                self._arrive(session, arrivals.pop(now, ()), now)
                self._judge_due(session, now)
                session.flush()

    def report(self, end: datetime) -> Outcome:
        with self._database.read() as session:
            return self._audience.report(session, self._begin, end)

    def _add_agent(self, session: Session, slug: str, record: Record) -> None:
        past = [one.arrived for one in record.entries if one.agent == slug and one.arrived]
        before = [at for at in past if at <= self._begin]
        session.add(
            tables.AgentRow(
                slug=slug,
                since=self._begin,
                owes_proof=True,
                has_written=bool(past),
                retired=self._is_retired(slug, before),
            )
        )
        marks.mark_changed(session, [f"agent:{slug}"], self._begin)

    def _is_retired(self, slug: str, before: Sequence[datetime]) -> bool:
        duty = self._settings.duty
        if duty.always_on or slug in self._settings.agents or not before:
            return False
        return self._begin - max(before) > duty.retire_after

    def _arrive(self, session: Session, arrived: Iterable[Recorded | Sent], now: datetime) -> None:
        messages = []
        for one in arrived:
            if isinstance(one, Sent):
                messages.append(one)
            else:
                self._store(session, one, Reading(now))
                self._note(session, one.agent, now)
        self._store_messages(session, messages, Reading(now))

    def _store(self, session: Session, one: Recorded, reading: Reading) -> None:
        within = self._settings.chat.answer_within
        batch = EntryBatch(
            agent=one.agent,
            records=[one.record],
            reading=reading,
            repeat_within=timedelta(0) if self._settings.duty.always_on else within,
        )
        source = meet_source(session, one.file, SourceKind.FEEDBACK, None, reading.now)
        record_arrival(session, source, batch)
        if one.draft is not None and self._anything_asked:
            marks.set_mark(session, marks.LINKS_STALE, "yes")

    def _note(self, session: Session, slug: str, now: datetime) -> None:
        """Note that an agent wrote: it may be back, and the team with it."""
        note_closing(session, slug, now)
        agent = session.get_one(tables.AgentRow, slug)
        subjects = [f"agent:{slug}"]
        if agent.retired:
            agent.retired, agent.since = False, now
            begin_clocks(session, slug, now)
        if not agent.has_written:
            agent.has_written = True
            subjects += absence_subjects(session, slug)
        if find_away(session, EVERYBODY, DutyState.STOPPED) is not None:
            subjects.append(TEAM)
        marks.mark_changed(session, subjects, now)

    def _store_messages(self, session: Session, messages: Iterable[Sent], reading: Reading) -> None:
        by_file: dict[str, list[MessageRecord]] = defaultdict(list)
        for one in messages:
            by_file[one.file].append(one.record)
        for file, records in by_file.items():
            source = meet_source(session, file, SourceKind.CHAT, None, reading.now)
            record_messages(session, source, [*list_records(session, source), *records], reading)
        if by_file or marks.get_mark(session, marks.LINKS_STALE) is not None:
            writers = list_writers(session)
            backlog = link_messages(session, self._settings, reading.now, writers)
            if backlog:
                self._teller.tell_backlog(session, backlog, reading.now)

    def _judge_due(self, session: Session, now: datetime) -> None:
        due = marks.due_subjects(session, now)
        judged = self._judge.judge(session, due, now, (), _raise_fault)
        self._teller.tell(session, judged, now)
        self._request_teller.tell(session, judged, now)
        self._audience.hear(session, judged.happened, now)


def _sort_arrivals(
    record: Iterable[Recorded | Sent], begin: datetime, end: datetime
) -> dict[datetime, list[Recorded | Sent]]:
    """Return what arrives within the replay by its instant, in order."""
    found: Mapping[datetime, list[Recorded | Sent]] = defaultdict(list)
    for one in record:
        if one.arrived is not None and begin < one.arrived <= end:
            found[one.arrived].append(one)
    return dict(sorted(found.items()))


def _raise_fault(subject: str, text: str) -> None:
    raise RuntimeError(f"{subject}: {text}")
