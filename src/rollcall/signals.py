"""The GO signal: one file that tells the whole team to work or to stand by."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from rollcall.parse.signal import reads_as_go
from rollcall.rules.signal import Observation, SignalState, find_standby
from rollcall.store.duty import list_observations, note_observation
from rollcall.store.marks import due_subjects, set_deadline
from rollcall.store.sources import judge_everything_anew

SIGNAL = "signal"
_MOST_BYTES = 65_536


def read_signal(path: Path) -> SignalState:
    """Return what the file says now; raises ``OSError`` for one that is there and cannot be read."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return SignalState.ABSENT
    return SignalState.GO if reads_as_go(text) else SignalState.STANDBY


def note_signal(session: Session, state: SignalState, now: datetime) -> None:
    """Keep what the signal says, and have everything judged anew where that changes duty."""
    changed = note_observation(session, state.value, now)
    if not changed and SIGNAL not in due_subjects(session, now):
        return
    seen = [Observation(row.at, SignalState(row.state)) for row in list_observations(session)]
    judge_everything_anew(session, now)
    set_deadline(session, SIGNAL, find_standby(seen, now).look_again)
