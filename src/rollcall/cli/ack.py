"""``rollcall ack``."""

from __future__ import annotations

from rollcall.cli.instruct import Giver, IdArgument, read_giver
from rollcall.cli.options import taking


@taking(read_giver)
def command(giver: Giver, id_: IdArgument) -> None:
    """Acknowledge a blocker: it stays open until its cause ends, and its levels stop."""
    giver.give_about_blocker("ack", id_)
