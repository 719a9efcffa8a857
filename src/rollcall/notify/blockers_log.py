"""Keep the blockers log: a Markdown table in a file that people edit and other processes append to.

Rollcall owns the region between its markers; every other byte is left as it is. The region is a
projection of the store: written whole, only when it would differ, and never read back as truth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from itertools import chain, count
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from rollcall.errors import BlockersLogUnusable
from rollcall.notify.blockers_region import (
    LogRow,
    body_of,
    closed_lines,
    footer_of,
    joined,
    row_of,
    with_journal,
    with_region,
    without_region,
)
from rollcall.notify.lossless import LosslessFile, Rewriting
from rollcall.notify.merging import merge_save
from rollcall.notify.redact import redact
from rollcall.parse import blockers_log as parse

__all__ = [
    "BlockersLog",
    "LogKeeper",
    "LogRow",
    "LogWriting",
    "Taking",
    "archive_path",
    "row_of",
]


@dataclass(frozen=True, slots=True)
class Taking:
    """What there is to say to edits (ids and words), and whether another store wrote the region."""

    answers: Sequence[tuple[str, str]] = ()
    foreign: bool = False


class LogKeeper(Protocol):
    """Whoever keeps what was written into a log and learns what people edited in it."""

    def take(self, content: bytes, region: parse.Region | None) -> Taking:
        """Take the edits in a region that is about to be written again; the same ones once."""

    def begin_writing(self, rows: Sequence[LogRow]) -> parse.Origin:
        """Keep that these rows will stand in the log; return who writes them."""


@dataclass(frozen=True, slots=True)
class LogWriting:
    """What came of writing: ``waiting`` says why the rewrite has to be tried again later.

    ``copied_aside`` holds the region as someone else had changed it, before it was written again.
    """

    written: bool
    copied_aside: Path | None = None
    waiting: str | None = None
    absorbed_bytes: int = 0


class BlockersLog:
    """One log file; one process and one thread at a time.

    ``path`` may be a symbolic link: its target is written. ``state_dir`` is the workspace's
    ``.rollcall``, on the same file system; replaced files are kept in its ``log-links/``, changed
    regions in its ``edited/``. ``title`` heads a file that does not exist yet.
    """

    def __init__(self, path: Path, state_dir: Path, *, title: str = "Blockers log") -> None:
        self._path = path
        self._title = title
        self._edited_dir = state_dir / "edited"
        links = state_dir / "log-links" / _name_of_links(path, state_dir)
        self._file = LosslessFile(path, links, journal=self._journal, set_aside=self._set_aside)

    def write(
        self,
        rows: Sequence[LogRow],
        footer: str,
        *,
        now: datetime,
        known: Collection[str] = (),
        keeper: LogKeeper | None = None,
    ) -> LogWriting:
        """Show ``rows`` and ``footer`` in the region; write nothing where they stand there already.

        ``known`` are ids of the store that are not shown here (any more): their rows leave the
        file. All other ids in the region stay as they stand, under "earlier". ``keeper`` takes
        people's edits before they are written over. Creates the file and its folders. Raises
        BlockersLogUnusable, the file untouched, where its markers contradict each other or it
        cannot be written.
        """
        aside = _Aside(self._set_aside, now)

        def compose(content: bytes, late: bytes, journal: Mapping[str, int]) -> bytes | None:
            region = parse.find_region(content, where=str(self._path))
            taking = keeper.take(content, region) if keeper else Taking()
            body = body_of(rows, known, region, taking.answers)
            last = footer_of(footer)
            same = region is not None and (*body, *last) == region.body
            if same and not late:
                return None
            appended = aside.keep_appended(late)
            if region and (region.edited or taking.foreign):
                aside.keep(content[region.start : region.end])
            origin = keeper.begin_writing(rows) if keeper else None
            lines = closed_lines(body, last, journal, origin)
            new = with_region(content, region, lines, title=self._title)
            return joined(new, appended)

        def merge(content: bytes, saved: bytes, base: bytes) -> bytes:
            return self._merge(content, saved, base, aside, keeper)

        return _report(self._file.rewrite(compose, now=now, merge=merge), aside)

    def _merge(
        self, content: bytes, saved: bytes, base: bytes, aside: _Aside, keeper: LogKeeper | None
    ) -> bytes:
        """Take the edits of a save that the content lacks; return the content with its lines."""
        where = str(self._path)
        try:
            region = parse.find_region(saved, where=where)
        except BlockersLogUnusable:
            aside.keep(saved)
            return content
        if keeper:
            keeper.take(saved, region)
        if region and region.edited:
            aside.keep(saved[region.start : region.end])
        there = content, parse.find_region(content, where=where)
        return merge_save(there, (saved, region), (base, parse.find_region(base, where=where)))

    def poll(self, *, now: datetime) -> bool:
        """Absorb what others still wrote to replaced files; tell whether any is still watched.

        Call it at every tick while it is true. Without a region (someone removed it) late lines
        wait for the next ``write``. Raises BlockersLogUnusable as ``write`` does.
        """
        aside = _Aside(self._set_aside, now)

        def compose(content: bytes, late: bytes, journal: Mapping[str, int]) -> bytes | None:
            region = parse.find_region(content, where=str(self._path))
            if region is None or not late:
                return None
            appended = aside.keep_appended(late)
            return joined(with_journal(content, region, journal), appended)

        self._file.poll(compose, now=now)
        return self._file.is_watching()

    def highest_id(self) -> int:
        """Return the highest number of a row in the file, 0 if there is none or no file."""
        try:
            return parse.highest_id(self._path.read_bytes())
        except FileNotFoundError:
            return 0
        except OSError as failure:
            raise BlockersLogUnusable(f"{self._path}: cannot be read: {failure}") from failure

    def problem(self) -> str | None:
        """Return what ``doctor`` should say about keeping replaced files, or None."""
        return self._file.problem

    def _journal(self, content: bytes) -> Mapping[str, int]:
        return parse.journal_of(content, where=str(self._path))

    def _set_aside(self, text: bytes, now: datetime) -> Path:
        """Keep ``text`` in a file of its own under ``edited/``, once and without its secrets."""
        text = redact(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        self._edited_dir.mkdir(parents=True, exist_ok=True)
        for kept in self._edited_dir.glob(f"*-{escape(self._path.name)}"):
            if kept.stat().st_size == len(text) and kept.read_bytes() == text:
                return kept
        stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        again = (f"-{number}" for number in count(2))
        for suffix in chain(("",), again):
            path = self._edited_dir / f"{stamp}{suffix}-{self._path.name}"
            with suppress(FileExistsError), path.open("xb") as file:
                file.write(text)
                return path
        raise AssertionError("numbers do not end")


class _Aside:
    """What one call keeps aside: the same text once, however often it has to start again."""

    def __init__(self, set_aside: Callable[[bytes, datetime], Path], now: datetime) -> None:
        self._set_aside = set_aside
        self._now = now
        self._text = b""
        self.path: Path | None = None

    def keep(self, text: bytes) -> None:
        if text != self._text:
            self.path = self._set_aside(text, self._now)
            self._text = text

    def keep_appended(self, late: bytes) -> bytes:
        """Return what of ``late`` was appended; a copy of the region that came with it is kept."""
        if not parse.has_markers(late):
            return late
        try:
            appended, region = without_region(late)
        except BlockersLogUnusable:
            appended, region = b"", late
        self.keep(region)
        return appended


def archive_path(path: Path) -> Path:
    """Return where the closed rows of the log ``path`` go: ``blockers-log-archive.md`` beside it."""
    return path.with_name(f"{path.stem}-archive{path.suffix}")


def _report(outcome: Rewriting, aside: _Aside) -> LogWriting:
    return LogWriting(
        written=outcome.written,
        copied_aside=aside.path,
        waiting=outcome.waiting,
        absorbed_bytes=outcome.absorbed_bytes,
    )


def _name_of_links(path: Path, state_dir: Path) -> str:
    """Return the name of the folder for the log's links, the same wherever the workspace moves."""
    place = path.absolute()
    workspace = state_dir.absolute().parent
    return quote(
        str(place.relative_to(workspace) if place.is_relative_to(workspace) else place), safe=""
    )
