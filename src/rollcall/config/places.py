"""On which line of a TOML text each key is set."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

Key = tuple[str | int, ...]


def key_lines(text: str) -> Mapping[Key, int]:
    """Map each key of a valid TOML text to the 1-based line of its statement.

    tomllib tells no lines. But a statement ends on the first line up to which it parses by itself,
    so the text is cut into statements by parsing ever more lines of it. Members of an array have
    their index in the key.
    """
    places: dict[Key, int] = {}
    table: Key = ()
    counts: dict[Key, int] = {}
    for line, statement in _statements(text):
        parsed = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _table(parsed, counts)
            for depth in range(1, len(table) + 1):
                places.setdefault(table[:depth], line)
        else:
            for key in _keys(parsed):
                places.setdefault(table + key, line)
    return places


def line_of(places: Mapping[Key, int], key: Key) -> int | None:
    """Return the line of a key, or of the nearest table around it that is written."""
    for depth in range(len(key), 0, -1):
        if key[:depth] in places:
            return places[key[:depth]]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    gathered: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        gathered.append(line)
        statement = "\n".join(gathered)
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        yield number - len(gathered) + 1, statement
        gathered = []


def _table(parsed: object, counts: dict[Key, int]) -> Key:
    key: Key = ()
    while isinstance(parsed, dict) and parsed:
        name, parsed = next(iter(parsed.items()))
        key += (name,)
        if isinstance(parsed, list):
            counts[key] = counts.get(key, -1) + 1
            key += (counts[key],)
            parsed = None
        elif key in counts:
            key += (counts[key],)
    return key


def _keys(parsed: object, prefix: Key = ()) -> Iterator[Key]:
    pairs: Iterator[tuple[str | int, object]]
    if isinstance(parsed, dict):
        pairs = iter(parsed.items())
    elif isinstance(parsed, list):
        pairs = iter(enumerate(parsed))
    else:
        return
    for name, value in pairs:
        yield (*prefix, name)
        yield from _keys(value, (*prefix, name))
