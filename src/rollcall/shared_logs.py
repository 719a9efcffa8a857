"""Whose the entries of a feedback file are: its agent's, or, in a log that many share, its authors'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rollcall.model import Entry
from rollcall.parse.feedback import FeedbackState, initial_state
from rollcall.places import Source
from rollcall.roster import Roster, is_everyone, is_nobody

_PLAIN = re.compile(r"([A-Za-z][\w-]{0,40})[ ]?(?::|—|\u2013|-)[ ]")


@dataclass(frozen=True, slots=True)
class Shares:
    """The entries of each agent, in file order, and the first lines of those that nobody signed."""

    by_agent: Mapping[str, Sequence[Entry]]
    unsigned: tuple[int, ...] = ()


def begin_state(source: Source, arrival: date) -> FeedbackState:
    """Return the state at the top of a feedback file; ``arrival`` is the day where it names none."""
    state = initial_state(source.name, source.day or arrival)
    return replace(state, shared=True) if source.agent is None else state


def share_out(
    source: Source,
    entries: Sequence[Entry],
    declared: Mapping[str, Sequence[str]],
    writers: Iterable[str],
) -> Shares:
    """Tell whose each entry is.

    ``declared`` maps slugs to aliases, ``writers`` are the agents that have written before. Who
    signs with a name that differs from one of theirs only in a profession is that agent. A plain
    word before a colon (``Mara: …``) may be a topic: it signs only where one of them is called so.
    """
    if source.agent is not None:
        return Shares({source.agent: entries} if entries else {})
    known = {**dict.fromkeys(sorted(writers), ()), **declared}
    team = Roster.build(known, ())
    roster = Roster.build(known, sorted({one.author for one in entries if one.author}))
    found: dict[str, list[Entry]] = {}
    unsigned: list[int] = []
    for entry in entries:
        agent = _agent_of(entry.author, roster) or _agent_of(_first_word(entry), team)
        if agent is None:
            unsigned.append(entry.start)
        else:
            found.setdefault(agent, []).append(entry)
    return Shares(found, tuple(unsigned))


def _first_word(entry: Entry) -> str | None:
    found = None if entry.author else _PLAIN.match(entry.title)
    return found[1] if found else None


def _agent_of(author: str | None, roster: Roster) -> str | None:
    if author is None or is_everyone(author) or is_nobody(author):
        return None
    return roster.known(author)
