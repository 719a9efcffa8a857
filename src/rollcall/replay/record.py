"""The record that a replay judges: the files as they stand, or entries that were read before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath

from rollcall.config import Settings
from rollcall.errors import UsageError
from rollcall.model import Entry, Evidence, EvidenceKind, SourceKind, Stamp
from rollcall.names import agent_of_path
from rollcall.parse.chat import read_chat
from rollcall.parse.days import move_days, settle_days
from rollcall.parse.declaring import add_declarations
from rollcall.parse.feedback import read_feedback
from rollcall.parse.threads import draft_entry
from rollcall.reading import clean_line, dump_draft, make_message_record
from rollcall.roster import Roster
from rollcall.shared_logs import begin_state, share_out
from rollcall.sources import Discovery, Source
from rollcall.store.entries import EntryRecord
from rollcall.store.messages import MessageRecord
from rollcall.tail import read_whole


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry of the record: whose, from which file, and when it arrived.

    ``draft`` is what it does to messages, where it does anything.
    """

    agent: str
    file: str
    entry: Entry
    draft: str | None = None

    @property
    def arrived(self) -> datetime | None:
        """Return the instant of its stamp, None for one that names no time of day."""
        stamp = self.entry.stamp
        return stamp.at if stamp is not None and stamp.has_time else None

    @property
    def record(self) -> EntryRecord:
        """Return the form in which it is stored."""
        stated = self.entry.blocked_on
        return EntryRecord(
            self.entry,
            clean_line(self.entry.title),
            None if stated is None else clean_line(stated),
            self.draft,
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of the record."""

    file: str
    record: MessageRecord

    @property
    def arrived(self) -> datetime | None:
        """Return the instant of its date, a bare date's beginning, None for one without."""
        stamp = self.record.stamp
        return None if stamp is None else stamp.at


@dataclass(frozen=True, slots=True)
class Record:
    """All that a replay judges."""

    entries: Sequence[Recorded]
    messages: Sequence[Sent] = ()

    @property
    def writers(self) -> list[str]:
        """Return the agents that have entries, by name."""
        return sorted({one.agent for one in self.entries})

    @property
    def files(self) -> list[str]:
        """Return the names of the files, in order."""
        return sorted({*(one.file for one in self.entries), *(one.file for one in self.messages)})


def read_record(discovery: Discovery, settings: Settings, begin: datetime) -> Record:
    """Read every source whole; a time of day without any date is taken from the beginning's day."""
    zone = settings.workspace.timezone
    writers = [one.agent for one in discovery.sources if one.agent]
    entries: list[Recorded] = []
    messages: list[Sent] = []
    for source in discovery.sources:
        lines = read_whole(source.path)
        if source.kind is SourceKind.CHAT:
            drafts = read_chat(source.name, lines, zone)
            messages += [Sent(source.name, make_message_record(one, lines)) for one in drafts]
        else:
            entries += _read_entries(source, lines, settings, begin, writers)
    return Record(entries, messages)


def _read_entries(
    source: Source,
    lines: Sequence[str],
    settings: Settings,
    begin: datetime,
    writers: Sequence[str],
) -> Iterator[Recorded]:
    zone = settings.workspace.timezone
    declared = {slug: one.aliases for slug, one in settings.agents.items()}
    state = begin_state(source, begin.astimezone(zone).date())
    found = settle_days(read_feedback(lines, state, zone).entries, None)
    for agent, theirs in share_out(source, found, declared, writers).by_agent.items():
        for one in theirs:
            own = lines[one.start - 1 : one.end]
            entry = add_declarations(one, own, None)
            draft = draft_entry(f"{source.name}:{one.start}", agent, entry, own)
            kept = None if draft is None else dump_draft(draft)
            yield Recorded(agent, source.name, entry, kept)


def load_entries(path: Path, settings: Settings, day: date) -> Record:
    """Read the JSON lines that ``rollcall read feedback --json`` prints, or labels of that form.

    What nobody signed in a shared log (its ``agent`` is empty) is left out. Where the day of a time
    was guessed, the first such of its file is taken to be of ``day``. Raises UsageError, with the
    line, for what is none.
    """
    found: list[Recorded] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--entries {path}: cannot be read: {error}") from error
    declared = Roster.build({slug: one.aliases for slug, one in settings.agents.items()}, ())
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                one = _load_entry(json.loads(line), number)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UsageError(
                    f"{path}:{number}: no entry as `rollcall read feedback --json` prints it "
                    f"({type(error).__name__}: {error})"
                ) from error
            found.append(replace(one, agent=declared.known(one.agent) or one.agent))
    return Record(_move_guesses([one for one in found if one.agent], day))


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
