"""``rollcall agents``: who is known, by which names, from which files, and what each owes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import typer

from rollcall.cli.opening import open_workspace
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import NOTHING, clean, print_json, say, short_time, show_table, utc_text
from rollcall.cli.stored import as_it_runs, opened_database
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
from rollcall.store.placements import list_shared_logs

_LATER = frozenset(["retire", "pause", "resume"])

Action = Annotated[list[str] | None, typer.Argument(hidden=True)]


def command(
    action: Action = None,
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the agents: their other names, files, last entry and what they owe."""
    if action:
        later = action[0] in _LATER
        raise UsageError(
            f"this version does not carry out `agents {action[0]}` yet"
            if later
            else f"`agents` takes no argument, got {action[0]!r}"
        )
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
