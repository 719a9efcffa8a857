"""One pass of work by a command: what ``sweep`` does, and ``ack`` where no daemon runs."""

from __future__ import annotations

import threading
from pathlib import Path

from rollcall.clock import Clock
from rollcall.errors import OutsideError
from rollcall.lock import WorkLock
from rollcall.pipeline import Round
from rollcall.progress import read_reading
from rollcall.rules.watched import plan_next_sweep
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.instructions import NO_TERMS, Terms, add_instruction, read_instruction
from rollcall.wiring import Works

PATIENCE_S = 60.0
LONGEST_DELIVERY_S = 30.0
_FIRST_GLANCE_S = 0.03
_LONGEST_GLANCE_S = 0.3


def work_once(works: Works) -> Round:
    """Read everything, judge, carry out what was asked, and deliver. The caller holds the lock."""
    clock = works.clock
    now = clock.now()
    with works.database.read() as session:
        last = marks.get_instant(session, marks.LAST_SWEEP)
    planned = plan_next_sweep(now, last, works.workspace.settings.workspace.sweep_every)
    works.deliverer.begin()
    if works.projection is not None:
        works.projection.begin()
        # Before anything is carried out: what people edited is among it.
        works.deliverer.project_log()
    works.pipeline.begin(now, planned)
    done = works.pipeline.sweep(now)
    done.add(works.pipeline.tick(now))
    works.pipeline.finish_pages(now)
    works.deliverer.deliver_in_pace(LONGEST_DELIVERY_S)
    return done


def give_instruction(
    database: Database,
    clock: Clock,
    verb: str,
    subject: str,
    text: str,
    author: str,
    terms: Terms = NO_TERMS,
) -> int:
    """Put an instruction down for whoever works."""
    with database.write() as session:
        return add_instruction(session, verb, subject, text, author, clock.now(), terms)


def wake_worker(state_dir: Path) -> None:
    """Have a running daemon look at once."""
    # Written, not touched: not every system makes an event of a new time alone.
    (state_dir / "wake" / "now").write_bytes(b"\n")


def await_result(
    database: Database, clock: Clock, lock: WorkLock, instruction: int
) -> tuple[str, bool] | None:
    """Wait until an instruction was carried out and return its result and whether it was refused.

    None where its worker has gone and we hold the lock now: the work is ours. Raises OutsideError
    when the worker does not come to it in a minute.
    """
    until_s = clock.monotonic() + PATIENCE_S
    pause = threading.Event()
    glance_s = _FIRST_GLANCE_S
    while True:
        with database.read() as session:
            row = read_instruction(session, instruction)
            if row.done is not None:
                return row.result or "", row.refused
        if lock.acquire():
            return None
        if clock.monotonic() > until_s:
            with database.read() as session:
                reading = read_reading(session)
            busy = "" if reading is None else f" (it is {reading.say()})"
            raise OutsideError(
                f"the running Rollcall (pid {lock.holder_pid()}) has not carried this out in "
                f"{PATIENCE_S:.0f} s{busy}; it stays in its list, see `rollcall status`"
            )
        pause.wait(glance_s)
        glance_s = min(glance_s * 1.5, _LONGEST_GLANCE_S)
