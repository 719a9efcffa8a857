"""What a message says that it is for, where it is no plain reply: it only informs, or it chases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rollcall.model import LinkKind
from rollcall.parse.links import of_kind
from rollcall.parse.outline import Line
from rollcall.parse.topics import is_header

_LOOKED_AT = 400

_FOR_INFORMATION = re.compile(
    r"\bfyi\b|\bfor\s+(?:your|the|everyone['\u2019]?s)\s+(?:information|record)\b|\bheads[-\s]?up\b|"
    r"\bjust\s+so\s+(?:you|everyone)\b|\b(?:no|nothing)\b[^.?!]{0,30}\b(?:action|to\s+do|needed|required)\b|"
    r"\bannounc\w+\b|\bneeds?\s+no\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\bif\s+(?:it|that|this)\s+(?:helps|is\s+of\s+(?:use|help)|would\s+help|is\s+useful)\b|"
    r"\b(?:let\s+me|let\s+us)\s+know\s+if\s+you\b|\bhappy\s+to\b|"
    r"\b(?:i|we)\s+(?:can|could)\b[^.?!]{0,80}\bif\s+you\s+(?:want|like|need|wish)\b|"
    r"\bif\s+you\s+(?:want|like|need|wish)\b[^.?!]{0,80}\b(?:i|we)\s+(?:can|could)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"(?:\S+\s+){0,4}\S+[.!]\s+")
_THANKS = re.compile(r"^\W*(?:many\s+|ok,?\s+)?(?:thanks|thank\s+you|cheers|thx)\b", re.IGNORECASE)
_INFORMING_KINDS = frozenset(
    (
        *("info", "information", "status", "announcement", "announce", "fyi", "notice", "news"),
        *("offer", "broadcast", "digest", "report", "progress", "status-update", "heads-up"),
        "progress-update",
    )
)
_OF_STATUS = re.compile(
    r"\b(?:(?:status|progress|daily|weekly|hourly|sprint)\s+(?:update|report|note|summary|digest)|"
    r"status|announcement|newsletter|recap|rules?|rhythm|where\s+(?:we|i)\s+(?:are|am|stand))\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"^\W*(?:done|completed?|finished|in\s+progress|doing|wip|next(?:\s+steps)?|waiting|blocked|blockers|"
    r"todo|to\s+do|upcoming|pending|yesterday|today|tomorrow)\b[\w\s]{0,12}(?:$|:)",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?]\s")
_REPLIES_LATER = re.compile(
    r"\b(?:will|shall|going\s+to)\s+(?:\w+\s+)?(?:tell|send|let|answer|reply|respond|report|come\s+back|"
    r"get\s+back|follow|provide|deliver|share|confirm|publish|post|write|look|check)\b",
    re.IGNORECASE,
)
_DEFERS = re.compile(
    r"\b(?:will|shall|going\s+to|plan(?:ning)?\s+to)\s+(?!not\b)\w+|['\u2019]ll\s+\w+|\bnot\s+(?:yet|ready)\b|"
    r"\bon\s+(?:my|our|the)\s+(?:list|plate|desk)\b|\bqueued\b|\bpick(?:ing)?\s+(?:it|this)\s+up\b|"
    r"\bin\s+progress\b|\bstill\s+\w+ing\b|\bnot\s+before\b|\bcan\s+have\b[^.?!]{1,60}\b(?:ready|done|by|on|until)\b|\beta\b|\b(?:comes?|follows?)\s+(?:later|tomorrow|tonight|next|by|on)\b",
    re.IGNORECASE,
)
_CHASES = re.compile(
    r"\bfollow(?:ing|s)?[-\s]?up\s+(?:on|regarding|about|of)\b|\breminder\b|\bremind(?:ing)?\s+you\b|\bnudg(?:e|ing)\b|\bbump(?:ing)?\b|"
    r"\bchasing\b|\?{2}|\bfrom\s+you\b[^.?!]{0,30}\b(?:nothing|no\s+\w+)\b|\b(?:nothing|no\s+\w+)\s+(?:yet\s+)?from\s+you\b|"
    r"\b(?:second|third|another|repeat(?:ed)?)\s+(?:time|try|attempt|request|ask(?:ing)?|reminder)\b|"
    r"\bstill\s+(?:missing|waiting|need|open|outstanding|no\b|not\b|nothing|blocked|required|looking\s+for)|"
    r"\b(?:has|have)\s+(?:still\s+)?not\s+(?:yet\s+)?(?:reached|arrived|come|heard|received|seen|got)\b|"
    r"\b(?:haven['\u2019]t|hasn['\u2019]t)\s+(?:yet\s+)?(?:reached|arrived|come|heard|received|seen|got)\b|"
    r"\bany\s+(?:news|updates?|progress|word|eta)\b|\bas\s+(?:i\s+|we\s+)?asked\s+(?:before|earlier|on|in)\b|"
    r"\b(?:see|per)\s+(?:my|our)\s+(?:\w+\s+){0,2}(?:note|message|request|ask|question)\b|"
    r"\b(?:i|we)\s+(?:already\s+)?asked\s+(?:you\s+)?(?:for|on|about|before|earlier|yesterday|last)\b|"
    r"\b(?:is|are)\s+(?:\w+\s+){1,2}(?:days?|hours?|weeks?)\s+old\b|\boverdue\b|\bunanswered\b|^\W*(?:still\s+)?nothing\b[^.?!]{0,40}\s(?:yet|so\s+far)\b|\bno\s+(?:word|news|answer|reply|response)\s+(?:yet|so\s+far)\b|\bask(?:ing)?\s+again\b",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"[,(\u2013—-]\s*again\b|^again\b|\bfollow(?:ing|s)?[-\s]?up\b(?!\s+(?:needed|required|items?|tasks?))",
    re.IGNORECASE,
)


def only_informs(title: str, lines: Sequence[Line], kind: str = "") -> bool:
    """Tell whether a message says that it is for information, an offer, thanks or a status."""
    if kind in _INFORMING_KINDS or _OF_STATUS.search(title):
        return True
    said = [line for line in lines if not line.fenced and not line.text.startswith(">")]
    spoken = [line.text[:_LOOKED_AT] for line in said if not line.level]
    if any(map(_FOR_INFORMATION.search, spoken)) or any(map(_only_offers, spoken)):
        return True
    states = {found[0].casefold() for line in said if (found := _STATE.match(line.text))}
    return len(states) > 1 or any(map(_THANKS.match, spoken[:1]))


def _only_offers(text: str) -> bool:
    """Tell whether a line offers something, and gives no short answer before it: "30 ms. I can …"."""
    offer = _OFFERS.search(text)
    return offer is not None and not _ANSWER.match(text[: offer.start()])


def defers(lines: Iterable[Line]) -> bool:
    """Tell whether a message first of all puts off what it speaks of: "will be ready on Friday"."""
    said = (line.text for line in lines if not line.fenced and not line.level)
    spoken = [text for text in said if not text.startswith(">") and not is_header(text)]
    first = spoken[0][:_LOOKED_AT] if spoken else ""
    return bool(_DEFERS.search(_END.split(first, maxsplit=1)[0]) or _REPLIES_LATER.search(first))


def chases(title: str, lines: Iterable[Line], kind: str = "") -> bool:
    """Tell whether a message says that what it asks was asked before."""
    if of_kind(kind) is LinkKind.FOLLOWS_UP or _CHASES.search(title) or _TITLED.search(title):
        return True
    said = (line for line in lines if not line.fenced and not line.level)
    spoken = (line.text for line in said if not line.text.startswith(">"))
    return any(_CHASES.search(text[:_LOOKED_AT]) for text in spoken)
