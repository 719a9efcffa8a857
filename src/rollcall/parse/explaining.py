"""Say of an entry which words in it looked like evidence, by which rule, and whether they count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rollcall.model import Entry, EvidenceKind
from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.beginnings import Style, read_beginning
from rollcall.parse.cutting import spelled
from rollcall.parse.evidence_blockers import starts_fallback, states_blocker, why_no_blocker
from rollcall.parse.evidence_kinds import (
    Finding,
    command_in,
    findings,
    look,
)
from rollcall.parse.evidence_runs import Runs
from rollcall.parse.evidence_text import IN_BLOCKER, IN_PLAN, IN_QUOTE, Clause, clauses

FALLBACK = "fallback"
_WRAPPED = 8
_RESULT_NEAR = 4
_RAN = frozenset(("ran", "rerun", "run", "running", "reran", "executed", "kicked"))


@dataclass(frozen=True, slots=True)
class Explained:
    """Words on a line that met a rule (``counts``) or missed one, as ``rule`` says.

    ``kind`` is that of the evidence, or ``fallback``; ``line`` is 1-based; ``text`` stands there in
    the columns from ``start`` up to ``end``, counted from 0, as far as they are on that line. A row
    of a table and a JSON object count as the sentences that ``spelled`` makes of them.
    """

    kind: str
    line: int
    start: int
    end: int
    text: str
    rule: str
    counts: bool


def explain(entry: Entry, lines: Sequence[str]) -> tuple[Explained, ...]:
    """Explain an entry of the file whose lines are given, in the order of its lines."""
    own = spelled(lines[entry.start - 1 : entry.end], entry.author)
    found: list[Explained] = []
    counted: set[EvidenceKind] = set()
    runs = Runs()
    for clause in clauses(own, entry.start, _skip(own[0]), opened=True):
        shown = list(_of_clause(clause))
        for kind, one in runs.take(clause).items():
            if all(kind is not other or met.void for other, met in shown):
                shown.append((kind, one))
        good = {kind for kind, one in shown if not one.void}
        if EvidenceKind.TEST in good - counted:
            runs.note_test(clause)
        counted |= good
        places = [(kind.value, one) for kind, one in shown] + list(_of_blocker(clause))
        found += [_place(kind, one, clause, own, entry.start) for kind, one in places]
    told = _without_told_later(found)
    return tuple(sorted(told, key=lambda one: (one.line, one.start, one.end)))


def say_verdict(entry: Entry, explained: Sequence[Explained]) -> str:
    """Say in one line whether the entry is proof, and why."""
    kinds = ", ".join(kind.value for kind in entry.kinds)
    if entry.proof:
        return f"Proof: {kinds}{' with a fallback started' if entry.fallback else ''}."
    if entry.kinds:
        return "No proof: a blocker, and no fallback that was started."
    missed = dict.fromkeys(f"{one.kind} ({one.rule})" for one in explained if not one.counts)
    if missed:
        return f"No proof: nothing counts: {'; '.join(missed)}."
    return "No proof: it shows nothing that can be checked."


def _skip(line: str) -> int:
    """Return where the words after the stamp begin on an entry's first line."""
    begun = read_beginning(line)
    if begun is None or begun.written is None or begun.style is Style.HEADING:
        return 0
    return begun.written.end


def _of_clause(clause: Clause) -> Iterator[tuple[EvidenceKind, Finding]]:
    """Yield what a clause shows, what it would show elsewhere, and what it lacks."""
    counting = findings(clause)
    shown = dict(counting)
    yield from counting
    if clause.place is IN_PLAN:
        why = "a plan: it stands under what is yet to come"
    elif clause.place is IN_BLOCKER:
        why = "a blocker: it stands under what blocks"
    elif clause.place is IN_QUOTE:
        why = "a quotation: it stands under a word for data, not for a result"
    else:
        why = "an instruction"
    for kind, one in look(clause):
        if kind not in shown:
            shown[kind] = one._replace(void=one.void or why)
            yield kind, shown[kind]
    if not shown and clause.place not in (IN_PLAN, IN_BLOCKER):
        yield from _lacking(clause)


def _lacking(clause: Clause) -> Iterator[tuple[EvidenceKind, Finding]]:
    """Yield what would be evidence if it told more."""
    noun = words.TEST_NOUN.search(clause.whole)
    command = command_in(clause)
    if noun is not None and (command is not None or clause.tokens & _RAN):
        yield EvidenceKind.TEST, Finding(*noun.span(), "", "a run without its outcome")
    elif command is not None:
        yield EvidenceKind.COMMAND, Finding(*command, "", "a command without its result")
    elif clause.gates & gates.MAY_EXTEND and (file := words.FILE.search(clause.whole)):
        void = "a file without what changed in it"
        if words.COORDINATION.search(file[0]):
            void = "a file of coordination"
        yield EvidenceKind.DIFF, Finding(*file.span(), "", void)


def _of_blocker(clause: Clause) -> Iterator[tuple[str, Finding]]:
    at = len(clause.whole) - len(clause.text)
    whole = (at, len(clause.whole))
    if states_blocker(clause):
        yield EvidenceKind.BLOCKER.value, Finding(*whole, "what blocks, and why or whom it needs")
    elif why := why_no_blocker(clause):
        yield EvidenceKind.BLOCKER.value, Finding(*whole, "", why)
    if starts_fallback(clause):
        yield FALLBACK, Finding(*whole, "a fallback that was started")


def _place(kind: str, one: Finding, clause: Clause, own: Sequence[str], first: int) -> Explained:
    """Put a finding where its words stand in the file."""
    text = clause.whole[one.start : one.end].strip()
    at = clause.line - first
    for index in range(at, min(at + _WRAPPED, len(own))):
        start = own[index].find(text) if text else -1
        if start >= 0:
            end = start + len(text)
            return Explained(kind, first + index, start, end, text, *_verdict(one))
    start, end = _span_of_words(own[at], text)
    return Explained(kind, clause.line, start, end, own[at][start:end], *_verdict(one))


def _verdict(one: Finding) -> tuple[str, bool]:
    return one.void or one.rule, not one.void


def _span_of_words(line: str, text: str) -> tuple[int, int]:
    """Return from where to where the words of ``text`` stand on a line that holds more between."""
    start, end = -1, 0
    for word in text.split():
        bare = word.strip("*_`:")
        at = line.find(bare, end) if bare else -1
        if at >= 0:
            start = at if start < 0 else start
            end = at + len(bare)
    return (start, end) if start >= 0 else (0, len(line))


def _without_told_later(found: Sequence[Explained]) -> list[Explained]:
    """Leave out a command without its result where a line or few below tells it."""
    results = [one.line for one in found if one.counts and one.kind == EvidenceKind.COMMAND.value]
    return [
        one
        for one in found
        if one.counts
        or one.kind not in (EvidenceKind.COMMAND.value, EvidenceKind.TEST.value)
        or not any(0 <= line - one.line <= _RESULT_NEAR for line in results)
    ]
