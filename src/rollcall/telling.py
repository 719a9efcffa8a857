"""From transitions to notices in the outbox: who is told, in which sink, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings, Target
from rollcall.judging import Judged, group_openings
from rollcall.model import Blocker, Transition
from rollcall.notify.render import (
    Words,
    say_backlog,
    say_nudge,
    say_transition,
    say_unwatched,
)
from rollcall.rules.decisions import Nudge
from rollcall.rules.watched import Gap
from rollcall.store.ledger import Happened, blocker_number
from rollcall.store.marks import workspace_uuid
from rollcall.store.outbox import Post, add_post, heard_by, supersede_unsent

TOLD = (Transition.OPENED, Transition.ESCALATED, Transition.CLOSED)
NOWHERE = "status"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to tell: a sink, where in it, and whom to mention there."""

    sink: str
    target: str
    mention: str | None = None


class Teller:
    """Puts notices into the outbox, in the transaction of the change that they tell."""

    def __init__(self, settings: Settings, *, slack_is_on: bool) -> None:
        """Keep the routes; with Slack off its routes are left out."""
        self._settings = settings
        self._slack_is_on = slack_is_on and settings.notify.slack.channel is not None

    def tell(self, session: Session, judged: Judged, now: datetime) -> int:
        """Enqueue what a round of judgement decided; return how many notices there are."""
        count = 0
        for group in group_openings(judged):
            transition = group[0].transition
            if transition is Transition.CLOSED:
                count += self._tell_closing(session, group[0], now)
            elif transition in TOLD:
                count += self._tell_level(session, group, now)
        return count + sum(self._tell_nudge(session, nudge, now) for nudge in judged.nudges)

    def tell_backlog(self, session: Session, count: int, now: datetime) -> int:
        """Say once how many requests were past due at first sight."""
        subject = f"backlog-{now:%Y%m%dT%H%M%S}"
        return self._tell_of_ourselves(
            session, subject, Transition.BACKLOG, say_backlog(count), now
        )

    def tell_gap(self, session: Session, gap: Gap, now: datetime) -> int:
        """Say that nothing was watched for a while."""
        subject = f"gap-{gap.start:%Y%m%dT%H%M%S}"
        words = say_unwatched(gap.start, gap.end)
        return self._tell_of_ourselves(session, subject, Transition.OURSELVES, words, now)

    def routes_of(self, level: int, agent: str) -> list[Route]:
        """Return the working routes of one level for one agent, the blockers log left out."""
        if not 1 <= level <= len(self._settings.escalation):
            return []
        targets = self._settings.escalation[level - 1].notify
        found = [route for target in targets if (route := self._route(target, agent)) is not None]
        if not found and all(target.sink != "blockers_log" for target in targets):
            lead = self._settings.lead_of(agent)
            found = [Route(NOWHERE, "") if lead is None else Route("inbox", lead)]
        return _merge(found)

    def _route(self, target: Target, agent: str) -> Route | None:
        lead = self._settings.lead_of(agent)
        if target.sink == "slack":
            if not self._slack_is_on:
                return None
            name = lead if target.route == "@lead" else target.route.removeprefix("@")
            person = self._settings.people.get(name) if name else None
            channel = self._settings.notify.slack.channel or ""
            return Route("slack", channel, None if person is None else person.slack)
        if target.sink == "inbox":
            name = {"lead": lead, "agent": agent}.get(target.route, target.route)
            return None if name is None or name == "rollcall" else Route("inbox", name)
        return None

    def _tell_level(self, session: Session, group: Sequence[Happened], now: datetime) -> int:
        blockers = [one.blocker for one in group]
        transition, level = group[0].transition, group[0].blocker.level
        words = say_transition(transition, blockers, now=now)
        named = "opened" if transition is Transition.OPENED else f"level-{level}"
        routes = {
            (route.sink, route.target): route
            for blocker in blockers
            for route in self.routes_of(level, blocker.agent)
        }
        return sum(
            self._add(session, blockers, transition, named, route, words, level, now)
            for route in routes.values()
        )

    def _tell_closing(self, session: Session, one: Happened, now: datetime) -> int:
        number = blocker_number(one.blocker.id) or 0
        supersede_unsent(session, number, now)
        words = say_transition(Transition.CLOSED, [one.blocker], now=now)
        heard = [route for route in heard_by(session, number) if route[0] != NOWHERE]
        return sum(
            self._add(
                session,
                [one.blocker],
                Transition.CLOSED,
                "closed",
                Route(sink, target),
                words,
                one.blocker.level,
                now,
            )
            for sink, target in heard
        )

    def _tell_nudge(self, session: Session, nudge: Nudge, now: datetime) -> int:
        words = say_nudge(nudge.agent, nudge.why, now)
        named = f"nudge-{nudge.since:%Y%m%dT%H%M%S%f}"
        post = Post(
            key=_key(session, f"agent-{nudge.agent}", named, "inbox"),
            sink="inbox",
            target=nudge.agent,
            transition=Transition.NUDGED,
            text=words.text,
            detail=words.detail,
        )
        return add_post(session, post, now)

    def _tell_of_ourselves(
        self,
        session: Session,
        subject: str,
        transition: Transition,
        words: Words,
        now: datetime,
    ) -> int:
        routes = [
            route for route in self.routes_of(1, "") if route.sink == "slack"
        ] or self._lead_or_nowhere()
        return sum(
            add_post(
                session,
                Post(
                    key=_key(session, subject, transition.value, route.sink),
                    sink=route.sink,
                    target=route.target,
                    transition=transition,
                    text=words.text,
                    detail=words.detail,
                ),
                now,
            )
            for route in routes
        )

    def _lead_or_nowhere(self) -> list[Route]:
        lead = self._settings.workspace.lead
        return [Route(NOWHERE, "") if lead is None else Route("inbox", lead)]

    def _add(  # noqa: PLR0913, PLR0917 - the parts of one post, named here once
        self,
        session: Session,
        blockers: Sequence[Blocker],
        transition: Transition,
        named: str,
        route: Route,
        words: Words,
        level: int,
        now: datetime,
    ) -> bool:
        sink = route.sink if route.sink != "inbox" else f"inbox-{route.target}"
        post = Post(
            key=_key(session, blockers[0].id, named, sink),
            sink=route.sink,
            target=route.target,
            transition=transition,
            text=words.text,
            detail=words.detail,
            blockers=tuple(blocker_number(one.id) or 0 for one in blockers),
            level=level,
            mention=route.mention,
            broadcast=level >= 2 and transition is Transition.ESCALATED,
        )
        return add_post(session, post, now)


def _merge(routes: Sequence[Route]) -> list[Route]:
    """Tell each sink and target once, with all mentions."""
    merged: dict[tuple[str, str], Route] = {}
    for route in routes:
        known = merged.get((route.sink, route.target))
        mention = route.mention if known is None else known.mention or route.mention
        merged[(route.sink, route.target)] = Route(route.sink, route.target, mention)
    return list(merged.values())


def _key(session: Session, subject: str, transition: str, sink: str) -> str:
    return f"{workspace_uuid(session)}/{subject}/{transition}/{sink}"
