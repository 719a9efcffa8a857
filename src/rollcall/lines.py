"""Bytes of a watched file → lines of text with their places; never an error, whatever the bytes."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

MOST_CHARS = 65_536
_MOST_BYTES = 4 * MOST_CHARS  # a character takes at most four bytes in UTF-8 and in UTF-16
_BOM_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines without their ends, the byte offset of each line's first byte, and the end.

    ``whole_end`` is the offset after the last newline: what stands behind it is a half line, which
    is the last of ``lines`` where ``half`` says so.
    """

    lines: tuple[str, ...]
    offsets: tuple[int, ...]
    whole_end: int
    half: bool


def find_wide_encoding(head: bytes) -> str | None:
    """Return the codec that a UTF-16 byte order mark at the file's start names, else None."""
    return _BOM_16.get(head[:2])


def cut_lines(raw: bytes, base: int, *, wide: str | None = None) -> Cut:
    r"""Cut bytes that begin at file offset ``base`` into lines at ``\n`` only.

    One ``\r`` before the newline goes with it, as does a byte order mark at the file's start. Each
    line is read as UTF-8, or, where it is not, as Windows-1252 with replacements; ``wide`` names
    the UTF-16 codec for the whole. A line is cut to ``MOST_CHARS`` characters.
    """
    newline = "\n".encode(wide or "utf-8")
    lines: list[str] = []
    offsets: list[int] = []
    start = 0
    while (end := _find_unit(raw, newline, start)) >= 0:
        lines.append(_decode(raw, start, end, base, wide))
        offsets.append(base + start)
        start = end + len(newline)
    half = start < len(raw)
    if half:
        lines.append(_decode(raw, start, len(raw), base, wide))
        offsets.append(base + start)
    return Cut(tuple(lines), tuple(offsets), base + start, half)


def _find_unit(raw: bytes, newline: bytes, start: int) -> int:
    """Find the next newline that stands on a code unit's boundary, or -1."""
    width = len(newline)
    found = raw.find(newline, start)
    while found >= 0 and (found - start) % width:
        found = raw.find(newline, found + 1)
    return found


def _decode(raw: bytes, start: int, end: int, base: int, wide: str | None) -> str:
    line = raw[start : min(end, start + _MOST_BYTES)]
    if wide is not None:
        text = line.decode(wide, "replace")
    else:
        try:
            text, _ = codecs.utf_8_decode(line, "strict", end - start <= _MOST_BYTES)
        except UnicodeDecodeError:
            text = line.decode("cp1252", "replace")
    if base + start == 0:
        text = text.removeprefix("\ufeff")
    return text.removesuffix("\r")[:MOST_CHARS]
