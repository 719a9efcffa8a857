"""The sinks that are added by one file and one line: the line is here.

Each is a class that tells its own settings (``[notify.<name>]``) and builds itself; its module is
named, not imported, and loaded once somebody tells it or sets it up. ``docs/sinks.md`` shows how.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rollcall.config.table import Table

ADDED_SINKS = {
    "webhook": "rollcall.notify.webhook:WebhookSink",
    "alertmanager": "rollcall.notify.alertmanager:AlertmanagerSink",
}


def load_sink(name: str) -> Any:  # noqa: ANN401 - an AddedSink, whose layer is above this one
    """Return the class of an added sink; raises ``KeyError`` for a name that is none's."""
    module, _, called = ADDED_SINKS[name].partition(":")
    return getattr(import_module(module), called)


def sink_table(name: str) -> type[Table]:
    """Return the settings that an added sink takes."""
    table: type[Table] = load_sink(name).Settings
    return table
