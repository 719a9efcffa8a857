"""When the owner of a row that people keep in the blockers log is asked about it: once, if ever."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rollcall.rules.log_edits import without_marks

ASK_AFTER = timedelta(hours=48)

_OPEN = re.compile(
    r"(?:re-?)?open(?:ed)?|new|blocked|blocking|pending|waiting|in progress|investigating|watch(?:ing)?"
    r"|active|ongoing|stuck|to ?do|escalated|unresolved"
)


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """What is known of one row: what it says (a hash) since when, and whether its owner was asked.

    ``imported``: it stood there at first sight, and nobody is asked about it.
    """

    identity: str
    digest: str
    since: datetime
    imported: bool = False
    asked: bool = False

    def ask_at(self) -> datetime | None:
        """Return when its owner is to be asked if nothing changes until then; None for never."""
        return None if self.imported or self.asked else self.since + ASK_AFTER


def is_open_status(said: str) -> bool:
    """Tell whether a status in plain words begins with one of those that mean open."""
    word = without_marks(said)
    found = _OPEN.match(word)
    return found is not None and not word[found.end() :][:1].isalnum()


def track_rows(
    seen: Iterable[tuple[str, str]],
    known: Mapping[str, TrackedRow],
    now: datetime,
    *,
    first_sight: bool,
) -> list[TrackedRow]:
    """Return the rows (identity, hash) that are new or say something else than they did."""
    changed = []
    for identity, digest in seen:
        before = known.get(identity)
        if before is None:
            changed.append(TrackedRow(identity, digest, now, imported=first_sight))
        elif before.digest != digest:
            changed.append(replace(before, digest=digest, since=now))
    return changed
