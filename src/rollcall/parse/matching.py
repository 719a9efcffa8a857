"""How much two messages are about the same thing, by the words that few other messages share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from rollcall.model import Draft


class Topics:
    """The topics of all messages; a word weighs more the fewer messages have it (tf-idf's idf)."""

    def __init__(self, drafts: Sequence[Draft], names: AbstractSet[str] = frozenset()) -> None:
        """Weigh the topics of ``drafts``; ``names`` are words of agents' names, which weigh none."""
        held = Counter(topic for draft in drafts for topic in set(draft.topics) - names)
        self._weight = {topic: math.log(1 + len(drafts) / met) for topic, met in held.items()}
        self._size = {draft.path: self._sum(set(draft.topics)) for draft in drafts}

    def _sum(self, topics: set[str]) -> float:
        return sum(self._weight.get(topic, 0.0) for topic in sorted(topics))

    def likeness(self, one: Draft, other: Draft) -> float:
        """Return how alike two messages are, from 0 to 1: the cosine of their weighed topics."""
        sizes = self._size[one.path] * self._size[other.path]
        shared = self._sum(set(one.topics) & set(other.topics))
        return shared / math.sqrt(sizes) if sizes else 0.0
