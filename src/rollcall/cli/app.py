"""The root of the command line: which commands there are, and what becomes of an error."""

from __future__ import annotations

import importlib
import io
import re
import shutil
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException
from typer.main import get_command

import rollcall
from rollcall.errors import RollcallError, UsageError

FINE, NO, WRONG_USE, OUTSIDE = 0, 1, 2, 3
_WIDEST = 80

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
        does = "`rollcall --help` lists what it does"
        return _fail(f"this version does not carry out `{name}` yet; {does}", WRONG_USE)
    try:
        return _carry_out(name, arguments)
    except TyperException as misuse:
        return _refuse(misuse)
    except UsageError as error:
        return _fail(str(error), WRONG_USE)
    except RollcallError as error:
        return _fail(str(error), OUTSIDE)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}", OUTSIDE)


def _carry_out(name: str | None, arguments: Sequence[str]) -> int:
    command = get_command(_build(name))
    _keep_lines_whole(command)
    try:
        left = command.main(
            list(arguments),
            prog_name="rollcall",
            standalone_mode=False,
            # By itself the help is never narrower than 50 columns.
            terminal_width=min(shutil.get_terminal_size().columns, _WIDEST),
        )
    except SystemExit as leaving:
        left = leaving.code
    return left if isinstance(left, int) else FINE


def _build(called: str | None) -> typer.Typer:
    """Return the root with every command named, and only the one that is called loaded."""
    # Plain help reads well in a narrow terminal and in a pipe, which boxes do not.
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        rich_markup_mode=None,
    )
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


def _keep_lines_whole(command: Any) -> None:  # noqa: ANN401 - of a class that typer does not name
    """Have every list of commands say each in full, wrapped where it is too long."""
    for inner in getattr(command, "commands", {}).values():
        inner.short_help = inner.help
        _keep_lines_whole(inner)


def _refuse(misuse: TyperException) -> int:
    """Say what is wrong with a command line, how it is written, and where that is explained."""
    context = getattr(misuse, "ctx", None)
    words = misuse.format_message()
    if context is None:
        return _fail(words, WRONG_USE)
    if words == context.get_help():
        sys.stderr.write(f"{words}\n")
        return WRONG_USE
    usage = " ".join(context.get_usage().removeprefix("Usage: ").split())
    usage = re.sub(r"\{([^{}]*)\}|\[(\[[^][]*\])\]", r"\1\2", usage)
    called = context.command_path
    return _fail(f"{words}\nusage: {usage}\n`{called} --help` says more", WRONG_USE)


def _fail(words: str, code: int) -> int:
    # Loaded late: a command that ends well may never need it.
    from rollcall.cli.output import complain  # noqa: PLC0415

    complain(words)
    return code
