"""All settings as a list: for the documentation, the sample configuration and hints on typos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from typing import get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from rollcall.config.durations import format_duration
from rollcall.config.settings import NotifySettings, Settings
from rollcall.config.sinks import ADDED_SINKS, sink_table
from rollcall.config.targets import Target
from rollcall.hours import Hours


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """One setting: its dotted key, its default as TOML, or ``None``, and what it does.

    A ``*`` in the key stands for a name, as in ``agents.*.cadence``. ``example`` is a value as
    TOML, the default where there is one.
    """

    key: str
    default: str | None
    help: str
    example: str


@dataclass(frozen=True, slots=True)
class TableDoc:
    """One table of the configuration file: its key, what it is for, and its settings."""

    key: str
    help: str
    settings: tuple[SettingDoc, ...]


@cache
def describe_tables() -> tuple[TableDoc, ...]:
    """List every table with the settings that this version carries out, in their order."""
    return tuple(_tables(Settings, ""))


@cache
def describe_settings() -> tuple[SettingDoc, ...]:
    """List every setting that this version carries out, in the order of the tables."""
    return tuple(setting for table in describe_tables() for setting in table.settings)


def known_keys() -> Iterator[str]:
    """List the keys of all settings and of the tables that hold them, each once."""
    seen: set[str] = set()
    for setting in describe_settings():
        parts = setting.key.split(".")
        for depth in range(1, len(parts) + 1):
            key = ".".join(parts[:depth])
            if key not in seen:
                seen.add(key)
                yield key


def _tables(model: type[BaseModel], prefix: str) -> Iterator[TableDoc]:
    for name, field in model.model_fields.items():
        inner = _inner_table(field)
        if inner is None:
            continue
        key = f"{prefix}{name}" + (".*" if get_origin(field.annotation) is Mapping else "")
        yield from _table(key, inner)
        yield from _tables(inner, f"{key}.")
    if model is NotifySettings:
        for name in ADDED_SINKS:
            yield from _table(f"{prefix}{name}", sink_table(name))


def _table(key: str, table: type[BaseModel]) -> Iterator[TableDoc]:
    settings = tuple(
        _setting(f"{key}.{own}", own_field)
        for own, own_field in table.model_fields.items()
        if _inner_table(own_field) is None
    )
    if settings:
        yield TableDoc(key, (table.__doc__ or "").strip(), settings)


def _setting(key: str, field: FieldInfo) -> SettingDoc:
    absent = field.default is None or field.default is PydanticUndefined
    default = None if absent else as_toml(field.default)
    examples = [as_toml(value) for value in field.examples or ()]
    return SettingDoc(key, default, field.description or "", (examples or [default or ""])[0])


def _inner_table(field: FieldInfo) -> type[BaseModel] | None:
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def as_toml(value: object) -> str:
    """Write one setting's value as TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case timedelta():
            return f'"{format_duration(value)}"'
        case ZoneInfo():
            return f'"{value.key}"'
        case str() | Target() | time():
            return _quoted(f"{value:%H:%M}" if isinstance(value, time) else str(value))
        case tuple() | list() | Hours():
            items = value.text if isinstance(value, Hours) else value
            return f"[{', '.join(as_toml(item) for item in items)}]"
        case _:
            raise TypeError(f"no setting holds a {type(value).__name__}")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
