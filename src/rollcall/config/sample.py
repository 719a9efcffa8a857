"""A configuration file that shows every setting with its default, to be edited by hand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from rollcall.config.describe import TableDoc, as_toml, describe_tables
from rollcall.config.ladders import DEFAULT_ESCALATION

_HEAD = """\
# How Rollcall watches this workspace. Each line that begins with "#" and a key shows a setting's
# default, or an example where it has none: remove the "#" to set it. All of it is explained in
# Rollcall's docs/configuration.md.
"""
_HEADINGS = {
    "agents.*": "#[agents.mara]",
    "people.*": "#[people.ivo]",
    "routes": "#[[routes]]",
    "routes.escalation": "#[[routes.escalation]]",
}


def render_sample(active: Mapping[str, object] | None = None) -> str:
    """Return the text of a ``config/rollcall.toml`` with every setting, as a comment.

    ``active`` maps dotted keys, such as ``feedback.files``, to the values to set.
    """
    chosen = dict(active or {})
    tables = ("".join(f"{line}\n" for line in _table(table, chosen)) for table in describe_tables())
    return "\n".join((_HEAD, *tables))


def _table(table: TableDoc, active: Mapping[str, object]) -> Iterator[str]:
    yield from _comment(table.help)
    if table.key == "escalation":
        yield from _levels(table)
        return
    yield _HEADINGS.get(table.key, f"[{table.key}]")
    for setting in table.settings:
        if table.key != "routes.escalation":  # they are those of the escalation
            yield from _comment(setting.help)
        key = setting.key.rpartition(".")[2]
        chosen = setting.key in active
        value = as_toml(active[setting.key]) if chosen else setting.example
        yield f"{'' if chosen else '#'}{key} = {value}"


def _levels(table: TableDoc) -> Iterator[str]:
    for setting in table.settings:
        yield from _comment(f"{setting.key.rpartition('.')[2]}: {setting.help}")
    for level in DEFAULT_ESCALATION:
        yield "#[[escalation]]"
        yield f"#after = {as_toml(level.after)}"
        yield f"#notify = {as_toml(level.notify)}"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text, 98, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
