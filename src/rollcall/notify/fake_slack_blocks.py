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
MOST_ACTIONS = 25
MOST_BLOCK_ID = 255
MOST_LABEL = 75
MOST_OPTIONS = 5


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
    named = [one["block_id"] for one in blocks if isinstance(one, dict) and "block_id" in one]
    if len(named) != len(set(map(str, named))):
        found.append("blocks: each block_id must be unique")
    found += [
        f"blocks: block_id must be 1 to {MOST_BLOCK_ID} characters"
        for one in named
        if not isinstance(one, str) or not 1 <= len(one) <= MOST_BLOCK_ID
    ]
    return found


def _check_block(block: dict[str, Any], place: str) -> Iterator[str]:
    match block.get("type"):
        case "header":
            yield from _check_text(block.get("text"), f"{place}/text", MOST_HEADER, plain=True)
        case "section":
            yield from _check_section(block, place)
        case "context":
            yield from _check_context(block.get("elements"), f"{place}/elements")
        case "actions":
            yield from _check_actions(block.get("elements"), f"{place}/elements")
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
    if "accessory" in block:
        yield from _check_element(block["accessory"], f"{place}/accessory")
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


def _check_actions(elements: object, place: str) -> Iterator[str]:
    if not isinstance(elements, list) or not 1 <= len(elements) <= MOST_ACTIONS:
        yield f"{place}: must be 1 to {MOST_ACTIONS} items"
        return
    for number, element in enumerate(elements):
        yield from _check_element(element, f"{place}/{number}")
    names = [one.get("action_id") for one in elements if isinstance(one, dict)]
    if len(names) != len(set(names)):
        yield f"{place}: each action_id must be unique"


def _check_element(element: object, place: str) -> Iterator[str]:
    if not isinstance(element, dict) or not element.get("action_id"):
        yield f"{place}: must be an object with an action_id"
        return
    match element.get("type"):
        case "button":
            yield from _check_text(element.get("text"), f"{place}/text", MOST_LABEL, plain=True)
            if "confirm" in element:
                yield from _check_confirmation(element["confirm"], f"{place}/confirm")
        case "users_select":
            words = element.get("placeholder")
            yield from _check_text(words, f"{place}/placeholder", 150, plain=True)
        case "overflow":
            options = element.get("options")
            if not isinstance(options, list) or not 1 <= len(options) <= MOST_OPTIONS:
                yield f"{place}/options: must be 1 to {MOST_OPTIONS} items"
                return
            for number, option in enumerate(options):
                words = option.get("text")
                yield from _check_text(words, f"{place}/options/{number}", MOST_LABEL, plain=True)
        case other:
            yield f"{place}/type: unsupported type: {other}"


def _check_confirmation(confirm: object, place: str) -> Iterator[str]:
    if not isinstance(confirm, dict):
        yield f"{place}: must be an object"
        return
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _check_text(confirm.get(name), f"{place}/{name}", most, plain=True)


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
