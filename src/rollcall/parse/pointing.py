"""Which message a reference means: by id, by path, or by a file that a request names too."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath

from rollcall.model import EVERYONE, Draft, LinkKind, Reference
from rollcall.parse.matching import Topics

_LOOKED_BACK = 20
"""The last asks of a thread among which a reply finds its own."""

_COMPARED = 96
"""The last requests of one agent to another with which a message that names none is compared."""

_DAY_S = 86_400

_OF_ONE_FILE = 3
"""A file that more requests to one agent name is no request's own subject."""

_NUMBER = re.compile(
    r"(?:re:?\s*)?(?:#|no\.?\s*|(?:message|msg|note|thread)[\s#-]*)?0{0,6}(\d{1,6})", re.IGNORECASE
)
_REMEMBERED = 16_384
"""Of how many messages the numbers and the folder are not worked out anew."""

_DATE = re.compile(r"20\d\d-?\d\d-?\d\d(?:[T_-]?\d{4,6}Z?)?")
_IN_NAME = re.compile(
    r"(?:msg|message|note|thread)?[-_#]?0{0,6}(\d{1,6})(?:[-_. ]|$)", re.IGNORECASE
)
_IN_TITLE = re.compile(
    r"\W{0,4}(?:#|no\.?\s*|(?:message|msg|note|thread)[\s#-]{1,3})?0{0,6}(\d{1,6})(?:[\]:.)]|\s[-\u2013—]\s)",
    re.IGNORECASE,
)

REPLIES = (LinkKind.ACKS, LinkKind.ANSWERS)


class Index:
    """Messages by the last part of their path, by id and by file."""

    def __init__(self, drafts: Sequence[Draft], names: AbstractSet[str] = frozenset()) -> None:
        self.by_name: dict[str, list[Draft]] = defaultdict(list)
        self.by_id: dict[str, list[Draft]] = defaultdict(list)
        self.by_file: dict[str, list[Draft]] = defaultdict(list)
        self.naming: dict[str, list[Draft]] = defaultdict(list)
        self._asks: dict[tuple[str, str], list[Draft]] = defaultdict(list)
        self._asking_in: dict[str, list[Draft]] = defaultdict(list)
        self._by_number: dict[int, list[Draft]] = defaultdict(list)
        self.topics = Topics(drafts, names)
        for draft in drafts:
            if not draft.is_message:
                continue
            file = file_of(draft.path)
            self.by_name[PurePosixPath(file).name.casefold()].append(draft)
            self.by_file[file].append(draft)
            if draft.id:
                self.by_id[draft.id.casefold()].append(draft)
            for number in numbers_of(draft):
                self._by_number[number].append(draft)
            if draft.asks:
                self._asking_in[file].append(draft)
            for agent in draft.ask_of if draft.sender else ():
                self._asks[agent, draft.sender or ""].append(draft)
            for reference in draft.references:
                self.naming[_tail(reference.target)].append(draft)
        for asks in self._asks.values():
            asks.sort(key=lambda one: (instant_of(one), one.path))
        for turns in (*self.by_file.values(), *self._asking_in.values()):
            turns.sort(key=lambda one: one.start)

    def numbered(self, draft: Draft, number: int) -> list[Draft]:
        """Return the message of this number beside ``draft``, if only one can be meant."""
        folder = PurePosixPath(file_of(draft.path)).parent
        near: list[list[Draft]] = [[], []]
        for one in self._by_number.get(number, ()):
            if one.path != draft.path:
                near[PurePosixPath(file_of(one.path)).parent != folder].append(one)
        found = near[0] or near[1]
        ours = [one for one in found if one.sender in draft.recipients]
        return next((some for some in (found, ours) if len(some) == 1), [])

    def asked_by(self, asker: str, draft: Draft) -> Iterator[Draft]:
        """Yield the last that ``asker`` asked the sender of ``draft``, or everyone, before it."""
        if draft.sender is not None and draft.sender != asker:
            yield from self.asked(asker, draft.sender, draft)

    def asked(self, asker: str, agent: str, draft: Draft) -> Iterator[Draft]:
        """Yield the last that ``asker`` asked ``agent``, or everyone, before ``draft``."""
        until = _day_after(draft)
        for name in (agent, EVERYONE):
            asks = self._asks.get((name, asker), [])
            end = bisect_left(asks, until, key=instant_of)
            yield from asks[max(0, end - _COMPARED) : end]

    def asked_above(self, draft: Draft) -> list[Draft]:
        """Return the last asks of the sender of ``draft`` above it in its thread, in their order."""
        asking = self._asking_in.get(file_of(draft.path), [])
        at = bisect_left(asking, draft.start, key=lambda one: one.start)
        above = (one for one in reversed(asking[:at]) if asks_of(one, draft.sender))
        return list(islice(above, _LOOKED_BACK))[::-1]


def instant_of(draft: Draft) -> float:
    """Return when a message was written, in seconds since 1970, 0 where it does not say."""
    return draft.stamp.at.timestamp() if draft.stamp is not None else 0.0


def _day_after(draft: Draft) -> float:
    """Return an instant before which every request lies that is not later than ``draft``."""
    return instant_of(draft) + 2 * _DAY_S if draft.stamp is not None else math.inf


def numbers_of(draft: Draft) -> frozenset[int]:
    """Return the numbers that a message bears: in its id, its file's name or its title."""
    return _numbers(draft.path, draft.id or "", draft.title)


@lru_cache(maxsize=_REMEMBERED)
def _numbers(path: str, own_id: str, title: str) -> frozenset[int]:
    stem = _DATE.sub("", PurePosixPath(file_of(path)).stem).strip("-_ ")
    said = (
        _NUMBER.fullmatch(own_id),
        _IN_NAME.match(stem) if "#L" not in path else None,
        _IN_TITLE.match(title),
    )
    return frozenset(int(found[1]) for found in said if found)


@lru_cache(maxsize=_REMEMBERED)
def folder_of(path: str) -> str:
    """Return the folder in which the message ``path`` stands."""
    return file_of(path).rpartition("/")[0]


def file_of(path: str) -> str:
    """Return the file in which the message ``path`` stands."""
    return path.split("#L", maxsplit=1)[0]


def _tail(target: str) -> str:
    return "/".join(_parts(target)[-2:]).casefold()


def _parts(path: str) -> tuple[str, ...]:
    plain = PurePosixPath(path.replace("\\", "/").split("#")[0]).parts
    return tuple(part for part in plain if part not in ("/", ".", ".."))


def targets_of(draft: Draft, reference: Reference, index: Index) -> Iterator[tuple[Draft, str]]:
    """Yield the messages that a reference may mean, and why."""
    by_id = [
        one for one in index.by_id.get(reference.target.casefold(), ()) if one.path != draft.path
    ]
    if by_id:
        yield _nearest(by_id, draft), f"names {reference.target}"
        return
    if number := _NUMBER.fullmatch(reference.target.strip()):
        for one in index.numbered(draft, int(number[1])):
            yield one, f"names number {number[1]} of the thread"
        return
    found = _by_path(draft, reference.target, index)
    if found is not None:
        yield found, f"names {PurePosixPath(reference.target).name}"
        return
    if reference.kind is LinkKind.ACKS or (reference.kind in REPLIES and draft.is_message):
        naming = [
            one
            for one in index.naming.get(_tail(reference.target), ())
            if asks_of(one, draft.sender)
            and (reference.kind is LinkKind.ACKS or one.sender in draft.recipients)
        ]
        if len({one.path for one in naming}) <= _OF_ONE_FILE:
            for one in naming:
                yield one, f"names the same file, {PurePosixPath(reference.target).name}"


def _by_path(draft: Draft, target: str, index: Index) -> Draft | None:
    parts = _parts(target)
    if not parts:
        return None
    same_name = [
        one for one in index.by_name.get(parts[-1].casefold(), ()) if one.path != draft.path
    ]
    fitting = [one for one in same_name if _shares_end(parts, _parts(file_of(one.path)))]
    files = {file_of(one.path) for one in fitting}
    if len(files) > 1:
        longest = max(_common_end(parts, _parts(file)) for file in files)
        best = [file for file in files if _common_end(parts, _parts(file)) == longest]
        to_us = [
            file
            for file in best
            if any(draft.sender in one.recipients for one in index.by_file[file])
        ]
        files = set(best if len(best) == 1 else to_us)
    if len(files) != 1:
        return None
    turns = [one for one in index.by_file[files.pop()] if one.path != draft.path]
    at = target.rpartition("#L")[2]
    if at.isdigit() and "#L" in target:
        exact = [one for one in turns if one.start == int(at[:9])]
        return exact[0] if exact else None
    return _nearest(turns, draft) if turns else None


def _shares_end(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two paths may be the same file: one ends with the other, or both end alike."""
    shared = _common_end(one, other)
    return shared >= min(len(one), len(other)) or shared >= 2


def _common_end(one: Sequence[str], other: Sequence[str]) -> int:
    shared = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left.casefold() != right.casefold():
            break
        shared += 1
    return shared


def _nearest(candidates: Sequence[Draft], draft: Draft) -> Draft:
    """Choose among the turns of one thread, or messages of one id, the request that is meant."""
    asking = [one for one in candidates if asks_of(one, draft.sender)] or [
        one for one in candidates if one.asks and one.sender != draft.sender
    ]
    found = asking or [one for one in candidates if one.sender != draft.sender] or list(candidates)
    earlier = [
        one for one in found if file_of(one.path) == file_of(draft.path) and one.start < draft.start
    ]
    return (earlier or found)[-1] if earlier else found[0]


def asks_of(message: Draft, agent: str | None) -> bool:
    """Tell whether ``message`` asks ``agent``, by name or with everyone."""
    return (
        message.asks
        and agent is not None
        and message.sender != agent
        and (agent in message.ask_of or message.ask_of == (EVERYONE,))
    )
