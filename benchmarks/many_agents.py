"""What a round costs with ten agents and with ten thousand, of whom one does something or none.

The store is filled directly: each agent has a source, an entry that counts as proof, and a deadline
that is an hour away. Nothing of this is due, so nothing of it may cost.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session

from rollcall.clock import ManualClock
from rollcall.store import marks
from rollcall.store.tables import AgentRow, DeadlineRow, EntryRow, Placement, Source
from rollcall.wiring import Works, build_works
from rollcall.workspace import find_workspace

CROWDS = (10, 100, 1_000, 10_000)
ROUNDS = 40
NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)
STEP = timedelta(seconds=5)
PLAN_AHEAD = timedelta(seconds=10)

Round = Callable[[Works, datetime, int], None]


def main() -> None:
    """Print a line for each kind of round: its processor time by number of agents, and the growth."""
    head = "".join(f"{count:>10,}" for count in CROWDS)
    print(f"\n{'processor time of a round, median':42}{head} {'growth':>7}")
    for what, work in ROUNDS_OF.items():
        figures = measure(work)
        line = "".join(f"{one * 1000:8.1f}ms" for one in figures)
        print(f"{what:42}{line} {figures[-1] / figures[0]:7.2f}", flush=True)


def measure(work: Round) -> list[float]:
    """Return the median seconds of processor time of a round for each number of agents.

    They take turns, so that what else the machine does slows all of them.
    """
    figures: list[list[float]] = [[] for _ in CROWDS]
    with ExitStack() as stack:
        crowds = [stack.enter_context(_filled(count)) for count in CROWDS]
        now = NOW
        for number in range(ROUNDS):
            now += STEP
            for works, seconds in zip(crowds, figures, strict=True):
                begin = time.process_time()
                work(works, now, number)
                seconds.append(time.process_time() - begin)
    return [statistics.median(seconds) for seconds in figures]


def idle_tick(works: Works, now: datetime, number: int) -> None:
    """Do what the daemon does every five seconds."""
    del number
    works.pipeline.begin(now, now + PLAN_AHEAD)
    works.pipeline.tick(now)
    works.pipeline.next_wake()
    works.deliverer.deliver_all()


def append(works: Works, now: datetime, number: int) -> None:
    """Read one agent's new entry, and judge it."""
    path = works.workspace.root / "feedback" / "agent0.md"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n## {now:%Y-%m-%dT%H:%M:%SZ} — parser\n- pytest: {number + 1} passed\n")
    works.pipeline.begin(now, now + PLAN_AHEAD)
    works.pipeline.ingest([path], now)


def overdue(works: Works, now: datetime, number: int) -> None:
    """Have an agent's proof overdue, or come: a blocker opens or closes, and a crowd is told.

    Its last proof is moved, in the store, two hours into the past or to now.
    """
    slug = f"agent{number // 2 % 10}"
    proved = now if number % 2 else now - timedelta(hours=2)
    with works.database.write() as session:
        session.get_one(EntryRow, number // 2 % 10 + 1).counts_at = proved
        session.get_one(AgentRow, slug).since = NOW - timedelta(hours=2)
        marks.mark_changed(session, [f"agent:{slug}"], now)
    works.pipeline.begin(now, now + PLAN_AHEAD)
    works.pipeline.tick(now)


ROUNDS_OF: dict[str, Round] = {
    "a tick with nothing due": idle_tick,
    "an append, read and judged": append,
    "an overdue agent, judged, and who is told": overdue,
}


@contextmanager
def _filled(agents: int) -> Iterator[Works]:
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        root = Path(name)
        (root / "feedback").mkdir()
        workspace = find_workspace(root, workspace=root, overrides=("feedback.cadence=1h",))
        works = build_works(workspace, ManualClock(NOW), {})
        try:
            with works.database.write() as session:
                _fill(session, agents)
            works.deliverer.begin()
            works.pipeline.begin(NOW, NOW + PLAN_AHEAD)
            with works.database.write() as session:
                _plan(session, agents)
            yield works
        finally:
            works.close()


def _fill(session: Session, agents: int) -> None:
    proved = NOW - timedelta(minutes=10)
    slugs = [f"agent{number}" for number in range(agents)]
    since = {"since": proved, "owes_proof": True, "has_written": True, "retired": False}
    session.execute(insert(AgentRow), [{"slug": slug, **since} for slug in slugs])
    seen = {"kind": "feedback", "cursor": None, "first_seen": proved, "read_at": proved}
    session.execute(
        insert(Source),
        [{"name": f"feedback/{slug}.md", "agent": slug, **seen} for slug in slugs],
    )
    session.execute(insert(EntryRow), [_entry(slug, proved) for slug in slugs])
    session.execute(
        insert(Placement),
        [{"source_id": one, "start": 2, "end": 3, "entry_id": one} for one in range(1, agents + 1)],
    )


def _entry(slug: str, proved: datetime) -> dict[str, object]:
    return {
        **dict.fromkeys(("key", "digest", "rank"), f"{proved:%Y%m%dT%H%M%S}"),
        "agent": slug,
        "title": "parser",
        "stamp": proved,
        "place": f"feedback/{slug}.md:2",
        "kinds": ["test"],
        "marks": [],
        "proof": True,
        "seen_at": proved,
        "counts_at": proved,
    }


def _plan(session: Session, agents: int) -> None:
    """Have nothing due for an hour: the settings are known, and each agent was judged."""
    later = NOW + timedelta(hours=1)
    for number in range(agents):
        row = session.get(DeadlineRow, f"agent:agent{number}")
        if row is not None:
            row.next_check_at = later
            session.add(row)
    marks.set_instant(session, marks.FIRST_SWEEP, NOW)
    marks.set_instant(session, marks.LAST_SWEEP, NOW)


if __name__ == "__main__":
    main()
