"""Recorded history through the same judgement, by a clock that is moved from event to event.

Nothing is sent and nothing is kept: the store is in memory. Every agent's clock starts at the
beginning; an entry arrives at its stamp, and one without a time of day counts for nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.errors import UsageError
from rollcall.judging import Judge
from rollcall.model import (
    Blocker,
    Entry,
    Evidence,
    EvidenceKind,
    SourceKind,
    Stamp,
    Transition,
)
from rollcall.names import agent_of_path
from rollcall.parse.chat import read_chat
from rollcall.parse.days import move_days, settle_days
from rollcall.parse.declaring import add_declarations
from rollcall.parse.feedback import read_feedback
from rollcall.reading import clean_line, link_messages, make_message_record
from rollcall.rules.arrival import Came, Reading
from rollcall.shared_logs import begin_state, share_out
from rollcall.sources import Discovery
from rollcall.store import marks, tables
from rollcall.store.database import Database
from rollcall.store.duty import note_closing
from rollcall.store.entries import EntryBatch, EntryRecord, record_arrival
from rollcall.store.ledger import list_blockers
from rollcall.store.messages import MessageRecord, list_records, record_messages
from rollcall.store.outbox import count_notices
from rollcall.tail import read_whole
from rollcall.telling import TOLD, Teller


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry of the record: whose, from which file, and when it arrived."""

    agent: str
    file: str
    entry: Entry

    @property
    def arrived(self) -> datetime | None:
        """Return the instant of its stamp, None for one that names no time of day."""
        stamp = self.entry.stamp
        return stamp.at if stamp is not None and stamp.has_time else None


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of the record."""

    file: str
    record: MessageRecord

    @property
    def arrived(self) -> datetime | None:
        """Return the instant of its date, None for one that names no time of day."""
        stamp = self.record.stamp
        return stamp.at if stamp is not None and stamp.has_time else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would have been opened, raised, closed and told."""

    begin: datetime
    end: datetime
    agents: int
    entries: int
    blockers: tuple[Blocker, ...]
    by_transition: Mapping[str, int]
    by_sink: Mapping[str, int]

    def as_json(self) -> dict[str, object]:
        """Return the form that ``rollcall replay --json`` prints."""
        return {
            "from": _text(self.begin),
            "to": _text(self.end),
            "agents": self.agents,
            "entries": self.entries,
            "blockers": [
                {
                    "kind": one.kind.value,
                    "agent": one.agent,
                    "opened": _text(one.opened),
                    "closed": None if one.closed is None else _text(one.closed),
                    "level": one.level,
                }
                for one in self.blockers
            ],
            "notices": {
                "opened": self.by_transition.get(Transition.OPENED, 0),
                "escalated": self.by_transition.get(Transition.ESCALATED, 0),
                "closed": self.by_transition.get(Transition.CLOSED, 0),
                "by_sink": dict(self.by_sink),
            },
        }


def read_record(
    discovery: Discovery, settings: Settings, begin: datetime
) -> tuple[list[Recorded], list[Sent]]:
    """Read every source whole; a time of day without any date is taken from the beginning's day."""
    zone = settings.workspace.timezone
    declared = {slug: one.aliases for slug, one in settings.agents.items()}
    entries: list[Recorded] = []
    messages: list[Sent] = []
    for source in discovery.sources:
        lines = read_whole(source.path)
        if source.kind is SourceKind.CHAT:
            drafts = read_chat(source.name, lines, zone)
            messages += [Sent(source.name, make_message_record(one, lines)) for one in drafts]
            continue
        state = begin_state(source, begin.astimezone(zone).date())
        found = settle_days(read_feedback(lines, state, zone).entries, None)
        writers = [one.agent for one in discovery.sources if one.agent]
        for agent, theirs in share_out(source, found, declared, writers).by_agent.items():
            entries += [
                Recorded(
                    agent,
                    source.name,
                    add_declarations(one, lines[one.start - 1 : one.end], None),
                )
                for one in theirs
            ]
    return entries, messages


def load_entries(path: Path, day: date) -> list[Recorded]:
    """Read the JSON lines that ``rollcall read feedback --json`` prints, or labels of that form.

    What nobody signed in a shared log (its ``agent`` is empty) is left out. Where the day of a time
    was guessed, the first such of its file is taken to be of ``day``. Raises UsageError, with the line, for what is none.
    """
    found: list[Recorded] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--entries {path}: cannot be read: {error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                found.append(_load_entry(json.loads(line), number))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UsageError(
                    f"{path}:{number}: no entry as `rollcall read feedback --json` prints it "
                    f"({type(error).__name__}: {error})"
                ) from error
    return _move_guesses([one for one in found if one.agent], day)


def replay(
    entries: Sequence[Recorded],
    messages: Sequence[Sent],
    settings: Settings,
    begin: datetime,
    end: datetime,
) -> Outcome:
    """Judge the record from ``begin`` to ``end``, both aware."""
    stage = _Stage(settings, begin, end)
    try:
        stage.set_up(entries, messages)
        stage.play(entries, messages)
        return stage.report(len({one.agent for one in entries}), len(entries))
    finally:
        stage.close()


class _Stage:
    """The store in memory, and the stages of judgement over it."""

    def __init__(self, settings: Settings, begin: datetime, end: datetime) -> None:
        self._settings = settings
        self._begin, self._end = begin, end
        self._database = Database(None)
        self._database.prepare(begin)
        self._judge = Judge(settings)
        self._teller = Teller(settings, slack_is_on=settings.notify.slack.channel is not None)
        self._told: Counter[str] = Counter()
        self._sources: dict[str, tables.Source] = {}

    def close(self) -> None:
        self._database.close()

    def set_up(self, entries: Sequence[Recorded], messages: Sequence[Sent]) -> None:
        """Put every agent on duty at the beginning, and what was said before it into history."""
        with self._database.write() as session:
            for agent in sorted({one.agent for one in entries}):
                past = [one.arrived for one in entries if one.agent == agent and one.arrived]
                before = [at for at in past if at <= self._begin]
                session.add(
                    tables.AgentRow(
                        slug=agent,
                        since=self._begin,
                        owes_proof=True,
                        has_written=True,
                        retired=self._is_retired(agent, before),
                    )
                )
                marks.mark_changed(session, [f"agent:{agent}"], self._begin)
            for file in sorted({*(one.file for one in entries), *(one.file for one in messages)}):
                self._sources[file] = _add_source(session, file, self._begin)
            history = [one for one in messages if (one.arrived or self._begin) <= self._begin]
            self._record_messages(session, history, Reading(self._begin, Came.HISTORY))

    def play(self, entries: Sequence[Recorded], messages: Sequence[Sent]) -> None:
        """Move from arrival to arrival and from deadline to deadline."""
        record: list[Recorded | Sent] = [*entries, *messages]
        arrivals = sorted(
            (one for one in record if self._is_within(one.arrived)),
            key=lambda one: one.arrived or self._begin,
        )
        waiting = iter(arrivals)
        upcoming = next(waiting, None)
        self._judge_at(self._begin)
        while True:
            deadline = self._next_deadline()
            arrived = None if upcoming is None else upcoming.arrived
            now = min((at for at in (deadline, arrived) if at is not None), default=None)
            if now is None:
                return
            while upcoming is not None and upcoming.arrived == now:
                self._arrive(upcoming, now)
                upcoming = next(waiting, None)
            self._judge_at(now)

    def report(self, agents: int, entries: int) -> Outcome:
        with self._database.read() as session:
            blockers = tuple(list_blockers(session))
            counts = count_notices(session)
        by_transition, by_sink = Counter(counts[0]), Counter(counts[1])
        if self._told:
            by_transition.update(self._told)
            by_sink["blockers_log"] = self._told.total()
        return Outcome(self._begin, self._end, agents, entries, blockers, by_transition, by_sink)

    def _arrive(self, one: Recorded | Sent, now: datetime) -> None:
        with self._database.write() as session:
            if isinstance(one, Sent):
                self._record_messages(session, [one], Reading(now))
                return
            source = self._sources[one.file]
            record = EntryRecord(
                one.entry,
                clean_line(one.entry.title),
                None if one.entry.blocked_on is None else clean_line(one.entry.blocked_on),
            )
            within = self._settings.chat.answer_within
            batch = EntryBatch(
                agent=one.agent,
                records=[record],
                reading=Reading(now),
                repeat_within=timedelta(0) if self._settings.duty.always_on else within,
            )
            record_arrival(session, source, batch)
            if not self._settings.duty.always_on:
                note_closing(session, one.agent, now)
            agent = session.get_one(tables.AgentRow, one.agent)
            if agent.retired:
                agent.retired, agent.since = False, now
            marks.mark_changed(session, [f"agent:{one.agent}"], now)

    def _record_messages(
        self, session: Session, messages: Iterable[Sent], reading: Reading
    ) -> None:
        by_file: dict[str, list[MessageRecord]] = {}
        for one in messages:
            by_file.setdefault(one.file, []).append(one.record)
        for file, records in by_file.items():
            source = self._sources[file]
            known = list_records(session, source)
            record_messages(session, source, [*known, *records], reading)
        if by_file:
            link_messages(session, self._settings, reading.now)

    def _judge_at(self, now: datetime) -> None:
        with self._database.write() as session:
            due = marks.due_subjects(session, now)
            judged = self._judge.judge(session, due, now, (), _raise_fault)
            self._teller.tell(session, judged, now)
        for one in judged.happened:
            ladder = self._settings.ladder_of(one.blocker.kind, one.blocker.agent)
            level, first = ladder[max(one.blocker.level, 1) - 1], ladder[0]
            shown = level if one.transition is Transition.ESCALATED else first
            if one.transition in TOLD and any(to.sink == "blockers_log" for to in shown.notify):
                self._told[one.transition.value] += 1

    def _next_deadline(self) -> datetime | None:
        with self._database.read() as session:
            deadline = marks.next_deadline(session)
        return deadline if deadline is not None and deadline < self._end else None

    def _is_within(self, arrived: datetime | None) -> bool:
        return arrived is not None and self._begin < arrived <= self._end

    def _is_retired(self, agent: str, before: Sequence[datetime]) -> bool:
        duty = self._settings.duty
        if duty.always_on or agent in self._settings.agents or not before:
            return False
        return self._begin - max(before) > duty.retire_after


def _move_guesses(found: Sequence[Recorded], day: date) -> list[Recorded]:
    by_file: dict[str, list[Recorded]] = {}
    for one in found:
        by_file.setdefault(one.file, []).append(one)
    return [
        replace(one, entry=entry)
        for ones in by_file.values()
        for one, entry in zip(ones, move_days([each.entry for each in ones], day), strict=True)
    ]


def _load_entry(row: Mapping[str, object], number: int) -> Recorded:
    file = str(row["file"])
    agent = row.get("agent")
    if agent is None:
        agent = agent_of_path(PurePosixPath(file))
    kinds = [EvidenceKind(str(kind)) for kind in _listed(row.get("evidence"))]
    start = int(str(row.get("start") or number))
    stated = row.get("blocked_on")
    entry = Entry(
        start=start,
        end=int(str(row.get("end") or start)),
        title=str(row.get("title") or ""),
        key=f"{file}:{number}",
        digest=f"{file}:{number}",
        stamp=_load_stamp(row.get("timestamp"), guess=bool(row.get("day_guessed"))),
        evidence=tuple(Evidence(kind, start, kind.value) for kind in kinds),
        fallback=bool(row.get("fallback")),
        blocked_on=None if stated is None else str(stated),
    )
    if row["proof"] and not entry.proof:
        entry = replace(entry, evidence=(Evidence(EvidenceKind.COMMAND, start, "labelled"),))
    if not row["proof"] and entry.proof:
        entry = replace(entry, evidence=())
    return Recorded(str(agent), file, entry)


def _listed(value: object) -> Iterator[object]:
    return iter(value if isinstance(value, list) else ())


def _load_stamp(value: object, *, guess: bool) -> Stamp | None:
    if not isinstance(value, str):
        return None
    if len(value) == len("2026-01-01"):
        return Stamp(
            datetime.combine(date.fromisoformat(value), datetime.min.time()).astimezone(),
            has_time=False,
        )
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError(f"the time {value!r} names no zone")
    return Stamp(instant, day_is_guess=guess)


def _add_source(session: Session, file: str, now: datetime) -> tables.Source:
    row = tables.Source(name=file, kind=SourceKind.FEEDBACK.value, first_seen=now, read_at=now)
    session.add(row)
    session.flush()
    session.refresh(row)
    session.expunge(row)
    return row


def _raise_fault(subject: str, text: str) -> None:
    raise RuntimeError(f"{subject}: {text}")


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
