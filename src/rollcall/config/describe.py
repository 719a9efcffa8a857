"""All settings as a list: for the documentation, the sample configuration and hints on typos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from rollcall.config.durations import format_duration
from rollcall.config.settings import Settings
from rollcall.config.targets import Target


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """One setting: its dotted key, its default as TOML, or ``None``, and what it does.

    A ``*`` in the key stands for a name, as in ``agents.*.cadence``.
    """

    key: str
    default: str | None
    help: str


@cache
def describe_settings() -> tuple[SettingDoc, ...]:
    """List every setting that this version carries out, in the order of the tables."""
    return tuple(_settings(Settings, ""))


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


def _settings(table: type[BaseModel], prefix: str) -> Iterator[SettingDoc]:
    for name, field in table.model_fields.items():
        inner = _inner_table(field)
        if inner is None:
            yield SettingDoc(f"{prefix}{name}", _default(field), field.description or "")
        else:
            star = "*." if get_origin(field.annotation) is Mapping else ""
            yield from _settings(inner, f"{prefix}{name}.{star}")


def _inner_table(field: FieldInfo) -> type[BaseModel] | None:
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _default(field: FieldInfo) -> str | None:
    value = field.default
    return None if value is None or value is PydanticUndefined else as_toml(value)


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
        case str() | Target():
            return f'"{value}"'
        case tuple() | list():
            return f"[{', '.join(as_toml(item) for item in value)}]"
        case _:
            raise TypeError(f"no setting holds a {type(value).__name__}")
