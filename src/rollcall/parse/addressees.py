"""Whom a line names: by a label, a call, a table's cell, or the heading above it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rollcall.parse.outline import Line
from rollcall.parse.questions import called_in, is_order

_ASKS = re.compile(
    r"(?:please|can|could|would|will|do|does|did|is|are|have|has|what|which|when|where|who|how|why|we|i)\b",
    re.IGNORECASE,
)
LABEL = re.compile(r"(?:\*\*)?@?([A-Za-z][\w /&.-]{0,48}?)(?:\*\*)?\s*:(?:\*\*)?(?:\s+|$)(.*)$")
_CELL = re.compile(r"\|\s*(?:\*\*)?@?([A-Za-z][\w /&.-]{0,48}?)(?:\*\*)?\s*\|")
_AT = re.compile(r"(?<![\w@.])@([A-Za-z][\w-]{1,40})")
WHOM = re.compile(
    r"\b(?:from|for|to)\s+(?:the\s+)?(@?[\w/&-]{1,40}(?: [\w/&-]{1,24}){0,2})$", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\(@?([A-Za-z][\w-]{1,40})\)")
_BESIDE = re.compile(r"([\w /&.-]{1,48}?)\s*[(\[@:\u2013—-]\s*@?([\w /&.-]{1,48}?)[)\]]?$")


def looks_like_name(heading: str) -> bool:
    """Tell whether all words of a heading are written large, as in a name."""
    words = re.split(r"[\s/]+", heading)
    return len(words) <= 4 and all(word[:1].isupper() or word[:1] == "@" for word in words if word)


def is_label(text: str) -> bool:
    """Tell whether ``text`` is only the name, as it may be, of whoever is asked below it."""
    label = LABEL.match(text)
    return label is not None and not label[2] and looks_like_name(label[1])


def names_of(line: Line) -> Iterator[str]:
    """Yield the names that the line, what stands above it and its heading may be asking by."""
    for text in (line.text, *line.above):
        if label := LABEL.match(text) or _CELL.match(text):
            yield label[1].strip()
        called = [name for name, said in called_in(text) if is_order(said) or _ASKS.match(said)]
        at = _AT.findall(text)
        # "@ben @noor the page is live. Noor, please test it" asks noor alone.
        one_of_them = {name.casefold() for name in called} & {name.casefold() for name in at}
        yield from called if one_of_them else (*at, *called, *_IN_BRACKETS.findall(text))
    yield from named_by(line.heading)


def named_by(heading: str) -> Iterator[str]:
    """Yield the names that a heading may be of: its own words, one after "for", one in brackets."""
    if whom := WHOM.search(heading[:200]):
        yield whom[1].strip()
    if beside := _BESIDE.fullmatch(heading[:100]):
        yield from (beside[1].strip(), beside[2].strip())
    if looks_like_name(heading) or len(heading.split()) == 1:
        yield heading
