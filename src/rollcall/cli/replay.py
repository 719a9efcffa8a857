"""``rollcall replay``: what would have been opened, closed and told over recorded history."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rollcall.cli.opening import open_workspace
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import print_json, say, say_count, short_time, show_table
from rollcall.config import Settings, load_settings
from rollcall.errors import UsageError, WorkspaceMissing
from rollcall.replay import Outcome, Recorded, Sent, load_entries, read_record, replay
from rollcall.rules.words import say_duration

From = Annotated[
    str, typer.Option("--from", metavar="TIME", help="When every clock starts, with its zone.")
]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="When the replay ends.")]
Entries = Annotated[
    Path | None,
    typer.Option(
        "--entries",
        metavar="FILE",
        help="Entries as `rollcall read feedback --json` prints them, in place of the files.",
    ),
]


def command(
    *,
    begin: From,
    end: To,
    entries: Entries = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge recorded history: nothing is sent, nothing is kept."""
    start, stop = _read_instant("--from", begin), _read_instant("--to", end)
    if stop <= start:
        raise UsageError(f"--to {end} must be later than --from {begin}")
    settings, recorded, messages = _load(entries, workspace, config, overrides, start)
    outcome = replay(recorded, messages, settings, start, stop)
    if as_json:
        print_json(outcome.as_json())
    else:
        _show(outcome)


def _load(
    entries: Path | None,
    workspace: Path | None,
    config: Path | None,
    overrides: list[str] | None,
    start: datetime,
) -> tuple[Settings, list[Recorded], list[Sent]]:
    if entries is None:
        found = open_workspace(workspace, config, overrides)
        recorded, messages = read_record(found.source_finder().scan(), found.settings, start)
        return found.settings, recorded, messages
    try:
        settings = open_workspace(workspace, config, overrides).settings
    except WorkspaceMissing:
        settings = load_settings(None, name="", overrides=tuple(overrides or ()))
    day = start.astimezone(settings.workspace.timezone).date()
    return settings, load_entries(entries, day), []


def _read_instant(option: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f'{option} "{text}" is no time; write it as 2026-02-07T09:00:00Z'
        ) from None
    if instant.tzinfo is None:
        raise UsageError(f'{option} "{text}" names no zone; write it as {text}Z for UTC')
    return instant.astimezone(UTC)


def _show(outcome: Outcome) -> None:
    rows = []
    by_agent = Counter((one.agent, one.kind.value) for one in outcome.blockers)
    for (agent, kind), count in sorted(by_agent.items()):
        mine = [one for one in outcome.blockers if (one.agent, one.kind.value) == (agent, kind)]
        spans = [(one.closed or outcome.end) - one.opened for one in mine]
        still = sum(one.closed is None for one in mine)
        rows.append((agent, kind, str(count), str(still), say_duration(max(spans))))
    say(
        f"{short_time(outcome.begin)} to {short_time(outcome.end)}: "
        f"{say_count(outcome.agents, 'agent')}, {outcome.entries} entries, "
        f"{say_count(len(outcome.blockers), 'blocker')}."
    )
    if rows:
        show_table(("Agent", "Kind", "Opened", "Still open", "Longest"), rows)
    told = ", ".join(f"{sink} {count}" for sink, count in sorted(outcome.by_sink.items()))
    say(f"Notices by sink: {told or 'none'}.")
