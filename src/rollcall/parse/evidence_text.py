"""Cut an entry into clauses, each with what stands around it: its section, its label, its sort."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rollcall.parse.markdown import PREFIX, fence, heading, is_conflict_marker

_MAX_CLAUSES = 400


class Place(StrEnum):
    """What the section or label around a clause makes of it."""

    OPEN = "open"
    PLAN = "plan"
    BLOCKER = "blocker"
    EVIDENCE = "evidence"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement: its line (1-based in the file), its words, and what surrounds it."""

    line: int
    text: str
    place: Place = Place.OPEN
    label: str = ""
    fenced: bool = False
    first: bool = True

    @property
    def whole(self) -> str:
        """Return the words with the label before them."""
        return f"{self.label}: {self.text}" if self.label else self.text


_MARKER = re.compile(r"([ \t]*)(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")
_LABEL = re.compile(r"(?:[^\w\s`*_/.\[(]{1,2}\ufe0f?[ ])?[*_]{0,2}([A-Za-z][^:*`.;=]{0,60}?)[*_]{0,2}[ ]?(?:\([^()]{0,80}\)[*_]{0,2})?:[*_]{0,2}(?=\s|$)[ \t]*")
_BOLD_LINE = re.compile(r"\*\*([^*]{1,80})\*\*:?[ \t]*(?:\([^()]{0,80}\))?:?$")
_BARE_LABEL = re.compile(r"[A-Z][\w/&'’-]*(?: [\w/&'’()-]+){0,4}$")  # noqa: RUF001 - agents write such quotes
_SPLIT = re.compile(r"(?<=[.;!?])[ \t]+(?=[A-Z`*\[(/~\d\"→✅❌])|;[ \t]+")

_PLAN = re.compile(
    r"(?:next\b|plans?\b|planned|planning|to-?do|remaining(?! blockers?\b)|upcoming|tomorrow|proposed?|proposals?|requests?\b|asks?\b|immediate ask|queued|recommend"
    r"|acceptance|what i (?:need|propose|will)|how to|expected|goals?$|quick-?start|usage|allowed|ready to|when authori[sz]ed|actions? (?:queued|needed|required)"
    r"|follow-?ups? (?:needed|planned)|future|validation plan|test plan|implication|strategic|process\b|inputs? needed|questions?|references?$|key features|operational notes"
    r"|[\w -]{0,24}\b(?:next (?:steps?|cycle|actions?|tasks?|up)|to-?do|plan|criteria|recommendations?))\b",
    re.IGNORECASE,
)
_BLOCKER = re.compile(
    r"(?:[\w/ -]{0,24}\b)?(?:blockers?|blocked(?: on| by)?|waiting (?:on|for)|awaiting|dependencies|risks? ?/ ?blockers|credentials status|impediments?|outstanding)\b",
    re.IGNORECASE,
)
_RISK = re.compile(r"risks?\b|known limitations|concerns?\b|open (?:issues|questions)|caveats?", re.IGNORECASE)
_EVIDENCE = re.compile(
    r"(?:[\w -]{0,24}\b)?(?:evidence|artifacts?|deliverables|proofs?|outputs?|shipped|produced)\b",
    re.IGNORECASE,
)
_FILES = re.compile(r"(?:(?:key|new|changed|modified) )?(?:files?|changes?|changed|diffs?|code)\b", re.IGNORECASE)


def place_of(words: str) -> Place:
    """Return what a heading or label of these words makes of what stands under it."""
    words = words.strip(" *_`✅⚠❌🟡-–—#").lstrip("0123456789.) ")  # noqa: RUF001 - agents write such dashes
    if _BLOCKER.match(words):
        return Place.BLOCKER
    if _PLAN.match(words) or _RISK.match(words):
        return Place.PLAN
    if _FILES.match(words):
        return Place.FILES
    if _EVIDENCE.match(words):
        return Place.EVIDENCE
    return Place.OPEN


def clauses(lines: Sequence[str], first: int, skip: int) -> Iterator[Clause]:
    """Yield the clauses of an entry whose first line is line ``first`` of its file.

    ``skip`` is where, in the first line, the words after its stamp begin. At most 400 are yielded.
    """
    count = 0
    for clause in _Walk(lines, first, skip).walk():
        yield clause
        count += 1
        if count >= _MAX_CLAUSES:
            return


class _Walk:
    """One pass over the entry's lines, with the labels in force by their indentation."""

    def __init__(self, lines: Sequence[str], first: int, skip: int) -> None:
        self._lines = lines
        self._first = first
        self._skip = skip
        self._labels: list[tuple[float, Place]] = []
        self._fence = ""
        self._blank = False

    def walk(self) -> Iterator[Clause]:
        for index, line in enumerate(self._lines):
            text = line[:PREFIX].rstrip()
            if index == 0:
                text = text[self._skip :]
                head = heading(self._lines[0])
                yield from self._cut(self._first, text.strip(" \t#*_"), Place.OPEN, "")
                if head is not None:
                    self._labels = []
                continue
            if not text or text.isspace():
                self._blank = True
                continue
            if is_conflict_marker(text):
                continue
            yield from self._line(self._first + index, index, text)
            self._blank = False

    def _line(self, number: int, index: int, text: str) -> Iterator[Clause]:
        marks = fence(text)
        if self._fence:
            if marks and not marks[1] and marks[0].startswith(self._fence):
                self._fence = ""
            else:
                yield Clause(number, text.strip(), self._place(), fenced=True)
            return
        if marks:
            self._fence = marks[0]
            return
        head = heading(text)
        if head is not None:
            self._push(head[0] - 10, head[1])
            yield from self._cut(number, head[1], Place.PLAN, "")
            return
        marker = _MARKER.match(text)
        end = marker.end() if marker else 0
        indent = len(marker[1].expandtabs(4)) if marker else 0
        is_item = marker is not None and marker.end() > marker.end(1)
        yield from self._body(number, index, text[end:], float(indent), is_item=is_item)

    def _body(
        self, number: int, index: int, body: str, indent: float, *, is_item: bool
    ) -> Iterator[Clause]:
        depth = indent if is_item else indent - 0.5
        while self._labels and self._labels[-1][0] >= depth and (
            is_item or indent == 0 or self._labels[-1][0] > indent
        ):
            if not is_item and self._labels[-1][0] == depth and not self._blank:
                break
            self._labels.pop()
        bold = _BOLD_LINE.match(body)
        if bold or (not is_item and self._is_bare_label(index, body)):
            self._push(depth, bold[1] if bold else body)
            return
        label = _LABEL.match(body)
        if label is None:
            yield from self._cut(number, body, self._place(), "")
            return
        rest = body[label.end() :]
        words = label[1]
        if not rest:
            self._push(depth, words, inherit=True)
            yield Clause(number, body, self._place(), words)
            return
        own = place_of(words)
        place = own if own is not Place.OPEN else self._place()
        self._labels.append((depth, place))
        yield from self._cut(number, rest, place, words)

    def _is_bare_label(self, index: int, body: str) -> bool:
        if len(body) > 48 or _BARE_LABEL.match(body) is None:
            return False
        following = next((line for line in self._lines[index + 1 : index + 3] if line.strip()), "")
        return following.lstrip()[:2] in ("- ", "* ", "1)", "1.", "• ")

    def _push(self, depth: float, words: str, *, inherit: bool = False) -> None:
        while self._labels and self._labels[-1][0] >= depth:
            self._labels.pop()
        place = place_of(words)
        if inherit and place not in (Place.PLAN, Place.BLOCKER) and self._place() is Place.PLAN:
            place = Place.PLAN
        self._labels.append((depth, place))

    def _place(self) -> Place:
        return self._labels[-1][1] if self._labels else Place.OPEN

    def _cut(self, number: int, body: str, place: Place, label: str) -> Iterator[Clause]:
        is_first = True
        for part in _SPLIT.split(body):
            if part:
                yield Clause(number, part, place, label, first=is_first)
                is_first = False
