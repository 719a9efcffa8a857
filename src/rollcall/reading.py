"""How one source gets into the store: its new bytes, its records, its new offset, in one step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlmodel import Session

from rollcall.config import Settings
from rollcall.model import Draft, Entry, SourceKind
from rollcall.named_times import TimesInWords
from rollcall.notify.redact_parts import ALONE, Parts
from rollcall.parse.chat import read_chat
from rollcall.parse.declaring import add_declarations
from rollcall.parse.feedback import dump_state, load_state, read_feedback
from rollcall.parse.threads import assemble, draft_entry
from rollcall.roster import Roster
from rollcall.rules.arrival import Came, Reading, is_in_gap
from rollcall.rules.dependencies import DependencyPolicy
from rollcall.rules.duty import EVERYBODY, DutyState
from rollcall.rules.watched import Gap
from rollcall.shared_logs import Shares, begin_state, share_out
from rollcall.sources import Source
from rollcall.store import tables
from rollcall.store.conversation import (
    Exchange,
    absence_subjects,
    begin_clocks,
    record_exchange,
)
from rollcall.store.duty import find_away, note_closing
from rollcall.store.entries import EntryBatch, EntryRecord, Recorded, record_entries
from rollcall.store.facts import find_newest_claim
from rollcall.store.marks import AMBIGUOUS, LINKS_STALE, mark_changed, set_deadline, set_mark
from rollcall.store.merging import list_asked_only, list_names, list_silent, merge_agents
from rollcall.store.messages import (
    MessageRecord,
    forget_messages,
    list_drafts,
    record_messages,
)
from rollcall.store.placements import Extent, forget_source
from rollcall.store.sources import find_source, list_writers, meet_source
from rollcall.tail import QUIET, Change, Cursor, Tail, advance, dump_cursor, load_cursor, read_tail
from rollcall.team_stops import SUBJECT as TEAM

_DRAFTS = TypeAdapter(Draft)
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is true of all readings of one pass.

    ``first_sight``: nothing of this workspace was read before; ``gap``: the interval before this
    pass that nobody watched; ``git_moved``: names of roots whose repository moved since the last
    reading; ``deep``: compare every byte of a changed file.
    """

    now: datetime
    first_sight: bool = False
    gap: Gap | None = None
    git_moved: Callable[[Source], bool] = lambda _source: False
    deep: bool = False


class SourceReader:
    """Reads sources into the store; holds no state of its own."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings that reading needs."""
        self._settings = settings
        self._zone = settings.workspace.timezone

    def look(self, source: Source, cursor: str | None, scene: Circumstances) -> Tail | None:
        """Read the new bytes of one source; None where the file is gone.

        Raises SourceUnreadable. Nothing is stored, so no transaction waits for the disk.
        """
        known = _load_cursor(cursor)
        try:
            return read_tail(source.path, known, now=scene.now, deep=scene.deep)
        except FileNotFoundError:
            return None

    def record(self, session: Session, source: Source, tail: Tail, scene: Circumstances) -> bool:
        """Store what was read and return whether anything was new to the store.

        The caller's transaction holds records and offset together.
        """
        row = meet_source(session, source.name, source.kind, source.agent, scene.now)
        _plan_half_line(session, source, tail)
        if tail.change is Change.UNCHANGED:
            if tail.refreshed is not None:
                row.cursor = dump_cursor(tail.refreshed)
                session.add(row)
            return False
        row.gone, row.read_at = False, scene.now
        session.add(row)
        if source.kind is SourceKind.CHAT:
            return self._read_chat(session, source, row, tail, scene)
        return self._read_feedback(session, source, row, tail, scene)

    def _read_feedback(
        self,
        session: Session,
        source: Source,
        row: tables.Source,
        tail: Tail,
        scene: Circumstances,
    ) -> bool:
        appended = tail.change is Change.APPENDED
        cursor = _load_cursor(row.cursor) if appended else None
        state = (
            load_state(cursor.state)
            if cursor is not None and cursor.state
            else begin_state(source, scene.now.astimezone(self._zone).date())
        )
        reading = read_feedback(tail.lines, state, self._zone)
        shares = self._share_out(session, source, reading.entries)
        known = {agent: session.get(tables.AgentRow, agent) for agent in shares.by_agent}
        batches = [
            self._batch(source, agent, entries, tail, known[agent], scene)
            for agent, entries in shares.by_agent.items()
        ]
        extent = Extent(tail.first_line, appended, shares.unsigned)
        recorded = record_entries(session, row, extent, batches)
        open_index = reading.open_state.line - tail.first_line
        row.cursor = dump_cursor(
            advance(tail, open_index=open_index, state=dump_state(reading.open_state))
        )
        session.add(row)
        for batch, done in zip(batches, recorded, strict=True):
            self._note(session, batch, done, known[batch.agent], tail)
        return True

    def _share_out(self, session: Session, source: Source, entries: Sequence[Entry]) -> Shares:
        declared = {slug: one.aliases for slug, one in self._settings.agents.items()}
        writers = list_writers(session) if source.agent is None else ()
        return share_out(source, entries, declared, writers)

    def _batch(
        self,
        source: Source,
        agent: str,
        entries: Sequence[Entry],
        tail: Tail,
        known: tables.AgentRow | None,
        scene: Circumstances,
    ) -> EntryBatch:
        always_on, within = self._settings.duty.always_on, self._settings.chat.answer_within
        came = self._how_it_came(source, known, tail, scene)
        return EntryBatch(
            agent=agent,
            records=[_record(source, agent, one, tail, scene.now) for one in entries],
            reading=Reading(scene.now, came, tail.modified, scene.gap),
            repeat_within=timedelta(0) if always_on else within,
        )

    def _note(
        self,
        session: Session,
        batch: EntryBatch,
        done: Recorded,
        known: tables.AgentRow | None,
        tail: Tail,
    ) -> None:
        """Note that an agent wrote: it may be new, or back."""
        agent, reading = batch.agent, batch.reading
        newcomer = known is None or not known.owes_proof
        if done.new or done.revised or newcomer:
            returned = self._has_returned(session, agent, reading.came, reading.now)
            _note_agent(session, agent, known, returned=returned, now=reading.now)
            note_closing(session, agent, reading.now)
            if newcomer or find_away(session, EVERYBODY, DutyState.STOPPED) is not None:
                mark_changed(session, [TEAM], reading.now)
        if newcomer or reading.came is Came.HISTORY:
            _leave_unsettled(session, agent, tail.modified)
        if done.links_changed or newcomer:
            # A name in chat may be a newcomer's.
            set_mark(session, LINKS_STALE, "yes")

    def _read_chat(
        self,
        session: Session,
        source: Source,
        row: tables.Source,
        tail: Tail,
        scene: Circumstances,
    ) -> bool:
        came = Came.HISTORY if scene.first_sight else Came.LIVE
        if came is Came.LIVE and scene.git_moved(source):
            came = Came.GIT
        drafts = read_chat(source.name, tail.lines, self._zone)
        records = [make_message_record(one, tail.lines) for one in drafts]
        changed = record_messages(session, row, records, Reading(scene.now, came))
        # A message is judged as a whole, so a chat file is read from its beginning each time.
        row.cursor = dump_cursor(advance(tail, open_index=0))
        session.add(row)
        if changed:
            set_mark(session, LINKS_STALE, "yes")
        return True

    def _has_returned(self, session: Session, agent: str, came: Came, now: datetime) -> bool:
        """Tell whether a retired agent wrote: a checkout of old work is no sign of it."""
        if came is not Came.GIT:
            return came in (Came.LIVE, Came.OUTAGE)
        claim = find_newest_claim(session, agent, now)
        return claim is not None and now - claim <= self._settings.duty.retire_after

    def _how_it_came(
        self,
        source: Source,
        known: tables.AgentRow | None,
        tail: Tail,
        scene: Circumstances,
    ) -> Came:
        unknown = known is None or not known.owes_proof or known.since == scene.now
        if scene.first_sight or unknown:
            return Came.HISTORY
        if scene.git_moved(source):
            return Came.GIT
        return Came.OUTAGE if is_in_gap(tail.modified, scene.gap) else Came.LIVE


def forget(session: Session, name: str) -> None:
    """Mark what stood in a vanished file as gone; what it said, asked and answered stands."""
    set_deadline(session, f"source:{name}", None)
    row = find_source(session, name)
    if row is not None and not row.gone:
        forget_source(session, row)
        forget_messages(session, row)


def link_messages(
    session: Session, settings: Settings, now: datetime, known: Sequence[str] = ()
) -> int:
    """Compute links and dependencies anew; return how many requests are newly backlog."""
    drafts = [
        replace(_DRAFTS.validate_json(draft), path=path) for path, draft in list_drafts(session)
    ]
    declared = {slug: list(agent.aliases) for slug, agent in settings.agents.items()}
    talk = assemble(drafts, declared, known)
    for name in list_asked_only(session):
        agent = talk.roster.known(name)
        if agent is not None and agent != name:
            merge_agents(session, name, agent, now)
    set_mark(session, LINKS_STALE, None)
    exchange = Exchange(talk.messages, talk.links, talk.dependencies)
    policy = DependencyPolicy(settings.chat.ack_within, settings.chat.answer_within)
    backlog = record_exchange(session, exchange, policy, TimesInWords(settings), now)
    _note_ambiguous_names(session, talk.roster)
    return backlog


def _note_ambiguous_names(session: Session, roster: Roster) -> None:
    """Keep the names that may mean several agents: one that never wrote may be a short form, too."""
    silent, writing = list_silent(session)
    found = {name: list(roster.candidates(name)) for name in roster.ambiguous}
    for name in silent:
        may_be = [one for one in roster.like(name) if one in writing]
        if len(may_be) > 1:
            found[name] = may_be
    set_mark(session, AMBIGUOUS, json.dumps(found) if found else None)


def merge_declared(session: Session, settings: Settings, now: datetime) -> None:
    """Merge what was stored under names that the configuration says are another agent's."""
    roster = Roster.build({slug: one.aliases for slug, one in settings.agents.items()}, ())
    for name in list_names(session):
        agent = roster.known(name)
        if agent is not None and agent != name:
            merge_agents(session, name, agent, now)


def dump_draft(draft: Draft, parts: Parts = ALONE) -> str:
    """Return a draft as JSON, every text in it redacted as a part of the message that it is of."""
    return _DRAFTS.dump_json(_DRAFTS.validate_python(parts.clean_all(asdict(draft)))).decode()


def clean_line(text: str, parts: Parts = ALONE) -> str:
    """Return agent text as the store may keep it: redacted, one line, at most 200 characters."""
    line = " ".join(parts.clean(text).split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def _load_cursor(text: str | None) -> Cursor | None:
    """Read a cursor; one of another version is none: reading anew adds nothing."""
    if text is None:
        return None
    try:
        cursor = load_cursor(text)
        if cursor.state:
            load_state(cursor.state)
    except (ValueError, TypeError):
        return None
    return cursor


def _plan_half_line(session: Session, source: Source, tail: Tail) -> None:
    subject = f"source:{source.name}"
    set_deadline(session, subject, tail.modified + QUIET if tail.half_line else None)


def _record(source: Source, agent: str, entry: Entry, tail: Tail, now: datetime) -> EntryRecord:
    first = entry.start - tail.first_line
    lines = tail.lines[first : first + entry.end - entry.start + 1]
    entry = add_declarations(entry, lines, now)
    draft = draft_entry(f"{source.name}:{entry.start}", agent, entry, lines)
    parts = Parts("\n".join(lines))
    return EntryRecord(
        entry=entry,
        title=clean_line(entry.title, parts),
        blocked_on=None if entry.blocked_on is None else clean_line(entry.blocked_on, parts),
        draft=None if draft is None else dump_draft(draft, parts),
    )


def make_message_record(draft: Draft, lines: Sequence[str]) -> MessageRecord:
    """Return a message as it may be stored; ``lines`` are all lines of its file."""
    text = "\n".join(lines[draft.start - 1 : draft.end]).rstrip()
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    stored = dump_draft(draft, Parts(text))
    return MessageRecord(draft.path, draft.start, digest, stored, draft.stamp)


def _leave_unsettled(session: Session, agent: str, modified: datetime) -> None:
    """Have it settled whether an agent that was just met is retired, also after a kill."""
    row = session.get_one(tables.AgentRow, agent)
    row.unsettled = modified if row.unsettled is None else max(row.unsettled, modified)
    session.add(row)


def _note_agent(
    session: Session,
    agent: str,
    known: tables.AgentRow | None,
    *,
    returned: bool,
    now: datetime,
) -> None:
    row = known or tables.AgentRow(slug=agent, since=now)
    if not row.owes_proof:
        row.owes_proof, row.since = True, now
    if row.retired and returned:
        row.retired, row.since = False, now
        begin_clocks(session, agent, now)
    subjects = [f"agent:{agent}"]
    if not row.has_written:
        row.has_written = True
        subjects += absence_subjects(session, agent)
    session.add(row)
    session.flush()
    mark_changed(session, subjects, now)
