"""``rollcall sweep --dry-run``: what a sweep would do, tried on a copy of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rollcall.cli.output import clean, print_json, say, say_count
from rollcall.cli.quiet import waiting_json
from rollcall.cli.stored import as_it_runs
from rollcall.cli.transitions import count_transitions, round_json, say_happened
from rollcall.clock import Clock
from rollcall.model import Transition
from rollcall.notify.sinks import added_title, working_added
from rollcall.pipeline import Pipeline, Round
from rollcall.rules.watched import plan_next_sweep
from rollcall.slack_on import is_slack_on
from rollcall.store import marks
from rollcall.store.copying import copy_database
from rollcall.store.database import Database
from rollcall.store.pending import Waiting, list_waiting
from rollcall.store.report import Unsent, last_event, list_unsent
from rollcall.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a sweep would do, what would be sent after it, and what would wait to be told."""

    done: Round
    unsent: list[Unsent]
    waiting: list[Waiting]


def rehearse(workspace: Workspace, clock: Clock, environ: Mapping[str, str]) -> Rehearsal:
    """Sweep with a copy of the store and no sinks; nothing in the workspace is touched.

    Raises StoreUnusable.
    """
    with TemporaryDirectory(prefix="rollcall-") as folder:
        copy = Path(folder) / "rollcall.db"
        if workspace.database_path.exists():
            copy_database(workspace.database_path, copy)
        database = Database(copy)
        try:
            database.prepare(clock.now())
            return _sweep(as_it_runs(workspace, database), database, clock, environ)
        finally:
            database.close()


def _sweep(
    workspace: Workspace, database: Database, clock: Clock, environ: Mapping[str, str]
) -> Rehearsal:
    settings, now = workspace.settings, clock.now()
    with database.read() as session:
        last, known = marks.get_instant(session, marks.LAST_SWEEP), last_event(session)
    pipeline = Pipeline(
        settings,
        database,
        workspace.source_finder(),
        slack_is_on=is_slack_on(settings, environ),
        added=working_added(settings, environ),
    )
    pipeline.begin(now, plan_next_sweep(now, last, settings.workspace.sweep_every))
    done = pipeline.sweep(now)
    done.add(pipeline.tick(now))
    with database.read() as session:
        return Rehearsal(done, list_unsent(session, known), list_waiting(session))


def show_rehearsal(rehearsal: Rehearsal) -> None:
    """Print what would happen, one line each, and that nothing did."""
    done = rehearsal.done
    for one in done.happened:
        say(say_happened(one))
    for unsent in rehearsal.unsent:
        say(clean(f"Would tell {_say_whom(unsent)}: {unsent.text}"))
    for waiting in rehearsal.waiting:
        why = f": {waiting.held_for}" if waiting.held_for else ""
        say(clean(f"Would wait to be told: {waiting.blocker} {waiting.transition}{why}"))
    opened = count_transitions(done.happened, Transition.OPENED)
    raised = count_transitions(done.happened, Transition.ESCALATED)
    closed = count_transitions(done.happened, Transition.CLOSED)
    say(
        f"A sweep would read {say_count(done.read, 'changed source')}, open "
        f"{say_count(opened, 'blocker')}, raise {raised}, close {closed}, and send "
        f"{say_count(len(rehearsal.unsent), 'notice')}. Nothing was changed."
    )


def print_rehearsal(rehearsal: Rehearsal) -> None:
    """Print what would happen as one JSON object."""
    print_json(
        {
            "dry_run": True,
            **round_json(rehearsal.done),
            "would_send": [
                {
                    "sink": one.sink,
                    "target": one.target,
                    "transition": one.transition,
                    "level": one.level,
                    "blockers": list(one.blockers),
                    "text": clean(one.text),
                }
                for one in rehearsal.unsent
            ],
            "waiting": [waiting_json(one) for one in rehearsal.waiting],
        }
    )


def _say_whom(unsent: Unsent) -> str:
    if unsent.sink == "status":
        return "nobody, since no target works"
    names = {"slack": "Slack", "inbox": "the inbox of"}
    name = names.get(unsent.sink) or added_title(unsent.sink) or unsent.sink
    return f"{name} {unsent.target}".strip()
