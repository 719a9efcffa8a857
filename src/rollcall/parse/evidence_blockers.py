"""Find the statement of what blocks an entry's author, and whether a fallback was started."""

from __future__ import annotations

import re

from rollcall.parse import evidence_gates as gates
from rollcall.parse.evidence_text import Clause, Place

_I = re.IGNORECASE

_NONE = re.compile(
    r"^[\W_]*(?:none|no blockers?|nothing|n/?a|all clear|unblocked|0|clear(?:ed)?|resolved)\b"
    r"|\bno (?:blockers?|blocking)\b|\bblockers?: ?\W*(?:none|no\b|n/a)",
    _I,
)
_STATED = re.compile(
    r"\b(?=\w)(?:"  # asked first, so that most places are passed over at once
    r"\bblock(?:ed|ing)\b(?: by| on| awaiting| until|:|,| first| (?!out\b|the\b|an?\b)\w+)"
    r"|\bblocks (?:the|our|my|us|me"
    r"|all|progress|work|releases?|merge|deploy\w*|(?-i:[A-Z]))|\b(?:still )?(?:a)?wait(?:ing"
    r"|s)? (?!time\b|(?:on |for )?(?:(?:its|their) turn"
    r"|(?:it|them|(?:the|my|our|an?) \w+) to (?:finish|end|complete|run)"
    r"|(?:the |my |our )?(?:CI|tests?|builds?|suites?|runs?|jobs?|pipelines?) to\b))"
    r"(?:on |for )?(?:the |an? )?\w+|\bholding until\b"
    r"|\b(?:credentials?|creds?|secrets?|keys?|tokens?|access|approval|sign-?off"
    r"|env(?:ironment)?)\b[^.;]{0,40}\b(?:missing|pending|outstanding|absent"
    r"|not (?:yet )?(?:provided|resolved|provisioned|configured|delivered|available))\b"
    r"|(?-i:\b[A-Z]+_[A-Z_]+)\b[^.;]{0,30}\bstill missing\b|\bblockers? \((?!none)"
    r"|\blogged (?:\w+ ){0,3}blockers?\b|\bblocked\)|\b(?:pending|need(?:s|ed)?|awaiting"
    r"|without)\b (?:\w+ ){0,4}?[`*]?(?:(?-i:[A-Z][A-Z0-9]*_[A-Z0-9_]+)|credentials?|creds\b"
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
_NOT_STATED = re.compile(
    r"\bunblock\w*\b|\bnon-?blocking\b|\bblockers? (?:closed|cleared|resolved)|\bclear(?:ed"
    r"|ing) blocker|\bclosed\b|\bno longer\b|(?<!not )\bresolved\b|\bif (?:needed|missing|absent)\b"
    r"|\bskips? if\b"
    r"|\bwhen (?:missing|absent)\b|\bmissing (?:react|keys?\b|jsx|dep|import|useMemo|path|test)"
    r"|\bawait (?:the |an? )?promise|\bawaiting (?:promise|vi\.)|\bawait\w* acknowledg|\bread-only\b|\bawait \w+\("
    r"|\bblocking (?:calls?|reads?|writes?|i/?o|operations?|queues?|functions?|threads?|locks?)\b"
    r"|\bblock(?:ed|ing) (?:on|by) (?:me|us)\b|\bblocks? (?:mutations?|requests?|of)\b|\brerun instructions\b"
    r"|\bdocumented requirement\b(?!)",
    _I,
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
    text = clause.text
    if _WHOM.match(clause.label) and _NONE.search(text) is None:
        return True
    if clause.fenced or clause.place is Place.PLAN or len(text) < 8:
        return False
    if clause.place is Place.BLOCKER:
        return (
            _NONE.search(text) is None
            and _NOT_STATED.search(text) is None
            and len(text.split()) >= 3
            and not text.endswith(":")
            and "✅" not in text
        )
    if not clause.gates & gates.MAY_BLOCK or _NONE.search(text) is not None:
        return False
    found = _STATED.search(text)
    return found is not None and _NOT_STATED.search(text) is None


def why_no_blocker(clause: Clause) -> str:
    """Say why a clause that looks like a statement of what blocks is none; else ""."""
    text = clause.text
    may = clause.place is Place.BLOCKER or clause.gates & gates.MAY_BLOCK
    if clause.fenced or clause.place is Place.PLAN or not may:
        return ""
    if found := _NONE.search(text):
        return f"nothing blocks: '{found[0].strip()}'"
    if (found := _NOT_STATED.search(text)) and (
        clause.place is Place.BLOCKER or _STATED.search(text)
    ):
        return f"no longer, or no one's work: '{found[0].strip()}'"
    return ""


def starts_fallback(clause: Clause) -> bool:
    """Tell whether the clause says that a fallback has been started, not merely planned."""
    text = clause.text
    if clause.place is Place.PLAN:
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
