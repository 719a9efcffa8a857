"""An agent's own word that it stops: ``shutdown complete``, ``EOD — done``, ``signing off``.

It counts as a statement by itself: a title, a line, or a clause that says nothing else. What a
service does, what is planned, what others do and what is quoted has more words, or other ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rollcall.parse.markdown import PREFIX
from rollcall.parse.prose import own_lines

_I = re.IGNORECASE
_WHEN_OFF = (
    r"(?:for (?:today|tonight|now|good|the (?:day|night|evening|weekend|shift|week)"
    r"|this (?:shift|session))|today|tonight|now|here|(?:un)?till? .{1,40}|here for (?:today|tonight|now))"
)
_DONE = (
    r"(?:all )?(?:done|complete|completed|finished|clear|wrapped(?: up)?|good ?night|over|reached)"
)
_DAY = r"(?:(?:the|my|our|this|work) )?(?:work ?)?(?:day|shift|session)"
_ALONE = re.compile(
    rf"(?:(?:i['\u2019]?m|i am|we['\u2019]re|we are|agent(?: is)?|and|now|also) )*(?:"
    rf"(?:(?:agent|session|full|clean|orderly|eod|daily|my|own) ){{0,2}}"
    rf"shut ?-?down(?: is| now)? {_DONE}(?: {_WHEN_OFF})?"
    rf"|(?:shutting down|shut down|stopping|stopped(?: work)?|wrapping up|wrapped up|finishing up)"
    rf" {_WHEN_OFF}|signing off(?: {_WHEN_OFF})?|(?:signed|logged|clocked) (?:off|out) {_WHEN_OFF}"
    rf"|(?:(?:going|gone|heading) offline|(?:logging|clocking) (?:off|out)|standing down)"
    rf"(?: {_WHEN_OFF})?|offline (?:for the|until|till) .{{1,40}}"
    rf"|(?:all |everything |work )?(?:done|finished|off) for (?:today|tonight|the (?:day|night|week(?:end)?))"
    rf"|that['\u2019]?s (?:all|it) (?:from me )?for (?:today|tonight|the day)"
    rf"|ending {_DAY}(?: {_WHEN_OFF})?|call(?:ing|ed) it a (?:day|night)"
    rf"|(?:my|work|agent|this) session (?:is )?(?:ended|over|closed)|session (?:ended|over)"
    rf"|end of (?:my|our|this) (?:day|shift|session)|good ?night(?: all| everyone| team)?"
    rf"|(?:see you|back) tomorrow(?: .{{0,30}})?"
    r")",
    _I,
)
_SIGNED = re.compile(
    r"(?!(?i:(?:await|wait|pend)(?:ing)?|before|without|after|until|needs?|blocked|if|when|once|no|not)\b)"
    rf"(?:[A-Z][\w/&-]*,? ){{1,4}}(?i:signing off|going offline|logging off)(?i: {_WHEN_OFF})?"
)
_END = r"(?:EOD|end of (?:the )?(?:day|shift|session))"
_DAY_DONE = re.compile(
    rf"{_END}(?:[\s,;:.!\u2013\u2014-]+(?:and |we are |i am )?"
    rf"(?:{_DONE}|sign(?:ing)?[ -]?off|off|shut ?-?down)\b.{{0,80}})?[\s.!\u2713\u2705]*$",
    _I,
)
_TITLE = re.compile(
    rf"(?:{_END}[\s,:\u2013\u2014-]+(?:hand-?off|wrap-?up|summary|report)\b.*"
    r"|(?:agent )?(?:shut ?-?down|shutting down|signed off)(?: (?:for the day|now))?"
    rf"|(?:[\w-]{{1,40}} ?[\u2013\u2014:|-] ?)?shut ?-?down(?:[\s:\u2013\u2014-]+{_DONE})?)[\s.!]*$",
    _I,
)
_STATUS = re.compile(
    r"(?:(?:agent |my |final |current )?(?:status|state|update|note|closing|signal)) ?[:=] *", _I
)
_CUT = re.compile(r"[.,;!()\[\]|]+(?:\s+|$)|\s+[-\u2013\u2014]+\s+|\s*[\u2014\u2192]\s*")
_NOT_YET = re.compile(
    r"\b(?:if|when|once|after|before|unless|will|would|shall|should|could|may|might|plan\w*|then"
    r"|todo|to-do|next|please|going to|not|never|remember|don['\u2019]t|cannot|how)\b",
    _I,
)
_RETURNED = re.compile(
    r"(?:(?:i['\u2019]?m|we['\u2019]re|now) )*(?:back (?:online|on duty)|resum(?:ed|ing))\b", _I
)
_DECORATION = " \t\r#*_~-\u2013\u2014:.!\u2705\u2713\U0001f44b\U0001f6d1\U0001f319\ufe0f"


def closes(lines: Sequence[str], title: str) -> int | None:
    """Return the index in ``lines`` of the word by which an entry's agent stops, or None.

    ``lines`` are the entry's own, the first being its heading, and ``title`` what that says without
    its stamp: index 0 stands for it. Who says in a later line that it is back has not stopped.
    Asking ``may_close`` of the whole entry first saves looking at its lines.
    """
    closing = 0 if may_close(title.lower()) and _closes_in_title(title[:PREFIX]) else None
    for index, words in own_lines(lines, _matters, with_plans=False):
        if index == 0:
            continue
        if closing is None and _closes_in_line(words):
            closing = index
        elif closing is not None and _RETURNED.match(words):
            closing = None
    return closing


def may_close(low: str) -> bool:
    """Tell cheaply whether words by which an agent stops may stand in a text in lower case."""
    return (
        "off" in low
        or "shut" in low
        or "eod" in low
        or "day" in low
        or "night" in low
        or "session" in low
        or "shift" in low
        or "clock" in low
        or "tomorrow" in low
        or "standing down" in low
        or "stopping" in low
    )


def _matters(low: str) -> bool:
    return may_close(low) or "resum" in low or "back o" in low


def _closes_in_title(title: str) -> bool:
    words = title.replace("*", "").strip(_DECORATION)
    return _TITLE.match(words) is not None or _closes_in_line(words)


def _closes_in_line(line: str) -> bool:
    words = _STATUS.sub("", line.strip(_DECORATION), count=1)
    if _DAY_DONE.match(words):
        return True
    start = 0
    for cut in (*_CUT.finditer(words), None):
        end = len(words) if cut is None else cut.start()
        if _is_closing(words[start:end]):
            return _NOT_YET.search(_sentence(words, start)) is None
        start = end if cut is None else cut.end()
    return False


def _is_closing(clause: str) -> bool:
    words = " ".join(clause.strip(_DECORATION).split())
    return _ALONE.fullmatch(words) is not None or _SIGNED.fullmatch(words) is not None


def _sentence(words: str, start: int) -> str:
    """Return what stands before ``start`` in its sentence."""
    return words[max(words.rfind(mark, 0, start) for mark in (". ", "! ", "; ", "\n")) + 1 : start]
