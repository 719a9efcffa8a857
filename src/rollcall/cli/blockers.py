"""``rollcall blockers``: what stops work."""

from __future__ import annotations

from typing import Annotated

import typer

from rollcall.cli.opening import open_beside
from rollcall.cli.options import JsonOption, taking
from rollcall.cli.output import (
    NOTHING,
    clean,
    print_json,
    say,
    say_count,
    short_time,
    show_table,
    utc_text,
)
from rollcall.cli.quiet import Quiet, read_quiet, say_standing, standing_json
from rollcall.cli.stored import opened_database
from rollcall.clock import SystemClock
from rollcall.model import Blocker
from rollcall.notify.as_json import blocker_json
from rollcall.store.ledger import list_blockers
from rollcall.store.report import list_backlog
from rollcall.store.request_tables import DependencyRow
from rollcall.workspace import Workspace

Backlog = Annotated[
    bool,
    typer.Option("--backlog", help="The requests that were past due when Rollcall first saw them."),
]
Everything = Annotated[bool, typer.Option("--all", help="The resolved ones too.")]


@taking(open_beside)
def command(
    found: Workspace,
    *,
    backlog: Backlog = False,
    everything: Everything = False,
    as_json: JsonOption = False,
) -> None:
    """List the open blockers, or what was past due before anyone watched."""
    blockers: list[Blocker] = []
    requests: list[DependencyRow] = []
    clock = SystemClock()
    quiet = Quiet(clock.now())
    with opened_database(found, clock) as database:
        if database is not None:
            with database.read() as session:
                if backlog:
                    requests = [row.model_copy() for row in list_backlog(session)]
                else:
                    blockers = list_blockers(session, open_only=not everything)
                    quiet = read_quiet(session, blockers, quiet.now)
    if backlog:
        _show_backlog(requests, as_json=as_json)
    else:
        _show_blockers(blockers, quiet, everything=everything, as_json=as_json)


def _show_blockers(
    blockers: list[Blocker], quiet: Quiet, *, everything: bool, as_json: bool
) -> None:
    if as_json:
        for one in blockers:
            print_json(blocker_json(one) | standing_json(one, quiet))
        return
    if not blockers:
        say("No blockers." if everything else "No open blockers.")
        return
    rows = [
        (
            one.id,
            short_time(one.opened),
            one.agent,
            say_standing(one, quiet),
            one.owner or NOTHING,
            one.description,
        )
        for one in blockers
    ]
    show_table(("ID", "Opened", "Agent", "Status", "Owner", "What"), rows)


def _show_backlog(requests: list[DependencyRow], *, as_json: bool) -> None:
    if as_json:
        for row in requests:
            print_json(
                {
                    "request": row.request,
                    "requester": row.requester,
                    "provider": row.provider,
                    "state": row.state,
                    "asked": utc_text(row.asked_at),
                    "due": utc_text(row.due),
                    "title": clean(row.title),
                }
            )
        return
    if not requests:
        say("No request was past due when Rollcall first saw it.")
        return
    rows = [
        (
            short_time(row.asked_at),
            row.requester or NOTHING,
            row.provider,
            row.state,
            row.request,
            row.title,
        )
        for row in requests
    ]
    show_table(("Asked", "By", "Of", "State", "Request", "Title"), rows)
    say(f"{say_count(len(rows), 'request')}. A follow-up to one revives it.")
