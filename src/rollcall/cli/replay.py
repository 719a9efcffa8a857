"""``rollcall replay``: what would have been opened, closed and told over recorded history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rollcall.cli.opening import open_workspace
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import print_json, say, say_count, short_time, show_table
from rollcall.config import load_settings
from rollcall.errors import UsageError, WorkspaceMissing
from rollcall.replay.comparing import Comparison, Figures, Policies, measure, split_policies
from rollcall.replay.history import replay_commits
from rollcall.replay.outcome import Outcome
from rollcall.replay.record import load_entries, read_record
from rollcall.replay.stage import replay
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
Git = Annotated[
    bool,
    typer.Option("--git", help="Replay what the commits brought, each at its time."),
]
Versus = Annotated[
    list[str] | None,
    typer.Option(
        "--versus",
        metavar="KEY=VALUE",
        help="Replay a second time with this setting besides, and compare. Repeatable.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be replayed, whatever the policy."""

    begin: datetime
    end: datetime
    entries: Path | None
    git: bool
    workspace: Path | None
    config: Path | None


def command(  # noqa: PLR0913 - one for each option
    *,
    begin: From,
    end: To,
    entries: Entries = None,
    git: Git = False,
    versus: Versus = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge recorded history: nothing is sent, nothing is kept."""
    start, stop = _read_instant("--from", begin), _read_instant("--to", end)
    if stop <= start:
        raise UsageError(f"--to {end} must be later than --from {begin}")
    if git and entries is not None:
        raise UsageError("--git replays the workspace's own files: leave out --entries")
    asked = _Asked(start, stop, entries, git, workspace, config)
    policies = split_policies(overrides or (), versus or ())
    outcome = _replay(asked, policies.a)
    if policies.b is None:
        print_json(outcome.as_json()) if as_json else _show(outcome)
        return
    compared = Comparison(outcome, _replay(asked, policies.b))
    print_json(compared.as_json()) if as_json else _show_both(compared, policies)


def _replay(asked: _Asked, overrides: tuple[str, ...]) -> Outcome:
    """Read what is to be replayed with one policy's own eyes, and judge it."""
    try:
        found = open_workspace(asked.workspace, asked.config, overrides)
    except WorkspaceMissing:
        if asked.entries is None:
            raise
        settings = load_settings(None, name="", overrides=overrides)
    else:
        settings = found.settings
        if asked.git:
            return replay_commits(found, asked.begin, asked.end)
    if asked.entries is None:
        record = read_record(found.source_finder().scan(), settings, asked.begin)
    else:
        day = asked.begin.astimezone(settings.workspace.timezone).date()
        record = load_entries(asked.entries, settings, day)
    return replay(record, settings, asked.begin, asked.end)


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
    _say_span(outcome, f", {say_count(len(outcome.blockers), 'blocker')}")
    if rows:
        show_table(("Agent", "Kind", "Opened", "Still open", "Longest"), rows)
    say(f"Notices by sink: {_say_sinks(outcome)}.")


def _show_both(compared: Comparison, policies: Policies) -> None:
    a, b = compared.a, compared.b
    _say_span(a)
    say(f"A: {', '.join(policies.only_a) or 'as it is set'}")
    say(f"B: {', '.join(policies.only_b)}")
    pairs = [(slug, measure(a, slug), measure(b, slug)) for slug in compared.agents()]
    everyone = measure(a), measure(b)
    rows = [(name, *_pair(one, other)) for name, one, other in (*pairs, ("all", *everyone))]
    told = [f"Told {what}" for what in everyone[0].notices]
    show_table(
        ("Agent", "Blockers", "Minutes open", *told),
        [*rows, ("B - A", *_differences(*everyone))],
    )
    say("Each pair is A / B. A notice about several agents counts for each, and once for all.")
    say(f"Notices by sink, A: {_say_sinks(a)}.")
    say(f"Notices by sink, B: {_say_sinks(b)}.")


def _pair(a: Figures, b: Figures) -> list[str]:
    return [f"{one:g} / {other:g}" for one, other in zip(_numbers(a), _numbers(b), strict=True)]


def _differences(a: Figures, b: Figures) -> list[str]:
    return [f"{other - one:+g}" for one, other in zip(_numbers(a), _numbers(b), strict=True)]


def _numbers(one: Figures) -> list[float]:
    return [one.opened, round(one.minutes_open), *one.notices.values()]


def _say_span(outcome: Outcome, more: str = "") -> None:
    say(
        f"{short_time(outcome.begin)} to {short_time(outcome.end)}: "
        f"{say_count(len(outcome.agents), 'agent')}, {outcome.entries} entries{more}."
    )
    for words in outcome.aside:
        say(f"Left aside: {words}.")


def _say_sinks(outcome: Outcome) -> str:
    return ", ".join(f"{sink} {count}" for sink, count in outcome.by_sink.items()) or "none"
