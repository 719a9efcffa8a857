"""Block Kit as Slack documents it ("Block Kit reference"): what ``invalid_blocks`` complains about.

Knows the blocks that messages of ours use; any other type is a complaint.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MOST_BLOCKS = 50
MOST_HEADER = 150
MOST_TEXT = 3_000
MOST_FIELD = 2_000
MOST_FIELDS = 10
MOST_ELEMENTS = 10


def find_complaints(blocks: object) -> list[str]:
    """Return what is wrong with ``blocks``, one line each with its place; empty where all is well."""
    if not isinstance(blocks, list):
        return ["blocks: must be an array"]
    found = [] if len(blocks) <= MOST_BLOCKS else [f"blocks: no more than {MOST_BLOCKS} items"]
    for number, block in enumerate(blocks):
        place = f"/blocks/{number}"
        if isinstance(block, dict):
            found += _check_block(block, place)
        else:
            found.append(f"{place}: must be an object")
    return found


def _check_block(block: dict[str, Any], place: str) -> Iterator[str]:
    match block.get("type"):
        case "header":
            yield from _check_text(block.get("text"), f"{place}/text", MOST_HEADER, plain=True)
        case "section":
            yield from _check_section(block, place)
        case "context":
            yield from _check_context(block.get("elements"), f"{place}/elements")
        case "divider":
            pass
        case other:
            yield f"{place}/type: unsupported type: {other}"


def _check_section(block: dict[str, Any], place: str) -> Iterator[str]:
    fields = block.get("fields")
    if "text" in block:
        yield from _check_text(block["text"], f"{place}/text", MOST_TEXT)
    elif fields is None:
        yield f"{place}: needs text or fields"
    if fields is None:
        return
    if not isinstance(fields, list) or not 1 <= len(fields) <= MOST_FIELDS:
        yield f"{place}/fields: must be 1 to {MOST_FIELDS} items"
        return
    for number, field in enumerate(fields):
        yield from _check_text(field, f"{place}/fields/{number}", MOST_FIELD)


def _check_context(elements: object, place: str) -> Iterator[str]:
    if not isinstance(elements, list) or not 1 <= len(elements) <= MOST_ELEMENTS:
        yield f"{place}: must be 1 to {MOST_ELEMENTS} items"
        return
    for number, element in enumerate(elements):
        yield from _check_text(element, f"{place}/{number}", MOST_TEXT)


def _check_text(text: object, place: str, most: int, *, plain: bool = False) -> Iterator[str]:
    if not isinstance(text, dict):
        yield f"{place}: must be a text object"
        return
    kind, words = text.get("type"), text.get("text")
    if kind not in {"plain_text"} | (set() if plain else {"mrkdwn"}):
        yield f"{place}/type: unsupported type: {kind}"
    if not isinstance(words, str) or not words:
        yield f"{place}/text: must be at least 1 character"
    elif len(words) > most:
        yield f"{place}/text: must be less than {most + 1} characters"
    allowed = {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}
    for name in sorted(set(text) - allowed):
        yield f"{place}/{name}: unknown property"
