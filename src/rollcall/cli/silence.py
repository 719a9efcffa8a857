"""``rollcall silence``: who wants to hear nothing of which blockers, until when."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer

from rollcall.cli.instruct import ByOption, Giver, read_giver
from rollcall.cli.moments import ForOption, UntilOption, read_end
from rollcall.cli.opening import open_beside
from rollcall.cli.options import JsonOption, taking
from rollcall.cli.output import NOTHING, print_json, say, short_time, show_table
from rollcall.cli.quiet import silence_json
from rollcall.cli.stored import opened_database
from rollcall.clock import SystemClock
from rollcall.errors import UsageError
from rollcall.model import BlockerKind
from rollcall.rules.silences import Silence
from rollcall.store.instructions import Terms
from rollcall.store.silences import list_lasting
from rollcall.workspace import Workspace

NEVER_SWEPT = "there is nothing to be silent about: this workspace was never swept"
_KINDS = [kind.value for kind in BlockerKind]

app = typer.Typer(no_args_is_help=True)

AgentOption = Annotated[
    list[str] | None,
    typer.Option("--agent", metavar="NAME", help="Whose blockers. Repeatable."),
]
KindOption = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="KIND", help=f"Which: {', '.join(_KINDS)}. Repeatable."),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every blocker of every agent.")]
CommentOption = Annotated[
    str, typer.Option("--comment", metavar="TEXT", help="The reason, for the record.")
]
SilenceArgument = Annotated[str, typer.Argument(metavar="ID", help="The silence, such as S-3.")]


@app.command("add")
@taking(open_beside)
def add(  # noqa: PLR0913 - each is an option
    found: Workspace,
    *,
    agents: AgentOption = None,
    kinds: KindOption = None,
    everything: AllOption = False,
    for_: ForOption = None,
    until: UntilOption = None,
    comment: CommentOption = "",
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Be told nothing of matching blockers until a time; the log shows them all the same."""
    if everything and (agents or kinds):
        raise UsageError("--all is for every blocker: leave out --agent and --kind, or it")
    if not (everything or agents or kinds):
        raise UsageError("say which blockers: --agent NAME, --kind KIND, or --all")
    end = read_end([for_, until], SystemClock().now(), found.settings)
    terms = Terms(end, tuple(_read_kind(one) for one in kinds or ()), tuple(agents or ()))
    Giver(found, comment, by, as_json).give("silence", "", NEVER_SWEPT, terms)


@app.command("list")
@taking(open_beside)
def list_(found: Workspace, *, as_json: JsonOption = False) -> None:
    """List the silences that last."""
    clock = SystemClock()
    silences: list[Silence] = []
    with opened_database(found, clock) as database:
        if database is not None:
            with database.read() as session:
                silences = list_lasting(session, clock.now())
    if as_json:
        for one in silences:
            print_json(silence_json(one))
        return
    if not silences:
        say("No silence lasts.")
        return
    rows = [
        (one.id, short_time(one.until), one.by, str(one.matcher), one.comment or NOTHING)
        for one in silences
    ]
    show_table(("ID", "Until", "By", "Of what", "Comment"), rows)


@app.command("end")
@taking(read_giver)
def end(giver: Giver, id_: SilenceArgument) -> None:
    """End a silence before its time; what is still open is told."""
    giver.give("end silence", id_, NEVER_SWEPT, shown=id_)


def _read_kind(text: str) -> str:
    written = " ".join(text.lower().replace("-", " ").replace("_", " ").split())
    if written in _KINDS:
        return written
    near = get_close_matches(written, _KINDS, n=1)
    hint = f'; did you mean "{near[0]}"?' if near else f": they are {', '.join(_KINDS)}"
    raise UsageError(f'there is no kind of blocker "{text}"{hint}')
