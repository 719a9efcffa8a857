"""Words about requests to those who asked: an answer, the end of what held its agent up, an absence.

Each is told once, by its key, in the transaction in which it was found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.crowds import quiet_hours
from rollcall.duties import Duties
from rollcall.judging import Judged
from rollcall.model import BlockerKind, DependencyState, Transition
from rollcall.notify.render import Words, say_line
from rollcall.routing import Route, Router
from rollcall.rules.duty import Duty, DutyState
from rollcall.rules.words import say_instant
from rollcall.store.broadcasts import find_broadcast, read_states
from rollcall.store.conversation import dependency_subject
from rollcall.store.ledger import Happened, read_standing
from rollcall.store.marks import workspace_uuid
from rollcall.store.outbox import Post, add_post
from rollcall.store.request_tables import DependencyRow
from rollcall.store.waits import is_history, list_waiting_for

_UNAVAILABLE = (DutyState.RETIRED, DutyState.PAUSED)
_HOLDS_UP = (BlockerKind.BLOCKED, BlockerKind.ABSENT)


class RequestTeller:
    """Puts words about requests into the outbox."""

    def __init__(
        self, settings: Settings, *, slack_is_on: bool, added: Collection[str] = ()
    ) -> None:
        """Keep the routes, those of a sink that is off left out, and what duty rests on."""
        self._settings = settings
        self._router = Router(settings, slack_is_on=slack_is_on, added=added)
        self._duties = Duties(settings)
        self._quiet_until = quiet_hours(settings)

    def tell(self, session: Session, judged: Judged, now: datetime) -> int:
        """Enqueue what there is to say of the requests judged; return how many notices there are."""
        if self._settings.duty.always_on:
            return 0
        count = 0
        for subject in judged.requests:
            kind, _, rest = subject.partition(":")
            number, _, provider = rest.partition(":")
            if kind == "dependency":
                row = session.get(DependencyRow, (int(number), provider))
                count += 0 if row is None else self._tell_dependency(session, row, now)
            elif kind == "broadcast":
                count += self._tell_nobody(session, int(number), now)
        return count + sum(self._tell_ending(session, one, now) for one in judged.happened)

    def _tell_dependency(self, session: Session, row: DependencyRow, now: datetime) -> int:
        if row.withdrawn or row.requester is None or row.requester == row.provider:
            return 0
        if row.state == DependencyState.ANSWERED.value:
            return self._tell_answer(session, row, now)
        return self._tell_unavailable(session, row, now)

    def _tell_answer(self, session: Session, row: DependencyRow, now: datetime) -> int:
        by = row.closed_by
        if by is None or is_history(session, by):
            return 0
        what = row.title or row.request
        words = Words(
            f"{row.provider} has answered {what}: {by}",
            (f"You asked: {row.request}", *_say_fallback(row)),
        )
        subject = dependency_subject(row.message_id, row.provider)
        return self._tell_requester(session, row, subject, f"answered-{_hash(by)}", words, now)

    def _tell_unavailable(self, session: Session, row: DependencyRow, now: datetime) -> int:
        """Say once that whom somebody asked is away for longer, and that nothing will be opened."""
        if row.broadcast or row.backlog or row.asked_at is None:
            return 0
        duty = self._duties.of(session, row.provider, now, since=row.asked_at)
        if duty.state not in _UNAVAILABLE or not _was_so(duty, row.asked_at):
            return 0
        subject = dependency_subject(row.message_id, row.provider)
        if read_standing(session, subject).blockers or is_history(session, row.request):
            return 0
        words = Words(
            f"{row.requester} asked {row.provider}, who is {duty.state.value}: {row.request}",
            ("No blocker is opened; its clock starts when they are back.",),
        )
        return self._tell_lead(session, row.requester, subject, words, now)

    def _tell_nobody(self, session: Session, number: int, now: datetime) -> int:
        """Say once that a request to everyone was for nobody, for nobody else was on duty."""
        found, states = find_broadcast(session, number), read_states(session, number)
        if found is None or found.members != [] or not states.rows:
            return 0
        row = states.rows[0]
        over = row.withdrawn or row.backlog or row.asked_at is None
        if over or row.requester is None or is_history(session, row.request):
            return 0
        words = Words(
            f"{row.requester} asked everyone, and nobody else was on duty: {row.request}",
            ("No blocker is opened.",),
        )
        return self._tell_lead(session, row.requester, f"broadcast:{number}", words, now)

    def _tell_ending(self, session: Session, one: Happened, now: datetime) -> int:
        """Tell those who wait for an agent that what held it up has ended."""
        closed = one.transition is Transition.CLOSED and one.blocker.kind in _HOLDS_UP
        if not closed or one.quiet:
            return 0
        words = f"{one.blocker.agent} is not held up any more: {one.blocker.resolution}"
        count = 0
        for row in list_waiting_for(session, one.blocker.agent):
            subject = dependency_subject(row.message_id, row.provider)
            said = Words(
                words,
                (
                    f"You asked: {row.request}",
                    f"It was {say_line(one.blocker)}",
                    *_say_fallback(row),
                ),
            )
            count += self._tell_requester(
                session, row, subject, f"freed-{one.blocker.id}", said, now
            )
        return count

    def _tell_requester(
        self,
        session: Session,
        row: DependencyRow,
        subject: str,
        named: str,
        words: Words,
        now: datetime,
    ) -> int:
        route = Route("inbox", row.requester or "")
        return self._post(session, subject, named, Transition.ANSWERED, [route], words, now)

    def _tell_lead(
        self, session: Session, requester: str | None, subject: str, words: Words, now: datetime
    ) -> int:
        lead = None if requester is None else self._settings.lead_of(requester)
        routes = self._router.of_ourselves() if lead is None else [Route("inbox", lead)]
        transition = Transition.OURSELVES
        return self._post(session, subject, "unavailable", transition, routes, words, now)

    def _post(
        self,
        session: Session,
        subject: str,
        named: str,
        transition: Transition,
        routes: Iterable[Route],
        words: Words,
        now: datetime,
    ) -> int:
        """Put words into the outbox; where a whole channel hears them, not in quiet hours."""
        about = subject.replace(":", "-")
        return sum(
            add_post(
                session,
                Post(
                    key=f"{workspace_uuid(session)}/{about}/{named}/{route.sink}",
                    sink=route.sink,
                    target=route.target,
                    transition=transition,
                    text=words.text,
                    detail=words.detail,
                    not_before=None if route.sink == "inbox" else self._quiet_until(now),
                ),
                now,
            )
            for route in routes
        )


def _was_so(duty: Duty, asked: datetime) -> bool:
    """Tell whether an agent was away already when it was asked, as far as is known."""
    return duty.since is None or duty.since <= asked


def _say_fallback(row: DependencyRow) -> tuple[str, ...]:
    if row.fallback is None or row.fallback_at is None:
        return ()
    return (f"You can replace your fallback of {say_instant(row.fallback_at)}: {row.fallback}",)


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
