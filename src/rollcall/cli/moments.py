"""The time at which something ends, as people give it to a command."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from rollcall.config import Settings
from rollcall.errors import UsageError
from rollcall.moments import FORMS, read_moment

__all__ = ["ForOption", "UntilOption", "read_end", "read_moment"]

ForOption = Annotated[
    str | None,
    typer.Option("--for", metavar="SPAN", help="How long, such as 30m, 2h or 1d."),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="WHEN",
        help="Until when: a time of day, tomorrow, monday, a date or an ISO 8601 instant.",
    ),
]


def read_end(
    texts: list[str | None], now: datetime, settings: Settings, *, needed: bool = True
) -> datetime | None:
    """Read the one end among what was given; raises UsageError for two, or none where one is needed."""
    given = [text for text in texts if text is not None]
    if len(given) > 1:
        raise UsageError(f"one end is enough, got {' and '.join(given)}")
    if not given and needed:
        raise UsageError(f"give an end, such as {FORMS}")
    return read_moment(given[0], now, settings) if given else None
