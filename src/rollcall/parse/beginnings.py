"""Tell from one line alone whether, and how, an update begins there.

Whether such a line really begins an entry depends on what stands open above it; that is judged in
``feedback``. Here only the line's own form counts.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from rollcall.parse.markdown import PREFIX, heading
from rollcall.parse.marks import INDENTED
from rollcall.parse.sections import is_plan, is_section
from rollcall.parse.timestamps import WrittenTime, match_date, match_time, search_date


class Style(StrEnum):
    """How a line begins an update."""

    HEADING = "heading"
    LINE = "line"
    BULLET = "bullet"
    FIELD = "field"


class Signature(NamedTuple):
    """Who signs a line, its title without the name, and where the words after the name begin."""

    author: str | None
    title: str
    end: int


class Beginning(NamedTuple):
    """A line that can begin an update; ``written`` is None for a heading without a time.

    ``signed`` is what may sign a line, marked as ``**Mara**:`` is.
    """

    style: Style
    title: str
    written: WrittenTime | None = None
    level: int = 0
    author: str | None = None
    signed: Signature | None = None

    @property
    def timed(self) -> bool:
        """Tell whether the line gives a time of day."""
        return self.written is not None and self.written.clock is not None


# Each begins with a digit, so that the search runs from digit to digit.
_QUICK = re.compile(
    r"[0-9](?:(?<=2)0\d\d[-/.\d]|:[0-5]\d|(?:st|nd|rd|th)?,? 20\d\d|\d? ?[ap]m)", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_BULLET = re.compile(r"(?:[-*+•]|(\d{1,3}[.)]))[ \t]+(?!\[ \])(?:\[[xX]\][ \t]+)?")
_DECOR = re.compile(
    r"(?:[=~*]{2,20}[ ]|-{3,20}[ ]|[^\w\s#|>-]{1,2}\ufe0f?[ ])?[*_`~]{0,3}[\[(]?[*_`]{0,3}"
)
_TAG = re.compile(
    r"[*_`]{0,3}[\[@]([A-Za-z][\w.-]{0,30})[*_`]{0,3}\]?[*_`:]{0,4}[ \t]{1,3}[\[(]?(?=\d)"
)
_LEVEL = re.compile(r"[\[(]?(?:INFO|WARN(?:ING)?|ERROR|DEBUG|NOTICE|TRACE)[\])]?[ \t:|-]+")
_AFTER = re.compile(r"[*_`\])}]*[ \t]*(?:[-\u2013—:|,;.→>]+[ \t]*)?[*_`]*[ \t]*")
_LABEL = re.compile(
    r"[*_]{0,2}([A-Za-z][\w/'-]*(?: [A-Za-z&][\w/&'-]*){0,3})[*_]{0,2}[ ]?(?:[(\[@|]|—|\u2013|-"
    r"|:|)[ ]?[*_`(\[]{0,3}(?=[\dJFMASONDTW])"
)
_FIELDS = re.compile(r"([A-Z][A-Z0-9-]{1,15})[ \t]*\|[ \t]*(?=\d)")
_OWNER = re.compile(
    r"[ \t]*(?:UTC)?[ \t]*(?:[+-]\d\d:?\d\d)?[ \t]*\|[ \t]*([^|]{1,64}?)[ \t]*(?:\||$)"
)
_FIELD_LABEL = re.compile(
    r"(?:task|commit|title|summary|note|status|msg|message|what)[ \t]*:[ \t]*", re.IGNORECASE
)
# Lines of detail that bear a time of their own but report on the update around them.
_DETAIL_FIELD = re.compile(
    r"VERIFY|CHECK|GIT|TESTS?|RISK|SCOPE|FILES?|RESULTS?|LOCKS?|NEXT|PLAN|ETA|DUE"
)
_UPDATE_LABEL = re.compile(
    r"(?:proof|update|status|progress|entry|log\b|check-?in|checkpoint|heartbeat|report"
    r"|note\b|health|eod|sod|standup"
    r"|start|end\b|done|work|session|manager|request|cycle|hour|ping)",
    re.IGNORECASE,
)
# After these words a time is that of something else.
_NOT_ITS_OWN = (
    *("last", "next", "since", "until", "till", "before", "after", "from", "by", "due", "eta"),
    *("as of", "expire", "expires", "expected", "deadline", "version", "created", "modified"),
    *("updated", "updated at", "updated on", "generated", "run", "plan", "planned", "plan for"),
    *("planned for", "schedule", "scheduled", "schedule for", "scheduled for", "target", "sprint"),
)
_FIELD = re.compile(r"(?:[-*+] )?[*_]{0,2}([A-Z][A-Za-z /]{1,20})[*_]{0,2}[ ]?:[*_]{0,2}[ \t]*")
_TIME_FIELD = re.compile(
    r"(?:date|time|timestamp|date ?/ ?time|datetime|when|logged|posted)$", re.IGNORECASE
)
_TRAILING_CLOCK = re.compile(r"(?:[-\u2013—|@(\[]|\bat\b)[ \t]*(?=\d{1,2}:[0-5]\d)")
_SLOT = r"(?:<[^<>]{1,60}>|\{\{?[^{}]{1,60}\}\}?|\[[A-Za-z][^\[\]]{0,60}\])[*_` ]*"
_PLACEHOLDER = re.compile(rf"[*_` ]*{_SLOT}(?:[-\u2013—:|,]{{1,2}}[*_` ]*{_SLOT}){{0,6}}$")
_OPENS_SLOT = frozenset("*_` <{[")
_TIME_TAG = re.compile(r"\[(?:time|date|timestamp|when)[ ]?:[ ]?([^\[\]]{1,48})\]", re.IGNORECASE)
_AGENT_TAG = re.compile(r"\[(?:agent|author|from|by)[ ]?:[ ]?([^\[\]]{1,64})\][ ]?", re.IGNORECASE)
_EDGES = " \t*_`-\u2013—:|,;()[]→>#"
_SLUG_OWNER = re.compile(
    r"[*`\[@]{0,3}([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)[*`\]]{0,3}[ \t]*"
    r"(?:(?:--|—|\u2013|-|:|\|)[ \t]+|(?<=\])[ \t]+)"
)
_TITLED_OWNER = re.compile(
    r"((?:[A-Z][\w/&-]{0,24} ){1,3}(?:Agent|Bot|Engineer|Developer|Specialist))[ \t]*"
    r"(?:--|—|\u2013|-|:|\|)[ \t]+"
)
_MARKED = re.compile(
    r"[*_`\])}]{0,4}[ \t]*(?:[-\u2013—:|]{1,2}[ \t]*)?(?:\*\*@?([A-Za-z][\w .&/-]{0,40}?)(?:\*\*[ ]?(?:\([^()]{1,40}\)[ ]?)?(?::|--|—|\u2013|-|\|)"
    r"|:\*\*)|@([A-Za-z][\w-]{0,40}):)[ \t]+"
)
# What stands before a colon or a dash as often as a name does.
_NO_OWNER = re.compile(
    r"(?:fix|feat|docs?|chore|tests?|refactor|perf|style|build|ci|lint|notes?|updates?|status"
    r"|done|todo|wip|start|end|results?|task|summary|blocker|blocked|next|plan|proof|poll|health"
    r"|ping|ack|re|fyi|eod|sod|pr|merge|release)$"
)


def is_field(line: str) -> bool:
    """Tell whether the line gives a value for a name, as ``**Owner:** mara`` does."""
    return ":" in line[:40] and _FIELD.match(line[:PREFIX]) is not None


def time_field(line: str) -> int | None:
    """Return where in the line the value of a field such as ``Date:`` begins, or None."""
    found = _FIELD.match(line[:PREFIX]) if ":" in line[:40] else None
    return found.end() if found and _TIME_FIELD.match(found[1]) else None


def is_placeholder(text: str) -> bool:
    """Tell whether the text is a slot in a template, such as ``<title>``."""
    return text[:1] in _OPENS_SLOT and _PLACEHOLDER.match(text) is not None


def sign_of(begun: Beginning, end: int) -> Signature:
    """Return who signs a stamped line of a log that many share; ``end`` is where its stamp ends."""
    if begun.author is not None:
        return Signature(begun.author, begun.title, end)
    if begun.signed is None:
        return Signature(*owner_of(begun.title, stamped=True), end)
    name = begun.signed.author or ""
    if _NO_OWNER.match(name.lower()) or is_section(name) or is_plan(name):
        return Signature(None, begun.title, end)
    return begun.signed


def owner_of(title: str, *, stamped: bool = False) -> tuple[str | None, str]:
    """Split a title such as ``parser-dev -- Fix the lexer`` into who wrote it and the rest.

    A ``stamped`` one may be a name and nothing else. A level such as ``INFO`` before it is no name.
    """
    level = _LEVEL.match(title)
    title = title[level.end() :] if level else title
    found = _SLUG_OWNER.match(title) or _TITLED_OWNER.match(title)
    if found is None and stamped and _SLUG_OWNER.fullmatch(f"{title} - "):
        return (None, title) if _NO_OWNER.match(title) else (title, title)
    if found and _NO_OWNER.match(found[1]):
        return None, title
    return (found[1], title[found.end() :]) if found else (None, title)


def may_begin(line: str) -> bool:
    """Tell cheaply whether a line that is no heading bears what can be the time of an update."""
    return _QUICK.search(line, 0, 120) is not None


def read_beginning(line: str) -> Beginning | None:
    """Return how an update may begin on this line, or None; an indented line begins none."""
    first = line[:1]
    if not first or first in INDENTED:
        return None
    if first == "#":
        return _heading(line)
    if not may_begin(line):
        return None
    text = line[:PREFIX]
    if first.isupper() and (found := _FIELDS.match(text)):
        return _fields(text, found)
    bullet = _BULLET.match(text)
    start = bullet.end() if bullet else 0
    if first.isalpha() and not first.isupper() and not bullet and text[:5].lower() != "proof":
        return None
    style = Style.BULLET if bullet else Style.LINE
    begun = (
        _stamped(text, start, style) or _tagged(text, start, style) or _labelled(text, start, style)
    )
    is_step = bullet is not None and bullet[1] is not None
    return None if begun and is_step and not _is_whole(begun) else begun


def _is_whole(begun: Beginning) -> bool:
    """Tell whether a day and a time of day are given: a numbered step may bear the latter alone."""
    return begun.timed and begun.written is not None and begun.written.day is not None


def is_strong(line: str) -> bool:
    """Tell whether an update surely begins here, though a code fence may stand open."""
    begun = read_beginning(line)
    return begun is not None and begun.timed and begun.style in (Style.HEADING, Style.LINE)


def _stamped(text: str, start: int, style: Style) -> Beginning | None:
    decor = _DECOR.match(text, start)
    at = decor.end() if decor else start
    written = match_time(text, at)
    if written is None and text[at : at + 1].isdigit() is False:
        return None
    if written is None or not _stands_alone(text, at, written, style, start):
        return None
    rest = _behind(text, written)
    if is_placeholder(rest):
        return None
    marked = _MARKED.match(text, written.end)
    signed = None
    if marked is not None:
        signed = Signature(marked[1] or marked[2], _title(text[marked.end() :]), marked.end())
    return Beginning(style, _title(rest), written, signed=signed)


def _behind(text: str, written: WrittenTime) -> str:
    """Return the words after a stamp and its marks; a quotation that begins them keeps its mark."""
    after = _AFTER.match(text, written.end)
    end = after.end() if after else written.end
    opens = text[end - 1] == "`" and text[end:].count("`") % 2
    return text[end - 1 if opens else end :]


def _stands_alone(text: str, at: int, written: WrittenTime, style: Style, start: int) -> bool:
    after = text[written.end : written.end + 1]
    if after.isalnum() or after in ("/", "_", "%"):
        return False
    if written.day is not None and written.clock is not None:
        rest = text[written.end : written.end + 3].lstrip()
        return not (style is Style.LINE and rest[:1].islower() and at == start)
    separated = (
        text[written.end : written.end + 3].lstrip(" \t*_`])")[:1] in "-\u2013—:|→" or not after
    )
    framed = at > start
    return separated or framed


def _tagged(text: str, start: int, style: Style) -> Beginning | None:
    """Read ``[mara] 2026-02-07 09:00Z - parser``; the title keeps who wrote it."""
    tag = _TAG.match(text, start)
    written = match_date(text, tag.end()) if tag else None
    if tag is None or written is None or written.clock is None:
        return None
    after = _AFTER.match(text, written.end)
    rest = _title(text[after.end() if after else written.end :])
    if is_placeholder(rest) or _is_of_another(tag[1]):
        return None
    return Beginning(style, f"{tag[1]}: {rest}" if rest else tag[1], written)


def _labelled(text: str, start: int, style: Style) -> Beginning | None:
    label = _LABEL.match(text, start)
    written = match_date(text, label.end()) if label else None
    if label is None or written is None or written.clock is None:
        return None
    name = label[1]
    between = text[label.end(1) : label.end()]
    tail = text[written.end : written.end + 2].strip(" *_`)]")[:1]
    after = _AFTER.match(text, written.end)
    rest = text[after.end() if after else written.end :]
    if is_placeholder(rest) or not _names_update(name, between, tail):
        return None
    return Beginning(style, _title(rest) or name, written)


def _names_update(name: str, between: str, tail: str) -> bool:
    """Tell whether ``name``, then ``between``, then a stamp, then ``tail`` announces an update.

    ``Proof of work (stamp): …`` does; ``Last run: stamp`` is a detail of another.
    """
    if _is_of_another(name) or "|" in between:
        return False
    if _UPDATE_LABEL.match(name):
        return True
    if ":" in between:
        return False
    if any(mark in between for mark in "([@"):
        return tail in ("", ":", "-", "—", "\u2013")
    return name.isupper() and len(name) <= 12


def _fields(text: str, found: re.Match[str]) -> Beginning | None:
    if _DETAIL_FIELD.match(found[1]):
        return None
    written = match_date(text, found.end())
    if written is None:
        return None
    owner = _OWNER.match(text, written.end)
    if owner is None:
        return None
    fields = [field.strip() for field in text[owner.end() :].split("|") if field.strip()]
    title = fields[-1] if fields else found[1]
    label = _FIELD_LABEL.match(title)
    return Beginning(
        Style.FIELD,
        _title(title[label.end() :] if label else title),
        written,
        author=owner[1].strip(),
    )


def _heading(line: str) -> Beginning | None:
    parts = heading(line)
    if parts is None:
        return None
    level, text = parts
    if is_placeholder(text):
        return None
    author = None
    if "[" in text and (tag := _AGENT_TAG.search(text[:400])):
        author = tag[1].strip()
        text = _TIME_TAG.sub(r"\1", _AGENT_TAG.sub("", text[:400]))
    has_digit = text[:1].isdigit() or _DIGIT.search(text, 0, 400)
    written = _heading_time(text) if has_digit else None
    if written is None:
        return Beginning(Style.HEADING, _title(text), None, level)
    before = text[: written.start].rstrip(_EDGES)
    after = text[written.end :].lstrip(_EDGES)
    if (before and is_placeholder(before)) or (after and is_placeholder(after)):
        return None
    title = " — ".join(part for part in map(_closed, (before, after)) if part)
    return Beginning(Style.HEADING, _title(title), written, level, author)


def _is_of_another(before: str) -> bool:
    """Tell whether the words before a time make it that of something else: ``Next run: …``."""
    return before != "" and before.rstrip(" :(*_`-").lower().endswith(_NOT_ITS_OWN)


def _closed(part: str) -> str:
    """Close the bracket that a stamp was cut out of, or drop the end of one."""
    missing = part.count("(") - part.count(")")
    return part + ")" * missing if missing > 0 else part.rstrip(")") if missing < 0 else part


def _heading_time(text: str) -> WrittenTime | None:
    written = search_date(text[:400])
    if written is not None:
        return None if _is_of_another(text[: written.start]) else written
    decor = _DECOR.match(text)
    at = decor.end() if decor else 0
    written = match_time(text, at)
    if written is not None and not text[written.end : written.end + 1].isalnum():
        return written
    for found in _TRAILING_CLOCK.finditer(text[:400]):
        written = match_time(text, found.end())
        if (
            written is not None
            and not text[written.end :].strip(_EDGES)
            and not _is_of_another(text[: found.start()])
        ):
            return written
    return None


def _title(text: str) -> str:
    return " ".join(text[:400].replace("**", "").split()).strip(" -\u2013—:|=~")[:200]
