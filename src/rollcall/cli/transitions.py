"""What happened to a blocker, as a line of text and as JSON."""

from __future__ import annotations

from rollcall.cli.output import clean
from rollcall.model import Transition
from rollcall.pipeline import Round
from rollcall.store.ledger import Happened


def say_happened(one: Happened) -> str:
    """Say a transition on one line: id, agent, what happened, and why."""
    blocker = one.blocker
    what = one.transition.value
    if one.transition is Transition.ESCALATED:
        what = f"level {blocker.level}"
    words = blocker.description
    if one.transition is Transition.CLOSED:
        words = blocker.resolution or one.why
    elif one.transition is Transition.ACKNOWLEDGED:
        words = one.why
    return clean(f"{blocker.id}  {blocker.agent}  {what}: {words}")


def happened_json(one: Happened) -> dict[str, object]:
    """Return a transition as JSON."""
    blocker = one.blocker
    return {
        "transition": one.transition.value,
        "id": blocker.id,
        "kind": blocker.kind.value,
        "agent": blocker.agent,
        "level": blocker.level,
        "description": clean(blocker.description),
        "why": clean(one.why),
    }


def round_json(done: Round) -> dict[str, object]:
    """Return what one round of work did as JSON."""
    return {
        "read": done.read,
        "opened": count_transitions(done.happened, Transition.OPENED),
        "escalated": count_transitions(done.happened, Transition.ESCALATED),
        "closed": count_transitions(done.happened, Transition.CLOSED),
        "notices": done.notices,
        "transitions": [happened_json(one) for one in done.happened],
    }


def count_transitions(happened: list[Happened], what: Transition) -> int:
    """Count the transitions of one kind."""
    return sum(one.transition is what for one in happened)
