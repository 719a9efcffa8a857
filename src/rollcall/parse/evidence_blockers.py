"""Find the statement of what blocks an entry's author, and whether a fallback was started."""

from __future__ import annotations

import re

from rollcall.parse.evidence_text import Clause, Place

_I = re.IGNORECASE

_QUICK = re.compile(r"block|await|wait|pending|need|missing|requir|absent|outstanding|unable|cannot|can't|holding|stand|due to|without|offline|denied|until|lack|not installed|refresh|down\b|500|404|000|outage", _I)
_NONE = re.compile(r"^[\W_]*(?:none|no blockers?|nothing|n/?a|all clear|unblocked|0|clear(?:ed)?|resolved)\b|\bno (?:blockers?|blocking)\b|\bblockers?: ?\W*(?:none|no\b|n/a)", _I)
_STATED = re.compile(
    r"\bblock(?:ed|ing)\b(?: by| on| awaiting| until|:| first| \w+)|\bblocks\b|\b(?:still )?(?:a)?wait(?:ing|s)? (?:on |for )?(?:the |an? )?\w+|\bholding until\b"
    r"|\b(?:credentials?|creds?|secrets?|keys?|tokens?|access|approval|sign-?off|env(?:ironment)?)\b[^.;]{0,40}\b(?:missing|pending|outstanding|absent|not (?:yet )?(?:provided|provisioned|configured|delivered|available))\b"
    r"|\b(?:missing|pending|need(?:s|ed)?|awaiting|requires?|without)\b (?:\w+ ){0,4}?[`*]?(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|credentials?|creds\b|secrets?|tokens?|approval|sign-?off|access|env\b|shim|evidence|review|decision|confirmation|fix(?:es)?\b)"
    r"|\bstill (?:need|missing|required|remains? required)\b|\bremains? (?:blocked|required)\b|\bunable to\b|\bcannot\b[^.;]{0,60}\b(?:until|without|because)\b|\bdue to no \w+|\b(?:server|tunnel|service|host|network|api) (?:is )?(?:offline|down|unreachable)\b"
    r"|\b[\w/.-]+ (?:is |are |still )?missing(?=\s*$|\s*[.;,)(])|\buntil (?:[\w/-]+ ){0,4}(?:lands?|arrives?|returns?|provided|available|restored|greenlights?|approves?)\b|\bmissing (?:directory|file|binary|package|dependency|permission)|\bpermission denied\b|\bnot installed\b|\bneed (?:\w+ ){1,3}to\b|\bNO-GO pending\b|\bstanding by for (?:\w+ )?(?:refreshed|new|updated)\b|\boutage persists\b|\bonly waiting on\b",
    _I,
)
_NOT_STATED = re.compile(
    r"\bunblock\w*\b|\bnon-?blocking\b|\bblockers? (?:closed|cleared|resolved|entry|log|timeline|queue|report|template)|\bclear(?:ed|ing) blocker|\bclosed\b|\bno longer\b|\bresolved\b|\bif (?:needed|missing|absent)\b|\bskips? if\b"
    r"|\bwhen (?:missing|absent)\b|\bmissing (?:react|keys?\b|jsx|dep|import|useMemo|path|test)|\bawaiting (?:promise|vi\.)|\bawaiting acknowledg|\bread-only\b|\bawait \w+\(|\bblocks? (?:mutations?|requests?|of)\b|\brerun instructions\b|\bdocumented requirement\b(?!)",
    _I,
)
_FALLBACK = re.compile(r"\b(?:fallback|fall-?back|meanwhile|in the meantime|in the interim|work-?around|instead|stop-?gap|provisional)\b", _I)
_STARTED = re.compile(
    r"\b(?:executed|executing|ran|running|started|starting|began|using|used|focus(?:ing|ed) on|via|proceed(?:ing|ed)|working on|drafting|drafted|building|built|implementing|implemented|writing|delivered|continu(?:ing|ed) with|switched to|moved to|taking|took|coverage|fallback surfaces|adopted|picked up|covering|preparing the)\b",
    _I,
)
_NOT_STARTED = re.compile(r"\b(?:next fallback|fallback (?:planned|queued|task|queue item)|will|would|ready to|queued|select(?:ing|ed)|plan(?:ned|ning)?|could|option|if\b|recommend\w*|consider\w*|proposed|documented|as before|sqlite|path\b|strategy|mode|mock|tag-based)\b", _I)


def states_blocker(clause: Clause) -> bool:
    """Tell whether the clause says precisely what stops its author, or whom the author needs."""
    text = clause.text
    if clause.fenced or len(text) < 8:
        return False
    if clause.place is Place.BLOCKER:
        return _NONE.search(text) is None and _NOT_STATED.search(text) is None and len(text.split()) >= 3 and not text.endswith(":") and "✅" not in text
    if _QUICK.search(text) is None or _NONE.search(text) is not None:
        return False
    found = _STATED.search(text)
    return found is not None and _NOT_STATED.search(text) is None


def starts_fallback(clause: Clause) -> bool:
    """Tell whether the clause says that a fallback has been started, not merely planned."""
    text = clause.text
    if clause.place is Place.PLAN:
        return False
    if clause.label.lower().startswith("fallback"):
        return _NOT_STARTED.search(text) is None
    found = _FALLBACK.search(text)
    return found is not None and _STARTED.search(text) is not None and _NOT_STARTED.search(text) is None
