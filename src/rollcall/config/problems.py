"""Pydantic's errors in our words: which key, what was got, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rollcall.config.describe import known_keys
from rollcall.config.places import Key

# Settings of later versions, told apart from typing errors.
_LATER: frozenset[tuple[str | int, ...]] = frozenset()
_OWN_WORDS = {
    "missing": "is missing",
    "model_type": "must be a table of keys",
    "mapping_type": "must be a table of keys",
    "dict_type": "must be a table of keys",
    "tuple_type": 'must be a list, for example ["…"]',
    "bool_type": "must be true or false",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "too_short": "must not be empty",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the key as a path, and a sentence."""

    key: Key
    text: str


def problems_of(error: ValidationError, table: Key = ()) -> Iterator[Problem]:
    """Tell each problem that pydantic found in the document, or in one ``table`` of it.

    A list whose members are all refused also counts as empty to pydantic; that is left out.
    """
    details = error.errors(include_url=False)
    for detail in details:
        place = tuple(part for part in detail["loc"] if part != "[key]")
        key = (*table, *place)
        inside = any(
            other["loc"][: len(place)] == place for other in details if other is not detail
        )
        if detail["type"] == "too_short" and inside:
            continue
        yield Problem(key, f"{_written(key)}: {_sentence(key, detail)}")


def _sentence(key: Key, detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown(key)
    if kind == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    if kind in {"missing", "too_short"}:
        return _OWN_WORDS[kind]
    said = _OWN_WORDS.get(kind) or f"is not accepted: {detail['msg'].lower()}"
    return f"{said}: got {_shortened(detail['input'])}"


def _unknown(key: Key) -> str:
    pattern = tuple(
        "*" if place == 1 and key[0] in {"agents", "people"} else part
        for place, part in enumerate(key)
    )
    if pattern in _LATER:
        return f"this version does not carry out {_written(pattern)}; remove it"
    nearest = _nearest(pattern)
    return f"is unknown; the nearest known key is {nearest}" if nearest else "is unknown"


def _nearest(pattern: tuple[str | int, ...]) -> str | None:
    """Find the known key most like an unknown one: beside it first, then anywhere."""
    parent, last = _written(pattern[:-1]), str(pattern[-1])
    known = tuple(known_keys())
    beside = [key for key in known if key.rpartition(".")[0] == parent]
    # In a known table a key of another one must be all but the same to be meant.
    elsewhere = (known, 0.9 if parent and beside else 0.6)
    last_guess = (beside if parent else [], 0.0)
    for candidates, likeness in ((beside, 0.6), elsewhere, last_guess):
        by_name = {key.rpartition(".")[2]: key for key in reversed(candidates)}
        if close := difflib.get_close_matches(last.lower(), by_name, n=1, cutoff=likeness):
            return by_name[close[0]].replace("*", "<name>")
    return None


def _written(key: tuple[str | int, ...]) -> str:
    """Write a key as ``agents.mara.cadence`` or ``escalation[1].after``, levels from 1."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _shortened(value: object) -> str:
    if isinstance(value, BaseModel):
        return type(value).__name__
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
