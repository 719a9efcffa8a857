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
    r"(?!(?:really|sure|right|ok(?:ay)?|why\s+not|huh|what)\W*$)(?:and\s+|so\s+)?[a-z][\w'\u2019-]*(?:\s+[\w'\u2019-]+){0,4}\s?\?{1,3}$",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:^|[.!?;]\s+|\s[\u2013—-]\s+)(?:(?:and|then|also|thanks|hi|hey|hello),?\s+)?"
    r"@?([A-Za-z][\w-]{1,40}(?:\s[A-Z][\w-]{1,24})?)\s?[,:]\s+(?=[a-z])"
)
_ANSWERED = re.compile(
    r"\?[)\"'*_`\u201d]*\s+(?:because|since|yes|no|none|not|simply|easy|the\s+answer|it['\u2019\s]|so\s+that)\b",
    re.IGNORECASE,
)
_OF_FAQ = re.compile(r"^\W*q(?:uestion)?\s?\d*\s*[:.)]", re.IGNORECASE)

_ORDERS = (
    "list|name|tell|look|explain|supply|fill|sign|choose|pick|rate|vote|schedule|rotate|grant|"
    "create|open|close|mark|write|implement|set|change|drop|disable|enable|deploy|release|ship|"
    "upload|ping|assign|estimate|propose|compare|double-check|submit|describe|state|specify|"
    "answer|get|have|point|forward|show|make|find|let|keep|ask|book|print|measure|plan|refresh|"
    "rebuild|revert|roll|pause|resume|raise|lower|cut|tag|hold|free|cover|claim|sync|export|import|"
    "count|bring|collect|draw|pack|call|try|wait|stay|watch|track|record|note\\s+down|mention|apply|"
    "merge|commit|log|file|replace|reset|retry|scan|search|solve|split|sort|store|summari[sz]e|swap|"
    "trim|turn|unblock|upgrade|bump|wrap|audit|benchmark|profile|stub|mock|seed|script|land|back\\s+up"
)
_ALL = r"@?(?:everyone|everybody|all(?:\s+agents|\s+of\s+you)?|(?:each|every)\s+(?:agent|of\s+you)|team|folks)"
_ORDER = re.compile(rf"^(?:please\s+)?(?:{_ORDERS})\s+", re.IGNORECASE)
_TO_US = re.compile(
    r"(?:^|[.;:,!\u2013—]\s+)(?:@[\w-]+[:,]?\s+)?(?:(?:then|also|and)\s+)?(?:send|tell|give|show|forward|hand|write|ping|mail|point)\s+"
    r"(?:me|us)\b(?!\s+(?:if|when|whenever|should)\b)",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Tell whether ``text`` asks something that it does not answer itself."""
    if "?" not in text or _OF_FAQ.match(text) or _ANSWERED.search(text):
        return False
    return bool(_QUESTION.search(text) or _PRESSING.search(text) or _FRAGMENT.match(text))


def orders(verbs: str) -> re.Pattern[str]:
    """Return what matches an order that begins a text; ``verbs`` are further words for one."""
    return re.compile(rf"(?:please\s+)?(?:{verbs}|{_ORDERS})\b\s+\S", re.IGNORECASE)


def called_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield whom a sentence of ``text`` may call by name, and what it says: "Ben, list the grades"."""
    for found in _CALLED.finditer(text[:2000]):
        yield found[1], text[found.end() :]


def without_order(text: str) -> str:
    """Return ``text`` without the verb of an order that it begins with."""
    return _ORDER.sub("", text, count=1)


def addresses_all(verbs: str) -> re.Pattern[str]:
    """Return what matches an order to everyone: "Each agent: send me three risks"."""
    return re.compile(
        rf"^{_ALL}\s*[:,\u2013—-]\s+(?:please\s+)?(?:{verbs}|{_ORDERS})\b", re.IGNORECASE
    )


def is_for_us(text: str) -> bool:
    """Tell whether ``text`` orders something for the one who writes: "send me the dates"."""
    return bool(_TO_US.search(text))
