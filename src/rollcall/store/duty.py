"""Time off duty in the store: pauses, shutdowns, stops of the team, and what the GO signal said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, or_, select, update

from rollcall.rules.duty import EVERYBODY, Away, DutyState
from rollcall.store.asking import ask
from rollcall.store.tables import AwayRow, EntryRow, SignalRow

_AGENT: BindParameter[str] = bindparam("agent")
_AWAYS = (
    select(AwayRow)
    .where(or_(AwayRow.agent == _AGENT, AwayRow.agent == EVERYBODY))
    .order_by(col(AwayRow.start), col(AwayRow.id))
)
_OPEN = (
    select(AwayRow)
    .where(
        AwayRow.agent == _AGENT,
        AwayRow.state == bindparam("state"),
        col(AwayRow.ended).is_(None),
    )
    .limit(1)
)
_AWAY_NOW = select(AwayRow.agent).where(
    col(AwayRow.start) <= bindparam("now"),
    or_(col(AwayRow.ended).is_(None), col(AwayRow.ended) > bindparam("now")),
)
_NEWEST = (
    select(EntryRow.closing, EntryRow.place)
    .where(EntryRow.agent == _AGENT)
    .order_by(col(EntryRow.rank).desc(), col(EntryRow.id).desc())
    .limit(1)
)


def list_aways(session: Session, agent: str) -> list[Away]:
    """Return the stored intervals off duty of one agent, those of everybody among them."""
    rows = ask(session, _AWAYS, agent=agent)
    return [Away(row.start, row.ended, DutyState(row.state), row.reason) for row in rows]


def list_away(session: Session, now: datetime) -> list[str]:
    """Return the agents with an interval off duty that covers ``now``; ``*`` is everybody."""
    return list(ask(session, _AWAY_NOW, now=now).scalars())


def begin_away(
    session: Session,
    agent: str,
    state: DutyState,
    now: datetime,
    reason: str,
    by: str,
    *,
    until: datetime | None = None,
) -> bool:
    """Begin an interval off duty, to end at ``until`` or when it is ended.

    False when one of this state lasts already that has no end.
    """
    if find_away(session, agent, state) is not None:
        return False
    session.add(
        AwayRow(agent=agent, state=state.value, start=now, ended=until, reason=reason, by=by)
    )
    session.flush()
    return True


def end_away(session: Session, agent: str, state: DutyState, now: datetime) -> bool:
    """End the interval off duty of this state; False when there is none."""
    if find_away(session, agent, state) is None:
        return False
    row = session.exec(_OPEN, params={"agent": agent, "state": state.value}).one()
    if row.start >= now:
        session.delete(row)
    else:
        row.ended = now
        session.add(row)
    session.flush()
    return True


def find_away(session: Session, agent: str, state: DutyState) -> Away | None:
    """Return the interval off duty of this state that lasts, or None."""
    row = ask(session, _OPEN, agent=agent, state=state.value).first()
    return None if row is None else Away(row.start, row.ended, state, row.reason)


def find_pause(session: Session, agent: str, now: datetime) -> Away | None:
    """Return the pause of an agent that lasts, the one with the latest end, or None."""
    rows = _lasting_pauses(session, agent, now)
    found = max(rows, key=lambda row: (row.ended is None, row.ended or now), default=None)
    if found is None:
        return None
    return Away(found.start, found.ended, DutyState.PAUSED, found.reason)


def move_pause(session: Session, agent: str, now: datetime, until: datetime) -> None:
    """Have the pauses of an agent that last end at ``until``."""
    for row in _lasting_pauses(session, agent, now):
        row.ended = until
        session.add(row)
    session.flush()


def end_pauses(session: Session, agent: str, now: datetime) -> None:
    """End the pauses of an agent that last."""
    for row in _lasting_pauses(session, agent, now):
        if row.start >= now:
            session.delete(row)
        else:
            row.ended = now
            session.add(row)
    session.flush()


def rename_paused(session: Session, old: str, new: str) -> None:
    """Make the pauses of one agent those of another, whose name it is."""
    session.exec(
        update(AwayRow)
        .where(col(AwayRow.agent) == old, col(AwayRow.state) == DutyState.PAUSED.value)
        .values(agent=new)
    )


def list_paused_by(session: Session, by: str) -> list[str]:
    """Return the agents whose pause that lasts was begun by ``by``."""
    rows = session.exec(
        select(AwayRow.agent).where(
            AwayRow.state == DutyState.PAUSED.value, AwayRow.by == by, col(AwayRow.ended).is_(None)
        )
    )
    return sorted(rows)


def note_closing(session: Session, agent: str, now: datetime) -> bool:
    """Begin or end an agent's shutdown by its own words, as its newest entry has it."""
    newest = ask(session, _NEWEST, agent=agent).first()
    if newest is not None and newest.closing:
        reason = f"{agent} says that it stops ({newest.place})"
        return begin_away(session, agent, DutyState.SHUT_DOWN, now, reason, agent)
    return end_away(session, agent, DutyState.SHUT_DOWN, now)


def list_observations(session: Session) -> Sequence[SignalRow]:
    """Return what the GO signal was seen to say, oldest first."""
    return session.exec(select(SignalRow).order_by(col(SignalRow.at), col(SignalRow.id))).all()


def note_observation(session: Session, state: str, now: datetime) -> bool:
    """Keep what the GO signal says now; False when it said so before."""
    last = session.exec(select(SignalRow).order_by(col(SignalRow.id).desc()).limit(1)).first()
    if last is not None and last.state == state:
        return False
    session.add(SignalRow(at=now, state=state))
    session.flush()
    return True


def _lasting_pauses(session: Session, agent: str, now: datetime) -> Sequence[AwayRow]:
    return session.exec(
        select(AwayRow).where(
            AwayRow.agent == agent,
            AwayRow.state == DutyState.PAUSED.value,
            (col(AwayRow.ended).is_(None)) | (col(AwayRow.ended) > now),
        )
    ).all()
