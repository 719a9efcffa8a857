"""A team whose words are hostile, and everything that Rollcall then shows or keeps of it.

Each text of a corpus stands in a title, a statement of what blocks, evidence, an agent's signature, a
message's head, title and body, a cell of the blockers log, and what people type.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path

from harness import DAY, World, proof
from rollcall.cli.app import execute
from rollcall.model import Notice
from rollcall.notify.alertmanager import make_alerts
from rollcall.notify.as_json import notice_json
from rollcall.notify.slack_blocks import (
    SlackMessage,
    line_message,
    own_message,
    reply_message,
    root_message,
)
from rollcall.store.instructions import NO_TERMS, Terms
from rollcall.worker import give_instruction

BARE = ("duty.always_on=true", 'workspace.lead="noor"', 'nudge.after="1m"')
LOG = "docs/blockers-log.md"


def play(path: Path, texts: Sequence[str]) -> World:
    """Have a team write these texts wherever it can, for two hours; the world is stopped then."""
    world = World(path, *BARE)
    world.write("feedback/noor.md", proof("08:59"))
    world.start()
    for number, text in enumerate(texts):
        _write_entry(world, number, text)
        _write_messages(world, number, text)
    world.sweep_now()
    world.run_until("09:12")
    _write_second_entry(world, texts)
    world.sweep_now()
    world.run_until("09:15")
    _edit_log(world, texts)
    world.run_until("09:20")
    _instruct(world, texts)
    world.run_until("09:45")
    world.stop()
    return world


def _put(world: World, name: str, text: str, *, mode: str = "w") -> None:
    """Write a file that the next sweep finds."""
    path = world.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode, encoding="utf-8", newline="") as file:
        file.write(text)
    seconds = world.now.timestamp()
    os.utime(path, (seconds, seconds))


def _write_entry(world: World, number: int, text: str) -> None:
    flat = " ".join(text.split("\n"))
    shown = flat if number % 2 else text
    forms = (
        f"- Blocked: waiting for {shown} from ben\n- Meanwhile: drafting {shown}\n",
        f"- BLOCKED by {shown}: no answer\n",
        f"- `curl {shown}` -> 12 passed\n- next update by 09:30: {shown}\n",
        f"- still working on {shown}\n",
    )
    _put(
        world,
        f"feedback/agent{number}.md",
        f"## {DAY} 09:00Z {shown}\n{forms[number % len(forms)]}",
    )


def _write_messages(world: World, number: int, text: str) -> None:
    asker = f"agent{number}"
    flat = " ".join(text.split())
    if number % 2:
        _put(
            world,
            f"bot_chat/{asker}-to-ben-schema.md",
            f"---\nfrom: {asker}\nto: ben\nkind: request\ntopic: {json.dumps(flat)}\n"
            f"fallback: {json.dumps(flat)}\n---\n# {text}\nCan you send me {text}?\n"
            f"Meanwhile I use {text}.\n",
        )
        return
    _put(
        world,
        f"bot_chat/ben-to-{asker}-odd.md",
        f"---\nfrom: {json.dumps(flat)}\nto: [{json.dumps(flat)}, {asker}]\nre: {json.dumps(flat)}\n"
        f"---\n# Request: {text}\nPlease @{flat}, could you send {text} by 10:00?\n",
    )


def _write_second_entry(world: World, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        if number % 2:
            continue  # its proof goes missing
        _put(
            world,
            f"feedback/agent{number}.md",
            f"\n## {DAY} 09:10Z still {text}\n- working on {text}\n- Blocked by {text}\n",
            mode="a",
        )


def _edit_log(world: World, texts: Sequence[str]) -> None:
    """Edit cells of our rows, put rows of people beside them, and a note between."""
    before = world.log_text()
    lines = before.splitlines()
    ours = [place for place, line in enumerate(lines) if line.startswith("| B-")]
    for place, text in zip(ours, texts, strict=False):
        cells = lines[place].split(" | ")
        flat = " ".join(text.split())
        changed = (-1, -2, -3)[place % 3]
        cells[changed] = f"{flat} |" if changed == -1 else flat
        lines[place] = " | ".join(cells)
    world.write(LOG, "\n".join(lines) + "\n")


def _instruct(world: World, texts: Sequence[str]) -> None:
    ids = world.open_ids()
    verbs = ("ack", "snooze", "resolve", "assign", "remark")
    until = world.now + timedelta(minutes=20)
    for number, text in enumerate(texts):
        verb = verbs[number % len(verbs)]
        _order(world, verb, ids[number % len(ids)], text, Terms(until))
        _order(world, "ack", text, text)
        if number % 3 == 0:
            end = until + timedelta(days=36_500)
            _order(world, "silence", "", text, Terms(end, (), ("noor",)))
            _order(world, "silence", "", text, Terms(end, (), ("noor", text)))
            _order(world, "pause", f"agent{number}", text)
    world.sweep_now()
    world.run_for(minutes=1)


def _order(world: World, verb: str, subject: str, text: str, terms: Terms = NO_TERMS) -> None:
    give_instruction(world.works.database, world.clock, verb, subject, text, text, terms)


def see_store(world: World) -> str:
    """Return every byte of the store, and every text in it as SQLite reads it."""
    database = next((world.root / ".rollcall").glob("rollcall.db"))
    with closing(sqlite3.connect(database)) as connection:
        dumped = "\n".join(connection.iterdump())
    return world.stored_bytes().decode("latin-1") + dumped


def see_state(world: World) -> str:
    """Return what else stands in the state's folder."""
    return "\n".join(
        path.read_text("utf-8", "replace")
        for path in sorted((world.root / ".rollcall").rglob("*"))
        if path.is_file() and not path.name.startswith("rollcall.db")
    )


def see_region(world: World) -> str:
    """Return what we write into the blockers log, without what people wrote around it."""
    text = world.log_text()
    return text[text.index("<!-- rollcall -->") : text.index("<!-- /rollcall -->")]


def see_inboxes(world: World) -> dict[str, str]:
    """Return the inbox files by name."""
    folder = world.root / "coordination" / "inbox"
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.md"))
    }


def notices_of(world: World) -> list[Notice]:
    """Return what Slack was given."""
    found = [*world.slack.notices]
    assert found, "nobody was told anything"
    return found


def draw_messages(notices: Sequence[Notice]) -> Iterator[SlackMessage]:
    """Draw notices in each form that Slack may be given them."""
    for one in notices:
        if one.blockers:
            yield root_message(one, news=True, buttons=True)
            yield root_message(one, news=False)
        yield from (reply_message(one), own_message(one, buttons=True), line_message(one))


def see_slack(notices: Sequence[Notice]) -> str:
    """Return all of Slack's messages as the strings that are in them."""
    return "\n".join(
        "\n".join((message.text, *strings_in(message.blocks))) for message in draw_messages(notices)
    )


def see_webhook(notices: Sequence[Notice]) -> str:
    """Return the webhook's bodies, as the receiver reads them."""
    return "\n".join("\n".join(strings_in(notice_json(one))) for one in notices)


def see_alerts(notices: Sequence[Notice]) -> str:
    """Return Alertmanager's labels and annotations, as it reads them."""
    alerts = [a for one in notices for b in one.blockers for a in make_alerts(one, b, one.created)]
    return "\n".join(strings_in(alerts))


def strings_in(value: object) -> Iterator[str]:
    """Yield every string in JSON-like data, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from (str(key), *strings_in(one))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings_in(one)


def run_command(world: World, *arguments: str) -> str:
    """Return what a command prints on both of its outputs."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        execute([*arguments, "--workspace", str(world.root), *_sets(world)])
    return out.getvalue()


def _sets(world: World) -> list[str]:
    return [part for one in world.overrides for part in ("--set", one)]


class Records(logging.Handler):
    """Everything that is logged, with the words of what went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
