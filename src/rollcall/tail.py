"""New bytes of a watched file since a cursor: an append costs its own bytes, a rewrite is noticed.

How a change is recognised, cheapest first:

1. inode, size and times of change are those of the cursor: unchanged, the file is not opened.
2. Another inode, or fewer bytes than were handed out: rewritten.
3. The hash of the first 4 KB, of the 4 to 8 KB before the cursor's offset, and of the open entry
   behind it differ: rewritten. Else what follows was appended.
4. With ``deep``: the hash of the whole prefix too, unless it was checked since the last change.

The prefix hash is a chain over blocks of 4 KB, ``h[k+1] = H(h[k] + block[k])`` from ``h[0] = ""``,
taken over the full blocks before the offset; the rest lies in the 4 to 8 KB that are compared
anyway. So an append extends it from bytes that were read already, and never reads the prefix.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from stat import S_IFDIR, S_IFIFO, S_IFMT, S_IFSOCK, S_ISREG

from pydantic import TypeAdapter

from rollcall.errors import SourceUnreadable
from rollcall.lines import Cut, cut_lines, find_wide_encoding

BLOCK = 4096
QUIET = timedelta(seconds=2)
_TRIES = 3
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading of one file goes on, and what must still stand there for it to do so.

    ``inode``, ``size`` (bytes), ``mtime_ns`` and ``ctime_ns`` are the file's when it was last looked
    at: a program may set the first of the two times back (``cp -p``, ``rsync -t``), not the second.
    ``offset`` is the first byte of the open entry, ``line`` its 1-based number and ``state`` the
    parser's own state there; everything from ``offset`` is read again with each change. Bytes up to
    ``read_to`` were handed out. ``head_hash`` is of the first ``min(4096, offset)`` bytes,
    ``before_hash`` of the 4 to 8 KB before ``offset``, ``prefix_hash`` the chain over the full
    4 KB blocks before it, ``open_hash`` of the bytes from ``offset`` to ``read_to``. ``settled``:
    every byte was compared since the last change, and the file was quiet then.
    """

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    offset: int
    line: int
    head_hash: str
    before_hash: str
    prefix_hash: str
    open_hash: str
    read_to: int
    settled: bool
    state: str = ""


_CURSORS = TypeAdapter(Cursor)


def dump_cursor(cursor: Cursor) -> str:
    """Return the cursor as one line of JSON."""
    return _CURSORS.dump_json(cursor).decode()


def load_cursor(text: str) -> Cursor:
    """Read what ``dump_cursor`` wrote; a ``ValueError`` says what is wrong with it."""
    return _CURSORS.validate_json(text)


class Change(StrEnum):
    """What happened to a file since a cursor."""

    UNCHANGED = "unchanged"
    APPENDED = "appended"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Basis:
    """What ``advance`` needs of a reading: its bytes from ``base`` on, and the chain at one place.

    ``whole_end`` is the offset after the last newline, ``read_to`` that after the last byte handed
    out, ``head_hash`` the known one where the cursor's offset was beyond the head already.
    """

    raw: bytes
    ctime_ns: int
    base: int
    chain: str
    chain_at: int
    head_hash: str | None
    whole_end: int
    read_to: int
    settled: bool

    def part(self, start: int, end: int) -> bytes:
        """Return the bytes between two offsets of the file."""
        return self.raw[start - self.base : end - self.base]


@dataclass(frozen=True, slots=True)
class Tail:
    """What was read: lines from the cursor's offset, or from byte 0 where the file was rewritten.

    ``offsets`` are the byte offsets of the lines' first bytes; ``first_line`` is the 1-based number
    of the first. ``half_line``: an unterminated last line was left out; come back when the file
    has been quiet for ``QUIET``. ``refreshed``: of an unchanged file, the cursor to store in place
    of the old one because looking taught something (a touch, a deep check), else None.
    """

    change: Change
    lines: tuple[str, ...]
    offsets: tuple[int, ...]
    first_line: int
    inode: int
    size: int
    mtime_ns: int
    half_line: bool
    refreshed: Cursor | None = None
    basis: Basis | None = field(default=None, repr=False, compare=False)

    @property
    def modified(self) -> datetime:
        """Return the file's time of change, aware, in UTC."""
        return datetime.fromtimestamp(self.mtime_ns / 1e9, UTC)


def read_tail(path: Path, cursor: Cursor | None, *, now: datetime, deep: bool = False) -> Tail:
    """Read what was added to ``path`` since ``cursor``, or all of it where it was rewritten.

    ``cursor`` None is the first reading. ``deep`` compares every byte before the offset too, once
    after each change: the sweep does. Everything is read from one open file, so that a file being
    replaced never mixes with its successor. A last line without its newline is left out until
    ``now`` is ``QUIET`` away from the file's time of change. Raises ``FileNotFoundError`` for a
    file that is gone and ``SourceUnreadable`` for what is no regular file or cannot be read.
    """
    with _refusals(path):
        seen = path.stat()  # before opening: opening a FIFO would already disturb its writer
        _refuse_irregular(path, seen)
        if cursor is not None and _looks_same(cursor, seen, quiet=_is_quiet(seen, now), deep=deep):
            return _unchanged(cursor, seen)
        with _opened(path) as descriptor:
            return _read_open(path, descriptor, cursor, now, deep=deep)


def read_whole(path: Path) -> tuple[str, ...]:
    """Read every line of ``path``, an unterminated last one too; raises as ``read_tail`` does."""
    with _refusals(path):
        _refuse_irregular(path, path.stat())
        with _opened(path) as descriptor:
            raw = _read_between(descriptor, 0, os.fstat(descriptor).st_size)
    return cut_lines(raw, 0, wide=find_wide_encoding(raw)).lines


def advance(tail: Tail, *, open_index: int, state: str = "") -> Cursor:
    """Return the cursor whose open entry begins at ``tail.lines[open_index]``.

    ``open_index`` may be ``len(tail.lines)``: nothing is open. A last line without its newline
    stays open all the same, since its end is still to come. Raises ``ValueError`` for a tail that
    is unchanged (its cursor stands) or an index outside it.
    """
    basis = tail.basis
    if basis is None or not 0 <= open_index <= len(tail.lines):
        raise ValueError(f"no line {open_index} in a tail of {len(tail.lines)} ({tail.change})")
    index = min(open_index, bisect_left(tail.offsets, basis.whole_end))
    offset = tail.offsets[index] if index < len(tail.offsets) else basis.whole_end
    return Cursor(
        inode=tail.inode,
        size=tail.size,
        mtime_ns=tail.mtime_ns,
        ctime_ns=basis.ctime_ns,
        offset=offset,
        line=tail.first_line + index,
        head_hash=basis.head_hash or _digest(basis.part(0, min(BLOCK, offset))),
        before_hash=_digest(basis.part(_window_start(offset), offset)),
        prefix_hash=_extend(basis.chain, basis.part(basis.chain_at, offset)),
        open_hash=_digest(basis.part(offset, basis.read_to)),
        read_to=basis.read_to,
        settled=basis.settled,
        state=state,
    )


def _looks_same(cursor: Cursor, seen: os.stat_result, *, quiet: bool, deep: bool) -> bool:
    """Tell from the file's outside that there is nothing to read."""
    times = (cursor.mtime_ns, cursor.ctime_ns) == (seen.st_mtime_ns, seen.st_ctime_ns)
    stands = times and (cursor.inode, cursor.size) == (seen.st_ino, seen.st_size)
    half_line_is_due = quiet and cursor.read_to < seen.st_size
    return stands and not half_line_is_due and (cursor.settled or not deep)


def _read_open(
    path: Path, descriptor: int, cursor: Cursor | None, now: datetime, *, deep: bool
) -> Tail:
    """Read from one descriptor, again if the file was changed meanwhile other than by growing."""
    for _ in range(_TRIES):
        seen = os.fstat(descriptor)
        _refuse_irregular(path, seen)
        quiet = _is_quiet(seen, now)
        more = _continue(descriptor, seen, cursor, quiet=quiet, deep=deep) if cursor else None
        tail = more or _read_all(descriptor, seen, quiet=quiet)
        after = os.fstat(descriptor)
        if after.st_mtime_ns == seen.st_mtime_ns or after.st_size > seen.st_size:
            break
    return tail


def _continue(
    descriptor: int, seen: os.stat_result, cursor: Cursor, *, quiet: bool, deep: bool
) -> Tail | None:
    """Read on from the cursor, or return None where it no longer fits the file."""
    if seen.st_ino != cursor.inode or seen.st_size < cursor.read_to:
        return None
    head = _read_between(descriptor, 0, min(BLOCK, seen.st_size))
    base = _window_start(cursor.offset)
    raw = _read_between(descriptor, base, seen.st_size)
    if not _stands(cursor, head, raw, base) or (deep and not _prefix_stands(descriptor, cursor)):
        return None
    wide = find_wide_encoding(head)
    cut = cut_lines(raw[cursor.offset - base :], cursor.offset, wide=wide)
    read_to = base + len(raw) if quiet else cut.whole_end
    settled = quiet and deep
    if read_to <= cursor.read_to:
        looked = replace(
            cursor,
            size=seen.st_size,
            mtime_ns=seen.st_mtime_ns,
            ctime_ns=seen.st_ctime_ns,
            settled=settled,
        )
        return _unchanged(cursor, seen, refreshed=None if looked == cursor else looked)
    if wide is not None:
        return None
    basis = Basis(
        raw=raw,
        ctime_ns=seen.st_ctime_ns,
        base=base,
        chain=cursor.prefix_hash,
        chain_at=cursor.offset // BLOCK * BLOCK,
        head_hash=cursor.head_hash if cursor.offset >= BLOCK else None,
        whole_end=cut.whole_end,
        read_to=read_to,
        settled=settled,
    )
    return _handed_out(Change.APPENDED, seen, cut, basis, first_line=cursor.line)


def _read_all(descriptor: int, seen: os.stat_result, *, quiet: bool) -> Tail:
    raw = _read_between(descriptor, 0, seen.st_size)
    cut = cut_lines(raw, 0, wide=find_wide_encoding(raw))
    basis = Basis(
        raw=raw,
        ctime_ns=seen.st_ctime_ns,
        base=0,
        chain="",
        chain_at=0,
        head_hash=None,
        whole_end=cut.whole_end,
        read_to=len(raw) if quiet else cut.whole_end,
        settled=quiet,
    )
    return _handed_out(Change.REWRITTEN, seen, cut, basis, first_line=1)


def _handed_out(
    change: Change, seen: os.stat_result, cut: Cut, basis: Basis, *, first_line: int
) -> Tail:
    waits = cut.half and basis.read_to == cut.whole_end
    count = len(cut.lines) - waits
    return Tail(
        change=change,
        lines=cut.lines[:count],
        offsets=cut.offsets[:count],
        first_line=first_line,
        inode=seen.st_ino,
        size=seen.st_size,
        mtime_ns=seen.st_mtime_ns,
        half_line=waits,
        basis=basis,
    )


def _unchanged(cursor: Cursor, seen: os.stat_result, *, refreshed: Cursor | None = None) -> Tail:
    return Tail(
        change=Change.UNCHANGED,
        lines=(),
        offsets=(),
        first_line=cursor.line,
        inode=seen.st_ino,
        size=seen.st_size,
        mtime_ns=seen.st_mtime_ns,
        half_line=cursor.read_to < seen.st_size,
        refreshed=refreshed,
    )


def _is_quiet(seen: os.stat_result, now: datetime) -> bool:
    """Tell whether the last change is 2 s away; one far in the future is no reason to wait."""
    return abs(now - datetime.fromtimestamp(seen.st_mtime_ns / 1e9, UTC)) >= QUIET


def _stands(cursor: Cursor, head: bytes, raw: bytes, base: int) -> bool:
    """Tell whether head, window and open entry are still what the cursor remembers."""
    at = cursor.offset - base
    return (
        _digest(head[: min(BLOCK, cursor.offset)]) == cursor.head_hash
        and _digest(raw[:at]) == cursor.before_hash
        and _digest(raw[at : cursor.read_to - base]) == cursor.open_hash
    )


def _prefix_stands(descriptor: int, cursor: Cursor) -> bool:
    chain = ""
    end = cursor.offset // BLOCK * BLOCK
    for start in range(0, end, _PIECE):
        chain = _extend(chain, _read_between(descriptor, start, min(start + _PIECE, end)))
    return chain == cursor.prefix_hash


def _window_start(offset: int) -> int:
    return max(0, offset // BLOCK - 1) * BLOCK


def _digest(part: bytes) -> str:
    return blake2b(part, digest_size=16).hexdigest()


def _extend(chain: str, part: bytes) -> str:
    """Continue the chain over the full blocks of ``part``, which begins on a block's boundary."""
    for start in range(0, len(part) - BLOCK + 1, BLOCK):
        chain = _digest(chain.encode() + part[start : start + BLOCK])
    return chain


def _read_between(descriptor: int, start: int, end: int) -> bytes:
    """Read the bytes between two offsets, or as many of them as there are."""
    pieces: list[bytes] = []
    while start < end and (piece := os.pread(descriptor, end - start, start)):
        pieces.append(piece)
        start += len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Say in one way that a file cannot be read, and leave ``FileNotFoundError`` to mean gone."""
    try:
        yield
    except FileNotFoundError:
        raise
    except NotADirectoryError as error:
        raise FileNotFoundError(error.errno, "its folder is a file now", str(path)) from error
    except OSError as error:
        raise SourceUnreadable(f"{path}: cannot be read: {error.strerror}") from error


def _refuse_irregular(path: Path, seen: os.stat_result) -> None:
    kind = describe_irregular(seen.st_mode)
    if kind is not None:
        raise SourceUnreadable(f"{path}: is {kind}, not a file; rename or remove it")


def describe_irregular(mode: int) -> str | None:
    """Say what a thing with this ``st_mode`` is, or None for a regular file."""
    names = {S_IFDIR: "a directory", S_IFIFO: "a FIFO", S_IFSOCK: "a socket"}
    return None if S_ISREG(mode) else names.get(S_IFMT(mode), "a device")
