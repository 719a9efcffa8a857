"""Whatever was to be told has one fate: a notice that speaks of it, a wait, or a stored reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from harness import World, at, proof
from rollcall.store.pending import TOLD
from rollcall.store.sending_tables import UntoldRow
from rollcall.store.tables import EventBlocker, EventRow, PendingRow, TransitionRow

AGENTS = ("ada", "ben", "cleo", "mara", "noor", "rosa")
QUIET = 'notify.quiet_hours="08:00-11:00"'


def find_fates(session: Session, row: TransitionRow) -> list[str]:
    """Return what became of the telling of one transition."""
    waiting = session.exec(
        select(PendingRow.at).where(
            PendingRow.blocker == row.blocker, PendingRow.transition == row.what
        )
    )
    untold = session.exec(
        select(UntoldRow.at).where(
            UntoldRow.blocker == row.blocker, UntoldRow.transition == row.what
        )
    )
    found = ["waits" for one in waiting if one == row.at]
    found += ["untold" for one in untold if one == row.at]
    told = session.exec(
        select(EventRow.transition)
        .join(EventBlocker, col(EventBlocker.event_id) == col(EventRow.id))
        .where(EventBlocker.blocker == row.blocker, col(EventRow.created) >= row.at)
    ).all()
    # What was left untold may stand in a later digest all the same.
    return found or (["told"] if {row.what, "digest"} & set(told) else [])


@pytest.mark.parametrize("more", [(), (QUIET,), (QUIET, "notify.group_wait=5m")])
def test_every_transition_that_was_to_be_told_has_one_fate(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    world = World(tmp_path, *more)
    for agent in AGENTS:
        world.write(f"feedback/{agent}.md", proof("09:00"))
    world.start()
    world.tell("silence", until=at("10:00"), agents=("noor",))
    for number in range(4):
        world.run_until(at("09:08") + timedelta(minutes=12 * number))
        for agent in AGENTS[2:5] if number % 2 else AGENTS[:4]:
            world.append(f"feedback/{agent}.md", proof(f"{world.now:%H:%M}", 20 + number))
        world.run_for(minutes=11)
        (first, *_) = world.open_ids() or ["B-0001"]
        world.tell("ack", first)
    world.run_until("11:30")
    with world.works.database.read() as session:
        rows = session.exec(select(TransitionRow).order_by(col(TransitionRow.id))).all()
        fates = {
            f"{row.blocker} {row.what} {row.at:%H:%M:%S}": find_fates(session, row)
            for row in rows
            if row.what in {one.value for one in TOLD}
        }
        reasons = {row.why for row in session.exec(select(UntoldRow))}
    assert len(fates) > 20
    assert {name: found for name, found in fates.items() if len(found) != 1} == {}
    assert "silenced by ivo until 2026-02-07 10:00Z, S-1" in reasons
    assert all(reasons)
