"""A click on a button in Slack becomes an instruction, and who clicked is told what came of it.

A click is on the disk before Slack is told that we have it, and from there on never lost: what an
earlier process life left there is taken at the start. The rest happens in a thread of its own, so
neither the worker nor Slack's 3 seconds wait for a name or an answer. The same click is taken once,
however often Slack tells of it; what the worker made of it is told to the person alone. The
blocker's messages show it to all.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rollcall.boundary import boundary
from rollcall.clock import Clock
from rollcall.config import Settings
from rollcall.errors import DeliveryFailed
from rollcall.moments import read_moment
from rollcall.notify.slack_api import SlackApi
from rollcall.notify.slack_blocks import MOST_TEXT, escape, plain_section
from rollcall.notify.slack_buttons import Click, Press, read_click
from rollcall.notify.slack_clicks import KeptClick, KeptClicks
from rollcall.notify.slack_people import SlackHome, SlackPeople
from rollcall.notify.socket_mode import FIRST_PAUSE_S, SocketMode
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.instructions import (
    NO_TERMS,
    Terms,
    add_instruction,
    find_by_origin,
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
_AGAIN_S = 5.0

_log = logging.getLogger("rollcall")


@dataclass(frozen=True, slots=True)
class _Asked:
    """An instruction that somebody waits for, until ``until_s``; not looked at before ``next_s``."""

    instruction: int
    click: Click
    until_s: float
    next_s: float = 0.0


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
        known = {name: one.slack for name, one in settings.people.items()}
        self._people, self._home = SlackPeople(lines.bot, known), SlackHome(lines.bot)
        self._kept = KeptClicks(_beside(database))
        self._coming: queue.SimpleQueue[KeptClick | None] = queue.SimpleQueue()
        self._socket = SocketMode(lines.app, clock, self._keep, self._note_line, pause_s=pause_s)
        self._uuid: str | None = None
        self._waiting: list[KeptClick] = []
        self._again_s = 0.0
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
        """Listen no more; a click that was kept and not taken yet is taken at the next start."""
        self._stopping.set()
        self._coming.put(None)
        self._socket.stop()
        if self._taker.is_alive():
            self._taker.join(_STOP_S)

    def _keep(self, payload: Mapping[str, Any]) -> bool:
        """Keep a click on the disk; False where it could not be, so that Slack tells of it again."""
        failures: list[str] = []
        with boundary(SUBJECT, lambda _subject, text: failures.append(text)):
            self._keep_click(read_click(payload))
        if failures:
            _log.error("a click cannot be kept, so Slack tells of it as lost: %s", failures[0])
        return not failures

    def _keep_click(self, click: Click | None) -> None:
        if click is None or not self._is_ours(click):
            self._complain()
            return
        kept = self._kept.keep(click, self._clock.now())
        if kept is not None:
            self._coming.put(kept)

    def _take_clicks(self) -> None:
        with boundary(SUBJECT, self._log_only):
            self._waiting += self._kept.list_left()
        while not self._stopping.is_set():
            with boundary(SUBJECT, self._log_only):
                self._receive(_GLANCE_S if self._asked or self._waiting else _IDLE_S)
                self._take_waiting()
                self._answer()
        # Nothing would be lost, but who clicked need not wait for the next start.
        with boundary(SUBJECT, self._log_only):
            self._take_waiting()

    def _receive(self, wait_s: float) -> None:
        try:
            kept = self._coming.get(timeout=wait_s)
        except queue.Empty:
            return
        self._waiting += [] if kept is None else [kept]

    def _take_waiting(self) -> None:
        while self._waiting and self._clock.monotonic() >= self._again_s:
            # Whatever is raised, it is not tried again without a pause.
            self._again_s = self._clock.monotonic() + _AGAIN_S
            try:
                self._take(self._waiting[0])
            except DeliveryFailed as failure:
                self._again_s = self._clock.monotonic() + (failure.retry_after_s or _AGAIN_S)
                _log.warning("a click waits: %s", failure)
                return
            self._again_s = 0.0
            del self._waiting[0]

    def _take(self, kept: KeptClick) -> None:
        click = kept.click
        if not self._is_ours(click):
            self._kept.drop(click)  # of a store that is no more
            return
        hosts = self._home.find_hosts(click.team, click.enterprise)
        if hosts is not None:
            self._tell_person(click, f"{click.blocker}: only people of {hosts} can do this")
            self._kept.drop(click)
            return
        author = self._people.say_name(click.person, click.person_name)
        verb, text, terms = self._say_order(click, kept.at)
        with self._database.write() as session:
            id_ = find_by_origin(session, click.origin)
            is_known = id_ is not None
            if id_ is None:
                now = self._clock.now()
                id_ = add_instruction(session, verb, click.blocker, text, author, now, terms)
                keep_origin(session, id_, click.origin)
        if is_known and not kept.is_left:
            self._kept.drop(click)  # told of once more: answered already
            return
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
        return self._people.say_name(person)

    def _is_ours(self, click: Click) -> bool:
        if click.channel != self._settings.notify.slack.channel:
            return False
        if self._uuid is None:
            with self._database.read() as session:
                self._uuid = marks.get_mark(session, "uuid")
        return self._uuid == click.workspace

    def _answer(self) -> None:
        """Tell who clicked what came of it, as soon as the worker has done it."""
        for one in tuple(self._asked):
            self._receive(0.0)
            self._take_waiting()  # which needs no answer of Slack's to those before
            later = self._answer_one(one)
            self._asked.remove(one)
            if later is None:
                self._kept.drop(one.click)
            else:
                self._asked.append(later)

    def _answer_one(self, one: _Asked) -> _Asked | None:
        """Return what is still to be answered, None once it is."""
        at_s = self._clock.monotonic()
        if at_s < one.next_s:
            return one
        with self._database.read() as session:
            row = read_instruction(session, one.instruction)
            done, words = row.done is not None, row.result or ""
        late = at_s >= one.until_s
        if not done and not late:
            return one
        said = words if done else f"{one.click.blocker}: noted, and not carried out yet"
        failure = self._tell_person(one.click, said)
        if failure is None:
            return None
        if late or failure.permanent:
            _log.warning("who clicked on %s was not answered: %s", one.click.blocker, failure)
            return None
        return replace(one, next_s=at_s + (failure.retry_after_s or _AGAIN_S))

    def _tell_person(self, click: Click, words: str) -> DeliveryFailed | None:
        told = {
            "channel": click.channel,
            "user": click.person,
            "text": escape(words, MOST_TEXT),
            "blocks": [plain_section(words)],
        }
        try:
            self._api.call("chat.postEphemeral", told)
        except DeliveryFailed as failure:
            return failure
        return None

    def _complain(self) -> None:
        if not self._refused:
            _log.warning(
                "Slack told of a click that is on no button of this workspace, or is not in "
                "notify.slack.channel; it and further ones are ignored. Two workspaces need two "
                "Slack apps: Slack tells either of a click, not both"
            )
        self._refused = True

    def _note_line(self, why: str | None, *, is_lasting: bool) -> None:
        """Keep a fault of ours while there has been no line to Slack for a while, or will be none."""
        at_s = self._clock.monotonic()
        now = self._clock.now()
        if why is not None:
            _log.warning("Slack's buttons: %s", why)
            self._silent_since_s = at_s if self._silent_since_s is None else self._silent_since_s
            if not is_lasting and at_s - self._silent_since_s < SILENT_FOR_S:
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


def _beside(database: Database) -> Path:
    """Return where clicks are kept, as SQLite names its files; raises ``ValueError`` without a file."""
    if database.path is None:
        raise ValueError("clicks need a store on the disk, got one in memory")
    return database.path.with_name(f"{database.path.name}-clicks")


def open_lines(bot_token: str, app_token: str, base_url: str) -> Lines:
    """Return the doors for the two tokens; raises ``ConfigurationError`` for what can be none."""
    bot, app = (
        SlackApi(token, base_url=base_url, timeout_s=TIMEOUT_S) for token in (bot_token, app_token)
    )
    return Lines(bot, app)
