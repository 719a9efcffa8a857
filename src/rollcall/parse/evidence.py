"""Judge what an entry shows that can be checked, and what it says blocks its author.

The rules are those of a careful reader of such logs: an outcome counts only where it was observed
by the author; a plan, a wish, an acknowledgement or another agent's result is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rollcall.model import Evidence, EvidenceKind
from rollcall.parse.evidence_blockers import starts_fallback, states_blocker
from rollcall.parse.evidence_kinds import findings
from rollcall.parse.evidence_runs import Runs
from rollcall.parse.evidence_text import clauses

_TEXT = 200


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
    runs = Runs()
    for clause in clauses(lines, first, skip):
        kinds = {kind for kind, one in findings(clause, seen) if not one.void}
        kinds.update(runs.take(clause))
        if EvidenceKind.TEST in kinds:
            runs.note_test(clause)
        if states_blocker(clause):
            kinds.add(EvidenceKind.BLOCKER)
            blocked_on = blocked_on or _one_line(clause.text)
        fallback = fallback or starts_fallback(clause)
        if kinds:
            found.extend(
                Evidence(kind, clause.line, _one_line(clause.text)) for kind in sorted(kinds - seen)
            )
            seen |= kinds
    return Judgement(tuple(found), fallback and blocked_on is not None, blocked_on)


def _one_line(text: str) -> str:
    return " ".join(text[: 4 * _TEXT].split())[:_TEXT]
