"""The two generated pages: who stands where, and who owes what to whom. Plain Markdown tables.

Nothing in them moves from minute to minute, so that a page changes when the work does; an age is
told in whole hours, then in days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from rollcall.notify.markdown import NOTHING, cell, inline, one_line
from rollcall.rules.words import say_instant

LONGEST_TITLE = 80
NOTE = "<!-- rollcall: generated; what is written here is written over -->"


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the dashboard: an agent, its state, and what binds it to others."""

    agent: str
    state: str
    last_proof: datetime | None
    due: datetime | None
    waits_for: tuple[str, ...] = ()
    owes: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """One line of the register: a request seen from one asked agent.

    ``due`` is when its answer is; ``is_over``: nobody waits for it any more, and it does not age.
    """

    request: str
    title: str
    requester: str | None
    provider: str
    state: str
    asked: datetime | None
    due: datetime | None
    fallback: str | None
    is_over: bool = False


def render_dashboard(workspace: str, members: Sequence[Member]) -> str:
    """Return the page of all agents, one row each."""
    head = ("Agent", "State", "Last proof", "Next due", "Waits for", "Owes", "Open blockers")
    rows = [
        (
            one.agent,
            one.state,
            _instant(one.last_proof),
            _instant(one.due),
            ", ".join(one.waits_for),
            ", ".join(one.owes),
            ", ".join(one.blockers),
        )
        for one in members
    ]
    return _page(f"Status of {workspace}", head, rows, "Nobody has written yet.")


def render_register(workspace: str, owed: Sequence[Owed], now: datetime) -> str:
    """Return the page of all requests, those that are open first."""
    head = ("Request", "From", "To", "State", "Asked", "Age", "Due", "Fallback")
    rows = [
        (
            _say_request(one),
            one.requester or NOTHING,
            one.provider,
            one.state,
            _instant(one.asked),
            NOTHING if one.asked is None or one.is_over else say_age(now - one.asked),
            _instant(one.due),
            one.fallback or NOTHING,
        )
        for one in owed
    ]
    return _page(f"Who owes what in {workspace}", head, rows, "Nobody has asked for anything.")


def _say_request(one: Owed) -> str:
    is_name = one.title in ("", PurePosixPath(one.request).stem)
    # The path is what it is known by, so the title is what is cut.
    return one.request if is_name else f"{one_line(one.title, limit=LONGEST_TITLE)} ({one.request})"


def say_age(span: timedelta) -> str:
    """Say an age in whole hours, from two days on in whole days."""
    hours = int(span.total_seconds()) // 3600
    if hours < 1:
        return "under 1 h"
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def _page(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> str:
    written = [_row(cell(text) for text in row) for row in rows]
    table = [_row(head), _row("---" for _ in head), *written] if written else [nothing]
    return "\n".join((f"# {inline(title)}", "", NOTE, "", *table, ""))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _instant(instant: datetime | None) -> str:
    return NOTHING if instant is None else say_instant(instant)
