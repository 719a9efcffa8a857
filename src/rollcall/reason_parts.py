"""What an answer to "why" is made of: inputs, a deadline, a rule, what keeps it quiet, what comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from rollcall.model import Blocker, BlockerKind
from rollcall.rules.decisions import Condition
from rollcall.store.inquiry import Heard


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that judgement rests on: what it is, where it stands, and what became of it.

    ``stamp`` is the time that it claims, as written; ``seen`` when it came; ``counts`` from when it
    counts, None where it does not; ``why`` says whether it counts, and for what.
    """

    what: str
    place: str | None
    text: str = ""
    stamp: str | None = None
    seen: datetime | None = None
    counts: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Time that did not count for a deadline; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due, None where nothing is; the sum in words; what did not count in it."""

    due: datetime | None
    why: str
    uncounted: tuple[Uncounted, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule that applies, in one sentence, and the heading in docs/semantics.md it stands under."""

    text: str
    heading: str

    @property
    def place(self) -> str:
        """Return where it is explained."""
        return f"docs/semantics.md#{self.heading.lower().replace(' ', '-')}"


@dataclass(frozen=True, slots=True)
class Quiet:
    """One thing that keeps a blocker from being opened, raised or told: what, why, how long, by whom."""

    what: str
    why: str
    since: datetime | None = None
    until: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One transition of a blocker."""

    at: datetime
    what: str
    level: int
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """What happens next if nothing changes, and when; ``at`` None: nothing does."""

    at: datetime | None
    what: str


@dataclass(frozen=True, slots=True)
class Reason:
    """All that explains one blocker, or why one agent has none.

    ``subject`` is the blocker's id or the agent's slug; ``duty`` the agent's; ``ends`` says what
    would end it; ``blockers`` are an agent's open ones; ``unwatched`` says since when nobody works.
    """

    subject: str
    agent: str
    stands: str
    duty: str = ""
    blocker: Blocker | None = None
    inputs: tuple[Input, ...] = ()
    deadline: Deadline | None = None
    rule: Rule | None = None
    quiet: tuple[Quiet, ...] = ()
    steps: tuple[Step, ...] = ()
    notices: tuple[Heard, ...] = ()
    ahead: Ahead = field(default_factory=lambda: Ahead(None, "nothing"))
    ends: str = ""
    blockers: tuple[Blocker, ...] = ()
    unwatched: str | None = None


PROOF = Rule(
    "Cadence and grace of watched time on duty without proof open one blocker; proof closes it.",
    "Time",
)
ACKNOWLEDGE = Rule(
    "A request that is not acknowledged within ack_within of its provider's time on duty opens one "
    "blocker; an acknowledgement or an answer closes it.",
    "Requests",
)
ANSWER = Rule(
    "A request that is not answered within answer_within, or by the date that it names, opens one "
    "blocker; an answer closes it.",
    "Requests",
)
BLOCKED = Rule(
    "An agent's own word that it is blocked opens one blocker at once; its next proof without such "
    "a word closes it.",
    "An agent says that it is blocked",
)
ABSENT = Rule(
    "Overdue requests to an agent that has never written are one blocker; its first word closes it.",
    "First sight",
)
FAULT = Rule(
    "A fault of our own opens one blocker, is tried again with growing pauses, and closes when it "
    "works.",
    "Blockers",
)
DEADLOCK = Rule(
    "Agents whose work stops for each other in a circle are one blocker, which names them.",
    "Requests",
)
NOT_OWING = Rule(
    "Proof is due from agents that are declared or have written an entry, while they are on duty.",
    "Who owes what",
)
RULES = (PROOF, ACKNOWLEDGE, ANSWER, BLOCKED, ABSENT, FAULT, DEADLOCK, NOT_OWING)

_BY_KIND = {
    BlockerKind.MISSING_PROOF: PROOF,
    BlockerKind.BLOCKED: BLOCKED,
    BlockerKind.ABSENT: ABSENT,
    BlockerKind.FAULT: FAULT,
    BlockerKind.DEADLOCK: DEADLOCK,
}


def find_rule(kind: BlockerKind, phase: str) -> Rule:
    """Return the rule by which a blocker of this kind, in this phase, was opened."""
    if kind is BlockerKind.STALLED_DEPENDENCY:
        return ANSWER if phase.startswith("answer") else ACKNOWLEDGE
    return _BY_KIND[kind]


def say_end(blocker: Blocker) -> str:
    """Say what would end a blocker's condition."""
    agent = blocker.agent
    match blocker.kind:
        case BlockerKind.MISSING_PROOF:
            return f"an entry by {agent} with proof"
        case BlockerKind.BLOCKED:
            return f"an entry by {agent} with proof and without such a statement"
        case BlockerKind.STALLED_DEPENDENCY:
            who = "those who are missing" if agent == "*" else agent
            return f"a reply by {who}, or the requester taking it back"
        case BlockerKind.ABSENT:
            return f"the first word of {agent}"
        case BlockerKind.FAULT:
            return "what failed working again"
        case BlockerKind.DEADLOCK:
            return "one of them waiting no more"


def find_condition(conditions: tuple[Condition, ...], key: str) -> Condition | None:
    """Return the condition of this key, or None where it does not hold and will not."""
    return next((one for one in conditions if one.key == key), None)
