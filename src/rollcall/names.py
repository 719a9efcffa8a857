"""What the name of a file tells: that it is never a source, whose it is, and of which day."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import PurePosixPath

from rollcall.roster import slugify

_LITTER = ("~", ".tmp", ".swp", ".bak", ".orig", ".rej")
_LEFT_OUT_FOLDERS = frozenset({"templates", "archive"})
_CONFLICT = re.compile(r"conflicted copy|\.sync-conflict-\d", re.IGNORECASE)
_COPY = re.compile(r"(?: - copy(?: \(\d+\))?| ?\(\d+\))$", re.IGNORECASE)
_DATE = r"(?P<date>20\d\d-\d\d-\d\d|20\d{6})"
_DATE_LAST = re.compile(rf"(?P<agent>.*[^\W_])[-_. ]+{_DATE}(?:[-_T. ].*)?", re.DOTALL)
_DATE_FIRST = re.compile(
    rf"{_DATE}(?:[-_T. ]\d{{4,6}}Z?)?[-_. ]+(?P<agent>.*[^\W\d_].*)", re.DOTALL
)
_DATE_ONLY = re.compile(rf"{_DATE}(?:[-_T. ][\W\d_]*Z?)?", re.DOTALL)


def describe_left_out(name: str) -> str | None:
    """Say why a file of this name is no source unless an agent of that name is declared."""
    stem = _stem(name).lower()
    if stem.startswith("readme"):
        return "is a README"
    if stem.startswith("template") or stem.endswith("template"):
        return "is a template"
    return "is an index" if name.lower() == "index.md" else None


def describe_litter(name: str) -> str | None:
    """Say why a file of this name is no source at all: hidden, or left behind by a program."""
    if name.startswith("."):
        return "is hidden"
    litter = name.lower().endswith(_LITTER) or _stem(name).lower().endswith(_LITTER)
    return "is a temporary or backup file" if litter else None


def describe_conflict(name: str, *, copies: bool) -> str | None:
    """Say that a file is a program's second copy of another; ``copies``: numbered ones too."""
    if _CONFLICT.search(name):
        return "is a sync program's conflict copy; merge it into the original and remove it"
    if copies and _COPY.search(_stem(name)):
        return "is a copy of another file; merge it into the original and remove it"
    return None


def describe_left_out_folder(name: str) -> str | None:
    """Say why nothing in a folder of this name is a source."""
    if name.startswith("."):
        return "is hidden"
    return f"is in a folder {name}" if name.lower() in _LEFT_OUT_FOLDERS else None


def has_unprintable(text: str, *, invisible: bool) -> bool:
    """Tell whether ``text`` has characters that no name needs; ``invisible``: zero-width ones too.

    Bytes that are no UTF-8 reach us as lone surrogates and count.
    """
    refused = {"Cc", "Cs", "Zl", "Zp"} | ({"Cf"} if invisible else set())
    return any(unicodedata.category(character) in refused for character in text)


def split_date(name: str) -> tuple[str, date | None]:
    """Split ``mara-2026-02-07-1751`` or ``2026-02-07-mara`` into the agent's name and the day.

    A name that is nothing but a date has the empty agent; one without a date stays whole.
    """
    for shape in (_DATE_ONLY, _DATE_FIRST, _DATE_LAST):
        found = shape.fullmatch(name)
        day = read_date(found["date"]) if found else None
        if found and day:
            return found.groupdict().get("agent", ""), day
    return name, None


def read_date(text: str) -> date | None:
    """Read an ISO date, or return None where the calendar has no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


_COMMON = frozenset(
    {"progress-log", "progress", "log", "feedback", "status", "notes", "updates", "journal"}
    | {"worklog", "work-log", "devlog", "session-log", "session-history", "sessions", "daily-log"}
)
_LOGS = ("-progress-log", "-work-log", "-worklog")


# What a file's name says of its kind, beside its agent and its date.
_KINDS = frozenset(
    {"hourly", "daily", "weekly", "update", "updates", "progress", "log", "status", "report"}
    | {"reports", "notes", "summary", "standup", "session", "worklog"}
)
_KIND = re.compile(r"(?P<agent>.*[^\W_])(?P<kind>[-_. ](?P<word>[A-Za-z]+))", re.DOTALL)


def split_kind(name: str) -> tuple[str, str]:
    """Split ``mara-update`` into the agent's name and what says the kind of file: ``-update``."""
    found = _KIND.fullmatch(name)
    if found is None or found["word"].lower() not in _KINDS:
        return name, ""
    return found["agent"], found["kind"]


def is_called_log(name: str) -> bool:
    """Tell whether a name says which kind of log a file is, as ``release-progress-log`` does."""
    return slugify(name).replace("_", "-").endswith(_LOGS)


def agent_of_path(path: PurePosixPath) -> str:
    """Return the agent that a feedback file belongs to, as its path tells: a slug, maybe empty.

    It is the file's name without a date, and without its kind beside one; where that is only a
    date, or a word for any log, it is the folder's.
    """
    name, day = split_date(path.stem)
    if (slugify(name) in {"", *_COMMON} or is_called_log(name)) and path.parent.name:
        name, day = split_date(path.parent.name)[0], None
    return slugify(split_kind(name)[0] if day else name)
