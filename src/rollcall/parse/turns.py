"""The turns of a thread: one file to which several agents append, section by section or line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rollcall.model import EVERYONE
from rollcall.parse.dates import has_clock
from rollcall.parse.names import from_title
from rollcall.parse.outline import Line
from rollcall.roster import is_everyone, slugify

_ID = re.compile(
    r"\[\s*([A-Za-z][A-Za-z0-9]{0,11}-\d{1,6})\s*\]|^\W*([A-Z][A-Z0-9]{1,11}-\d{1,6})\b"
)
_ARROW = re.compile(r"<?[-=\u2013—]{1,3}>|→|⇒|➜|➡|⟶")
_NAME = r"@?[A-Za-z][\w/.-]{0,40}(?: [A-Z][\w/.-]{0,30}){0,3}"
_WHOM = rf"\s*(?:->|→|=>|⇒|➜|➡)\s*(?P<to>{_NAME}(?:,\s*{_NAME}){{0,6}})"
_TIME = (
    r"(?:20\d\d-\d\d-\d\d[T ,]{0,2})?\d{1,2}:\d\d(?::\d\d)?(?:\s?(?:Z|[A-Z]{2,4}|[+-]\d\d:?\d\d))?"
)
_BARE_ARROW = re.compile(rf"{_NAME}\s*(?:->|→|=>|⇒|➜|➡)\s*{_NAME}")
_BOLD = re.compile(
    rf"(?:\*\*|__)(?P<from>{_NAME})(?:{_WHOM})?:?(?:\*\*|__):?\s*"
    rf"(?:[\[(](?P<at>{_TIME})[\])])?\s*[:\u2013—-]?\s*(?P<text>.*)$"
)
_STAMPED = re.compile(
    rf"[\[(<]?(?P<at>{_TIME})[\])>]?\s*[-\u2013—|]?\s*(?:\*\*|<)?(?P<from>{_NAME})(?:\*\*|>)?(?:{_WHOM})?"
    r"(?:\*\*)?\s*:\s+(?P<text>\S.*)$"
)
_SPEAKER = re.compile(rf"(?P<from>{_NAME})\s*(?:[-\u2013—,|]\s*|[\[(]\s*)(?P<at>{_TIME})")
_CALL = re.compile(r"@([A-Za-z][\w-]{0,40})")
_CALLED = re.compile(r"@([A-Za-z][\w-]{0,40})\b(?!\s*(?:,|and\b|&)\s*@)")
_NOT_A_NAME = frozenset(
    [
        "note",
        "notes",
        "update",
        "status",
        "log",
        "summary",
        "todo",
        "info",
        "warning",
        "error",
        "done",
        "next",
        "plan",
        "result",
        "tests",
        "test",
        "build",
        "deploy",
        "evidence",
        "blocker",
        "blockers",
        "risk",
        "risks",
        "fix",
        "proof",
        "start",
        "end",
        "owner",
        "due",
        "date",
        "time",
        "completed",
        "started",
        "context",
        "decision",
        "progress",
        "task",
        "tasks",
        "re",
        "sprint",
        "phase",
        "step",
        "day",
    ]
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One agent's turn in a thread: names and stamp as written, ``text`` what its first line says.

    ``inferred``: it names nobody, and its recipients are guessed from who spoke before. ``re`` are
    the messages that it is a reply to; ``body`` are its lines where they do not stand in the file.
    """

    start: int
    sender: str
    recipients: tuple[str, ...]
    stamp: str
    text: str
    title: str
    kind: str = ""
    id: str | None = None
    inferred: bool = False
    re: tuple[str, ...] = ()
    due: str = ""
    body: tuple[str, ...] = ()


def turns_of(body: Sequence[Line], *, directed: bool, chat: bool = False) -> tuple[Turn, ...]:
    """Find the turns of a thread among the lines ``body``; none where it is no thread.

    ``directed``: the file as a whole has a sender, so that only what bears a time or an id begins
    another's turn. ``chat``: its name says that it is one, so that a time and a name at a line's
    beginning are enough. A turn that names nobody is for whom it follows.
    """
    if rows := _by_table(body):
        return tuple(_addressed(rows))
    sections = _sections(body, directed)
    known = {slugify(name) for turn in sections for name in (turn.sender, *turn.recipients)}
    spoken = [
        turn
        for line in body
        if (turn := _by_pipes(line) or _by_line(line) or _by_speaker(line, known)) is not None
    ]
    if not sections and not _is_talk(spoken, chat):
        spoken = []
    found = {turn.start: turn for turn in (*spoken, *sections)}
    return tuple(_addressed([found[start] for start in sorted(found)]))


def _sections(body: Sequence[Line], directed: bool) -> list[Turn]:
    """Return the turns that headings begin, unless most headings with a time begin none."""
    found = [turn for line in body if (turn := _by_heading(line, directed)) is not None]
    timed = sum(1 for line in body if line.level > 1 and has_clock(line.text))
    return found if 2 * len(found) >= timed else []


def _is_talk(spoken: Sequence[Turn], chat: bool) -> bool:
    """Tell speakers from the labels of a log: they are several, and speak to each other."""
    speakers = {slugify(turn.sender) for turn in spoken}
    addressed = sum(1 for turn in spoken if turn.kind or turn.recipients)
    if addressed * 4 >= max(len(spoken), 1):
        return True
    called = {slugify(name) for turn in spoken for name in _CALL.findall(turn.text[:300])}
    return len(speakers) > 1 and (chat or bool(called & speakers))


def _addressed(turns: Sequence[Turn]) -> Iterator[Turn]:
    """Give each turn that names nobody a recipient: whom it begins with, else who spoke before."""
    last = before = ""
    for turn in turns:
        if slugify(turn.sender) != slugify(last):
            last, before = turn.sender, last
        if turn.recipients:
            yield turn
        elif called := _CALLED.match(turn.text):
            yield replace(turn, recipients=(called[1],))
        else:
            yield replace(turn, recipients=(before or EVERYONE,), inferred=bool(before))


def _by_heading(line: Line, directed: bool) -> Turn | None:
    if line.level < 2 or not _ARROW.search(line.text):
        return None
    found = _ID.search(line.text)
    given = (found[1] or found[2]) if found else None
    text = (
        line.text[found.end() :]
        if found and line.text[: found.start()].strip() == ""
        else line.text
    )
    who = from_title(text)
    timed = given is not None or has_clock(line.text)
    if not who.sender or not (timed or (not directed and _BARE_ARROW.fullmatch(text.strip()))):
        return None
    if any(len(name.split()) > 4 for name in (who.sender, *who.recipients)):
        return None
    return Turn(line.number, who.sender, who.recipients, line.text, "", line.text, id=given)


def _by_line(line: Line) -> Turn | None:
    if line.level or line.fenced or line.indent:
        return None
    for pattern in (_BOLD, _STAMPED):
        found = pattern.match(line.text)
        if found is None or not (found["at"] or found["to"]):
            continue
        name = found["from"].strip("@ ")
        if slugify(name) in _NOT_A_NAME or (
            not found["to"] and " " in name and pattern is _STAMPED
        ):
            continue
        to = tuple(part.strip("@ ") for part in (found["to"] or "").split(",") if part.strip("@ "))
        recipients = (EVERYONE,) if any(is_everyone(one) for one in to) else to
        given = _ID.search(found["text"][:40])
        return Turn(
            line.number,
            name,
            recipients,
            found["at"] or "",
            found["text"],
            found["text"] or line.text,
            id=(given[1] or given[2]) if given else None,
        )
    return None


def _by_speaker(line: Line, known: set[str]) -> Turn | None:
    if line.level < 2 or (found := _SPEAKER.match(line.text)) is None:
        return None
    name = found["from"].strip("@ ")
    if slugify(name) not in known and not found["from"].startswith("@"):
        return None
    return Turn(line.number, name, (), line.text, "", line.text)


def _by_pipes(line: Line) -> Turn | None:
    """Read ``MSG | <stamp> | <from> | to:<to> | type:<type> | note:<text>`` in any of its widths."""
    if line.level or line.fenced or line.text.count("|") < 3:
        return None
    parts = [part.strip() for part in line.text.strip("| ").split("|")]
    named = dict(
        re.findall(r"^([a-z]{2,10}):\s*(.*)$", part, re.IGNORECASE)[0]
        for part in parts
        if _key(part)
    )
    fields = {key.casefold(): value for key, value in named.items()}
    plain = [part for part in parts if not _key(part)]
    at = next((n for n, part in enumerate(plain) if re.match(r"20\d\d-\d\d-\d\d", part)), None)
    if at is None or "to" not in fields:
        return None
    sender = fields.get("from") or (plain[at + 1] if at + 1 < len(plain) else "")
    if not re.fullmatch(_NAME, sender):
        return None
    to = tuple(part.strip(" @") for part in fields["to"].split(",") if part.strip(" @"))
    recipients = (EVERYONE,) if any(is_everyone(one) for one in to) else to
    text = next(
        (fields[key] for key in ("note", "msg", "text", "message", "body") if key in fields), ""
    )
    text = text or " ".join(plain[at + 2 :])
    kind = fields.get("type", "").casefold() or "message"
    return Turn(line.number, sender, recipients, plain[at], text, text, kind, fields.get("id"))


def _key(part: str) -> bool:
    return bool(re.match(r"[a-z]{2,10}:(?!\d\d)", part, re.IGNORECASE))


_COLUMNS = {
    "from": "from",
    "sender": "from",
    "agent": "from",
    "author": "from",
    "to": "to",
    "recipient": "to",
    "recipients": "to",
    "message": "text",
    "note": "text",
    "text": "text",
    "request": "text",
    "time": "at",
    "timestamp": "at",
    "date": "at",
    "when": "at",
    "type": "kind",
    "kind": "kind",
    "id": "id",
}


def _by_table(body: Sequence[Line]) -> list[Turn]:
    """Read a Markdown table whose columns say who writes what to whom, one turn a row."""
    columns: dict[str, int] = {}
    found = []
    for line in body:
        if not line.text.startswith("|") or line.fenced:
            columns = {}
            continue
        cells = [cell.strip() for cell in line.text.strip("| ").split("|")]
        if not columns:
            names = [_COLUMNS.get(cell.strip("*").casefold(), "") for cell in cells]
            known = {name: at for at, name in enumerate(names) if name}
            columns = known if {"from", "to", "text"} <= known.keys() else {"": -1}
        elif "from" in columns and (turn := _row(line.number, cells, columns)):
            found.append(turn)
    return found


def _row(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> Turn | None:
    said = {name: cells[at] for name, at in columns.items() if at < len(cells)}
    sender, text = said.get("from", "").strip("@*` "), said.get("text", "")
    if not re.fullmatch(_NAME, sender) or not text:
        return None
    to = tuple(one.strip("@*` ") for one in said.get("to", "").split(",") if one.strip("@*` "))
    recipients = (EVERYONE,) if any(is_everyone(one) for one in to) else to
    kind = said.get("kind", "").casefold()
    return Turn(
        number, sender, recipients, said.get("at", ""), text, text, kind, said.get("id") or None
    )
