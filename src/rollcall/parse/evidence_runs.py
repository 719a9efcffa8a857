"""Join a command with the result told a few lines below it, and a run told in prose with its figure."""

from __future__ import annotations

import re

from rollcall.model import EvidenceKind
from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.evidence_kinds import (
    COMMAND_OUTCOME,
    HOW_TO,
    OUTCOME,
    POLL,
    Finding,
    command_in,
)
from rollcall.parse.evidence_text import IN_PLAN, IN_QUOTE, Clause
from rollcall.parse.evidence_voids import void_of
from rollcall.parse.seeking import folded

_NEAR = 4
_PROSE_RUN = folded(words.PROSE_RUN)
_PROSE_FIGURE = folded(words.PROSE_FIGURE)
_MEASURED = gates.MAY_REPEAT | gates.MAY_MEASURE
_NOT_YET = folded(words.NOT_YET)
_COMMANDED = re.compile(r"commands?\b")
_RESULT = re.compile(r"result|outcome|output|status", re.IGNORECASE)


class Runs:
    """What the clauses of one entry, taken in order, have told of commands and runs so far."""

    def __init__(self) -> None:
        self._command: Clause | None = None
        self._counted = False
        self._figured = False
        self._figures: list[Clause] = []
        self._tested = 0
        self._told = False

    def take(self, clause: Clause) -> dict[EvidenceKind, Finding]:
        """Return what the clause shows together with those before it."""
        may = clause.gates
        spelled = gates.may_spell_command(may)
        if clause.place in (IN_PLAN, IN_QUOTE) or not (
            spelled or self._command or may & (gates.MAY_BE_LABEL | _MEASURED)
        ):
            return {}
        found = self._result(clause) if self._command is not None else {}
        labelled = may & gates.MAY_BE_LABEL and _COMMANDED.match(clause.low, 0, clause.at)
        if labelled and 0 < self._tested >= clause.line - 2:
            rule = "the command of the outcome above"
            found[EvidenceKind.COMMAND] = Finding(0, len(clause.whole), rule)
        if labelled or (spelled and command_in(clause, clause.at) is not None):
            self._note_command(clause)
        if clause.digit and may & _MEASURED and not self._told and self._tells_run(clause):
            self._told = True
            rule = "a run told in prose, with its figure"
            found.setdefault(EvidenceKind.COMMAND, Finding(0, len(clause.whole), rule))
        return found

    def note_test(self, clause: Clause) -> None:
        """Remember that a test's outcome was told, for a command spelled right below it."""
        self._tested = clause.line

    def _note_command(self, clause: Clause) -> None:
        said = clause.low[clause.at :]
        if not (POLL.search(said) or HOW_TO.search(clause.low) or void_of(said, 0, clause.gates)):
            self._command = clause

    def _result(self, clause: Clause) -> dict[EvidenceKind, Finding]:
        """Return what the clause tells of the command above it, or before it on its line."""
        command = self._command
        if command is None or clause.line - command.line > _NEAR:
            return {}
        same_line = clause.line == command.line and not clause.first
        if not (same_line or clause.fenced or _RESULT.search(clause.label)):
            return {}
        at, low = clause.at, clause.low[clause.at :]
        outcome = OUTCOME.search(clause.text, clause.tokens, low=low)
        answer = outcome or COMMAND_OUTCOME.search(clause.text, clause.tokens, low=low)
        if answer is None or void_of(low, answer.start(), clause.gates):
            return {}
        found = Finding(at + answer.start(), at + answer.end(), "the result of the command above")
        text = command.whole
        if outcome is not None and (words.TEST_NOUN.search(text) or words.TEST_WEAK.search(text)):
            return {EvidenceKind.COMMAND: found, EvidenceKind.TEST: found}
        return {EvidenceKind.COMMAND: found}

    def _tells_run(self, clause: Clause) -> bool:
        """Tell whether a run has been counted and what one measured told, as of this clause."""
        if not self._counted:
            self._counted = _counts_run(clause)
        if not self._figured and clause.gates & gates.MAY_MEASURE:
            self._figures.append(clause)
        if self._counted and not self._figured:
            self._figured = any(map(_tells_figure, self._figures))
            self._figures.clear()
        return self._counted and self._figured


def _counts_run(clause: Clause) -> bool:
    return (
        clause.gates & gates.MAY_REPEAT != 0
        and _PROSE_RUN.search(clause.low) is not None
        and not _is_planned(clause)
    )


def _tells_figure(clause: Clause) -> bool:
    return _PROSE_FIGURE.search(clause.low) is not None and not _is_planned(clause)


def _is_planned(clause: Clause) -> bool:
    return clause.gates & gates.MAY_PLAN != 0 and _NOT_YET.search(clause.low) is not None
