"""Find Rollcall's region in a blockers log, and what stands in it: pure, and in bytes.

The log is other people's file: it may hold any bytes, so nothing here decodes more than an id.
The region is the lines between two markers, each alone on its line and outside code fences
(CommonMark 0.31, 4.5). In it stand, in this order: the table of blockers, the table of rows that
an earlier store wrote, answers to edits, notes, the journal comment and the footer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from rollcall.errors import BlockersLogUnusable
from rollcall.parse.log_cells import COLUMNS, MOST, decode, is_delimiter, read_header, read_id

BEGIN = b"<!-- rollcall -->"
END = b"<!-- /rollcall -->"
HEADER = b"| ID | Opened | Agent | Description | Owner | Status | Resolution |"
DELIMITER = b"| --- | --- | --- | --- | --- | --- | --- |"
EARLIER = b"Earlier, written by a store that is gone:"
ANSWER = "Rollcall on"
NO_DIGEST = "0" * 16
BOM = b"\xef\xbb\xbf"

_FENCE = rb"(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>[^\n]*)$"
_MARKER = rb"(?P<marker><!-- /?rollcall -->)[ \t]*\r?$"
_ATX = rb"(?P<atx>\#{1,6})(?:[ \t][^\n]*)?$"
_SETEXT = rb"(?P<setext>[^\s|>\#\-][^\n]*\n[ ]{0,3}=+[ \t]*\r?)$"
_LANDMARK = re.compile(
    rb"^(?:\xef\xbb\xbf)?[ ]{0,3}(?:" + b"|".join((_FENCE, _MARKER, _ATX, _SETEXT)) + rb")",
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(
    rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*\r?\n"
)
_JOURNAL = re.compile(
    rb"<!-- rollcall journal (?P<digest>[0-9a-f]{16})"
    rb"(?: of (?P<store>[0-9a-f]{8}) no (?P<number>\d{1,9}))?(?P<links>[^>]*) -->"
)
_LINK = re.compile(rb"([0-9a-f]{8}):(\d+)")
_ID_CELL = re.compile(rb"^[ \t]*\|[ \t]*(?P<id>B-(?P<number>\d{1,6}))[ \t]*\|", re.MULTILINE)
_ANSWER_LINE = re.compile(rb"Rollcall on B-\d{4,9}: .*")
_FENCE_LINE = re.compile(rb"[ ]{0,3}(?P<run>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_CONFLICT = re.compile(rb"(?:<{7}|={7}|>{7}|\|{7})(?: .*)?")


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of a table in the region: ``id`` is None where a person wrote it.

    ``columns`` are those of its table, in plain words; ``disputed``: between conflict markers.
    """

    id: str | None
    line: bytes
    columns: tuple[str, ...] = COLUMNS
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Which store wrote a region (the first 8 hex digits of its uuid), and its how many-th."""

    store: str
    number: int


@dataclass(frozen=True, slots=True)
class Region:
    """The region at bytes ``start`` to ``end``, markers included; lines without their endings.

    ``body`` is every line between the markers but the journal comment, which stands at bytes
    ``journal_at``; ``digest`` is what that comment says of the body, ``origin`` who wrote it and
    ``journal`` how far each replaced file is absorbed.
    """

    start: int
    end: int
    body: tuple[bytes, ...]
    before: tuple[bytes, ...] = ()
    table: tuple[TableLine, ...] = ()
    earlier: tuple[TableLine, ...] = ()
    notes: tuple[bytes, ...] = ()
    digest: str = NO_DIGEST
    answers: tuple[bytes, ...] = ()
    origin: Origin | None = None
    journal: Mapping[str, int] = field(default_factory=dict)
    journal_at: tuple[int, int] | None = None

    @property
    def edited(self) -> bool:
        """Tell whether anyone else changed the body since it was written."""
        return self.digest != digest_of(self.body)


class _Part(Enum):
    BEFORE = "before the table"
    TABLE = "table"
    EARLIER = "earlier rows"
    FOOTER = "footer"


def find_region(content: bytes, *, where: str) -> Region | None:
    """Return the region of the log, None where it has none.

    Raises BlockersLogUnusable, with ``where`` as the file, for any markers but one beginning
    followed by one end, and for a file in UTF-16.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BlockersLogUnusable(f"{where}: it is in UTF-16; save it as UTF-8")
    markers = [found for found in _landmarks(content) if found["marker"]]
    if not markers:
        return None
    if [found["marker"] for found in markers] != [BEGIN, END]:
        places = ", ".join(
            f"{found['marker'].decode()} in line {_line_number(content, found)}"
            for found in markers
        )
        raise BlockersLogUnusable(
            f"{where}:{_line_number(content, markers[0])}: expected one {BEGIN.decode()} and after "
            f"it one {END.decode()}, got {places}; remove what is too much"
        )
    begin, end = markers
    lines = content[begin.end() : end.start()].split(b"\n")[1:-1]
    region = _read_lines([line.removesuffix(b"\r") for line in lines])
    journal = _JOURNAL.search(content, begin.end(), end.start())
    return replace(
        region,
        start=begin.start("marker"),
        end=_end_of_line(content, end.end()),
        journal_at=journal.span() if journal else None,
    )


def has_markers(content: bytes) -> bool:
    """Tell whether any marker stands in ``content``, alone on its line and outside fences."""
    return any(found["marker"] for found in _landmarks(content))


def journal_of(content: bytes, *, where: str) -> Mapping[str, int]:
    """Return how far each replaced file is absorbed, as the region's comment says."""
    region = find_region(content, where=where)
    return region.journal if region else {}


def title_end(content: bytes) -> int:
    """Return where the line of the title ends, or where a file without one begins.

    The title is the first heading of level 1, else the first heading; BOM and front matter stay
    in front.
    """
    front = _FRONT_MATTER.match(content)
    first = 0
    for found in _landmarks(content, front.end() if front else 0):
        if found["setext"] or found["atx"] == b"#":
            return _end_of_line(content, found.end())
        if found["atx"] and not first:
            first = _end_of_line(content, found.end())
    if first:
        return first
    return front.end() if front else len(BOM) if content.startswith(BOM) else 0


def highest_id(content: bytes) -> int:
    """Return the highest number of a row ``| B-0042 |`` anywhere in the file, 0 if there is none."""
    return max((int(found["number"]) for found in _ID_CELL.finditer(content)), default=0)


def newline_of(content: bytes) -> bytes:
    """Return the line ending of the first line: CRLF, or LF where there is none."""
    first = content.find(b"\n")
    return b"\r\n" if first > 0 and content[first - 1 : first] == b"\r" else b"\n"


def digest_of(body: Iterable[bytes]) -> str:
    """Return a short hash of the region's lines, whatever their endings are."""
    return hashlib.sha256(b"\n".join(body)).hexdigest()[:16]


def journal_line(digest: str, journal: Mapping[str, int], origin: Origin | None = None) -> bytes:
    """Write the comment that ``find_region`` reads."""
    written = f" of {origin.store} no {origin.number}" if origin else ""
    links = "".join(f" {link}:{absorbed}" for link, absorbed in sorted(journal.items()))
    return f"<!-- rollcall journal {digest}{written}{links} -->".encode()


def _landmarks(content: bytes, start: int = 0) -> Iterable[re.Match[bytes]]:
    """Yield markers and headings outside code fences."""
    fence = b""
    for found in _LANDMARK.finditer(content, start):
        run = found["fence"]
        if run is None:
            if not fence:
                yield found
        elif not fence:
            fence = run
        elif run.startswith(fence) and not found["info"].strip():
            fence = b""


def _line_number(content: bytes, found: re.Match[bytes]) -> int:
    return content.count(b"\n", 0, found.start()) + 1


def _end_of_line(content: bytes, position: int) -> int:
    newline = content.find(b"\n", position)
    return len(content) if newline < 0 else newline + 1


def _read_lines(lines: Sequence[bytes]) -> Region:
    reading = _Reading()
    for line in lines:
        reading.take(line)
    return Region(
        start=0,
        end=0,
        body=tuple(line for line in lines if not _JOURNAL.fullmatch(line.strip())),
        before=tuple(reading.before),
        table=tuple(reading.table),
        earlier=tuple(reading.earlier),
        notes=tuple(reading.notes),
        answers=tuple(reading.answers),
        origin=reading.origin,
        digest=reading.digest,
        journal=reading.journal,
    )


class _Reading:
    """Sorts the region's lines into what is ours and what a person put there."""

    def __init__(self) -> None:
        self.part = _Part.BEFORE
        self.before: list[bytes] = []
        self.table: list[TableLine] = []
        self.earlier: list[TableLine] = []
        self.answers: list[bytes] = []
        self.notes: list[bytes] = []
        self.digest = NO_DIGEST
        self.origin: Origin | None = None
        self.journal: dict[str, int] = {}
        self._columns: tuple[str, ...] = COLUMNS
        self._quoting = Quoting()
        self._disputed = False
        self._blanks = 0
        self._footer_seen = False
        self._after_header = False

    def take(self, line: bytes) -> None:
        text = line.strip()
        if not text:
            self._blanks += 1
        elif journal := _JOURNAL.fullmatch(text):
            self._take_journal(journal)
        elif self._quoting.holds(line):
            self._take_text(line)
        elif _CONFLICT.fullmatch(text):
            self._take_conflict(text)
        elif text == EARLIER:
            self.part, self._columns = _Part.EARLIER, COLUMNS
        elif _ANSWER_LINE.fullmatch(text):
            self.answers.append(text)
        elif text.startswith(b"|"):
            self._take_table_line(line)
        elif self._is_bare_row(text):
            self._take_table_line(b"| " + text.removesuffix(b"|").rstrip() + b" |")
        else:
            self._take_text(line)
        if text:
            self._blanks = 0

    def _take_journal(self, found: re.Match[bytes]) -> None:
        self.part = _Part.FOOTER
        self.digest = found["digest"].decode()
        if found["store"]:
            written = Origin(found["store"].decode(), int(found["number"]))
            # Two after a merge: what either may have written instructs nothing if one is another's.
            mixed = self.origin is not None and self.origin.store != written.store
            self.origin = Origin("", 0) if mixed else written
        for link, absorbed in _LINK.findall(found["links"]):
            # After a merge two comments may speak of one file: it is absorbed as far as either says.
            name = link.decode()
            self.journal[name] = max(int(absorbed), self.journal.get(name, 0))

    def _take_conflict(self, text: bytes) -> None:
        if text.startswith(b">") and not self._disputed:
            self.table = [replace(row, disputed=True) for row in self.table]
        if not text.startswith(b"="):
            self._disputed = not text.startswith(b">")

    def _take_table_line(self, line: bytes) -> None:
        text = decode(line)
        after_header, self._after_header = self._after_header, False
        columns = read_header(text)
        if columns and "id" in columns and self.part is not _Part.FOOTER:
            self.part = _Part.TABLE if self.part is _Part.BEFORE else self.part
            self._columns, self._after_header = columns, True
        elif not (after_header and is_delimiter(text)):
            id_ = read_id(text, self._columns)
            row = TableLine(id_, line, self._columns, self._disputed)
            (self.earlier if self.part is _Part.EARLIER else self.table).append(row)

    def _is_bare_row(self, text: bytes) -> bool:
        """Tell whether a line belongs to a table of ours that was saved without its outer bars."""
        if text.count(b"|") < MOST - 1:
            return False
        row = f"|{decode(text)}|"
        if self._after_header and is_delimiter(row):
            return True
        return "id" in (read_header(row) or ()) or read_id(row, self._columns) is not None

    def _take_text(self, line: bytes) -> None:
        if self.part is _Part.FOOTER and not self._footer_seen:
            self._footer_seen = True
            return
        kept = self.before if self.part is _Part.BEFORE else self.notes
        if kept:
            kept.extend([b""] * self._blanks)
        kept.append(line)


_NEVER_COMMENTED = frozenset({HEADER, EARLIER})  # a comment that nobody closed ends at our lines


class Quoting:
    """Knows which lines only show something: in a code fence, indented as code, commented out."""

    def __init__(self) -> None:
        self._fence = b""
        self._comment = False

    def holds(self, line: bytes) -> bool:
        """Take the next line; tell whether it is no table, whatever stands in it."""
        if self._comment and line.strip() not in _NEVER_COMMENTED:
            self._comment = b"-->" not in line
            return True
        self._comment = False
        found = _FENCE_LINE.fullmatch(line)
        if self._fence:
            if found and found["run"].startswith(self._fence) and not found["info"].strip():
                self._fence = b""
            return True
        if found:
            self._fence = found["run"]
            return True
        before, opened, after = line.rpartition(b"<!--")
        if opened and b"-->" not in after and not before.strip():
            self._comment = True
            return True
        return line.startswith((b"    ", b"\t"))
