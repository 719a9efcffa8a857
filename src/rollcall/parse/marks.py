"""Find the lines of a feedback file that can matter, by the cheapest questions there are.

A log is mostly prose. What can begin an entry, tell its time, or hide lines from the reader bears
one of a few marks; all other lines are never read as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

INDENTED = frozenset(" \t>\r")
"""What a line begins with that belongs to the line above it."""

_MINUTES = re.compile(r":[0-5]\d")
_YEAR = re.compile(r"20\d\d")
# An hour and half of the day, behind a bullet and decoration or behind a field's name.
_HOUR = re.compile(
    r"(?:(?:\d{1,3}[.)])?[\W_xX]{0,40}|[\W_]{0,6}[A-Za-z][A-Za-z /_]{0,20}[\W_]{0,4}:[\W_]{0,40})"
    r"\d{1,2} ?[aApP]\.?[mM]\b"
)
# Every digit as 0, every letter of "am" and "pm" as that of "pm".
_ALIKE = bytes.maketrans(b"0123456789aApPmM", b"0000000000ppppmm")
_HIDING = ("```", "~~~", "<!--")


class Marks(NamedTuple):
    """The ``places`` (indexes, ascending) of all lines that can matter, the number of lines last.

    Those of ``hiding`` hold what opens or closes a fence or a comment.
    """

    places: list[int]
    hiding: AbstractSet[int]


def find_marks(lines: Sequence[str]) -> Marks:
    """Return what marks there are.

    All other lines mean nothing by themselves: they belong to what stands above them. Where a
    heading still waits for content of its own, any line may be that. Every time that a line can
    begin with holds minutes, a year, or half of the day.
    """
    minutes, year = _MINUTES.search, _YEAR.search
    places = [
        index
        for index, line in enumerate(lines)
        if line
        and (
            (first := line[0]) in "#|"
            or (
                first not in INDENTED
                and ((":" in line and minutes(line)) or ("20" in line and year(line)))
            )
        )
    ]
    text = "\n".join(lines)
    hiding = {
        index
        for mark in _HIDING
        if mark in text
        for index, line in enumerate(lines)
        if mark in line
    }
    halves = _find_halves_of_days(lines) if _may_tell_half_of_day(text) else ()
    if hiding or halves:
        places = sorted(hiding.union(places, halves))
    places.append(len(lines))
    return Marks(places, hiding)


def _may_tell_half_of_day(text: str) -> bool:
    """Tell cheaply whether ``9am``, ``12 p.m.`` or the like stands anywhere in the text."""
    return b"0pm" in text.encode("ascii", "replace").translate(_ALIKE, b" .")


def _find_halves_of_days(lines: Sequence[str]) -> list[int]:
    return [index for index, line in enumerate(lines) if _HOUR.match(line)]
