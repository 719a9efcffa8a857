"""Whether a message asks for something, and of whom: by its headings, and by its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rollcall.parse.addressees import LABEL, WHOM, looks_like_name, named_by, names_of
from rollcall.parse.dates import stamp_alone
from rollcall.parse.outline import Line
from rollcall.parse.questions import (
    VERBS,
    called_in,
    is_for_all,
    is_for_us,
    is_order,
    is_question,
    without_order,
)
from rollcall.parse.topics import is_header
from rollcall.roster import slugify

MAX_NAMES = 40

_ASK_HEADING = re.compile(
    r"\b(?:requests?|requested|asks?|needed|needs?\s+(?:from|by|your)|inputs?\s+needed|"
    r"what\s+(?:i|we)\s+need(?!\s+to\b)|(?:expected|wanted|open|missing|due|required|left)\s+(?:from|of|for)\s+you|"
    r"(?:next|to\s+do|work|tasks?|actions?)\s+for\s+you|your\s+(?:tasks?|actions?|to-?dos?|part|turn)|action\s+(?:items?|required|needed)|actions?\s+for|please|questions?|required\s+from|"
    r"review\s+focus|"
    r"for\s+your\s+(?:review|action|decision)|awaiting\s+your|call\s+for|to-?\s?dos?\s+for)\b",
    re.IGNORECASE,
)
_OPEN_HEADING = re.compile(
    r"\b(?:remaining|pending|open|next)\s+(?:alignment|confirmations?|decisions?|dependenc(?:y|ies))\b",
    re.IGNORECASE,
)
_DONE_HEADING = re.compile(
    r"\b(?:delivered|issued|sent|published|posted|received|fulfilled|answered|completed?|resolved|"
    r"responses?|replies|acknowledg\w*|addressed|closed|why|rules?|path|log|history|implemented|"
    r"format|body|payload|params?|headers?|timing|from\s+me|by\s+date|logged|accepted|status|"
    r"handled|processed|no\s+(?:open|new|pending))\b|^needed\s+by\b|^required\s+timing",
    re.IGNORECASE,
)
_QUIET_HEADING = re.compile(
    r"\b(?:next(?:\s+steps?)?|plans?|commitments?|safety|scope|limits?|rules?|how\s+to|runbook|"
    r"examples?|template|guardrails?|principles?|validation|evidence|checkpoints?|format|"
    r"response\s+(?:rule|path)|history|log)\b",
    re.IGNORECASE,
)
_ASIDE_HEADING = re.compile(
    rf"{_DONE_HEADING.pattern}|{_QUIET_HEADING.pattern}|\b(?:context|background|rationale|reasons?|because|"
    r"deadline|due|priority|notes?|impact|fallback|meanwhile|references?|links?|offer\w*|what\s+you\s+get)\b",
    re.IGNORECASE,
)
_EXPECTATIONS = re.compile(
    r"\b(?:expectations?|dependenc(?:y|ies)|needs|asks|requests?|actions?|assignments?)\b",
    re.IGNORECASE,
)
_ASK_INTRO = re.compile(
    r"^(?:please\b(?!\s+(?:note|see|find|be\s+aware|refer)\b)|@?\w[\w /-]{0,40}:\s+please\b|.{0,60}\bneed(?:ed|s)?\s+(?:from|by|for|you)\b|.{0,60}\bfrom\s+(?:each|both|all)\s+of\s+you\b|"
    r"what\s+(?:i|we)\s+need\b(?!\s+to\b)|(?:i|we)\s+(?:still\s+)?need:$|"
    r"(?:current|open|our|my)\s+needs?\b|requests?(?:\s+(?:to|for|from)\b.{0,60})?:$|asks?:$|"
    r"(?:open\s+)?questions?(?:\s+for\b.{0,60})?:$|inputs?\s+needed|actions?\s+(?:items?|needed))",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    rf"^(?:then\s+|also\s+|immediately\s+|next,?\s+)?(?:{VERBS})\b", re.IGNORECASE
)
_IMPERATIVE_CLAUSE = re.compile(
    rf"(?:^|[.;:]\s+)(?:then\s+|immediately\s+)?(?:{VERBS})\b\s+\S", re.IGNORECASE
)
_SENTENCES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"\bplease\b(?!\s+(?:note|see|find|be\s+aware|refer|ignore|disregard|do\s+not|don['\u2019]t|"
            r"never|avoid|refrain|let\s+me\s+know\s+if\s+you))"
        ),
        r"[请請]|お願い|\bbitte\b|\bpor\s+favor\b|\bs'il\s+vous\s+pla[iî]t\b",
        r"\b(?:can|could|would|will)\s+(?:you|someone|anyone|@\w+)\b[^.?]{0,300}\?",
        (
            r"\b(?:i|we)(?:'d|\s+would|\s+still|\s+also)?\s+(?:need|require|request|ask)\b[^.]{0,200}"
            r"\b(?:from\s+(?:you|@?[a-z])|you\s+to|your)\b"
        ),
        r"\bneed(?:s|ed)?\s+(?:you\s+to|your\b|from\s+you)",
        r"^(?:also\s+|still\s+|we\s+|i\s+)*need\b[^.?]{0,200}\bfrom\s+(?:you\b|@\w)",
        (
            r"\blet\s+(?:me|us)\s+know\b(?!\s+(?:if|when|should)\s+(?:you|anything|there|not)\b)"
            r"(?!\s+if\b[^.?!]{0,80}\b(?:still|any|odd|wrong|off|missing|fails?|failing|breaks?|broken|"
            r"issues?|problems?|questions?|unclear|trouble|differs?|surprises?)\b)"
        ),
        r"\b(?:waiting|blocked)\s+(?:on|for)\s+(?:you\b|your\b)",
        r"\b(?:missing|outstanding|overdue|owed|lacking)\s+from\s+you\b",
        (
            r"^(?:actions?|responses?|repl(?:y|ies)|answers?|inputs?|decisions?|reviews?|approvals?|"
            r"confirmations?|next\s+action)\s+(?:needed|required|requested|wanted)"
            r"(?:\s+(?:from|by|of)\s+[^:]{1,40})?\s*[*_]*:\s*[*_]*\s*(?!(?:none|no|nothing|n/?a|not|-)\b)\w"
        ),
        r"^@[\w-]+[:,]?\s+(?:i|we)\s+need\b",
        rf"\b(?:i|we)\s+need\b[^.?!]{{3,200}}[.;]\s+(?:please\s+)?(?:{VERBS})\b",
        r"^(?:still\s+)?(?:no\s+(?:word|news|answer|reply|response)|nothing\b[^.?!]{0,40})\s+(?:yet|so\s+far)\b(?![^.]*\bfrom\s+(?!you\b))",
        r"^(?:needed|required|wanted)\s+(?:by|before|until)\b[^:]{0,40}:\s+\S",
        (
            r"^(?:(?:i|we|still|also|urgently)\s+)*need\b(?!\s+to\b)[^.?]{3,200}"
            r"\b(?:by|before|until|asap|today|tomorrow)\b"
        ),
        r"\bawaiting\s+your\b",
        (
            r"(?<!no )\b(?:decision|input|answer|reply|review|approval|sign-?off|confirmation|feedback)\s+"
            r"(?:is\s+)?(?:needed|required|wanted)\W*$"
        ),
        r"(?:^|[.!?:]\s+)your\s+(?:call|turn|move|decision|choice)\W*$",
        r"(?:^|[.!]\s+)(?:still\s+missing|missing\s+(?:so\s+far|still|yet))\s*:\s+\S",
        (
            r"\b(?:would|['\u2019]d)\s+be\s+(?:\w+\s+)?(?:great|good|nice|helpful|useful|ideal|kind|lovely|perfect|"
            r"best)\s+if\s+you\b"
        ),
        (
            r"\b(?:i|we)(?:['\u2019]d|\s+would)\s+(?:really\s+|much\s+|also\s+)?"
            r"(?:appreciate|like\s+you\s+to|want\s+you\s+to|be\s+(?:glad|grateful|happy)\s+if\s+you)\b"
        ),
        r"\b(?:i|we)\s+want\s+you\s+to\b|\bwould\s+you\s+mind\b|\bover\s+to\s+you\b|\bit(?:['\u2019]s|\s+is)\s+your\s+turn\b",
        r"\b(?:i|we)\s+(?:need|want|would\s+like|have)\s+to\s+know\b|\bwonder(?:ing)?\s+(?:if|whether|what|which|how|when)\b",
        r"(?:^|[.!,;]\s+)(?:can|could|would|will)\s+you\s+(?!be\b)\w+\s+\w+",
        r"\bneed(?:ed|s)?\b[^.?!]{0,60}\bfrom\s+(?:each|every|all|both|any|either)\b[^.?!]{0,20}\byou\b",
        r"\b(?:i|we)\s+(?:still\s+)?(?:lack|am\s+(?:still\s+)?missing|are\s+(?:still\s+)?missing)\b",
        r"\bfrom\s+(?:the\s+)?@?[a-z][\w-]*\s+(?:i|we)\s+(?:still\s+)?need\b",
        (
            r"\byour\s+(?:review|confirmation|decision|approval|sign-?off|input|ack)\s+(?:is\s+)?"
            r"(?:needed|required|requested)"
        ),
        r"^(?:review\s+)?(?:request|ask|question|action|need)s?(?:\s+(?:for|to)\s+[^:]{1,40})?:\s+\S",
        r"^(?:remaining|pending|open)\s+(?:alignment|confirmations?|decisions?)[^:]{0,20}:\s+[A-Z]",
        r"^request(?:ing)?\s+(?:to|that|you|review|approval|confirmation|a\b|an\b|the\b)",
        (
            r"\b(?:owner|owning\s+agent|agent\s+(?:who|that)|someone|whoever|anyone)\b[^.;]{0,80}"
            r"\b(?:should|must|needs?\s+to)\b"
        ),
        (
            r"\bfollow(?:ing)?[-\s]?up\s+on\s+(?:the\s+|my\s+|our\s+)?(?:pending|open|earlier|"
            r"outstanding|previous|unanswered)\b"
        ),
        r"^(?:confirm|advise|approve|clarify|decide)\b(?!ed)",
        r"\bneed\s+\S+(?:\s+\S+){0,6}\s+(?:wiring|review|approval|decision|confirmation|input|help)\b",
    )
)
_OFFER = re.compile(
    r"^(?:follow-up:\s*)?(?:if|once|when|should)\s+(?:you|anyone|needed)\b[^.]{0,300}"
    r"\b(?:i|we)(?:['\u2019\ufffd]ll|\s+(?:can|will|could|am\s+happy))\b|\bhappy\s+to\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"^(?!the\b|your\b)[\w-]+(?:\s+[\w-]+)?,\s+please\W*(?:$|[.!]\s)", re.IGNORECASE
)
_PROMISE = re.compile(
    r"^(?:in\s+(?:the\s+)?next\s+\w+,?\s+|next,?\s+|then\s+)?(?:i|we)(?:['\u2019\ufffd]ll|\s+(?:will|plan)\b|\s+(?:am|are)\s+(?!missing|waiting|lacking|wondering|asking|requesting)\w+ing\b)",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^(?:none|nothing|n/?a|-|\u2013|—)\b[^a-z]{0,3}$|\bno\s+(?:\w+\s+){0,4}(?:is\s+|are\s+)?"
    r"(?:requested|needed|required|requests?|asks?|action)\b|^no\s+(?:new\s+)?(?:action|request|ask)|"
    r"\bneeds?\s+no\s+(?:\w+\s+)?(?:review|actions?|reply|answer|response|input|decision)\b|"
    r"\bnothing\s+(?:is\s+)?(?:needed|required|requested)\b|^(?:none|nothing)\b(?!.{0,40}\byet\b).{0,40}$",
    re.IGNORECASE,
)
_BARE_PATH = re.compile(r"(?:[\w /&-]{1,40}:\s*)?`?[^`\s][^`]{0,300}\.(?:md|txt)`?[.,;]?")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_CALLS = re.compile(r"(?:@[A-Za-z][\w-]{0,40}[,:]?\s+(?:and\s+|&\s+)?){1,8}")
_NO_ROW = re.compile(r"\|[\s:|-]*$|\|\s*(?:who|agent|name|owner|from)\s*\|", re.IGNORECASE)
_ASKING_KINDS = frozenset(
    {"request", "ask", "question", "review-request", "action", "action-required"}
)
_INSTRUCTING_KINDS = frozenset({"handoff", "instruction", "directive", "task", "assignment"})


@dataclass(frozen=True, slots=True)
class Asks:
    """Whether a message asks, the names it may ask by, and the lines that ask.

    With names but no ``asks`` it asks if one of them is an agent's: a section of instructions is
    headed by it.
    """

    asks: bool = False
    of: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


def read_asks(
    lines: Iterable[Line], kind: str = "", *, title: str = "", to: Iterable[str] = ()
) -> Asks:
    """Find what ``lines`` ask for; ``kind`` is the message's own word for what it is.

    ``to`` are the names of those whom it is for, as written.
    """
    body = [line for line in lines if not line.fenced and not line.text.startswith(">")]
    asking = list(_asking(body, bool(_is_ask_heading(title))))
    if not asking and kind in _INSTRUCTING_KINDS:
        asking = _told(body)
    if not asking and kind in _ASKING_KINDS:
        refused = any(_NOTHING.search(line.text) for line in body if not line.level)
        spoken = [line for line in body if not line.level and not stamp_alone(line.text)]
        asking = [] if refused else spoken[:1]
    if not asking:
        return _instructed(body)
    asking = [*asking, *_beside(body, asking, to)]
    named = dict.fromkeys(name for line in asking for name in names_of(line))
    return Asks(bool(asking), tuple(named)[:MAX_NAMES], tuple(asking))


def _told(body: list[Line]) -> list[Line]:
    """Return the orders of an instruction, and the items of the lists in which they stand."""
    orders_of = [line for line in body if not line.level and _IMPERATIVE_CLAUSE.search(line.text)]
    lists = {(line.heading, line.above) for line in orders_of if line.item}
    return [
        line
        for line in body
        if line in orders_of
        or (line.item and (line.heading, line.above) in lists and LABEL.match(line.text))
    ]


def _beside(body: list[Line], asking: list[Line], to: Iterable[str]) -> Iterator[Line]:
    """Yield the orders under a recipient's name beside another under whose name something is asked."""
    names = f"-{'-'.join(map(slugify, to))}-"
    found = {line.number for line in asking}
    levels = {line.heading: line.level for line in body if line.level}
    called = {heading for heading in levels if f"-{slugify(heading)}-" in names}
    beside = {levels[line.heading] for line in asking if line.heading in called}
    for line in body:
        named = line.heading in called and levels[line.heading] in beside
        if named and line.item and line.number not in found and _is_instruction(line):
            yield line


def _instructed(body: list[Line]) -> Asks:
    """Find orders that ask only if the name they stand by is an agent's."""
    told = [line for line in body if line.item and _is_instruction(line)]
    by_name = dict.fromkeys(name for line in told for name in named_by(line.heading))
    for line in body:
        if line.level or _is_quiet(line.heading):
            continue
        label = LABEL.match(line.text)
        called = [(label[1].strip(), label[2])] if label else []
        ordered_here = [name for name, said in (*called, *called_in(line.text)) if is_order(said)]
        if ordered_here:
            by_name |= dict.fromkeys(ordered_here)
            told.append(line)
    ordered = sorted(dict.fromkeys(told), key=lambda line: line.number)
    return Asks(asks=False, of=tuple(by_name)[:MAX_NAMES], lines=tuple(ordered))


def _is_quiet(heading: str) -> bool:
    return bool(_QUIET_HEADING.search(heading) or _DONE_HEADING.search(heading))


def _is_ask_heading(text: str) -> bool:
    return bool(_ASK_HEADING.search(text)) and not _DONE_HEADING.search(text)


def _asking(body: list[Line], titled: bool) -> Iterator[Line]:
    """Yield the lines that ask; a heading that asks with nothing under it covers those after it."""
    covered, covering, empty, below = titled, 0, False, False
    reports = _reports(body)
    for line in body:
        if line.level:
            below = (
                bool(covering) and line.level > covering and not _ASIDE_HEADING.search(line.heading)
            )
            if line.level > 1 and _is_ask_heading(line.heading):
                covered, covering, empty = True, line.level, True
            elif covering and not empty and line.level <= covering:
                covered, covering = titled, 0
            continue
        if line.heading and covering and _is_ask_heading(line.heading):
            empty = False
        if (
            _is_refused(line)
            or _NO_ROW.match(line.text)
            or line.heading in reports
            or is_header(line.text)
        ):
            continue
        if (below and line.item) or _by_section(line, covered) or _by_sentence(line):
            yield line


def _reports(body: list[Line]) -> set[str]:
    """Return the headings under which requests that were made elsewhere are only listed."""
    listed = {
        line.heading
        for line in body
        if _is_ask_heading(line.heading) and _BARE_PATH.fullmatch(line.text)
    }
    spoken = {
        line.heading
        for line in body
        if _IMPERATIVE.match(line.text) or any(one.search(line.text) for one in _SENTENCES[:2])
    }
    return listed - spoken


def _is_refused(line: Line) -> bool:
    text = _bare(line)
    return bool(_NOTHING.search(text) or _PROMISE.match(text))


def _bare(line: Line) -> str:
    return line.text.strip("*_ ")


def _by_section(line: Line, under_ask: bool) -> bool:
    """Tell whether what stands above the line asks, and the line is what is asked for."""
    if _is_ask_heading(line.heading) and line.heading != line.text:
        return True
    if any(_introduces(above) for above in line.above):
        return True
    label = LABEL.match(line.text)
    said = label[2] if label and label[2] else line.text
    imperative = bool(_IMPERATIVE.match(said)) or bool(
        line.above and re.match(r"(?:artifact|deliverable|need|ask)\b", line.text, re.IGNORECASE)
    )
    if imperative and _OPEN_HEADING.search(line.heading) and not label:
        return True
    named = (label is not None) or any(LABEL.match(above) for above in line.above)
    if imperative and named and _EXPECTATIONS.search(line.heading):
        return not _DONE_HEADING.search(line.heading)
    headed = looks_like_name(line.heading) or bool(WHOM.match(line.heading[:200]))
    return imperative and under_ask and headed


def _introduces(above: str) -> bool:
    """Tell whether what stands above a line, or the last sentence of it, asks for what follows."""
    last = _SENTENCE_END.split(above)[-1]
    return any(_ASK_INTRO.match(text) and not _OFFER.match(text) for text in {above, last})


def what_is_asked(text: str) -> str:
    """Return ``text`` without the name and the order that it begins with: "Ben: list the grades"."""
    label = LABEL.match(text)
    said = label[2] if label and label[2] else text
    rest = without_order(said)
    return text if rest == said or _IMPERATIVE.match(said) else rest


def _is_instruction(line: Line) -> bool:
    imperative = bool(_IMPERATIVE.match(line.text))
    return imperative and not _is_quiet(line.heading) and not _is_refused(line)


def _by_sentence(line: Line) -> bool:
    if _QUIET_HEADING.search(line.heading) and not re.search(
        r"\bplease\b", line.text, re.IGNORECASE
    ):
        return False
    text = _bare(line)
    if (
        _CHOICE.match(text)
        or _OFFER.search(text)
        or re.match(r"response\s+rule", line.heading, re.IGNORECASE)
    ):
        return False
    uncalled = _CALLS.sub("", text, count=1)
    if is_question(uncalled) or is_for_us(text) or is_for_all(text):
        return True
    return any(pattern.search(text) for pattern in _SENTENCES)
