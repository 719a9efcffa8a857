"""Bytes of a watched file → lines of text with their places; never an error, whatever the bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from rollcall.encodings import MOST_CHARS, find_wide_encoding, is_plain, read_line, read_lines

_NO_NEWLINE = re.compile(rb"[^\n]")
_LEAST_OPEN = 16

__all__ = ["MOST_CHARS", "Cut", "cut_lines", "find_wide_encoding"]


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


def cut_lines(raw: bytes, base: int, *, wide: str | None = None) -> Cut:
    r"""Cut bytes that begin at file offset ``base`` into lines at ``\n`` only, and read each.

    ``wide`` names the UTF-16 codec of the file, whose newlines have two bytes; from a line of
    UTF-8 on that another program appended, they have one. Lines are cut before they are read, so
    that no repair moves a place; ``read_line`` says how they are read.
    """
    pieces, at = _cut_wide(raw, wide) if wide else ([], 0)
    lines = [read_line(piece, wide) for piece in pieces]
    starts = list(accumulate((len(piece) + 2 for piece in pieces), initial=base))
    if not wide or _turns_plain(raw, at, wide):
        wide = None
        end = raw.rfind(b"\n", at) + 1
        if end > at:
            block = raw[at : end - 1]
            lines += read_lines(block)
            sizes = [len(piece) + 1 for piece in block.split(b"\n")]
            starts += accumulate(sizes, initial=starts.pop())
            at = end
    half = at < len(raw)
    if half:
        lines.append(read_line(raw[at:], wide))
    else:
        starts.pop()
    return Cut(tuple(lines), tuple(starts), base + at, half)


def _cut_wide(raw: bytes, wide: str) -> tuple[list[bytes], int]:
    """Return the whole lines in UTF-16 and the offset behind them."""
    newline = "\n".encode(wide)
    pieces: list[bytes] = []
    start = 0
    while not _turns_plain(raw, start, wide) and (end := _find_unit(raw, newline, start)) >= 0:
        pieces.append(raw[start:end])
        start = end + len(newline)
    return pieces, start


def _find_unit(raw: bytes, newline: bytes, start: int) -> int:
    """Find the next newline that stands on a code unit's boundary, or -1."""
    found = raw.find(newline, start)
    while found >= 0 and (found - start) % len(newline):
        found = raw.find(newline, found + 1)
    return found


def _turns_plain(raw: bytes, start: int, wide: str) -> bool:
    """Tell whether UTF-8 follows where a line of UTF-16 would begin; empty lines may come first.

    Where no newline ends it more of it is wanted, for two rare characters look like four letters.
    """
    begun = _NO_NEWLINE.search(raw, start)
    if begun is None:
        return False
    end = raw.find(b"\n", begun.start())
    if end < 0:
        return len(raw) - begun.start() >= _LEAST_OPEN and is_plain(raw[begun.start() :])
    is_low_half = wide == "utf-16-le" and raw.startswith(b"\0", end + 1)
    return not is_low_half and is_plain(raw[begun.start() : end])
