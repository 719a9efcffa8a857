"""What commands print: plain where it is piped, within the width of a terminal, never raw."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rollcall.model import Stamp
from rollcall.notify import as_json
from rollcall.notify.markdown import one_line
from rollcall.notify.redact import redact
from rollcall.rules.words import say_instant

NOTHING = "—"
utc_text = as_json.utc_text
_PIPE_COLUMNS = 100_000
_LEAST_FOR_TEXT = 30
_MOST_BESIDE = 22
_INDENT = 2


def clean(text: str, limit: int | None = None) -> str:
    """Return agent text as it may reach a terminal: redacted, on one line, without controls."""
    return one_line(redact(text), limit=limit)


def harmless(text: str) -> str:
    """Return text as ``clean`` does, its spaces kept: what every line here goes through."""
    return one_line(redact(text), limit=None, squeeze=False)


def short_time(instant: datetime | None) -> str:
    """Return an instant as a table shows it, in UTC; a dash for none."""
    return NOTHING if instant is None else say_instant(instant)


def stamp_text(stamp: Stamp | None) -> str:
    """Return an agent's time stamp as a table shows it: in UTC, or the bare date."""
    if stamp is None:
        return NOTHING
    return short_time(stamp.at) if stamp.has_time else stamp.iso()


def say_count(number: int, what: str) -> str:
    """Return ``1 source`` or ``2 sources``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def print_json(value: object) -> None:
    """Print one line of JSON without secrets; beyond ASCII all is escaped, so no terminal acts."""
    sys.stdout.write(f"{json.dumps(_redact_strings(value))}\n")


def _redact_strings(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: _redact_strings(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_redact_strings(one) for one in value]
    return value


def say(text: str = "", style: str = "") -> None:
    """Print one line of text, wrapped at words in a terminal and left whole in a pipe."""
    _show(Text(harmless(text), style=style), error=False)


def say_below(text: str) -> None:
    """Print one line of text that belongs to a heading above it; what is wrapped hangs further in."""
    columns = _columns()
    lines = Text(harmless(text)).wrap(Console(width=columns), columns - 2 * _INDENT)
    for number, line in enumerate(lines):
        _show(Padding(line, (0, 0, 0, _INDENT if number == 0 else 2 * _INDENT)), error=False)


def say_beside(lead: str, text: str, style: str = "") -> None:
    """Print one line of text beside what leads it; what is wrapped hangs below the text."""
    columns = _columns()
    lines = Text(harmless(text)).wrap(Console(width=columns), columns - cell_len(lead))
    for number, line in enumerate(lines):
        before = lead if number == 0 else " " * cell_len(lead)
        _show(Text(f"{before}{line.plain.rstrip()}", style=style), error=False)


def _columns() -> int:
    return Console().width if sys.stdout.isatty() else _PIPE_COLUMNS


def show_text(text: Text) -> None:
    """Print one line of text whose parts have styles of their own, if all of it may be shown."""
    shown = harmless(text.plain)
    _show(text if shown == text.plain else Text(shown), error=False)


def is_terminal() -> bool:
    """Tell whether what is printed is seen in a terminal, not piped elsewhere."""
    return sys.stdout.isatty()


def complain(text: str) -> None:
    """Print a message for people on standard error, each of its lines led by our name."""
    for line in text.splitlines():
        _show(Text(f"rollcall: {clean(line)}"), error=True)


def hint(text: str) -> None:
    """Print a message for whoever waits before a terminal, none where standard error goes elsewhere."""
    if sys.stderr.isatty():
        complain(text)


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: one line a row in a pipe; stacked where a terminal is too narrow for it.

    Without a row it prints nothing.
    """
    if not rows:
        return
    cleaned = [[clean(cell) for cell in row] for row in rows]
    if sys.stdout.isatty() and not _fits(headings, cleaned, Console().width):
        is_short = all(cell_len(row[-1]) <= _MOST_BESIDE for row in cleaned)
        for row in cleaned:
            _show_stacked(headings, row, is_short=is_short)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, heading in enumerate(headings):
        # The last column holds the long text, and has what the others leave.
        table.add_column(heading, overflow="fold", no_wrap=place < len(headings) - 1)
    for row in cleaned:
        table.add_row(*map(Text, row))
    _show(table, error=False)


def _fits(headings: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> bool:
    """Tell whether all columns but the last fit, and leave that one enough room to be read."""
    widths = [max(map(cell_len, column)) + 2 for column in zip(headings, *rows, strict=True)]
    return sum(widths[:-1]) + min(widths[-1], _LEAST_FOR_TEXT) <= columns


def _show_stacked(headings: Sequence[str], row: Sequence[str], *, is_short: bool) -> None:
    end = len(row) if is_short else -1
    named = zip(headings[1:end], row[1:end], strict=True)
    told = [f"{heading.lower()} {cell}" for heading, cell in named if cell != NOTHING]
    lines = [row[0]]
    for one in told:
        # A name stays with what it names, and what goes on begins further in than the next row.
        if cell_len(lines[-1]) + _INDENT + cell_len(one) <= Console().width:
            lines[-1] += f"{'':{_INDENT}}{one}"
        else:
            lines.append(f"{'':{_INDENT}}{one}")
    for line in lines:
        _show(Text(line), error=False)
    if not is_short and row[-1] != NOTHING:
        _show(Padding(Text(row[-1]), (0, 0, 0, 4)), error=False)


def _show(renderable: RenderableType, *, error: bool) -> None:
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else _PIPE_COLUMNS
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(renderable)
    stream.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    stream.flush()
