"""Rows that people keep in a blockers log, in tables with a description, an owner and a status."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rollcall.parse.blockers_log import Quoting
from rollcall.parse.log_cells import decode, is_delimiter, plain, read_id, split_row

_NAMES = {
    "description": ("description", "blocker", "issue", "problem", "summary", "title", "what"),
    "owner": (
        "owner",
        "owners",
        "owner(s)",
        "assignee",
        "assigned to",
        "assigned",
        "who",
        "responsible",
    ),
    "status": ("status", "state", "current status"),
}


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """One row: which (its table and description), a hash of all it says, and three of its cells."""

    identity: str
    digest: str
    description: str
    owner: str
    status: str


def find_people_rows(content: bytes) -> list[PeopleRow]:
    """Return the rows of people anywhere in the log, each once; ours, with an id, are not theirs.

    A table goes on after an empty line, as people write them, until other text or a heading.
    """
    finder = _Finder()
    for line in content.split(b"\n"):
        finder.take(line)
    return list(finder.rows.values())


class _Finder:
    """Goes through the lines of a log and keeps the rows."""

    def __init__(self) -> None:
        self.rows: dict[str, PeopleRow] = {}
        self._quoting = Quoting()
        self._heading = ""
        self._header: tuple[str, ...] = ()
        self._before: tuple[str, ...] = ()

    def take(self, line: bytes) -> None:
        """Take the next line."""
        text = decode(line).strip()
        if self._quoting.holds(line) or not text:
            return
        cells = _split(text)
        if cells is None:
            self._header = self._before = ()
            if text.startswith("#"):
                self._heading = plain(text)
        elif is_delimiter(text):
            self._header = tuple(plain(cell) for cell in self._before)
        elif self._header:
            # A row may have fewer or more cells than its header (GFM 0.29, 4.10).
            columns = len(self._header)
            self._take_row(text, (*cells, *[""] * columns)[:columns])
        self._before = cells or ()

    def _take_row(self, text: str, cells: Sequence[str]) -> None:
        said = dict(zip(self._header, cells, strict=True))
        found = {name: _first(said, columns) for name, columns in _NAMES.items()}
        description = found["description"]
        if None in found.values() or not plain(description or "") or read_id(text, self._header):
            return
        table = "|".join((self._heading, *self._header))
        identity = _hash(f"{table}\n{plain(description or '')}")
        # What is said twice is one row, and the last word counts.
        self.rows[identity] = PeopleRow(
            identity,
            _hash("|".join(plain(cell) for cell in cells)),
            description or "",
            found["owner"] or "",
            found["status"] or "",
        )


def _split(text: str) -> tuple[str, ...] | None:
    """Return the cells of a row, whose outer bars may be missing."""
    if "|" not in text:
        return None
    bare = text.removeprefix("|").removesuffix("|") if not text.endswith("\\|") else text
    return split_row(text) or split_row(f"| {bare} |")


def _first(said: Mapping[str, str], columns: Sequence[str]) -> str | None:
    return next((said[column] for column in columns if column in said), None)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
