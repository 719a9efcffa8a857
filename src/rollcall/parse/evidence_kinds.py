"""Judge one clause: which kinds of checkable evidence it shows, where, by which rule, or why not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from rollcall.model import EvidenceKind
from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.evidence_text import (
    IN_BLOCKER,
    IN_EVIDENCE,
    IN_FILES,
    IN_PLAN,
    IN_QUOTE,
    Clause,
)
from rollcall.parse.evidence_voids import IMPERATIVE, quote, void_of
from rollcall.parse.seeking import Sought, folded

_RUN = re.compile(
    r"\b(?:ran|reran|run|via|per|see|against|using|npx|pytest"
    r"|(?:[Ss]av|[Ss]tor|[Aa]rchiv|[Dd]ump|[Ee]xport|[Uu]pload)ed (?:at|to|in|into|under))\b"
)
_OUTPUT = re.compile(r"\bfor more info|\bnpm (?:error|warn)|\b[Cc]ontact [Ss]upport\b")
_TICKS = re.compile(r"`[^`]*`")

_MEANT = folded(words.MEANT)
_TEST_NOUN = folded(words.TEST_NOUN)
_TEST_WEAK = folded(words.TEST_WEAK)
_TEST_ITSELF = folded(words.TEST_ITSELF)
_NO_RESULT = folded(words.NO_RESULT)
HOW_TO = folded(words.HOW_TO)
POLL = folded(words.POLL)
_NOT_CHANGED = folded(words.NOT_CHANGED)
_PULL = folded(words.PULL)
_COMMIT = folded(words.COMMIT)
_MADE_DOC = folded(words.MADE_DOC)
_KEPT_AT = folded(words.KEPT_AT)
_BARE = Sought(words.BARE_COMMAND, gates.BARE_PROGRAMS)
OUTCOME = Sought(words.OUTCOME, gates.OUTCOME_BEGINS, gates.OUTCOME_MARKS, numbers=True)
COMMAND_OUTCOME = Sought(
    words.COMMAND_OUTCOME,
    gates.COMMAND_OUTCOME_BEGINS,
    gates.COMMAND_OUTCOME_MARKS,
    numbers=True,
)
CHANGED = Sought(words.CHANGED, gates.CHANGES)


class Finding(NamedTuple):
    """What looks like evidence in ``clause.whole[start:end]``; ``void`` says why it counts nothing."""

    start: int
    end: int
    rule: str
    void: str = ""


def findings(
    clause: Clause, seen: Collection[EvidenceKind] = ()
) -> list[tuple[EvidenceKind, Finding]]:
    """Return what the clause shows by itself, void or not; blockers and ``seen`` apart."""
    kinds = gates.kinds_of(clause.gates)
    if not kinds or clause.place is IN_PLAN or clause.place is IN_QUOTE:
        return []
    if (
        clause.label
        and clause.gates & gates.MAY_ORDER
        and IMPERATIVE.match(clause.low, clause.at) is not None
    ):
        if not words.HASH.fullmatch(clause.label):
            return []
        rule = "a commit's hash before its subject"
        return [(EvidenceKind.COMMIT, Finding(0, len(clause.label), rule))]
    if clause.place is IN_BLOCKER:
        found = _answered(clause)
        return [] if found is None else [(EvidenceKind.COMMAND, found)]
    return look(clause, seen)


def look(clause: Clause, seen: Collection[EvidenceKind] = ()) -> list[tuple[EvidenceKind, Finding]]:
    """Return what the clause would show wherever it stood, void or not."""
    return [
        (kind, found)
        for kind in gates.kinds_of(clause.gates)
        if kind not in seen and (found := _FINDERS[kind](clause)) is not None
    ]


def find_test(clause: Clause) -> Finding | None:
    """Find tests, linters, type checks or builds told with their outcome."""
    text, may = clause.whole, clause.gates
    if (
        not may & gates.MAY_TELL_OUTCOME
        and not any(mark in text for mark in gates.OUTCOME_MARKS)
        and not (clause.digit and "/" in text and words.RATIO.search(text) is not None)
    ):
        return None
    rule = "a count of what passed or failed"
    found = _TEST_ITSELF.search(clause.low) if clause.digit else None
    if found is None and may & gates.MAY_NAME_TEST and _TEST_NOUN.search(clause.low) is not None:
        rule = "a test or check with its outcome"
        found = OUTCOME.search(text, clause.tokens, low=clause.low) or words.FIGURE_MS.search(text)
    elif found is None and may & gates.MAY_NAME_BUILD and _TEST_WEAK.search(clause.low) is not None:
        rule = "a build or scan with its outcome"
        found = words.OUTCOME_STRONG.search(text)
    if found is None:
        return None
    no_result = _NO_RESULT.search(clause.low)
    void = quote("no result", text, no_result) if no_result else _void(clause, found.start())
    return Finding(*found.span(), rule, void)


def _void(clause: Clause, at: int) -> str:
    return void_of(clause.low, at, clause.gates)


def find_command(clause: Clause) -> Finding | None:
    """Find a spelled command or endpoint given with what it answered."""
    text = clause.whole
    told = clause.digit or clause.gates & (gates.HAS_JSON | gates.MAY_EXIT)
    found = _status(clause, text) if told else None
    if found is None or found.void:
        found = _answered(clause) or found
    if found is None or found.void:
        return found
    for why, pattern in (("how to", HOW_TO), ("a polling read", POLL)):
        voids = pattern.search(clause.low)
        if voids is not None:
            return found._replace(void=quote(why, text, voids))
    return found


def _status(clause: Clause, text: str) -> Finding | None:
    """Find a status, an exit code or a body that is told."""
    missed: Finding | None = None
    for gate, pattern, rule in _STATUSES:
        found = pattern.search(text) if clause.gates & gate else None
        if found is not None:
            void = _void(clause, found.end() - 3)
            missed = missed or Finding(*found.span(), rule, void)
            if not void:
                return Finding(*found.span(), rule)
    if clause.first and not clause.label and (found := _status_line(text)) is not None:
        meant = _MEANT.search(clause.low) if clause.gates & gates.MAY_PLAN else None
        void = quote("a plan", text, meant) if meant else ""
        return Finding(*found.span(), "a status line", void)
    return missed


_STATUSES = (
    (gates.HAS_SLASH, words.ENDPOINT, "an endpoint with its status"),
    (gates.MAY_CHECK, words.OWN_CHECK, "a check with the status it gave"),
    (gates.MAY_EXIT, words.EXIT_CODE, "an exit code"),
    (gates.HAS_JSON, words.JSON_BODY, "a body that was answered"),
)


def _status_line(text: str) -> re.Match[str] | None:
    return words.STATUS_LINE.match(text) if text[-3:].isdigit() else None


def _answered(clause: Clause) -> Finding | None:
    text = clause.whole
    command = command_in(clause)
    if command is None:
        return None
    at, end = command
    found = COMMAND_OUTCOME.search(text, clause.tokens, end, low=clause.low)
    found = found or COMMAND_OUTCOME.search(text, clause.tokens, 0, at, low=clause.low)
    if found is None:
        return None
    void = _void(clause, found.start())
    return Finding(
        min(at, found.start()), max(end, found.end()), "a command with what it answered", void
    )


def command_in(clause: Clause, start: int = 0) -> tuple[int, int] | None:
    """Return where a spelled command stands in a clause's words, from ``start``, or None."""
    text, may = clause.whole, clause.gates
    if not gates.may_spell_command(may):
        return None
    found = words.TICKED.search(text, start) if "`" in text else None
    if found is not None:
        return found.span()
    if "./" in text or ".sh" in text or " --" in text:
        found = words.BARE_COMMAND.search(text, start)
    elif may & gates.MAY_RUN:
        found = _BARE.search(text, clause.tokens, start, low=clause.low)
    return found.span() if found else None


def find_artifact(clause: Clause) -> Finding | None:
    """Find a produced file that is named."""
    text = clause.whole
    missed: Finding | None = None
    for found in words.ARTIFACT_PATH.finditer(text) if clause.gates & gates.MAY_MAKE else ():
        void = _unmade(clause, text, found)
        if not void:
            return Finding(*found.span(), "a produced file")
        missed = missed or Finding(*found.span(), "a produced file", void)
    made = None
    if clause.gates & gates.MAY_DOCUMENT:
        made = _MADE_DOC.search(clause.low) or _KEPT_AT.search(clause.low)
    if made is not None and not words.COORDINATION.search(text[made.start() :]):
        return Finding(*made.span(), "a document with its place", _void(clause, made.start()))
    if clause.place is not IN_EVIDENCE:
        return missed
    bare = clause.text.lstrip(" `*")
    alone = words.FILE.match(bare)
    if alone is None or "/" not in alone[0] or words.COORDINATION.search(alone[0]):
        return missed
    at = len(text) - len(bare)
    return Finding(at, at + alone.end(), "a file listed as evidence")


def _unmade(clause: Clause, text: str, found: re.Match[str]) -> str:
    """Say why a path that may be an artifact's is none, else ""."""
    if words.COORDINATION.search(found[0]):
        return "a file of coordination"
    before = text[: found.start()]
    missing = words.NOT_THERE.search(before)
    if missing is not None:
        return quote("not there", text, missing)
    void = void_of(clause.low, found.start(), clause.gates, second_hand=False)
    if void:
        return void
    if found["file"] is not None and (handled := words.HANDLED.match(text)) is not None:
        return quote("a file that was there before", text, handled)
    named = "." in found[0].rsplit("/", 1)[-1]
    if named or clause.place is IN_EVIDENCE or words.PRODUCED.search(before):
        return ""
    return "a folder, and no word that it was produced"


def find_diff(clause: Clause) -> Finding | None:
    """Find a concrete file that is named with what changed in it."""
    text, may = clause.whole, clause.gates
    if clause.fenced and (found := words.PATCHED.match(clause.text)) is not None:
        return Finding(*found.span(), "the head of a patch")
    ways = _ways_to_name_files(may)
    if not ways or _NOT_CHANGED.match(clause.low) is not None:
        return None
    if may & gates.MAY_ORDER and IMPERATIVE.match(clause.low) is not None:
        return None
    bare = _TICKS.sub(_shorten_tick, text) if may & gates.HAS_TICK else text
    span: tuple[int, int] | None = None
    missed: Finding | None = None
    for pattern, end in ways:
        for found in _matches(pattern, end, bare):
            if words.COORDINATION.search(found[0]):
                continue
            span = span or _change(clause, bare)
            if _is_subject(clause, bare, found):
                return _in_text(text, bare, found, "a file with what changed in it")
            if span[0] <= found.start() <= span[1]:
                meant = words.MEANT.search(bare, span[0], found.start())
                shown = _in_text(text, bare, found, "a file named after a word of change")
                if meant is None:
                    return shown
                missed = missed or shown._replace(void=quote("a plan", bare, meant))
    return missed


@lru_cache(maxsize=4096)
def _ways_to_name_files(may: int) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return each way to name a file, with what each of its matches holds."""
    slash = may & gates.HAS_SLASH
    named = may & (gates.MAY_NAME_FILE | gates.MAY_NAME_STEM)
    ways = (
        (may & gates.MAY_NAME_FILE, words.FILE, words.FILE_NAME),
        (may & gates.MAY_EXTEND and may & gates.HAS_DOT, words.FILE, words.FILE_END),
        (slash and may & gates.HAS_COLON, words.FILE, words.PATH_END),
        (slash and may & gates.HAS_TICK, words.TICKED_FILE, words.TICKED_FILE),
        (named, words.STEM, words.STEM_END),
        (named and may & gates.HAS_BRACKET, words.STEM_LIST, words.STEM_LIST),
    )
    return tuple((pattern, end) for may_match, pattern, end in ways if may_match)


def _matches(pattern: re.Pattern[str], end: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern, looked for only where ``end`` says that one may be."""
    at = 0
    while held := end.search(text, at):
        found = pattern.search(text, max(at, text.rfind(" ", 0, held.start()) + 1))
        if found is None:
            return
        yield found
        at = found.end()


def _shorten_tick(tick: re.Match[str]) -> str:
    return tick[0] if " " not in tick[0] else "``"


def _in_text(text: str, bare: str, found: re.Match[str], rule: str) -> Finding:
    """Return a finding in ``bare`` as one in ``text``, whose ticked phrases were taken out."""
    at = found.start() if bare is text else max(text.find(found[0]), 0)
    return Finding(at, min(at + len(found[0]), len(text)), rule)


def _change(clause: Clause, text: str) -> tuple[int, int]:
    """Return between where and where a file named is one that was changed.

    It begins after the first word of change and ends at a word after which files are run or read.
    """
    verb = None
    if clause.gates & gates.MAY_CHANGE:
        low = clause.low if text is clause.whole else None
        verb = CHANGED.search(text, clause.tokens, low=low)
    if verb is None or _void(clause, verb.start()):
        return len(text) + 1, -1
    run = _RUN.search(text, verb.end())
    return verb.end(), run.start() if run else len(text)


def _is_subject(clause: Clause, text: str, found: re.Match[str]) -> bool:
    """Tell whether what follows a file says that it changed, or it heads a list of changes."""
    after = text[found.end() : found.end() + 40]
    if words.SUBJECT_CHANGED.match(after) or words.NEW_FILE.match(after.lstrip(" `*")):
        return True
    return clause.place is IN_FILES and not text[: found.start()].strip(" `*_(-:")


def find_commit(clause: Clause) -> Finding | None:
    """Find a commit that is named by its hash."""
    text = clause.whole
    may = clause.gates & gates.MAY_COMMIT or "(" in text[-16:] or ": " in text[7:46]
    found = _COMMIT.search(clause.low) if may else None
    if found is None:
        return None
    return Finding(*found.span(), "a commit's hash", _void(clause, found.start()))


def find_link(clause: Clause) -> Finding | None:
    """Find a pull request, a CI run or another page that is offered."""
    text = clause.whole
    pull = None
    if clause.digit and clause.gates & gates.MAY_PULL:
        pull = _PULL.search(clause.low)
    missed: Finding | None = None
    if pull is not None:
        asked = words.PULL_ASKED.search(text)
        void = quote("asked for", text, asked) if asked else ""
        missed = Finding(*pull.span(), "a pull request", void)
        if not void:
            return missed
    url = words.URL.search(text) if "://" in text else None
    if url is None:
        return missed
    if words.OFFERED.search(text) is None:
        void = "a page that nothing offers as evidence"
    elif _OUTPUT.search(text):
        void = "a page that a program's output names"
    elif words.LOCAL_URL.match(url[0].strip("`](")):
        void = "an address of one's own machine"
    else:
        void = _void(clause, url.start())
    return Finding(*url.span(), "a page offered as evidence", void)


_FINDERS = {
    EvidenceKind.TEST: find_test,
    EvidenceKind.COMMAND: find_command,
    EvidenceKind.ARTIFACT: find_artifact,
    EvidenceKind.DIFF: find_diff,
    EvidenceKind.COMMIT: find_commit,
    EvidenceKind.LINK: find_link,
}
