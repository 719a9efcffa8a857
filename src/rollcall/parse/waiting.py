"""Whom a statement says it waits for: "waiting on ben for the schema", "blocked by noor's API".

A name counts only in the reach of a word of waiting: right behind it, behind a ``from``, ``by`` or
``until`` of its own, or in a list with such a name. The reach ends with the sentence, at the next
word of waiting, and where another thought begins ("but", "meanwhile"). The patterns are bounded and
each character lies in one reach, so the work grows with the text alone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_I = re.IGNORECASE

_SENTENCE = re.compile(r"[.;!?](?=\s|$)|[\r\n]")
_WORD = re.compile(r"\w+")
_JOINT = re.compile(r"[ \-/]")

_WAITING = re.compile(
    r"(?<![\w-])(?:"
    r"(?:a?waiting|a?waits?)(?: (?:on|for|upon))?(?: to hear(?: back)?)?"
    r"|block(?:ed|ing)(?: (?:by|on|behind|awaiting|pending))?|blockers?:"
    r"|(?:stuck|held up|on hold|standing by|stand by)(?: (?:by|on|for|behind))?"
    r"|depend(?:s|ing|ent)? on|pending|needs?(?! to (?!be\b))|needed|requires?|required"
    r"|missing|lack(?:s|ing)?|(?:owed|due|expected|outstanding|overdue) (?:by|from)"
    r"|no (?:answer|reply|response|word|news|ack|acknowledge?ment|feedback|decision|review"
    r"|approval|sign-?off)"
    r"|(?P<heard>(?:(?<=not )|(?<=n['\u2019]t )|(?<=never ))heard(?: back)?|heard nothing(?: back)?)"
    r"|(?P<weak>until|till|unless|without|before)"
    r")(?!\w)",
    _I,
)
_STOPPED = re.compile(
    r"\b(?:cannot|can not|can['\u2019]t|unable|won['\u2019]t|block(?:ed|er)|hold(?:ing|s)?|paused"
    r"|on hold|stuck|idle|stopped|a?wait(?:s|ing)?)\b",
    _I,
)
_NOT_SO = re.compile(
    r"(?:\b(?:not|no|no longer|never|was|were|had been|if|when|in case)|n['\u2019]t)"
    r"(?: (?:be|been|being|currently|really|actually|yet|any ?more|still|even)){0,2} $",
    _I,
)
_IS_WAITING = re.compile(
    r"(?:['\u2019]s)?(?: (?:is|are|remains?|was|were|has|have|had|been|still|now|also|both|currently"
    r"|will|be|not|never|hasn['\u2019]t|isn['\u2019]t)){0,4} $",
    _I,
)
_OTHER_THOUGHT = re.compile(
    r"\b(?:but|while|whereas|meanwhile|so|because|since|although|though|which|that|who|whom|instead"
    r"|then)\b|(?<=\s)[\u2013\u2014-]+(?=\s)",
    _I,
)
_FILLER = re.compile(
    r"(?:[\s:@`*_\"'(\[\u201c\u2013\u2014-]|(?:the|an?|agent|both|either|our|my|lead|least|at)\b)*",
    _I,
)
_BEFORE_NAME = re.compile(
    r"(?P<list>[,&+/]|\b(?:and|or)\b)|\b(?P<mark>from|until|till|by)\b",
    _I,
)
_GIVEN = re.compile(
    r"\b(?:review|approval|sign-?off|answer|reply|response|decision|confirmation|fix|merge|change"
    r"|work|go|hand-?off|release|reviewed|approved|answered|confirmed|signed(?: off)?|provided"
    r"|delivered|merged|fixed|decided|released|sent|shared|granted|done|finished|published|posted"
    r"|resolved|unblocked) $",
    _I,
)
_ACTS = re.compile(
    r"[`*_\"')\]]* (?:is|are|was|were|has|have|had|did|does|do|will|can|could|would|may|might"
    r"|should|must|already|just|also|wrote|sent|made|gave|got|took|ran|built|went|began|said|says"
    r"|I|we|\w{2,30}(?:ed|ing))\b",
)
_WHOM = re.compile(r" (?:on|for|upon|by|behind|from)$", _I)
_CLOSING = re.compile(r"(?P<own>['\u2019]s?(?!\w))?[`*_\"')\]]*")
_SEPARATOR = re.compile(r"(?P<tight> ?[/&+] ?)|,? (?:and|or) |, ?", _I)
_GOES_ON = re.compile(r"[-.@\\]\w|/[^\s,]{0,200}\.\w|\(\)")
_LOOK_BACK = 48


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    slug: str


def names_in_statement(text: str, known: Mapping[str, str], writer: str = "") -> tuple[str, ...]:
    """Return the slugs of the agents that a statement says its writer waits for, as they come.

    ``known`` maps every name and alias to its slug. They are found as whole words, whatever their
    case, the longest first: ``ben`` stands neither in ``bench`` nor in ``ben-api``. ``writer`` is
    the slug of who says it, who never waits for itself; where another is the one that waits ("noor
    is waiting on ben"), nobody is meant.
    """
    if _WAITING.search(text) is None:
        return ()
    forms = {_words(name): slug for name, slug in known.items() if _words(name)}
    longest = max(map(len, forms), default=0)
    found: dict[str, None] = {}
    for raw in _SENTENCE.split(text):
        sentence = " ".join(unicodedata.normalize("NFKC", raw).split())
        names = list(_find_names(sentence, forms, longest))
        if names:
            found.update(dict.fromkeys(_waited_for(sentence, names, writer)))
    found.pop(writer, None)
    return tuple(found)


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


def _find_names(
    sentence: str, forms: Mapping[tuple[str, ...], str], longest: int
) -> Iterator[_Name]:
    """Yield the names in a sentence, none within another."""
    words = list(_WORD.finditer(sentence))
    folded = [word[0].casefold() for word in words]
    at, last = 0, -1
    while at < len(words):
        for count in range(min(longest, len(words) - at), 0, -1):
            slug = forms.get(tuple(folded[at : at + count]))
            if slug is not None and _stands_alone(sentence, words[at : at + count], last):
                last = words[at + count - 1].end()
                yield _Name(words[at].start(), last, slug)
                at += count - 1
                break
        else:
            if words[at].start() - 1 == last and sentence[last] == "/":
                last = words[at].end()  # one that nobody knows, in a list that a name began
        at += 1


def _stands_alone(sentence: str, words: Sequence[re.Match[str]], last: int) -> bool:
    """Tell whether a name's words belong together, and to no longer word, path or address.

    ``last`` is where the name before ends: a slash joins names to a list, and folders to a path.
    """
    start, end = words[0].start(), words[-1].end()
    joints = (sentence[one.end() : other.start()] for one, other in pairwise(words))
    if not all(_JOINT.fullmatch(joint) for joint in joints):
        return False
    before = sentence[start - 1] if start else ""
    if before in {"-", ".", "#", "$", "\\"} or (before == "/" and last != start - 1):
        return False
    if before == "@" and sentence[max(start - 2, 0)].isalnum():
        return False
    return _GOES_ON.match(sentence, end) is None


def _waited_for(sentence: str, names: list[_Name], writer: str) -> Iterator[str]:
    """Yield who is waited for in one sentence, by the reach of each word of waiting."""
    begins = {name.start: name for name in names}
    stopped = _STOPPED.search(sentence)
    openings = list(_WAITING.finditer(sentence))
    ends = [*(opening.start() for opening in openings[1:]), len(sentence)]
    for opening, end in zip(openings, ends, strict=False):
        if opening["weak"]:
            if stopped is None or stopped.start() > opening.start():
                continue
        elif _is_not_meant(sentence, opening, names, writer):
            continue
        start = _skip(_FILLER, sentence, opening.end(), end)
        other = _OTHER_THOUGHT.search(sentence, start, end)
        whom = _WHOM.search(opening[0]) is not None
        yield from _in_reach(sentence, start, other.start() if other else end, begins, whom=whom)


def _is_not_meant(sentence: str, opening: re.Match[str], names: list[_Name], writer: str) -> bool:
    """Tell whether a word of waiting is denied, past, a condition, or said of another agent."""
    at = opening.start()
    if not opening["heard"] and _NOT_SO.search(sentence[max(at - _LOOK_BACK, 0) : at]):
        return True
    before = bisect_right(names, at, key=lambda name: name.end) - 1
    if before < 0 or at - names[before].end > _LOOK_BACK:
        return False
    name = names[before]
    said = sentence[name.end : at]
    heads = name.start == 0 and said == ": "
    return name.slug != writer and (heads or _IS_WAITING.match(said) is not None)


def _in_reach(
    sentence: str, at: int, end: int, begins: Mapping[int, _Name], *, whom: bool
) -> Iterator[str]:
    """Yield the names in a reach: at its start, behind a preposition, in a list.

    ``whom``: the word of waiting asks for whom or what, so that its list may begin with a thing
    ("waiting on the build and ben"); else a list counts from its first name on.
    """
    found, at = _list_at(sentence, at, end, begins, sure=True, listed=False)
    listed = whom or bool(found)
    yield from found
    while (mark := _BEFORE_NAME.search(sentence, at, end)) is not None:
        at = mark.end()
        preposition = (mark["mark"] or "").lower()
        before = sentence[max(mark.start() - _LOOK_BACK, 0) : mark.start()]
        if preposition != "by" or _GIVEN.search(before):
            sure = preposition != ""
            found, at = _list_at(sentence, at, end, begins, sure=sure, listed=listed)
            listed = listed or bool(found)
            yield from found


def _list_at(
    sentence: str, at: int, end: int, begins: Mapping[int, _Name], *, sure: bool, listed: bool
) -> tuple[list[str], int]:
    """Return the names of a list that begins at ``at``, and where it ends.

    What follows the last name tells whether the list still waits ("ben and noor's API") or whether
    another sentence has begun ("ben, noor wrote the API"). Then only the first is ``sure``, with what
    is joined to it ("ben/noor"), if any is. Where it is neither ``sure`` nor ``listed`` with others,
    a name must own what is waited for.
    """
    found: list[str] = []
    first = 0
    tight, own = True, False
    name = begins.get(_skip(_FILLER, sentence, at, end))
    while name is not None and name.end <= end:
        found.append(name.slug)
        first += tight
        closing = _CLOSING.match(sentence, name.end, end)
        own = closing is not None and closing["own"] is not None
        at = closing.end() if closing else name.end
        separator = _SEPARATOR.match(sentence, at, end)
        if separator is None:
            break
        tight = tight and separator["tight"] is not None
        name = begins.get(_skip(_FILLER, sentence, separator.end(), end))
    goes_on = own or ((sure or listed) and _ACTS.match(sentence, at, end) is None)
    return found[: None if goes_on else first if sure else 0], at


def _skip(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    found = pattern.match(text, start, end)
    return start if found is None else found.end()
