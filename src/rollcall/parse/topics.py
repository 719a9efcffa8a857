"""What a message is about, in single words, and whether it says that it answers or acknowledges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rollcall.model import LinkKind, Reference
from rollcall.parse.links import classify
from rollcall.parse.outline import Line

MAX_TOPICS = 40
_WORD = re.compile(r"[a-z][a-z0-9]{2,30}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STOP = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "this",
        "that",
        "are",
        "was",
        "were",
        "will",
        "would",
        "can",
        "could",
        "should",
        "must",
        "has",
        "have",
        "had",
        "not",
        "you",
        "your",
        "our",
        "their",
        "its",
        "all",
        "any",
        "each",
        "per",
        "via",
        "into",
        "onto",
        "over",
        "under",
        "now",
        "then",
        "than",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "what",
        "why",
        "how",
        "yes",
        "but",
        "also",
        "only",
        "more",
        "most",
        "new",
        "old",
        "next",
        "last",
        "first",
        "one",
        "two",
        "three",
        "please",
        "need",
        "needs",
        "needed",
        "request",
        "requests",
        "requested",
        "ask",
        "asks",
        "asked",
        "confirm",
        "confirmed",
        "confirmation",
        "provide",
        "provided",
        "share",
        "send",
        "sent",
        "review",
        "reviewed",
        "update",
        "updates",
        "updated",
        "status",
        "note",
        "notes",
        "done",
        "ack",
        "acknowledged",
        "acknowledgement",
        "response",
        "answer",
        "reply",
        "message",
        "agent",
        "agents",
        "engineer",
        "day",
        "sprint",
        "delivered",
        "implemented",
        "implementation",
        "added",
        "complete",
        "completed",
        "ready",
        "file",
        "files",
        "docs",
        "path",
        "current",
        "evidence",
        "validation",
        "passed",
        "run",
        "test",
        "tests",
        "use",
        "used",
        "using",
        "work",
        "working",
        "progress",
        "broadcast",
        "after",
        "before",
        "through",
        "during",
        "until",
        "here",
        "there",
        "they",
        "them",
        "these",
        "those",
        "being",
        "been",
        "did",
        "does",
        "get",
        "got",
        *("may", "might", "shall", "still", "too", "just", "such", "own", "other", "same", "very"),
        *("much", "many", "some", "every", "both", "either", "whether", "because", "since"),
        *("while", "yet", "already", "soon", "ago", "again", "off", "about", "without", "within"),
        *("long", "them", "his", "her", "him", "she", "ours", "yours", "anyone", "everyone"),
    ]
)
_REPLY = re.compile(
    r"\bper\s+your\b|\bas\s+(?:you\s+)?(?:requested|asked)\b|\bin\s+(?:response|reply|answer)\s+to\b|"
    r"\b(?:response|reply|answer)\s+to\s+your\b|\brequested\s+in\s+your\b|"
    r"\byour\s+(?:\w+\s+){0,3}(?:ask|request|question)s?\b|"
    r"\bthe\s+requested\b|^\W*(?:re|answer|reply|response)\s*:",
    re.IGNORECASE,
)
_DELIVERY = re.compile(
    r"\b(?:delivered|confirm(?:ed|ations?)|answers?|responses?|repl(?:y|ies))\b", re.IGNORECASE
)
_NEED = re.compile(
    r"\b(?:need(?:ed|s)?|requested\s+(?!inputs)|pending|required|awaiting)\b", re.IGNORECASE
)
_RECEIPT = re.compile(
    r"^\W*(?:ack(?:nowledged)?\b|received\b|got\s+it|roger\b|noted\b|on\s+it\b|understood\b|"
    r"copy\s+that\b|seen\b|(?:that\s+)?makes\s+sense\b|good\s+point\b|point\s+taken\b|will\s+do\b|fair\s+enough\b|accepted\b|thanks?\b)|\btaking\s+(?:ownership|this|it\s+on)\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"^\W*(?:(?:i|we)(?:['\u2019]ll|\s+will|\s+am|['\u2019]m|\s+are)\b|will\b|working\s+on|looking\s+into|"
    r"in\s+progress|not\s+yet|eta\b|starting\b|later\b|tomorrow\b|still\b)",
    re.IGNORECASE,
)
_PUT_OFF = re.compile(
    r"\b(?:will|shall|going\s+to|plan(?:ning)?\s+to)\s+(?!not\b)\w+|['\u2019]ll\s+\w+|"
    r"\b(?:tomorrow|tonight|later|next\s+week|not\s+yet|in\s+progress|still\s+\w+ing|eta)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"^\W*(?:done\b|fixed\b|here\s+(?:is|are|it|you)\b|delivered\b|attached\b|yes\b|no[,.;]|"
    r"confirmed\b|approved\b|answer(?:ed)?\b|sent\b)",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"[*_>\s]{0,4}(?:from|to|cc|re|in[- ]reply[- ]to|date|created|status|type|id|priority|sender|"
    r"recipients?|subject|audience|thread|agent|author|owner|timestamp|sent)[*_]{0,2}\s?:",
    re.IGNORECASE,
)
_OF_AGENT = re.compile(
    r"(?<![\w'\u2019])@?([A-Za-z][\w-]{1,40}(?:[ /][A-Z][\w-]{1,30}){0,3})['\u2019]s?\s+(?:\w+\s+){0,2}?"
    r"(?:ask|request|question|message|note)s?\b|"
    r"\b(?:ask|request|question|message|note)s?\s+(?:of|from|by)\s+@?([A-Za-z][\w-]{1,40})",
)
_ANSWERING = re.compile(
    r"\b(?:answer|respond|repl(?:y|ie)|address|acknowledg|fulfil|deliver|clos|resolv|meet|met|"
    r"receiv|ack)\w{0,6}\b",
    re.IGNORECASE,
)


def promises(lines: Iterable[Line]) -> bool:
    """Tell whether a message puts off what it speaks of: "will follow", "tomorrow"."""
    return any(_PUT_OFF.search(line.text[:400]) for line in lines if not line.level)


def is_header(text: str) -> bool:
    """Tell whether ``text`` is a line of a message's head, such as its date."""
    return bool(_FIELD.match(text))


def asked_by(lines: Iterable[Line]) -> tuple[str, ...]:
    """Return the names in "answers Mara's request" and "closes the ask from Ben"."""
    found: dict[str, None] = {}
    for line in lines:
        text = line.text[:600]
        if not line.fenced and _ANSWERING.search(text):
            for pair in _OF_AGENT.findall(text):
                found.setdefault(pair[0] or pair[1])
    return tuple(found)[:12]


def topics_of(title: str, topic: str, lines: Iterable[Line]) -> tuple[str, ...]:
    """Return the words that tell what a message is about, the most telling first, at most 40."""
    found: dict[str, None] = {}
    texts = [title, topic.replace("-", " ")]
    held = [line for line in lines if not line.fenced]
    texts += [line.text for line in held if line.level]
    texts += [line.text[:300] for line in held if not line.level]
    for text in texts:
        for word in words_of(text):
            found.setdefault(word)
        if len(found) >= MAX_TOPICS:
            break
    return tuple(found)[:MAX_TOPICS]


def words_of(text: str) -> Iterator[str]:
    """Yield the words of ``text`` that carry meaning, in lower case and without a plural's ``s``."""
    for word in _WORD.findall(_CAMEL.sub(" ", text).lower()):
        if word not in _STOP:
            yield (
                word[:-1]
                if word.endswith("s") and not word.endswith("ss") and len(word) > 4
                else word
            )


def replies(
    lines: Iterable[Line], kind: LinkKind | None, named: Iterable[Reference] = ()
) -> tuple[bool, bool]:
    """Tell whether a message says that it acknowledges, and that it answers, whatever it names.

    What acknowledges, by itself or by what it does to those ``named``, and has a section of what it
    delivers or confirms, answers.
    """
    spoken = False
    acks, answers, delivers = kind is LinkKind.ACKS, kind is LinkKind.ANSWERS, False
    for line in lines:
        if line.fenced or line.text.startswith(">") or (not spoken and _FIELD.match(line.text)):
            continue
        if line.level:
            delivers = delivers or bool(_DELIVERY.search(line.text) and not _NEED.search(line.text))
            continue
        if _RECEIPT.search(line.text[:200]) or (not spoken and _PROMISE.match(line.text)):
            acks = True
        if not spoken and _DONE.match(line.text):
            answers = True
        spoken = True
        if _REPLY.search(line.text[:300]):
            said = classify(line.text)
            acks = acks or said is LinkKind.ACKS
            answers = answers or said is not LinkKind.ACKS
    received = acks or any(one.kind is LinkKind.ACKS for one in named)
    return acks, answers or (received and delivers)
