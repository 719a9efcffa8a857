"""The tables. Bodies are not stored: spans, hashes, redacted titles and one-line texts are.

A column that may hold what an agent or a person wrote is a ``words_field``, so that no secret in it
reaches the disk, whoever writes the row.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from rollcall.store.fields import instant_field, list_field, words_field, words_list_field


class Meta(SQLModel, table=True):
    """One fact about the workspace: its uuid, the last tick, the next one planned."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class Source(SQLModel, table=True):
    """A watched file and how far it was read."""

    __tablename__ = "sources"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    agent: str | None = None
    cursor: str | None = None
    gone: bool = False
    first_seen: datetime = instant_field()
    read_at: datetime = instant_field()


class EntryRow(SQLModel, table=True):
    """One entry of one agent, wherever it stands now.

    ``marks`` are hashes of its evidence, ever seen; ``rank`` sorts an agent's entries by sight, then
    by stamp; ``statement`` is a hash of what it says blocks it; ``draft`` is set where it links like
    a message; ``place`` is ``file:line``, the last one where it is gone; ``closing``: it says that
    its agent stops; ``promise`` is when it says that the next update comes.
    """

    __tablename__ = "entries"
    __table_args__ = (
        Index("entries_by_digest", "agent", "digest"),
        Index("entries_by_key", "agent", "key"),
        Index("entries_by_arrival", "agent", "counts_at"),
        Index("entries_by_rank", "agent", "rank"),
    )
    id: int | None = Field(default=None, primary_key=True)
    agent: str
    key: str
    digest: str
    title: str = words_field()
    stamp: datetime | None = instant_field(nullable=True)
    stamp_text: str | None = words_field(nullable=True)
    day_is_guess: bool = False
    kinds: list[str] = list_field()
    marks: list[str] = list_field()
    proof: bool = False
    fallback: bool = False
    blocked_on: str | None = words_field(nullable=True)
    statement: str | None = None
    draft: str | None = None
    place: str
    rank: str
    seen_at: datetime = instant_field()
    counts_at: datetime | None = instant_field(nullable=True)
    history: bool = False
    gone: bool = False
    closing: bool = False
    promise: datetime | None = instant_field(nullable=True)


class Placement(SQLModel, table=True):
    """Where an entry stands in a file: lines are 1-based and inclusive."""

    __tablename__ = "placements"
    source_id: int = Field(primary_key=True, foreign_key="sources.id")
    start: int = Field(primary_key=True)
    end: int
    entry_id: int = Field(foreign_key="entries.id", index=True)


class UnsignedRow(SQLModel, table=True):
    """The first line of an entry in a shared log that names no agent, so that it is nobody's."""

    __tablename__ = "unsigned_entries"
    source_id: int = Field(primary_key=True, foreign_key="sources.id")
    start: int = Field(primary_key=True)


class MessageRow(SQLModel, table=True):
    """One message as its own file tells it; its id outlives a change of path or of line."""

    __tablename__ = "messages"
    id: int | None = Field(default=None, primary_key=True)
    path: str = Field(unique=True)
    source_id: int = Field(foreign_key="sources.id", index=True)
    start: int
    digest: str = Field(index=True)
    draft: str
    seen_at: datetime = instant_field()
    asked_at: datetime | None = instant_field(nullable=True)
    history: bool = False
    gone: bool = False


class AgentRow(SQLModel, table=True):
    """One agent that is known, and where its clock stands.

    ``unsettled``: it was just met, and whether it is retired is still to be settled; the newest
    change of its files stands in for a stamp. ``spoke_at`` is its newest message's time;
    ``inhibited_at`` and ``freed_at`` bound when another's overdue answer stood for its silence.
    """

    __tablename__ = "agents"
    slug: str = Field(primary_key=True)
    since: datetime = instant_field()
    owes_proof: bool = False
    has_written: bool = False
    retired: bool = False
    nudged: datetime | None = instant_field(nullable=True)
    unsettled: datetime | None = instant_field(nullable=True)
    spoke_at: datetime | None = instant_field(nullable=True)
    inhibited_at: datetime | None = instant_field(nullable=True)
    freed_at: datetime | None = instant_field(nullable=True)


class BlockerRow(SQLModel, table=True):
    """One condition that stops work, opened once and closed once.

    ``told_at`` is when it was last to be told: at its opening, a level, a repeat, the end of a hold.
    """

    __tablename__ = "blockers"
    __table_args__ = (
        Index(
            "one_open_blocker_per_condition",
            "condition",
            unique=True,
            sqlite_where=text("closed IS NULL"),
        ),
    )
    number: int | None = Field(default=None, primary_key=True)
    kind: str
    condition: str
    phase: str = ""
    subject: str = Field(index=True)
    agent: str
    level: int
    status: str
    owner: str | None = words_field(nullable=True)
    opened: datetime = instant_field()
    closed: datetime | None = instant_field(nullable=True, index=True)
    description: str = words_field()
    resolution: str | None = words_field(nullable=True)
    evidence: list[str] = list_field()
    told_at: datetime | None = instant_field(nullable=True)
    snoozed_until: datetime | None = instant_field(nullable=True)
    snoozed_phase: str | None = None
    incident: int | None = Field(default=None, foreign_key="incidents.id", index=True)


class RestRow(SQLModel, table=True):
    """A condition that a hand resolved while it held, in the phase that it was in."""

    __tablename__ = "rests"
    condition: str = Field(primary_key=True)
    subject: str = Field(index=True)
    phase: str = ""
    until: datetime = instant_field()


class AwayRow(SQLModel, table=True):
    """An interval off duty of one agent, or of ``*``; ``ended`` is empty while it lasts."""

    __tablename__ = "aways"
    id: int | None = Field(default=None, primary_key=True)
    agent: str = Field(index=True)
    state: str
    start: datetime = instant_field()
    ended: datetime | None = instant_field(nullable=True)
    reason: str = words_field(default="")
    by: str = words_field(default="")


class SignalRow(SQLModel, table=True):
    """What the GO signal said from ``at`` on."""

    __tablename__ = "signal_observations"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant_field()
    state: str


class SilenceRow(SQLModel, table=True):
    """Someone's decision not to be told about matching blockers until a time.

    ``kinds`` and ``agents`` are what it matches, each empty for all; ``settled`` once its end was
    carried out.
    """

    __tablename__ = "silences"
    id: int | None = Field(default=None, primary_key=True)
    kinds: list[str] = list_field()
    agents: list[str] = words_list_field()
    comment: str = words_field(default="")
    by: str = words_field(default="")
    start: datetime = instant_field()
    until: datetime = instant_field()
    settled: bool = False


class IncidentRow(SQLModel, table=True):
    """A storm of openings, told once; ``stopped``: the whole team had stopped before it was over."""

    __tablename__ = "incidents"
    id: int | None = Field(default=None, primary_key=True)
    began: datetime = instant_field()
    ended: datetime | None = instant_field(nullable=True)
    stopped: bool = False


class PendingRow(SQLModel, table=True):
    """A transition that is to be told and not yet in the outbox: grouping may hold it back."""

    __tablename__ = "pending_transitions"
    id: int | None = Field(default=None, primary_key=True)
    blocker: int = Field(foreign_key="blockers.number", index=True)
    transition: str
    level: int
    at: datetime = instant_field()
    shared: str | None = None
    held_for: str = ""


class TransitionRow(SQLModel, table=True):
    """The audit: what happened to a blocker, when, why and by whom."""

    __tablename__ = "transitions"
    id: int | None = Field(default=None, primary_key=True)
    blocker: int = Field(foreign_key="blockers.number", index=True)
    what: str
    level: int
    at: datetime = instant_field()
    why: str = words_field()
    by: str = words_field()


class EventRow(SQLModel, table=True):
    """The outbox: one notice to one sink, with its one recorded fate.

    ``claim`` is the process life that is sending it; ``uncertain``: it may have been taken already,
    so the sink is asked first. ``first_tried`` is its first attempt; ``digest`` is the event that
    tells of it in its place.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("events_without_fate", "sink", "id", sqlite_where=text("fate IS NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    sink: str
    target: str = ""
    transition: str
    blockers: list[int] = list_field()
    text: str = words_field()
    detail: list[str] = words_list_field()
    level: int = 0
    mention: str | None = None
    broadcast: bool = False
    created: datetime = instant_field()
    not_before: datetime = instant_field()
    claim: str | None = None
    uncertain: bool = False
    attempts: int = 0
    fate: str | None = None
    settled: datetime | None = instant_field(nullable=True)
    receipt: str | None = None
    error: str | None = words_field(nullable=True)
    first_tried: datetime | None = instant_field(nullable=True)
    digest: int | None = Field(default=None, foreign_key="events.id", index=True)


class EventBlocker(SQLModel, table=True):
    """Which blockers an event speaks of."""

    __tablename__ = "event_blockers"
    event_id: int = Field(primary_key=True, foreign_key="events.id")
    blocker: int = Field(primary_key=True, foreign_key="blockers.number", index=True)


class RootRow(SQLModel, table=True):
    """The message that a blocker has in a sink: a projection, stale until it is rendered anew."""

    __tablename__ = "roots"
    sink: str = Field(primary_key=True)
    blocker: int = Field(primary_key=True, foreign_key="blockers.number")
    event_id: int = Field(foreign_key="events.id", index=True)
    receipt: str
    stale: bool = False


class InstructionRow(SQLModel, table=True):
    """What a person or a command told Rollcall to do.

    ``until`` is the end that was asked for; ``kinds`` and ``agents`` are what a silence matches;
    ``origin`` is where it came from, such as one click, so that it is taken once.
    """

    __tablename__ = "instructions"
    __table_args__ = (Index("instructions_by_origin", "origin", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    verb: str
    subject: str = words_field(default="")
    text: str = words_field(default="")
    author: str = words_field()
    created: datetime = instant_field()
    done: datetime | None = instant_field(nullable=True, index=True)
    result: str | None = words_field(nullable=True)
    refused: bool = False
    until: datetime | None = instant_field(nullable=True)
    kinds: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    agents: list[str] | None = words_list_field(nullable=True)
    origin: str | None = None


class GapRow(SQLModel, table=True):
    """An interval that was not watched."""

    __tablename__ = "unwatched"
    id: int | None = Field(default=None, primary_key=True)
    start: datetime = instant_field()
    end: datetime = instant_field(index=True)


class DeadlineRow(SQLModel, table=True):
    """When a subject must be judged again."""

    __tablename__ = "deadlines"
    subject: str = Field(primary_key=True)
    next_check_at: datetime = instant_field(index=True)


class FaultRow(SQLModel, table=True):
    """A fault of our own, one source, blocker or notice wide."""

    __tablename__ = "faults"
    subject: str = Field(primary_key=True)
    text: str = words_field()
    since: datetime = instant_field()
    attempts: int = 1
    retry_at: datetime = instant_field()


class SinkRow(SQLModel, table=True):
    """The state of one sink, for ``status``."""

    __tablename__ = "sinks"
    name: str = Field(primary_key=True)
    state: str
    error: str | None = words_field(nullable=True)
    paused_until: datetime | None = instant_field(nullable=True)


class GitRow(SQLModel, table=True):
    """Where a root's repository stood at the last reading."""

    __tablename__ = "git_states"
    root: str = Field(primary_key=True)
    state: str
