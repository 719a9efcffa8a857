"""A made-up team in a temporary workspace, watched by the real daemon: for ``rollcall demo``.

Four agents act by a script. Mara works, ben only says so, noor goes silent, and ivo waits for her
answer. Everything else is real: files, watcher, daemon, store, blockers log, inboxes; Slack is the
shipped fake of its Web API.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rollcall.clock import Clock
from rollcall.daemon import Daemon
from rollcall.errors import OutsideError
from rollcall.files import append_text
from rollcall.lock import WorkLock
from rollcall.model import Blocker, Notice, Receipt, Transition
from rollcall.notify.fake_slack import CHANNEL, TOKEN, FakeSlack
from rollcall.notify.fake_slack_world import FakeMessage
from rollcall.notify.inbox import InboxSink
from rollcall.notify.sink import Sink
from rollcall.notify.slack import SlackSink
from rollcall.pipeline import Round
from rollcall.store import marks
from rollcall.store.ledger import list_blockers
from rollcall.store.report import count_outbox
from rollcall.wiring import Works, build_works
from rollcall.workspace import find_workspace

MOST_SPEED = 20.0
PATIENCE = 3.0
_STEP_S = 0.05
_LEAD = "zoe"

Tell = Callable[[str, str], None]
"""Takes who acts and what happens."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long everything takes at one speed, in seconds; settings know whole ones only."""

    cadence_s: int
    grace_s: int
    level_2_s: int
    ack_s: int
    pause_s: float

    @classmethod
    def at(cls, speed: float) -> Times:
        """Scale the times of speed 1, at which the story takes about a minute."""
        return cls(
            cadence_s=math.ceil(15 / speed),
            grace_s=math.ceil(7 / speed),
            level_2_s=math.ceil(13 / speed),
            ack_s=math.ceil(18 / speed),
            pause_s=6 / speed,
        )

    @property
    def longest_s(self) -> float:
        """Return after how many seconds the story has gone wrong."""
        whole = self.cadence_s + self.grace_s + self.ack_s + self.level_2_s + 3 * self.pause_s
        return PATIENCE * whole + 20


@dataclass(frozen=True, slots=True)
class Ending:
    """What the story leaves behind."""

    blockers: tuple[Blocker, ...]
    log: str
    slack: tuple[FakeMessage, ...]
    inboxes: Mapping[str, str]


def play(folder: Path, speed: float, clock: Clock, tell: Tell) -> Ending:
    """Play the story in an empty folder. Raises OutsideError where it does not come to its end."""
    times = Times.at(speed)
    with FakeSlack() as slack:
        _write_settings(folder, times, slack.base_url, per_second=max(1.0, speed))
        story = _Story(folder, times, clock, tell)
        story.begin()
        workspace = find_workspace(folder, workspace=folder)
        inbox = InboxSink(workspace.root, workspace.settings.notify.inbox.path)
        sinks = (
            _Narrated(SlackSink(TOKEN, base_url=slack.base_url), tell),
            _Narrated(inbox, tell),
        )
        works = build_works(workspace, clock, {}, more_sinks=sinks)
        lock = WorkLock(workspace.state_dir)
        try:
            if not lock.acquire():
                raise OutsideError(f"{folder}: somebody works in the demo's own folder")
            _watch_and_act(works, story, tell)
            with works.database.read() as session:
                blockers = tuple(list_blockers(session))
        finally:
            works.close()
            lock.release()
        messages = tuple(slack.messages)
    log = folder / workspace.settings.notify.blockers_log.path
    return Ending(blockers, log.read_text(encoding="utf-8"), messages, _read_inboxes(folder))


def _watch_and_act(works: Works, story: _Story, tell: Tell) -> None:
    """Run the daemon in a thread of its own, and the story in this one."""
    daemon = Daemon(works, {}, lambda done: _narrate(done, tell))
    watching = threading.Thread(target=daemon.run, name="demo-daemon")
    watching.start()
    try:
        story.play(works)
    finally:
        daemon.stop()
        watching.join()


def _narrate(done: Round, tell: Tell) -> None:
    for one in done.happened:
        blocker = one.blocker
        words = {
            Transition.OPENED: f"{blocker.id} opened for {blocker.agent}: {blocker.description}",
            Transition.ESCALATED: f"{blocker.id} is at level {blocker.level} now",
            Transition.CLOSED: f"{blocker.id} closed: {blocker.resolution}",
        }
        if one.transition in words:
            tell("rollcall", words[one.transition])


class _Narrated:
    """A sink that says aloud what it delivers."""

    def __init__(self, sink: Sink, tell: Tell) -> None:
        self.name = sink.name
        self._sink = sink
        self._tell = tell

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        receipt = self._sink.deliver(notice, root)
        if notice.transition is Transition.NUDGED:
            self._tell("rollcall", f"reminds {notice.target}, in its inbox only: {notice.text}")
        elif self.name == "slack":
            mention = f" (mentions {_LEAD})" if notice.mention else ""
            self._tell("slack", f"{notice.text}{mention}")
        return receipt

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        return self._sink.find(notice, root)

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        return self._sink.refresh(notice, root)

    def close(self) -> None:
        self._sink.close()


@dataclass(slots=True)
class _Story:
    """What the four agents do, and when."""

    folder: Path
    times: Times
    clock: Clock
    tell: Tell
    _due_s: dict[str, float] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)
    _began_s: float = 0.0

    def begin(self) -> None:
        """Let every agent write once: that is history when Rollcall first looks."""
        (self.folder / "bot_chat" / "specific").mkdir(parents=True)
        for agent in ("mara", "ben", "noor", "ivo"):
            self._write(agent, "Started", "Good morning.", aloud=False)
        self.tell("story", "Four agents have written that they start.")

    def play(self, works: Works) -> None:
        """Act until everything that was opened is closed again."""
        self._began_s = self.clock.monotonic()
        self._wait_until(lambda: _has_swept(works), "the first sweep")
        self.tell("rollcall", "has read everything; from now on it watches")
        self._pause(self.times.pause_s / 2)
        self._ask()
        self._keep_busy_until(lambda: self._all_at_level_2(works), "level 2")
        self._pause(self.times.pause_s)
        self._answer()
        self._keep_busy_until(lambda: len(self._open(works)) <= 1, "the end of noor's blockers")
        self._pause(self.times.pause_s)
        self._write("ben", "Parser", "- `pytest tests/test_parser.py` -> 31 passed", aloud=True)
        self._keep_busy_until(lambda: self._is_over(works), "the end of the last blocker")

    def _ask(self) -> None:
        day = self.clock.now().date().isoformat()
        path = self.folder / "bot_chat" / "specific" / f"{day}-ivo-to-noor-schema.md"
        self.tell("ivo", "asks noor in bot_chat/: please send the schema of the billing page")
        append_text(
            path,
            f"# Request: schema of the billing page\n\nFrom: ivo\nTo: noor\nDate: {self._stamp()}\n\n"
            "Please send the schema of the billing page; I cannot finish the form without it.\n",
        )

    def _answer(self) -> None:
        day = self.clock.now().date().isoformat()
        folder = self.folder / "bot_chat" / "specific"
        request = f"bot_chat/specific/{day}-ivo-to-noor-schema.md"
        self.tell("noor", "is back, and answers ivo: the schema is in docs/schema.sql")
        append_text(
            folder / f"{day}-noor-to-ivo-schema-answer.md",
            f"# Response: schema of the billing page\n\nFrom: noor\nTo: ivo\nDate: {self._stamp()}\n"
            f"Re: {request}\n\nResponse to request `{request}`: the schema is delivered in "
            "`docs/schema.sql`.\n",
        )
        self._write("noor", "Schema", "- Added `docs/schema.sql`: 4 tables, 31 columns", aloud=True)

    def _keep_busy_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Let mara, ivo and ben write on until something is so."""

        def act_and_look() -> bool:
            self._act()
            return is_so()

        self._wait_until(act_and_look, what)

    def _pause(self, span_s: float) -> None:
        until_s = self.clock.monotonic() + span_s
        self._keep_busy_until(lambda: self.clock.monotonic() >= until_s, "a moment")

    def _wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        while not is_so():
            if self.clock.monotonic() - self._began_s > self.times.longest_s:
                raise OutsideError(f"the demo waited for {what} in vain; this host is too busy")
            threading.Event().wait(_STEP_S)

    def _act(self) -> None:
        """Write what is due; well within the cadence, since ben's are no proof anyway."""
        beat_s = 0.6 * self.times.cadence_s
        script = {
            "mara": ("Parser", "- `pytest tests/test_lexer.py` -> {} passed"),
            "ivo": ("Form", "- Updated `web/form.html`: {} fields are validated now"),
            "ben": ("Parser", "Still working on it ({})."),
        }
        for agent, (title, text) in script.items():
            if self.clock.monotonic() >= self._due_s.get(agent, 0.0):
                self._due_s[agent] = self.clock.monotonic() + beat_s
                number = self._count[agent] = self._count.get(agent, 0) + 1
                self._write(agent, title, text.format(number), aloud=True)

    def _write(self, agent: str, title: str, text: str, *, aloud: bool) -> None:
        if aloud:
            self.tell(agent, f"writes: {text.removeprefix('- ')}")
        path = self.folder / "feedback" / f"{agent}.md"
        append_text(path, f"\n## {self._stamp()} {title}\n{text}\n")

    def _stamp(self) -> str:
        now: datetime = self.clock.now()
        return f"{now:%Y-%m-%dT%H:%M:%SZ}"

    def _open(self, works: Works) -> list[Blocker]:
        with works.database.read() as session:
            return list_blockers(session, open_only=True)

    def _all_at_level_2(self, works: Works) -> bool:
        found = self._open(works)
        return len(found) >= 3 and all(one.level >= 2 for one in found)

    def _is_over(self, works: Works) -> bool:
        with works.database.read() as session:
            return not list_blockers(session, open_only=True) and not count_outbox(session).waiting


def _has_swept(works: Works) -> bool:
    with works.database.read() as session:
        return marks.get_mark(session, marks.FIRST_SWEEP) is not None


def _write_settings(folder: Path, times: Times, base_url: str, *, per_second: float) -> None:
    append_text(
        folder / "config" / "rollcall.toml",
        f"""[workspace]
lead = "{_LEAD}"

[feedback]
cadence = "{times.cadence_s}s"
grace = "{times.grace_s}s"

[chat]
ack_within = "{times.ack_s}s"

[people.{_LEAD}]
slack = "U0123456789"

[[escalation]]
after = "0s"
notify = ["blockers_log", "slack", "inbox:lead"]

[[escalation]]
after = "{times.level_2_s}s"
notify = ["slack:@lead"]

[notify.slack]
channel = "{CHANNEL}"
base_url = "{base_url}"
per_second = {per_second:.1f}
""",
    )


def _read_inboxes(folder: Path) -> dict[str, str]:
    found = sorted((folder / "coordination" / "inbox").glob("*/*.md"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}
