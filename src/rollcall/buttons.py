"""A click on a button in Slack becomes an instruction, and who clicked is told what came of it.

All of it happens in a thread of its own, so neither the worker nor Slack's 3 seconds wait for a
name or an answer. The same click is taken once, however often Slack tells of it; what the worker
made of it is told to the person alone. The blocker's messages show it to all.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rollcall.boundary import boundary
from rollcall.clock import Clock
from rollcall.config import Settings
from rollcall.errors import DeliveryFailed
from rollcall.moments import read_moment
from rollcall.notify.slack_api import SlackApi
from rollcall.notify.slack_blocks import MOST_TEXT, escape
from rollcall.notify.slack_buttons import Click, Press, read_click
from rollcall.notify.slack_people import SlackPeople
from rollcall.notify.socket_mode import FIRST_PAUSE_S, Mailbox, SocketMode
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.instructions import (
    NO_TERMS,
    Terms,
    add_instruction,
    is_origin_known,
    keep_origin,
    read_instruction,
)

SUBJECT = "slack buttons"
TIMEOUT_S = 3.0
PATIENCE_S = 60.0
SILENT_FOR_S = 300.0
_GLANCE_S = 0.1
_IDLE_S = 1.0
_STOP_S = 0.5

_log = logging.getLogger("rollcall")


@dataclass(frozen=True, slots=True)
class _Asked:
    """An instruction that somebody waits for, until ``until_s``."""

    instruction: int
    click: Click
    until_s: float


@dataclass(frozen=True, slots=True)
class Lines:
    """The two doors to Slack: with the bot's token, and with the app's."""

    bot: SlackApi
    app: SlackApi


class Buttons:
    """Takes clicks while Rollcall runs."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Clock,
        lines: Lines,
        wake: Callable[[], None],
        *,
        pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        """Wire the threads; nothing is called yet. ``wake`` has the worker look at once."""
        self._database = database
        self._settings = settings
        self._clock = clock
        self._api = lines.bot
        self._wake = wake
        self._people = SlackPeople(lines.bot)
        self._mailbox = Mailbox()
        self._socket = SocketMode(
            lines.app, clock, self._mailbox.put, self._note_line, pause_s=pause_s
        )
        self._asked: list[_Asked] = []
        self._refused = False
        self._silent_since_s: float | None = None
        self._stopping = threading.Event()
        self._taker = threading.Thread(target=self._take_clicks, name="slack-buttons", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._taker.start()
        self._socket.start()

    def stop(self) -> None:
        """Listen no more; a click that was not taken yet is answered by Slack as not taken."""
        self._stopping.set()
        self._mailbox.put(None)
        self._socket.stop()
        if self._taker.is_alive():
            self._taker.join(_STOP_S)

    def _take_clicks(self) -> None:
        while not self._stopping.is_set():
            with boundary(SUBJECT, self._log_only):
                payload = self._mailbox.take(_GLANCE_S if self._asked else _IDLE_S)
                if payload is not None:
                    self._take(payload)
                self._answer()
        # What Slack was told we have must not be lost with us.
        while (payload := self._mailbox.take(0.0)) is not None:
            with boundary(SUBJECT, self._log_only):
                self._take(payload)

    def _take(self, payload: Mapping[str, Any]) -> None:
        click = read_click(payload)
        if click is None or not self._is_ours(click):
            self._complain()
            return
        now = self._clock.now()
        author = f"{self._people.name_of(click.person, click.person_name)} (Slack)"
        verb, text, terms = self._say_order(click, now)
        with self._database.write() as session:
            if is_origin_known(session, click.origin):
                return
            id_ = add_instruction(session, verb, click.blocker, text, author, now, terms)
            keep_origin(session, id_, click.origin)
        self._asked.append(_Asked(id_, click, self._clock.monotonic() + PATIENCE_S))
        self._wake()

    def _say_order(self, click: Click, now: datetime) -> tuple[str, str, Terms]:
        match click.press:
            case Press.ACKNOWLEDGE:
                return "ack", "", NO_TERMS
            case Press.RESOLVE:
                return "resolve", "", NO_TERMS
            case Press.SNOOZE_HOUR:
                return "snooze", "", Terms(now + timedelta(hours=1))
            case Press.SNOOZE_TOMORROW:
                return "snooze", "", Terms(read_moment("tomorrow", now, self._settings))
            case Press.ASSIGN:
                return "assign", self._name_assignee(click.assignee or ""), NO_TERMS

    def _name_assignee(self, person: str) -> str:
        """Return the name that the settings give a Slack ID, else what Slack calls them."""
        for name, known in self._settings.people.items():
            if known.slack == person:
                return name
        return self._people.name_of(person)

    def _is_ours(self, click: Click) -> bool:
        if click.channel != self._settings.notify.slack.channel:
            return False
        with self._database.read() as session:
            return marks.get_mark(session, "uuid") == click.workspace

    def _answer(self) -> None:
        """Tell who clicked what came of it, as soon as the worker has done it."""
        waiting, self._asked = self._asked, []
        for one in waiting:
            with self._database.read() as session:
                row = read_instruction(session, one.instruction)
                done, words = row.done is not None, row.result or ""
            if done:
                self._tell_person(one.click, words)
            elif self._clock.monotonic() < one.until_s:
                self._asked.append(one)
            else:
                self._tell_person(one.click, f"{one.click.blocker}: noted, and not carried out yet")

    def _tell_person(self, click: Click, words: str) -> None:
        told = {
            "channel": click.channel,
            "user": click.person,
            "text": escape(words, MOST_TEXT),
        }
        try:
            self._api.call("chat.postEphemeral", told)
        except DeliveryFailed as failure:
            _log.warning("who clicked on %s was not answered: %s", click.blocker, failure)

    def _complain(self) -> None:
        if not self._refused:
            _log.warning(
                "Slack told of a click that is on no button of this workspace, or is not in "
                "notify.slack.channel; it and further ones are ignored. Two workspaces need two "
                "Slack apps: Slack tells either of a click, not both"
            )
        self._refused = True

    def _note_line(self, why: str | None) -> None:
        """Keep a fault of ours while there has been no line to Slack for a while."""
        at_s = self._clock.monotonic()
        now = self._clock.now()
        if why is not None:
            _log.warning("Slack's buttons: %s", why)
            self._silent_since_s = at_s if self._silent_since_s is None else self._silent_since_s
            if at_s - self._silent_since_s < SILENT_FOR_S:
                return
        else:
            self._silent_since_s = None
        with boundary(SUBJECT, self._log_only), self._database.write() as session:
            if why is not None:
                marks.note_fault(session, SUBJECT, why, now)
            if why is not None or marks.end_fault(session, SUBJECT):
                marks.mark_changed(session, [f"fault:{SUBJECT}"], now)

    def _log_only(self, subject: str, text: str) -> None:
        _log.error("%s: %s; going on", subject, text)


def open_lines(bot_token: str, app_token: str, base_url: str) -> Lines:
    """Return the doors for the two tokens; raises ``ConfigurationError`` for what can be none."""
    bot, app = (
        SlackApi(token, base_url=base_url, timeout_s=TIMEOUT_S) for token in (bot_token, app_token)
    )
    return Lines(bot, app)
