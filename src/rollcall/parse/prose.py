"""What an agent says in its own words: an entry's lines without code, quotations and plans' boxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rollcall.parse.evidence_text import Place, place_of
from rollcall.parse.markdown import fence, heading, is_conflict_marker

QUOTED = "\ufffc"
"""What stands in place of words that are not the agent's own."""

_LONGEST = 600
_MARKER = re.compile(
    r"[ \t]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?(?:\[[xX]\][ \t]+|(?P<box>\[ \][ \t]+))?"
)
_QUOTATION = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|`.*|\".*|“.*", re.DOTALL)
_NUMBER = re.compile(r"\+?\d[\d:.TZ+-]{0,30}(?: ?(?:UTC|GMT|[AaPp][Mm]|m|h|min))?")
_LABEL = re.compile(r"(?:[*_]{0,2}[A-Za-z][^:.;]{0,60}:[*_]{0,2}|\*\*[^*]{1,80}\*\*:?)\s*")


def own_lines(
    lines: Sequence[str], wanted: Callable[[str], bool], *, with_plans: bool
) -> Iterator[tuple[int, str]]:
    """Yield the index of each line of prose that is wanted, and its words without marks.

    ``wanted`` is asked about the line in lower case. Without ``with_plans``, what stands under a
    heading or label of plans, or in an empty box, is left out. The first line of an entry is its
    heading, whose stamp stands in it.
    """
    inside, planned = "", False
    for index, whole in enumerate(lines):
        line = whole[:_LONGEST].rstrip()
        found = fence(whole) if "```" in line or "~~~" in line else None
        if found is not None and (not inside or (found[0][0] == inside and not found[1])):
            inside = "" if inside else found[0][0]
        elif line and not inside:
            if not with_plans and index and _may_label(line):
                planned = _plans(line, otherwise=planned)
            if not planned and wanted(line.lower()):
                words = _words_of(line, index, with_plans=with_plans)
                if words:
                    yield index, words


def _may_label(line: str) -> bool:
    return line[-1] in ":*" or line.startswith("#", 0, 4)


def _plans(line: str, *, otherwise: bool) -> bool:
    """Tell whether a heading or a label announces plans; ``otherwise`` where it is neither."""
    title = heading(line)
    if title is None and not _LABEL.fullmatch(line.lstrip()):
        return otherwise
    return place_of(title[1] if title else line.strip(" *_:")) is Place.PLAN


def _words_of(line: str, index: int, *, with_plans: bool) -> str:
    """Return the words of a line, quotations left out; none of one that is all quoted or planned."""
    if (index and line.lstrip()[0] in ">|<") or is_conflict_marker(line):
        return ""
    title, marker = heading(line), _MARKER.match(line)
    if not with_plans and marker is not None and marker["box"]:
        return ""
    words = title[1] if title else line[marker.end() if marker else 0 :]
    return _QUOTATION.sub(_without, words).replace("*", "").replace("__", "").strip()


def _without(quotation: re.Match[str]) -> str:
    """Return nothing of a quotation, unless it only sets off a time or a number."""
    inner = quotation[0].strip("`")
    return inner if _NUMBER.fullmatch(inner) else QUOTED
