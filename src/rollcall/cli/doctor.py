"""``rollcall doctor``: whether all that Rollcall stands on is well, and what to do where it is not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from rollcall.cli.checkup import examine
from rollcall.cli.findings import Finding, Level
from rollcall.cli.opening import open_workspace
from rollcall.cli.opening_anyway import Opened, Origin, open_anyway
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import clean, print_json, say, say_beside, say_count
from rollcall.clock import SystemClock
from rollcall.config import load_settings
from rollcall.errors import ConfigurationError, WorkspaceMissing
from rollcall.workspace import Workspace

NO = 1
_USED_BELOW = {
    Origin.RUNNING: "the settings of the running Rollcall",
    Origin.LAST_RUN: "the settings that held last",
    Origin.DEFAULTS: "the defaults",
}
_STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}


def command(
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the configuration, the places, the clock, Slack and the store; exit 1 for a problem."""
    findings = []
    for one in _findings(workspace, config, overrides):
        findings.append(one)
        if as_json:
            print_json(
                {
                    "check": one.check,
                    "state": one.level.value,
                    "text": clean(one.text),
                    "advice": one.advice or None,
                }
            )
        else:
            _show(one)
    problems = sum(one.level is Level.PROBLEM for one in findings)
    warnings = sum(one.level is Level.WARNING for one in findings)
    if not as_json:
        say()
        say(f"{say_count(problems, 'problem')}, {say_count(warnings, 'warning')}.")
    if problems:
        raise typer.Exit(NO)


def _findings(
    workspace: Path | None, config: Path | None, overrides: Sequence[str] | None
) -> Iterator[Finding]:
    """Examine the workspace; where its configuration is wrong, say so and go on all the same."""
    try:
        found = open_workspace(workspace, config, overrides)
    except ConfigurationError as error:
        opened = _open_all_the_same(workspace, config, overrides)
        advice = f"correct it; {_USED_BELOW[opened.origin]} are used below"
        for line in str(error).splitlines():
            yield Finding("configuration", Level.PROBLEM, line, advice)
        found = opened.workspace
    except WorkspaceMissing:
        yield Finding(
            "configuration",
            Level.WARNING,
            "there is no config/rollcall.toml here or above",
            "run `rollcall init`",
        )
        found = _with_defaults(workspace)
    else:
        where = "no file: every setting is a default"
        where = str(found.config_path) if found.config_path else where
        yield Finding("configuration", Level.OK, where)
    yield from examine(found, SystemClock(), os.environ)


def _open_all_the_same(
    workspace: Path | None, config: Path | None, overrides: Sequence[str] | None
) -> Opened:
    if overrides:
        return Opened(_with_defaults(workspace), Origin.DEFAULTS)
    return open_anyway(workspace, config, None)


def _with_defaults(workspace: Path | None) -> Workspace:
    root = (Path.cwd() / (workspace or Path())).resolve()
    return Workspace(root, None, load_settings(None, name="defaults"))


def _show(finding: Finding) -> None:
    lead = f"{finding.level.value:<8} "
    say_beside(lead, clean(f"{finding.check}: {finding.text}"), _STYLES[finding.level])
    if finding.advice:
        say_beside(f"{'':<{len(lead)}}-> ", clean(finding.advice))
