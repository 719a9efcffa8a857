"""Bad input on disk: each a clear line in ``status``, nothing lost, nothing crashed."""

from __future__ import annotations

import codecs
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness import World, proof
from process.nursery import Nursery
from process.team import PROOF, QUICKER, Team, entry, wait_until
from rollcall.notify.fake_slack import FakeSlack

NOBODY = 65_534
MEGABYTE = 1_000_000
HOSTILE = (
    "the | table <!-- /rollcall --> <!channel> <@U0123456789> "
    "<https://example.com|the parser> ```sh \x1b[31mred\x1b[0m \x07 \u202eterces `code` ![x](y)"
)


def test_files_that_are_none_are_left_out_by_name_and_the_others_are_read(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    (team.root / "bot_chat").mkdir()
    feedback = team.root / "feedback"
    outside = tmp_path / "outside.md"
    outside.write_text(entry("parser"), encoding="utf-8")
    (feedback / "ivo.md").symlink_to(outside)
    (feedback / "lena.md").mkdir()
    (feedback / "loop.md").symlink_to("loop.md")
    os.mkfifo(feedback / "pipe.md")
    team.write("feedback/empty.md", b"")
    team.write("feedback/noor.md", b"\x00\xff\xfe\x80" * 5_000 + entry("binary").encode())
    team.write("feedback/ben.md", entry("caf\u00e9 page").encode("latin-1"))
    team.write("feedback/long.md", b"x" * 50 * MEGABYTE + entry("long").encode())
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        team.append("feedback/mara.md", entry("parser again"))
        wait_until("the append", lambda: ("mara", "parser again") in team.rows(ENTRIES))
        report = status(team, nursery)
        assert daemon.process.poll() is None

    assert report["faults"] == []
    left_out = {Path(one["path"]).name: one["reason"] for one in report["left_out"]}
    assert left_out == {
        "ivo.md": f"is a symbolic link out of the roots, to {outside}",
        "lena.md": "is a directory, not a file",
        "loop.md": "cannot be looked at: Too many levels of symbolic links",
        "pipe.md": "is a FIFO, not a file",
    }
    assert sorted(team.rows(ENTRIES)) == [
        ("ben", "caf\u00e9 page"),
        ("long", "long"),
        ("mara", "parser"),
        ("mara", "parser again"),
        ("noor", "binary"),
    ]


def test_agent_text_acts_neither_in_the_log_nor_in_slack_nor_on_a_terminal(
    tmp_path: Path, slack: FakeSlack, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", *QUICKER, slack=slack)
    team.append("feedback/mara.md", entry("parser"))
    with team.daemon(nursery) as daemon:
        team.append("feedback/mara.md", entry(HOSTILE, f"- Blocked by {HOSTILE}"))
        wait_until("the blocker", lambda: slack.messages)
        wait_until("the row", team.log_rows)
        blockers = team.carry_out(nursery, "blockers")
        team.append("feedback/mara.md", entry(HOSTILE, f"{PROOF}\n- {HOSTILE}"))
        wait_until("the closing", lambda: "Resolved" in team.log_text())
        wait_until("the root updated", lambda: slack.messages[0].edits)
        assert daemon.stop() == 0

    log = team.log_text()
    rows = team.log_rows()
    assert {len(row) for row in rows} == {7}
    assert [line for line in log.splitlines() if line == "<!-- /rollcall -->"] == [
        "<!-- /rollcall -->"
    ]
    cells = " ".join(cell for row in rows for cell in row)
    assert "table" in cells
    assert re.findall(r"(?<!\\)[<`\[!]", cells) == []
    assert [found for one in slack.messages for found in one.markup] == []
    for text in (log, blockers[1], daemon.output()):
        assert "table" in text
        assert re.findall("[\x00-\x08\x0b-\x1f\x7f\x9b\u202a-\u202e]", text) == []


def test_a_file_without_permission_is_a_fault_until_it_can_be_read(open_folder: Path) -> None:
    world = World(open_folder)
    world.write("feedback/ben.md", proof("08:59"))
    world.write("feedback/mara.md", proof("08:59"))
    (world.root / "feedback/mara.md").chmod(0o000)
    with as_nobody(world.root):
        world.start()
        assert world.agents() == {"ben": "proof"}
        assert world.faults() == ["source:feedback/mara.md"]
        assert "Permission denied" in world.log_rows()[0].description
        assert str(world.root) not in world.log_text()
        (world.root / "feedback/mara.md").chmod(0o644)
        world.sweep_now()
        assert world.agents() == {"ben": "proof", "mara": "proof"}
        assert world.faults() == []
        world.stop()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that other users can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Act without root's rights where the tests run as root, owning what is in ``folder``."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    codecs.lookup("cp1252")  # where only root may read Python's own files, it is loaded now
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def status(team: Team, nursery: Nursery) -> dict[str, Any]:
    code, text = team.carry_out(nursery, "status", "--json")
    assert code == 0, text
    report: dict[str, Any] = json.loads(text)
    return report


ENTRIES = "SELECT agent, title FROM entries"
