"""The words of notices that tell of several blockers at once, or of the whole team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rollcall.model import Blocker
from rollcall.notify.markdown import one_line
from rollcall.notify.render import (
    MOST_CHARS,
    MOST_LINES,
    Words,
    say_agent,
    say_line,
    say_standing,
    say_status,
)
from rollcall.rules.silences import Silence
from rollcall.rules.words import say_instant

_MOST_NAMES = 12


def say_storm(blockers: Sequence[Blocker], on_duty: int) -> Words:
    """Say that many agents fell silent at once, in one message that names them all."""
    agents = _agents(blockers)
    of_how_many = f"{len(agents)} of {on_duty}" if on_duty >= len(agents) else str(len(agents))
    text = (
        f"{of_how_many} agents on duty fell silent at once, perhaps for one cause: {_name(agents)}."
    )
    return Words(_shorten(text), _lines(say_line(one) for one in blockers))


def say_storm_grown(joined: Sequence[Blocker], storm: Sequence[Blocker]) -> Words:
    """Say who has fallen silent since a storm was told, and how many they are now."""
    agents, whole = _agents(joined), {one.agent for one in (*storm, *joined)}
    text = f"{len(agents)} more fell silent with them, {len(whole)} in all: {_name(agents)}."
    return Words(_shorten(text), _lines(say_line(one) for one in joined))


def say_storm_over(closed: Sequence[Blocker], still: Sequence[Blocker]) -> Words:
    """Say that a storm is over, and who of it is left."""
    agents, left = _agents(closed), _agents(still)
    text = f"{len(agents)} agents that had fallen silent at once are back: {_name(agents)}."
    if left:
        text = f"{text} Still open: {_name(left)}."
    return Words(_shorten(text), _lines(f"{_id(one)}: {say_status(one)}" for one in closed))


def say_flapping(blocker: Blocker, openings: int) -> Words:
    """Say that a condition comes and goes, and that no more is told of it for a while."""
    text = f"{say_line(blocker)} It has come and gone {openings} times within an hour."
    return Words(
        _shorten(text), ("No more is told of it until it has stayed as it is for 30 minutes.",)
    )


def say_digest(blockers: Sequence[Blocker], began: datetime) -> Words:
    """Say what happened in quiet hours, as it stands now."""
    still = [one for one in blockers if one.closed is None]
    over = len(blockers) - len(still)
    text = f"In the quiet hours since {say_instant(began)}: {len(still)} open now, {over} resolved."
    shown = [*still, *(one for one in blockers if one.closed is not None)]
    return Words(text, _lines(say_standing(one) for one in shown))


def say_stop(reason: str) -> Words:
    """Say that the whole team has stopped, and what that means."""
    return Words(
        _shorten(f"The team has stopped: {reason}."),
        ("Levels rest until the first proof by any of them; then every clock begins anew.",),
    )


def say_silence_end(silence: Silence, still: Sequence[Blocker]) -> Words:
    """Say that a silence has ended, and what it kept quiet that is still open."""
    comment = f" ({silence.comment})" if silence.comment else ""
    text = f"The silence {silence.id} by {silence.by}{comment} has ended: {silence.matcher}."
    if not still:
        return Words(_shorten(f"{text} Nothing that it matches is open."))
    count = "1 blocker is" if len(still) == 1 else f"{len(still)} blockers are"
    return Words(
        _shorten(f"{text} {count} open."),
        _lines(say_standing(one) for one in still),
    )


def _agents(blockers: Sequence[Blocker]) -> list[str]:
    return sorted({one.agent for one in blockers})


def _name(agents: Sequence[str]) -> str:
    if len(agents) <= _MOST_NAMES:
        return ", ".join(agents)
    return f"{', '.join(agents[:_MOST_NAMES])} and {len(agents) - _MOST_NAMES} more"


def _id(blocker: Blocker) -> str:
    return f"{blocker.id} {say_agent(blocker.agent)}"


def _lines(lines: Iterable[str]) -> tuple[str, ...]:
    found = [_shorten(line) for line in lines]
    if len(found) <= MOST_LINES:
        return tuple(found)
    return (*found[:MOST_LINES], f"and {len(found) - MOST_LINES} more: rollcall blockers")


def _shorten(text: str) -> str:
    return one_line(text, limit=MOST_CHARS)
