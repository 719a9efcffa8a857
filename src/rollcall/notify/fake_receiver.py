"""An HTTP server on loopback that takes posts, shipped for tests: it remembers and misbehaves."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_POLL_S = 0.01
_CHUNK = b"x" * 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: a status, headers, and ``huge`` for a body that does not end.

    ``drops`` closes the line without an answer, ``stalls`` keeps it open without one until the
    receiver closes; both after the post was taken.
    """

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    huge: bool = False
    drops: bool = False
    stalls: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """One post in the order of arrival; names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class FakeReceiver:
    """Serve on 127.0.0.1 while the context lasts.

    >>> with FakeReceiver() as receiver:
    ...     httpx.post(receiver.url)
    """

    def __init__(self, path: str = "/hook") -> None:
        """Listen at once; answering begins with the context."""
        self.received: list[Received] = []
        self._path = path
        self._answers: deque[Answer] = deque()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="fake-receiver"
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
            raise RuntimeError(f"the fake receiver failed: {self._server.errors}")

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Return the address to post to."""
        return f"http://127.0.0.1:{self.port}{self._path}"

    def answer_next(self, *answers: Answer) -> None:
        """Let the next posts be answered so, one each; then 204 again."""
        with self._lock:
            self._answers.extend(answers)

    def take(self, received: Received) -> Answer:
        """Remember one post and return its answer (used by the server's threads)."""
        with self._lock:
            self.received.append(received)
            return self._answers.popleft() if self._answers else self.judge(received)

    def judge(self, received: Received) -> Answer:
        """Return the answer to a post for which none was set."""
        del received
        return Answer()

    def wait_for_closing(self) -> None:
        """Hold a stalled line until the context ends."""
        self._closing.wait()

    @property
    def is_closing(self) -> bool:
        """Tell whether the context ends."""
        return self._closing.is_set()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, receiver: FakeReceiver) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receiver = receiver
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
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = receiver.take(Received(self.path, headers, body))
        self.close_connection = True
        if answer.stalls:
            receiver.wait_for_closing()
        if answer.stalls or answer.drops:
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if not answer.huge:
            self.send_header("Content-Length", "0")
        self.end_headers()
        while answer.huge and not receiver.is_closing:
            self.wfile.write(_CHUNK)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: posts are remembered instead."""
