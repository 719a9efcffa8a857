"""A worker that decides, claims, sends and records, forked already imported, to be killed anywhere.

The parent is a process of its own with a single thread, so a fork inherits no held lock. It reads
one line for each life: the milliseconds after which it is killed, or ``all`` for one that may finish;
it answers with the exit code, minus the signal.
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.orm import configure_mappers
from sqlmodel import Session, col, func
from sqlmodel import select as choose

from blockers import make_row
from rollcall.clock import SystemClock
from rollcall.delivery import Deliverer
from rollcall.model import Transition
from rollcall.notify.fake_slack import CHANNEL
from rollcall.notify.http_door import HttpDoor
from rollcall.notify.slack import SlackSink
from rollcall.notify.webhook import WebhookSink
from rollcall.sink_health import Patience
from rollcall.store.database import Database
from rollcall.store.outbox import Post, add_post, heard_by, supersede_unsent
from rollcall.store.tables import BlockerRow

# Lives are short, and what failed in one is to be tried again in the next.
_IMPATIENT = Patience(
    first_pause=timedelta(milliseconds=1),
    longest_pause=timedelta(milliseconds=1),
    step_back=timedelta(milliseconds=1),
)


class Couriers:
    """Lives one after the other over one store, while the context lasts."""

    def __init__(self, store: Path, url: str, secret: str, sink: str = "slack") -> None:
        """Tell Slack at its base URL, with a token; or a webhook at its URL, signed by a secret."""
        self._arguments = [str(store), url, secret, sink]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "process.courier", *self._arguments],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=30)

    def kill(self, times: int, seed: int) -> int:
        """Kill lives at random moments, ``times`` in all; return how many began."""
        moments, clock = random.Random(seed), SystemClock()
        assert self.live(None) == 0  # it makes the database, which takes longer
        begun_s = clock.monotonic()
        assert self.live(None) == 0
        longest_ms = 1000 * (clock.monotonic() - begun_s)
        killed = lives = 0
        while killed < times:
            code = self.live(moments.uniform(0, longest_ms))
            assert code in {0, -9}, f"seed {seed}: a life ended by itself with {code}"
            killed += code == -9
            lives += 1
        return lives

    def live(self, milliseconds: float | None) -> int:
        """Let one life begin, and kill it after a while or let it finish; return its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = "all" if milliseconds is None else str(milliseconds)
        self._process.stdin.write(f"{asked}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def open_blocker(session: Session, sink: str, now: datetime) -> int:
    """Decide: open one more blocker and tell of it, in one transaction."""
    number = (session.exec(choose(func.max(BlockerRow.number))).one() or 0) + 1
    session.add(make_row(now, number))
    session.flush()
    _tell(session, sink, number, Transition.OPENED, now)
    return number


def close_blockers(session: Session, sink: str, now: datetime) -> None:
    """Decide: close what is open and tell whoever heard of it."""
    for row in session.exec(choose(BlockerRow).where(col(BlockerRow.closed).is_(None))).all():
        number = row.number or 0
        row.status, row.closed, row.resolution = "resolved", now, "Proof"
        session.add(row)
        session.flush()
        supersede_unsent(session, number, now)
        if heard_by(session, number):
            _tell(session, sink, number, Transition.CLOSED, now)


def _tell(session: Session, sink: str, number: int, what: Transition, now: datetime) -> None:
    key = f"w/B-{number:04d}/{what.value}/{sink}"
    words = f"B-{number:04d} {what.value}"
    target = CHANNEL if sink == "slack" else ""
    add_post(session, Post(key, sink, target, what, words, (number,), level=1), now)


def _make_sink(kind: str, url: str, secret: str, clock: SystemClock) -> SlackSink | WebhookSink:
    if kind == "slack":
        return SlackSink(secret, base_url=url, timeout_s=5)
    door = HttpDoor(url, title="Webhook", clock=clock, allow_private=True)
    return WebhookSink(door, secret, clock)


def _live(store: str, url: str, secret: str, kind: str, *, last: bool) -> None:
    clock = SystemClock()
    database = Database(Path(store))
    database.prepare(clock.now())
    sink = _make_sink(kind, url, secret, clock)
    deliverer = Deliverer(database, [sink], None, clock, workspace="team", patience=_IMPATIENT)
    deliverer.begin()
    with database.write() as session:
        open_blocker(session, kind, clock.now())
    deliverer.deliver_all()
    with database.write() as session:
        close_blockers(session, kind, clock.now())
    deliverer.deliver_all()
    if last:
        deliverer.close()
    database.close()


def _serve(arguments: list[str]) -> None:
    while line := sys.stdin.readline().strip():
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                _live(*arguments, last=line == "all")
                code = 0
            finally:
                os._exit(code)
        if line != "all":
            select.select([], [], [], float(line) / 1000)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    configure_mappers()
    _serve(sys.argv[1:])
