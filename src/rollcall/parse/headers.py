"""What stands at the head of a message: YAML front matter and lines such as ``From: mara``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml

from rollcall.parse.outline import MAX_LINE, Line

_MAX_FRONT_MATTER = 4096
_MAX_BRACKETS = 40  # the reader takes time that grows with the square of their depth
_OPENINGS = ("---", "---yaml", "---json")  # JSON is YAML; some mailers say which
_MAX_FRONT_LINES = 80
_HEAD_LINES = 24
_COMMENT = re.compile(r"\ufeff?\s*(?:<!--(?:(?!-->).)*-->\s*)?$")
_KEY = re.compile(r"([A-Za-z][\w -]{0,30}):(?:\s|$)")
_VALUE = re.compile(
    r"([A-Za-z][\w -]{0,30}:)[ \t]+(?![\[{|>'\"])(\S.*(?::(?:\s|$)|\s#).*|[@`%&*!].*)"
)
_NESTED = re.compile(r"\s{1,12}\S|-\s|#|[\]}]")
_FIELD = re.compile(
    r"[*_>\s]{0,6}([A-Za-z][A-Za-z /_-]{0,24}?)(?:\(s\))?\s{0,2}[*_]{0,2}:[*_]{0,2}\s{0,8}(.*)$"
)
_PARTS = re.compile(
    r"\s+[|·]\s+|\s{3,}|\s{1,2}(?=\*\*[A-Za-z][A-Za-z -]{0,24}:\*\*|\*\*[A-Za-z][A-Za-z -]{0,24}\*\*:)|\s{2}(?=\*\*)"
)
_RULE = re.compile(r"[-*_]{3,}$")
_SIGNED = re.compile(
    r"(?:(?:--|\u2014|\u2013)\s*|(?:best|regards|cheers|thanks|signed)[,:]?\s+)"
    r"@?([A-Za-z][\w-]{1,40}(?: [A-Z][\w-]{1,30}){0,3})\W{0,3}$",
    re.IGNORECASE,
)
_NAMES = {
    "from": "from",
    "sender": "from",
    "from agent": "from",
    "to agent": "to",
    "receiver": "to",
    "in response to": "re",
    "author": "from",
    "requested by": "asker",
    "requester": "asker",
    "raised by": "asker",
    "assigned to": "asked",
    "assignee": "asked",
    "owner": "owner",
    "owner lane": "owner",
    "to": "to",
    "recipient": "to",
    "recipients": "to",
    "audience": "to",
    "cc": "cc",
    "copy": "cc",
    "copy to": "cc",
    "re": "re",
    "in reply to": "re",
    "in-reply-to": "re",
    "reply to": "re",
    "replies to": "re",
    "answers": "re",
    "parent": "re",
    "responding to": "re",
    "thread": "thread",
    "subject": "subject",
    "topic": "subject",
    "title": "subject",
    "type": "kind",
    "kind": "kind",
    "status": "status",
    "date": "date",
    "created": "date",
    "created at": "date",
    "ts": "date",
    "at": "date",
    "sent": "date",
    "sent at": "date",
    "posted": "date",
    "when": "date",
    "datetime": "date",
    "time": "date",
    "timestamp": "date",
    "id": "id",
    "message id": "id",
    "message-id": "id",
    "msg id": "id",
    "opened": "date",
    "due": "due",
    "due by": "due",
    "needed by": "due",
    "respond by": "due",
    "deadline": "due",
}


def front_matter(lines: Sequence[str]) -> tuple[Mapping[str, tuple[str, ...]], int]:
    """Read YAML front matter: each key's values as written, and how many lines it takes.

    Scalars stay text (a date is not turned into one), a list gives several values, anything deeper
    is left out. Text that is no YAML, or too long to be front matter, is none. The opening fence
    may be missing, a comment may stand above it; keys are called as header lines are (``sender`` is ``from``).
    """
    above = next((n for n, line in enumerate(lines[:4]) if not _COMMENT.match(line[:400])), 0)
    lines = lines[above:]
    first = 1 if lines and lines[0].lstrip("\ufeff").strip() in _OPENINGS else 0
    head = [line[:MAX_LINE].lstrip("\ufeff") for line in lines[first:_MAX_FRONT_LINES]]
    end = next((n for n, line in enumerate(head) if line.strip() in ("---", "...")), None)
    if end is None or (not first and not _is_matter(head[:end])):
        return {}, 0
    text = "\n".join(head[:end])
    if len(text) > _MAX_FRONT_MATTER or text.count("[") + text.count("{") > _MAX_BRACKETS:
        return {}, 0
    data = _load(text)
    if data is None and first and _is_matter(head[:end]):
        data = _load("\n".join(map(_quoted, head[:end])))
    if not isinstance(data, dict):
        return {}, 0
    found: dict[str, tuple[str, ...]] = {}
    for key, value in data.items():
        found.setdefault(_matter_name(str(key)), _values(value))
    return found, above + end + 1 + first


def _load(text: str) -> object:
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes only text
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _quoted(line: str) -> str:
    """Return a line whose value holds what YAML takes for a mark, with the value in quotes."""
    if (found := _VALUE.fullmatch(line)) is None:
        return line
    said = found[2].replace("'", "''")
    return f"{found[1]} '{said}'"


def _is_matter(lines: Sequence[str]) -> bool:
    """Tell whether lines above a ``---`` are front matter that lost its opening fence.

    All must look like YAML, and one must say who writes or to whom: text above a rule does not.
    """
    held = [line for line in lines if line.strip()]
    keys = [found[1] for line in held if (found := _KEY.match(line))]
    fitting = all(_KEY.match(line) or _NESTED.match(line) for line in held)
    return fitting and len(keys) > 1 and bool({"from", "to"} & {_matter_name(key) for key in keys})


def _matter_name(key: str) -> str:
    plain = key.strip().casefold()
    return _NAMES.get(plain.replace("_", " "), _NAMES.get(plain.replace("_", "-"), plain))


def _values(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    # Who is written as {name: mara, role: lead} is mara.
    found = (item.get("name") if isinstance(item, dict) else item for item in listed)
    said = [item.strip() for item in found if isinstance(item, str)]
    return tuple(item for item in said if item and item not in ("null", "~"))


def fields(lines: Iterable[Line]) -> Mapping[str, tuple[str, int]]:
    """Read ``Name: value`` lines above the first section: our name, its value and its line.

    Quoted lines are what another wrote, unless both sender and recipient stand there.
    """
    found: dict[str, tuple[str, int]] = {}
    quoted: set[str] = set()
    for seen, line in enumerate(lines):
        if seen >= _HEAD_LINES or (line.level > 1 and found) or line.fenced:
            break
        if {"from", "to"} <= found.keys() and _RULE.match(line.text):
            break
        for part in _PARTS.split(_row(line.text[:400])) if not line.level else ():
            name, value = _field(part)
            if name and value and name not in found:
                found[name] = (value, line.number)
                quoted |= {name} if line.text.startswith(">") else set()
    if {"from", "to"} <= quoted:
        return found
    return {name: value for name, value in found.items() if name not in quoted}


def signature(lines: Sequence[Line]) -> str:
    """Return the name by which a message is signed in its last lines, or nothing."""
    for line in lines[-3:]:
        if found := _SIGNED.match(line.text[:80]):
            return found[1].strip()
    return ""


def _row(text: str) -> str:
    """Return a table's row of two cells as ``name: value``."""
    cells = [cell.strip() for cell in text.strip("| ").split("|")] if text[:1] == "|" else []
    return f"{cells[0].strip('*_:')}: {cells[1]}" if len(cells) == 2 else text


def _field(text: str) -> tuple[str, str]:
    match = _FIELD.match(text)
    if match is None:
        return "", ""
    value = match[2].strip().strip("*_").strip()
    return _NAMES.get(match[1].strip().casefold(), ""), value
