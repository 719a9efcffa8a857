"""Which message acts on which: by path, by id, by the thread they share, by what they are about."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import PurePosixPath

from rollcall.model import EVERYONE, Draft, Link, LinkKind, Reference
from rollcall.parse.matching import Topics

_ALIKE = 0.2
"""The likeness from which two messages count as being about the same thing, found by trial."""

_LOOKED_BACK = 20
"""The last asks of a thread among which a reply finds its own."""

_OF_ONE_FILE = 3
"""A file that more requests to one agent name is no request's own subject."""

_REPLIES = (LinkKind.ACKS, LinkKind.ANSWERS)


def find_links(drafts: Sequence[Draft]) -> tuple[Link, ...]:
    """Find what each draft, its names resolved, does to another message; sorted, each once.

    A message cannot acknowledge or answer its own sender's, nor one that bears a later time; it
    then only mentions it.
    """
    index = _Index(drafts)
    sender = {draft.path: draft.sender for draft in drafts}
    found: dict[tuple[str, str, LinkKind], Link] = {}
    for draft in drafts:
        for link in _named(draft, index):
            found.setdefault((link.source, link.target, link.kind), link)
    replied = {link.source for link in found.values() if link.kind in _REPLIES}
    earlier = {(link.target, link.source) for link in found.values()}
    done = {(link.target, sender[link.source], link.kind) for link in found.values()}
    for draft in sorted(drafts, key=lambda one: (_file(one.path), one.start)):
        if draft.path not in replied:
            for link in _unnamed(draft, index, earlier, done):
                found.setdefault((link.source, link.target, link.kind), link)
                done.add((link.target, draft.sender, link.kind))
    strong = {
        (link.source, link.target) for link in found.values() if link.kind is not LinkKind.MENTIONS
    }
    kept = (
        link
        for link in found.values()
        if link.kind is not LinkKind.MENTIONS or (link.source, link.target) not in strong
    )
    return tuple(sorted(kept, key=lambda link: (link.source, link.target, link.kind)))


class _Index:
    """Messages by the last part of their path, by id and by file."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.by_name: dict[str, list[Draft]] = defaultdict(list)
        self.by_id: dict[str, list[Draft]] = defaultdict(list)
        self.by_file: dict[str, list[Draft]] = defaultdict(list)
        self.naming: dict[str, list[Draft]] = defaultdict(list)
        self._asks: dict[tuple[str, str], list[Draft]] = defaultdict(list)
        self._asking_in: dict[str, list[Draft]] = defaultdict(list)
        self.topics = Topics(drafts)
        for draft in drafts:
            if not draft.is_message:
                continue
            file = _file(draft.path)
            self.by_name[PurePosixPath(file).name.casefold()].append(draft)
            self.by_file[file].append(draft)
            if draft.id:
                self.by_id[draft.id.casefold()].append(draft)
            if draft.asks:
                self._asking_in[file].append(draft)
            for agent in draft.ask_of if draft.sender else ():
                self._asks[agent, draft.sender or ""].append(draft)
            for reference in draft.references:
                self.naming[_tail(reference.target)].append(draft)
        for turns in (*self.by_file.values(), *self._asking_in.values()):
            turns.sort(key=lambda one: one.start)

    def asked_by(self, asker: str, agent: str | None) -> Iterator[Draft]:
        """Yield what ``asker`` asks of ``agent``, or of everyone."""
        if agent is not None and agent != asker:
            for name in (agent, EVERYONE):
                yield from self._asks.get((name, asker), ())

    def asked_above(self, draft: Draft) -> list[Draft]:
        """Return the last asks of the sender of ``draft`` above it in its thread, in their order."""
        asking = self._asking_in.get(_file(draft.path), [])
        at = bisect_left(asking, draft.start, key=lambda one: one.start)
        above = (one for one in reversed(asking[:at]) if _asks_of(one, draft.sender))
        return list(islice(above, _LOOKED_BACK))[::-1]


def _file(path: str) -> str:
    return path.split("#L", maxsplit=1)[0]


def _tail(target: str) -> str:
    return "/".join(_parts(target)[-2:]).casefold()


def _parts(path: str) -> tuple[str, ...]:
    plain = PurePosixPath(path.replace("\\", "/").split("#")[0]).parts
    return tuple(part for part in plain if part not in ("/", ".", ".."))


def _named(draft: Draft, index: _Index) -> Iterator[Link]:
    """Yield what a message does to those that it names."""
    for reference in draft.references:
        for target, reason in _targets(draft, reference, index):
            kind = _allowed(reference.kind, draft, target)
            yield Link(draft.path, target.path, kind, reason)
            if kind is LinkKind.ACKS and draft.answers and _asks_of(target, draft.sender):
                yield Link(draft.path, target.path, LinkKind.ANSWERS, f"{reason}, and delivers")


def _targets(draft: Draft, reference: Reference, index: _Index) -> Iterator[tuple[Draft, str]]:
    """Yield the messages that a reference may mean, and why."""
    by_id = [
        one for one in index.by_id.get(reference.target.casefold(), ()) if one.path != draft.path
    ]
    if by_id:
        yield _nearest(by_id, draft), f"names {reference.target}"
        return
    found = _by_path(draft, reference.target, index)
    if found is not None:
        yield found, f"names {PurePosixPath(reference.target).name}"
        return
    if reference.kind is LinkKind.ACKS or (reference.kind in _REPLIES and draft.is_message):
        naming = [
            one
            for one in index.naming.get(_tail(reference.target), ())
            if _asks_of(one, draft.sender)
        ]
        if len({one.path for one in naming}) <= _OF_ONE_FILE:
            for one in naming:
                yield one, f"names the same file, {PurePosixPath(reference.target).name}"


def _by_path(draft: Draft, target: str, index: _Index) -> Draft | None:
    parts = _parts(target)
    if not parts:
        return None
    same_name = [
        one for one in index.by_name.get(parts[-1].casefold(), ()) if one.path != draft.path
    ]
    fitting = [one for one in same_name if _shares_end(parts, _parts(_file(one.path)))]
    files = {_file(one.path) for one in fitting}
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
    asking = [one for one in candidates if _asks_of(one, draft.sender)] or [
        one for one in candidates if one.asks and one.sender != draft.sender
    ]
    found = asking or [one for one in candidates if one.sender != draft.sender] or list(candidates)
    earlier = [
        one for one in found if _file(one.path) == _file(draft.path) and one.start < draft.start
    ]
    return (earlier or found)[-1] if earlier else found[0]


def _asks_of(message: Draft, agent: str | None) -> bool:
    return (
        message.asks
        and agent is not None
        and message.sender != agent
        and (agent in message.ask_of or message.ask_of == (EVERYONE,))
    )


def _allowed(kind: LinkKind, draft: Draft, target: Draft) -> LinkKind:
    """Return what ``draft`` can do to ``target``: nobody answers oneself, or what comes later."""
    if kind in _REPLIES and (target.sender == draft.sender or _is_before(draft, target)):
        return LinkKind.MENTIONS
    if kind is LinkKind.FOLLOWS_UP and target.sender != draft.sender:
        return LinkKind.MENTIONS
    return kind


def _is_before(draft: Draft, target: Draft) -> bool:
    if draft.stamp is None or target.stamp is None:
        return False
    return draft.stamp.has_time and target.stamp.has_time and draft.stamp.at < target.stamp.at


def _unnamed(
    draft: Draft,
    index: _Index,
    earlier: AbstractSet[tuple[str, str]],
    done: AbstractSet[tuple[str, str | None, LinkKind]],
) -> Iterator[Link]:
    """Yield what a message that names none does: to an ask of its thread, or to one like it.

    ``earlier`` holds pairs of which the first is known to be written before the second, ``done``
    what was replied to already, by whom and how.
    """

    def may_reply(one: Draft) -> bool:
        return (draft.path, one.path) not in earlier and not _is_later(one, draft)

    thread = [one for one in index.asked_above(draft) if may_reply(one)]
    ours = [one for one in thread if one.sender in draft.recipients]
    if ours:
        yield from _reply(draft, _meant(draft, ours, index, done), "in the same thread")
    elif (draft.acks or draft.answers) and EVERYONE in draft.recipients:
        alike = [one for one in thread if index.topics.likeness(draft, one) >= _ALIKE]
        for one in alike[-1:] if draft.answers else alike:
            yield from _reply(draft, one, "in the same thread")
    elif not thread:
        asked = [one for name in draft.recipients for one in index.asked_by(name, draft.sender)]
        yield from _alike(draft, [one for one in asked if may_reply(one)], index)


def _meant(
    draft: Draft,
    asked: Sequence[Draft],
    index: _Index,
    done: AbstractSet[tuple[str, str | None, LinkKind]],
) -> Draft:
    """Choose the ask of a thread that a reply means: of its id, else most like it, else the last."""
    same = [one for one in asked if draft.id is not None and one.id == draft.id]
    left = [one for one in asked if (one.path, draft.sender, LinkKind.ANSWERS) not in done]
    candidates = same or left or asked
    alike = _most_like(draft, candidates, index)
    return (alike or candidates)[-1]


def _reply(draft: Draft, request: Draft, how: str) -> Iterator[Link]:
    if draft.answers or (not draft.acks and not draft.asks):
        yield Link(draft.path, request.path, LinkKind.ANSWERS, f"answers {how}")
    elif draft.acks:
        yield Link(draft.path, request.path, LinkKind.ACKS, f"acknowledges {how}")


def _alike(draft: Draft, ours: Sequence[Draft], index: _Index) -> Iterator[Link]:
    """Yield the answer to the request that a message is about, where that is plain enough.

    Among messages with a time of day it is the last request of those it is for; among others only
    what says that it answers is taken for one, to the request most like it.
    """
    if not draft.is_message:
        chosen = ours if len(ours) == 1 else _most_like(draft, ours, index)
        for request in chosen:
            kind = LinkKind.ACKS if draft.acks else LinkKind.ANSWERS
            yield Link(draft.path, request.path, kind, "says so of what was asked")
        return
    timed = [one for one in ours if _has_time(one) and _has_time(draft)]
    if timed:
        last = max(timed, key=lambda one: (_at(one), one.path))
        chosen = [last] if index.topics.likeness(draft, last) >= _ALIKE else []
    elif draft.answers and ours:
        chosen = _most_like(draft, ours, index)
    else:
        chosen = []
    for request in chosen:
        kind = LinkKind.ACKS if draft.acks and not draft.answers else LinkKind.ANSWERS
        yield Link(draft.path, request.path, kind, "is about the same, and for the one who asked")


def _most_like(draft: Draft, asked: Sequence[Draft], index: _Index) -> list[Draft]:
    if not asked:
        return []
    best = max(asked, key=lambda one: (index.topics.likeness(draft, one), one.path))
    return [best] if index.topics.likeness(draft, best) >= _ALIKE else []


def _has_time(draft: Draft) -> bool:
    return draft.stamp is not None and draft.stamp.has_time


def _at(draft: Draft) -> float:
    return draft.stamp.at.timestamp() if draft.stamp is not None else 0.0


def _is_later(one: Draft, other: Draft) -> bool:
    """Tell whether ``one`` is of a later time, or of a later day where either bears only a date."""
    if one.stamp is None or other.stamp is None:
        return False
    if one.stamp.has_time and other.stamp.has_time:
        return one.stamp.at > other.stamp.at
    return one.stamp.at.date() > other.stamp.at.date()
