"""What ``ack`` and ``resolve`` share: an instruction about one blocker, by a named person."""

from __future__ import annotations

from typing import Annotated

import typer

from rollcall.cli.logs import show_warnings
from rollcall.cli.output import complain, print_json, say
from rollcall.cli.work import get_done
from rollcall.clock import SystemClock
from rollcall.workspace import Workspace

NO = 1

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The blocker, such as B-0042.")]
WhyOption = Annotated[
    str, typer.Option("--why", metavar="TEXT", help="The reason, for the record.")
]
ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who decided this; by default the OS user."),
]


def instruct(
    workspace: Workspace, verb: str, id_: str, why: str, by: str | None, *, as_json: bool
) -> None:
    """Have an instruction carried out and print what came of it; refused ends with exit code 1."""
    show_warnings()
    if workspace.database_path.exists():
        outcome = get_done(workspace, SystemClock(), verb, id_, why, by)
        words, refused = outcome.words, outcome.refused
    else:
        words, refused = f"there is no blocker {id_}: this workspace was never swept", True
    if as_json:
        print_json({"id": id_, "refused": refused, "result": words})
    elif refused:
        complain(words)
    else:
        say(f"{words}.")
    if refused:
        raise typer.Exit(NO)
