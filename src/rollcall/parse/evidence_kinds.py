"""Judge one clause: which kinds of checkable evidence does it show?"""

from __future__ import annotations

import re

from rollcall.model import EvidenceKind
from rollcall.parse import evidence_words as words
from rollcall.parse.evidence_text import Clause, Place

_ONLY_AFTER = re.compile(r"[;—]|→")
_BREAK = re.compile(r"[,;—(→:]")
_TICKS = re.compile(r"`[^`]*`")


def kinds_of(clause: Clause) -> set[EvidenceKind]:
    """Return the kinds of evidence that the clause shows by itself, blockers apart."""
    text = clause.text
    if clause.place is Place.PLAN or (clause.place is Place.BLOCKER and not clause.label):
        return set()
    kinds: set[EvidenceKind] = set()
    if shows_test(clause):
        kinds.add(EvidenceKind.TEST)
    if shows_command(clause):
        kinds.add(EvidenceKind.COMMAND)
    if "." in text or "/" in text or "README" in text or "-" in text:
        if shows_artifact(clause):
            kinds.add(EvidenceKind.ARTIFACT)
        if shows_diff(clause):
            kinds.add(EvidenceKind.DIFF)
    if shows_commit(text):
        kinds.add(EvidenceKind.COMMIT)
    if shows_link(text):
        kinds.add(EvidenceKind.LINK)
    return kinds


def is_void(text: str, at: int) -> bool:
    """Tell whether what stands at ``at`` is hoped for, intended, or another's."""
    before = text[:at]
    if words.IMPERATIVE.match(text):
        return True
    for pattern, breaks in (
        (words.NOT_YET, _ONLY_AFTER),
        (words.PURPOSE, _BREAK),
        (words.SECOND_HAND, None),
    ):
        last = None
        for found in pattern.finditer(before):
            last = found
        if last is not None and (breaks is None or not breaks.search(before, last.end())):
            return True
    return False


def shows_test(clause: Clause) -> bool:
    """Tell whether tests, linters, type checks or builds are told with their outcome."""
    text = clause.text
    itself = words.TEST_ITSELF.search(text)
    if itself is not None and not is_void(text, itself.start()) and not words.NO_RESULT.search(text):
        return True
    whole = f"{clause.label}: {text}" if clause.label else text
    shift = len(whole) - len(text)
    if words.TEST_NOUN.search(whole) is not None:
        found = words.OUTCOME.search(text) or words.FIGURE_MS.search(text)
    elif words.TEST_WEAK.search(whole) is not None:
        found = words.OUTCOME_STRONG.search(text)
    else:
        return False
    if found is None or words.NO_RESULT.search(text):
        return False
    return not is_void(whole, found.start() + shift)


def shows_command(clause: Clause) -> bool:
    """Tell whether a spelled command or endpoint is given with what it answered."""
    text = clause.text
    whole = f"{clause.label}: {text}" if clause.label else text
    if words.HOW_TO.search(whole) or words.POLL.search(text):
        return False
    for pattern in (words.ENDPOINT, words.OWN_CHECK, words.EXIT_CODE, words.JSON_BODY):
        found = pattern.search(text)
        if found is not None and not is_void(text, found.end() - 3):
            return True
    if words.STATUS_LINE.match(text):
        return True
    command = command_in(text)
    if command is None:
        return False
    at, end = command
    found = words.COMMAND_OUTCOME.search(text, end)
    if found is None:
        found = words.COMMAND_OUTCOME.search(text[:at])
    return found is not None and not is_void(text, found.start())


def command_in(text: str) -> tuple[int, int] | None:
    """Return where a spelled command stands in the text, or None."""
    found = words.TICKED.search(text) if "`" in text else None
    if found is None:
        found = words.BARE_COMMAND.search(text)
    return found.span() if found else None


def shows_artifact(clause: Clause) -> bool:
    """Tell whether a produced file is named."""
    text = clause.text
    for found in words.ARTIFACT_PATH.finditer(text):
        if words.COORDINATION.search(found[0]):
            continue
        before = text[: found.start()]
        if words.NOT_THERE.search(before) or is_void(text, found.start()):
            continue
        if clause.place is Place.EVIDENCE or words.PRODUCED.search(f"{clause.label}: {before}"):
            return True
    whole = f"{clause.label}: {text}" if clause.label else text
    made = words.MADE_DOC.search(whole)
    if made is not None and not words.COORDINATION.search(whole[made.start() :]) and not is_void(whole, made.start()):
        return True
    if clause.place is Place.EVIDENCE and "file" not in clause.label.lower():
        stripped = text.strip(" `*")
        alone = words.FILE.match(stripped)
        return alone is not None and alone.end() == len(stripped) and "/" in stripped and not words.COORDINATION.search(stripped)
    return False


def shows_diff(clause: Clause) -> bool:
    """Tell whether a concrete file is named with what changed in it."""
    text = clause.text
    if words.NOT_CHANGED.match(text) or words.IMPERATIVE.match(text):
        return False
    changed = words.CHANGED.search(text)
    bare = _TICKS.sub(lambda tick: tick[0] if " " not in tick[0] else "``", text)
    for pattern in (words.FILE, words.STEM, words.STEM_LIST):
        for found in pattern.finditer(bare):
            if words.COORDINATION.search(found[0]):
                continue
            after = bare[found.end() : found.end() + 40]
            if words.SUBJECT_CHANGED.match(after):
                return True
            verb = words.CHANGED.search(bare, 0, found.start())
            if verb is not None and not is_void(bare, verb.start()) and not _is_run(bare, verb.end(), found.start()):
                return True
            if changed is not None and words.NEW_FILE.search(after):
                return True
            if clause.place is Place.EVIDENCE and words.NEW_FILE.match(after.lstrip("` *")):
                return True
    return False


def _is_run(text: str, start: int, end: int) -> bool:
    """Tell whether a command is run, or a read is made, between a change and the file named."""
    return re.search(r"\b(?:ran|reran|run|via|per|see|against|using|npx|vitest run|pytest)\b", text[start:end]) is not None


def shows_commit(text: str) -> bool:
    """Tell whether a commit is named by its hash."""
    found = words.COMMIT.search(text)
    return found is not None and not is_void(text, found.start())


def shows_link(text: str) -> bool:
    """Tell whether a pull request, a CI run or another page is offered."""
    pull = words.PULL.search(text)
    if pull is not None and words.PULL_ASKED.search(text) is None:
        return True
    url = words.URL.search(text)
    return url is not None and words.LOCAL_URL.match(url[0].strip("`](")) is None and not is_void(text, url.start())
