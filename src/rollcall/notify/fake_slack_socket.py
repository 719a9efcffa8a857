"""The other end of Socket Mode on loopback, shipped for tests and the demo: clicks, and bad days.

It greets, sends envelopes as Slack does, remembers when each was acknowledged, asks for another
connection, and goes away with a word or without one.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import WebSocketException
from websockets.sync.server import Server, ServerConnection, serve

from rollcall.clock import SystemClock
from rollcall.notify.fake_slack import FakeSlack
from rollcall.notify.fake_slack_world import FakeMessage

TEAM = "T0123456789"
_WAIT_S = 10.0


@dataclass(slots=True)
class FakeEnvelope:
    """One envelope that was sent: ``after_s`` is when it was acknowledged, None where it was not."""

    id: str
    sent_s: float
    after_s: float | None = None
    acknowledged: threading.Event = field(default_factory=threading.Event)


class FakeSocket:
    """Serve Socket Mode for a fake Slack while the context lasts.

    >>> with FakeSlack() as slack, FakeSocket(slack) as socket:
    ...     socket.wait_for_line()
    ...     socket.click(slack.messages[0], "rollcall_acknowledge", person="U0123456789")
    """

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._clock = SystemClock()
        self._lock = threading.Condition()
        self._lines: list[ServerConnection] = []
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._port = 0
        self._stamps = 0
        self.greeted = 0
        self.is_mute = False
        self.envelopes: dict[str, FakeEnvelope] = {}
        self.answers: list[str] = []

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.go_away()

    @property
    def lines(self) -> int:
        """Return how many connections stand."""
        with self._lock:
            return len(self._lines)

    def come_back(self) -> None:
        """Listen, on the same port as before."""
        self._server = serve(self._talk, "127.0.0.1", self._port, close_timeout=0.2)
        self._port = self._server.socket.getsockname()[1]
        self._slack.socket_address = f"ws://127.0.0.1:{self._port}/link/?ticket=fake&app_id=A1"
        self._thread = threading.Thread(target=self._server.serve_forever, name="fake-socket")
        self._thread.start()

    def go_away(self) -> None:
        """Drop every connection without a word and listen no more."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self.drop_lines()

    def drop_lines(self) -> None:
        """Break every connection as a network does, without a word."""
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.socket.shutdown(SHUT_RDWR)
        self._wait(lambda: not set(lines) & set(self._lines))

    def wait_for_line(self, greeted: int = 1) -> None:
        """Wait until that many connections were greeted in all, and one of them stands."""
        self._wait(lambda: self.greeted >= greeted and bool(self._lines))

    def wait_for_lines(self, count: int) -> None:
        """Wait until just so many connections stand."""
        self._wait(lambda: len(self._lines) == count)

    def ask_to_refresh(self, reason: str = "refresh_requested") -> None:
        """Ask for another connection; this one stays open for now."""
        self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})

    def send(self, message: Mapping[str, Any] | str) -> None:
        """Send one frame over the newest connection."""
        with self._lock:
            line = self._lines[-1]
        line.send(message if isinstance(message, str) else json.dumps(message))

    def send_interaction(self, payload: object, *, id_: str | None = None) -> FakeEnvelope:
        """Send an interaction in an envelope, and return the envelope."""
        envelope = FakeEnvelope(id_ or str(uuid.uuid4()), self._clock.monotonic())
        self.envelopes[envelope.id] = envelope
        self.send(
            {
                "type": "interactive",
                "envelope_id": envelope.id,
                "payload": payload,
                "accepts_response_payload": True,
            }
        )
        return envelope

    def click(
        self,
        message: FakeMessage,
        action: str,
        *,
        person: str,
        block: int = 0,
        **more: Any,  # noqa: ANN401 - any part of Slack's JSON
    ) -> FakeEnvelope:
        """Press something in a message: ``action`` is its action_id, ``more`` what it then holds."""
        return self.send_interaction(
            self.make_click(message, action, person=person, block=block, **more)
        )

    def make_click(
        self,
        message: FakeMessage,
        action: str,
        *,
        person: str,
        block: int = 0,
        **more: Any,  # noqa: ANN401 - any part of Slack's JSON
    ) -> dict[str, Any]:
        """Return the payload that Slack sends for a click."""
        self._stamps += 1
        place = {"message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": False}
        return {
            "type": "block_actions",
            "user": {"id": person, "username": "handle", "name": "handle", "team_id": TEAM},
            "api_app_id": "A1",
            "team": {"id": TEAM, "domain": "example"},
            "container": {"type": "message", **place},
            "channel": {"id": message.channel, "name": "blockers"},
            "message": {"type": "message", "ts": message.ts, "metadata": message.metadata},
            "response_url": "https://hooks.slack.com/actions/T/1/x",
            "actions": [
                {
                    "action_id": action,
                    "block_id": message.controls[block][0],
                    "type": "button",
                    "action_ts": f"1770000000.{self._stamps:06}",
                    **more,
                }
            ],
        }

    def _talk(self, line: ServerConnection) -> None:
        with self._lock:
            self._lines.append(line)
            if not self.is_mute:
                line.send(json.dumps({"type": "hello", "num_connections": len(self._lines)}))
                self.greeted += 1
            self._lock.notify_all()
        try:
            for frame in line:
                self._take_answer(frame)
        except (WebSocketException, OSError):
            pass  # it broke, as it may
        finally:
            with self._lock:
                self._lines.remove(line)
                self._lock.notify_all()

    def _take_answer(self, frame: str | bytes) -> None:
        answer = json.loads(frame)
        self.answers.append(answer["envelope_id"])
        envelope = self.envelopes.get(answer["envelope_id"])
        if envelope is not None:
            envelope.after_s = self._clock.monotonic() - envelope.sent_s
            envelope.acknowledged.set()

    def _wait(self, until: Any) -> None:  # noqa: ANN401 - a predicate
        with self._lock:
            if not self._lock.wait_for(until, _WAIT_S):
                raise TimeoutError("the other end did not come to it")
