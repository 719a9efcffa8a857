"""From transitions to notices in the outbox: who is told, in which sink, in which words, and when.

What is to be told is kept as pending with its transition; ``rules/grouping.py`` says what of it is
told now, and what waits for more, for a quiet hour's end, or for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.crowds import find_scene, quiet_hours
from rollcall.duties import Duties
from rollcall.judging import Judged, share_openings
from rollcall.model import Blocker, Transition
from rollcall.notify.render import (
    Words,
    say_backlog,
    say_clock_set_back,
    say_nudge,
    say_stall,
    say_transition,
    say_unwatched,
)
from rollcall.notify.render_groups import (
    say_digest,
    say_flapping,
    say_silence_end,
    say_stop,
    say_storm,
    say_storm_grown,
    say_storm_over,
)
from rollcall.routing import NOWHERE, Route, Router
from rollcall.rules.decisions import Nudge
from rollcall.rules.grouping import (
    FLAPPING_WITHIN,
    Bundle,
    Pending,
    Plan,
    Scene,
    Shape,
    plan_telling,
)
from rollcall.rules.silences import Silence
from rollcall.rules.team import TeamStop
from rollcall.rules.watched import Gap
from rollcall.store import pending
from rollcall.store.ledger import blocker_number, list_blockers
from rollcall.store.marks import set_deadline, workspace_uuid
from rollcall.store.outbox import (
    Post,
    add_post,
    heard_by,
    join_told,
    supersede_named,
    supersede_unsent,
)
from rollcall.store.silences import take_ended
from rollcall.telling_digest import DigestTeller
from rollcall.telling_hands import HandTeller

SUBJECT = "telling"
_STOP = "stop"
TOLD = (Transition.OPENED, Transition.ESCALATED, Transition.CLOSED)


class Teller:
    """Puts notices into the outbox, in the transaction of the change that they tell."""

    def __init__(
        self, settings: Settings, *, slack_is_on: bool, added: Collection[str] = ()
    ) -> None:
        """Keep the routes; those of a sink that is off are left out."""
        self._settings = settings
        self._router = Router(settings, slack_is_on=slack_is_on, added=added)
        self._duties = Duties(settings)
        self._quiet_until = quiet_hours(settings)
        self._hands = HandTeller(settings)
        self._digests = DigestTeller(settings, self._router)

    def tell(self, session: Session, judged: Judged, now: datetime) -> int:
        """Enqueue what may be told of a round of judgement; return how many notices there are."""
        for one in judged.happened:
            if one.transition is Transition.CLOSED:
                supersede_unsent(session, blocker_number(one.blocker.id) or 0, now)
        pending.leave_storms(
            session,
            [one.blocker for one in judged.happened if one.transition is Transition.RELEASED],
        )
        pending.add_pending(session, share_openings(judged), now)
        count = sum(self._tell_nudge(session, nudge, now) for nudge in judged.nudges)
        if judged.team.ended:
            supersede_named(session, _STOP, now)
        if judged.team.began is not None:
            count += self._tell_stop(session, judged.team.began, now)
        count += sum(self._tell_silence_end(session, one, now) for one in take_ended(session, now))
        count += self._hands.tell(session, judged.happened, now)
        count += self._digests.tell(session, now)
        count += self._tell_pending(session, now)
        pending.end_settled_storms(session, now)
        return count

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

    def tell_stall(self, session: Session, since: datetime, now: datetime) -> int:
        """Say that the worker has finished nothing for a while."""
        subject = f"stall-{since:%Y%m%dT%H%M%S}"
        words = say_stall(since, now)
        return self._tell_of_ourselves(session, subject, Transition.OURSELVES, words, now)

    def tell_clock_set_back(self, session: Session, last: datetime, now: datetime) -> int:
        """Say that the clock was set back."""
        subject = f"clock-{last:%Y%m%dT%H%M%S}-{now:%Y%m%dT%H%M%S}"
        words = say_clock_set_back(last, now)
        return self._tell_of_ourselves(session, subject, Transition.OURSELVES, words, now)

    def _tell_pending(self, session: Session, now: datetime) -> int:
        if not pending.is_anything_pending(session):
            set_deadline(session, SUBJECT, None)
            return 0
        waiting = pending.list_pending(session, FLAPPING_WITHIN, now)
        if self._settings.duty.always_on:
            scene, plan = Scene(now), _plan_bare(waiting, Scene(now))
        else:
            scene = find_scene(session, self._settings, self._duties, now)
            plan = plan_telling(waiting, scene)
        self._join_storms(session, plan, waiting, scene)
        count = sum(self._tell_bundle(session, bundle, scene) for bundle in plan.bundles)
        told = [one.id for bundle in plan.bundles for one in bundle.members]
        pending.drop_pending(session, plan.dropped, now)
        pending.settle_pending(session, told)
        pending.note_held(session, plan.held)
        set_deadline(session, SUBJECT, plan.next_check_at)
        return count

    def _join_storms(
        self,
        session: Session,
        plan: Plan,
        waiting: Sequence[Pending],
        scene: Scene,
    ) -> None:
        blockers = {one.id: one.blocker for one in waiting}
        for storm in scene.storms:
            joining = [blockers[id_] for id_, joined in plan.joins.items() if joined == storm.id]
            if joining:
                pending.join_storm(session, storm.id, joining)
                first = blocker_number(storm.members[0].id) or 0
                join_told(session, first, [blocker_number(one.id) or 0 for one in joining])

    def _tell_bundle(self, session: Session, bundle: Bundle, scene: Scene) -> int:
        now, blockers, first = scene.now, bundle.blockers, bundle.members[0]
        transition = first.transition
        match bundle.shape:
            case Shape.STORM:
                blockers = (*blockers, *bundle.also)
                pending.begin_storm(session, blockers, now)
                words = say_storm(blockers, len(scene.crowd.on_duty))
            case Shape.STORM_GROWN:
                storm = next(one for one in scene.storms if one.id == bundle.storm)
                transition, words = Transition.JOINED, say_storm_grown(blockers, storm.members)
            case Shape.STORM_OVER:
                pending.end_storm(session, bundle.storm or 0, now)
                words = say_storm_over(blockers, bundle.also)
            case Shape.FLAPPING:
                words = say_flapping(first.blocker, first.openings)
            case Shape.DIGEST:
                transition, words = Transition.DIGEST, say_digest(blockers, first.at)
            case Shape.SINGLE | Shape.TOGETHER:
                words = say_transition(transition, blockers, now=now)
        if transition is Transition.CLOSED:
            return self._tell_heard(session, blockers, words, now)
        since = min(one.level for one in bundle.members)
        return self._tell_routes(session, blockers, transition, words, now, since)

    def _tell_routes(
        self,
        session: Session,
        blockers: Sequence[Blocker],
        transition: Transition,
        words: Words,
        now: datetime,
        since: int,
    ) -> int:
        """Tell the routes of the levels from ``since`` up to the blockers' own."""
        return sum(
            self._add(session, blockers, transition, route, words, now)
            for route in self._router.of_blockers(blockers, since)
        )

    def _tell_heard(
        self, session: Session, blockers: Sequence[Blocker], words: Words, now: datetime
    ) -> int:
        """Tell a closing to whoever was told of the opening."""
        heard = dict.fromkeys(
            route
            for one in blockers
            for route in heard_by(session, blocker_number(one.id) or 0)
            if route[0] != NOWHERE
        )
        return sum(
            self._add(session, blockers, Transition.CLOSED, Route(sink, target), words, now)
            for sink, target in heard
        )

    def _tell_stop(self, session: Session, stop: TeamStop, now: datetime) -> int:
        """Say that the team has stopped, unless storms' messages have said so of each of them."""
        storms = pending.list_storms(session)
        pending.note_stop(session)
        told = {one.agent for storm in storms for one in storm.members if one.closed is None}
        if told.issuperset(stop.agents):
            return 0
        subject = f"{_STOP}-{now:%Y%m%dT%H%M%S}"
        words = say_stop(stop.reason)
        return self._tell_of_ourselves(session, subject, Transition.OURSELVES, words, now)

    def _tell_silence_end(self, session: Session, silence: Silence, now: datetime) -> int:
        still = [
            one for one in list_blockers(session, open_only=True) if silence.matcher.matches(one)
        ]
        words = say_silence_end(silence, still)
        if not still:
            subject = f"silence-{silence.id}"
            return self._tell_of_ourselves(session, subject, Transition.OURSELVES, words, now)
        return sum(
            self._add(session, still, Transition.DIGEST, route, words, now, silence.id)
            for route in self._router.of_blockers(still)
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
        """Tell a word about ourselves or the whole team, after the quiet hours."""
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
                    not_before=self._quiet_until(now),
                ),
                now,
            )
            for route in self._router.of_ourselves()
        )

    def _add(
        self,
        session: Session,
        blockers: Sequence[Blocker],
        transition: Transition,
        route: Route,
        words: Words,
        now: datetime,
        subject: str | None = None,
    ) -> bool:
        level = max(one.level for one in blockers)
        sink = route.sink if route.sink != "inbox" else f"inbox-{route.target}"
        subject = subject or ("digest" if transition is Transition.DIGEST else blockers[0].id)
        post = Post(
            key=_key(session, subject, _name(transition, level, now), sink),
            sink=route.sink,
            target=route.target,
            transition=transition,
            text=words.text,
            detail=words.detail,
            blockers=tuple(blocker_number(one.id) or 0 for one in blockers),
            level=level,
            mention=route.mention,
            broadcast=_is_for_all(transition, level),
            not_before=self._quiet_until(now),
        )
        return add_post(session, post, now)


def _plan_bare(waiting: Sequence[Pending], scene: Scene) -> Plan:
    """Say what is told on the bare clock: everything now, and by itself unless it is of one group."""
    plan = Plan()
    groups: dict[object, list[Pending]] = {}
    for one in waiting:
        groups.setdefault(one.shared or one.id, []).append(replace(one, openings=1))
    for group in groups.values():
        part = plan_telling(group, scene)
        plan.bundles += part.bundles
        plan.dropped |= part.dropped
    return plan


def _is_for_all(transition: Transition, level: int) -> bool:
    """Tell whether a reply in a thread is shown in the channel too: openings are, and higher levels."""
    if transition is Transition.JOINED:
        return True
    return level >= 2 and transition not in {Transition.OPENED, Transition.CLOSED}


def _name(transition: Transition, level: int, now: datetime) -> str:
    """Name a transition within its subject: once for ever, or once at each instant."""
    if transition in {Transition.OPENED, Transition.CLOSED}:
        return transition.value
    if transition is Transition.ESCALATED:
        return f"level-{level}"
    return f"{transition.value}-{now:%Y%m%dT%H%M%S%f}"


def _key(session: Session, subject: str, transition: str, sink: str) -> str:
    return f"{workspace_uuid(session)}/{subject}/{transition}/{sink}"
