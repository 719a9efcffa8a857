"""The morning's digest: one message a day of where things stand, or none where all is quiet.

It is sent at ``notify.digest_at`` in the workspace's zone. Where nobody was at work then it is sent
within two hours, else left out: by noon it is no news. The day that was settled is kept with what
was told, so neither a restart nor a kill gives two.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.crowds import quiet_hours
from rollcall.hours import find_instant
from rollcall.model import Transition
from rollcall.notify.render_digest import Morning, say_morning
from rollcall.routing import Route, Router
from rollcall.rules.graph import say_root
from rollcall.status import ANSWERS_ONLY, ON, read_agent_states, say_duty
from rollcall.store import marks
from rollcall.store.ledger import list_blockers
from rollcall.store.outbox import Post, add_post
from rollcall.store.report import list_backlog, list_snoozed
from rollcall.store.silences import list_lasting
from rollcall.waiting import read_root

SUBJECT = "digest"
LATE = timedelta(hours=2)
_DAY = "digest_day"
_TOLD = "digest_told"
_USUAL_SPAN = timedelta(days=1)


class DigestTeller:
    """Puts the day's digest into the outbox."""

    def __init__(self, settings: Settings, router: Router) -> None:
        """Keep when it is due, and to whom it goes."""
        self._settings = settings
        self._router = router
        self._at = None if settings.duty.always_on else settings.notify.digest_at
        self._quiet_until = quiet_hours(settings)
        self._is_cleared = False

    def tell(self, session: Session, now: datetime) -> int:
        """Enqueue the digest where it is due, and plan the next; return how many notices there are."""
        if self._at is None:
            if not self._is_cleared:
                marks.set_deadline(session, SUBJECT, None)
            self._is_cleared = True
            return 0
        zone = self._settings.workspace.timezone
        day, moment = _find_last(self._at, zone, now)
        settled = marks.get_mark(session, _DAY)
        if settled is not None and day.isoformat() <= settled:
            marks.set_deadline(session, SUBJECT, _moment(_next(day, settled), self._at, zone))
            return 0
        marks.set_mark(session, _DAY, day.isoformat())
        marks.set_deadline(session, SUBJECT, _moment(day + timedelta(days=1), self._at, zone))
        first = marks.get_instant(session, marks.FIRST_SWEEP)
        if now - moment > LATE or first is None or first > moment:
            return 0
        told = marks.get_instant(session, _TOLD) or moment - _USUAL_SPAN
        marks.set_instant(session, _TOLD, now)
        return self._tell_of(session, day, told, now)

    def _tell_of(self, session: Session, day: date, since: datetime, now: datetime) -> int:
        words = say_morning(self._read(session, since, now))
        if words is None:
            return 0
        uuid = marks.workspace_uuid(session)
        return sum(
            add_post(
                session,
                Post(
                    key=f"{uuid}/{SUBJECT}-{day.isoformat()}/{Transition.DAILY.value}/{route.sink}",
                    sink=route.sink,
                    target=route.target,
                    transition=Transition.DAILY,
                    text=words.text,
                    detail=words.detail,
                    not_before=self._quiet_until(now),
                ),
                now,
            )
            for route in self._find_routes()
        )

    def _find_routes(self) -> list[Route]:
        routes = self._router.of_ourselves()
        lead = self._settings.workspace.lead
        if lead is None or any(one.sink == "inbox" for one in routes):
            return routes
        return [*routes, Route("inbox", lead)]

    def _read(self, session: Session, since: datetime, now: datetime) -> Morning:
        blockers = list_blockers(session)
        root = read_root(session, self._settings, now)
        agents = read_agent_states(session, self._settings, now)
        return Morning(
            now=now,
            since=since,
            still=tuple(one for one in blockers if one.closed is None),
            opened=sum(one.opened > since for one in blockers),
            closed=sum(one.closed is not None and one.closed > since for one in blockers),
            root=None if root is None else say_root(root),
            away=tuple(
                f"{one.slug} ({say_duty(one, now)})"
                for one in agents
                if one.duty not in {ON, ANSWERS_ONLY, "retired"}
            ),
            silences=tuple(one.say() for one in list_lasting(session, now)),
            snoozed=list_snoozed(session),
            backlog=len(list_backlog(session)),
            gaps=tuple((gap.start, gap.end) for gap in marks.list_gaps(session) if gap.end > since),
            faults=tuple(f"{one.subject}: {one.text}" for one in marks.list_faults(session)),
        )


def _find_last(at: time, zone: ZoneInfo, now: datetime) -> tuple[date, datetime]:
    """Return the newest day whose digest is due by ``now``, and when it was."""
    today = now.astimezone(zone).date()
    moment = _moment(today, at, zone)
    if moment <= now:
        return today, moment
    yesterday = today - timedelta(days=1)
    return yesterday, _moment(yesterday, at, zone)


def _next(day: date, settled: str) -> date:
    # Where the clock was set back, a day that was settled is not due again.
    return max(day, date.fromisoformat(settled)) + timedelta(days=1)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when clocks show a time: of two the first, of none the instant of the jump."""
    return find_instant(day, at, zone)
