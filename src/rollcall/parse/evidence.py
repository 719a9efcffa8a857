"""Judge what an entry shows that can be checked, and what it says blocks its author.

The rules are those of a careful reader of such logs: an outcome counts only where it was observed
by the author; a plan, a wish, an acknowledgement or another agent's result is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rollcall.model import Evidence, EvidenceKind
from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.evidence_blockers import starts_fallback, states_blocker
from rollcall.parse.evidence_kinds import (
    command_in,
    is_void,
    kinds_of,
    may_spell_command,
)
from rollcall.parse.evidence_text import Clause, Place, clauses

_TEXT = 200
_NEAR = 4
_RESULT = re.compile(r"result|outcome|output|status", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one entry shows: its evidence by line, whether a fallback runs, and what blocks."""

    evidence: tuple[Evidence, ...] = ()
    fallback: bool = False
    blocked_on: str | None = None


NOTHING_JUDGED = Judgement()


def judge(lines: Sequence[str], first: int, skip: int = 0) -> Judgement:
    """Judge the entry whose first line is line ``first`` (1-based) of its file.

    ``skip`` is where in that line the words after the stamp begin.
    """
    found: list[Evidence] = []
    seen: set[EvidenceKind] = set()
    blocked_on: str | None = None
    fallback = False
    runs = _Runs()
    for clause in clauses(lines, first, skip):
        kinds = kinds_of(clause, seen) | runs.take(clause)
        runs.note(clause, kinds)
        if states_blocker(clause):
            kinds.add(EvidenceKind.BLOCKER)
            blocked_on = blocked_on or _one_line(clause.text)
        fallback = fallback or starts_fallback(clause)
        found.extend(
            Evidence(kind, clause.line, _one_line(clause.text)) for kind in sorted(kinds - seen)
        )
        seen |= kinds
    return Judgement(tuple(found), fallback and blocked_on is not None, blocked_on)


def _one_line(text: str) -> str:
    return " ".join(text[: 4 * _TEXT].split())[:_TEXT]


class _Runs:
    """Joins a command with the result told a few lines below it, and runs told in prose."""

    def __init__(self) -> None:
        self._command: Clause | None = None
        self._counted = False
        self._figured = False
        self._tested = 0

    def take(self, clause: Clause) -> set[EvidenceKind]:
        """Return what the clause shows together with those before it."""
        if clause.place is Place.PLAN:
            return set()
        kinds = self._result(clause)
        if clause.label.lower().startswith("command") and 0 < self._tested >= clause.line - 2:
            kinds.add(EvidenceKind.COMMAND)
        spelled = may_spell_command(clause) and command_in(clause.text) is not None
        if (spelled or clause.label.lower().startswith("command")) and not (
            words.POLL.search(clause.text)
            or words.HOW_TO.search(f"{clause.label}: {clause.text}")
            or is_void(clause.text, 0)
        ):
            self._command = clause
        return kinds | self._prose(clause)

    def note(self, clause: Clause, kinds: set[EvidenceKind]) -> None:
        """Remember that a test's outcome was told, for a command spelled right below it."""
        if EvidenceKind.TEST in kinds:
            self._tested = clause.line

    def _result(self, clause: Clause) -> set[EvidenceKind]:
        """Return what the clause tells of the command above it, or before it on its line."""
        command = self._command
        if command is None or clause.line - command.line > _NEAR:
            return set()
        same_line = clause.line == command.line and not clause.first
        if not (same_line or clause.fenced or _RESULT.search(clause.label)):
            return set()
        outcome = words.OUTCOME.search(clause.text)
        answer = outcome or words.COMMAND_OUTCOME.search(clause.text)
        if answer is None or is_void(clause.text, answer.start()):
            return set()
        text = command.whole
        if outcome is not None and (words.TEST_NOUN.search(text) or words.TEST_WEAK.search(text)):
            return {EvidenceKind.COMMAND, EvidenceKind.TEST}
        return {EvidenceKind.COMMAND}

    def _prose(self, clause: Clause) -> set[EvidenceKind]:
        text = clause.whole
        if not words.has_digit(text):
            return set()
        counted = (
            not self._counted
            and ("\u00d7" in text or not gates.RUNS.isdisjoint(clause.tokens))
            and words.PROSE_RUN.search(text) is not None
        )
        figured = (
            not self._figured
            and not gates.UNITS.isdisjoint(clause.tokens)
            and words.PROSE_FIGURE.search(text) is not None
        )
        if (counted or figured) and words.NOT_YET.search(text) is None:
            self._counted, self._figured = self._counted or counted, self._figured or figured
        return {EvidenceKind.COMMAND} if self._counted and self._figured else set()
