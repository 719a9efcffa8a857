"""Redact parts of a text as the whole would be: words of a secret tell nothing of what was said.

A secret that is known by the name before it (``PASSWORD=…``) is no longer known by itself where a
text was taken apart into its words, names and clauses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rollcall.notify.redact import redact
from rollcall.parse.topics import words_of

_RUN = re.compile(r"[A-Za-z0-9]{3,}")
_GONE = "[redacted]"


class Parts:
    """Redacts what was taken out of one text."""

    def __init__(self, whole: str) -> None:
        """Find the words that stand only in the secrets of the text."""
        redacted = redact(whole)
        self._lost = frozenset[str]() if redacted == whole else _words(whole) - _words(redacted)

    def clean(self, part: str) -> str:
        """Return a part without the secrets, and without their words."""
        known = redact(part)
        return _RUN.sub(self._replace, known) if self._lost else known

    def clean_all(self, value: object) -> object:
        """Return data, such as of ``asdict``, with each text in it cleaned.

        In a list a text is left out that is nothing but a word of a secret.
        """
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {key: self.clean_all(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean_all(one) for one in value if not self._is_lost(one)]
        return value

    def _is_lost(self, value: object) -> bool:
        return isinstance(value, str) and value.lower() in self._lost

    def _replace(self, found: re.Match[str]) -> str:
        return _GONE if found[0].lower() in self._lost else found[0]


def _words(text: str) -> frozenset[str]:
    return frozenset(_RUN.findall(text.lower())) | frozenset(words_of(text))


ALONE = Parts("")  # for what was taken out of nothing
