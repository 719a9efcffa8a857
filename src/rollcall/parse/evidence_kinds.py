"""Judge one clause: which kinds of checkable evidence it shows."""

from __future__ import annotations

import re
from collections.abc import Collection

from rollcall.model import EvidenceKind
from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.evidence_text import Clause, Place

_ONLY_AFTER = re.compile(r"[;—]|→")
_BREAK = re.compile(r"[,;—(→:]")
_RUN = re.compile(r"\b(?:ran|reran|run|via|per|see|against|using|npx|pytest)\b")
_OUTPUT = re.compile(r"\bfor more info|\bnpm (?:error|warn)|\b[Cc]ontact [Ss]upport\b")
_DASH = re.compile(r"[ ][—\u2013][ ]")
_TICKS = re.compile(r"`[^`]*`")


def kinds_of(clause: Clause, seen: Collection[EvidenceKind] = ()) -> set[EvidenceKind]:
    """Return the kinds of evidence that the clause shows by itself, blockers and ``seen`` apart."""
    if clause.place is Place.PLAN:
        return set()
    if clause.label and words.IMPERATIVE.match(clause.text):
        return {EvidenceKind.COMMIT} if words.HASH.fullmatch(clause.label) else set()
    if clause.place is Place.BLOCKER:
        return {EvidenceKind.COMMAND} if _answered(clause.whole) else set()
    return {kind for kind, shows in _SHOWS if kind not in seen and shows(clause)}


def is_void(text: str, at: int, *, second_hand: bool = True) -> bool:
    """Tell whether what stands at ``at`` is hoped for or intended; or another's, if asked."""
    if words.IMPERATIVE.match(text):
        return True
    before = text[:at]
    for dash in _DASH.finditer(before):
        if words.IMPERATIVE.match(before, dash.end()):
            return True
    for pattern, breaks in _VOIDS[: 3 if second_hand else 2]:
        last = None
        for found in pattern.finditer(before):
            last = found
        if last is not None and (breaks is None or not breaks.search(before, last.end())):
            return True
    return False


_VOIDS = (
    (words.NOT_YET, _ONLY_AFTER),
    (words.PURPOSE, _BREAK),
    (words.SECOND_HAND, None),
)


def shows_test(clause: Clause) -> bool:
    """Tell whether tests, linters, type checks or builds are told with their outcome."""
    text = clause.whole
    if (
        gates.OUTCOMES.isdisjoint(clause.tokens)
        and not any(mark in text for mark in gates.OUTCOME_MARKS)
        and words.RATIO.search(text) is None
    ):
        return False
    found = words.TEST_ITSELF.search(text) if words.has_digit(text) else None
    if found is None and words.TEST_NOUN.search(text) is not None:
        found = words.OUTCOME.search(text) or words.FIGURE_MS.search(text)
    elif found is None and words.TEST_WEAK.search(text) is not None:
        found = words.OUTCOME_STRONG.search(text)
    return (
        found is not None and not words.NO_RESULT.search(text) and not is_void(text, found.start())
    )


def shows_command(clause: Clause) -> bool:
    """Tell whether a spelled command or endpoint is given with what it answered."""
    text = clause.whole
    shown = ((words.has_digit(text) or '{"' in text) and _status(clause, text)) or (
        may_spell_command(clause) and _answered(text)
    )
    return shown and not (words.HOW_TO.search(text) or words.POLL.search(text))


def _status(clause: Clause, text: str) -> bool:
    """Tell whether a status, an exit code or a body is told."""
    for may, pattern in (
        ("/" in text, words.ENDPOINT),
        (not gates.OWN_CHECKS.isdisjoint(clause.tokens), words.OWN_CHECK),
        (not gates.EXITS.isdisjoint(clause.tokens), words.EXIT_CODE),
        ('{"' in text, words.JSON_BODY),
    ):
        found = pattern.search(text) if may else None
        if found is not None and not is_void(text, found.end() - 3):
            return True
    return (
        clause.first
        and not clause.label
        and words.STATUS_LINE.match(text) is not None
        and words.MEANT.search(text) is None
    )


def _answered(text: str) -> bool:
    command = command_in(text)
    if command is None:
        return False
    at, end = command
    found = words.COMMAND_OUTCOME.search(text, end) or words.COMMAND_OUTCOME.search(text[:at])
    return found is not None and not is_void(text, found.start())


def may_spell_command(clause: Clause) -> bool:
    """Tell cheaply whether ``command_in`` can find anything."""
    text = clause.whole
    return (
        not gates.PROGRAMS.isdisjoint(clause.tokens)
        or "`\\" in text
        or " --" in text
        or ("`" in text and any(arrow in text for arrow in gates.ARROWS))
        or "./" in text
    )


def command_in(text: str) -> tuple[int, int] | None:
    """Return where a spelled command stands in the text, or None."""
    found = words.TICKED.search(text) if "`" in text else None
    if found is None:
        found = words.BARE_COMMAND.search(text)
    return found.span() if found else None


def shows_artifact(clause: Clause) -> bool:
    """Tell whether a produced file is named."""
    text = clause.whole
    if "/" not in text and "." not in text[:-1]:
        return False
    paths = not gates.ARTIFACTS.isdisjoint(clause.tokens)
    for found in words.ARTIFACT_PATH.finditer(text) if paths else ():
        if words.COORDINATION.search(found[0]):
            continue
        before = text[: found.start()]
        if words.NOT_THERE.search(before) or is_void(text, found.start(), second_hand=False):
            continue
        if found["file"] is not None and words.HANDLED.match(text):
            continue
        named = "." in found[0].rsplit("/", 1)[-1]
        if named or clause.place is Place.EVIDENCE or words.PRODUCED.search(before):
            return True
    made = None
    if not gates.DOCUMENTS.isdisjoint(clause.tokens):
        made = words.MADE_DOC.search(text) or words.KEPT_AT.search(text)
    if made is not None and not words.COORDINATION.search(text[made.start() :]):
        return not is_void(text, made.start())
    if clause.place is not Place.EVIDENCE:
        return False
    alone = words.FILE.match(clause.text.lstrip(" `*"))
    return alone is not None and "/" in alone[0] and not words.COORDINATION.search(alone[0])


def shows_diff(clause: Clause) -> bool:
    """Tell whether a concrete file is named with what changed in it."""
    text, tokens = clause.whole, clause.tokens
    if clause.fenced and words.PATCHED.match(clause.text):
        return True
    ticked = "`" in text and "/" in text
    if (
        (not ticked and gates.EXTENSIONS.isdisjoint(tokens) and gates.STEMS.isdisjoint(tokens))
        or words.NOT_CHANGED.match(text)
        or words.IMPERATIVE.match(text)
    ):
        return False
    bare = _TICKS.sub(lambda tick: tick[0] if " " not in tick[0] else "``", text)
    span: tuple[int, int] | None = None
    for may, pattern in (
        (not gates.EXTENSIONS.isdisjoint(tokens), words.FILE),
        (ticked, words.TICKED_FILE),
        (not gates.STEMS.isdisjoint(tokens), words.STEM),
        (not gates.STEMS.isdisjoint(tokens), words.STEM_LIST),
    ):
        if not may:
            continue
        for found in pattern.finditer(bare):
            if words.COORDINATION.search(found[0]):
                continue
            span = span or _change(bare)
            changed = span[0] <= found.start() <= span[1]
            if (changed and not words.MEANT.search(bare, span[0], found.start())) or _is_subject(
                clause, bare, found
            ):
                return True
    return False


def _change(text: str) -> tuple[int, int]:
    """Return between where and where a file named is one that was changed.

    It begins after the first word of change and ends at a word after which files are run or read.
    """
    verb = words.CHANGED.search(text)
    if verb is None or is_void(text, verb.start()):
        return len(text) + 1, -1
    run = _RUN.search(text, verb.end())
    return verb.end(), run.start() if run else len(text)


def _is_subject(clause: Clause, text: str, found: re.Match[str]) -> bool:
    """Tell whether what follows a file says that it changed, or it heads a list of changes."""
    after = text[found.end() : found.end() + 40]
    if words.SUBJECT_CHANGED.match(after) or words.NEW_FILE.match(after.lstrip(" `*")):
        return True
    return clause.place is Place.FILES and not text[: found.start()].strip(" `*_(-:")


def shows_commit(clause: Clause) -> bool:
    """Tell whether a commit is named by its hash."""
    text = clause.whole
    may = "(" in text[-16:] or ": " in text[7:46] or not gates.COMMITS.isdisjoint(clause.tokens)
    found = words.COMMIT.search(text) if may and words.has_digit(text) else None
    return found is not None and not is_void(text, found.start())


def shows_link(clause: Clause) -> bool:
    """Tell whether a pull request, a CI run or another page is offered."""
    text = clause.whole
    pull = words.PULL.search(text) if words.has_digit(text) else None
    if pull is not None and words.PULL_ASKED.search(text) is None:
        return True
    url = words.URL.search(text) if "://" in text else None
    if url is None or words.OFFERED.search(text) is None or _OUTPUT.search(text):
        return False
    return words.LOCAL_URL.match(url[0].strip("`](")) is None and not is_void(text, url.start())


_SHOWS = (
    (EvidenceKind.TEST, shows_test),
    (EvidenceKind.COMMAND, shows_command),
    (EvidenceKind.ARTIFACT, shows_artifact),
    (EvidenceKind.DIFF, shows_diff),
    (EvidenceKind.COMMIT, shows_commit),
    (EvidenceKind.LINK, shows_link),
)
