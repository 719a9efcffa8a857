"""``rollcall snooze``."""

from __future__ import annotations

from typing import Annotated

import typer

from rollcall.cli.instruct import Giver, IdArgument, read_giver
from rollcall.cli.moments import UntilOption, read_end
from rollcall.cli.options import taking
from rollcall.clock import SystemClock
from rollcall.store.instructions import Terms

SpanArgument = Annotated[
    str | None,
    typer.Argument(metavar="[FOR]", help="How long, such as 30m or 2h; or tomorrow, or monday."),
]


@taking(read_giver)
def command(
    giver: Giver, id_: IdArgument, for_: SpanArgument = None, *, until: UntilOption = None
) -> None:
    """Hear no more of a blocker until a time, or until its state changes; its end is told."""
    end = read_end([for_, until], SystemClock().now(), giver.workspace.settings)
    giver.give_about_blocker("snooze", id_, Terms(end))
