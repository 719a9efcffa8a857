"""``rollcall demo``: a made-up team, watched by the real daemon, in about a minute."""

from __future__ import annotations

import os
import tempfile
import textwrap
import threading
from pathlib import Path
from typing import Annotated

import typer

from rollcall.cli.logs import show_warnings
from rollcall.cli.output import clean, say, say_count
from rollcall.clock import SystemClock
from rollcall.demo import MOST_SPEED, Ending, play
from rollcall.errors import UsageError
from rollcall.notify.fake_slack_world import FakeMessage

_LOOPBACK = "127.0.0.1"

Speed = Annotated[
    float, typer.Option("--speed", metavar="N", help="How many times faster, up to 20.")
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--workspace", metavar="DIR", help="Play in this empty or new folder, and leave it there."
    ),
]


def command(*, speed: Speed = 1.0, workspace: Folder = None) -> None:
    """Watch four made-up agents: one works, one only says so, one goes silent, one waits for her."""
    if not 0.1 <= speed <= MOST_SPEED:
        raise UsageError(f"--speed must be between 0.1 and {MOST_SPEED:g}, got {speed:g}")
    if workspace is not None and workspace.exists() and any(workspace.iterdir()):
        raise UsageError(f"--workspace {workspace}: the demo wants an empty or a new folder")
    show_warnings()
    _leave_proxies_aside()
    if workspace is not None:
        workspace.mkdir(parents=True, exist_ok=True)
        _play(workspace.resolve(), speed)
        say(f"The workspace is left in {clean(str(workspace))}.")
        return
    with tempfile.TemporaryDirectory(prefix="rollcall-demo-") as folder:
        team = Path(folder).resolve() / "demo-team"
        team.mkdir()
        _play(team, speed)


def _play(folder: Path, speed: float) -> None:
    clock = SystemClock()
    begun_s = clock.monotonic()
    one_at_a_time = threading.Lock()

    def tell(who: str, what: str) -> None:
        with one_at_a_time:
            _say_moment(clock.monotonic() - begun_s, who, what)

    ending = play(folder, speed, clock, tell)
    tell("story", "All is well again.")
    _show(ending)


def _say_moment(passed_s: float, who: str, what: str) -> None:
    styles = {"rollcall": "bold", "slack": "magenta", "story": "green"}
    arrow = {"rollcall": ">> ", "slack": ">> "}.get(who, "")
    say(f"{passed_s:5.1f} s  {arrow}{who}: {clean(what)}", style=styles.get(who, ""))


def _show(ending: Ending) -> None:
    _title("The blockers log")
    for line in ending.log.splitlines():
        if line.startswith(("|", "Stopped", "Watched")):
            say(clean(line))
    _title("Slack")
    for root in ending.slack:
        if root.thread_ts is None:
            _show_message(root)
            for reply in ending.slack:
                if reply.thread_ts == root.ts:
                    _show_message(reply)
    _title("The reminder in an inbox")
    path, text = next(iter(ending.inboxes.items()))
    say(path)
    for line in text.splitlines():
        say(f"  {clean(line)}" if line.strip() else "")
    closed = sum(one.closed is not None for one in ending.blockers)
    opened = say_count(len(ending.blockers), "blocker")
    posted = say_count(len(ending.slack), "Slack message")
    _title(f"{opened} opened, {closed} closed, {posted}")


def _show_message(message: FakeMessage) -> None:
    head = "#channel" if message.thread_ts is None else "   reply"
    where = f"{head}, shown in the channel too" if message.broadcast else head
    edited = f" (brought up to date {len(message.edits)}x)" if message.edits else ""
    say(f"{where}{edited}", style="magenta")
    indent = " " * (4 if message.thread_ts is None else 8)
    for line in message.words.splitlines():
        say(textwrap.indent(clean(line), indent))


def _title(words: str) -> None:
    say()
    say(f"-- {words}", style="bold")


def _leave_proxies_aside() -> None:
    """Let the made-up Slack on this host be reached directly, whatever proxy is set."""
    for name in ("NO_PROXY", "no_proxy"):
        known = os.environ.get(name, "")
        os.environ[name] = f"{known},{_LOOPBACK}".strip(",")
