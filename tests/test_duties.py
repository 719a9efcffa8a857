"""Who is on duty, asked of all at once, is who is on duty asked of each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from harness import World, at, proof
from rollcall.duties import Duties
from rollcall.rules.duty import EVERYBODY, DutyState
from rollcall.store.agents import list_owing
from rollcall.store.duty import begin_away, note_observation
from rollcall.store.tables import AgentRow

ZONES = (
    'duty.hours=["Mon-Sat 09:00-17:00"]',
    'agents.ben={hours=["Sat 10:00-11:00"]}',
    'agents.ivo={timezone="Asia/Tokyo"}',
    'agents.noor={hours=["Mon-Sun 00:00-24:00"]}',
)


def _nothing(session: Session) -> None:
    del session


def _pause(session: Session) -> None:
    until = at("10:00")
    begin_away(session, "mara", DutyState.PAUSED, at("09:00"), "a pause", "ivo", until=until)
    begin_away(session, "ben", DutyState.SHUT_DOWN, at("09:30"), "it said so", "ben")


def _stop(session: Session) -> None:
    until = at("10:30")
    begin_away(
        session, EVERYBODY, DutyState.STOPPED, at("09:30"), "all are silent", "", until=until
    )


def _stand_by(session: Session) -> None:
    note_observation(session, "go", at("08:00"))
    note_observation(session, "standby", at("09:00"))
    note_observation(session, "go", at("10:00"))


def _retire(session: Session) -> None:
    session.get_one(AgentRow, "noor").retired = True


@pytest.mark.parametrize("hours", [(), ZONES])
@pytest.mark.parametrize("change", [_nothing, _pause, _stop, _stand_by, _retire])
@pytest.mark.parametrize("always_on", [False, True])
def test_the_duty_of_all_is_the_duty_of_each(
    tmp_path: Path, hours: tuple[str, ...], change: object, *, always_on: bool
) -> None:
    assert callable(change)
    overrides = (*hours, 'duty.go_signal="GO.md"', f"duty.always_on={str(always_on).lower()}")
    world = World(tmp_path, *overrides, begin="08:00")
    for name in ("mara", "ben", "ivo", "noor"):
        world.write(f"feedback/{name}.md", proof("08:00"))
    world.start()
    duties = Duties(world.works.workspace.settings)
    with world.works.database.write() as session:
        change(session)
        session.flush()
        agents = list_owing(session)
        for clock in ("09:00", "09:30", "10:00", "10:30", "11:00", "17:00"):
            for seconds in (-1, 0, 1):
                now = at(clock) + timedelta(seconds=seconds)
                assert duties.list_on(session, agents, now) == [
                    slug for slug in agents if duties.of(session, slug, now).is_on
                ]
