"""Find the lines of a feedback file that can matter, by the cheapest questions there are.

A log is mostly prose. What can begin an entry, tell its time, or hide lines from the reader bears
one of a few marks; all other lines are never read as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_HIDING = ("```", "~~~", "<!--")


class Marks(NamedTuple):
    """The ``places`` (indexes, ascending) of all lines that can matter, the number of lines last.

    Those of ``hiding`` hold what opens or closes a fence or a comment.
    """

    places: list[int]
    hiding: frozenset[int]


def find_marks(lines: Sequence[str]) -> Marks:
    """Return what marks there are.

    All other lines mean nothing by themselves: they belong to what stands above them. Where a
    heading still waits for content of its own, any line may be that. Every time that a line can
    begin with holds minutes, a year, or half of the day.
    """
    minutes, year, hour = _MINUTES.search, _YEAR.search, _HOUR.match
    places = [
        index
        for index, line in enumerate(lines)
        if line
        and (
            (first := line[0]) in "#|"
            or (
                first not in INDENTED
                and ((":" in line and minutes(line)) or ("20" in line and year(line)) or hour(line))
            )
        )
    ]
    text = "\n".join(lines)
    hiding = frozenset(
        index
        for mark in _HIDING
        if mark in text
        for index, line in enumerate(lines)
        if mark in line
    )
    if hiding:
        places = sorted(hiding.union(places))
    places.append(len(lines))
    return Marks(places, hiding)
