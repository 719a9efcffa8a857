"""TOML text and overrides → one validated ``Settings``, or one error that tells every problem."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from rollcall.config.places import Key, key_lines, line_of
from rollcall.config.problems import Problem, problems_of
from rollcall.config.settings import Settings
from rollcall.config.sinks import ADDED_SINKS, sink_table
from rollcall.config.table import Table
from rollcall.errors import ConfigurationError

_SYNTAX_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


@dataclass(frozen=True, slots=True)
class _Override:
    key: tuple[str, ...]
    value: object


def load_settings(text: str | None, *, name: str, overrides: Sequence[str] = ()) -> Settings:
    """Read a configuration; ``None`` stands for an absent file, all of whose settings are defaults.

    ``name`` is how the file is called in errors. Each override is ``key=value`` with a dotted key
    and a TOML value, or a bare word for text; it replaces what the file says. Raises
    ``ConfigurationError`` with a line for each problem: where, which key, what was got, and a hint.
    """
    text = (text or "").removeprefix("\ufeff")
    document = _parsed(text, name)
    read = [_override(written) for written in overrides]
    for override in read:
        _put(document, override)
    sinks, problems = _take_sinks(document)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        problems += problems_of(error)
    if not problems:
        return settings.with_sinks(sinks)
    places = key_lines(text)
    found = [(*_place(problem.key, name, places, read), problem.text) for problem in problems]
    lines = [f"{place}: {what}" for _, place, what in sorted(found)]
    raise ConfigurationError("\n".join(dict.fromkeys(lines)))


def _take_sinks(document: Mapping[str, object]) -> tuple[dict[str, Table], list[Problem]]:
    """Take the tables of added sinks out of the document, each read by its own sink."""
    notify = document.get("notify")
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    if isinstance(notify, dict):
        for name in [name for name in ADDED_SINKS if name in notify]:
            try:
                tables[name] = sink_table(name).model_validate(notify.pop(name))
            except ValidationError as error:
                problems += problems_of(error, ("notify", name))
    return tables, problems


def _parsed(text: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_PLACE.search(str(error))
        line = (found and found[1]) or str(len(text.splitlines()))
        column = f", column {found[2]}" if found and found[2] else ""
        what = _SYNTAX_PLACE.sub("", str(error))
        raise ConfigurationError(f"{name}:{line}: this is not TOML{column}: {what}") from error


def _override(written: str) -> _Override:
    key_text, equals, value_text = written.partition("=")
    if not equals or not value_text.strip():
        raise ConfigurationError(
            f'--set {key_text}: must be key=value, for example "--set feedback.cadence=10m"'
        )
    return _Override(_dotted(key_text), _value(value_text.strip(), key_text))


def _dotted(key_text: str) -> tuple[str, ...]:
    key: list[str] = []
    try:
        nested: object = tomllib.loads(f"{key_text} = true")
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f'--set: "{key_text}" is no key, expected for example feedback.cadence'
        ) from error
    while isinstance(nested, dict):
        if len(nested) != 1:
            raise ConfigurationError(f'--set: "{key_text}" is more than one key')
        part, nested = next(iter(nested.items()))
        key.append(part)
    return tuple(key)


def _value(value_text: str, key_text: str) -> object:
    """Read a TOML value; text that is none and does not begin like one is a bare word."""
    try:
        parsed = tomllib.loads(f"value = {value_text}")
    except tomllib.TOMLDecodeError as error:
        if value_text[0] in "[{\"'":
            reason = _SYNTAX_PLACE.sub("", str(error))
            raise ConfigurationError(
                f"--set {key_text}: the value is not TOML: {reason}"
            ) from error
        return value_text
    return parsed["value"] if len(parsed) == 1 else value_text


def _put(document: dict[str, object], override: _Override) -> None:
    table = document
    for depth, part in enumerate(override.key[:-1], start=1):
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            parent = ".".join(override.key[:depth])
            raise ConfigurationError(
                f"--set {'.'.join(override.key)}: {parent} holds no further keys"
            )
        table = inner
    table[override.key[-1]] = override.value


def _place(
    key: Key, name: str, places: Mapping[Key, int], overrides: Iterable[_Override]
) -> tuple[int, str]:
    """Return the line, 0 for none, and the place to name for a key."""
    for override in overrides:
        depth = min(len(key), len(override.key))
        if key[:depth] == override.key[:depth]:
            return 0, "--set"
    line = line_of(places, key)
    return (0, name) if line is None else (line, f"{name}:{line}")
