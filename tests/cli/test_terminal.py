"""What a terminal shows: nothing beyond its width, no colour where none is wanted."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import sys
import termios
from typing import NoReturn

import pytest

from cli.shell import Shell
from rollcall.cli.app import execute
from rollcall.clock import SystemClock

ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
COLOURS = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|9[0-7])m")


def run_in_terminal(shell: Shell, columns: int, *arguments: str, **environ: str) -> str:
    """Run a command in a terminal of this width and return what it shows.

    It runs in a fork of this process, which has imported everything.
    """
    child, ours = pty.fork()
    if child == 0:
        _become_the_command(shell, columns, arguments, environ)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # the other end was closed
            piece = b""
        if not piece:
            break
        shown += piece
    os.waitpid(child, 0)
    os.close(ours)
    return shown.decode()


def _become_the_command(
    shell: Shell, columns: int, arguments: tuple[str, ...], environ: dict[str, str]
) -> NoReturn:
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.chdir(shell.root)
        os.environ.update(environ, TERM="xterm-256color")
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        execute(arguments)
        sys.stdout.flush()
    finally:
        os._exit(0)


@pytest.fixture
def told_team(shell: Shell) -> Shell:
    """A team with a long file name, a long title, and requests of before."""
    title = "The reader of wrapped lines and of everything else that stands in a table of the page"
    shell.write(
        "feedback/mara-the-reader-of-tables.md",
        f"## 2026-02-07T09:00Z {title}\n- Added `parser.py`: two functions\n",
    )
    shell.write(
        "bot_chat/2026-02-07-mara-the-reader-of-tables-to-noor-schema.md",
        "---\nfrom: mara-the-reader-of-tables\nto: noor\nkind: request\n---\nPlease send it.\n",
    )
    shell.run("sweep")
    return shell


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("agents",),
        ("blockers", "--backlog"),
        ("why", "noor"),
        ("why", "mara-the-reader-of-tables"),
        ("read", "feedback", "feedback"),
        ("read", "chat", "bot_chat"),
        ("doctor",),
        ("--help",),
    ],
)
def test_no_line_is_wider_than_the_terminal(
    told_team: Shell, columns: int, arguments: tuple[str, ...]
) -> None:
    shown = ESCAPE.sub("", run_in_terminal(told_team, columns, *arguments))
    assert shown.strip()
    assert [line for line in shown.splitlines() if len(line) > columns] == []
    assert "Traceback" not in shown


def test_no_color_is_heeded(told_team: Shell) -> None:
    assert COLOURS.search(run_in_terminal(told_team, 80, "doctor"))
    assert not COLOURS.search(run_in_terminal(told_team, 80, "doctor", NO_COLOR="1"))


def test_a_narrow_terminal_gets_one_block_for_each_row(told_team: Shell) -> None:
    shown = run_in_terminal(told_team, 60, "read", "feedback", "feedback")
    assert shown.splitlines() == [
        "feedback/mara-the-reader-of-tables.md:1",
        "  agent mara-the-reader-of-tables  when 2026-02-07 09:00Z",
        "  proof yes  evidence diff",
        "    The reader of wrapped lines and of everything else that",
        "    stands in a table of th…",
        "1 entry, 1 with proof.",
    ]


def test_a_short_last_column_stands_beside_the_others_with_its_name(told_team: Shell) -> None:
    told_team.write("feedback/ben.md", f"## {SystemClock().now():%Y-%m-%d %H:%MZ} Tables\n- x\n")
    told_team.run("sweep")
    shown = run_in_terminal(told_team, 40, "status")
    assert re.search(r"^ben  duty on  next due in \d+ min", shown, re.MULTILINE), shown


def test_a_finding_hangs_below_its_beginning(told_team: Shell) -> None:
    shown = ESCAPE.sub("", run_in_terminal(told_team, 40, "doctor")).splitlines()
    (place,) = [n for n, line in enumerate(shown) if line.startswith("ok       sources: ")]
    assert shown[place : place + 2] == [
        "ok       sources: 2 found; feedback of 1",
        "         agent",
    ]
