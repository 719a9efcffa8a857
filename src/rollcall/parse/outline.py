"""A message's lines with what stands above each: its heading, and the words that introduce it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_LINE = 4096
"""Characters of a line that are looked at: a file may hold lines of any length."""

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(\S.*)$")
_ITEM = re.compile(r"(\s*)([-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(\S.*)$")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7})(?: |$)|={7}$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: ``above`` holds what introduces it, the nearest first.

    ``level`` is the heading's level, 0 for other lines; ``heading`` is the nearest heading above
    (its own text for a heading). ``fenced`` lines stand in a code block.
    """

    number: int
    text: str
    level: int = 0
    item: bool = False
    indent: int = 0
    heading: str = ""
    above: tuple[str, ...] = ()
    fenced: bool = False


def outline(lines: Sequence[str], first: int = 1) -> tuple[Line, ...]:
    """Return the lines of ``lines`` that are not blank; the first has the number ``first``.

    Bullets stand below a numbered item before them that ends with a colon, indented or not.
    """
    return tuple(_walk(lines, first))


def _walk(lines: Sequence[str], first: int) -> Iterator[Line]:
    heading, intro, fenced = "", "", False
    parents: list[tuple[int, str, bool]] = []
    for number, raw in enumerate(lines, first):
        text = raw[:MAX_LINE].lstrip("\ufeff").rstrip()
        if not text or _CONFLICT.match(text):
            continue
        if _FENCE.match(text):
            fenced = not fenced
            continue
        if fenced:
            yield Line(number, text.strip(), heading=heading, fenced=True)
            continue
        if found := _HEADING.match(text):
            heading, intro, parents = found[2].rstrip("# "), "", []
            yield Line(number, heading, len(found[1]), heading=heading)
        elif found := _ITEM.match(text):
            indent, said = len(found[1].expandtabs()), found[3]
            numbered = found[2][0].isdigit()
            parents = [
                (at, text_of, opens)
                for at, text_of, opens in parents
                if at < indent or (at == indent and opens and not numbered)
            ]
            above = (*(said for _, said, _ in reversed(parents)), *([intro] if intro else []))
            yield Line(number, said, item=True, indent=indent, heading=heading, above=above)
            parents.append((indent, said, numbered and said.endswith(":")))
        else:
            indent = len(text) - len(text.lstrip())
            inner = [said for at, said, _ in parents if at < indent]
            if not inner:
                parents = []
            in_table = text.lstrip().startswith("|") and not inner
            above = (*reversed(inner), *([intro] if intro and (inner or in_table) else []))
            text = text.strip()
            yield Line(number, text, indent=indent, heading=heading, above=above)
            if not inner and not in_table:
                intro = text if text.endswith(":") else ""
