"""A small HTTP proxy before the fake Slack that loses, delays and spoils, and remembers all."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

from rollcall.clock import Clock
from rollcall.notify.fake_slack import FakeSlack
from rollcall.notify.loopback import Answer, Loopback, Received

Arguments = Mapping[str, Any]


class Line(Enum):
    """What becomes of the line to the caller."""

    ANSWERS = auto()
    RESETS = auto()
    STALLS = auto()


@dataclass(frozen=True, slots=True)
class Mishap:
    """One call's misfortune; ``accepted``: Slack has carried it out all the same.

    ``needs`` is the argument without which the call cannot meet it.
    """

    name: str
    accepted: bool = False
    line: Line = Line.ANSWERS
    status: int = 200
    body: bytes = b""
    retry_after_s: int | None = None
    needs: str = ""


def refused(code: str, *, accepted: bool = False, needs: str = "") -> Mishap:
    body = json.dumps({"ok": False, "error": code}).encode()
    return Mishap(code, accepted, body=body, needs=needs)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One new message on its way: when it came, its key, and what happened to it."""

    at_s: float
    key: str
    mishap: Mishap | None


class Proxy(Loopback):
    """Serve on 127.0.0.1 while the context lasts; ``choose`` names the next message's mishap."""

    def __init__(
        self, slack: FakeSlack, clock: Clock, choose: Callable[[Arguments], Mishap | None]
    ) -> None:
        self.arrivals: list[Arrival] = []
        self._slack, self._clock, self._choose = slack, clock, choose
        super().__init__("the proxy")

    @property
    def base_url(self) -> str:
        return f"{self.origin}/api/"

    def take(self, received: Received) -> Answer:
        """Let a call pass to Slack, unless what happens to it forbids, and answer as that says."""
        mishap = self.meet(received.path, received.body)
        status, body = 200, b""
        if mishap is None or mishap.accepted:
            kept = {name: received.headers[name] for name in ("authorization", "content-type")}
            status, body = self.forward(received.path, kept, received.body)
        if mishap is None:
            return Answer(status, body=body)
        wait = mishap.retry_after_s
        return Answer(
            mishap.status,
            () if wait is None else (("Retry-After", str(wait)),),
            mishap.body,
            drops=mishap.line is Line.RESETS,
            stalls=mishap.line is Line.STALLS,
        )

    def meet(self, path: str, body: bytes) -> Mishap | None:
        """Note a new message and say what happens to it; other calls pass."""
        if not path.endswith("/chat.postMessage"):
            return None
        arguments = json.loads(body)
        key = arguments["metadata"]["event_payload"]["key"]
        mishap = self._choose(arguments)
        self.arrivals.append(Arrival(self._clock.monotonic(), key, mishap))
        return mishap

    def forward(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        place = urlsplit(self._slack.base_url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
