"""``rollcall agents``: who is known, by which names, from which files, and what each owes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import typer

from rollcall.cli.instruct import ByOption, WhyOption, give
from rollcall.cli.moments import ForOption, UntilOption, read_end
from rollcall.cli.opening import open_workspace
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import NOTHING, clean, print_json, say, short_time, show_table, utc_text
from rollcall.cli.stored import as_it_runs, opened_database
from rollcall.cli.work import Wish
from rollcall.clock import SystemClock
from rollcall.config import Settings
from rollcall.errors import UsageError
from rollcall.rules.words import say_duration
from rollcall.status import (
    ON,
    AgentState,
    AmbiguousName,
    read_agent_states,
    read_ambiguous_names,
    say_ambiguous_names,
)
from rollcall.store.instructions import Terms
from rollcall.store.placements import list_shared_logs

NEVER_SWEPT = "no agent is known: this workspace was never swept"

app = typer.Typer(invoke_without_command=True)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The agent, by its name or an alias.")
]


@app.callback(invoke_without_command=True)
def command(
    context: typer.Context,
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the agents: their other names, files, last entry and what they owe."""
    if context.invoked_subcommand is not None:
        if workspace or config or overrides or as_json:
            raise UsageError(f"options stand after `agents {context.invoked_subcommand}`")
        return
    found = open_workspace(workspace, config, overrides)
    files: dict[str, list[str]] = defaultdict(list)
    for source in found.source_finder().scan().sources:
        if source.agent:
            files[source.agent].append(source.name)
    states: dict[str, AgentState] = {}
    ambiguous: list[AmbiguousName] = []
    with opened_database(found, SystemClock()) as database:
        found = as_it_runs(found, database)
        if database is not None:
            with database.read() as session:
                known = read_agent_states(session, found.settings, SystemClock().now())
                states = {one.slug: one for one in known}
                ambiguous = read_ambiguous_names(session)
                for slug, names in list_shared_logs(session).items():
                    files[slug] += names
    slugs = sorted({*states, *files, *found.settings.agents})
    agents = [states.get(slug) or AgentState(slug, ON) for slug in slugs]
    if as_json:
        for one in agents:
            print_json(_to_json(one, files.get(one.slug, []), ambiguous, found.settings))
        return
    _show(agents, files, found.settings)
    if ambiguous:
        say(clean(say_ambiguous_names(ambiguous)))


@app.command("pause")
def pause(  # noqa: PLR0913 - each is an option
    name: NameArgument,
    *,
    for_: ForOption = None,
    until: UntilOption = None,
    why: WhyOption = "",
    by: ByOption = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Expect nothing of an agent, until a time or until it is resumed; its blockers are held."""
    found = open_workspace(workspace, config, overrides)
    end = read_end([for_, until], SystemClock().now(), found.settings, needed=False)
    wish = Wish("pause", name, why, by, Terms(end))
    give(found, wish, NEVER_SWEPT, as_json=as_json, shown=name)


@app.command("resume")
def resume(
    name: NameArgument,
    *,
    why: WhyOption = "",
    by: ByOption = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Expect something of a paused or retired agent again; its clock starts anew."""
    found = open_workspace(workspace, config, overrides)
    give(found, Wish("resume", name, why, by), NEVER_SWEPT, as_json=as_json, shown=name)


@app.command("retire")
def retire(
    name: NameArgument,
    *,
    why: WhyOption = "",
    by: ByOption = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Expect nothing of an agent until it writes again; its blockers close, and nobody is told."""
    found = open_workspace(workspace, config, overrides)
    give(found, Wish("retire", name, why, by), NEVER_SWEPT, as_json=as_json, shown=name)


def _show(agents: list[AgentState], files: dict[str, list[str]], settings: Settings) -> None:
    if not agents:
        say("No agents are known.")
        return
    rows = [
        (
            one.slug,
            one.duty,
            say_duration(settings.cadence_of(one.slug)) if one.duty == ON else NOTHING,
            short_time(one.last_entry),
            ", ".join(_aliases(settings, one.slug)) or NOTHING,
            ", ".join(files.get(one.slug, [])) or NOTHING,
        )
        for one in agents
    ]
    show_table(("Agent", "Duty", "Cadence", "Last entry", "Also called", "Files"), rows)


def _to_json(
    one: AgentState, files: list[str], ambiguous: Sequence[AmbiguousName], settings: Settings
) -> dict[str, object]:
    return {
        "slug": one.slug,
        "aliases": _aliases(settings, one.slug),
        "ambiguous": [name.name for name in ambiguous if one.slug in (*name.may_be, name.name)],
        "files": files,
        "duty": one.duty,
        "cadence_s": int(settings.cadence_of(one.slug).total_seconds()),
        "lead": settings.lead_of(one.slug),
        "last_entry": utc_text(one.last_entry),
        "last_place": one.place,
        "last_proof": utc_text(one.last_proof),
        "due": utc_text(one.due),
    }


def _aliases(settings: Settings, slug: str) -> list[str]:
    declared = settings.agents.get(slug)
    return [] if declared is None else list(declared.aliases)
