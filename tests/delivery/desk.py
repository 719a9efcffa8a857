"""A desk for tests of delivery: a store with open blockers, sinks that come and go, and a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select, update

from blockers import make_row
from rollcall.clock import ManualClock
from rollcall.delivery import Deliverer
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.memory import MemorySink
from rollcall.sink_health import Patience
from rollcall.store.database import Database
from rollcall.store.fates import find_odd_fates
from rollcall.store.marks import list_faults
from rollcall.store.outbox import Post, add_post, heard_by, list_sinks, supersede_unsent
from rollcall.store.tables import BlockerRow, EventRow, RootRow

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PATIENCE = Patience(jitter=lambda _: 0.0)


class Moody(MemorySink):
    """A sink that answers everything with ``mood`` while it has one, and counts what it was asked."""

    def __init__(self, name: str = "slack") -> None:
        super().__init__(name)
        self.mood: DeliveryFailed | None = None
        self.tried: list[str] = []

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        self.tried.append(notice.text)
        if self.mood is not None:
            raise self.mood
        receipt = super().deliver(notice, root)
        return Receipt(self.name, {**receipt.data, "root": notice.key})


class Desk:
    """A store with open blockers 1 to 99, and sinks by name; ``begin`` begins a process life."""

    def __init__(self, database: Database, *names: str) -> None:
        self.database = database
        self.clock = ManualClock(NOON)
        self.sinks = {name: Moody(name) for name in names or ("slack",)}
        self.sink = next(iter(self.sinks.values()))
        self.begin()

    def begin(self) -> None:
        self.deliverer = Deliverer(
            self.database,
            list(self.sinks.values()),
            None,
            self.clock,
            workspace="team",
            patience=PATIENCE,
        )
        self.deliverer.begin()

    def post(
        self,
        number: int,
        what: Transition = Transition.OPENED,
        *,
        target: str = "C1",
        sink: str | None = None,
    ) -> None:
        name = sink or self.sink.name
        post = Post(
            key=f"w/B-{number:04d}/{what.value}/{name}-{target}",
            sink=name,
            target=target,
            transition=what,
            text=f"{number} {what.value}",
            blockers=(number,),
            level=1,
        )
        with self.database.write() as session:
            add_post(session, post, self.clock.now())

    def close(self, number: int) -> None:
        """Close a blocker, and tell of it whom its opening was told."""
        with self.database.write() as session:
            row = session.get_one(BlockerRow, number)
            row.status, row.closed, row.resolution = "resolved", self.clock.now(), "Proof"
            session.flush()
            supersede_unsent(session, number, self.clock.now())
            heard = heard_by(session, number)
        for sink, target in heard:
            self.post(number, Transition.CLOSED, target=target, sink=sink)

    def mark_stale(self, *, stale: bool = True) -> None:
        """Have every root message rendered anew, or none."""
        with self.database.write() as session:
            session.exec(update(RootRow).values(stale=stale))

    def pass_time(self, steps: int = 1, **span: float) -> None:
        for _ in range(steps):
            self.clock.advance(timedelta(**span))
            self.deliverer.deliver_all()

    def texts(self, name: str | None = None) -> list[str]:
        sink = self.sink if name is None else self.sinks[name]
        return [notice.text for notice in sink.notices]

    def fates(self) -> list[tuple[str, str | None]]:
        """Return each notice's text and its fate, oldest first."""
        with self.database.read() as session:
            assert find_odd_fates(session) == []
            rows = session.exec(select(EventRow).order_by(col(EventRow.id)))
            return [(_name(row), row.fate) for row in rows]

    def faults(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            return [(row.subject, row.text) for row in list_faults(session)]

    def state(self, name: str | None = None) -> tuple[str, str | None]:
        with self.database.read() as session:
            found = {row.name: (row.state, row.error) for row in list_sinks(session)}
        return found[name or self.sink.name]


def open_blockers(session: Session) -> None:
    """Put blockers 1 to 99 into a store."""
    session.add_all(make_row(NOON, number) for number in range(1, 100))


def _name(row: EventRow) -> str:
    return "digest" if "/digest/" in row.key else row.text
