"""Which message acts on which: by path, by id, by the thread they share, by what they are about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from rollcall.model import EVERYONE, Draft, Link, LinkKind
from rollcall.parse.delivering import Fit, Meeting, best_of, is_met, may_be_met, may_begin, restated
from rollcall.parse.exchanges import (
    answers_of_chased,
    find_exchanges,
    is_surely_after,
    mostly_asks,
    without_returned,
)
from rollcall.parse.pointing import REPLIES, Index, asks_of, file_of, instant_of, targets_of

_ALIKE = 0.2
"""The likeness from which two messages count as being about the same thing, found by trial."""

_PLAIN = 0.35
"""How much of an item a message must cover that is for everyone, or names what it answers."""

_LOOKED_BACK = 3
"""The last requests to an agent among which a message with a time may mean one unnamed."""

_SOON_S = 3600
"""Who says within this many seconds of a request that work begins may mean it with few words."""

_FINISHES = 0.25
"""How alike the message that finishes a piece of work is to the one that began it."""


def find_links(drafts: Sequence[Draft], meeting: Meeting) -> tuple[Link, ...]:
    """Find what each draft, its names resolved, does to another message; sorted, each once.

    A message cannot acknowledge or answer its own sender's, nor one that bears a later time; it
    then only mentions it. What a message names comes first, then the thread that it stands in,
    then what it hands over; what is certain is never changed by what is not.
    """
    index, links = Index(drafts, meeting.weights.names), _Links(drafts)
    links.add(link for draft in drafts for link in _named(draft, index, meeting))
    links.settle()
    met = _deliveries(drafts, meeting, links)
    with_deliveries = {link.source for link in met}
    for draft in sorted(drafts, key=lambda one: (file_of(one.path), one.start)):
        if draft.path not in links.replied:
            links.add(_unnamed(draft, index, links, alike=draft.path not in with_deliveries))
    links.add(met)
    links.add(_begun(drafts, meeting, links))
    links.add(_finished(drafts, meeting, links))
    links.add(_of_restated(drafts, meeting, links))
    links.add(find_exchanges(drafts, index, meeting, links.acting(*LinkKind)))
    links.add(answers_of_chased(drafts, links.acting(*LinkKind)))
    return without_returned(drafts, links.all())


class _Links:
    """The links found so far, each once, with the reason found first."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._found: dict[tuple[str, str, LinkKind], Link] = {}
        self._sender = {draft.path: draft.sender for draft in drafts}
        self._by_path = {draft.path: draft for draft in drafts}
        self._answered: dict[tuple[str, str | None], list[Draft]] = defaultdict(list)
        self._asking = {draft.path for draft in drafts if draft.asks}
        self._times: dict[tuple[str | None, str | None], list[float]] = defaultdict(list)
        for draft in drafts:
            for agent in draft.ask_of if draft.asks and _has_time(draft) else ():
                insort(self._times[draft.sender, agent], instant_of(draft))
        self.done: set[tuple[str, str | None, LinkKind]] = set()
        self.replied: AbstractSet[str] = frozenset()
        self.answering: AbstractSet[str] = frozenset()
        self._earlier: AbstractSet[tuple[str, str]] = frozenset()

    def add(self, links: Iterable[Link]) -> None:
        for link in links:
            self._found.setdefault((link.source, link.target, link.kind), link)
            sender = self._sender.get(link.source)
            self.done.add((link.target, sender, link.kind))
            if link.kind is LinkKind.ANSWERS:
                self._answered[link.target, sender].append(self._by_path[link.source])

    def settle(self) -> None:
        """Take what was found as certain: who replied, and what was written before what."""
        found = self._found.values()
        self.replied = {link.source for link in found if link.kind in REPLIES}
        self.answering = {
            link.source
            for link in found
            if link.kind is LinkKind.ANSWERS
            and (link.source, link.target, LinkKind.ACKS) not in self._found
            and link.target in self._asking
        }
        self._earlier = {(link.target, link.source) for link in found}

    def is_after(self, one: str, other: str) -> bool:
        """Tell whether ``one`` is known to be written after ``other``, which it names."""
        return (other, one) in self._earlier

    def is_answered_before(self, request: str, draft: Draft) -> bool:
        """Tell whether the sender of ``draft`` had answered ``request`` when it wrote it."""
        answers = self._answered.get((request, draft.sender), ())
        return any(is_surely_after(draft, one) for one in answers)

    def asks_since(self, request: Draft, draft: Draft) -> int:
        """Return how many requests to the sender of ``draft`` lie between ``request`` and it."""
        times = self._times.get((request.sender, draft.sender), [])
        return bisect_left(times, instant_of(draft)) - bisect_right(times, instant_of(request))

    def acting(self, *kinds: LinkKind) -> list[Link]:
        """Return the links of ``kinds``."""
        return [link for link in self._found.values() if link.kind in kinds]

    def all(self) -> tuple[Link, ...]:
        """Return the links, sorted; no mere mention of what something else is done to."""
        found = self._found.values()
        strong = {(one.source, one.target) for one in found if one.kind is not LinkKind.MENTIONS}
        kept = (
            link
            for link in found
            if link.kind is not LinkKind.MENTIONS or (link.source, link.target) not in strong
        )
        return tuple(sorted(kept, key=lambda link: (link.source, link.target, link.kind)))


def _deliveries(drafts: Sequence[Draft], meeting: Meeting, links: _Links) -> list[Link]:
    """Find the requests that messages meet by what they hand over."""
    fits = []
    for draft in drafts:
        if draft.is_message and draft.sender and (draft.delivers or draft.answers):
            ours = [
                fit
                for fit in meeting.fits(draft)
                if _may_meet(draft, fit.item.request, links) and _meets(draft, fit, links)
            ]
            if ours:
                fits.append((draft, ours))
    return [
        Link(source, target, LinkKind.ANSWERS, f"hands over what was asked for: {_shown(fit)}")
        for (source, target), fit in best_of(fits).items()
    ]


def _shown(fit: Fit) -> str:
    return ", ".join(fit.shared[:5])


def _may_meet(draft: Draft, request: Draft, links: _Links) -> bool:
    """Tell whether ``draft`` is for who asks, and not written before the request."""
    if request.path == draft.path or request.sender == draft.sender:
        return False
    if request.sender not in draft.recipients and EVERYONE not in draft.recipients:
        return False
    if (request.path, draft.sender, LinkKind.ACKS) in links.done and links.is_after(
        draft.path, request.path
    ):
        return False  # it names the request itself: that says what it does to it
    return not links.is_after(request.path, draft.path) and not _is_later(request, draft)


def _meets(draft: Draft, fit: Fit, links: _Links) -> bool:
    """Tell whether a fit is plain enough, for what else is known of the message."""
    if EVERYONE in draft.recipients:
        plain = fit.covered >= _PLAIN and len(fit.shared) > 2
        return draft.delivers and _has_time(draft) and is_met(fit) and plain
    if _has_time(draft) and _has_time(fit.item.request):
        since = links.asks_since(fit.item.request, draft)
        return since < _LOOKED_BACK and (
            is_met(fit) or (not since and bool(fit.shared) and draft.answers)
        )
    if draft.path in links.answering:
        return False  # it says itself what it answers
    if draft.path in links.replied:
        return is_met(fit) and fit.about >= 0.5 and len(fit.shared) > 1
    return may_be_met(fit) if draft.answers else is_met(fit)


def _begun(drafts: Sequence[Draft], meeting: Meeting, links: _Links) -> list[Link]:
    """Find the requests on which messages say that work begins."""
    found = []
    for draft in drafts:
        if not draft.is_message or not draft.begins or draft.path in links.replied:
            continue
        if EVERYONE in draft.recipients and not _has_time(draft):
            continue
        for fit in meeting.fits(draft):
            soon = _is_soon(draft, fit.item.request) and may_begin(fit)
            if links.is_answered_before(fit.item.request.path, draft):
                continue
            if _may_meet(draft, fit.item.request, links) and (soon or is_met(fit)):
                reason = f"begins what was asked for: {_shown(fit)}"
                found.append(Link(draft.path, fit.item.request.path, LinkKind.ACKS, reason))
    return found


def _finished(drafts: Sequence[Draft], meeting: Meeting, links: _Links) -> list[Link]:
    """Find the messages that finish what one of the same sender began for a request."""
    by_path = {draft.path: draft for draft in drafts}
    delivered: dict[str | None, list[Draft]] = {}
    for draft in drafts:
        if draft.is_message and draft.delivers and _has_time(draft):
            delivered.setdefault(draft.sender, []).append(draft)
    for ours in delivered.values():
        ours.sort(key=lambda one: (instant_of(one), one.path))
    found = []
    for link in links.acting(LinkKind.ACKS):
        began = by_path[link.source]
        if not began.begins or not _has_time(began):
            continue
        if links.is_answered_before(link.target, began):
            continue
        ours = delivered.get(began.sender, [])
        at = bisect_right(ours, instant_of(began), key=instant_of)
        for draft in ours[at : at + _LOOKED_BACK]:
            if meeting.likeness(began, draft) >= _FINISHES:
                reason = f"finishes what {_name(began.path)} began"
                found.append(Link(draft.path, link.target, LinkKind.ANSWERS, reason))
                break
    return found


def _of_restated(drafts: Sequence[Draft], meeting: Meeting, links: _Links) -> list[Link]:
    """Let what acknowledges a request acknowledge its like, by which all were asked the same."""
    by_path = {draft.path: draft for draft in drafts}
    acting: dict[tuple[str, str | None], list[Link]] = {}
    for link in links.acting(LinkKind.ACKS):
        acting.setdefault((link.target, by_path[link.source].sender), []).append(link)
    requests = [draft for draft in drafts if draft.is_message and draft.asks]
    return [
        Link(
            link.source, other.path, link.kind, f"{link.reason}; {_name(directed.path)} asks it too"
        )
        for directed, other, agent in restated(requests, meeting)
        for link in acting.get((directed.path, agent), ())
        if not links.is_after(other.path, link.source)
        and (other.path, agent, LinkKind.ANSWERS) not in links.done
    ]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _named(draft: Draft, index: Index, meeting: Meeting) -> Iterator[Link]:
    """Yield what a message does to those that it names."""
    for reference in draft.references:
        for target, reason in targets_of(draft, reference, index):
            kind = _allowed(reference.kind, draft, target)
            yield Link(draft.path, target.path, kind, reason)
            delivers = kind is LinkKind.ACKS and draft.answers and asks_of(target, draft.sender)
            if delivers and (not target.wants or meeting.covers(draft, target)):
                yield Link(draft.path, target.path, LinkKind.ANSWERS, f"{reason}, and delivers")


def _allowed(kind: LinkKind, draft: Draft, target: Draft) -> LinkKind:
    """Return what ``draft`` can do to ``target``: nobody answers oneself, or what comes later."""
    if kind in REPLIES and (target.sender == draft.sender or _is_before(draft, target)):
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
    index: Index,
    links: _Links,
    *,
    alike: bool,
) -> Iterator[Link]:
    """Yield what a message that names none does: to an ask of its thread, or to one like it."""

    def may_reply(one: Draft) -> bool:
        return not links.is_after(one.path, draft.path) and not _is_later(one, draft)

    thread = [one for one in index.asked_above(draft) if may_reply(one)]
    ours = [one for one in thread if one.sender in draft.recipients]
    if not ours and EVERYONE not in draft.recipients and _speaks_of_asks(draft):
        # Who answers in a chat need not say whom: the turn above may be another's.
        called = [one for one in thread if draft.sender in one.ask_of]
        ours = [one for one in called if _any_open([one], draft, links)][-1:]
    if ours and not draft.answers and not _any_open(ours, draft, links):
        ours = [] if draft.acks or draft.begins else _most_like(draft, ours, index)
    if ours:
        yield from _reply(draft, _meant(draft, ours, index, links.done), "in the same thread")
    elif (draft.acks or draft.answers) and EVERYONE in draft.recipients:
        like = [
            one
            for one in thread
            if index.topics.likeness(draft, one) >= _ALIKE
            and not links.is_answered_before(one.path, draft)
        ]
        for one in like[-1:] if draft.answers else like:
            yield from _reply(draft, one, "in the same thread")
    elif alike and not thread:
        asked = [one for name in draft.recipients for one in index.asked_by(name, draft)]
        left = [
            one
            for one in asked
            if may_reply(one) and (draft.answers or not links.is_answered_before(one.path, draft))
        ]
        yield from _alike(draft, left, index)


def _speaks_of_asks(draft: Draft) -> bool:
    return draft.acks or draft.answers or draft.delivers or draft.defers


def _any_open(asked: Iterable[Draft], draft: Draft, links: _Links) -> bool:
    return any((one.path, draft.sender, LinkKind.ANSWERS) not in links.done for one in asked)


def _meant(
    draft: Draft,
    asked: Sequence[Draft],
    index: Index,
    done: AbstractSet[tuple[str, str | None, LinkKind]],
) -> Draft:
    """Choose the ask of a thread that a reply means: of its id, else most like it, else the last."""
    same = [one for one in asked if draft.id is not None and one.id == draft.id]
    left = [one for one in asked if (one.path, draft.sender, LinkKind.ANSWERS) not in done]
    candidates = same or left or asked
    alike = _most_like(draft, candidates, index)
    return (alike or candidates)[-1]


def _reply(draft: Draft, request: Draft, how: str) -> Iterator[Link]:
    begins = draft.defers or (draft.begins and not draft.delivers)
    if begins and not draft.asks and not draft.answers:
        yield Link(draft.path, request.path, LinkKind.ACKS, f"begins, {how}")
    elif draft.answers or not (draft.acks or draft.asks or draft.informs):
        yield Link(draft.path, request.path, LinkKind.ANSWERS, f"answers {how}")
    elif draft.acks:
        yield Link(draft.path, request.path, LinkKind.ACKS, f"acknowledges {how}")


def _alike(draft: Draft, ours: Sequence[Draft], index: Index) -> Iterator[Link]:
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
    if not draft.acks and not draft.answers and (mostly_asks(draft) or draft.defers):
        chosen = []
    elif timed:
        last = max(timed, key=lambda one: (instant_of(one), one.path))
        chosen = [last] if index.topics.likeness(draft, last) >= _ALIKE else []
    elif ours and (draft.answers or (draft.acks and not _names_files(draft))):
        chosen = _most_like(draft, ours, index)
    else:
        chosen = []
    for request in chosen:
        kind = LinkKind.ACKS if draft.acks and not draft.answers else LinkKind.ANSWERS
        yield Link(draft.path, request.path, kind, "is about the same, and for the one who asked")


def _names_files(draft: Draft) -> bool:
    return any(one.kind in REPLIES and "." in one.target for one in draft.references)


def _most_like(draft: Draft, asked: Sequence[Draft], index: Index) -> list[Draft]:
    if not asked:
        return []
    best = max(asked, key=lambda one: (index.topics.likeness(draft, one), one.path))
    return [best] if index.topics.likeness(draft, best) >= _ALIKE else []


def _has_time(draft: Draft) -> bool:
    return draft.stamp is not None and draft.stamp.has_time


def _is_soon(draft: Draft, request: Draft) -> bool:
    timed = _has_time(draft) and _has_time(request)
    return timed and instant_of(draft) - instant_of(request) <= _SOON_S


def _is_later(one: Draft, other: Draft) -> bool:
    """Tell whether ``one`` is of a later time, or of a later day where either bears only a date."""
    if one.stamp is None or other.stamp is None:
        return False
    if one.stamp.has_time and other.stamp.has_time:
        return one.stamp.at > other.stamp.at
    return one.stamp.at.date() > other.stamp.at.date()
