"""Write Rollcall's region of a blockers log: pure, from rows to the bytes of the whole file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rollcall.model import EVERYONE, Blocker, BlockerStatus, Transition
from rollcall.notify.markdown import NOTHING, cell, inline
from rollcall.parse import blockers_log as parse
from rollcall.store.ledger import Hand

LONGEST_ANSWER = 400


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the log: plain text, nothing escaped."""

    id: str
    opened: str
    agent: str
    description: str
    owner: str
    status: str
    resolution: str


def row_of(blocker: Blocker, hand: Hand | None = None) -> LogRow:
    """Return the row that shows ``blocker`` and whose ``hand`` brought it to its status.

    No text in it moves with the clock.
    """
    return LogRow(
        id=blocker.id,
        opened=_minute(blocker.opened),
        agent="everyone" if blocker.agent == EVERYONE else blocker.agent,
        description=blocker.description,
        owner=blocker.owner or NOTHING,
        status=_status(blocker) + _say_hand(blocker, hand),
        resolution=blocker.resolution or NOTHING,
    )


def body_of(
    rows: Sequence[LogRow],
    known: Collection[str],
    old: parse.Region | None,
    answers: Sequence[tuple[str, str]] = (),
) -> tuple[bytes, ...]:
    """Return the region's lines above the journal comment, people's own lines kept in their place.

    Rows of ``old`` whose ids are neither in ``rows`` nor ``known`` stand under "earlier". Under the
    table stand the ``answers`` to edits (the id and the words) of the rows shown.
    """
    shown = {row.id for row in rows}
    unknown = list(dict.fromkeys(_unknown_rows(old, shown.union(known))))
    lines = [b"", *_block(old.before if old else ()), parse.HEADER, parse.DELIMITER]
    by_people = _people_by_anchor(old, shown)
    lines += by_people.get(None, ())
    for row in rows:
        lines += (_line(row), *by_people.get(row.id, ()))
    lines.append(b"")
    said = [answer_line(id_, words) for id_, words in answers if id_ in shown]
    lines += [line for one in said for line in (one, b"")]
    if unknown:
        lines += (parse.EARLIER, b"", parse.HEADER, parse.DELIMITER, *unknown, b"")
    return (*lines, *_block(old.notes if old else ()))


def with_region(
    content: bytes,
    old: parse.Region | None,
    lines: Iterable[bytes],
    *,
    title: str,
) -> bytes:
    """Return ``content`` with the region's ``lines`` in place of the old region.

    Without an old one they go under the title, and an empty file gets one.
    """
    newline = parse.newline_of(content)
    text = newline.join((parse.BEGIN, *lines, parse.END))
    if old:
        ending = newline if content[: old.end].endswith(b"\n") else b""
        return content[: old.start] + text + ending + content[old.end :]
    if not content:
        return f"# {inline(title)}\n\n".encode() + text + newline
    return _insert_under_title(content, text, newline)


def footer_of(footer: str) -> tuple[bytes, ...]:
    """Return the line that ends the region, none for an empty footer."""
    return (inline(footer).encode(),) if footer else ()


def answer_line(id_: str, words: str) -> bytes:
    """Return the line under the table that answers an edit of one row."""
    return f"{parse.ANSWER} {id_}: {cell(words, limit=LONGEST_ANSWER)}".encode()


def closed_lines(
    body: Sequence[bytes],
    footer: Sequence[bytes],
    journal: Mapping[str, int],
    origin: parse.Origin | None = None,
) -> tuple[bytes, ...]:
    """Return the region's lines whole: body, journal comment, footer."""
    digest = parse.digest_of((*body, *footer))
    return (*body, parse.journal_line(digest, journal, origin), *footer)


def with_journal(content: bytes, region: parse.Region, journal: Mapping[str, int]) -> bytes:
    """Return ``content`` with another journal and nothing else changed."""
    at = region.journal_at
    origin = region.origin if region.origin and region.origin.store else None
    line = parse.journal_line(region.digest, journal, origin)
    if at is None:
        end = content.rindex(parse.END, 0, region.end)
        return content[:end] + line + parse.newline_of(content) + content[end:]
    return content[: at[0]] + line + content[at[1] :]


def without_region(late: bytes) -> tuple[bytes, bytes]:
    """Split late text into what was appended, and a region that came with it.

    An editor that saves in place writes the whole file where others append: its copy of our
    region must not become a second one.
    """
    region = parse.find_region(late, where="late text")
    if region is None:
        return late, b""
    return late[: region.start] + late[region.end :], late[region.start : region.end]


def joined(content: bytes, late: bytes) -> bytes:
    """Return ``content`` followed by ``late``, which begins on a line of its own."""
    if not late or not content or content.endswith(b"\n"):
        return content + late
    return content + parse.newline_of(content) + late


def _insert_under_title(content: bytes, text: bytes, newline: bytes) -> bytes:
    at = parse.title_end(content)
    above, below = content[:at], content[at:]
    if above.endswith(b"\n"):
        above += newline
    elif above.strip(parse.BOM):
        above += newline * 2
    blank = b"" if not below or below.startswith((b"\n", b"\r\n")) else newline
    return above + text + newline + blank + below


def _line(row: LogRow) -> bytes:
    cells = (
        row.id,
        row.opened,
        row.agent,
        row.description,
        row.owner,
        row.status,
        row.resolution,
    )
    return f"| {' | '.join(cell(text) for text in cells)} |".encode()


def _unknown_rows(old: parse.Region | None, known: Collection[str]) -> Iterable[bytes]:
    if old is None:
        return
    written = (row for row in old.table if row.id is not None)
    yield from (row.line for row in (*old.earlier, *written) if row.id not in known)


def _people_by_anchor(
    old: parse.Region | None, shown: Collection[str]
) -> Mapping[str | None, Sequence[bytes]]:
    """Return people's lines in the table by the row of ours above them, None for the head."""
    anchor: str | None = None
    lines: dict[str | None, list[bytes]] = {}
    for row in old.table if old else ():
        if row.id is None:
            lines.setdefault(anchor, []).append(row.line)
        elif row.id in shown:
            anchor = row.id
    return lines


def _block(lines: Sequence[bytes]) -> Sequence[bytes]:
    return (*lines, b"") if lines else ()


def _status(blocker: Blocker) -> str:
    match blocker.status:
        case BlockerStatus.OPEN:
            return f"Open (level {blocker.level})"
        case BlockerStatus.ACKNOWLEDGED:
            return "Acknowledged"
        case BlockerStatus.SNOOZED:
            return "Snoozed"
        case BlockerStatus.HELD:
            return "On hold"
        case BlockerStatus.RESOLVED:
            return f"Resolved {_minute(blocker.closed)}" if blocker.closed else "Resolved"


def _say_hand(blocker: Blocker, hand: Hand | None) -> str:
    if hand is None or _BY_HAND.get(blocker.status) is not hand.what:
        return ""
    snoozed = blocker.status is BlockerStatus.SNOOZED
    until = f" until {_minute(hand.until)}" if snoozed and hand.until else ""
    return f"{until} by {hand.by}"


_BY_HAND = {
    BlockerStatus.ACKNOWLEDGED: Transition.ACKNOWLEDGED,
    BlockerStatus.SNOOZED: Transition.SNOOZED,
    BlockerStatus.RESOLVED: Transition.CLOSED,
}


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}Z"
