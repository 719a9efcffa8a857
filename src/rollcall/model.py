"""The records that flow through Rollcall: frozen, named in the field's words, standard library only.

Parsing makes entries and drafts of messages; assembling makes messages, links and dependencies;
judging makes blockers and transitions; telling makes notices and receipts. Times are aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

EVERYONE = "*"


class SourceKind(StrEnum):
    """What a watched file holds."""

    FEEDBACK = "feedback"
    CHAT = "chat"


class EvidenceKind(StrEnum):
    """What in an entry can be checked."""

    DIFF = "diff"
    TEST = "test"
    ARTIFACT = "artifact"
    COMMIT = "commit"
    LINK = "link"
    COMMAND = "command"
    BLOCKER = "blocker"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as an agent wrote it: an instant, or a bare date held as its first instant.

    ``day_is_guess``: a time of day alone, with no date anywhere before it in its file.
    """

    at: datetime
    has_time: bool = True
    day_is_guess: bool = False

    def iso(self) -> str:
        """Return ISO 8601 with the offset as written, or the bare date."""
        return self.at.isoformat() if self.has_time else self.at.date().isoformat()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One checkable thing in an entry: its kind, its 1-based line and the words that show it."""

    kind: EvidenceKind
    line: int
    text: str


class LinkKind(StrEnum):
    """What a message does to another."""

    ACKS = "acks"
    ANSWERS = "answers"
    FOLLOWS_UP = "follows_up"
    MENTIONS = "mentions"


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to another message as written: a path, a bare file name or an id."""

    kind: LinkKind
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One update in a feedback file; lines are 1-based and inclusive.

    ``key`` is a hash of the heading with its stamp, ``digest`` one of the whole text: the
    identity of an entry rests on both (see ``docs/semantics.md``, Entries). ``closing``: its agent
    says that it stops; ``promise`` is when it says that its next update comes.
    """

    start: int
    end: int
    title: str
    key: str
    digest: str
    stamp: Stamp | None = None
    author: str | None = None
    evidence: tuple[Evidence, ...] = ()
    fallback: bool = False
    blocked_on: str | None = None
    closing: bool = False
    promise: datetime | None = None

    @property
    def kinds(self) -> tuple[EvidenceKind, ...]:
        """Return the kinds of evidence, each once, in the order of ``EvidenceKind``."""
        found = {item.kind for item in self.evidence}
        return tuple(kind for kind in EvidenceKind if kind in found)

    @property
    def proof(self) -> bool:
        """Tell whether the evidence satisfies the policy ``claimed``."""
        found = set(self.kinds)
        return bool(found - {EvidenceKind.BLOCKER}) or (
            EvidenceKind.BLOCKER in found and self.fallback
        )


@dataclass(frozen=True, slots=True)
class Want:
    """One thing that a request asks for: its words, those of its details, and whom it names."""

    words: tuple[str, ...]
    more: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """One message as its own file tells it: names and references as written, nothing resolved.

    ``path`` is the file, with ``#L<start>`` where the file holds more than one message.
    ``names`` are others in it that may be an agent's, the topic of its file first; ``topics`` are words that tell what
    it is about, for matching an answer with its request. ``is_message`` is false for an entry in a
    feedback file, which is no message but links like one. ``loose`` are those of its sender and
    recipients that may run on into the topic, as in a file's name. ``wants`` is what it asks for;
    ``subject``, ``gives`` and ``says`` are words of its title, of what it hands over and of the
    rest; ``delivers`` and ``begins`` where it says that it hands something over, or begins to work.
    ``same`` are pairs of names of one agent: ``mara (laptop)`` in the head of ``laptop``'s file.
    ``asking`` are the lines that ask; ``copied`` those of the recipients that get only a copy, and
    are asked nothing unless by name. ``informs`` where it says that it only informs or offers,
    ``chases`` where it says that something was asked before, ``defers`` where it puts something off.
    ``due_words`` is a due time in words (``by friday``), ``fallback`` what its sender does meanwhile;
    ``withdraws`` where it takes back what was asked.
    """

    path: str
    start: int
    end: int
    sender: str | None
    recipients: tuple[str, ...]
    stamp: Stamp | None = None
    title: str = ""
    asks: bool = False
    ask_of: tuple[str, ...] = ()
    acks: bool = False
    answers: bool = False
    id: str | None = None
    due: Stamp | None = None
    references: tuple[Reference, ...] = ()
    topics: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    is_message: bool = True
    loose: tuple[str, ...] = ()
    wants: tuple[Want, ...] = ()
    subject: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    delivers: bool = False
    begins: bool = False
    same: tuple[tuple[str, str], ...] = ()
    asking: tuple[int, ...] = ()
    informs: bool = False
    chases: bool = False
    defers: bool = False
    copied: tuple[str, ...] = ()
    due_words: str = ""
    fallback: str = ""
    withdraws: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message from one agent to others, names resolved to slugs."""

    path: str
    start: int
    end: int
    sender: str | None
    recipients: tuple[str, ...]
    stamp: Stamp | None
    title: str
    asks: bool
    ask_of: tuple[str, ...]
    due: Stamp | None = None
    acks: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    follows_up: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    due_words: str = ""
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One message acting on another, and why we think so."""

    source: str
    target: str
    kind: LinkKind
    reason: str


class DependencyState(StrEnum):
    """How far a request has come with one asked agent."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One request seen from one asked agent; ``by`` is the message that brought it to its state.

    ``broadcast``: it was asked of everyone; ``withdrawn_by`` is its requester's message that takes
    it back.
    """

    request: str
    requester: str | None
    provider: str
    state: DependencyState
    by: str | None = None
    followed_up_by: tuple[str, ...] = ()
    broadcast: bool = False
    withdrawn_by: str | None = None


class BlockerKind(StrEnum):
    """What stops work."""

    MISSING_PROOF = "missing proof"
    STALLED_DEPENDENCY = "stalled dependency"
    BLOCKED = "blocked"
    ABSENT = "absent agent"
    FAULT = "fault"
    DEADLOCK = "deadlock"


class BlockerStatus(StrEnum):
    """Where a blocker stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    HELD = "held"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One condition that stops work, opened once and closed once.

    ``condition`` names the condition for as long as it can recur (``proof:mara``); ``evidence``
    holds ``file:line`` places.
    """

    id: str
    kind: BlockerKind
    condition: str
    agent: str
    level: int
    status: BlockerStatus
    owner: str | None
    opened: datetime
    closed: datetime | None
    description: str
    resolution: str | None = None
    evidence: tuple[str, ...] = ()


class Transition(StrEnum):
    """What happens to a blocker, or what a notice is about."""

    OPENED = "opened"
    ESCALATED = "escalated"
    CHANGED = "changed"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    REPEATED = "repeated"
    HELD = "held"
    RELEASED = "released"
    SNOOZED = "snoozed"
    UNSNOOZED = "unsnoozed"
    NUDGED = "nudged"
    ANSWERED = "answered"
    JOINED = "joined"
    DIGEST = "digest"
    DAILY = "daily"
    BACKLOG = "backlog"
    ASKED = "asked"
    OURSELVES = "ourselves"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one sink.

    ``key`` is unique for ever (``<workspace uuid>/<subject>/<transition>/<sink>``) and travels with
    what is sent, so that a lost receipt can be looked up. ``target`` is the route within the sink: a
    Slack channel, the name of an inbox. ``mention`` is the Slack id of a person to be mentioned.
    ``blockers`` are the blockers it speaks of, as they stand now; ``text`` is one plain line and
    ``detail`` further plain lines. Every word of it may be an agent's: a sink escapes for itself.
    """

    key: str
    workspace: str
    sink: str
    target: str
    transition: Transition
    created: datetime
    text: str
    detail: tuple[str, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    level: int = 0
    mention: str | None = None
    broadcast: bool = False
    perhaps_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a sink put a notice: for Slack ``channel`` and ``ts``, for an inbox ``path``."""

    sink: str
    data: Mapping[str, str] = field(default_factory=dict)
