"""Slack's Socket Mode: a WebSocket over which Slack tells us what people do, such as a click.

``apps.connections.open`` gives an address for one connection; Slack greets with ``hello``, sends
envelopes, each of which wants its id back within 3 seconds, and asks for another connection with
``disconnect`` every few hours. Envelopes are slack-sdk's; the connection is kept by ``websockets``,
since the SDK's own client spins where the other end goes away without a word, and loses a frame
that comes in two pieces with a pause between. Source: Slack's "Using Socket Mode".
"""

from __future__ import annotations

import json
import logging
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from rollcall.clock import Clock
from rollcall.errors import DeliveryFailed
from rollcall.notify.slack_api import SlackApi

TIMEOUT_S = 10.0
PING_S = 20.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
REFUSED_PAUSE_S = 300.0
STEADY_S = 10.0
LAST_WORDS_S = 0.5
MOST_BYTES = 4 * 1024 * 1024

_log = logging.getLogger("rollcall")
# What is on the line may name people and holds a ticket in its address.
_SILENT = logging.getLogger("rollcall.notify.websockets")
_SILENT.setLevel(logging.CRITICAL)
_SILENT.propagate = False

OnPayload = Callable[[Mapping[str, Any]], bool]
"""Takes the payload of an interaction, at once: the line waits for it.

Returns False where it could not be kept: Slack is not told that we have it, and tells of it again.
"""


class Note(Protocol):
    """What is told of the line."""

    def __call__(self, why: str | None, *, is_lasting: bool) -> None:
        """Take why there is none, None once there is one; ``is_lasting``: only a person mends it."""
        ...


class SocketMode:
    """Keep one line to Slack open, in threads of its own, and acknowledge what is kept of it."""

    def __init__(
        self,
        app_api: SlackApi,
        clock: Clock,
        on_payload: OnPayload,
        note: Note,
        *,
        pause_s: float = FIRST_PAUSE_S,
        greeting_s: float = TIMEOUT_S,
    ) -> None:
        """Take the API with the app-level token; nothing is called yet."""
        self._api = app_api
        self._clock = clock
        self._on_payload = on_payload
        self._note = note
        self._pause_s, self._greeting_s = pause_s, greeting_s
        self._stopping = threading.Event()
        self._line: _Line | None = None
        self._keeper = threading.Thread(target=self._keep_line, name="socket-mode", daemon=True)

    def start(self) -> None:
        """Begin to keep a line."""
        self._keeper.start()

    def stop(self, within_s: float = 2 * LAST_WORDS_S) -> None:
        """Close the line; what does not end in time is left to end with the process."""
        self._stopping.set()
        line = self._line
        if line is not None:
            # Here, since the keeper may be waiting for another line to be greeted.
            line.close()
        if self._keeper.is_alive():
            self._keeper.join(within_s)

    def _keep_line(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            fresh, pause_s = self._open_line()
            if fresh is None:
                failures += 1
                self._stopping.wait(max(pause_s, self._next_pause_s(failures)))
                continue
            # The old line is left only now: a click in between finds one or the other.
            self._leave_line()
            self._line = fresh
            if self._stopping.is_set():
                break
            self._say(None)
            begun_s = self._clock.monotonic()
            self._wait_for(fresh.leave)
            # One that is given up at once, again and again, is not to be opened as often.
            was_steady = self._clock.monotonic() - begun_s >= STEADY_S
            failures = 0 if was_steady else failures + 1
            if failures:
                self._stopping.wait(self._next_pause_s(failures))
        self._leave_line()

    def _open_line(self) -> tuple[_Line | None, float]:
        """Return a line that Slack has greeted, or the seconds that it asks us to wait at least."""
        try:
            address = self._api.call("apps.connections.open", {}).text("url")
        except DeliveryFailed as failure:
            self._say(str(failure), is_lasting=failure.permanent)
            return None, REFUSED_PAUSE_S if failure.permanent else failure.retry_after_s or 0.0
        line = _Line(address, self._on_payload)
        line.start()
        if line.settled.wait(self._greeting_s) and line.is_up:
            return line, 0.0
        line.close()
        self._say(f"Slack's Socket Mode: no greeting came ({line.why or 'in time'})")
        return None, 0.0

    def _say(self, why: str | None, *, is_lasting: bool = False) -> None:
        if not self._stopping.is_set():
            self._note(why, is_lasting=is_lasting)

    def _leave_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _wait_for(self, leave: threading.Event) -> None:
        while not leave.wait(PING_S):
            if self._stopping.is_set():
                return

    def _next_pause_s(self, failures: int) -> float:
        longest: float = min(self._pause_s * 2 ** min(failures - 1, 10), LONGEST_PAUSE_S)
        # Spread, so that many daemons do not come back in the same second.
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret hangs on it


class _Line(threading.Thread):
    """One connection: reads, acknowledges and hands on until either end has enough."""

    def __init__(self, address: str, on_payload: OnPayload) -> None:
        super().__init__(name="socket-mode-line", daemon=True)
        self._address = address
        self._on_payload = on_payload
        self._socket: ClientConnection | None = None
        self._complained = False
        self._closing = threading.Event()
        self.settled = threading.Event()
        self.leave = threading.Event()
        self.is_up = False
        self.why = ""

    def run(self) -> None:
        try:
            with connect(
                self._address,
                open_timeout=TIMEOUT_S,
                ping_interval=PING_S,
                ping_timeout=PING_S,
                close_timeout=LAST_WORDS_S,
                max_size=MOST_BYTES,
                logger=_SILENT,
            ) as socket:
                self._socket = socket
                if self._closing.is_set():
                    return
                for frame in socket:
                    self._take(socket, frame)
        except (OSError, WebSocketException, ValueError) as error:
            self.why = type(error).__name__
        finally:
            self.is_up = False
            self.settled.set()
            self.leave.set()

    def close(self) -> None:
        """End the line, whatever the other end says to that; one that is being opened, once it is."""
        self._closing.set()
        self.leave.set()
        if self._socket is not None:
            self._socket.close()

    def _take(self, socket: ClientConnection, frame: str | bytes) -> None:
        try:
            message = json.loads(frame)
        except ValueError:
            message = None
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "hello":
            self.is_up = True
            self.settled.set()
        elif kind == "disconnect":
            self.leave.set()
        elif isinstance(message, dict) and isinstance(message.get("envelope_id"), str):
            self._take_envelope(socket, message)
        elif not self._complained:
            self._complained = True
            _log.warning("Slack's Socket Mode: something came that is no envelope; ignored")

    def _take_envelope(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        payload = message.get("payload")
        request = SocketModeRequest.from_dict(message) if isinstance(payload, dict) else None
        # Slack gives 3 seconds, repeats what it missed, and never tells again of what we said we have.
        is_click = request is not None and request.type == "interactive"
        if is_click and not self._on_payload(message["payload"]):
            return
        response = SocketModeResponse(envelope_id=message["envelope_id"])
        socket.send(json.dumps(response.to_dict()))
