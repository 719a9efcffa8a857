"""A Slack Web API on loopback, shipped for tests and the demo: it checks, remembers and misbehaves.

It knows ``auth.test``, ``chat.postMessage``, ``chat.update``, ``chat.postEphemeral``, ``users.info``,
``conversations.history``, ``conversations.replies`` and, with ``fake_slack_socket``,
``apps.connections.open``; it checks the bearer token, scopes, channels, threads and blocks as Slack
documents them, and does by script what a network and Slack do on a bad day. Where an HTTP proxy is
in the environment, ``NO_PROXY`` must name 127.0.0.1.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from rollcall.clock import Clock, SystemClock
from rollcall.notify.fake_slack_world import (
    Arguments,
    FakeMessage,
    Reply,
    SlackWorld,
    refusal,
)

TOKEN = "xoxb-fake"  # noqa: S105 - opens nothing but this server
WEBHOOK = "incoming-webhook"
_HOOK_PATH = "/services/"
APP_TOKEN = "xapp-fake"  # noqa: S105 - the same
CHANNEL = "C0123456789"
SCOPES = ("chat:write", "channels:history", "groups:history", "users:read")
_POLL_S = 0.01


class Misdeed(Enum):
    """What the fake does in place of answering well."""

    ANSWER = auto()
    DROP_BEFORE = auto()
    DROP_AFTER = auto()
    STALL_AFTER = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """One call's misfortune; made by the functions below."""

    misdeed: Misdeed
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def rate_limited(retry_after_s: int | None = None) -> Fault:
    """Answer 429, with ``Retry-After`` or without."""
    headers = () if retry_after_s is None else (("Retry-After", str(retry_after_s)),)
    body = json.dumps(refusal("ratelimited")).encode()
    return Fault(Misdeed.ANSWER, 429, body, headers)


def http_error(status: int) -> Fault:
    """Answer with an HTTP status and a page that is no JSON, as a proxy in between does."""
    return Fault(Misdeed.ANSWER, status, b"<html>bad gateway</html>")


def refused(code: str) -> Fault:
    """Answer ``ok: false`` with Slack's word for why."""
    return Fault(Misdeed.ANSWER, 200, json.dumps(refusal(code)).encode())


def garbage(body: bytes = b"\xff\xfe not json") -> Fault:
    """Answer 200 with something that is no Slack answer."""
    return Fault(Misdeed.ANSWER, 200, body)


def drop_before() -> Fault:
    """Close the line without carrying the call out."""
    return Fault(Misdeed.DROP_BEFORE)


def drop_after() -> Fault:
    """Carry the call out, then close the line without an answer."""
    return Fault(Misdeed.DROP_AFTER)


def stall_after() -> Fault:
    """Carry the call out, then keep the line open without an answer until the fake closes."""
    return Fault(Misdeed.STALL_AFTER)


@dataclass(frozen=True, slots=True)
class FakeCall:
    """One call in the order of arrival: its arguments, and what was answered (None: nothing)."""

    method: str
    arguments: Arguments
    answer: Reply | None


class FakeSlack:
    """Serve the fake on 127.0.0.1 while the context lasts.

    >>> with FakeSlack() as slack:
    ...     sink = SlackSink(slack.token, base_url=slack.base_url)
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        token: str = TOKEN,
        channels: Sequence[str] = (CHANNEL,),
        scopes: Sequence[str] = SCOPES,
        port: int = 0,
    ) -> None:
        """Listen at once on ``port`` (0: any free one); answering begins with the context."""
        self.token = token
        self.app_token = APP_TOKEN
        self.socket_address: str | None = None
        self.world = SlackWorld(clock or SystemClock(), channels, scopes)
        self.calls: list[FakeCall] = []
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(self, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="fake-slack"
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
            raise RuntimeError(f"the fake Slack failed: {self._server.errors}")

    @property
    def base_url(self) -> str:
        """Return what ``notify.slack.base_url`` must be."""
        return f"http://127.0.0.1:{self._server.server_port}/api/"

    @property
    def webhook(self) -> str:
        """Return the address of an incoming webhook for the first channel."""
        return f"http://127.0.0.1:{self._server.server_port}{_HOOK_PATH}T1/B1/very-secret"

    @property
    def messages(self) -> list[FakeMessage]:
        """Return the messages that stand, in the order of posting, replies too."""
        with self._lock:
            return [one for one in self.world.messages if not one.deleted]

    def fail_next(self, method: str, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` calls of ``method`` meet with ``fault``."""
        with self._lock:
            self._faults[method].extend([fault] * times)

    def delete(self, ts: str) -> None:
        """Remove a message as a person would."""
        self._find(ts).deleted = True

    def freeze(self, ts: str, code: str = "edit_window_closed") -> None:
        """Let edits of a message be refused with ``code``."""
        self._find(ts).frozen = code

    def count(self, method: str) -> int:
        """Return how many calls of ``method`` arrived."""
        with self._lock:
            return sum(one.method == method for one in self.calls)

    def answer(self, method: str, token: str | None, arguments: Arguments) -> Fault:
        """Carry one call out and return what goes over the line (used by the server's threads)."""
        with self._lock:
            fault = self._faults[method].popleft() if self._faults[method] else None
            reply: Reply | None = None
            if fault is None or fault.misdeed in {Misdeed.DROP_AFTER, Misdeed.STALL_AFTER}:
                reply = self._carry_out(method, token, arguments)
            self.calls.append(FakeCall(method, arguments, None if fault else reply))
        if fault is not None:
            return fault
        if method == WEBHOOK and reply is not None:
            # A webhook answers with a word alone.
            word = "ok" if reply["ok"] else str(reply["error"])
            return Fault(Misdeed.ANSWER, 200 if reply["ok"] else 400, word.encode())
        return Fault(Misdeed.ANSWER, 200, json.dumps(reply).encode())

    def wait_for_closing(self) -> None:
        """Hold a stalled line until the context ends."""
        self._closing.wait()

    def _carry_out(self, method: str, token: str | None, arguments: Arguments) -> Reply:
        if method == WEBHOOK:
            channel = next(iter(self.world.channels))
            return self.world.carry_out("chat.postMessage", {**arguments, "channel": channel})
        if token is None:
            return refusal("not_authed")
        if method == "apps.connections.open":
            return self._open_connection(token)
        if token != self.token:
            return refusal("invalid_auth")
        return self.world.carry_out(method, arguments)

    def _open_connection(self, token: str) -> Reply:
        if token != self.app_token:
            return refusal("not_allowed_token_type" if token == self.token else "invalid_auth")
        if self.socket_address is None:
            return refusal("internal_error")
        return {"ok": True, "url": self.socket_address}

    def _find(self, ts: str) -> FakeMessage:
        message = self.world.get(ts)
        if message is None:
            raise KeyError(f"no message under ts {ts}")
        return message


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, slack: FakeSlack, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.slack = slack
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
        """Read one call, answer it or misbehave."""
        slack = self.server.slack
        method = self.path.rpartition("/")[2].partition("?")[0]
        if self.path.startswith(_HOOK_PATH):
            method = WEBHOOK
        fault = slack.answer(method, self._read_token(), self._read_arguments())
        self.close_connection = True
        if fault.misdeed is Misdeed.STALL_AFTER:
            slack.wait_for_closing()
        if fault.misdeed is not Misdeed.ANSWER:
            return
        self.send_response(fault.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(fault.body)))
        self.send_header("x-oauth-scopes", ",".join(sorted(slack.world.scopes)))
        for name, value in fault.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(fault.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: calls are remembered instead."""

    def _read_token(self) -> str | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" and token else None

    def _read_arguments(self) -> Arguments:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get_content_type() == "application/json":
            arguments = json.loads(body or b"{}")
            return arguments if isinstance(arguments, dict) else {}
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
