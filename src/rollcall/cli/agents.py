"""``rollcall agents``: who is known, by which names, from which files, and what each owes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from rollcall.cli.instruct import Giver, read_giver
from rollcall.cli.moments import ForOption, UntilOption, read_end
from rollcall.cli.opening import open_beside
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption, taking
from rollcall.cli.output import NOTHING, clean, print_json, say, short_time, show_table, utc_text
from rollcall.cli.stored import as_it_runs, opened_database
from rollcall.clock import Clock, SystemClock
from rollcall.config import Settings
from rollcall.errors import UsageError
from rollcall.rules.words import say_duration
from rollcall.status import (
    ON,
    AgentState,
    AmbiguousName,
    read_agent_states,
    read_ambiguous_names,
    say_absences,
    say_ambiguous_names,
    say_duty,
)
from rollcall.store.instructions import Terms
from rollcall.store.placements import list_shared_logs
from rollcall.workspace import Workspace

NEVER_SWEPT = "no agent is known: this workspace was never swept"

app = typer.Typer(invoke_without_command=True)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The agent, by its name or an alias.")
]


@dataclass(frozen=True, slots=True)
class _Team:
    """The agents as they stand, with their files and the names that may be theirs."""

    agents: Sequence[AgentState]
    files: Mapping[str, list[str]]
    ambiguous: Sequence[AmbiguousName]
    settings: Settings


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
    clock = SystemClock()
    team = _read_team(open_beside(workspace, config, overrides), clock)
    if as_json:
        for one in team.agents:
            print_json(_to_json(one, team))
        return
    _show(team, clock.now())


def _read_team(workspace: Workspace, clock: Clock) -> _Team:
    files: dict[str, list[str]] = defaultdict(list)
    for source in workspace.source_finder().scan().sources:
        if source.agent:
            files[source.agent].append(source.name)
    states: dict[str, AgentState] = {}
    ambiguous: list[AmbiguousName] = []
    with opened_database(workspace, clock) as database:
        workspace = as_it_runs(workspace, database)
        if database is not None:
            with database.read() as session:
                known = read_agent_states(session, workspace.settings, clock.now())
                states = {one.slug: one for one in known}
                ambiguous = read_ambiguous_names(session)
                for slug, names in list_shared_logs(session).items():
                    files[slug] += names
    slugs = sorted({*states, *files, *workspace.settings.agents})
    agents = [states.get(slug) or AgentState(slug, ON) for slug in slugs]
    return _Team(agents, files, ambiguous, workspace.settings)


@app.command("pause")
@taking(read_giver)
def pause(
    giver: Giver, name: NameArgument, *, for_: ForOption = None, until: UntilOption = None
) -> None:
    """Expect nothing of an agent, until a time or until it is resumed; its blockers are held."""
    settings = giver.workspace.settings
    end = read_end([for_, until], SystemClock().now(), settings, needed=False)
    giver.give("pause", name, NEVER_SWEPT, Terms(end), shown=name)


@app.command("resume")
@taking(read_giver)
def resume(giver: Giver, name: NameArgument) -> None:
    """Expect something of a paused or retired agent again; its clock starts anew."""
    giver.give("resume", name, NEVER_SWEPT, shown=name)


@app.command("retire")
@taking(read_giver)
def retire(giver: Giver, name: NameArgument) -> None:
    """Expect nothing of an agent until it writes again; its blockers close, and nobody is told."""
    giver.give("retire", name, NEVER_SWEPT, shown=name)


def _show(team: _Team, now: datetime) -> None:
    if not team.agents:
        say("No agents are known.")
        return
    settings = team.settings
    rows = [
        (
            one.slug,
            say_duty(one, now),
            say_duration(settings.cadence_of(one.slug)) if one.duty == ON else NOTHING,
            short_time(one.last_entry),
            ", ".join(_aliases(settings, one.slug)) or NOTHING,
            ", ".join(team.files.get(one.slug, [])) or NOTHING,
        )
        for one in team.agents
    ]
    show_table(("Agent", "Duty", "Cadence", "Last entry", "Also called", "Files"), rows)
    for line in say_absences(team.agents):
        say(clean(line))
    if team.ambiguous:
        say(clean(say_ambiguous_names(team.ambiguous)))


def _to_json(one: AgentState, team: _Team) -> dict[str, object]:
    settings = team.settings
    return {
        "slug": one.slug,
        "aliases": _aliases(settings, one.slug),
        "ambiguous": [
            name.name for name in team.ambiguous if one.slug in (*name.may_be, name.name)
        ],
        "files": team.files.get(one.slug, []),
        "duty": one.duty,
        "duty_reason": clean(one.reason),
        "duty_until": utc_text(one.until),
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
