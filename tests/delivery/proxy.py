"""A small HTTP proxy before the fake Slack that loses, delays and spoils, and remembers all."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from rollcall.clock import Clock
from rollcall.notify.fake_slack import FakeSlack

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


class Proxy:
    """Serve on 127.0.0.1 while the context lasts; ``choose`` names the next message's mishap."""

    def __init__(
        self, slack: FakeSlack, clock: Clock, choose: Callable[[Arguments], Mishap | None]
    ) -> None:
        self.arrivals: list[Arrival] = []
        self.closing = threading.Event()
        self._slack, self._clock, self._choose = slack, clock, choose
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/api/"

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


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    proxy: Proxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller that has hung up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        mishap = proxy.meet(self.path, body)
        kept = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
        status, answer = 200, b""
        if mishap is None or mishap.accepted:
            status, answer = proxy.forward(self.path, kept, body)
        self.close_connection = True
        if mishap is not None and mishap.line is Line.STALLS:
            proxy.closing.wait()
        if mishap is not None and mishap.line is not Line.ANSWERS:
            return
        if mishap is not None:
            status, answer = mishap.status, mishap.body
        self.send_response(status)
        if mishap is not None and mishap.retry_after_s is not None:
            self.send_header("Retry-After", str(mishap.retry_after_s))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: arrivals are remembered instead."""
