"""A Slack Web API on loopback, shipped for tests and the demo: it checks, remembers and misbehaves.

It knows ``auth.test``, ``chat.postMessage``, ``chat.update``, ``chat.postEphemeral``, ``users.info``,
``conversations.history``, ``conversations.replies`` and, with ``fake_slack_socket``,
``apps.connections.open``; it checks the bearer token, scopes, channels, threads and blocks as Slack
documents them, and does by script what a network and Slack do on a bad day. Where an HTTP proxy is
in the environment, ``NO_PROXY`` must name 127.0.0.1.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import parse_qsl

from rollcall.clock import Clock, SystemClock
from rollcall.notify.fake_slack_world import (
    Arguments,
    FakeMessage,
    Reply,
    SlackWorld,
    refusal,
)
from rollcall.notify.loopback import Answer, Loopback, Received

TOKEN = "xoxb-fake"  # noqa: S105 - opens nothing but this server
WEBHOOK = "incoming-webhook"
_HOOK_PATH = "/services/"
APP_TOKEN = "xapp-fake"  # noqa: S105 - the same
CHANNEL = "C0123456789"
SCOPES = ("chat:write", "channels:history", "groups:history", "users:read")


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


class FakeSlack(Loopback):
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
        super().__init__("the fake Slack", port)

    @property
    def base_url(self) -> str:
        """Return what ``notify.slack.base_url`` must be."""
        return f"{self.origin}/api/"

    @property
    def webhook(self) -> str:
        """Return the address of an incoming webhook for the first channel."""
        return f"{self.origin}{_HOOK_PATH}T1/B1/very-secret"

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

    def take(self, received: Received) -> Answer:
        """Carry one call out, or meet with its fault (used by the server's threads)."""
        method = received.path.rpartition("/")[2].partition("?")[0]
        if received.path.startswith(_HOOK_PATH):
            method = WEBHOOK
        fault = self.answer(method, _read_token(received), _read_arguments(received))
        headers = (
            ("Content-Type", "application/json; charset=utf-8"),
            ("x-oauth-scopes", ",".join(sorted(self.world.scopes))),
            *fault.headers,
        )
        return Answer(
            fault.status,
            headers,
            fault.body,
            drops=fault.misdeed in {Misdeed.DROP_BEFORE, Misdeed.DROP_AFTER},
            stalls=fault.misdeed is Misdeed.STALL_AFTER,
        )

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


def _read_token(received: Received) -> str | None:
    scheme, _, token = received.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" and token else None


def _read_arguments(received: Received) -> Arguments:
    type_ = received.headers.get("content-type", "").partition(";")[0]
    if type_.strip().lower() == "application/json":
        arguments = json.loads(received.body or b"{}")
        return arguments if isinstance(arguments, dict) else {}
    return dict(parse_qsl(received.body.decode(), keep_blank_values=True))
