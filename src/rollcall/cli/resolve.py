"""``rollcall resolve``."""

from __future__ import annotations

from rollcall.cli.instruct import Giver, IdArgument, read_giver
from rollcall.cli.options import taking


@taking(read_giver)
def command(giver: Giver, id_: IdArgument) -> None:
    """Close a blocker by hand; while its cause lasts it rests for a few hours."""
    giver.give_about_blocker("resolve", id_)
