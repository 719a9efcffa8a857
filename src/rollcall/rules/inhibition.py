"""An agent that is silent because another owes it an answer: the answer is told, not the silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rollcall.model import EVERYONE
from rollcall.rules.graph import Wait


def inhibited_by(slug: str, statement_names: Sequence[str], waits: Iterable[Wait]) -> Wait | None:
    """Return the overdue wait that stands for an agent's silence, the oldest, or None.

    It takes both: the agent's standing statement names the provider (``statement_names`` are slugs),
    and the provider's answer to this agent is overdue, so that a blocker is open for it. A statement
    alone names nobody who was asked; an overdue answer alone does not say that work stopped.

    An agent in a deadlock is inhibited like any other. Whoever fulfils both conditions there has an
    open blocker for the answer and one for the deadlock, which names it; an alarm for its silence
    would be the third for one cause, and nothing that it could prove would end it. One that is in a
    deadlock without saying that it is blocked is not inhibited: it may have other work.
    """
    named = set(statement_names) - {slug, EVERYONE}
    found = (one for one in waits if one.waiter == slug and one.provider in named and one.overdue)
    return min(
        found,
        key=lambda one: (one.since, one.provider, one.request or "", one.place),
        default=None,
    )


def say_inhibition(wait: Wait) -> str:
    """Say which overdue answer stands for a silence; nothing in it moves with the clock."""
    return (
        f"inhibited: {wait.provider}'s overdue answer stands for it ({wait.request or wait.place})"
    )
