"""A turn of a thread, and the words in which names and times stand at its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rollcall.model import EVERYONE
from rollcall.roster import is_everyone, slugify

NAME = r"@?[A-Za-z][\w/.-]{0,40}(?: [A-Z][\w/.-]{0,30}){0,3}"
ARROW = r"(?:<?[-=\u2013—]{1,3}>|→|⇒|➜|➡|⟶)"
TIME = (
    r"(?:(?:20\d\d-\d\d-\d\d|\d{1,2}/\d{1,2}/20\d\d|today at|yesterday at)[T ,]{0,2})?"
    r"\d{1,2}:\d\d(?::\d\d)?"
    r"(?:\s?[AaPp][Mm]\b)?(?:\s?(?:Z|[A-Z]{2,4}|[+-]\d\d:?\d\d))?"
)
DATE = r"20\d\d-\d\d-\d\d"
_COPIED = re.compile(r"\bcc\b:?\s*([^()\[\]]{1,120})", re.IGNORECASE)
_CALLS = re.compile(
    r"(?:(?i:hi|hey|hello|dear)\s+)?(?:<?(?=@)|(?=[\w @]{1,60}\s?[,:\u2013—-]\s))"
    r"@?([A-Za-z][\w-]{0,40}(?: [A-Z][\w-]{1,30})?)>?(?:\s?[,:&\u2013—-]|\sand\b)?(?:\s+|$)",
)
_BRACKETED = re.compile(r"\s*[(\[{<].*$|(?<=\w)@[\w.-]+$")
_MARKS = " @*_`\"'"
_LABELS = frozenset(
    [
        "note",
        "notes",
        "update",
        "status",
        "log",
        "summary",
        "todo",
        "info",
        "warn",
        "warning",
        "error",
        "debug",
        "trace",
        "fatal",
        "critical",
        "notice",
        "auto",
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
        "reply",
        "sprint",
        "phase",
        "step",
        "day",
        *(
            "opened",
            "closed",
            "created",
            "updated",
            "posted",
            "sent",
            "received",
            "asked",
            "raised",
        ),
        *(
            "logged",
            "edited",
            "modified",
            "last-updated",
            "last-update",
            "expires",
            "since",
            "until",
        ),
    ]
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One agent's turn in a thread: names and stamp as written, ``text`` what its first line says.

    ``inferred``: it names nobody, and its recipients are guessed from who spoke before. ``re`` are
    the messages that it is a reply to; ``body`` are its lines where they do not stand in the file.
    ``copied`` are those of its recipients that only get a copy.
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
    copied: tuple[str, ...] = ()


def is_label(name: str) -> bool:
    """Tell whether ``name`` is a word that labels a line of a log, as "Status" or "INFO" does."""
    return slugify(name) in _LABELS


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a list such as "ben, @noor" as written; a word for all is everyone."""
    parts = [part.strip() for part in re.split(r"[,;]|\s+(?:and|&)\s+", text[:300].strip(" []"))]
    names = tuple(name for part in parts if (name := _BRACKETED.sub("", part).strip(_MARKS)))
    return (EVERYONE,) if any(map(is_everyone, (*parts, *names))) else names


def without_call(text: str, to: Iterable[str]) -> str:
    """Return ``text`` without the names of its recipients ``to`` that it begins with.

    "@ben @noor on it" says "on it"; so does "Hi Ben, on it" to ben, but not to mara.
    """
    names = f"-{'-'.join(map(slugify, to))}-"
    at = 0
    for found in _CALLS.finditer(text[:400]):
        if found.start() != at or f"-{slugify(found[1])}-" not in names:
            break
        at = found.end()
    return text[at:] or text


def copied_in(text: str) -> tuple[str, ...]:
    """Return who gets a copy, as a heading says it: "mara → ben (cc: noor)"."""
    found = _COPIED.search(text[:400])
    return split_names(found[1]) if found else ()


def plain_name(text: str) -> str:
    """Return the name in a field: without marks, or what stands in brackets; empty if it is none."""
    name = _BRACKETED.sub("", text[:120]).strip(_MARKS)
    return name if name and len(name.split()) <= 4 and slugify(name) else ""
