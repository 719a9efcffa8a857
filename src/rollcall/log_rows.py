"""Rows that people keep in the blockers log: tracked, and their owner asked once; never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from rollcall.blocker_orders import name_owner
from rollcall.config import Settings
from rollcall.crowds import quiet_hours
from rollcall.model import Transition
from rollcall.notify.markdown import one_line
from rollcall.notify.redact import redact
from rollcall.parse.log_cells import plain, without_struck
from rollcall.parse.log_tables import PeopleRow, find_people_rows
from rollcall.routing import NOWHERE, Route
from rollcall.rules.log_rows import TrackedRow, is_open_status, track_rows
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.log_rows import keep_tracked, list_tracked
from rollcall.store.outbox import Post, add_post
from rollcall.store.report import list_agents

LOOK_EVERY = timedelta(minutes=1)
MOST_ROWS = 5


class LogRows:
    """Tracks the rows of people in one log; one look at a time."""

    def __init__(self, database: Database, settings: Settings, *, slack_is_on: bool) -> None:
        """Keep whom there is to ask; nothing is read yet."""
        self._database = database
        self._settings = settings
        self._slack_is_on = slack_is_on and settings.notify.slack.channel is not None
        self._quiet_until = quiet_hours(settings)
        self._content: bytes | None = None
        self._rows: Sequence[PeopleRow] | None = None
        self._next: datetime | None = None

    def see(self, content: bytes) -> None:
        """Note what stands in the log now."""
        if content != self._content:
            self._content = content
            self._rows = None

    def look(self, now: datetime) -> None:
        """Compare the rows with what is known of them, and ask whose time has come.

        At most once a minute: two days pass before anybody is asked.
        """
        if self._content is None or (self._next is not None and now < self._next):
            return
        if self._rows is None:
            self._rows = find_people_rows(self._content)
        self._next = now + LOOK_EVERY
        with self._database.read() as session:
            known = list_tracked(session)
            first = marks.get_mark(session, marks.LOG_ROWS_SEEN) is None
        seen = [(row.identity, row.digest) for row in self._rows]
        changed = track_rows(seen, known, now, first_sight=first)
        known |= {row.identity: row for row in changed}
        due = [row for row in self._rows if _is_due(row, known[row.identity], now)]
        if not changed and not due and not first:
            return
        with self._database.write() as session:
            if first:
                marks.set_mark(session, marks.LOG_ROWS_SEEN, "yes")
            asked = [replace(known[row.identity], asked=True) for row in due]
            keep_tracked(session, {one.identity: one for one in (*changed, *asked)}.values())
            self._ask(session, due, now)

    def _ask(self, session: Session, rows: Sequence[PeopleRow], now: datetime) -> None:
        asked: dict[Route, list[PeopleRow]] = {}
        for row in rows:
            asked.setdefault(self._route(session, row.owner), []).append(row)
        for route, theirs in asked.items():
            add_post(session, self._post(session, route, theirs, now), now)

    def _route(self, session: Session, said: str) -> Route:
        """Return where an owner is asked: its inbox, else Slack, else its lead's inbox."""
        owner = name_owner(session, self._settings, one_line(said)) if plain(said) else None
        lead = self._settings.workspace.lead
        agents = {row.slug for row in list_agents(session)} | set(self._settings.agents)
        leads = {lead, *(self._settings.lead_of(slug) for slug in agents)}
        if owner is not None and owner in agents | leads:
            return Route("inbox", owner)
        person = self._settings.people.get(owner) if owner else None
        if person is not None and self._slack_is_on:
            return Route("slack", self._settings.notify.slack.channel or "", person.slack)
        return Route(NOWHERE, "") if lead is None else Route("inbox", lead)

    def _post(
        self, session: Session, route: Route, rows: Sequence[PeopleRow], now: datetime
    ) -> Post:
        one = len(rows) == 1
        what = "A row" if one else f"{len(rows)} rows"
        text = (
            f"{what} of {self._settings.notify.blockers_log.path} {'has' if one else 'have'} been "
            f"open and unchanged for 48 h: {'is it' if one else 'are they'} still so?"
        )
        lines = [_say_row(row) for row in rows[:MOST_ROWS]]
        if len(rows) > MOST_ROWS:
            lines.append(f"and {len(rows) - MOST_ROWS} more")
        uuid = marks.workspace_uuid(session)
        return Post(
            key=f"{uuid}/row-{rows[0].identity}/{Transition.ASKED.value}/{route.sink}",
            sink=route.sink,
            target=route.target,
            transition=Transition.ASKED,
            text=text,
            detail=(*lines, "Edit the row if it is not; this is asked once."),
            mention=route.mention,
            not_before=self._quiet_until(now),
        )


def _is_due(row: PeopleRow, known: TrackedRow, now: datetime) -> bool:
    at = known.ask_at()
    if at is None or now < at or not without_struck(row.description):
        return False
    return is_open_status(plain(without_struck(row.status)))


def _say_row(row: PeopleRow) -> str:
    owner = f" (owner: {one_line(row.owner)})" if plain(row.owner) else ""
    return redact(f"{one_line(row.description)}{owner}: {one_line(row.status)}")
