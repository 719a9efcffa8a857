"""An HTTP server on 127.0.0.1 for the shipped fakes: it takes posts, and hangs up or stalls."""

from __future__ import annotations

import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_POLL_S = 0.01
_CHUNK = b"x" * 65_536


@dataclass(frozen=True, slots=True)
class Received:
    """One post as it arrived; names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: a status, headers, a body, and ``huge`` for a body that does not end.

    ``drops`` closes the line without an answer, ``stalls`` keeps it open without one until the
    server closes; both after the post was taken.
    """

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    huge: bool = False
    drops: bool = False
    stalls: bool = False


class Loopback(ABC):
    """Serve HTTP while the context lasts; a fault of the fake itself is raised at its end."""

    def __init__(self, name: str, port: int = 0) -> None:
        """Listen at once on ``port`` (0: any free one); answering begins with the context."""
        self._name = name
        self._closing = threading.Event()
        self._server = _Server(self, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name=name
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._server.errors and error is None:
            raise RuntimeError(f"{self._name} failed: {self._server.errors}")

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return self._server.server_port

    @property
    def origin(self) -> str:
        """Return what every address of the server begins with, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_closing(self) -> bool:
        """Tell whether the context ends."""
        return self._closing.is_set()

    def wait_for_closing(self) -> None:
        """Hold a stalled line until the context ends."""
        self._closing.wait()

    @abstractmethod
    def take(self, received: Received) -> Answer:
        """Take one post and return its answer (called by the server's threads)."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, taker: Loopback, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.taker = taker
        self.errors: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as inherited
        """Remember a failure of the fake itself; a client that hangs up is none."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.errors.append(repr(error))
        del request, client_address


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Read one post, answer it or misbehave."""
        taker = self.server.taker
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = taker.take(Received(self.path, headers, body))
        self.close_connection = True
        if answer.stalls:
            taker.wait_for_closing()
        if answer.stalls or answer.drops:
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if not answer.huge:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        while answer.huge and not taker.is_closing:
            self.wfile.write(_CHUNK)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: a fake remembers what it took."""
