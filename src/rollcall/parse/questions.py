"""Direct questions and addressed orders: asks that need no polite word, told by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDS = r"\?(?=[\s)\"'*_`\u201d]|$)"
_QUESTION = re.compile(
    r"(?:^\W*|[.!;:,)\u2013—]\s+|\s-\s+)(?:and\s+|so\s+|or\s+|but\s+|also\s+)?"
    r"(?:[@\w-]{1,40},\s+)?"
    r"(?:which|what|who|whom|whose|when|where|how|is|are|was|were|do|does|did|has|have|can|could|"
    r"may|shall|should|will|would|by\s+when|until\s+when|(?:in|on|at|from|for|under|with|to)\s+(?:which|what))\b"
    rf"(?!\s+(?:do|can|should|would)\s+i\b)(?:\s+[^\s?]+){{2,60}}?\s*{_ENDS}",
    re.IGNORECASE,
)
_PRESSING = re.compile(
    rf"\bany\s+(?:news|updates?|progress|word|eta|chance)\b[^?.]{{0,120}}{_ENDS}|\beta\s*{_ENDS}|"
    rf"\b(?:ok|okay|fine|alright|all\s+right|acceptable)\s+(?:for|with|by|to)\s+(?:you|everyone|all)\b[^?.]{{0,60}}{_ENDS}",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"(?:^|[.!:]\s+)(?!(?:really|sure|right|ok(?:ay)?|why\s+not|huh|what)\W*$)(?:and\s+|so\s+)?[a-z][\w'\u2019-]*(?:\s+[\w'\u2019-]+){0,6}\s?\?{1,3}(?=$|\s+(?!(?:ask|see|read|check|ping|write|contact|tell|try)\b)\w)",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:^|[.!?;]\s+|\s[\u2013—-]\s+)(?:(?:and|then|also|thanks|hi|hey|hello),?\s+)?"
    r"(?:@?([A-Za-z][\w-]{1,40}(?:\s[A-Z][\w-]{1,24})?)\s?[,:]|@([A-Za-z][\w-]{1,40}))\s+(?=[a-z])"
)
_ANSWERED = re.compile(
    r"\?[)\"'*_`\u201d]*\s+(?:because|since|yes|no|none|not|simply|easy|the\s+answer|it['\u2019\s]|so\s+that)\b",
    re.IGNORECASE,
)
_OF_FAQ = re.compile(r"^\W*q(?:uestion)?\s?\d*\s*[:.)]", re.IGNORECASE)

VERBS = (
    "provide|share|confirm|review|publish|send|align|validate|keep|report|lock|prioriti[sz]e|ensure|"
    "run|pull|read|check|verify|deliver|define|decide|approve|add|update|include|flag|fix|attach|"
    "reply|respond|ack|acknowledge|commit|push|start|restart|use|migrate|wire|switch|stop|install|"
    "connect|rebase|merge|test|return|post|do\\s+not|don't|consume|rerun|re-run|coordinate|"
    "investigate|move|remove|rename|hand|take|give|clarify|advise|expose|document|prepare|complete"
)
"""Words by which an order begins, as alternatives of a pattern."""

_ORDERS = (
    "list|name|tell|look|explain|supply|fill|sign|choose|pick|rate|vote|schedule|rotate|grant|"
    "create|open|close|mark|write|implement|set|change|drop|disable|enable|deploy|release|ship|"
    "upload|ping|assign|estimate|propose|compare|double-check|submit|describe|state|specify|"
    "answer|get|have|point|forward|show|make|find|let|keep|ask|book|print|measure|plan|refresh|"
    "rebuild|revert|roll|pause|resume|raise|lower|cut|tag|hold|free|cover|claim|sync|export|import|"
    "count|bring|collect|draw|pack|call|try|wait|stay|watch|track|record|note\\s+down|mention|apply|"
    "merge|commit|log|file|replace|reset|retry|scan|search|solve|split|sort|store|summari[sz]e|swap|"
    "put|leave|bake|trim|turn|unblock|upgrade|bump|wrap|audit|benchmark|profile|stub|mock|seed|script|land|back\\s+up"
)
_ALL = r"@?(?:everyone|everybody|all(?:\s+agents|\s+of\s+you)?|(?:each|every)\s+(?:agent|of\s+you)|team|folks)"
_TO_ALL = re.compile(rf"^{_ALL}\s*[:,\u2013—-]\s+", re.IGNORECASE)
_ORDERED = re.compile(rf"(?:please\s+)?(?:{VERBS}|{_ORDERS})\b\s+\S", re.IGNORECASE)
_ORDER = re.compile(rf"^(?:please\s+)?(?:{_ORDERS})\s+", re.IGNORECASE)
_OBJECT = r"(?:the|an?|your|my|our|its|me|us|them|it|this|that|these|those|all|any|both|each|every|one|two)"
_BASE_FORM = re.compile(
    rf"(?:please\s+)?(?!(?:{_OBJECT[3:-1]}|is|are|was|were|be|has|have|had|do|did|can|could|will|would|"
    r"may|might|must|shall|should|not|no|yes|i|we|you|he|she|they|there|here|only|with|on|in|at|of|for|from|"
    r"to|by|as|and|or|but|if|when|once|since|after|before|until|now|then|so|also|what|which|who|how|"
    r"thanks|thank|sorry|about|over|under|like|because|while|whose|where|why|per|via|than|just|even|"
    rf"still|both|half|most|some|such|got|took|gave|made|put|found|saw|sent|went|let|said|wrote|ran)\b)"
    rf"[a-z]{{2,14}}(?<!ed)(?<!ing)(?<!ly)(?<!s)\s+{_OBJECT}\b"
)
_TO_US = re.compile(
    r"(?:^|[.;:,!\u2013—]\s+|\band\s+)(?:@[\w-]+[:,]?\s+)?(?:(?:then|also|and)\s+)?(?:send|tell|give|show|forward|hand|write|ping|mail|point)\s+"
    r"(?:me|us)\b(?!\s+(?:if|when|whenever|should)\b)",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Tell whether ``text`` asks something that it does not answer itself."""
    if "?" not in text or _OF_FAQ.match(text) or _ANSWERED.search(text):
        return False
    return bool(_QUESTION.search(text) or _PRESSING.search(text) or _FRAGMENT.search(text))


def called_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield whom a sentence of ``text`` may call by name, and what it says: "Ben, list the grades"."""
    for found in _CALLED.finditer(text[:2000]):
        yield found[1] or found[2], text[found.end() :]


def is_order(text: str) -> bool:
    """Tell whether ``text``, said to somebody by name, orders something: "leave the glass open"."""
    return bool(_ORDERED.match(text) or _BASE_FORM.match(text))


def without_order(text: str) -> str:
    """Return ``text`` without the verb of an order that it begins with."""
    return _ORDER.sub("", text, count=1)


def is_for_all(text: str) -> bool:
    """Tell whether ``text`` orders something of everyone: "Each agent: send me three risks"."""
    found = _TO_ALL.match(text)
    return found is not None and is_order(text[found.end() :])


def is_for_us(text: str) -> bool:
    """Tell whether ``text`` orders something for the one who writes: "send me the dates"."""
    return bool(_TO_US.search(text))
