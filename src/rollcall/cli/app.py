"""The root of the command line: which commands there are, and what becomes of an error."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated

import typer

import rollcall
from rollcall.errors import RollcallError, UsageError

FINE, NO, WRONG_USE, OUTSIDE = 0, 1, 2, 3

COMMANDS = MappingProxyType(
    {
        "init": "Find feedback and chat here, and write config/rollcall.toml.",
        "run": "Watch the workspace until stopped: the daemon.",
        "sweep": "Read, judge and tell once, then leave: for cron and CI.",
        "status": "Say whether anyone watches, and what is due from whom.",
        "blockers": "List what stops work.",
        "agents": "List the agents and what each owes; pause, resume, retire them.",
        "ack": "Acknowledge a blocker: it stays open, its levels stop.",
        "resolve": "Close a blocker by hand.",
        "snooze": "Hear no more of a blocker until a time.",
        "silence": "Hear nothing of matching blockers until a time.",
        "why": "Explain a blocker, or why an agent has none.",
        "read": "Show how feedback and chat files are understood.",
        "replay": "Judge recorded history: what would have been opened and told.",
        "doctor": "Check the configuration and all that Rollcall stands on.",
        "demo": "Watch a made-up team for a minute.",
    }
)
LATER = frozenset(
    [
        "report",
        "check",
        "post",
        "request",
        "respond",
        "inbox",
        "protocol",
        "mcp",
        "web",
        "backup",
        "restore",
    ]
)


def main() -> None:
    """Carry out the command line and end the process with its exit code."""
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Carry out one command line; return 0 fine, 1 the answer is no, 2 wrong use, 3 outside."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    name = arguments[0] if arguments else None
    if name in LATER:
        return _fail(f"this version does not carry out `{name}` yet", WRONG_USE)
    try:
        _build(name)(args=list(arguments), prog_name="rollcall")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FINE
    except UsageError as error:
        return _fail(str(error), WRONG_USE)
    except RollcallError as error:
        return _fail(str(error), OUTSIDE)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}", OUTSIDE)
    return FINE


def _build(called: str | None) -> typer.Typer:
    """Return the root with every command named, and only the one that is called loaded."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
    app.callback()(_root)
    for name, words in COMMANDS.items():
        if name != called:
            app.command(name, help=words)(_not_called)
            continue
        module = importlib.import_module(f"rollcall.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name, help=words)
        else:
            app.command(name, help=words)(module.command)
    return app


def _print_version(*, wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"rollcall {rollcall.__version__}\n")
        raise typer.Exit


_Version = Annotated[
    bool,
    typer.Option(
        "--version",
        help="Print the version.",
        is_eager=True,
        callback=lambda wanted: _print_version(wanted=wanted),
    ),
]


def _root(*, version: _Version = False) -> None:
    """Know which AI agent owes proof of work or an answer, and tell those who can act."""
    del version


def _not_called() -> None:
    """Stand for a command in the list; the one that is called is loaded in its place."""


def _fail(words: str, code: int) -> int:
    # Loaded late: a command that ends well may never need it.
    from rollcall.cli.output import complain  # noqa: PLC0415

    complain(words)
    return code
