"""What commands share that give an instruction, by a named person, about a blocker or an agent."""

from __future__ import annotations

from typing import Annotated

import typer

from rollcall.cli.logs import show_warnings
from rollcall.cli.output import complain, print_json, say
from rollcall.cli.work import Outcome, Wish, get_done
from rollcall.clock import SystemClock
from rollcall.store.instructions import NO_TERMS, Terms
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
    workspace: Workspace,
    verb: str,
    id_: str,
    why: str,
    by: str | None,
    *,
    as_json: bool,
    terms: Terms = NO_TERMS,
) -> None:
    """Have an instruction about a blocker carried out and print what came of it.

    A refusal ends with exit code 1.
    """
    refusal = f"there is no blocker {id_}: this workspace was never swept"
    give(workspace, Wish(verb, id_, why, by, terms), refusal, as_json=as_json, shown=id_)


def give(
    workspace: Workspace, wish: Wish, never_swept: str, *, as_json: bool, shown: str | None = None
) -> None:
    """Have a wish carried out and print what came of it; refused ends with exit code 1.

    ``never_swept`` is the refusal where no store is; ``shown`` the id in JSON, by default that of
    what was made.
    """
    show_warnings()
    outcome = Outcome(never_swept, refused=True)
    if workspace.database_path.exists():
        outcome = get_done(workspace, SystemClock(), wish)
    if as_json:
        id_ = outcome.subject or None if shown is None else shown
        print_json({"id": id_, "refused": outcome.refused, "result": outcome.words})
    elif outcome.refused:
        complain(outcome.words)
    else:
        say(f"{outcome.words}.")
    if outcome.refused:
        raise typer.Exit(NO)
