"""Line-wise Markdown, as much of CommonMark as reading agents' logs needs.

Lines may be arbitrarily long and hold any character, so only their first ``PREFIX`` characters are
ever looked at, and every pattern takes time linear in what it reads.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

PREFIX = 4096
_COMMENT_LINES = 100
_FENCE_LINES = 200

_FENCE = re.compile(r"[ \t]*(?:[-*+] |\d{1,2}[.)] )?[ \t]*(`{3,}|~{3,})[ \t]*([^`]*)$")
_RULE = re.compile(r" {0,3}(?:(?:- ?){3,}|(?:\* ?){3,}|(?:_ ?){3,})[ \t\r]*$")
_CONFLICT_CHARS = frozenset("<=>|")
_CONFLICT = ("<<<<<<< ", ">>>>>>> ", "||||||| ")


def heading(line: str) -> tuple[int, str] | None:
    """Return the level and text of an ATX heading, or None."""
    if "#" not in line[:4]:
        return None
    text = line[:PREFIX].lstrip(" ")
    title = text.lstrip("#")
    level = len(text) - len(title)
    if not 1 <= level <= 6 or title[:1] not in ("", " ", "\t"):
        return None
    return level, title.rstrip(" \t#").strip()


def is_rule(line: str) -> bool:
    """Tell whether the line is a thematic break."""
    return line.strip()[:1] in ("-", "*", "_") and _RULE.match(line[:PREFIX]) is not None


def is_conflict_marker(line: str) -> bool:
    """Tell whether the line is one that git writes around two sides of a conflict."""
    return line[:1] in _CONFLICT_CHARS and (
        line.startswith(_CONFLICT) or line.rstrip() in ("=======", "<<<<<<<", ">>>>>>>")
    )


def may_hold_conflict(text: str) -> bool:
    """Tell cheaply whether any line of the text can be a conflict's marker."""
    return "=======" in text or "<<<<<<<" in text or ">>>>>>>" in text or "|||||||" in text


def fence(line: str) -> tuple[str, str] | None:
    """Return the run of fence characters that the line opens or closes with and its info string."""
    if "```" not in line[:64] and "~~~" not in line[:64]:
        return None
    found = _FENCE.match(line[:PREFIX])
    return (found[1], found[2].strip()) if found else None


def fence_end(
    lines: Sequence[str], marked: Sequence[int], at: int, is_beginning: Callable[[str], bool]
) -> int:
    """Return the index of the first line after the code fence that opens at ``at``.

    A fence that is never closed must not swallow the file: it ends at the first line for which
    ``is_beginning`` holds if another fence opens, or 200 lines pass, between that line and a closing
    fence. While neither has happened the text may still be code, and is taken for it. Only the
    ``marked`` lines, ascending and with ``len(lines)`` at their end, can be fences or beginnings.
    """
    opened = fence(lines[at])
    if opened is None:
        return at
    run = opened[0]
    crossed: int | None = None
    for place in range(bisect_right(marked, at), len(marked) - 1):
        index = marked[place]
        if crossed is not None and index - crossed > _FENCE_LINES:
            return crossed
        inner = fence(lines[index])
        if inner is not None and inner[0][0] == run[0]:
            if not inner[1] and len(inner[0]) >= len(run):
                return index + 1
            if inner[1] and crossed is not None:
                return crossed
        if crossed is None and is_beginning(lines[index]):
            crossed = index
    if crossed is None or len(lines) - crossed <= _FENCE_LINES:
        return len(lines)
    return crossed


def comment_end(lines: Sequence[str], at: int) -> int:
    """Return the index of the first line after the HTML comment that opens on line ``at``.

    A comment that is not closed within 100 lines is none: then the line itself is passed over.
    """
    if "-->" in lines[at][:PREFIX]:
        return at + 1
    for index in range(at + 1, min(len(lines), at + _COMMENT_LINES)):
        if "-->" in lines[index][:PREFIX]:
            return index + 1
    return len(lines) if len(lines) < at + _COMMENT_LINES else at + 1
