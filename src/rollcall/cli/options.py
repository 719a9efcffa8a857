"""The options that every command takes after its name, and how commands share options."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        help="The workspace. Otherwise the nearest directory, here or above, that has a "
        "config/rollcall.toml.",
    ),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The configuration file.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Override one setting, such as feedback.cadence=10m. Repeatable.",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON: one object, or one a line for lists.")
]


def taking(make: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hand a command, as its first argument, what ``make`` makes of options that commands share.

    On the command line the command has its own options, then those of ``make``.

    >>> @taking(open_beside)
    ... def command(workspace: Workspace, *, backlog: Backlog = False) -> None: ...
    """
    parameters = inspect.signature(make, eval_str=True).parameters.values()
    shared = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

        @functools.wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever the options are read to
            made = make(**{one.name: given.pop(one.name) for one in shared})
            command(made, **given)

        # Typer reads which options there are from the signature, and their types from the hints.
        shown: Any = run
        shown.__signature__ = inspect.Signature([*own, *shared])
        shown.__annotations__ = {one.name: one.annotation for one in (*own, *shared)}
        return run

    return decorate
