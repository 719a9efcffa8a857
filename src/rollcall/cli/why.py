"""``rollcall why ID|AGENT``: what a blocker rests on, or why an agent that looks silent has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from rollcall.cli.opening import open_beside
from rollcall.cli.options import JsonOption, taking
from rollcall.cli.output import complain, print_json
from rollcall.cli.stored import as_it_runs, opened_database
from rollcall.cli.why_shown import reason_json, show_reason
from rollcall.clock import Clock, SystemClock
from rollcall.errors import InstructionRefused
from rollcall.lock import WorkLock
from rollcall.reason_parts import Ahead, Reason
from rollcall.reasons import explain, never_seen
from rollcall.roster import slugify
from rollcall.rules.words import say_instant
from rollcall.status import find_watch_state
from rollcall.store.database import Database
from rollcall.store.placements import list_without_updates
from rollcall.workspace import Workspace

NO = 1
NEVER_SWEPT = "nothing is known: this workspace was never swept; start `rollcall run`"
NEVER_RAN = "NOT RUNNING: this workspace was never swept"
UNTIL_WATCHED = "nothing, until `rollcall run` or `rollcall sweep` looks again"

SubjectArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID|AGENT", help="A blocker, such as B-0042, or an agent, by any of its names."
    ),
]


@taking(open_beside)
def command(found: Workspace, asked: SubjectArgument, *, as_json: JsonOption = False) -> None:
    """Explain a blocker, or why an agent has none: inputs, deadline, rule, notices, what is next."""
    answer(found, SystemClock(), asked, as_json=as_json)


def answer(workspace: Workspace, clock: Clock, asked: str, *, as_json: bool) -> None:
    """Print why; what is unknown ends with exit code 1."""
    with opened_database(workspace, clock) as database:
        workspace, now = as_it_runs(workspace, database), clock.now()
        try:
            reason = _find_reason(workspace, database, asked, now)
        except InstructionRefused as refusal:
            _refuse(asked, str(refusal), as_json=as_json)
            return
    if as_json:
        print_json(reason_json(reason))
    else:
        show_reason(reason, now)


def _find_reason(
    workspace: Workspace, database: Database | None, asked: str, now: datetime
) -> Reason:
    if database is None:
        unread = _find_unread(workspace, asked)
        if unread is None:
            raise InstructionRefused(NEVER_SWEPT)
        return replace(unread, unwatched=NEVER_RAN, ahead=Ahead(None, UNTIL_WATCHED))
    held = WorkLock(workspace.state_dir).is_held_by_someone()
    every = workspace.settings.workspace.sweep_every
    with database.read() as session:
        watch = find_watch_state(session, held=held, sweep_every=every, now=now)
        try:
            reason = explain(session, workspace.settings, asked, now)
        except InstructionRefused:
            unread = _find_unread(workspace, asked, list_without_updates(session))
            if unread is None:
                raise
            reason = unread
    if watch.alive:
        return reason
    since = "" if watch.since is None else f" since {say_instant(watch.since)}"
    said = f"NOT RUNNING{since}: nothing is judged or told"
    return replace(reason, unwatched=said, ahead=Ahead(None, UNTIL_WATCHED))


def _find_unread(
    workspace: Workspace, asked: str, without_updates: Sequence[str] = ()
) -> Reason | None:
    """Return the reason for an agent that has a file, or is declared, and was never met."""
    slug = slugify(asked)
    for source in workspace.source_finder().scan().sources:
        if slug and source.agent == slug:
            return never_seen(slug, source.name, was_read=source.name in without_updates)
    return never_seen(slug) if slug in workspace.settings.agents else None


def _refuse(asked: str, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": asked, "refused": True, "result": words})
    else:
        complain(words)
    raise typer.Exit(NO)
