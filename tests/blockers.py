"""Blockers as records and as rows of the store: an agent owes proof, unless a test says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from rollcall.model import Blocker, BlockerKind, BlockerStatus
from rollcall.store.tables import BlockerRow


def make_blocker(opened: datetime, agent: str = "mara", number: int = 1, **changes: Any) -> Blocker:
    blocker = Blocker(
        id=f"B-{number:04}",
        kind=BlockerKind.MISSING_PROOF,
        condition=f"proof:{agent}",
        agent=agent,
        level=1,
        status=BlockerStatus.OPEN,
        owner=None,
        opened=opened,
        closed=None,
        description="No proof of work",
    )
    return replace(blocker, **changes)


def make_row(opened: datetime, number: int, agent: str | None = None) -> BlockerRow:
    name = agent or f"agent{number}"
    return BlockerRow(
        number=number,
        kind="missing proof",
        condition=f"proof:{name}",
        subject=f"agent:{name}",
        agent=name,
        level=1,
        status="open",
        opened=opened,
        description="silent",
    )
