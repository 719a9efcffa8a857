"""What holds after every step, whatever came before: asked of the store and of what Slack was given."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from harness import World
from rollcall.crowds import quiet_hours
from rollcall.judging import Judge
from rollcall.rules.decisions import Change, Decision
from rollcall.rules.grouping import FLAPPING_SETTLES
from rollcall.rules.silences import find_silence
from rollcall.store import marks
from rollcall.store.ledger import blocker_number, to_blocker
from rollcall.store.request_tables import BroadcastRow, DependencyRow
from rollcall.store.silences import list_lasting
from rollcall.store.tables import (
    AgentRow,
    BlockerRow,
    DeadlineRow,
    EventBlocker,
    EventRow,
    PendingRow,
    TransitionRow,
)

TOLD_OF_BLOCKERS = {"opened", "escalated", "repeated", "released", "unsnoozed", "closed"}
LONGEST_HOLD = {
    "flapping": FLAPPING_SETTLES,
    "the whole team is silent": timedelta(hours=1),
}


@dataclass(frozen=True)
class Told:
    """One notice about blockers, as it stands in the outbox."""

    id: int
    sink: str
    target: str
    transition: str
    level: int
    fate: str | None
    blockers: tuple[int, ...]


def check_store(world: World) -> None:
    """Assert what holds whether anything works or not."""
    with world.works.database.read() as session:
        rows = list(session.exec(select(BlockerRow).order_by(col(BlockerRow.number))))
        audits: dict[int, list[str]] = defaultdict(list)
        for step in session.exec(select(TransitionRow).order_by(col(TransitionRow.id))):
            audits[step.blocker].append(step.what)
        told = _list_told(session)
    _check_blockers(rows, audits)
    _check_notices(told, audits)
    sent = [one.key for one in world.slack.notices]
    assert len(sent) == len(set(sent)), "Slack was given something twice"


def _check_blockers(rows: Sequence[BlockerRow], audits: dict[int, list[str]]) -> None:
    still_open = Counter(row.condition for row in rows if row.closed is None)
    assert not [key for key, count in still_open.items() if count > 1]
    for row in rows:
        audit = audits[row.number or 0]
        assert audit.count("opened") == 1, audit
        assert audit[0] == "opened", audit
        assert audit.count("closed") == (row.closed is not None), audit
        assert "closed" not in audit[:-1], audit


def _list_told(session: Session) -> list[Told]:
    members: dict[int, list[int]] = defaultdict(list)
    for one in session.exec(select(EventBlocker)):
        members[one.event_id].append(one.blocker)
    return [
        Told(
            row.id or 0,
            row.sink,
            row.target,
            row.transition,
            row.level,
            row.fate,
            tuple(sorted(members[row.id or 0])),
        )
        for row in session.exec(select(EventRow).order_by(col(EventRow.id)))
    ]


def _check_notices(told: Sequence[Told], audits: dict[int, list[str]]) -> None:
    """Nothing is told that did not happen, nothing twice, and nothing after its end was told."""
    single: Counter[tuple[object, ...]] = Counter()
    over: set[tuple[str, str, int]] = set()
    for one in told:
        if one.transition in TOLD_OF_BLOCKERS:
            assert one.blockers, one
            assert any(one.transition in audits[number] for number in one.blockers), one
        here = [(one.sink, one.target, number) for number in one.blockers]
        assert not here or not over.issuperset(here), f"told after its end was told: {one}"
        if one.transition == "closed" and one.fate != "superseded":
            over.update(here)
        if one.transition in {"opened", "closed", "escalated"}:
            alone = len(one.blockers) == 1
            what = f"{one.transition} {one.level}" * (one.transition == "escalated")
            single.update((place, alone, what or one.transition) for place in here)
    assert not [place for place, count in single.items() if count > 1]


def check_judged(world: World, *, held_too_long: bool) -> None:
    """Assert of what was just looked at that nothing is due, and that nothing was forgotten."""
    judge = Judge(world.works.workspace.settings)
    now = world.now
    with world.works.database.read() as session:
        gaps = marks.list_gaps(session)
        planned = {row.subject: row.next_check_at for row in session.exec(select(DeadlineRow))}
        left = [one for one, when in planned.items() if when <= now]
        assert not left, f"due, and not judged: {left}"
        for subject in _list_subjects(session):
            verdict = judge.explain(session, subject, now, gaps)
            due = [one for one in verdict.decisions if not _is_only_of_place(session, one)]
            assert not due, f"{subject}: due, and not decided: {due}"
            if verdict.next_check_at is not None:
                assert subject in planned, f"{subject}: due at {verdict.next_check_at}, unplanned"
                assert planned[subject] <= verdict.next_check_at, subject
        _check_nothing_is_forgotten(session, world, now)
        if held_too_long:
            _check_nothing_waits_for_ever(session, world, now)


def _is_only_of_place(session: Session, decision: Decision) -> bool:
    """Tell whether only the text of a blocker would change: it does when it is judged next."""
    if not isinstance(decision, Change):
        return False
    row = session.get_one(BlockerRow, blocker_number(decision.blocker.id))
    return row.phase.partition("\n")[0] == decision.condition.phase.partition("\n")[0]


def _list_subjects(session: Session) -> list[str]:
    return [
        *(f"agent:{slug}" for slug in session.exec(select(AgentRow.slug))),
        *(
            f"dependency:{row.message_id}:{row.provider}"
            for row in session.exec(select(DependencyRow))
            if not row.broadcast
        ),
        *(f"broadcast:{row.message_id}" for row in session.exec(select(BroadcastRow))),
        *session.exec(
            select(BlockerRow.subject).where(col(BlockerRow.closed).is_(None)).distinct()
        ),
        "graph",
    ]


def _check_nothing_is_forgotten(session: Session, world: World, now: datetime) -> None:
    """Every open blocker that nobody took into his hands was told, or waits, or is silenced."""
    heard = set(
        session.exec(
            select(EventBlocker.blocker)
            .join(EventRow, col(EventBlocker.event_id) == col(EventRow.id))
            .where((col(EventRow.fate).is_(None)) | (col(EventRow.fate).in_(["sent", "untold"])))
        )
    )
    waiting = set(session.exec(select(PendingRow.blocker)))
    silences = list_lasting(session, now)
    forgotten = [
        to_blocker(row)
        for row in session.exec(select(BlockerRow).where(BlockerRow.status == "open"))
        if row.number not in heard | waiting and find_silence(to_blocker(row), silences) is None
    ]
    assert not forgotten, world.told()


def _check_nothing_waits_for_ever(session: Session, world: World, now: datetime) -> None:
    settings = world.works.workspace.settings
    quiet = quiet_hours(settings)(now) is not None
    for row in session.exec(select(PendingRow)):
        longest = LONGEST_HOLD.get(row.held_for, settings.notify.group_wait)
        if row.held_for == "quiet hours":
            assert quiet, row
        elif row.held_for != "its storm is not over":
            assert now - row.at <= longest, (row, now)
