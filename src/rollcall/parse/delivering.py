"""Which request a message meets without naming it: by what it hands over, item by item."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import nsmallest
from itertools import product

from rollcall.model import EVERYONE, Draft
from rollcall.parse.wants import is_hint, telling_words

_COMMON = 100
"""A word in more of what one agent asks another tells nothing, and would cost the most to follow."""

_COMPARED = 24
"""The items that are compared in full with one message: those that share most with it."""

_AS_IF = 20
"""Words are weighed as if there were this many messages more: among few, all are rare."""

_AS_GOOD = 0.85
"""Of several messages that meet one item, those this near to the best are taken to meet it."""

_MEANT = 0.8
"""Of several requests that a message fits, those this near to the best are taken to be meant."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that ``request`` wants of an agent; ``words`` tell what, ``hints`` support them."""

    number: int
    request: Draft
    words: frozenset[str]
    hints: frozenset[str]
    more: frozenset[str]
    mass: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a message meets an item: the words they share, and how much of either that is."""

    item: Item
    shared: tuple[str, ...]
    covered: float
    told: float
    about: float
    hinted: bool
    strength: float
    titled: float


def stem_of(word: str) -> str:
    """Return ``word`` without the ending of a verb, so that "rotated" is "rotating"."""
    if is_hint(word):
        return word
    for ending in ("ing", "ed", "es", "e", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls" else word


class Weights:
    """What a word tells: the more, the fewer messages have it; an agent's name tells nothing."""

    def __init__(self, drafts: Sequence[Draft], slugs: Iterable[str]) -> None:
        self._stems: dict[str, str] = {}
        held = Counter(stem for draft in drafts for stem in {*map(self._stem, _all_words(draft))})
        # Rounded, so that a sum is the same in whatever order its words come.
        size = len(drafts) + _AS_IF
        self._of = {word: round(1024 * math.log(1 + size / n)) for word, n in held.items()}
        self._unmet = round(1024 * math.log(1 + size))
        parts = {part for slug in slugs for part in slug.replace("_", "-").split("-")}
        # A name such as DevOps is read as two words in a title.
        halves = {half for part in parts for at in range(3, 6) for half in (part[:at], part[at:])}
        self._written: dict[str, str] = {}
        for word, stem in sorted(self._stems.items(), key=lambda one: (len(one[0]), one)):
            self._written.setdefault(stem, word)
        self.names = {word for word in parts | halves if len(word) > 2}

    def telling(self, words: Iterable[str]) -> frozenset[str]:
        """Return the words that are no agent's name."""
        return frozenset(self._stem(word) for word in words if word not in self.names)

    def _stem(self, word: str) -> str:
        if (found := self._stems.get(word)) is None:
            found = self._stems[word] = stem_of(word)
        return found

    def stems(self, draft: Draft) -> frozenset[str]:
        """Return what a message says in all, names too."""
        return frozenset(map(self._stem, (*draft.gives, *draft.says)))

    def written(self, stem: str) -> str:
        """Return the shortest word of which ``stem`` was made."""
        return self._written.get(stem, stem)

    def mass(self, words: Iterable[str]) -> float:
        """Return how much ``words`` tell together."""
        of, unmet = self._of, self._unmet
        return sum(of.get(word, unmet) for word in words) / 1024

    def weight(self, word: str) -> int:
        """Return how much one word tells, in whole numbers."""
        return self._of.get(word, self._unmet)


def _all_words(draft: Draft) -> set[str]:
    wanted = (word for want in draft.wants for word in (*want.words, *want.more))
    return {*draft.gives, *draft.says, *wanted}


class Wanted:
    """All items of all requests, found by the agent that is asked and by a word of theirs."""

    def __init__(
        self,
        drafts: Sequence[Draft],
        weights: Weights,
        resolve: Callable[[str], str | None],
    ) -> None:
        self._weights = weights
        self._by_word: dict[tuple[str, str, str], list[Item]] = defaultdict(list)
        self._askers: dict[str, set[str]] = defaultdict(set)
        self._of: dict[tuple[str, str], list[Item]] = defaultdict(list)
        number = 0
        for draft in drafts:
            if not draft.asks or not draft.sender or not draft.is_message:
                continue
            for agents, words, more in _items(draft, resolve):
                item = self._item(number, draft, words, more)
                number += 1
                for agent in agents if item.words else ():
                    self._of[draft.path, agent].append(item)
                    self._askers[agent].add(draft.sender)
                    for word in item.words:
                        self._by_word[agent, draft.sender, word].append(item)

    def _item(self, number: int, draft: Draft, words: Sequence[str], more: Sequence[str]) -> Item:
        telling = self._weights.telling(words)
        hints = frozenset(word for word in telling if is_hint(word))
        mass = self._weights.mass(telling)
        return Item(
            number, draft, telling - hints, hints, self._weights.telling(more) - telling, mass
        )

    def of(self, request: Draft, agent: str | None) -> Sequence[Item]:
        """Return the items that ``request`` wants of ``agent``."""
        return self._of.get((request.path, agent or ""), ()) or self._of.get(
            (request.path, EVERYONE), ()
        )

    def nearest(self, draft: Draft, words: AbstractSet[str]) -> list[Item]:
        """Return the items asked of the sender of ``draft``, by whom it is for, nearest to ``words``."""
        shared: Counter[int] = Counter()
        items: dict[int, Item] = {}
        for agent in (draft.sender or "", EVERYONE):
            askers = self._askers.get(agent, set())
            ours = askers if EVERYONE in draft.recipients else askers & set(draft.recipients)
            for asker, word in product(ours, words):
                found = self._by_word.get((agent, asker, word), ())
                for item in found if len(found) <= _COMMON else ():
                    shared[item.number] += self._weights.weight(word)
                    items[item.number] = item
        nearest = nsmallest(_COMPARED, shared, key=lambda number: (-shared[number], number))
        return [items[number] for number in nearest]


def _items(
    draft: Draft, resolve: Callable[[str], str | None]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Yield each thing a request wants: of which agents, its words and those of its details."""
    asked = set(draft.ask_of)
    for want in draft.wants:
        named = {resolve(name) for name in want.names} & asked
        agents = sorted(name for name in named if name) or draft.ask_of
        yield agents, want.words, want.more


_Said = tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]


class Meeting:
    """Compares what messages give with what requests want."""

    def __init__(
        self,
        drafts: Sequence[Draft],
        slugs: Iterable[str],
        resolve: Callable[[str], str | None],
    ) -> None:
        """Index ``drafts``, their names resolved; ``slugs`` are all agents."""
        self.weights = Weights(drafts, slugs)
        self.wanted = Wanted(drafts, self.weights, resolve)
        self._said: dict[str, _Said] = {}
        self._topics: dict[str, frozenset[str]] = {}
        self._bodies: dict[str, frozenset[str]] = {}
        self._asked: dict[str, frozenset[str]] = {}

    def fits(self, draft: Draft) -> list[Fit]:
        """Return how ``draft`` fits each item asked of its sender that shares a word with it."""
        gives = self.weights.telling(draft.gives)
        return [self.compare(draft, item) for item in self.wanted.nearest(draft, gives)]

    def compare(self, draft: Draft, item: Item) -> Fit:
        """Tell how well ``draft`` meets ``item``."""
        mass = self.weights.mass
        gives, says, subject, own = self._said_in(draft)
        everything = item.words | item.hints
        given = everything & gives
        told = (everything | item.more) & says
        size = mass(everything | item.more)
        strength = mass(given & subject) + mass(given - subject) / 2 + mass(told - given) / 4
        return Fit(
            item=item,
            shared=tuple(sorted(map(self.weights.written, item.words & gives))),
            covered=mass(given) / item.mass if item.mass else 0.0,
            told=mass(told) / size if size else 0.0,
            about=mass(item.words & own) / mass(own) if own else 0.0,
            hinted=bool(item.hints & gives),
            strength=strength,
            titled=mass(own & self._said_in(item.request)[2]),
        )

    def _said_in(self, draft: Draft) -> _Said:
        """Return what a message gives, says in all, and is about, with and without hints."""
        if (found := self._said.get(draft.path)) is None:
            telling = self.weights.telling
            gives, subject = telling(draft.gives), telling(draft.subject)
            own = frozenset(word for word in subject if not is_hint(word))
            found = self._said[draft.path] = (gives, telling(draft.says) | gives, subject, own)
        return found

    def likeness(self, one: Draft, other: Draft) -> float:
        """Return how alike two messages are, from 0 to 1, by the words of what they say."""
        left, right = self.weights.stems(one), self.weights.stems(other)
        size = math.sqrt(self.weights.mass(left) * self.weights.mass(right))
        return self.weights.mass(left & right) / size if size else 0.0

    def same_subject(self, one: Draft, other: Draft) -> float:
        """Return how much of the shorter of two subjects both share, from 0 to 1."""
        subjects = self._said_in(one)[3], self._said_in(other)[3]
        topics = self._topic(one), self._topic(other)
        inside = all(topics) and (topics[0] <= topics[1] or topics[1] <= topics[0])
        return 1.0 if inside else self._overlap(*subjects)

    def _topic(self, draft: Draft) -> frozenset[str]:
        """Return the words of a message's file's name that tell what it is about."""
        if (found := self._topics.get(draft.path)) is None:
            name = draft.names[0].replace("-", " ") if draft.names else ""
            words = (word for word in telling_words(name) if not is_hint(word))
            found = self._topics[draft.path] = self.weights.telling(words)
        return found

    def _body(self, draft: Draft) -> frozenset[str]:
        """Return the words of a message, its title and what it names aside."""
        if (found := self._bodies.get(draft.path)) is None:
            found = self._bodies[draft.path] = self.weights.telling(draft.says)
        return found

    def _overlap(self, left: AbstractSet[str], right: AbstractSet[str]) -> float:
        size = min(self.weights.mass(left), self.weights.mass(right))
        return self.weights.mass(left & right) / size if size else 0.0

    def has_subject(self, draft: Draft) -> bool:
        """Tell whether a message's title or file's name says what it is about."""
        return bool(self._said_in(draft)[3])

    def speaks_of(self, draft: Draft, request: Draft) -> tuple[float, float, bool]:
        """Return how much a message says of what it is asked for, with its subject and without.

        The third tells whether all of its subject is one of the things that it is asked for.
        """
        _, says, _, own = self._said_in(draft)
        body = self._body(draft)
        told, spoken, wholly = 0.0, 0.0, False
        for item in self.wanted.of(request, draft.sender):
            wanted = item.words | item.hints | item.more
            told = max(told, self._share(wanted, says))
            spoken = max(spoken, self._share(wanted, body))
            wholly = wholly or bool(own and own <= item.words)
        return told, spoken, wholly

    def is_part_of(self, draft: Draft, request: Draft) -> bool:
        """Tell whether all that a message says stands in one thing that it is asked for."""
        body, items = self._body(draft), self.wanted.of(request, draft.sender)
        return bool(body) and any(body <= item.words | item.more for item in items)

    def repeats(self, draft: Draft, request: Draft, agent: str) -> float:
        """Return how much of what ``request`` wants of ``agent`` another request wants again."""
        if (said := self._asked.get(draft.path)) is None:
            ours = [word for want in draft.wants for word in (*want.words, *want.more)]
            words = (*ours, *draft.subject, *draft.says)
            said = self._asked[draft.path] = self.weights.telling(words)
        items = self.wanted.of(request, agent)
        return max((self._share(item.words, said) for item in items), default=0.0)

    def _share(self, wanted: AbstractSet[str], said: AbstractSet[str]) -> float:
        size = self.weights.mass(wanted)
        return self.weights.mass(wanted & said) / size if size else 0.0

    def covers(self, draft: Draft, request: Draft) -> bool:
        """Tell whether ``draft`` speaks of what ``request`` wants of its sender."""
        items = self.wanted.of(request, draft.sender)
        said = self.weights.telling((*draft.gives, *draft.says))
        if any(self.compare(draft, item).told >= 0.4 for item in items):
            return True
        subject = [word for word in self.weights.telling(request.subject) if not is_hint(word)]
        shared = self.weights.mass(word for word in subject if word in said)
        return bool(subject) and shared >= 0.5 * self.weights.mass(subject)


def is_met(fit: Fit) -> bool:
    """Tell whether a message that hands something over plainly meets an item.

    It must share words with it that are no agent's name and no common ones: much of the item, or
    all that the message is about, or a little where the rest of the message speaks of it too.
    """
    many = len(fit.shared) > 1
    return (
        (many and fit.covered >= 0.6)
        or (many and fit.covered >= 0.35 and (fit.about >= 0.3 or len(fit.shared) > 2))
        or (len(fit.shared) > 3 and fit.covered >= 0.28)
        or (many and fit.told >= 0.5 and fit.about >= 0.3)
        or (fit.about >= 0.6 and fit.covered >= 0.2 and (many or fit.hinted))
        or (fit.hinted and bool(fit.shared) and fit.covered >= 0.35)
    )


def may_be_met(fit: Fit) -> bool:
    """Tell whether a message that says that it answers something may mean an item."""
    return bool(fit.shared) and (fit.covered >= 0.15 or fit.told >= 0.35)


def may_begin(fit: Fit) -> bool:
    """Tell whether a message that says that work begins plainly means an item."""
    return is_met(fit) or (len(fit.shared) > 2 and fit.covered >= 0.15)


def best_of(fits: Iterable[tuple[Draft, Sequence[Fit]]]) -> dict[tuple[str, str], Fit]:
    """Choose among the fits of each message the requests that it meets.

    Of an agent's messages that meet one item only the best are kept, and of the requests of one
    agent that a message fits only those that it fits best. Returns (message, request) to the fit.
    """
    held = list(fits)
    strongest: dict[tuple[int, str | None], float] = defaultdict(float)
    for draft, ours in held:
        for fit in ours:
            key = fit.item.number, draft.sender
            strongest[key] = max(strongest[key], fit.strength)
    chosen: dict[tuple[str, str], Fit] = {}
    for draft, ours in held:
        kept = [
            fit
            for fit in ours
            if fit.strength >= _AS_GOOD * strongest[fit.item.number, draft.sender]
        ]
        fitted: dict[str, float] = defaultdict(float)
        top: dict[str, float] = defaultdict(float)
        for fit in sorted(ours, key=lambda one: one.item.number):
            asker = fit.item.request.sender or ""
            first = fit.item.request.path not in fitted
            fitted[fit.item.request.path] += fit.strength + (fit.titled if first else 0.0)
            top[asker] = max(top[asker], fitted[fit.item.request.path])
        for fit in sorted(kept, key=lambda one: (-one.strength, one.item.number)):
            request = fit.item.request
            if fitted[request.path] >= _MEANT * top[request.sender or ""]:
                chosen.setdefault((draft.path, request.path), fit)
    return chosen


def restated(requests: Sequence[Draft], meeting: Meeting) -> Iterator[tuple[Draft, Draft, str]]:
    """Yield (directed, to all, agent): a request to one agent that says again what was asked of it.

    Both are of one requester, and share two words or more of what they want of the agent.
    """
    broad: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in requests:
        if EVERYONE in draft.recipients or len(draft.ask_of) > 1:
            for agent in draft.ask_of:
                broad[draft.sender or "", agent].append(draft)
    for draft in requests:
        if len(draft.ask_of) != 1 or EVERYONE in draft.recipients:
            continue
        words = _words_of(meeting.wanted.of(draft, draft.ask_of[0]))
        for other in broad.get((draft.sender or "", draft.ask_of[0]), ())[:8]:
            items = meeting.wanted.of(other, draft.ask_of[0])
            if any(len(item.words & words) > 1 for item in items):
                yield draft, other, draft.ask_of[0]


def _words_of(items: Iterable[Item]) -> AbstractSet[str]:
    return {word for item in items for word in (*item.words, *item.more)}
