"""Secrets → words, before anything is stored or sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rollcall.notify.secret_rule import Rule
from rollcall.notify.secret_rules import AWS_KEY_ID, AWS_SECRET, RULES

_RUN = re.compile(r"[A-Za-z0-9_-]*")
_IN_RUN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_MOST_PASSES = 4
# What shows nothing where it stands, and is taken out before the text is shown: a terminal's
# colours, controls but tabs and line ends, soft hyphens, joiners, direction marks, variation selectors.
_INVISIBLE = re.compile(
    "\x1b\\[[0-9;?]{0,16}[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)

_HINTS = tuple(sorted({hint for rule in RULES for hint in rule.hints}))


class _Secret(NamedTuple):
    """Where a secret stands; sorts the longest first that begin there, then by the rules' order."""

    start: int
    minus_end: int
    rank: int
    name: str


def redact(text: str) -> str:
    """Replace each secret by words such as ``[redacted: slack token]``.

    The rest of the run of letters, digits, ``_`` and ``-`` in which a secret stands goes with it.
    A secret broken up by characters that nobody sees is one too; a text without secrets keeps them.
    Redacting again changes nothing. The time grows with the length of the text.
    """
    redacted = _redact_all(text)
    bare = _INVISIBLE.sub("", text)
    if bare == text:
        return redacted
    found = _redact_all(bare)
    return redacted if found == _INVISIBLE.sub("", redacted) else found


def _redact_all(text: str) -> str:
    for _ in range(_MOST_PASSES):
        redacted = _redact_once(text)
        if redacted == text:
            break
        text = redacted
    return text


def _redact_once(text: str) -> str:
    parts: list[str] = []
    done = 0
    for start, minus_end, _, name in sorted(_find(text)):
        end = -minus_end
        if end <= done:
            continue
        first = _widen_left(text, start, done)
        parts += (text[done:first], f"[redacted: {name}]")
        run = _RUN.match(text, end)
        done = end if run is None else run.end()
    return "".join((*parts, text[done:]))


def _find(text: str) -> Iterator[_Secret]:
    lowered = text.lower()
    present = {hint for hint in _HINTS if hint in lowered}
    if not present:
        return
    for rank, rule in enumerate(RULES):
        if not present.isdisjoint(rule.hints):
            yield from _match(rule, rank, text)
    if AWS_KEY_ID.search(text):
        yield from _match(AWS_SECRET, len(RULES), text)


def _match(rule: Rule, rank: int, text: str) -> Iterator[_Secret]:
    for found in rule.pattern.finditer(text):
        start, end = found.span(rule.group)
        if start >= 0 and rule.is_mixed(text[start:end]):
            yield _Secret(start, -end, rank, rule.name)


def _widen_left(text: str, start: int, limit: int) -> int:
    while start > limit and text[start - 1] in _IN_RUN:
        start -= 1
    return max(start, limit)
