"""The options that every command takes after its name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
