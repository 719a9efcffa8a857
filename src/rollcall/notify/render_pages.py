"""The two generated pages: who stands where, and who owes what to whom. Plain Markdown tables.

No word in them moves with the clock, so that a page changes when the work does: an age is told as
the instant since when.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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

    ``due`` is when its answer is.
    """

    request: str
    title: str
    requester: str | None
    provider: str
    state: str
    asked: datetime | None
    due: datetime | None
    fallback: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of what is over: a request, one asked agent's answer, and when that was seen."""

    request: str
    title: str
    requester: str | None
    provider: str
    asked: datetime | None
    at: datetime
    answer: str


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


def render_register(workspace: str, owed: Sequence[Owed], answered: Sequence[Answered]) -> str:
    """Return the page of all open requests, and below them of those that were just answered."""
    head = ("Request", "Requester", "Provider", "State", "Age", "Due", "Fallback")
    rows = [
        (
            _say_request(one.title, one.request),
            one.requester or NOTHING,
            one.provider,
            one.state,
            NOTHING if one.asked is None else f"since {say_instant(one.asked)}",
            _instant(one.due),
            one.fallback or NOTHING,
        )
        for one in owed
    ]
    page = _page(f"Who owes what in {workspace}", head, rows, "Nobody owes an answer.")
    return page + _render_answered(answered) if answered else page


def _render_answered(answered: Sequence[Answered]) -> str:
    head = ("Request", "Requester", "Provider", "Asked", "Answered", "Answer")
    rows = [
        (
            _say_request(one.title, one.request),
            one.requester or NOTHING,
            one.provider,
            _instant(one.asked),
            _instant(one.at),
            one.answer,
        )
        for one in answered
    ]
    return "\n".join(("", "## Answered in the last day", "", *_table(head, rows), ""))


def _say_request(title: str, request: str) -> str:
    is_name = title in ("", PurePosixPath(request).stem)
    # The path is what it is known by, so the title is what is cut.
    return request if is_name else f"{one_line(title, limit=LONGEST_TITLE)} ({request})"


def _page(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> str:
    table = _table(head, rows) or [nothing]
    return "\n".join((f"# {inline(title)}", "", NOTE, "", *table, ""))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, none where it has no rows."""
    written = [_row(cell(text) for text in row) for row in rows]
    return [_row(head), _row("---" for _ in head), *written] if written else []


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _instant(instant: datetime | None) -> str:
    return NOTHING if instant is None else say_instant(instant)
