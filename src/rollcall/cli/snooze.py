"""``rollcall snooze``."""

from __future__ import annotations

from typing import Annotated

import typer

from rollcall.cli.instruct import ByOption, IdArgument, WhyOption, instruct
from rollcall.cli.moments import UntilOption, read_end
from rollcall.cli.opening import open_beside
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.clock import SystemClock
from rollcall.store.instructions import Terms

SpanArgument = Annotated[
    str | None,
    typer.Argument(metavar="[FOR]", help="How long, such as 30m or 2h; or tomorrow."),
]


def command(  # noqa: PLR0913 - each is an option
    id_: IdArgument,
    for_: SpanArgument = None,
    *,
    until: UntilOption = None,
    why: WhyOption = "",
    by: ByOption = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hear no more of a blocker until a time, or until its state changes; its end is told."""
    found = open_beside(workspace, config, overrides)
    end = read_end([for_, until], SystemClock().now(), found.settings)
    instruct(found, "snooze", id_, why, by, as_json=as_json, terms=Terms(end))
