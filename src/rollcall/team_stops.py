"""The stop of the whole team, from the store into the store: an interval off duty of everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from rollcall.duties import Duties
from rollcall.rules.duty import EVERYBODY, DutyState
from rollcall.rules.team import TeamStop, find_stop
from rollcall.rules.watched import Gap
from rollcall.store.agents import list_owing
from rollcall.store.duty import begin_away, end_away, find_away
from rollcall.store.facts import find_newest_arrival, list_silences
from rollcall.store.marks import set_deadline
from rollcall.store.sources import judge_everything_anew

SUBJECT = "team"


@dataclass(frozen=True, slots=True)
class TeamChange:
    """What changed for the whole team: a stop that began, or one that ended."""

    began: TeamStop | None = None
    ended: bool = False


def judge_team(
    session: Session,
    duties: Duties,
    gaps: Sequence[Gap],
    now: datetime,
    allowed: Callable[[str], timedelta],
) -> TeamChange:
    """Begin or end the stop of the team, plan the next look, and return what changed.

    The first proof by anybody ends it, and with it everybody's time off duty. ``allowed`` is how long
    an agent may be silent.
    """
    if duties.always_on:
        set_deadline(session, SUBJECT, None)
        return TeamChange()
    stop = find_away(session, EVERYBODY, DutyState.STOPPED)
    if stop is not None:
        set_deadline(session, SUBJECT, None)
        newest = find_newest_arrival(session)
        if newest is None or newest < stop.start:
            return TeamChange()
        end_away(session, EVERYBODY, DutyState.STOPPED, now)
        judge_everything_anew(session, now)
    agents = duties.list_on(session, list_owing(session), now)
    found = find_stop(list_silences(session, agents), gaps, now, allowed)
    if not isinstance(found, TeamStop):
        set_deadline(session, SUBJECT, found)
        return TeamChange(ended=stop is not None)
    begin_away(session, EVERYBODY, DutyState.STOPPED, now, found.reason, "rollcall")
    judge_everything_anew(session, now)
    set_deadline(session, SUBJECT, None)
    return TeamChange(began=found)
