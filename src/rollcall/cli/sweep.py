"""``rollcall sweep``: one pass, then leave; beside a daemon it asks for a sweep and waits."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from rollcall.cli.dry_run import print_rehearsal, rehearse, show_rehearsal
from rollcall.cli.logs import show_warnings
from rollcall.cli.opening import open_workspace
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import complain, print_json, say, say_count
from rollcall.cli.transitions import count_transitions, round_json, say_happened
from rollcall.cli.work import Outcome, Wish, get_done
from rollcall.clock import SystemClock
from rollcall.model import Transition

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be opened and sent, and change nothing.")
]


def command(
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
    dry_run: DryRun = False,
) -> None:
    """Read everything that changed, judge it, tell what must be told, and leave."""
    found = open_workspace(workspace, config, overrides)
    show_warnings()
    if dry_run:
        rehearsal = rehearse(found, SystemClock(), os.environ)
        (print_rehearsal if as_json else show_rehearsal)(rehearsal)
        return
    outcome = get_done(found, SystemClock(), Wish("sweep"))
    if outcome.worker is not None and overrides:
        complain(f"--set: the Rollcall that runs (pid {outcome.worker}) kept its own settings")
    if as_json:
        print_json(_to_json(outcome))
        return
    for one in outcome.done.happened:
        say(say_happened(one))
    say(_summary(outcome))


def _to_json(outcome: Outcome) -> dict[str, object]:
    return {**round_json(outcome.done), "worker": outcome.worker}


def _summary(outcome: Outcome) -> str:
    done = outcome.done
    opened = count_transitions(done.happened, Transition.OPENED)
    closed = count_transitions(done.happened, Transition.CLOSED)
    by = "" if outcome.worker is None else f" (by the running Rollcall, pid {outcome.worker})"
    return (
        f"Swept{by}: {say_count(done.read, 'changed source')} read, "
        f"{say_count(opened, 'blocker')} opened, {closed} closed, "
        f"{say_count(done.notices, 'notice')}."
    )
