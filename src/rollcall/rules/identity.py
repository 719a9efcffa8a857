"""Which entry is which: the k-th identical entry of a file is the k-th one ever seen of its agent.

A rewrite, rotation, copy or checkout adds nothing; a heading and stamp seen before with another
body is a revision; the last entry of a file stays open, and what is appended revises it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rollcall.model import Entry


class Match(StrEnum):
    """What a read entry is to the ones that are known."""

    SAME = "same"
    REVISION = "revision"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry of the same agent that is known already."""

    id: int
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Identified:
    """One read entry with what it is; ``known`` is None when it is new."""

    entry: Entry
    match: Match
    known: int | None


def identify(
    read: Sequence[Entry],
    known: Iterable[KnownEntry],
    *,
    taken: Iterable[int] = (),
    were_here: Mapping[int, int] | None = None,
    appended: bool = False,
) -> list[Identified]:
    """Match read entries with known ones.

    ``taken`` are ids that stand in the part of the file that was not read again; ``were_here`` maps
    the first line of each entry that stood in the part read again to its id; ``appended`` tells that
    the file only grew, so that an entry at the same line is the same entry grown.
    """
    here = dict(were_here or {})
    pool = sorted(known, key=lambda one: (one.id not in here.values(), one.id))
    by_digest, by_key = _group(pool, "digest"), _group(pool, "key")
    used = set(taken)
    same = [_take(by_digest, entry.digest, used) for entry in read]
    found = []
    for entry, known_id in zip(read, same, strict=True):
        if known_id is not None:
            found.append(Identified(entry, Match.SAME, known_id))
            continue
        revised = _stood_here(entry, pool, used, here, appended=appended)
        if revised is None and entry.stamp is not None:
            revised = _take(by_key, entry.key, used)
        match = Match.NEW if revised is None else Match.REVISION
        found.append(Identified(entry, match, revised))
    return found


def _group(pool: Sequence[KnownEntry], mark: str) -> dict[str, deque[int]]:
    groups: dict[str, deque[int]] = {}
    for one in pool:
        groups.setdefault(getattr(one, mark), deque()).append(one.id)
    return groups


def _take(groups: Mapping[str, deque[int]], mark: str, used: set[int]) -> int | None:
    group = groups.get(mark, deque())
    while group:
        candidate = group.popleft()
        if candidate not in used:
            used.add(candidate)
            return candidate
    return None


def _stood_here(
    entry: Entry,
    pool: Sequence[KnownEntry],
    used: set[int],
    here: Mapping[int, int],
    *,
    appended: bool,
) -> int | None:
    stood = here.get(entry.start)
    if stood is None or stood in used:
        return None
    if not appended and all(one.key != entry.key for one in pool if one.id == stood):
        return None
    used.add(stood)
    return stood
