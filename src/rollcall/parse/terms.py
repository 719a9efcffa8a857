"""On which terms a message asks: until when, what its sender does meanwhile, or that it takes back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from rollcall.model import Draft
from rollcall.parse.dues import find_due_words
from rollcall.parse.evidence_blockers import starts_fallback
from rollcall.parse.evidence_text import clauses
from rollcall.parse.outline import Line
from rollcall.parse.withdrawing import takes_back

_MAY_FALL_BACK = re.compile(
    r"fall-?back|meanwhile|in the meantime|in the interim|work-?around|stop-?gap|provisional",
    re.IGNORECASE,
)
_PROVISIONAL = re.compile(r"\bprovisional\b[^.;?]{0,120}\b(?:until|till|for)\b", re.IGNORECASE)
_LONGEST = 200


def with_terms(
    draft: Draft,
    body: Sequence[Line],
    asking: Sequence[Line],
    kind: str,
    *,
    due: str = "",
    fallback: str = "",
) -> Draft:
    """Return the draft with its due time in words, its fallback, and whether it takes back.

    ``due`` and ``fallback`` are what its head says of them.
    """
    words = ""
    if draft.asks and draft.due is None:
        lines = [f"by {due}"] if due else [line.text for line in asking]
        words = find_due_words(lines, (line.text for line in body))
    numbers = {line.number for line in asking} if draft.asks else set[int]()
    return replace(
        draft,
        due_words=words,
        fallback=(fallback or _find_fallback(body, numbers))[:_LONGEST],
        withdraws=takes_back(body, kind),
    )


def _find_fallback(body: Iterable[Line], asking: Collection[int]) -> str:
    for line in body:
        if line.fenced or line.number in asking or _MAY_FALL_BACK.search(line.text) is None:
            continue
        if _PROVISIONAL.search(line.text) or any(map(starts_fallback, clauses((line.text,), 1, 0))):
            return " ".join(line.text.split())
    return ""
