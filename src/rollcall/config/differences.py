"""What two configurations set otherwise: for whoever sees other settings come into force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rollcall.config.describe import as_toml
from rollcall.config.settings import Settings
from rollcall.config.sinks import ADDED_SINKS
from rollcall.config.table import Table

NOT_SET = "not set"
MOST_NAMED = 6
_MOST_OF_A_VALUE = 60


def say_differences(before: Settings, after: Settings) -> str:
    """Say which settings differ and how: ``feedback.cadence = "2h" (was "1h")``, a comma between.

    Beyond ``MOST_NAMED`` they are only counted; where none differs, the text is empty.
    """
    old, new = dict(_values(before)), dict(_values(after))
    keys = [key for key in {**new, **old} if old.get(key) != new.get(key)]
    said = [
        f"{key} = {new.get(key, NOT_SET)} (was {old.get(key, NOT_SET)})"
        for key in keys[:MOST_NAMED]
    ]
    more = len(keys) - MOST_NAMED
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _values(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give every key that has a value, with the value as TOML."""
    yield from _of_table(settings, "")
    for name in ADDED_SINKS:
        if settings.sets_up(name):
            yield from _of_table(settings.of_sink(name), f"notify.{name}.")


def _of_table(table: Table, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table:
        if isinstance(value, Table):
            yield from _of_table(value, f"{prefix}{name}.")
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield f"{prefix}{name}.{key}", _shortened(_inline(inner))
        elif value is not None:
            yield f"{prefix}{name}", _shortened(_inline(value))


def _inline(value: object) -> str:
    if isinstance(value, Table):
        written = [(name, one) for name, one in value if name in value.model_fields_set]
        inner = (f"{name} = {_inline(one)}" for name, one in written if one is not None)
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return as_toml(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_OF_A_VALUE else f"{text[: _MOST_OF_A_VALUE - 1]}…"
