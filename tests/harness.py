"""A small world for tests of judgement: a workspace, a clock that moves when told, and no threads.

``World`` does what the daemon does, in its order: what is written is read at once, deadlines are met
at their instant, everything is swept now and then, and a sink hears what is due. It keeps to
the daemon's own calls, so a rule that holds here holds there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from rollcall.clock import ManualClock
from rollcall.delivery import Deliverer
from rollcall.model import Blocker
from rollcall.notify.inbox import InboxSink
from rollcall.pipeline import Round
from rollcall.store import marks
from rollcall.store.conversation import facts_of, list_dependencies
from rollcall.store.database import Database
from rollcall.store.instructions import Terms
from rollcall.store.ledger import list_blockers, list_transitions
from rollcall.store.placements import list_unsigned
from rollcall.store.tables import (
    AgentRow,
    BlockerRow,
    EntryRow,
    EventRow,
    InstructionRow,
    TransitionRow,
)
from rollcall.wiring import Works, build_works
from rollcall.worker import give_instruction, work_once
from rollcall.workspace import find_workspace
from seen import LogLine, Slack, say_agent
from stores import put_empty_store

DAY = "2026-02-07"
SLACK_ON = 'notify.slack.channel="C0123456789"'
PLAN_AHEAD = timedelta(seconds=10)


def at(clock: str, day: str = DAY) -> datetime:
    """Return ``14:05`` or ``14:05:01`` of the day that all tests begin on, in UTC."""
    return datetime.fromisoformat(f"{day}T{clock}+00:00").astimezone(UTC)


def proof(clock: str, passed: int = 12) -> str:
    """Return an entry of that time with a test result: proof of work."""
    return f"\n## {DAY} {clock}Z parser\n- `pytest tests/test_parser.py` -> {passed} passed\n"


def update(clock: str, words: str = "still working on the parser") -> str:
    """Return an entry of that time with these words, by themselves no proof."""
    return f"\n## {DAY} {clock}Z parser\n- {words}\n"


def message(kind: str, sender: str, to: str, words: str, **matter: str) -> str:
    """Return a canonical chat message; ``matter`` are more lines of its head, such as ``re``."""
    head = "".join(f"{key}: {value}\n" for key, value in matter.items())
    return f"---\nfrom: {sender}\nto: {to}\nkind: {kind}\n{head}---\n{words}\n"


def ask(sender: str = "mara", to: str = "ben", **matter: str) -> str:
    """Return a request for the schema."""
    return message("request", sender, to, "Can you send me the schema?", **matter)


class World:
    """One workspace over time. ``clock`` strings such as ``14:05`` are of ``DAY``."""

    def __init__(
        self,
        root: Path,
        *overrides: str,
        begin: str = "09:00",
        day_offset: int = 0,
        slack: bool = True,
    ) -> None:
        """Make an empty workspace; nothing runs yet.

        ``overrides`` are as for ``--set``; ``day_offset`` days after ``DAY`` it is ``begin``.
        """
        self.root = root / "team"
        self.root.mkdir(parents=True)
        self.overrides = (*overrides, SLACK_ON) if slack else overrides
        self.clock = ManualClock(at(begin) + timedelta(days=day_offset))
        self.slack = Slack()
        self._slack_is_on = slack
        self._works: Works | None = None
        self.sweep_every = timedelta(minutes=30)  # no event is missed, so sweeps find nothing
        self._next_sweep = self.clock.now()
        self._looked_at: datetime | None = None

    # What the team does

    def write(self, name: str, text: str, *, changed: datetime | None = None) -> None:
        """Give a file this text, as an editor that saves it whole."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self._touched(path, changed)

    def append(self, name: str, text: str, *, changed: datetime | None = None) -> None:
        """Append to a file, as an agent that reports."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
        self._touched(path, changed)

    def delete(self, name: str) -> None:
        """Remove a file."""
        (self.root / name).unlink()
        self._noticed([self.root / name])

    def _touched(self, path: Path, changed: datetime | None) -> None:
        seconds = (changed or self.clock.now()).timestamp()
        os.utime(path, (seconds, seconds))
        self._noticed([path])

    def _noticed(self, paths: list[Path]) -> None:
        if self._works is not None:
            self._works.pipeline.begin(self.now, self.now + PLAN_AHEAD)
            self._works.pipeline.ingest(paths, self.now)
            self._works.deliverer.deliver_all()

    # What Rollcall does

    @property
    def now(self) -> datetime:
        """Return the instant that the world stands at."""
        return self.clock.now()

    @property
    def works(self) -> Works:
        """Return the parts of the running daemon."""
        assert self._works is not None, "nothing runs: call start() first"
        return self._works

    def start(self) -> Round:
        """Start the daemon: it reads everything, judges, and tells."""
        self._works = self._open()
        with self._works.database.write() as session:
            marks.set_instant(session, marks.STARTED, self.now)
            marks.set_instant(session, marks.STOPPED, None)
        self._works.deliverer.begin()
        if self._works.projection is not None:
            self._works.projection.begin()
        return self._look(self.now + PLAN_AHEAD, sweep=True)

    def stop(self) -> None:
        """Stop the daemon as a signal does."""
        works = self.works
        with works.database.write() as session:
            marks.set_instant(session, marks.STOPPED, self.now)
            marks.set_instant(session, marks.PLANNED_TICK, self.now)
            marks.set_mark(session, marks.LOG_STALE, "yes")
        works.deliverer.project_log()
        works.pipeline.finish_pages(self.now)
        self.kill()

    def kill(self) -> None:
        """End the daemon between two rounds, without a word."""
        self.works.close()
        self._works = None

    def restart(self) -> Round:
        """Stop the daemon and start it at the same instant."""
        self.stop()
        return self.start()

    def sweep(self) -> Round:
        """Do what ``rollcall sweep`` does from cron: one process, one pass."""
        works = self._open()
        try:
            return work_once(works)
        finally:
            works.close()

    def sweep_now(self) -> Round:
        """Have the running daemon sweep."""
        return self._look(self.now + PLAN_AHEAD, sweep=True)

    def run_until(self, clock: str | datetime) -> None:
        """Let the daemon work until an instant, that instant included."""
        end = clock if isinstance(clock, datetime) else at(clock)
        assert end >= self.now, f"{end} is over: it is {self.now}"
        self.works.pipeline.begin(self.now, end)
        while True:
            last = self.now >= end
            sweep = self.now >= self._next_sweep
            if sweep or self.now != self._looked_at:
                self._look(self.now + PLAN_AHEAD if last else end, sweep=sweep)
            if last:
                self.works.pipeline.begin(self.now, self.now + PLAN_AHEAD)
                return
            wake = self.works.pipeline.next_wake() or end
            # What is due already was just looked at; a daemon would look again at its next tick.
            wake = wake if wake > self.now else self.now + PLAN_AHEAD
            self._move_to(min(wake, self._next_sweep, end))

    def run_for(self, **span: float) -> None:
        """Let the daemon work for a while: ``run_for(minutes=5)``."""
        self.run_until(self.now + timedelta(**span))

    def tick_every(self, seconds: int, *, times: int) -> None:
        """Tick at a fixed pace, as the daemon does between deadlines."""
        for _ in range(times):
            self._move_to(self.now + timedelta(seconds=seconds))
            self._look(self.now + PLAN_AHEAD, sweep=self.now >= self._next_sweep)

    def sleep_until(self, clock: str | datetime) -> None:
        """Let time pass while nothing of ours works: stopped, or a closed laptop."""
        self._move_to(clock if isinstance(clock, datetime) else at(clock))

    def tell(
        self,
        verb: str,
        subject: str = "",
        *,
        author: str = "ivo",
        text: str = "",
        until: datetime | None = None,
        kinds: tuple[str, ...] = (),
        agents: tuple[str, ...] = (),
    ) -> None:
        """Give the daemon an instruction, as ``rollcall ack`` and its like do."""
        terms = Terms(until, kinds, agents)
        give_instruction(self.works.database, self.clock, verb, subject, text, author, terms)
        self._look(self.now + PLAN_AHEAD, sweep=False)

    def _look(self, planned: datetime, *, sweep: bool) -> Round:
        pipeline = self.works.pipeline
        pipeline.begin(self.now, planned)
        done = pipeline.tick(self.now)
        if sweep:
            done = pipeline.sweep(self.now)
            self._next_sweep = self.now + self.sweep_every
        self.works.deliverer.deliver_all()
        self._looked_at = self.now
        return done

    def _move_to(self, instant: datetime) -> None:
        self.clock.advance(instant - self.now)

    def _open(self) -> Works:
        workspace = find_workspace(self.root, workspace=self.root, overrides=self.overrides)
        put_empty_store(workspace.database_path)
        sinks = (self.slack,) if self._slack_is_on else ()
        works = build_works(workspace, self.clock, {}, more_sinks=sinks)
        # Slack's pace has tests of its own; here a sink hears at the instant what is due.
        inbox = InboxSink(self.root, workspace.settings.notify.inbox.path)
        deliverer = Deliverer(
            works.database,
            [inbox, *sinks],
            works.projection,
            self.clock,
            workspace=workspace.root.name,
        )
        return replace(works, deliverer=deliverer)

    # What can be seen

    @property
    def is_running(self) -> bool:
        """Tell whether the daemon runs."""
        return self._works is not None

    def blockers(self, *, open_only: bool = False) -> list[Blocker]:
        """Return the blockers in the order of their ids."""
        with self._reading() as session:
            return list_blockers(session, open_only=open_only)

    def open_ids(self) -> list[str]:
        """Return the ids of the open blockers."""
        return [blocker.id for blocker in self.blockers(open_only=True)]

    def told(self) -> list[tuple[str, str, str]]:
        """Return (clock, kind, agent) of everything that happened to blockers, in order."""
        with self._reading() as session:
            found = session.exec(
                select(TransitionRow.at, TransitionRow.what, BlockerRow.agent)
                .join(BlockerRow, col(BlockerRow.number) == col(TransitionRow.blocker))
                .order_by(col(TransitionRow.id))
            )
            return [(f"{when:%H:%M:%S}", what, agent) for when, what, agent in found]

    def audit(self, id_: str) -> list[tuple[str, str, str]]:
        """Return (what, by whom, why) of everything that happened to one blocker, in order."""
        with self._reading() as session:
            return [(row.what, row.by, row.why) for row in list_transitions(session, id_)]

    def answers(self) -> list[str]:
        """Return what came of each instruction, oldest first."""
        with self._reading() as session:
            found = session.exec(select(InstructionRow).order_by(col(InstructionRow.id)))
            return [row.result or "" for row in found]

    def log_text(self) -> str:
        """Return the blockers log, empty where there is none."""
        return self._text("docs/blockers-log.md")

    def log_rows(self) -> list[LogLine]:
        """Return the rows with an id, top to bottom."""
        lines = [line for line in self.log_text().splitlines() if line.startswith("| B-")]
        return [LogLine(*(cell.strip() for cell in line[1:-1].split(" | "))) for line in lines]

    def slack_texts(self) -> list[str]:
        """Return the first line of every message that Slack was given, oldest first."""
        return [notice.text for notice in self.slack.notices]

    def inbox(self, agent: str, day: str = DAY) -> str:
        """Return what stands in an agent's inbox of the day."""
        return self._text(f"coordination/inbox/{agent}/{day}-notes.md")

    def events(self) -> list[tuple[str, str, str]]:
        """Return (sink, transition, fate) of the outbox, oldest first."""
        with self._reading() as session:
            found = session.exec(select(EventRow).order_by(col(EventRow.id)))
            return [(row.sink, row.transition, row.fate or "waits") for row in found]

    def agents(self) -> dict[str, str]:
        """Return each known agent: ``proof`` or ``answers`` is what it owes, or ``retired``."""
        with self._reading() as session:
            return {row.slug: say_agent(row) for row in session.exec(select(AgentRow))}

    def entries(self, agent: str) -> list[EntryRow]:
        """Return what is stored of an agent's entries, in the order they were first seen."""
        with self._reading() as session:
            query = select(EntryRow).where(EntryRow.agent == agent).order_by(col(EntryRow.id))
            found = session.exec(query).all()
            session.expunge_all()
            return list(found)

    def proofs(self, agent: str) -> list[str]:
        """Return when each entry of an agent counts as proof, ``none`` where it is none."""
        return [
            "none" if row.counts_at is None else f"{row.counts_at:%H:%M:%S}"
            for row in self.entries(agent)
        ]

    def unsigned(self) -> list[tuple[str, int, int]]:
        """Return (log, count, first line) of what nobody signed in shared logs."""
        with self._reading() as session:
            return [(one.source, one.count, one.first) for one in list_unsigned(session)]

    def dependencies(self) -> list[tuple[str, str, str]]:
        """Return (request, provider, state) of every dependency."""
        with self._reading() as session:
            found = [facts_of(row) for row in list_dependencies(session)]
        return [(one.request, one.provider, one.state.value) for one in found]

    def backlog(self) -> list[str]:
        """Return the requests that were past due at first sight."""
        with self._reading() as session:
            return [row.request for row in list_dependencies(session) if row.backlog]

    def gaps(self) -> list[tuple[str, str]]:
        """Return the intervals that were not watched, as clock times."""
        with self._reading() as session:
            return [
                (f"{gap.start:%H:%M:%S}", f"{gap.end:%H:%M:%S}") for gap in marks.list_gaps(session)
            ]

    def faults(self) -> list[str]:
        """Return the subjects at which something of our own went wrong."""
        with self._reading() as session:
            return [row.subject for row in marks.list_faults(session)]

    def stored_bytes(self) -> bytes:
        """Return every byte of the database, its journal included."""
        files = sorted((self.root / ".rollcall").glob("rollcall.db*"))
        return b"".join(path.read_bytes() for path in files)

    def _text(self, name: str) -> str:
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        if self._works is not None:
            with self._works.database.read() as session:
                yield session
            return
        database = Database(self.root / ".rollcall/rollcall.db")
        try:
            with database.read() as session:
                yield session
        finally:
            database.close()
