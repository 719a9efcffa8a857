"""Which request a message replies to by its turn: the next word to one whose request is open.

A reply need not name its request, nor say that it is one. What tells is the order: who was asked
writes to the one who asked, about the same or shortly after, while the request is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePosixPath

from rollcall.model import EVERYONE, Draft, Link, LinkKind
from rollcall.parse.delivering import Meeting
from rollcall.parse.pointing import REPLIES, Index, asks_of, file_of, folder_of, numbers_of

_SAME_SUBJECT = 0.6
"""How much of the shorter of two subjects both share, where they are the same."""

_SPEAKS_OF = 0.25
"""How much of what is wanted a message must speak of to be about it."""

_ENOUGH = 0.35
"""How much of it is enough where the order is not known, but nothing else was asked."""

_PLAINLY = 0.5
"""How much of it is plain, whatever else the message is."""

_WHOLLY = 0.7
"""How much of it tells where neither the order nor the subject does."""

_SHORT = 14
"""The most lines of a reply that shares no word with what it replies to."""

_SOON = timedelta(days=1)
"""A reply that shares no word with its request comes this soon."""


def is_surely_after(one: Draft, other: Draft) -> bool:
    """Tell whether ``one`` was written after ``other``, as far as times, lines and numbers tell."""
    if file_of(one.path) == file_of(other.path):
        return one.start > other.start
    if one.stamp and other.stamp:
        if one.stamp.has_time and other.stamp.has_time:
            return one.stamp.at > other.stamp.at
        if one.stamp.at.date() != other.stamp.at.date():
            return one.stamp.at.date() > other.stamp.at.date()
    if folder_of(one.path) != folder_of(other.path):
        return False
    mine, theirs = numbers_of(one), numbers_of(other)
    return len(mine) == 1 == len(theirs) and max(mine) > max(theirs)


def mostly_asks(draft: Draft) -> bool:
    """Tell whether a message asks, and says little else."""
    return draft.asks and (not draft.says or 4 * len(draft.asking) > _lines(draft))


def find_exchanges(
    drafts: Sequence[Draft], index: Index, meeting: Meeting, found: Iterable[Link]
) -> list[Link]:
    """Find what messages that name nothing chase, acknowledge and answer, in the order of time.

    ``found`` are the links known before: who replies by one of them replies to nothing else here.
    """
    book = _Book(drafts, index, meeting, found)
    links: list[Link] = []
    for draft in book.in_order:
        ours = [*book.chased_by(draft), *book.replied_to_by(draft)]
        for link in ours:
            book.note(link)
        links += ours
    return links


def answers_of_chased(drafts: Sequence[Draft], found: Sequence[Link]) -> Iterator[Link]:
    """Let what answers a request after it was chased answer the message that chased it, and back.

    ``found`` are all links; who answers one of the two must be asked by both, and write after both.
    """
    by_path = {draft.path: draft for draft in drafts}
    answering: dict[str, list[Draft]] = defaultdict(list)
    for link in found:
        if link.kind is LinkKind.ANSWERS:
            answering[link.target].append(by_path[link.source])
    for link in found:
        if link.kind is not LinkKind.FOLLOWS_UP:
            continue
        for one, other in ((link.source, link.target), (link.target, link.source)):
            for draft in answering[one]:
                both = by_path[link.source], by_path[link.target]
                if all(asks_of(it, draft.sender) and not is_surely_after(it, draft) for it in both):
                    reason = f"answers {PurePosixPath(one).name}, which asks the same"
                    yield Link(draft.path, other, LinkKind.ANSWERS, reason)


def without_returned(drafts: Sequence[Draft], links: Iterable[Link]) -> tuple[Link, ...]:
    """Return links in which a reply to an answer that asks nothing answers it no more."""
    by_path = {draft.path: draft for draft in drafts}
    held = tuple(links)
    answered = {
        (link.source, by_path[link.target].sender)
        for link in held
        if link.kind is LinkKind.ANSWERS and by_path[link.target].asks
    }
    return tuple(
        replace(link, kind=LinkKind.MENTIONS)
        if link.kind is LinkKind.ANSWERS
        and not by_path[link.target].asks
        and (link.target, by_path[link.source].sender) in answered
        else link
        for link in held
    )


@dataclass(frozen=True, slots=True)
class _Rated:
    """How much a message is about an open request: by its subject, and by what it says of it.

    ``partly``: all its words stand in the request, as in "the second one" to "the first or the second?".
    """

    request: Draft
    about: bool
    told: float
    spoken: float
    wholly: bool
    surely: bool
    partly: bool

    @property
    def score(self) -> tuple[float, tuple[float, str, int]]:
        return self.told + self.about, _place(self.request)


class _Book:
    """Who has written to whom, and which requests are open, while messages are gone through."""

    def __init__(
        self, drafts: Sequence[Draft], index: Index, meeting: Meeting, found: Iterable[Link]
    ) -> None:
        self._index, self._meeting = index, meeting
        self._by_path = {draft.path: draft for draft in drafts}
        self.in_order = sorted((one for one in drafts if one.is_message and one.sender), key=_place)
        self._askers: dict[str, set[str]] = defaultdict(set)
        for draft in self.in_order:
            for agent in draft.ask_of if draft.asks else ():
                self._askers[agent].add(draft.sender or "")
        self._acting: dict[tuple[str, str | None, LinkKind], list[Draft]] = defaultdict(list)
        self._does: dict[str, set[LinkKind]] = defaultdict(set)
        self._naming: dict[str, set[str]] = defaultdict(set)
        for link in found:
            self.note(link)
            self._naming[link.target].add(link.source)

    def note(self, link: Link) -> None:
        """Remember what a message does."""
        source = self._by_path[link.source]
        self._acting[link.target, source.sender, link.kind].append(source)
        self._does[link.source].add(link.kind)

    def _is_open(self, request: Draft, agent: str | None, draft: Draft, *kinds: LinkKind) -> bool:
        """Tell whether ``agent`` had not done one of ``kinds`` to ``request`` before ``draft``."""
        return not any(
            one.path != draft.path and not is_surely_after(one, draft)
            for kind in kinds
            for one in self._acting.get((request.path, agent, kind), ())
        )

    def chased_by(self, draft: Draft) -> Iterator[Link]:
        """Yield the request that a message chases."""
        if not draft.asks or not draft.chases or LinkKind.FOLLOWS_UP in self._does[draft.path]:
            return
        rated: dict[str, tuple[float, Draft]] = {}
        for agent in draft.ask_of:
            for one in self._index.asked(draft.sender or "", agent, draft):
                after = is_surely_after(one, draft)
                if one.path == draft.path or after or one.is_message is False:
                    continue
                named = draft.path in self._naming[one.path]
                if self._is_open(one, agent, draft, LinkKind.ANSWERS):
                    rated[one.path] = self._repeats(draft, one, agent) + named, one
        sure = [one for _, one in rated.values() if is_surely_after(draft, one)]
        like = max(rated.values(), key=lambda pair: (pair[0], _place(pair[1])), default=None)
        if like and like[0] >= (_SPEAKS_OF if like[1] in sure else _PLAINLY):
            yield Link(draft.path, like[1].path, LinkKind.FOLLOWS_UP, "asks for the same again")
        elif len(sure) == 1 == len(rated) and _lines(draft) <= _SHORT and not draft.wants:
            yield Link(draft.path, sure[0].path, LinkKind.FOLLOWS_UP, "chases what is open")

    def _repeats(self, draft: Draft, request: Draft, agent: str) -> float:
        """Return how much of ``request`` a later one of the same sender asks again."""
        subject = self._meeting.same_subject(draft, request)
        return max(self._meeting.repeats(draft, request, agent), subject - _SAME_SUBJECT)

    def replied_to_by(self, draft: Draft) -> Iterator[Link]:
        """Yield the open requests to which a message replies."""
        if self._does[draft.path] & set(REPLIES) or (draft.asks and draft.chases):
            return
        everyone = EVERYONE in draft.recipients
        askers = self._askers[draft.sender or ""] | self._askers[EVERYONE] if everyone else ()
        for asker in sorted(askers or draft.recipients):
            rated = [self._rate(draft, one) for one in self._open_to(draft, asker)]
            receives = not draft.answers and (
                draft.defers or ((draft.acks or draft.begins) and not draft.delivers)
            )
            untitled = "#L" in draft.path or not self._meeting.has_subject(draft)
            chosen = (
                _received(draft, rated) if receives else _answered(draft, rated, untitled=untitled)
            )
            kind = LinkKind.ACKS if receives else LinkKind.ANSWERS
            for one in chosen:
                why = "is about the same" if one.told or one.about else "is the next word"
                yield Link(draft.path, one.request.path, kind, f"{why} to the one who asked")

    def _open_to(self, draft: Draft, asker: str) -> list[Draft]:
        return [
            one
            for one in self._index.asked_by(asker, draft)
            if one.path != draft.path
            and one.path not in self._naming[draft.path]
            and not is_surely_after(one, draft)
            and self._is_open(one, draft.sender, draft, LinkKind.ANSWERS)
        ]

    def _rate(self, draft: Draft, request: Draft) -> _Rated:
        told, spoken, wholly = self._meeting.speaks_of(draft, request)
        named = not draft.asks and draft.path in self._naming[request.path]
        return _Rated(
            request,
            named or self._meeting.same_subject(draft, request) >= _SAME_SUBJECT,
            told,
            spoken,
            wholly,
            is_surely_after(draft, request),
            self._meeting.is_part_of(draft, request),
        )


def _received(draft: Draft, rated: Sequence[_Rated]) -> list[_Rated]:
    """Choose what a receipt is of: what it is about, else the only request before it."""
    to_all = EVERYONE in draft.recipients
    rated = [one for one in rated if one.surely or not draft.informs]
    enough = _PLAINLY if to_all else _SPEAKS_OF
    about = [one for one in rated if (one.about and not to_all) or one.told >= enough]
    if about:
        return [max(about, key=lambda one: one.score)]
    sure = [one for one in rated if one.surely]
    return sure if len(sure) == 1 and not (draft.informs or draft.asks or to_all) else []


def _answered(draft: Draft, rated: Sequence[_Rated], *, untitled: bool) -> list[_Rated]:
    """Choose what a message answers: what it speaks of, else the only request, shortly before.

    Only what is ``untitled`` can be about something without a word of it.
    """
    about = [one for one in rated if _speaks_of(draft, one, only=len(rated) == 1)]
    if about:
        best = max(about, key=lambda one: one.score)
        return [one for one in about if one is best or one.told >= _PLAINLY]
    plain = not (draft.asks or draft.informs or draft.chases) and EVERYONE not in draft.recipients
    if plain and untitled and len(rated) == 1 and rated[0].surely and _lines(draft) <= _SHORT:
        return [one for one in rated if _is_soon(draft, one.request)]
    return []


def _speaks_of(draft: Draft, one: _Rated, *, only: bool) -> bool:
    """Tell whether a message is plainly enough about a request, the more so where it is the ``only``."""
    if draft.asks:
        mostly_tells = 4 * len(draft.asking) <= _lines(draft)
        told = one.told if mostly_tells else one.spoken
        plain = told >= (_ENOUGH if only and mostly_tells else _PLAINLY)
        return one.surely and (plain or (one.about and one.spoken >= _SPEAKS_OF))
    if draft.informs or EVERYONE in draft.recipients:
        nothing_else = only and EVERYONE not in draft.recipients and one.spoken >= _WHOLLY
        return one.surely and ((one.about and one.spoken >= _PLAINLY) or nothing_else)
    if one.surely:
        return one.about or one.told >= _SPEAKS_OF or (draft.answers and one.told > 0)
    if only:
        return one.about or one.told >= _ENOUGH or one.partly
    return one.told >= (_PLAINLY if one.about or one.wholly else _WHOLLY)


def _is_soon(draft: Draft, request: Draft) -> bool:
    if draft.stamp is None or request.stamp is None:
        return True
    if draft.stamp.has_time and request.stamp.has_time:
        return draft.stamp.at - request.stamp.at <= _SOON
    return draft.stamp.at.date() - request.stamp.at.date() <= _SOON


def _lines(draft: Draft) -> int:
    return draft.end - draft.start + 1


def _place(draft: Draft) -> tuple[float, str, int]:
    return draft.stamp.at.timestamp() if draft.stamp else 0.0, file_of(draft.path), draft.start
