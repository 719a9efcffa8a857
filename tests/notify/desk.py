"""A workspace with Slack's two ends on loopback: mara is late, and people click."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select

from rollcall.buttons import Buttons, open_lines
from rollcall.clock import ManualClock, SystemClock
from rollcall.config import Settings
from rollcall.notify.fake_slack import CHANNEL, FakeSlack
from rollcall.notify.fake_slack_socket import FakeEnvelope, FakeSocket
from rollcall.notify.fake_slack_world import FakeMessage
from rollcall.notify.slack_clicks import KeptClicks
from rollcall.store.ledger import list_blockers, list_transitions
from rollcall.store.tables import InstructionRow
from rollcall.wiring import build_works
from rollcall.workspace import find_workspace

NOOR, IVO, STRANGER = "U0000000001", "U0000000002", "U0000000009"
BEGIN = datetime(2026, 2, 7, 14, 0, tzinfo=UTC)
ENTRY = "## 2026-02-07 14:00Z parser\n- `pytest tests/test_parser.py` -> 12 passed\n"


def wait_until(look: Callable[[], Any], within_s: float = 30.0) -> Any:
    clock, pause = SystemClock(), threading.Event()
    until_s = clock.monotonic() + within_s
    while not (found := look()):
        assert clock.monotonic() < until_s, "it did not happen"
        pause.wait(0.005)
    return found


class Desk:
    """Runs the worker by hand in the test's thread, and the buttons in their own."""

    def __init__(
        self,
        root: Path,
        slack: FakeSlack,
        socket: FakeSocket,
        agents: tuple[str, ...] = ("mara",),
        *settings: str,
        name: str = "team",
        clock: ManualClock | None = None,
    ) -> None:
        self.slack, self.socket = slack, socket
        self.clock = clock or ManualClock(BEGIN)
        self.woken = threading.Event()
        self.root = root / name
        for agent in agents:
            path = self.root / "feedback" / f"{agent}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(ENTRY, encoding="utf-8")
        slack.world.people |= {NOOR: "noor", IVO: "Ivo K."}
        self._overrides = (
            f'notify.slack.channel="{CHANNEL}"',
            f'notify.slack.base_url="{slack.base_url}"',
            "notify.slack.per_second=100.0",
            f'people.ivo.slack="{IVO}"',
            *settings,
        )
        workspace = find_workspace(self.root, workspace=self.root, overrides=self._overrides)
        tokens = {"SLACK_BOT_TOKEN": slack.token, "SLACK_APP_TOKEN": slack.app_token}
        self.works = build_works(workspace, self.clock, tokens)
        self.settings = workspace.settings
        self.listen()
        self.works.deliverer.begin()
        if self.works.projection is not None:
            self.works.projection.begin()
        self.work()

    def read_settings(self, *more: str) -> Settings:
        """Return the settings with others besides."""
        overrides = (*self._overrides, *more)
        return find_workspace(self.root, workspace=self.root, overrides=overrides).settings

    def listen(self) -> None:
        """Begin to listen to clicks, as a new process life does."""
        lines = open_lines(self.slack.token, self.slack.app_token, self.slack.base_url)
        self.buttons = Buttons(
            self.works.database, self.settings, self.clock, lines, self.woken.set, pause_s=0.02
        )
        self.buttons.start()

    @property
    def kept(self) -> KeptClicks:
        """Return the clicks that are on the disk."""
        path = self.works.database.path
        assert path is not None
        return KeptClicks(path.with_name(f"{path.name}-clicks"))

    def count_instructions(self) -> int:
        with self.works.database.read() as session:
            return len(session.exec(select(InstructionRow.id)).all())

    def close(self) -> None:
        self.buttons.stop()
        self.works.close()

    def work(self, **later: float) -> None:
        """Let that much time pass, then do one round and deliver."""
        self.clock.advance(timedelta(**later))
        self.works.pipeline.begin(self.clock.now(), self.clock.now() + timedelta(minutes=30))
        self.works.pipeline.sweep(self.clock.now())
        self.works.pipeline.tick(self.clock.now())
        for _ in range(50):
            self.works.deliverer.deliver_ready()
            self.clock.advance(timedelta(milliseconds=20))

    def open_blocker(self) -> FakeMessage:
        """Let everybody be late, and return the message that says so."""
        self.work(minutes=11)
        return self.slack.messages[-1]

    def click(
        self, message: FakeMessage, press: str, person: str = NOOR, **more: Any
    ) -> FakeEnvelope:
        """Click, have the worker carry it out, and wait until the person was answered."""
        told = len(self.slack.world.whispers)
        self.woken.clear()
        envelope = self.socket.click(message, f"rollcall_{press}", person=person, **more)
        assert envelope.acknowledged.wait(3)
        assert self.woken.wait(8)
        self.work(seconds=1)
        wait_until(lambda: len(self.slack.world.whispers) > told)
        return envelope

    @property
    def whispers(self) -> list[str]:
        return [f"{one.user}: {one.text}" for one in self.slack.world.whispers]

    def blocker(self, number: int = 0) -> Any:
        with self.works.database.read() as session:
            return list_blockers(session)[number]

    def audit(self, id_: str = "B-0001") -> list[tuple[str, str, str]]:
        """Return (what, why, by) of what people did to a blocker."""
        with self.works.database.read() as session:
            return [
                (row.what, row.why, row.by)
                for row in list_transitions(session, id_)
                if row.by != "rollcall"
            ]

    def log(self) -> str:
        return (self.root / "docs" / "blockers-log.md").read_text(encoding="utf-8")
