"""Take what one save of the log changed over into another copy of the file it was made from.

A three-way merge by lines (as in diff3): both copies were made from ``base``. It concerns people's
lines only; the region between our markers stays as the content has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from rollcall.notify.blockers_region import joined
from rollcall.notify.lacking import lacking_lines
from rollcall.parse.blockers_log import BEGIN, Region

_REGION = BEGIN + b"\n"
Text = tuple[bytes, Region | None]  # the whole file, and our region in it


def merge_save(content: Text, saved: Text, base: Text) -> bytes:
    """Return ``content`` with what ``saved`` added to ``base`` and struck out of it.

    A line added at the same place by both stands before that of ``content``, and once where it is
    the same. What people wrote inside our region follows at the end. A save that was copied from
    an earlier writing than ``base`` lacks lines that nobody struck out.
    """
    whole, region = content
    added = lacking_lines(_inside(content), _inside(base), _beyond(_inside(base), _inside(saved)))
    copied = _journal(saved) == _journal(base)
    lines = merge_lines(_lines(content), _lines(saved), _lines(base), struck_out=copied)
    if region is None:
        return joined(b"".join(line for line in lines if line != _REGION), added)
    if lines.count(_REGION) != 1:
        there, own, before = (b"".join(_lines(text)) for text in (content, saved, base))
        return joined(whole, lacking_lines(there, before, _beyond(before, own)) + added)
    at = lines.index(_REGION)
    lines[at] = whole[region.start : region.end]
    return joined(b"".join(lines), added)


def merge_lines(
    content: Sequence[bytes],
    saved: Sequence[bytes],
    base: Sequence[bytes],
    *,
    struck_out: bool = True,
) -> list[bytes]:
    """Return the lines of ``content`` with those that ``saved`` added to ``base``.

    ``struck_out``: without those of ``base`` that ``saved`` lacks.
    """
    where = _places(base, content)
    there = Counter(content) - Counter(base)
    merged: list[list[bytes]] = [[], *([line] for line in content)]
    for tag, first, last, start, end in SequenceMatcher(None, base, saved).get_opcodes():
        if tag == "equal":
            continue
        for place in where[first + 1 : last + 1]:
            if place is not None and struck_out:
                merged[place] = merged[place][1:]
        anchor = next(place for place in reversed(where[: last + 1]) if place is not None)
        for line in saved[start:end]:
            if there[line]:
                there[line] -= 1
            else:
                merged[anchor].append(line)
    return [line for lines in merged for line in lines]


def _places(base: Sequence[bytes], content: Sequence[bytes]) -> list[int | None]:
    """Return for each line of ``base`` which of ``content`` it is, counted from 1; first a 0."""
    places: list[int | None] = [0, *([None] * len(base))]
    for first, start, count in SequenceMatcher(None, base, content).get_matching_blocks():
        for step in range(count):
            places[first + step + 1] = start + step + 1
    return places


def _beyond(base: bytes, saved: bytes) -> bytes:
    return lacking_lines(base, b"", saved)


def _lines(text: Text) -> list[bytes]:
    """Return the lines around our region, which counts as one."""
    content, region = text
    if not content.endswith(b"\n"):
        content += b"\n" * bool(content)
    if region is None:
        return content.splitlines(keepends=True)
    head, tail = content[: region.start], content[region.end :]
    return [*head.splitlines(keepends=True), _REGION, *tail.splitlines(keepends=True)]


def _journal(text: Text) -> bytes:
    """Return the comment that no two writings have alike."""
    content, region = text
    return content[slice(*region.journal_at)] if region and region.journal_at else b""


def _inside(text: Text) -> bytes:
    """Return what people wrote inside our region."""
    region = text[1]
    if region is None:
        return b""
    table = (row.line for row in region.table if row.id is None)
    return b"".join(
        line + b"\n" for line in (*region.before, *table, *region.notes) if line.strip()
    )
