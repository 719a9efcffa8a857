"""Join a command with the result told a few lines below it, and a run told in prose with its figure."""

from __future__ import annotations

import re

from rollcall.model import EvidenceKind
from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.evidence_kinds import (
    COMMAND_OUTCOME,
    OUTCOME,
    Finding,
    command_in,
    may_spell_command,
    void_of,
)
from rollcall.parse.evidence_text import Clause, Place

_NEAR = 4
_RESULT = re.compile(r"result|outcome|output|status", re.IGNORECASE)


class Runs:
    """What the clauses of one entry, taken in order, have told of commands and runs so far."""

    def __init__(self) -> None:
        self._command: Clause | None = None
        self._counted = False
        self._figured = False
        self._tested = 0
        self._told = False

    def take(self, clause: Clause) -> dict[EvidenceKind, Finding]:
        """Return what the clause shows together with those before it."""
        if clause.place is Place.PLAN:
            return {}
        found = self._result(clause) if self._command is not None else {}
        labelled = clause.label[:7].lower() == "command"
        if labelled and 0 < self._tested >= clause.line - 2:
            rule = "the command of the outcome above"
            found[EvidenceKind.COMMAND] = Finding(0, len(clause.whole), rule)
        if labelled or (may_spell_command(clause) and command_in(clause.text) is not None):
            self._note_command(clause)
        if clause.digit and not self._told:
            self._note_figures(clause)
        if self._counted and self._figured and not self._told:
            self._told = True
            rule = "a run told in prose, with its figure"
            found.setdefault(EvidenceKind.COMMAND, Finding(0, len(clause.whole), rule))
        return found

    def note_test(self, clause: Clause) -> None:
        """Remember that a test's outcome was told, for a command spelled right below it."""
        self._tested = clause.line

    def _note_command(self, clause: Clause) -> None:
        if not (
            words.POLL.search(clause.text)
            or words.HOW_TO.search(f"{clause.label}: {clause.text}")
            or void_of(clause.low[len(clause.whole) - len(clause.text) :], 0)
        ):
            self._command = clause

    def _result(self, clause: Clause) -> dict[EvidenceKind, Finding]:
        """Return what the clause tells of the command above it, or before it on its line."""
        command = self._command
        if command is None or clause.line - command.line > _NEAR:
            return {}
        same_line = clause.line == command.line and not clause.first
        if not (same_line or clause.fenced or _RESULT.search(clause.label)):
            return {}
        outcome = OUTCOME.search(clause.text, clause.tokens)
        answer = outcome or COMMAND_OUTCOME.search(clause.text, clause.tokens)
        if answer is None or void_of(
            clause.low[len(clause.whole) - len(clause.text) :], answer.start()
        ):
            return {}
        at = len(clause.whole) - len(clause.text)
        found = Finding(at + answer.start(), at + answer.end(), "the result of the command above")
        text = command.whole
        if outcome is not None and (words.TEST_NOUN.search(text) or words.TEST_WEAK.search(text)):
            return {EvidenceKind.COMMAND: found, EvidenceKind.TEST: found}
        return {EvidenceKind.COMMAND: found}

    def _note_figures(self, clause: Clause) -> None:
        """Remember that the clause counts a run, or tells what one measured."""
        text = clause.whole
        counted = (
            not self._counted
            and ("\u00d7" in text or clause.gates & gates.MAY_REPEAT != 0)
            and words.PROSE_RUN.search(text) is not None
        )
        figured = (
            not self._figured
            and clause.gates & gates.MAY_MEASURE != 0
            and words.PROSE_FIGURE.search(text) is not None
        )
        if (counted or figured) and words.NOT_YET.search(text) is None:
            self._counted, self._figured = self._counted or counted, self._figured or figured
