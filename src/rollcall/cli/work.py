"""How a command gets work done: through the daemon that runs, or else by itself."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from rollcall.cli.opening import user_name
from rollcall.cli.output import hint
from rollcall.cli.sinks import configured_sinks, record_sinks
from rollcall.clock import Clock
from rollcall.lock import WorkLock
from rollcall.pipeline import Round
from rollcall.store.database import Database
from rollcall.store.instructions import NO_TERMS, Terms, read_instruction
from rollcall.store.report import last_transition, read_pass, refusing_damage
from rollcall.wiring import build_works, open_database, prepare_state_dir
from rollcall.worker import await_result, give_instruction, wake_worker, work_once
from rollcall.workspace import Workspace, keep_in_force


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done: to what, why, by whom (None: the OS user), and in which terms."""

    verb: str
    subject: str = ""
    why: str = ""
    by: str | None = None
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an instruction, and what was done meanwhile; ``worker`` is None for ourselves.

    ``subject`` is what it was about, or the id of what it made.
    """

    words: str
    refused: bool
    done: Round = field(default_factory=Round)
    worker: int | None = None
    subject: str = ""


def get_done(workspace: Workspace, clock: Clock, wish: Wish) -> Outcome:
    """Have one instruction carried out. Raises StoreUnusable, and OutsideError for a stuck worker."""
    prepare_state_dir(workspace.state_dir)
    lock = WorkLock(workspace.state_dir)
    with refusing_damage(workspace.database_path):
        database = open_database(workspace, clock)
        try:
            return _get_done(workspace, clock, lock, database, wish)
        finally:
            database.close()
            lock.release()


def _get_done(
    workspace: Workspace, clock: Clock, lock: WorkLock, database: Database, wish: Wish
) -> Outcome:
    begun = clock.now()
    with database.read() as session:
        before = last_transition(session)
    ours = lock.acquire()
    if ours and wish.verb == "sweep":
        return Outcome("swept", refused=False, done=_work(workspace, clock))
    author = wish.by or user_name()
    instruction = give_instruction(
        database, clock, wish.verb, wish.subject, wish.why, author, wish.terms
    )
    if not ours:
        wake_worker(workspace.state_dir)
        worker = lock.holder_pid()
        result = await_result(database, clock, lock, instruction)
        if result is not None:
            words, refused = result
            with database.read() as session:
                found = read_pass(session, begun, before)
                subject = read_instruction(session, instruction).subject
            done = Round(list(found.happened), found.notices, found.read)
            return Outcome(words, refused, done, worker, subject)
    done = _work(workspace, clock)
    with database.read() as session:
        row = read_instruction(session, instruction)
        refused = row.refused or row.done is None
        return Outcome(row.result or "", refused, done, subject=row.subject)


def _work(workspace: Workspace, clock: Clock) -> Round:
    works = build_works(workspace, clock, os.environ)
    try:
        keep_in_force(workspace)
        works.progress.listen(hint)
        record_sinks(works.database, configured_sinks(workspace.settings, os.environ))
        return work_once(works)
    finally:
        works.close()
