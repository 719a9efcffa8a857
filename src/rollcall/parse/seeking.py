"""Search for a pattern only where its words stand: what a search finds, many times sooner.

A pattern of many alternatives is tried by ``re`` at each character. Where every match begins at one
of some known words, marks or numbers, it need be tried only there, and most texts hold none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LETTER = re.compile(r"\\.|[A-Z]", re.DOTALL)
_NUMBER = re.compile(r"\d++(?=[ /])")
_MOST = 1 << 62


def fold(text: str) -> str:
    """Return the text in lower case, each character in its place."""
    return text.lower() if text.isascii() else text.replace("\u0130", "I").lower()


def folded(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern that finds in a folded text what a case-blind one finds in the text.

    ``re`` tries alternatives far sooner where case counts. Raises ``ValueError`` for a pattern that
    minds the case anywhere.
    """
    if not pattern.flags & re.IGNORECASE or "(?-i:" in pattern.pattern:
        raise ValueError(f"a pattern that minds the case cannot be folded: {pattern.pattern[:60]}")
    lowered = _LETTER.sub(_lower, pattern.pattern)
    return re.compile(lowered, pattern.flags & ~re.IGNORECASE)


def _lower(found: re.Match[str]) -> str:
    return found[0] if found[0][0] == "\\" else found[0].lower()


class Sought:
    """A pattern with the lower-case words that its matches begin at, whole runs of letters.

    ``marks`` are other beginnings, of any characters, in lower case; ``numbers`` says that a match
    may begin at a number too, before a blank or a slash.
    """

    __slots__ = ("_marks", "_numbers", "_words", "pattern")

    def __init__(
        self,
        pattern: re.Pattern[str],
        words: Iterable[str],
        marks: Sequence[str] = (),
        *,
        numbers: bool = False,
    ) -> None:
        self.pattern = pattern
        self._words = frozenset(words)
        self._marks = tuple(marks)
        self._numbers = numbers

    def search(
        self,
        text: str,
        tokens: frozenset[str],
        start: int = 0,
        end: int = _MOST,
        low: str | None = None,
    ) -> re.Match[str] | None:
        """Return the first match in ``text[start:end]``.

        ``tokens`` hold at least those of its words that stand in the text, ``low`` is the text folded.
        """
        words = self._words & tokens
        if not words and not self._marks and not self._numbers:
            return None
        for at in self._places(text, fold(text) if low is None else low, words, start, end):
            found = self.pattern.match(text, at, end)
            if found is not None:
                return found
        return None

    def _places(
        self, text: str, low: str, words: Iterable[str], start: int, end: int
    ) -> Sequence[int]:
        """Return where a match may begin, in order."""
        places = []
        for word in (*words, *self._marks):
            at = low.find(word, start, end)
            while at >= 0:
                places.append(at)
                at = low.find(word, at + 1, end)
        if self._numbers:
            places += [found.start() for found in _NUMBER.finditer(text, start, end)]
        places.sort()
        return places
