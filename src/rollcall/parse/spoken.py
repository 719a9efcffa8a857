"""Turns that one line begins: speakers in a chat, lines between pipes, rows of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rollcall.model import EVERYONE
from rollcall.parse.dates import has_day
from rollcall.parse.outline import Line
from rollcall.parse.turn import ARROW, DATE, NAME, TIME, Turn, is_label, plain_name, split_names

_ID = re.compile(
    r"\[\s*([A-Za-z][A-Za-z0-9]{0,11}-\d{1,6})\s*\]|^\W*([A-Z][A-Z0-9]{1,11}-\d{1,6}|[a-z]{2,11}-\d{1,6}(?=\s*[·|:\u2013—]))(?!\w)"
)
_WHOM = (
    rf"(?:\s*(?:{ARROW}|>(?=\s))\s*(?P<to>\*|{NAME}(?:,\s*{NAME}){{0,6}})"
    r"|\s+(?P<called>@[A-Za-z][\w-]{0,40}(?:(?:,|\s|\s?&\s|\sand\s)\s*@[A-Za-z][\w-]{0,40}){0,6}))"
)
_AT = rf"[\[(<]?(?P<at>{TIME})[\])>]?"
_BOLD = re.compile(
    rf"(?:\*\*|__)(?P<from>{NAME})(?:{_WHOM})?:?(?:\*\*|__):?\s*"
    rf"(?:[\[(](?P<at>{TIME}|{DATE})[\])]|,\s(?P<on>{TIME})(?=:))?\s*[:\u2013—-]?\s*(?P<text>.*)$"
)
_BOLD_TIME = re.compile(
    rf"(?:\*\*|__){_AT}\s*[-\u2013—|]?\s*(?P<from>{NAME})(?:{_WHOM})?\s*"
    r"(?::(?:\*\*|__)|(?:\*\*|__)\s*:)\s*(?P<text>.*)$"
)
_STAMPED = re.compile(
    rf"{_AT}\s*[-\u2013—|]?\s*(?:\*\*|<)?(?P<from>{NAME})(?:\*\*|>)?(?:{_WHOM})?"
    r"(?:\*\*)?\s*:\s+(?P<text>\S.*)$"
)
_CHAT_LINE = re.compile(
    rf"(?:{_AT}\s*[-\u2013—|]?\s*)?(?:<(?P<from>{NAME})>|\[(?P<in>{NAME})\])"
    r"\s*:?\s+(?P<text>\S.*)$"
)
_NAMED = re.compile(
    rf"(?P<from>{NAME})(?:{_WHOM})?\s*[\[(](?P<at>{TIME})[\])]\s*[:\u2013—-]?\s*(?P<text>.*)$"
)
_DIRECT = re.compile(rf"(?P<from>{NAME}){_WHOM}(?P<at>)\s*:\s+(?P<text>\S.*)$")
_ALONE = re.compile(rf"(?P<from>{NAME})\s{{1,4}}(?:[\u2013—-]\s)?(?P<at>{TIME})(?P<text>)$")
_BOLDS = (_BOLD, _BOLD_TIME)
_BRACKETS = (_STAMPED, _CHAT_LINE)
_NAMES = (_NAMED, _ALONE)
_CLOCK = re.compile(r"\d:\d\d")
_POINTS = re.compile(r"[>@→⇒➜➡⟶]")
_SAFE = (_BOLD, _BOLD_TIME, _NAMED)  # forms in which a name may be several words


def id_in(text: str) -> re.Match[str] | None:
    """Find an id such as ``[REQ-12]``, or ``REQ-12`` at the beginning."""
    return _ID.search(text)


def by_line(line: Line) -> Turn | None:
    """Read a line that a speaker begins: ``[12:03] ben: …``, ``**ben** (12:03)``, ``<ben> …``."""
    if line.level or line.fenced or line.indent:
        return None
    for form in _forms(line.text):
        found = form.match(line.text)
        if found is None:
            continue
        said = found.groupdict()
        name = (said["from"] or said.get("in") or "").strip("@ ")
        to = said.get("to") or said.get("called") or ""
        said["at"] = said["at"] or said.get("on")
        untimed = not said["at"] and not to
        if (untimed and not (form is _CHAT_LINE and said["from"])) or is_label(name):
            continue
        if not to and " " in name and form not in _SAFE:
            continue
        return _turn_of(line, name, said)
    return None


def _forms(text: str) -> tuple[re.Pattern[str], ...]:
    """Return the forms that a line may have by its first character: most lines have none."""
    first = text[:1]
    if first in "*_":
        return _BOLDS
    if first in "[(<" or first.isdecimal():
        return _BRACKETS
    return _NAMES if _CLOCK.search(text[:160]) else ()


def by_direction(line: Line) -> Turn | None:
    """Read a line without a time: ``mara -> ben: …``, ``mara> ben: …``, ``mara @ben: …``."""
    if line.level or line.fenced or line.indent or not _POINTS.search(line.text[:100]):
        return None
    found = _DIRECT.match(line.text)
    if found is None or is_label(found["from"]):
        return None
    return _turn_of(line, found["from"].strip("@ "), found.groupdict())


def _turn_of(line: Line, name: str, said: Mapping[str, str | None]) -> Turn:
    text = said["text"] or ""
    given = id_in(text[:40])
    return Turn(
        line.number,
        name,
        split_names(
            re.sub(r"(?<![,&])(?<!and)\s+(?=@)", ", ", said.get("to") or said.get("called") or "")
        ),
        said["at"] or "",
        text,
        text or line.text,
        id=(given[1] or given[2]) if given else None,
    )


def by_pipes(line: Line) -> Turn | None:
    """Read ``MSG | <stamp> | <from> | to:<to> | type:<type> | note:<text>`` in any of its widths."""
    if line.level or line.fenced or line.text.count("|") < 3:
        return None
    parts = [part.strip() for part in line.text.strip("| ").split("|")]
    named = dict(
        re.findall(r"^([a-z]{2,10}):\s*(.*)$", part, re.IGNORECASE)[0]
        for part in parts
        if _is_named(part)
    )
    fields = {key.casefold(): value for key, value in named.items()}
    plain = [part for part in parts if not _is_named(part)]
    at = next((n for n, part in enumerate(plain) if re.match(r"20\d\d-\d\d-\d\d", part)), None)
    if at is None or "to" not in fields:
        return None
    sender = fields.get("from") or (plain[at + 1] if at + 1 < len(plain) else "")
    if not re.fullmatch(NAME, sender):
        return None
    text = next(
        (fields[key] for key in ("note", "msg", "text", "message", "body") if key in fields), ""
    )
    text = text or " ".join(plain[at + 2 :])
    kind = fields.get("type", "").casefold() or "message"
    recipients = split_names(fields["to"])
    return Turn(line.number, sender, recipients, plain[at], text, text, kind, fields.get("id"))


def _is_named(part: str) -> bool:
    return bool(re.match(r"[a-z]{2,10}:(?!\d\d)", part, re.IGNORECASE))


_COLUMNS = {
    "from": "from",
    "sender": "from",
    "agent": "from",
    "author": "from",
    "requester": "from",
    "requested by": "from",
    "to": "to",
    "recipient": "to",
    "recipients": "to",
    "cc": "cc",
    "message": "text",
    "note": "text",
    "text": "text",
    "request": "text",
    "ask": "text",
    "question": "text",
    "time": "at",
    "timestamp": "at",
    "date": "at",
    "when": "at",
    "type": "kind",
    "kind": "kind",
    "id": "id",
    "due": "due",
    "needed by": "due",
}
_ASKING = frozenset(["request", "ask", "question"])
_TEXTS = _ASKING | {"message", "text"}


def by_table(body: Sequence[Line], *, sure: bool = False) -> list[Turn]:
    """Read a Markdown table whose columns say who writes what to whom, one turn a row.

    Where the column of what is written is headed "Request", each row is one. A column "Note" may
    be of anything: where one must be ``sure``, it is none, and else only beside dates.
    """
    columns: dict[str, int] = {}
    found = []
    asking = False
    for line in body:
        if not line.text.startswith("|") or line.fenced:
            columns = {}
            continue
        cells = [cell.strip() for cell in line.text.strip("| ").split("|")]
        if not columns:
            titles = [cell.strip("* ").casefold() for cell in cells]
            known = {_COLUMNS[title]: at for at, title in enumerate(titles) if title in _COLUMNS}
            columns = known if {"from", "to", "text"} <= known.keys() else {"": -1}
            if not _TEXTS & set(titles):
                columns = {"": -1} if sure else {**columns, "note": -1}
            asking = bool(_ASKING & set(titles))
        elif "from" in columns and (turn := _row(line.number, cells, columns, asking=asking)):
            found.append(turn)
    return found


def _row(
    number: int, cells: Sequence[str], columns: Mapping[str, int], *, asking: bool
) -> Turn | None:
    said = {name: cells[at] for name, at in columns.items() if 0 <= at < len(cells)}
    sender, text = plain_name(said.get("from", "")), said.get("text", "")
    if not sender or not text or ("note" in columns and not has_day(said.get("at", ""))):
        return None
    kind = said.get("kind", "").casefold() or ("request" if asking else "")
    copied = split_names(said.get("cc", ""))
    to = split_names(said.get("to", ""))
    return Turn(
        number,
        sender,
        to if EVERYONE in to else (*to, *copied),
        said.get("at", ""),
        text,
        text,
        kind,
        said.get("id") or None,
        due=said.get("due", ""),
        copied=copied,
    )
