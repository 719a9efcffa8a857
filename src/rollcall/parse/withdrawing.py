"""Requests that their own sender takes back: "never mind", "withdrawn", ``kind: withdraw``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rollcall.model import Draft, Link, LinkKind
from rollcall.parse.exchanges import is_surely_after
from rollcall.parse.outline import Line
from rollcall.parse.pointing import file_of

_KINDS = frozenset(
    {
        "withdraw",
        "withdrawn",
        "withdrawal",
        "cancel",
        "cancelled",
        "canceled",
        "retract",
        "retracted",
    }
)
_TAKEN_BACK = re.compile(
    r"^\W*(?:[\w-]{1,40}[:,] )?(?:(?:oh|ok|okay|sorry|actually|please|so)[,:]? ){0,2}(?:"
    r"never ?mind|nevermind|withdrawn|cancel(?:l?ed)?(?= that| this| my| the (?:request|ask)|\W*$)"
    r"|disregard (?:this|that|my|the)|ignore (?:my|the) (?:\w+ )?(?:request|ask|question|message)"
    r"|scratch that|forget (?:it|that|my)|no need any ?more|(?:i )?withdraw(?:ing)?\b"
    r"|(?:this|that|my|the) (?:\w+ )?(?:request|ask|question) (?:is|was) (?:hereby )?"
    r"(?:withdrawn|cancell?ed|retracted|obsolete|no longer needed)"
    r"|i (?:no longer|do not|don['\u2019]t) need (?:it|this|that)(?: any ?more)?\b"
    r"|no longer (?:needed|required|necessary)\b)",
    re.IGNORECASE,
)
_POINTS = (LinkKind.ANSWERS, LinkKind.ACKS, LinkKind.FOLLOWS_UP, LinkKind.MENTIONS)
_LINES = 12


def takes_back(lines: Iterable[Line], kind: str = "") -> bool:
    """Tell whether a message takes back what its sender asked, by its kind or one of its lines."""
    if kind.strip().casefold() in _KINDS:
        return True
    said = [line for line in lines if line.text and not line.fenced]
    return any(_TAKEN_BACK.match(line.text[:300]) for line in said[:_LINES])


def find_withdrawn(drafts: Sequence[Draft], links: Sequence[Link]) -> Mapping[str, str]:
    """Return each request that its sender took back, with the path of the message that says so.

    It is the sender's own request that the message points at; where it points at none, the sender's
    last one above it in the same thread, or the only one that it made of the same agents. A message
    takes nothing back that is known to be later.
    """
    taking = [draft for draft in drafts if draft.withdraws and draft.sender]
    if not taking:
        return {}
    asked = {draft.path: draft for draft in drafts if draft.asks and draft.is_message}
    pointed: dict[str, list[str]] = defaultdict(list)
    for link in links:
        if link.kind in _POINTS and link.target in asked:
            pointed[link.source].append(link.target)
    found: dict[str, str] = {}
    for draft in taking:
        own = [asked[path] for path in pointed[draft.path] if asked[path].sender == draft.sender]
        for request in own or _meant(draft, asked.values()):
            if request.path != draft.path and not is_surely_after(request, draft):
                found.setdefault(request.path, draft.path)
    return found


def _meant(draft: Draft, asked: Iterable[Draft]) -> list[Draft]:
    """Return the request that a message means that names none."""
    own = [one for one in asked if one.sender == draft.sender and one.path != draft.path]
    above = [
        one for one in own if file_of(one.path) == file_of(draft.path) and one.start < draft.start
    ]
    if above:
        return [max(above, key=lambda one: one.start)]
    to = set(draft.recipients)
    same = [one for one in own if to & {*one.recipients, *one.ask_of}]
    return same if len(same) == 1 else []
