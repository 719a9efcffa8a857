"""What commands print: plain where it is piped, within the width of a terminal, never raw."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from rollcall.notify.markdown import one_line
from rollcall.notify.redact import redact

NOTHING = "—"
_PIPE_COLUMNS = 100_000


def clean(text: str, limit: int | None = None) -> str:
    """Return agent text as it may reach a terminal: redacted, on one line, without controls."""
    return one_line(redact(text), limit=limit)


def utc_text(instant: datetime | None) -> str | None:
    """Return an instant as JSON holds it: ISO 8601 in UTC, with ``Z``; None stays None."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def short_time(instant: datetime | None) -> str:
    """Return an instant as a table shows it: to the second, in UTC; a dash for none."""
    if instant is None:
        return NOTHING
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def say_count(number: int, what: str) -> str:
    """Return ``1 source`` or ``2 sources``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def print_json(value: object) -> None:
    """Print one line of JSON. Everything beyond ASCII is escaped, so no terminal can act on it."""
    sys.stdout.write(f"{json.dumps(value)}\n")


def say(text: str = "", style: str = "") -> None:
    """Print one line of text, wrapped at words in a terminal and left whole in a pipe."""
    _show(Text(text, style=style), error=False)


def complain(text: str) -> None:
    """Print a message for people on standard error, each of its lines led by our name."""
    for line in text.splitlines():
        _show(Text(f"rollcall: {clean(line)}"), error=True)


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; cells wrap in a terminal, and in a pipe each row is one line."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    _show(table, error=False)


def _show(renderable: RenderableType, *, error: bool) -> None:
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else _PIPE_COLUMNS
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(renderable)
    stream.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    stream.flush()
