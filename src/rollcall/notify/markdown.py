"""Make agent text harmless in Markdown: in a table cell, in a line of prose, in a code fence.

A character that Markdown, GitHub's extensions (GFM 0.29: tables, strikethrough, autolinks) or
HTML would act on is replaced by its full-width twin (U+FF01 to U+FF5E, Unicode's Halfwidth and
Fullwidth Forms). The line then reads the same raw and rendered, nothing that splits rows at bars
or looks for markers is misled, and NFKC normalisation gives the original back.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_CELL = 200
ELLIPSIS = "…"
NOTHING = "—"

_TO_FULL_WIDTH = 0xFEE0
_ALWAYS_ACTIVE = "|<`[]!@*$"
_SOMETIMES_ACTIVE = re.compile(
    r"(?<![^\W_])_|_(?![^\W_])"  # emphasis; inside a word an underscore does nothing
    r"|~(?=~)|(?<=\S)~"  # strikethrough; "~5 min" opens nothing that can be closed
    r"|\\(?=[!-/:-@\[-`{-~])"  # an escape
    r"|&(?=\#?\w+;)"  # an entity
    r"|(?<=:)//"  # an address
    r"|(?<=\bwww)\.",
    re.IGNORECASE,
)
_AT_LINE_START = re.compile(r"^(?:[#>+=:-]|\d+(?=[.)]))")
_ACTIVE = {ord(sign): chr(ord(sign) + _TO_FULL_WIDTH) for sign in _ALWAYS_ACTIVE}
# Letters and marks that show nothing: combining grapheme joiner, Hangul and Khmer fillers, braille blank.
_BLANK = dict.fromkeys((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0), " ")


def cell(text: str, *, limit: int = LONGEST_CELL) -> str:
    """Return ``text`` as one line of a table cell, at most ``limit`` characters; a dash for none."""
    plain = _SOMETIMES_ACTIVE.sub(_widen, one_line(text, limit=limit))
    return plain.translate(_ACTIVE) or NOTHING


def inline(text: str, *, limit: int = LONGEST_CELL) -> str:
    """Return ``text`` as one line of prose that also begins no heading, list, rule or quotation."""
    return _AT_LINE_START.sub(_widen, cell(text, limit=limit))


def fenced(text: str) -> str:
    """Return ``text`` as a code block: its lines kept, its fence longer than any run in it."""
    lines = [one_line(line, limit=None, squeeze=False) for line in text.splitlines()]
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}text", *lines, fence))


def one_line(text: str, *, limit: int | None = LONGEST_CELL, squeeze: bool = True) -> str:
    """Return ``text`` without line breaks, controls, direction marks and invisible characters.

    ``squeeze`` makes every run of white space one space; ``limit`` counts the ellipsis.
    """
    seen = "".join(map(_visible, text.translate(_BLANK)))
    if squeeze:
        seen = " ".join(seen.split())
    if limit is not None and len(seen) > limit:
        return seen[: limit - len(ELLIPSIS)].rstrip() + ELLIPSIS
    return seen


def _visible(sign: str) -> str:
    match unicodedata.category(sign):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf":
            return ""
        case "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case _:
            return sign


def _widen(found: re.Match[str]) -> str:
    return "".join(chr(ord(sign) + _TO_FULL_WIDTH) for sign in found[0])
