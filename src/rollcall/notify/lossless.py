"""Rewrite a file that other processes append to at any moment, and lose no line of theirs.

The new content replaces the file by rename, so a reader never sees half of it. Whoever had the old
file open may still append to it: before the rename it gets a hard link (``replaced_files``), and
what grows there afterwards is carried over by the next rewrite. How far each replaced file is
absorbed stands in the new content itself, so one rename changes both and a kill at any point loses,
doubles and tears nothing.

A kill before the link: nothing happened. Between link and rename: the link is the live file itself
and is dropped. After the rename: the content says what is absorbed, whatever the link's name says.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rollcall.errors import BlockersLogUnusable
from rollcall.notify.displaced import Pin, Place
from rollcall.notify.lacking import lacking_lines
from rollcall.notify.leases import Probe, is_open_elsewhere
from rollcall.notify.replaced_files import (
    MOST_LINKS,
    Identity,
    Late,
    Replaced,
    ReplacedFiles,
    explain_link_failure,
    has_been_quiet,
    new_link_id,
)

ATTEMPTS = 50
QUIET_LINE = timedelta(seconds=2)

Compose = Callable[[bytes, bytes, Mapping[str, int]], bytes | None]
"""From the content, the late text and how far each replaced file is then absorbed to the new
content, or None where nothing needs to be written."""

Merge = Callable[[bytes, bytes, bytes], bytes]
"""From the content, a save that it lacks, and what both were made from to the content with it."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What came of a rewrite: ``waiting`` says why it has to be tried again later."""

    written: bool
    waiting: str | None = None
    absorbed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Live:
    """The file as read: ``kept`` is its content up to the last line that is complete.

    ``save`` is its link where it stood in our way before and was put back. ``unfinished``: someone
    is writing its very first line, or saving it in place.
    """

    identity: Identity | None = None
    save: Replaced | None = None
    kept: bytes = b""
    size: int = 0
    mtime_ns: int = 0
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class _Collected:
    """What all replaced files hold beyond what is absorbed.

    ``text`` is what of it the file lacks; ``content`` is the file with the saves that it lacked.
    """

    links: Sequence[tuple[Replaced, Late]]
    content: bytes
    text: bytes

    @property
    def absorbed(self) -> dict[str, int]:
        return {link.id: late.absorbed for link, late in self.links}

    @property
    def full(self) -> bool:
        """Tell whether no link may be added: none of them would go once it is absorbed.

        Those that stay for a while because of a save do not count; there are few.
        """
        bases = {link.base for link, _ in self.links}
        counted = [late for link, late in self.links if not link.base and link.id not in bases]
        ending = any(late.settled and late.text for late in counted)
        return len(counted) >= MOST_LINKS and not ending


class LosslessFile:
    """One file that is rewritten; one process and one thread at a time.

    ``path`` may be a symbolic link: its target is rewritten and the link stays. ``links`` is a
    folder on the same file system. ``journal`` reads from the content how far each replaced file is
    absorbed. ``set_aside`` keeps what cannot be carried over line by line.
    """

    def __init__(
        self,
        path: Path,
        links: Path,
        *,
        journal: Callable[[bytes], Mapping[str, int]],
        set_aside: Callable[[bytes, datetime], Path],
        probe: Probe = is_open_elsewhere,
    ) -> None:
        self._named = path
        self._journal = journal
        self._set_aside = set_aside
        self._replaced = ReplacedFiles(links, probe)
        self._rewritten: Path | None = None
        self._pin = Pin(links)
        self._recovered = False
        self._journal_seen: object = None
        self._journal_there: Mapping[str, int] = {}

    @property
    def path(self) -> Path:
        """Return the file itself, behind any symbolic link."""
        return Path(os.path.realpath(self._named))

    @property
    def problem(self) -> str | None:
        """Return what someone should know of the replaced files, or None."""
        if self._rewritten:
            return f"{self._named}: a replaced copy was saved in place; it is in {self._rewritten}"
        return self._replaced.problem

    def rewrite(self, compose: Compose, *, now: datetime, merge: Merge | None = None) -> Rewriting:
        """Replace the content by what ``compose`` makes of it, late text carried over.

        A save that the content lacks waits until there is a ``merge`` to take it over. Raises
        BlockersLogUnusable where the file or its folder does not allow it.
        """
        try:
            for _ in range(ATTEMPTS):
                outcome = self._attempt(compose, merge, now)
                if outcome is not None:
                    return outcome
        except OSError as failure:
            raise BlockersLogUnusable(f"{self._named}: cannot be written: {failure}") from failure
        return Rewriting(written=False, waiting="the file changes faster than it can be rewritten")

    def poll(self, compose: Compose, *, now: datetime) -> Rewriting:
        """Carry over what came late, then drop the links that nobody can write to any more.

        Nothing is written where nothing came. Raises BlockersLogUnusable as ``rewrite`` does.
        """
        try:
            self._forget_live()
            outcome = Rewriting(written=False)
            if any(self._replaced.late(link, start, now).text for link, start in self._absorbed()):
                outcome = self.rewrite(compose, now=now)
            for link, start in self._absorbed():
                self._release(link, start, now)
        except OSError as failure:
            raise BlockersLogUnusable(f"{self._named}: cannot be read: {failure}") from failure
        return outcome

    def is_watching(self) -> bool:
        """Tell whether any replaced file is still kept."""
        return bool(self._replaced.all())

    def _attempt(self, compose: Compose, merge: Merge | None, now: datetime) -> Rewriting | None:
        """Try once; None where the file changed meanwhile."""
        if not self._recovered:
            self._pin.recover(
                self.path,
                _beside(self.path),
                self._replaced,
                lambda text: self._set_aside(text, now),
            )
            self._recovered = True
        live = self._read(now)
        if live.unfinished:
            return Rewriting(written=False, waiting="someone is writing the file anew")
        self._replaced.forget_identity(live.identity)
        journal = self._journal(live.kept)
        late = self._collect(live, journal, merge, now)
        absorbed, link_id = late.absorbed, live.save.id if live.save else new_link_id()
        if live.identity:
            absorbed[link_id] = len(live.kept)
        content = compose(late.content, late.text, absorbed)
        if content is None and late.content != live.kept:
            content = late.content
        if content is None:
            self._replaced.record(journal if late.text else late.absorbed)
            return Rewriting(written=False)
        if late.full:
            return Rewriting(written=False, waiting=f"{MOST_LINKS} replaced files are still open")
        if not self._swap(live, content, link_id):
            return None
        self._replaced.record(absorbed)
        return Rewriting(written=True, absorbed_bytes=len(late.text))

    def _read(self, now: datetime) -> _Live:
        path = self.path
        if path.exists() and not path.is_file():
            raise BlockersLogUnusable(f"{self._named}: it is not a regular file")
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return _Live()
        with os.fdopen(fd, "rb") as file:
            status = os.fstat(fd)
            content = file.read()
            ended = content.endswith(b"\n") or self._is_quiet(fd, now)
        kept = content if ended else content[: content.rfind(b"\n") + 1]
        return _Live(
            identity=_identity(status),
            save=self._replaced.save_at(_identity(status)),
            kept=kept,
            size=len(content),
            mtime_ns=status.st_mtime_ns,
            unfinished=not ended and not kept,
        )

    def _is_quiet(self, fd: int, now: datetime) -> bool:
        """Tell whether nobody is about to complete the file's last line."""
        return self._replaced.is_free(fd) or has_been_quiet(fd, QUIET_LINE, now)

    def _collect(
        self, live: _Live, journal: Mapping[str, int], merge: Merge | None, now: datetime
    ) -> _Collected:
        links, content, text = [], live.kept, b""
        for link in self._replaced.all():
            if link == live.save:
                continue
            if link.is_lacking_in(journal):
                if merge is None:
                    continue
                late = self._replaced.late(link, 0, now)
                content = merge(content, late.text, self._replaced.read(link.base))
            else:
                late = self._replaced.late(link, journal.get(link.id, link.absorbed), now)
                text += self._lacking(link, late, live.kept, journal)
            links.append((link, late))
        return _Collected(tuple(links), content, text)

    def _lacking(
        self, link: Replaced, late: Late, content: bytes, journal: Mapping[str, int]
    ) -> bytes:
        if not late.text or link.id in journal:
            return late.text
        # An older copy was saved over ours: it may have been read with these lines in it.
        return lacking_lines(content, link.path.read_bytes()[: link.absorbed], late.text)

    def _swap(self, live: _Live, content: bytes, link_id: str) -> bool:
        """Put ``content`` in place; False where the file is no longer the one that was read."""
        path = self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        new = _beside(path)
        new.unlink(missing_ok=True)
        if live.identity is None:
            return _create(path, new, content)
        try:
            link = live.save or self._replaced.keep(path, link_id, len(live.kept))
        except FileNotFoundError:
            return False
        except OSError as failure:
            raise BlockersLogUnusable(f"{path}: {explain_link_failure(failure)}") from failure
        replaced = False
        try:
            _write_durably(path, new, content, like=link.path)
            self._pin.put(new, len(content), link)
            if _is_unchanged(path, link.path, live):
                place = Place(path, new, self._replaced)
                replaced = place.take(live.identity, link, len(content))
        finally:
            if not replaced:
                new.unlink(missing_ok=True)
                self._replaced.forget_unneeded(link)
            self._pin.take_away()
        _sync_folder(path.parent)
        return replaced

    def _absorbed(self) -> Sequence[tuple[Replaced, int]]:
        """Return how far the file that stands there now holds each link, be it an older copy."""
        links = self._replaced.all()
        if not links or not self.path.is_file():
            return ()
        try:
            with self.path.open("rb") as file:
                standing = self._replaced.save_at(_identity(os.fstat(file.fileno())))
                seen = _signature(os.fstat(file.fileno()))
                if seen != self._journal_seen:
                    self._journal_there = self._journal(file.read())
                    self._journal_seen = seen
        except FileNotFoundError:
            return ()
        return tuple(
            (link, self._journal_there.get(link.id, link.absorbed))
            for link in links
            if link != standing
        )

    def _release(self, link: Replaced, absorbed: int, now: datetime) -> None:
        late = self._replaced.late(link, absorbed, now)
        if not late.rewritten:
            self._replaced.release(link, late, now)
        elif late.settled:
            self._rewritten = self._set_aside(link.path.read_bytes(), now)
            self._replaced.forget(link)

    def _forget_live(self) -> None:
        with suppress(FileNotFoundError):
            self._replaced.forget_identity(_identity(self.path.stat()))


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _beside(path: Path) -> Path:
    """Return where the new file stands before it takes the name ``path``."""
    return path.with_name(f".{path.name}.rollcall.tmp")


def _signature(status: os.stat_result) -> object:
    """Return what changes when the file does."""
    return _identity(status), status.st_size, status.st_mtime_ns


def _is_unchanged(path: Path, link: Path, live: _Live) -> bool:
    """Tell whether ``path`` is still the file that was read and linked, at most appended to."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    if not _identity(status) == _identity(link.stat()) == live.identity:
        return False
    if (status.st_size, status.st_mtime_ns) == (live.size, live.mtime_ns):
        return True
    if not live.kept.endswith(b"\n"):
        return False
    with link.open("rb") as file:
        return file.read(len(live.kept)) == live.kept


def _write_durably(path: Path, new: Path, content: bytes, *, like: Path | None) -> None:
    with new.open("xb") as file:
        file.write(content)
        file.flush()
        if like:
            _take_over_rights(file.fileno(), new, like, path)
        os.fsync(file.fileno())


def _take_over_rights(fd: int, new: Path, like: Path, path: Path) -> None:
    """Give ``new`` the owner, mode and attributes of ``like``: who could append still can."""
    status = like.stat()
    try:
        os.fchown(fd, status.st_uid, status.st_gid)
    except PermissionError as refusal:
        raise BlockersLogUnusable(
            f"{path}: it belongs to user {status.st_uid}, group {status.st_gid}, and would not "
            "after a rewrite; run Rollcall as that user, or give the file to Rollcall's"
        ) from refusal
    shutil.copystat(like, new)
    os.utime(fd)


def _create(path: Path, new: Path, content: bytes) -> bool:
    """Write a file that is not there; False where one has come to stand there meanwhile."""
    try:
        _write_durably(path, new, content, like=None)
        path.hardlink_to(new)
    except FileExistsError:
        return False
    finally:
        new.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
