"""Agents' words → one plain line: no controls, no change of direction, not too long."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,64}[@-~]|\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # ZWJ in emoji goes too: a price worth it
_MOST_READ = 20_000


def one_line(text: str, limit: int) -> str:
    """Return ``text`` as one line of at most ``limit`` characters.

    Terminal sequences, controls and invisible characters (among them those that turn the direction
    of writing or break lines) go, white space becomes single spaces, and a cut shows as ``…``.
    """
    read = _ESCAPE_SEQUENCE.sub(" ", text[:_MOST_READ])
    seen = "".join(_show(character) for character in read)
    line = " ".join(seen.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _show(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else " "
    if character in {"\u2028", "\u2029", "\x85"}:
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character
