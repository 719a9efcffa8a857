"""What an entry says of its agent's own time: that it stops, or when its next update comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from rollcall.model import Entry
from rollcall.parse.closing import closes, may_close
from rollcall.parse.promises import find_promise, may_promise
from rollcall.parse.rows import is_row


def add_declarations(entry: Entry, lines: Sequence[str], arrival: datetime | None) -> Entry:
    """Return the entry with what it says of its agent's time; ``lines`` are the entry's own.

    ``arrival`` stands in for a missing stamp.
    """
    low = "\n".join(lines).lower()
    # A row says it in any of its cells, of which the title is but one.
    title = lines[0].strip(" |") if lines and is_row(lines[0]) else entry.title
    closing = may_close(low) and closes(lines, title) is not None
    promised = find_promise(lines, entry.stamp, arrival) if may_promise(low) else None
    if not closing and promised is None:
        return entry
    return replace(entry, closing=closing, promise=None if promised is None else promised.at)
