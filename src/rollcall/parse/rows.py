"""Updates that are rows of a table, or items of a list with a key for each line.

A table is a log if its header names a column for the time; which column is whose, and which tells
what, is told by the header too. An item such as ``- time: 2026-02-07T09:00Z`` begins an update if
indented keys follow it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rollcall.parse.beginnings import Beginning, Style, is_placeholder, time_field
from rollcall.parse.markdown import PREFIX, is_rule
from rollcall.parse.timestamps import match_time

_TIME = re.compile(
    r"(?:date ?(?:/|and|&|\+)? ?time|time ?stamp|time|when|ts|date|logged|at)(?: ?\(.{0,20}\))?$",
    re.IGNORECASE,
)
_WHO = re.compile(r"(?:agent|who|author|by|name|owner|from|bot|worker|pane)s?$", re.IGNORECASE)
_WHAT = re.compile(
    r"(?:what|update|entry|message|summary|activity|action|event|task|work|description|note|title"
    r"|progress|details?|done|change|log)s?\b",
    re.IGNORECASE,
)
_YET_TO_COME = re.compile(r"(?:due|eta|deadline|planned|target|scheduled|assigne)", re.IGNORECASE)
_EDGES = " \t*_`[]"
_NONE = "-"
_STATUS_WORDS = 2

_ITEM = re.compile(r"- [\"']?(?:time|timestamp|ts|when|at|date|datetime)[\"']?[ ]?:[ ]*[\"']?")
_KEY = re.compile(r"[ \t]+[\"']?([A-Za-z][\w -]{0,24})[\"']?[ ]?:(?:[ \t]+(.*))?$")
_ITEM_KEYS = 6


def is_row(line: str) -> bool:
    """Tell whether the line is one of a table's."""
    return line[:1] == "|"


def read_columns(line: str) -> str | None:
    """Return which columns of a log's table hold the time, the author and what was done.

    The form is ``"0,1,2"``, with ``-`` for none; None is the header of another table.
    """
    cells = _cells(line)
    if any(map(_YET_TO_COME.match, cells)):
        return None
    time, who, what = _first(_TIME, cells), _first(_WHO, cells), _first(_WHAT, cells)
    if time is None or len(cells) < 2:
        return None
    if what is None:
        what = next(at for at in range(len(cells)) if at not in (time, who))
    return ",".join(_NONE if at is None else str(at) for at in (time, who, what))


def read_row(line: str, columns: str) -> Beginning | None:
    """Return how an update begins with this row of a log's table; without a time of day none does."""
    time, who, what = (None if at == _NONE else int(at) for at in columns.split(","))
    cells = _cells(line)
    if time is None or time >= len(cells):
        return None
    written = match_time(cells[time])
    if written is None or written.clock is None or cells[time][written.end :].strip(" Z)"):
        return None
    title = _written_cells(line)[what].strip("* ") if what is not None and what < len(cells) else ""
    author = cells[who] if who is not None and who < len(cells) else ""
    if is_placeholder(title):
        return None
    return Beginning(Style.FIELD, title[:200], written._replace(end=0), author=author or None)


def spell_row(line: str, author: str | None) -> str:
    """Return what a row of a log's table says as sentences on one line, its status before it."""
    cells = [
        cell
        for cell in _written_cells(line)
        if (bare := cell.strip(_EDGES)) and bare != author and not _is_time(bare)
    ]
    if len(cells) > 1 and cells[1].lower().startswith(f"{cells[0].lower()}:"):
        cells = cells[1:]  # the words repeat the status before them
    is_status = len(cells) > 1 and len(cells[0].split()) <= _STATUS_WORDS
    said = [": ".join(cells[:2]), *cells[2:]] if is_status else cells
    return ". ".join(cell.rstrip(".") for cell in said)


def _is_time(cell: str) -> bool:
    written = match_time(cell)
    return written is not None and not cell[written.end :].strip(" Z)")


def read_item(line: str, following: Sequence[str]) -> Beginning | None:
    """Return how an update begins with an item whose first key is its time; others must follow."""
    found = _ITEM.match(line) if line.startswith("- ") else None
    written = match_time(line[:PREFIX], found.end()) if found else None
    if written is None or written.clock is None or line[written.end :].strip(" \t\r\"'"):
        return None
    keys: dict[str, str] = {}
    for next_line in following[:_ITEM_KEYS]:
        key = _KEY.match(next_line[:PREFIX])
        if key is None:
            break
        keys.setdefault(key[1].lower(), (key[2] or "").strip(" \t\r\"'"))
    if not keys:
        return None
    what = next((keys[key] for key in keys if _WHAT.match(key)), "")
    who = next((keys[key] for key in keys if _WHO.match(key)), None)
    return Beginning(Style.FIELD, what[:200], written._replace(end=0), author=who or None)


def has_ruled_blocks(lines: Sequence[str], at: int) -> bool:
    """Tell whether a rule at index ``at`` opens the first of several blocks with a time each."""
    if not is_rule(lines[at]) or not _opens_block(lines, at):
        return False
    return any(
        is_rule(lines[index]) and _opens_block(lines, index) for index in range(at + 1, len(lines))
    )


def _opens_block(lines: Sequence[str], at: int) -> bool:
    return at + 1 < len(lines) and time_field(lines[at + 1]) is not None


def _cells(line: str) -> list[str]:
    return [cell.strip(_EDGES) for cell in _written_cells(line)]


def _written_cells(line: str) -> list[str]:
    inner = line[:PREFIX].strip().replace("\\|", "\N{BROKEN BAR}")
    return [cell.strip() for cell in inner.removeprefix("|").removesuffix("|").split("|")]


def _first(pattern: re.Pattern[str], cells: Sequence[str]) -> int | None:
    return next((at for at, cell in enumerate(cells) if pattern.match(cell)), None)
