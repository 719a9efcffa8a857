"""Find which lines a copy of the file lacks of those written after it was made."""

from __future__ import annotations

from collections import Counter


def lacking_lines(copy: bytes, beginning: bytes, late: bytes) -> bytes:
    """Return the lines of ``late`` that ``copy`` lacks, in their order.

    ``late`` followed ``beginning`` in the file that was copied, nobody knows when. Equal lines are
    told apart by their number alone: the copy holds those of ``beginning`` first.
    """
    lines = late.splitlines(keepends=True)
    there = _count(copy, set(lines)) - _count(beginning, set(lines))
    lacking = []
    for line in lines:
        if there[line]:
            there[line] -= 1
        else:
            lacking.append(line)
    return b"".join(lacking)


def _count(text: bytes, lines: set[bytes]) -> Counter[bytes]:
    return Counter(line for line in text.splitlines(keepends=True) if line in lines)
