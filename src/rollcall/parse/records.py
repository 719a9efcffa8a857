"""Messages as JSON: one object a line, a list of them, or an object that holds such a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from rollcall.model import EVERYONE
from rollcall.parse.turn import Turn
from rollcall.roster import is_everyone, slugify

_SUFFIXES = (".json", ".jsonl", ".ndjson")
_LONGEST_TEXT = 20_000
_KEYS = {
    "from": (
        "from",
        "sender",
        "author",
        "from_agent",
        "source",
        "agent",
        "actor",
        "user",
        "username",
        "role",
        "speaker",
    ),
    "to": ("to", "recipient", "recipients", "to_agent", "target", "audience", "channel"),
    "at": (
        "ts",
        "timestamp",
        "time",
        "at",
        "date",
        "datetime",
        "created_at",
        "created",
        "sent_at",
        "sent",
        "posted_at",
    ),
    "kind": (
        "type",
        "kind",
        "event",
        "intent",
        "msg_type",
        "message_type",
        "action",
        "performative",
    ),
    "title": ("subject", "title", "summary", "topic"),
    "text": ("body", "text", "message", "content", "msg", "details", "description", "note"),
    "id": ("id", "message_id", "msg_id", "uuid", "seq"),
    "re": (
        "re",
        "in_reply_to",
        "reply_to",
        "in_response_to",
        "replies_to",
        "parent",
        "parent_id",
        "ref",
        "refs",
    ),
    "files": ("files", "paths", "attachments", "artifacts", "note_path", "path"),
    "due": ("due", "deadline", "respond_by", "needed_by"),
}
_LISTED = re.compile(r'"(?:messages|items|entries|events|log|chat|history|notes)"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MENTION = re.compile(r"<(@[A-Za-z][\w-]{0,40})(?:\|[^<>]{0,80})?>")
_CALL = re.compile(r"@([A-Za-z][\w-]{0,40})")
_CALLED = re.compile(r"(?:<?@[A-Za-z][\w-]{0,40}>?(?:\s*(?:,|and\b|&))?\s*){1,8}")


def is_record_file(path: str) -> bool:
    """Tell whether the file ``path`` holds JSON."""
    return PurePosixPath(path).suffix.casefold() in _SUFFIXES


def read_records(lines: Sequence[str]) -> tuple[Turn, ...]:
    """Read the objects that say who writes to whom as turns; anything else is left out.

    A line that is no JSON, as one that is half written, costs only itself.
    """
    held = [(number, _flat(found)) for number, found in _objects(lines)]
    turns = [turn for number, found in held if (turn := _turn(number, found)) is not None]
    speakers = {slugify(turn.sender) for turn in turns}
    called = any(speakers & set(map(slugify, turn.recipients)) for turn in turns)
    # Where some are sent to somebody, one that is not is an event; where all are said, it is to all.
    talk = called and all(map(_is_room, (name for _, one in held for name in _texts(one, "to"))))
    return tuple(
        turn if turn.recipients else replace(turn, recipients=(EVERYONE,))
        for turn in turns
        if turn.recipients or talk
    )


def _flat(found: Mapping[str, object]) -> Mapping[str, object]:
    """Return an object with what one inside it says of the message, and its keys in lower case."""
    held = {_plain(key): value for key, value in found.items()}
    for key in ("message", "payload", "data", "body", "content", "envelope", "header", "headers"):
        inner = held.get(key)
        if isinstance(inner, dict):
            held = {
                **{_plain(str(name)): value for name, value in inner.items()},
                **{name: value for name, value in held.items() if name != key},
            }
    return held


def _plain(key: str) -> str:
    """Return a key as ``sent_at`` where it is written ``sentAt`` or ``sent-at``."""
    return _HUMP.sub("_", key[:80]).replace("-", "_").lower()


def _objects(lines: Sequence[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Yield each object with the number of the line on which it begins."""
    first = next((line for line in lines if line.strip()), "")
    listed = [] if isinstance(_loads(first), dict) else [*_listed("\n".join(lines))]
    if listed:
        yield from listed
        return
    for number, line in enumerate(lines, 1):
        found = _loads(line)
        if isinstance(found, dict):
            yield number, found


def _listed(text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    text = text.lstrip("\ufeff")
    found = _LISTED.search(text[:4096])
    at = found.end() if found else len(text) - len(text.lstrip("[ \t\r\n"))
    if not found and "[" not in text[:at]:
        at = 0
    decoder, number, seen = json.JSONDecoder(), 1, 0
    while at < len(text):
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr] # it matches nothing too
        number, seen = number + text.count("\n", seen, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            yield number, value


def _loads(line: str) -> object:
    if line.lstrip("\ufeff \t")[:1] != "{":
        return None
    try:
        return json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _turn(number: int, found: Mapping[str, object]) -> Turn | None:
    """Make a turn of an object: without a recipient where it calls none, or says nothing to read.

    Whom a text calls by ``@name`` at its beginning it is for.
    """
    sender, to = _texts(found, "from"), _texts(found, "to")
    said = [*_texts(found, "title"), *_texts(found, "text"), *_texts(found, "files")]
    if not sender or not said or len(sender[0]) > 80 or not (to or _texts(found, "text")):
        return None
    names = tuple(name for one in to for name in re.split(r"\s*[,;]\s*", one[:300]) if name)
    if all(map(_is_room, names)) and (text := next(iter(_texts(found, "text")), "")):
        called = _CALLED.match(text[:400])
        names = tuple(_CALL.findall(called[0])) if called else names
    title = next(iter(_texts(found, "title")), said[0])
    return Turn(
        start=number,
        sender=sender[0].strip("@ "),
        recipients=(EVERYONE,) if any(map(_is_room, names)) else names[:24],
        stamp=_time(found),
        text=title.split("\n", maxsplit=1)[0],
        title=title.split("\n", maxsplit=1)[0],
        kind=next(iter(_texts(found, "kind")), "").casefold(),
        id=next(iter(_texts(found, "id")), None),
        re=_texts(found, "re"),
        due=next(iter(_texts(found, "due")), ""),
        body=tuple(_MENTION.sub(r"\1", "\n".join(said)[:_LONGEST_TEXT]).splitlines()),
    )


def _is_room(name: str) -> bool:
    """Tell whether what stands for a recipient is a room for all: ``#parser``, ``general``."""
    return name.startswith("#") or is_everyone(name)


def _texts(found: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return the texts under the first key for ``name`` that has any."""
    for key in _KEYS[name]:
        value = found.get(key)
        held = value if isinstance(value, list) else [value]
        inner = (one.get("name") if isinstance(one, dict) else one for one in held)
        said = tuple(
            str(one).strip()
            for one in inner
            if isinstance(one, str) or (isinstance(one, int) and not isinstance(one, bool))
        )
        if any(said):
            return tuple(one for one in said if one)
    return ()


def _time(found: Mapping[str, object]) -> str:
    """Return the time as text; a number counts seconds or milliseconds since 1970."""
    for key in _KEYS["at"]:
        value = found.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value > 1e11 else value
            if 1e9 < seconds < 4e9:
                return datetime.fromtimestamp(seconds, UTC).isoformat()
    return ""
