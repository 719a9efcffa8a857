"""What a request wants, item by item, and what a message gives: in single words, to be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rollcall.model import LinkKind, Want
from rollcall.parse.addressees import is_label, names_of
from rollcall.parse.asks import what_is_asked
from rollcall.parse.dates import stamp_alone
from rollcall.parse.links import acts_on, targets
from rollcall.parse.outline import Line
from rollcall.parse.purpose import chases, defers, only_informs
from rollcall.parse.topics import is_header, words_of

MAX_WANTS = 24
MAX_WORDS = 16
MAX_GIVEN = 60
MAX_SAID = 160

_PHASES = ("sprint", "phase", "milestone", "week", "iteration", "stage", "wave", "epic", "step")
_PHASE = re.compile(
    rf"\b({'|'.join(_PHASES)})"
    r"[-_\s`#]{1,3}(\d{1,3})(?:\s?[-\u2013/]\s?(\d{1,3}))?\b",
    re.IGNORECASE,
)
_KINDS = {
    "spec": frozenset(
        [
            "contract",
            "schema",
            "model",
            "spec",
            "specification",
            "shape",
            "format",
            "interface",
            "dto",
            "envelope",
            "payload",
            "definition",
        ]
    ),
    "state": frozenset(["state", "status", "lifecycle"]),
    "limit": frozenset(["limit", "threshold", "quota", "bound", "budget"]),
}
_KIND_OF = {word: f"={kind}" for kind, words in _KINDS.items() for word in words}
_NOT_TELLING = frozenset(
    [
        "artifact",
        "deliverable",
        "owner",
        "due",
        "required",
        "requirement",
        "dependency",
        "dependencie",
        "focus",
        "follow",
        "drop",
        "broadcast",
        "general",
        "purpose",
        "objective",
        "summary",
        "related",
        "command",
        "expected",
        "scope",
        "peer",
        "section",
        *("req", "res", "resp", "msg", "info", "fwd", "fyi", "detail"),
    ]
)
_TIMES = frozenset(
    (
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today"),
        *("tomorrow", "tonight", "noon", "midnight", "morning", "afternoon", "evening", "month"),
        *("year", "january", "february", "march", "april", "june", "july", "august"),
        *("september", "october", "november", "december"),
    )
)
_GIVES = re.compile(
    r"\b(?:deliver(?:ed|y|s|ables?)|drop(?:ped)?|landed|shipped|ships|releas(?:ed|e|ing)|published|"
    r"implemented|implementation\s+(?:update|complete|done|status)|completed?|available|ready|"
    r"provided|attached|wired|fixed|merged|pushed|passe[sd]|passing|results?|response|answers?|"
    r"(?:running|up|live|on|in\s+(?:use|force|effect))\s+(?:now|since|again)|live|active|done|finished|in\s+place|uploaded|added|exposed|here\s+(?:is|are)|now\s+\w+s)\b",
    re.IGNORECASE,
)
_GIVES_NOT = re.compile(
    r"\b(?:need(?:ed|s)?|request(?:s|ed)?|required|await\w*|pending|not\s+yet|please|before|once|"
    r"when|until|if|will|would|should|must|un(?:available|ready)|not\s+(?:\w+\s+)?(?:ready|available|done)|"
    r"rules?|format|expected|blocked|asks?|focus)\b",
    re.IGNORECASE,
)
_WAS_ASKED = re.compile(
    r"\b(?:requested|needed|required|asked)\s+(?=(?:[\w/-]+\s+){1,3}(?:delivered|provided|attached|below)\b)",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"^\W*(?:(?:i['\u2019]?m|i\s+am|we['\u2019]?re|we\s+are|now)\s+)?"
    r"(?!(?:releas|finish|complet|noth|someth|anyth|everyth|accord|regard|concern|dur|pend|miss|"
    r"remain|wait|follow|includ|see|report|confirm|acknowledg|clos|deliver|publish|pass|fail)ing)"
    r"[a-z]{2,14}ing\b(?!\s+(?:since|again|fine|ok|well|as\s+expected)\b)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:next|plans?|planned|follow-?\s?ups?|todo|later|risks?|pending|open|"
    r"evidence|validation|verification|references?|sources?|response\s+rule|limits?\s+and|"
    r"commitments?|needs?|needed|requests?|requested|asks?|focus|timing)\b",
    re.IGNORECASE,
)
_OFFER = re.compile(r"^\W*(?:if|once|when|should)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given:
    """What a message gives: ``delivers`` and ``begins`` where it says so.

    ``subject`` are the words of its title and its file's name, ``gives`` those and the words of
    what it hands over, ``says`` all others that speak of what was done. ``informs`` where it says
    that it only informs or offers, ``chases`` where it says that something was asked before,
    ``defers`` where it puts off what it speaks of.
    """

    subject: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    delivers: bool = False
    begins: bool = False
    informs: bool = False
    chases: bool = False
    defers: bool = False


def telling_words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` to compare by, with ``sprint-7`` for a numbered phase.

    A word for a specification, a state or a limit comes with its class (``=spec``): who asks for a
    schema may be given a contract.
    """
    for phase, first, last in _PHASE.findall(text):
        low, high = int(first), int(last or first)
        yield from (f"{phase.lower()}-{n}" for n in range(low, min(high, low + 12) + 1))
    for word in words_of(text):
        if word not in _NOT_TELLING and word not in _PHASES and word not in _TIMES:
            yield word
        if word in _KIND_OF:
            yield _KIND_OF[word]


def read_wants(lines: Sequence[Line]) -> tuple[Want, ...]:
    """Return one Want for each thing that the asking ``lines`` ask for.

    A line below another that asks belongs to it.
    """
    heads: dict[str, int] = {}
    wants: list[tuple[dict[str, None], dict[str, None], tuple[str, ...]]] = []
    for line in lines:
        of = next((heads[above] for above in line.above if above in heads), None)
        if of is not None:
            wants[of][1].update(dict.fromkeys(telling_words(line.text[:300])))
            continue
        if len(wants) >= MAX_WANTS:
            break
        if is_label(line.text):
            continue
        words = dict.fromkeys(telling_words(what_is_asked(line.text)[:400]))
        if all(map(is_hint, words)):
            continue
        above = " ".join(text for text in line.above if _PHASE.search(text))
        words.update(dict.fromkeys(word for word in telling_words(above) if is_hint(word)))
        heads[line.text] = len(wants)
        wants.append((words, {}, tuple(dict.fromkeys(names_of(line)))[:6]))
    return tuple(
        Want(tuple(words)[:MAX_WORDS], tuple(more)[:MAX_WORDS], names)
        for words, more, names in wants
    )


def is_hint(word: str) -> bool:
    """Tell whether ``word`` is a class of words or a phase, which only supports what others tell."""
    return word[0] == "=" or ("-" in word and word[-1].isdigit())


def read_given(
    title: str, topic: str, lines: Sequence[Line], asking: Iterable[Line], kind: str = ""
) -> Given:
    """Return what a message gives; ``asking`` are those of its ``lines`` that ask."""
    asked = {line.number for line in asking}
    own = [line for line in lines if not line.fenced and line.number not in asked]
    telling = 2 * sum(1 for line in own if not line.level) > len(asked)
    subject = dict.fromkeys((*telling_words(title), *telling_words(topic.replace("-", " "))))
    gives, says = dict(subject), dict[str, None]()
    delivers = begins = False
    opening = True
    aside = {line.heading for line in own if _is_aside(line.heading, title, subject)}
    for line in own:
        if line.level:
            if line.text not in aside:
                gives.update(dict.fromkeys(telling_words(line.text)))
            delivers = delivers or _hands_over(line.text)
            continue
        named = [*targets(line.text)]
        if named and acts_on(line, named[0]) is LinkKind.ACKS and len(line.text.split()) < 8:
            continue
        for target in named:
            gives.update(dict.fromkeys(telling_words(_name_of(target))))
        if _OFFER.match(line.text) or line.heading in aside:
            continue
        if is_header(line.text) or stamp_alone(line.text):
            continue
        if opening and not _FIELD.match(line.text):
            delivers = delivers or _hands_over(line.text)
            begins = begins or bool(_BEGINS.match(line.text))
            gives.update(dict.fromkeys(telling_words(line.text[:300])))
            opening = False
        if len(says) < MAX_SAID:
            says.update(dict.fromkeys(telling_words(line.text[:300])))
    return Given(
        tuple(subject)[:MAX_WORDS],
        tuple(gives)[:MAX_GIVEN],
        tuple(says)[:MAX_SAID],
        (delivers and telling) or _hands_over(title) or kind in _GIVING_KINDS,
        begins,
        only_informs(title, lines, kind),
        chases(title, lines, kind),
        defers(lines),
    )


def _is_aside(heading: str, title: str, subject: Iterable[str]) -> bool:
    """Tell whether a section is beside what the message is about: its next steps, its risks."""
    if heading == title or not _ASIDE.search(heading):
        return False
    words = {*telling_words(heading)}
    return not words or not words <= {*subject}


_FIELD = re.compile(r"[*_>\s]{0,4}[A-Za-z][\w /-]{0,24}:[*_]{0,2}(?:\s|$)")
_GIVING_KINDS = frozenset(["result", "release", "response", "answer", "reply", "delivery", "done"])


def _hands_over(text: str) -> bool:
    text = _WAS_ASKED.sub("", text)
    return bool(_GIVES.search(text)) and not _GIVES_NOT.search(text)


def _name_of(target: str) -> str:
    return PurePosixPath(target.split("#", maxsplit=1)[0]).stem.replace("-", " ").replace("_", " ")
