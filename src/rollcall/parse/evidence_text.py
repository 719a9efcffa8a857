"""Cut an entry into clauses, each with what stands around it: its section, its label, its sort."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rollcall.parse.evidence_gates import (
    ALL_OPEN,
    HAS_DIGIT,
    HAS_MARK,
    MAY_ANSWER,
    MAY_PATCH,
    MAY_TELL_OUTCOME,
    gates_of,
    may_matter,
    words_of,
)
from rollcall.parse.markdown import PREFIX, fence, heading, is_conflict_marker
from rollcall.parse.seeking import fold

_MAX_CLAUSES = 400
_LONGEST = 1000
_WRAPPED = 56
_LEAD = " \t#*_])}:—\u2013-|>,"
_TELLING = MAY_TELL_OUTCOME | MAY_ANSWER | HAS_DIGIT | HAS_MARK
_ENDS = (".", ":", ";", "!", "?", "|", "✅", "✓", ")")


_JSON = ("{", "[", '"', "}", "]")
_QUOTED = re.compile(
    r"\b(?:payloads?|samples?|examples?|templates?|schemas?|formats?|config(?:uration)?s?"
    r"|requests? body|fixtures?)\b(?! (?:tests?|runs?|outputs?))",
    re.IGNORECASE,
)


class Place(StrEnum):
    """What the section or label around a clause makes of it."""

    OPEN = "open"
    PLAN = "plan"
    BLOCKER = "blocker"
    EVIDENCE = "evidence"
    FILES = "files"
    QUOTE = "quote"


# Bound once: a member is found in its class only slowly.
IN_OPEN, IN_PLAN, IN_BLOCKER, IN_EVIDENCE, IN_FILES, IN_QUOTE = Place


@dataclass(slots=True, eq=False)
class Clause:
    """One statement: its line (1-based in the file), its words, and what surrounds it.

    ``whole`` is the text with its label before it, so that the text begins at ``at``; ``low`` is
    ``whole`` in lower case. Most questions about it are answered without a pattern, by ``gates``,
    what its words and marks open, and ``tokens``, those of its words that matter at all; ``digit``
    tells whether it holds one.
    """

    line: int
    text: str
    place: Place
    label: str
    fenced: bool
    first: bool
    whole: str
    low: str
    gates: int
    at: int
    digit: bool

    @property
    def tokens(self) -> frozenset[str]:
        """Return those of its words that matter at all."""
        return words_of(self.low)


_MARKER = re.compile(r"([ \t]*)(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")
_MARKS = frozenset(" \t-*+•[0123456789")
_LABEL = re.compile(
    r"(?:\[[\w =.-]{1,40}\][ ]){0,3}(?:[^\w\s`*_/.\[(]{1,2}\ufe0f?[ ])?"
    r"[*_]{0,2}([A-Za-z][^:*`.;=]{0,60}?)[*_]{0,2}[ ]?"
    r"(?:\([^()]{0,80}\)[*_]{0,2})?:[*_]{0,2}(?=\s|$)[ \t]*"
)
_BOLD_LINE = re.compile(r"\*\*([^*]{1,80})\*\*:?[ \t]*(?:\([^()]{0,80}\))?:?$")
_BARE_LABEL = re.compile(
    r"(?:\[[\w =.-]{1,40}\][ ]){0,3}[A-Z][\w/&'\u2019-]*(?: [\w/&'\u2019()-]+){0,4}$"
)
# It begins with what it needs, so that the search runs from blank to blank.
_SPLIT = re.compile(r"[ \t](?<=[.;!?][ \t])[ \t]*(?=[A-Z`*\[(/~\d\"→✅❌])|;[ \t]+")

_PLAN = re.compile(
    r"(?:next\b|plans?\b|planned|planning|to-?do|remaining(?! blockers?\b)|upcoming|tomorrow"
    r"|proposed?|proposals?|requests?\b|asks?\b|immediate ask|queued|recommend"
    r"|acceptance|what i (?:need|propose|will)|how to|expected|goals?$|quick-?start|usage"
    r"|allowed|ready to|when authori[sz]ed|actions? (?:queued|needed|required)"
    r"|follow-?ups? (?:needed|planned)|(?:new )?action items?|directives?|reminders?|future"
    r"|validation plan|test plan|implication|strategic|process\b|inputs? needed|questions?"
    r"|references?$|focus|objectives?|key features|operational notes"
    r"|[\w -]{0,24}\b(?:next (?:steps?|cycle|actions?|tasks?|up)|to-?do|plan|criteria"
    r"|recommendations?))\b",
    re.IGNORECASE,
)
_BLOCKER = re.compile(
    r"(?:cannot|can['\u2019]t|unable to)\b|(?:[\w/ -]{0,24}\b)?(?:blockers?|blocked(?: on| by)?|waiting (?:on|for)|awaiting"
    r"|(?<!new )(?<!added )dependencies|risks? ?/ ?blockers|credentials status|impediments?"
    r"|outstanding)\b",
    re.IGNORECASE,
)
_RISK = re.compile(
    r"risks?\b|known limitations|concerns?\b|open (?:issues|questions)|caveats?", re.IGNORECASE
)
_EVIDENCE = re.compile(
    r"(?:[\w -]{0,24}\b)?(?:evidence|artifacts?|deliverables|proofs?|outputs?|shipped|produced)\b",
    re.IGNORECASE,
)
_FILES = re.compile(
    r"(?:(?:key|new|changed|modified) )?(?:files?|changes?|changed|diffs?|code)\b", re.IGNORECASE
)


def _marker(text: str) -> tuple[int, int]:
    """Return where an item's marker, if the line has one, begins and where it ends."""
    if text[:2] == "- " and text[2] not in " \t[":
        return 0, 2
    found = _MARKER.match(text)
    return (found.end(1), found.end()) if found else (0, 0)


@lru_cache(maxsize=4096)
def place_of(words: str) -> Place:
    """Return what a heading or label of these words makes of what stands under it."""
    words = words.strip(" *_`✅⚠❌🟡-\u2013—#").lstrip("0123456789.) ")
    if _BLOCKER.match(words):
        return IN_BLOCKER
    if _PLAN.match(words) or _RISK.match(words):
        return IN_PLAN
    if _FILES.match(words):
        return IN_FILES
    if _EVIDENCE.match(words):
        return IN_EVIDENCE
    return IN_OPEN


def clauses(
    lines: Sequence[str], first: int, skip: int, *, opened: bool = False
) -> Sequence[Clause]:
    """Return the clauses of an entry whose first line is line ``first`` of its file, at most 400.

    ``skip`` is where, in the first line, the words after its stamp begin. Clauses that cannot show
    anything are left out; with ``opened`` they are not, and the gates of all stand open.
    """
    return _Walk(lines, first, skip, opened=opened).walk()


@dataclass(slots=True)
class _Paragraph:
    """A line and those that it is wrapped onto; ``joins`` are the offsets at which lines begin."""

    number: int
    index: int
    text: str
    indent: float
    is_item: bool
    joins: list[int]

    def line_at(self, offset: int) -> int:
        """Return the line of the file on which ``text[offset]`` stands."""
        return self.number + sum(1 for join in self.joins if join <= offset)


class _Walk:
    """One pass over the entry's lines, with the labels in force by their indentation."""

    def __init__(self, lines: Sequence[str], first: int, skip: int, *, opened: bool) -> None:
        self._opened = opened
        self._lines = lines
        self._first = first
        self._skip = skip
        self._labels: list[tuple[float, Place]] = []
        self._fence = ""
        self._quotes = False
        self._said = ""
        self._blank = False
        self._open: _Paragraph | None = None
        self._found: list[Clause] = []
        self._passed_over = 0

    def walk(self) -> Sequence[Clause]:
        """Return every clause, up to the most that are looked at."""
        title = self._lines[0][:PREFIX].rstrip()[self._skip :].lstrip(_LEAD).rstrip(" \t*_")
        if title:  # a heading may be its stamp alone
            self._cut(_Paragraph(self._first, 0, title, 0, False, []), IN_OPEN)
        for index in range(1, len(self._lines)):
            text = self._lines[index][:PREFIX].rstrip()
            if not text:
                self._flush()
                self._blank = True
            elif text[0] not in "<>|=" or not is_conflict_marker(text):
                self._line(index, text)
            if len(self._found) + self._passed_over >= _MAX_CLAUSES:
                break
        self._flush()
        return self._found[:_MAX_CLAUSES]

    def _line(self, index: int, text: str) -> None:
        may_stand_apart = self._fence or "```" in text or "~~~" in text or "#" in text[:4]
        if may_stand_apart and self._apart(index, text):
            return
        inner, end = _marker(text) if text[0] in _MARKS else (0, 0)
        if "[ ]" in text[:end]:
            self._flush()
            return
        is_item = end > inner
        if not is_item and self._joins(text):
            return
        self._flush()
        indent = len(text[:inner].expandtabs(4)) if inner else 0
        self._open = _Paragraph(self._first + index, index, text[end:], indent, is_item, [])

    def _apart(self, index: int, text: str) -> bool:
        """Take a heading, a fence or a line within one; tell whether it was any of these."""
        marks = fence(text)
        if self._fence:
            if marks and not marks[1] and marks[0].startswith(self._fence):
                self._fence = ""
            else:
                line = self._first + index
                quoted = self._quotes and text.lstrip()[:1] in _JSON
                place = IN_QUOTE if quoted else self._place()
                self._take(line, text.strip(), place, fenced=True)
            return True
        head = heading(text)
        if marks is None and head is None:
            return False
        self._flush()
        self._quotes = _QUOTED.search(self._said) is not None
        self._fence = marks[0] if marks else ""
        if head:
            self._said = head[1]
            self._push(head[0] - 10, head[1])
        return True

    def _joins(self, text: str) -> bool:
        """Join a line to the one above if that one was wrapped onto it."""
        above = self._open
        if above is None or len(above.text) > PREFIX:
            return False
        before = self._lines[above.index + len(above.joins)]
        if len(before) < _WRAPPED or above.text.endswith(_ENDS):
            return False
        above.joins.append(len(above.text) + 1)
        above.text = f"{above.text} {text.strip()}"
        return True

    def _flush(self) -> None:
        if self._open is not None:
            self._body(self._open)
            self._said, self._open, self._blank = self._open.text, None, False

    def _body(self, paragraph: _Paragraph) -> None:
        body, is_item = paragraph.text, paragraph.is_item
        depth = paragraph.indent if is_item else paragraph.indent - 0.5
        if self._labels:
            self._leave(paragraph.indent, depth, is_item=is_item)
        bold = _BOLD_LINE.match(body) if body.startswith("**") else None
        if bold or (not is_item and self._is_bare_label(paragraph.index, body)):
            self._push(depth, bold[1] if bold else body)
            return
        label = _LABEL.match(body) if ":" in body else None
        if label is None:
            self._cut(paragraph, self._place())
        elif label.end() == len(body):
            self._push(depth, label[1], inherit=True)
            self._cut(paragraph, self._place(), label[1])
        else:
            own = place_of(label[1])
            place = own if own is not IN_OPEN else self._place()
            self._labels.append((depth, place))
            self._cut(paragraph, place, label[1], label.end())

    def _leave(self, indent: float, depth: float, *, is_item: bool) -> None:
        """Drop the labels under which a line so indented no longer stands."""
        while self._labels and self._labels[-1][0] >= depth:
            mine = self._labels[-1][0]
            if not is_item and indent > 0 and mine <= indent:
                return
            if not is_item and mine == depth and not self._blank:
                return
            self._labels.pop()

    def _is_bare_label(self, index: int, body: str) -> bool:
        if len(body) > 48 or _BARE_LABEL.match(body) is None:
            return False
        following = next((line for line in self._lines[index + 1 : index + 3] if line.strip()), "")
        return following.lstrip()[:2] in ("- ", "* ", "1)", "1.", "• ")

    def _push(self, depth: float, words: str, *, inherit: bool = False) -> None:
        while self._labels and self._labels[-1][0] >= depth:
            self._labels.pop()
        place = place_of(words)
        if inherit and place not in (IN_PLAN, IN_BLOCKER) and self._place() is IN_PLAN:
            place = IN_PLAN
        self._labels.append((depth, place))

    def _place(self) -> Place:
        return self._labels[-1][1] if self._labels else IN_OPEN

    def _cut(self, paragraph: _Paragraph, place: Place, label: str = "", start: int = 0) -> None:
        """Take the clauses of a paragraph."""
        body, is_first, at = paragraph.text, True, start
        # Spelled out: a loop over the marks takes longer than the search that it saves.
        may_split = ". " in body or "; " in body or "! " in body or "? " in body or "\t" in body
        while at < len(body):
            found = _SPLIT.search(body, at) if may_split else None
            end = found.start() if found else len(body)
            for begin in range(at, end, _LONGEST):
                part = body[begin : min(end, begin + _LONGEST)].strip()
                if part:
                    line = paragraph.line_at(begin) if paragraph.joins else paragraph.number
                    self._take(line, part, place, label, first=is_first)
                    is_first = False
            at = found.end() if found else len(body)

    def _take(
        self,
        line: int,
        text: str,
        place: Place,
        label: str = "",
        *,
        fenced: bool = False,
        first: bool = True,
    ) -> None:
        """Keep a clause if it may show anything, alone or as the result of what stands before."""
        whole = f"{label}: {text}" if label else text
        low = fold(whole)
        gates = gates_of(low)
        if fenced and text.startswith(("+++", "diff ")):
            gates |= MAY_PATCH
        after = gates & _TELLING and (label or fenced or not first)
        if not (may_matter(gates) or after or place is IN_BLOCKER or self._opened):
            self._passed_over += 1
            return
        digit = gates & HAS_DIGIT != 0
        gates = ALL_OPEN if self._opened else gates
        at = len(whole) - len(text)
        self._found.append(
            Clause(line, text, place, label, fenced, first, whole, low, gates, at, digit)
        )
