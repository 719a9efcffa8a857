"""Cells of a table in a blockers log, as people write them: pure, from bytes to plain words.

A table is one of GFM 0.29 (4.10): a header, a row of dashes, rows. Editors pad its cells, reorder
its columns, make words bold and save in other encodings; none of that changes what a cell says.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise

COLUMNS = ("id", "opened", "agent", "description", "owner", "status", "resolution")

MOST = 5

_BAR = re.compile(r"(?<!\\)(?:\\\\)*\|")
_DELIMITER = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?\s*")
_DECORATION = re.compile(
    r"[*`~]+|(?<![^\W_])_+|_+(?![^\W_])"
    r"|</?(?:b|i|u|em|strong|ins|mark|code|kbd|sub|sup|small|span|font)\b[^<>]{0,80}>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_STRUCK = re.compile(r"~~(?=\S).*?(?<=\S)~~|<(?P<tag>s|del|strike)>.*?</(?P=tag)>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ID = re.compile(r"b-(\d{1,9})")
_NONE = frozenset({"none", "n/a", "nobody", "nothing", "tbd"})


def decode(line: bytes) -> str:
    """Return the text of a line in UTF-8, or else in the Windows character set."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def split_row(line: str) -> tuple[str, ...] | None:
    r"""Return the cells of a row that begins and ends with a bar, None for another line.

    ``\|`` is a bar within a cell.
    """
    text = line.strip()
    if len(text) < 2 or not text.startswith("|"):
        return None
    ends = [found.end() for found in _BAR.finditer(text)]
    if ends[-1] != len(text):
        return None
    return tuple(text[start : end - 1].strip() for start, end in pairwise(ends))


def is_delimiter(line: str) -> bool:
    """Tell whether a line is the row of dashes under a header."""
    return "|" in line and _DELIMITER.fullmatch(line) is not None


def read_header(line: str) -> tuple[str, ...] | None:
    """Return the columns, in plain words, of a row that names most of ours.

    A column of ours that has another name is known by its place, or as the only one that has.
    """
    cells = split_row(line)
    if cells is None:
        return None
    names = tuple(plain(cell) for cell in cells)
    return _without_new_names(names) if len(set(names).intersection(COLUMNS)) >= MOST else None


def read_id(line: str, columns: Sequence[str]) -> str | None:
    """Return the id ``B-0042`` in a row's cell of ids, or in its first one; None for neither."""
    if "id" not in columns:
        return None
    cells = split_row(line) or split_row(line.strip() + "|") or ()
    for place in (columns.index("id"), 0):
        found = _ID.fullmatch(plain(cells[place])) if place < len(cells) else None
        if found:
            return f"B-{found[1]}"
    return None


def cells_by_column(line: str, columns: Sequence[str]) -> Mapping[str, str] | None:
    """Return the cells of a row by their columns, None where it has not as many as the header.

    Its last bar may be missing.
    """
    cells = split_row(line) or split_row(f"{line.rstrip()} |")
    if cells is None or len(cells) != len(columns):
        return None
    return dict(zip(columns, cells, strict=True))


def plain(text: str) -> str:
    """Return what a cell says, however it is written: decoration, case, width and dashes aside."""
    said = words(text).casefold()
    return "" if said in _NONE or not any(map(_says, said)) else said


def words(text: str) -> str:
    """Return the words of a cell in their own case: without decoration, and of a link its text."""
    bare = _LINK.sub(r"\1", _ESCAPE.sub(r"\1", html.unescape(_mend(text))))
    bare = _DECORATION.sub("", _BREAK.sub(" ", unicodedata.normalize("NFKC", bare)))
    return " ".join("".join(filter(_shows, bare)).split())


def without_struck(text: str) -> str:
    """Return the text of a cell without what is struck out in it."""
    return _STRUCK.sub("", text).strip() if "~" in text or "<" in text else text


def digest_of_cell(text: str) -> str:
    """Return a short hash of what a cell says, empty for one that says nothing."""
    said = plain(text)
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16] if said else ""


def _mend(text: str) -> str:
    """Take back that UTF-8 was read as the Windows character set, where it was."""
    try:
        return text if text.isascii() else text.encode("cp1252").decode()
    except UnicodeError:
        return text


def _without_new_names(names: tuple[str, ...]) -> tuple[str, ...]:
    missing = [column for column in COLUMNS if column not in names]
    placed = list(names)
    if len(names) == len(COLUMNS):
        pairs = zip(names, COLUMNS, strict=True)
        placed = [ours if name not in COLUMNS and ours in missing else name for name, ours in pairs]
    new = [name for name in placed if name not in COLUMNS]
    missing = [column for column in COLUMNS if column not in placed]
    if len(new) == len(missing) == 1:
        placed[placed.index(new[0])] = missing[0]
    return tuple(placed)


def _says(sign: str) -> bool:
    """Tell whether a sign says something by itself: letters, digits, symbols such as a tick."""
    return sign.isalnum() or sign == "?" or unicodedata.category(sign) == "So"


def _shows(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cf", "Cc"} or sign.isspace()
