"""What commands share that give an instruction, by a named person, about a blocker or an agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from rollcall.cli.logs import show_warnings
from rollcall.cli.opening import open_beside
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
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


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody who gives an instruction: in which workspace, why, under which name (None: the OS's)."""

    workspace: Workspace
    why: str
    by: str | None
    as_json: bool

    def give(
        self,
        verb: str,
        subject: str,
        never_swept: str,
        terms: Terms = NO_TERMS,
        shown: str | None = None,
    ) -> None:
        """Have an instruction carried out and print what came of it; refused ends with exit code 1.

        ``never_swept`` is the refusal where no store is; ``shown`` the id in JSON, by default that
        of what was made.
        """
        show_warnings()
        outcome = Outcome(never_swept, refused=True)
        if self.workspace.database_path.exists():
            wish = Wish(verb, subject, self.why, self.by, terms)
            outcome = get_done(self.workspace, SystemClock(), wish)
        if self.as_json:
            id_ = outcome.subject or None if shown is None else shown
            print_json({"id": id_, "refused": outcome.refused, "result": outcome.words})
        elif outcome.refused:
            complain(outcome.words)
        else:
            say(f"{outcome.words}.")
        if outcome.refused:
            raise typer.Exit(NO)

    def give_about_blocker(self, verb: str, id_: str, terms: Terms = NO_TERMS) -> None:
        """Have an instruction about a blocker carried out, as ``give``."""
        refusal = f"there is no blocker {id_}: this workspace was never swept"
        self.give(verb, id_, refusal, terms, shown=id_)


def read_giver(
    *,
    why: WhyOption = "",
    by: ByOption = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> Giver:
    """Read who gives an instruction, from the options of the commands that do."""
    return Giver(open_beside(workspace, config, overrides), why, by, as_json)
