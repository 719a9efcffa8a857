"""Say why a claim counts for nothing: it is hoped for, intended, ordered, or another's."""

from __future__ import annotations

import re

from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.seeking import folded

_ONLY_AFTER = re.compile(r"[;—]|→")
_BREAK = re.compile(r"[,;—(→:]")
_DASH = re.compile(r"[ ][—\u2013][ ]")
_WORD_AFTER = re.compile(r" \w{1,24}")

IMPERATIVE = folded(words.IMPERATIVE)
_VOIDS = (
    ("a plan", gates.MAY_PLAN, folded(words.NOT_YET), _ONLY_AFTER),
    ("a purpose", gates.MAY_MEAN, folded(words.PURPOSE), _BREAK),
    ("second-hand", gates.MAY_CITE, folded(words.SECOND_HAND), None),
)
_ANY = gates.MAY_PLAN | gates.MAY_MEAN | gates.MAY_CITE | gates.MAY_ORDER


def void_of(low: str, at: int, may: int, *, second_hand: bool = True) -> str:
    """Say why what stands at ``at`` counts for nothing: hoped for, intended, or another's; else "".

    ``low`` is a folded text and ``may`` its gates; ``second_hand`` is false where another's is as
    good as one's own.
    """
    if not may & _ANY:
        return ""
    if may & gates.MAY_ORDER and (why := _ordered(low, at)):
        return why
    before = low[:at]
    for why, gate, pattern, breaks in _VOIDS[: 3 if second_hand else 2]:
        if not may & gate:
            continue
        last = None
        for found in pattern.finditer(before):
            last = found
        if last is not None and (breaks is None or not breaks.search(before, last.end())):
            return quote(why, low, last)
    return ""


def _ordered(low: str, at: int) -> str:
    """Say that what stands at ``at`` is asked for, at the beginning or after a dash; else ""."""
    found = IMPERATIVE.match(low)
    if found is not None:
        return quote("an instruction", low, found)
    if low.isascii():
        return ""
    before = low[:at]
    for dash in _DASH.finditer(before):
        found = IMPERATIVE.match(before, dash.end())
        if found is not None:
            return quote("an instruction", low, found)
    return ""


def quote(why: str, text: str, found: re.Match[str]) -> str:
    """Name what voids a claim, with the word after it: ``a plan: 'will run'``."""
    after = _WORD_AFTER.match(text, found.end())
    said = (found[0] + (after[0] if after else "")).strip(" *_`(")
    return f"{why}: '{said}'"
