"""What a message points at, and what it does to it: by its line, its introduction, its heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rollcall.model import LinkKind, Reference
from rollcall.parse.outline import Line

MAX_REFERENCES = 60
_SUFFIXES = (".md", ".markdown", ".txt")
_ID = re.compile(r"(?<![\w/-])([A-Z][A-Z0-9]{0,11}-\d{1,6})(?![\w-])")
_LOW_ID = re.compile(
    r"(?:^\W{0,4}|\b(?:re|for|on|to|about|with|answers?|closes?|ack|per)\s+|[\[(#])"
    r"(?!(?:note|message|msg|thread|no|step|part|phase|sprint|day|week|version|section|page|line)-)"
    r"([a-z]{2,8}-\d{1,6})(?=$|[\s\])},;:?!.](?!\w))",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:await\w*|waiting|pending|outstanding|not\s+yet|unanswered|unacknowledged|"
    r"no\s+(?:response|reply|answer|ack\w*))\b",
    re.IGNORECASE,
)
_THEIRS = re.compile(
    r"\byour\s+(?:latest\s+|earlier\s+|last\s+)?(?:response|reply|answer|ack\w*)", re.IGNORECASE
)
_ACK = re.compile(
    r"\back(?:s|ed|nowledg\w*)?\b|\breceiv(?:ed|ing)\b|\breceipt\b|\baccepted\b|\bnoted\b|\bread\b|"
    r"\bprocessed\b|\breviewed\b|\btaking\s+ownership\b|\bconsumed\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:in\s+)?(?:response|repl(?:y|ies)|answers?)\s+(?:to|for|on)\b|^\W*answers?\b|\banswer(?:ed|ing)\b|"
    r"\b(?:respond|reply)ing\s+to\b|\bresponds?\s+to\b|\breplies\b|\b(?:per|as)\s+your\b|\bas\s+requested\b|"
    r"\brequested\s+in\b|\bsource\s+(?:request|message|ask)\b|\baddress(?:es|ed|ing)\b|\bin\s+reply\b|"
    r"\bdeliver(?:s|ed|ing|y)\b|\bfulfil\w*\b|\bsatisf\w+\b|\bresolv(?:es|ed|ing)\b|\bclos(?:es|ed|ing)\b|"
    r"\bunblocks\b|^\W*re\b\s*:|\bconfirm(?:s|ed|ing)\b",
    re.IGNORECASE,
)
_FOLLOW = re.compile(
    r"\bfollow(?:ing|s)?[-\s]?up\b|\bchas(?:e|es|ing)\b|\breminder\b|\bstill\s+(?:need|wait)|"
    r"\bsecond\s+request\b|\bnudg(?:e|ing)\b",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\bfollow[-\s]?ups?\s+(?:\w+\s+)?(?:sent|issued|posted|published)\b", re.IGNORECASE
)
_BOTH = re.compile(r"\backnowledged?\s+(?:and|&|\+)\s+answer", re.IGNORECASE)
_OF_KIND = {
    "ack": LinkKind.ACKS,
    "acknowledgement": LinkKind.ACKS,
    "acknowledgment": LinkKind.ACKS,
    "receipt": LinkKind.ACKS,
    "answer": LinkKind.ANSWERS,
    "response": LinkKind.ANSWERS,
    "reply": LinkKind.ANSWERS,
    "result": LinkKind.ANSWERS,
    "done": LinkKind.ANSWERS,
    "completed": LinkKind.ANSWERS,
    "release": LinkKind.ANSWERS,
    "delivery": LinkKind.ANSWERS,
    "followup": LinkKind.FOLLOWS_UP,
    "follow-up": LinkKind.FOLLOWS_UP,
    "follows_up": LinkKind.FOLLOWS_UP,
    "reminder": LinkKind.FOLLOWS_UP,
}


def of_kind(kind: str) -> LinkKind | None:
    """Return what a message of this kind does to the message that it names."""
    return _OF_KIND.get(kind.strip().casefold().replace(" ", "-"))


def classify(text: str) -> LinkKind | None:
    """Tell what ``text`` says is done to the message it names, or None where it says nothing."""
    if _BOTH.search(text):
        return LinkKind.ANSWERS
    follow, ack, sent = _FOLLOW.search(text), _ACK.search(text), _SENT.search(text)
    if follow and not ack and not sent:
        return LinkKind.FOLLOWS_UP
    if sent or _OPEN.search(text):
        return LinkKind.MENTIONS
    answer = _ANSWER.search(_THEIRS.sub("", text))
    if ack and (answer is None or ack.start() <= answer.start()):
        return LinkKind.ACKS
    return LinkKind.ANSWERS if answer else None


def references(lines: Iterable[Line], kind: str = "") -> tuple[Reference, ...]:
    """Find the paths, bare file names and ids that ``lines`` name, each with what is done to it."""
    found: dict[tuple[LinkKind, str], Reference] = {}
    of_message = of_kind(kind)
    for line in lines:
        if line.fenced:
            continue
        for target in targets(line.text):
            does = acts_on(line, target)
            if does in (None, LinkKind.MENTIONS) and of_message is not None:
                does = of_message
            does = does or LinkKind.MENTIONS
            found.setdefault((does, target), Reference(does, target, line.number))
            if len(found) >= MAX_REFERENCES:
                return tuple(found.values())
    return tuple(found.values())


def acts_on(line: Line, target: str) -> LinkKind | None:
    """Tell what a line, its introduction or its heading says is done to the message it names."""
    texts = (line.text.replace(target, " "), *line.above)
    for text in texts:
        if (does := classify(text)) is not None:
            listed = does is LinkKind.FOLLOWS_UP and _SENT.search(line.heading)
            return LinkKind.MENTIONS if listed else does
    return classify(line.heading) if line.heading != line.text else None


def targets(text: str) -> Iterator[str]:
    """Yield what in ``text`` may name a message: paths and file names, then ids."""
    rest = []
    for odd, piece in enumerate(text.split("`")):
        if odd % 2 and _is_file(piece.strip()) and len(piece) < 300:
            yield piece.strip()
        else:
            rest.append(piece)
    for token in re.split(r"[\s()\[\]<>,;\"'|*]+", " ".join(rest)):
        bare = token.rstrip(".:!?")
        if _is_file(bare) and len(bare) < 300:
            yield bare
    found = _ID.findall(text)
    yield from found
    yield from (name for name in _LOW_ID.findall(text[:1000]) if name not in found)


def _is_file(text: str) -> bool:
    return text.split("#", 1)[0].casefold().endswith(_SUFFIXES)
