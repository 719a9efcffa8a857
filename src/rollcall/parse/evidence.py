"""Judge what an entry shows that can be checked, and what it says blocks its author.

The rules are those of a careful reader of such logs: an outcome counts only where it was observed
by the author; a plan, a wish, an acknowledgement or another agent's result is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rollcall.model import Evidence, EvidenceKind
from rollcall.parse.evidence_blockers import names_whom, starts_fallback, states_blocker
from rollcall.parse.evidence_kinds import findings
from rollcall.parse.evidence_runs import Runs
from rollcall.parse.evidence_text import Clause, clauses

_TEXT = 200
_TEST, _COMMAND, _BLOCKER = EvidenceKind.TEST, EvidenceKind.COMMAND, EvidenceKind.BLOCKER
_BY_RUNS = {_COMMAND, _TEST}


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
    return judge_clauses(clauses(lines, first, skip))


def judge_clauses(entry: Sequence[Clause]) -> Judgement:
    """Judge the entry that consists of these clauses."""
    if not entry:
        return NOTHING_JUDGED
    found: list[Evidence] = []
    seen: set[EvidenceKind] = set()
    blocked_on: str | None = None
    runs = Runs()
    for clause in entry:
        shown = findings(clause, seen)
        kinds = [kind for kind, one in shown if not one.void] if shown else []
        if not seen >= _BY_RUNS:
            kinds += [kind for kind in runs.take(clause) if kind not in kinds and kind not in seen]
        if _TEST in kinds:
            runs.note_test(clause)
        if blocked_on is None and states_blocker(clause):
            kinds.append(_BLOCKER)
            blocked_on = _one_line(clause.whole if names_whom(clause) else clause.text)
        if kinds:
            words = _one_line(clause.text)
            found += [Evidence(kind, clause.line, words) for kind in sorted(kinds)]
            seen.update(kinds)
    fallback = blocked_on is not None and any(map(starts_fallback, entry))
    return Judgement(tuple(found), fallback, blocked_on)


def _one_line(text: str) -> str:
    return " ".join(text[: 4 * _TEXT].split())[:_TEXT]
