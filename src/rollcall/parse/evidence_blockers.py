"""Find the statement of what blocks an entry's author, and whether a fallback was started."""

from __future__ import annotations

import re

from rollcall.parse import evidence_gates as gates
from rollcall.parse.evidence_text import IN_BLOCKER, IN_PLAN, Clause
from rollcall.parse.seeking import folded

_I = re.IGNORECASE

_NONE = folded(
    re.compile(
        r"^[\W_]*(?:none|no blockers?|nothing|n/?a|all clear|unblocked|0|clear(?:ed)?|resolved)\b"
        r"|\bno (?:blockers?|blocking)\b|\bblockers?: ?\W*(?:none|no\b|n/a)",
        _I,
    )
)
_STATED = folded(
    re.compile(
        r"\b(?=\w)(?:"  # asked first, so that most places are passed over at once
        r"\bblock(?:ed|ing)\b(?: by| on| awaiting| until|:|,| first| (?!out\b|the\b|an?\b)\w+)"
        r"|\bblocks (?:the|our|my|us|me"
        r"|all|progress|work|releases?|merge|deploy\w*)|\b(?:still )?(?:a)?wait(?:ing"
        r"|s)? (?!time\b|(?:on |for )?(?:(?:its|their) turn"
        r"|(?:it|them|(?:the|my|our|an?) \w+) to (?:finish|end|complete|run)"
        r"|(?:the |my |our )?(?:CI|tests?|builds?|suites?|runs?|jobs?|pipelines?) to\b))"
        r"(?:on |for )?(?:the |an? )?\w+|\bholding until\b"
        r"|\b(?:credentials?|creds?|secrets?|keys?|tokens?|access|approval|sign-?off"
        r"|env(?:ironment)?)\b[^.;]{0,40}\b(?:missing|pending|outstanding|absent"
        r"|not (?:yet )?(?:provided|resolved|provisioned|configured|delivered|available))\b"
        r"|\bblockers? \((?!none)"
        r"|\blogged (?:\w+ ){0,3}blockers?\b|\bblocked\)|\b(?:pending|need(?:s|ed)?|awaiting"
        r"|without)\b (?:\w+ ){0,4}?[`*]?(?:credentials?|creds\b"
        r"|secrets?|tokens?|approval|sign-?off|access|env\b|evidence|review|decision"
        r"|confirmation|fix(?:es)?\b)"
        r"|\bstill (?:need|missing|required|remains? required)\b|\bremains? (?:blocked|required)\b"
        r"|\bunable to\b|\bcannot\b[^.;]{0,60}\b(?:until|without|because)\b|\bdue to no \w+"
        r"|\b(?:server|tunnel|service|host|network|api) (?:is )?(?:offline|down|unreachable)\b"
        r"|\b[\w/.-]+ (?:is |are |still )?missing(?=\s*$|\s*[.;,)(]| and\b)"
        r"|\bcannot\b[^.;]{0,80}\b(?:must|has to|needs to|first)\b"
        r"|\bcan(?:not|['\u2019]t) (?:continue|proceed)\b|\bneed\b[^.;]{0,80}\bbefore (?:i|we) can\b"
        r"|\buntil (?:[\w/-]+ ){0,4}(?:lands?|arrives?|returns?|provided|available|restored"
        r"|greenlights?|approves?|posts?|confirms?)\b|\bmissing (?:directory|file|binary|package"
        r"|dependency|permission)|\bpermission denied\b|\bnot installed\b"
        r"|\bneeds? (?!to\b)(?:\w+ ){1,3}to\b|\bNO-GO pending\b"
        r"|\bstanding by for (?:\w+ )?(?:refreshed|new|updated)\b|\boutage persists\b"
        r"|\bonly waiting on\b"
        r")",
        _I,
    )
)
# The same where names in capitals tell what is missing.
_NAMED = re.compile(
    r"\b[Bb]locks [A-Z]|\b[A-Z]+_[A-Z_]+\b[^.;]{0,30}\b[Ss]till missing\b"
    r"|\b(?i:pending|need(?:s|ed)?|awaiting|without)\b (?:\w+ ){0,4}?[`*]?[A-Z][A-Z0-9]*_[A-Z0-9_]+"
)
_NOT_STATED = folded(
    re.compile(
        r"\bunblock\w*\b|\bnon-?blocking\b|\bblockers? (?:closed|cleared|resolved)|\bclear(?:ed"
        r"|ing) blocker|\bclosed\b|\bno longer\b|(?<!not )\bresolved\b|\bif (?:needed|missing|absent)\b"
        r"|\bskips? if\b"
        r"|\bwhen (?:missing|absent)\b|\bmissing (?:react|keys?\b|jsx|dep|import|useMemo|path|test)"
        r"|\bawait (?:the |an? )?promise|\bawaiting (?:promise|vi\.)|\bawait\w* acknowledg|\bread-only\b|\bawait \w+\("
        r"|\bblocking (?:calls?|reads?|writes?|i/?o|operations?|queues?|functions?|threads?|locks?)\b"
        r"|\bblock(?:ed|ing) (?:on|by) (?:me|us)\b|\bblocks? (?:mutations?|requests?|of)\b|\brerun instructions\b"
        r"|\bneeds\b[^.;]{0,60}[,;] (?:i(?:'ll| will) |will )(?:look|see|give|send|handle|provide|help|do)\b",
        _I,
    )
)
_WHOM = re.compile(r"(?:still )?(?:waiting (?:on|for)|blocked (?:on|by)) \w", _I)
_FALLBACK = re.compile(
    r"\b(?:fallback|fall-?back|meanwhile|in the meantime|in the interim|work-?around|instead"
    r"|stop-?gap|provisional)\b",
    _I,
)
_STARTED = re.compile(
    r"\b(?:executed|executing|ran|running|started|starting|began|using|used|focus(?:ing|ed) on"
    r"|via|proceed(?:ing|ed)|working on|drafting|drafted|building|built|implementing|implemented"
    r"|writing|delivered|stubbed|mocked|continu(?:ing|ed) with|switched to|moved to|taking|took"
    r"|adopted|picked up|covering|preparing the)\b",
    _I,
)
_DOING = re.compile(r"\W*(?!(?:wait|await|plan|hop|pend|noth|someth)ing)[a-z]{2,20}ing\b", _I)
_NOT_STARTED = re.compile(
    r"\b(?:next fallback|fallback (?:planned|queued|task|queue item)|will|would|ready to|queued"
    r"|select(?:ing|ed)|plan(?:ned|ning)?|could|option|if\b|recommend\w*|consider\w*|proposed"
    r"|documented|as before|path\b|strategy|mode)\b",
    _I,
)


def states_blocker(clause: Clause) -> bool:
    """Tell whether the clause says precisely what stops its author, or whom the author needs."""
    placed = clause.place is IN_BLOCKER
    if not placed and not clause.gates & gates.MAY_BLOCK:
        return False
    text, low = clause.text, clause.low[clause.at :]
    if names_whom(clause) and _NONE.search(low) is None:
        return True
    if clause.fenced or clause.place is IN_PLAN or len(text) < 8:
        return False
    if placed:
        if len(text.split()) < 3 or text.endswith(":") or "✅" in text:
            return False
    elif not _is_stated(text, low):
        return False
    return _NONE.search(low) is None and _NOT_STATED.search(low) is None


def names_whom(clause: Clause) -> bool:
    """Tell whether the label of a clause says for whom its author waits: ``Waiting on ben:``."""
    return bool(clause.label) and _WHOM.match(clause.label) is not None


def _is_stated(text: str, low: str) -> bool:
    if _STATED.search(low) is not None:
        return True
    return ("_" in text or "blocks" in low) and _NAMED.search(text) is not None


def why_no_blocker(clause: Clause) -> str:
    """Say why a clause that looks like a statement of what blocks is none; else ""."""
    text, low = clause.text, clause.low[clause.at :]
    may = clause.place is IN_BLOCKER or gates.gates_of(clause.low) & gates.MAY_BLOCK
    if clause.fenced or clause.place is IN_PLAN or not may:
        return ""
    if found := _NONE.search(low):
        return f"nothing blocks: '{text[slice(*found.span())].strip()}'"
    if (found := _NOT_STATED.search(low)) and (clause.place is IN_BLOCKER or _is_stated(text, low)):
        return f"no longer, or no one's work: '{text[slice(*found.span())].strip()}'"
    return ""


def starts_fallback(clause: Clause) -> bool:
    """Tell whether the clause says that a fallback has been started, not merely planned."""
    text = clause.text
    if clause.place is IN_PLAN:
        return False
    if clause.label.lower().startswith(("fallback", "workaround", "work-around")):
        return _NOT_STARTED.search(text) is None
    labelled = clause.label.lower().startswith(("meanwhile", "in the meantime", "in the interim"))
    if not labelled and not clause.gates & gates.MAY_FALL_BACK:
        return False
    return (
        (labelled or _FALLBACK.search(text) is not None)
        and (_STARTED.search(text) is not None or _DOING.match(text) is not None)
        and _NOT_STARTED.search(text) is None
    )
