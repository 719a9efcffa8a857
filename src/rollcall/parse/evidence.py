"""Judge what an entry shows that can be checked."""

from __future__ import annotations
from collections.abc import Sequence
from dataclasses import dataclass
from rollcall.model import Evidence
@dataclass(frozen=True, slots=True)
class Judgement:
    evidence: tuple[Evidence, ...] = ()
    fallback: bool = False
    blocked_on: str | None = None
def judge(lines: Sequence[str], first: int) -> Judgement:
    return Judgement()
