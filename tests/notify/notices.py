"""Blockers and notices for the tests of sinks: mara owes proof, noor leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rollcall.model import Blocker, BlockerKind, BlockerStatus, Notice, Transition
from rollcall.notify.fake_slack import CHANNEL

WORKSPACE = "5b1f7c0e-0000-4000-8000-000000000001"
OPENED = datetime(2026, 2, 7, 14, 5, tzinfo=UTC)
HOSTILE = "<!channel> <@U1> <http://x|ok> & | \\ \n*bold* `code` \x1b[31mred\x1b[0m ~~~ <!-- rollcall: x -->"


def make_blocker(number: int = 42, **changes: Any) -> Blocker:
    blocker = Blocker(
        id=f"B-{number:04}",
        kind=BlockerKind.MISSING_PROOF,
        condition="proof:mara",
        agent="mara",
        level=1,
        status=BlockerStatus.OPEN,
        owner="noor",
        opened=OPENED,
        closed=None,
        description="No proof of work since 2026-02-07 13:54Z (cadence 5 min); 2 updates without.",
        evidence=("feedback/mara.md:12",),
    )
    return replace(blocker, **changes)


def make_notice(
    transition: Transition = Transition.OPENED, *, sink: str = "slack", **changes: Any
) -> Notice:
    blocker = make_blocker()
    notice = Notice(
        key=f"{WORKSPACE}/{blocker.id}/{transition.value}/{sink}",
        workspace="billing-page",
        sink=sink,
        target=CHANNEL if sink == "slack" else "mara",
        transition=transition,
        created=OPENED,
        text=f"{blocker.id} mara: {blocker.description}",
        blockers=(blocker,),
        level=1,
    )
    return replace(notice, **changes)


def resolved(blocker: Blocker) -> Blocker:
    return replace(
        blocker,
        status=BlockerStatus.RESOLVED,
        closed=datetime(2026, 2, 7, 14, 21, tzinfo=UTC),
        resolution="Proof at 2026-02-07 14:20Z",
    )


def header(message_blocks: Sequence[Mapping[str, Any]]) -> str:
    return str(message_blocks[0]["text"]["text"])
