"""Files that we replaced and others may still write to, kept under hard links.

Replacing a file by rename takes its name away, not the inode that another process has open: what
that process still appends goes there. Each link is named ``<id>.<absorbed>``: the bytes of it that
the present file is known to hold. The folder is the journal: after a crash it says what is still
to be absorbed.

A save that stood in our way for an instant (``displaced``) is a link too, ``<id>.<absorbed>.<base>``
with the id of the file it was made from. Both stay for ten minutes: a copy of ours that lacks the
save, its journal naming the base and not the save, may be saved over everything as late as that.
"""

from __future__ import annotations

import errno
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rollcall.notify.leases import Probe, is_open_elsewhere, leases_work

MOST_LINKS = 16
QUIET_LINK = timedelta(minutes=10)
MOST_SAVES = 8
_NAME = re.compile(r"(?P<id>[0-9a-f]{8})\.(?P<absorbed>\d+)(?:\.(?P<base>[0-9a-f]{8}))?")

Identity = tuple[int, int]  # device and inode


@dataclass(frozen=True, slots=True)
class Replaced:
    """One replaced file: its link, and how many of its bytes the present file holds.

    ``base``, of a save that stood in our way: the link of the file it was made from.
    """

    id: str
    absorbed: int
    path: Path
    base: str | None = None

    def is_lacking_in(self, journal: Mapping[str, int]) -> bool:
        """Tell whether a file with this journal was copied from one that lacked this save."""
        return self.base in journal and self.id not in journal


@dataclass(frozen=True, slots=True)
class Late:
    """What was written to a replaced file after it was replaced.

    ``text`` ends with a complete line. ``absorbed`` is how far the file is absorbed once the text
    is. ``settled``: nobody can write to it any more, as far as can be known. ``rewritten``: it was
    cut short in place, so its content is no longer what was carried over.
    """

    text: bytes
    absorbed: int
    settled: bool
    rewritten: bool = False


class ReplacedFiles:
    """The links in one folder; one process and one thread at a time."""

    def __init__(self, folder: Path, probe: Probe = is_open_elsewhere) -> None:
        self._folder = folder
        self._probe = probe
        self._free_once: set[str] = set()
        self._leases_work: bool | None = None
        self.problem: str | None = None

    def all(self) -> Sequence[Replaced]:
        """Return every link, by id."""
        if not self._folder.is_dir():
            return ()
        found = ((_NAME.fullmatch(path.name), path) for path in self._folder.iterdir())
        links = (Replaced(m["id"], int(m["absorbed"]), path, m["base"]) for m, path in found if m)
        return tuple(sorted(links, key=lambda link: link.id))

    def keep(self, live: Path, link_id: str, absorbed: int) -> Replaced:
        """Link ``live``, of which the first ``absorbed`` bytes are about to be carried over."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{link_id}.{absorbed}"
        path.hardlink_to(live)
        return Replaced(link_id, absorbed, path)

    def keep_save(self, saved: Path, base: str) -> None:
        """Link a save that stood in our way, made from the file of the link ``base``, once.

        Only the newest few are kept.
        """
        if self.is_kept(saved):
            return
        size = saved.stat().st_size
        (self._folder / f"{new_link_id()}.{size}.{base}").hardlink_to(saved)
        saves = sorted(
            (link for link in self.all() if link.base), key=lambda one: one.path.stat().st_ctime_ns
        )
        for link in saves[:-MOST_SAVES]:
            self.forget(link)

    def is_kept(self, path: Path) -> bool:
        """Tell whether any link is one to the file ``path``."""
        return path.exists() and any(path.samefile(link.path) for link in self.all())

    def is_save(self, path: Path) -> bool:
        """Tell whether the file ``path`` is a save that stood in our way."""
        saves = (link for link in self.all() if link.base)
        return path.exists() and any(path.samefile(link.path) for link in saves)

    def save_at(self, identity: Identity | None) -> Replaced | None:
        """Return the link to a save that stood in our way where it is the file ``identity``."""
        saves = (link for link in self.all() if link.base)
        return next((link for link in saves if identity_of(link.path) == identity), None)

    def record(self, absorbed: Mapping[str, int]) -> None:
        """Write down how far each link is absorbed, once the present file holds it."""
        for link in self.all():
            reached = absorbed.get(link.id, link.absorbed)
            if reached != link.absorbed:
                base = f".{link.base}" if link.base else ""
                link.path.rename(self._folder / f"{link.id}.{reached}{base}")

    def forget(self, link: Replaced) -> None:
        """Drop a link."""
        self._free_once.discard(link.id)
        link.path.unlink()

    def forget_unneeded(self, link: Replaced) -> None:
        """Drop a link to a file that was not replaced after all, unless a save needs it or is it."""
        if link.base is None and not any(one.base == link.id for one in self.all()):
            self.forget(link)

    def read(self, link_id: str | None) -> bytes:
        """Return the content of a link, nothing where there is none."""
        found = [link for link in self.all() if link.id == link_id]
        return found[0].path.read_bytes() if found else b""

    def forget_identity(self, identity: Identity | None) -> None:
        """Drop links to the file that still stands in its place; one to a save put back stays.

        A kill between link and rename leaves one.
        """
        for link in self.all():
            if link.base is None and identity_of(link.path) == identity:
                self.forget(link)

    def late(self, link: Replaced, absorbed: int, now: datetime) -> Late:
        """Read what ``link`` holds beyond its first ``absorbed`` bytes.

        A last line without its newline waits until nobody can complete it; then it gets one.
        """
        fd = os.open(link.path, os.O_RDONLY | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            settled = self._is_settled(file.fileno(), now)
            size = os.fstat(fd).st_size
            if size < absorbed:
                return Late(b"", absorbed, settled, rewritten=True)
            file.seek(absorbed)
            text = file.read()
        if not settled:
            text = text[: text.rfind(b"\n") + 1]
        reached = absorbed + len(text)
        if text and not text.endswith(b"\n"):
            text += b"\n"
        return Late(text, reached, settled)

    def is_free(self, fd: int) -> bool | None:
        """Tell whether only ``fd`` has its file open; None where that cannot be known."""
        if self._leases_work is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._leases_work = leases_work(self._folder, self._probe)
        held = self._probe(fd) if self._leases_work else None
        return None if held is None else not held

    def release(self, link: Replaced, late: Late, now: datetime) -> bool:
        """Drop a link that is absorbed to its end and found settled twice; tell whether it went.

        Twice, because a process between looking up the name and opening the file is not seen.
        """
        ended = late.settled and not late.text and late.absorbed == link.path.stat().st_size
        if not ended or self._is_awaited(link, now):
            self._free_once.discard(link.id)
            return False
        if link.id not in self._free_once:
            self._free_once.add(link.id)
            return False
        self.forget(link)
        return True

    def _is_awaited(self, link: Replaced, now: datetime) -> bool:
        """Tell whether a copy that lacks this save, or a save made from this file, may still come."""
        saves = [one for one in self.all() if one.base and link.id in {one.id, one.base}]
        since = now.timestamp() - QUIET_LINK.total_seconds()
        return any(save.path.stat().st_ctime > since for save in saves)

    def _is_settled(self, fd: int, now: datetime) -> bool:
        free = self.is_free(fd)
        if free is None:
            self.problem = (
                f"{self._folder}: leases do not work here (another owner, or this file system): "
                "a replaced log is kept until 10 minutes after its last growth"
            )
        elif free and os.fstat(fd).st_nlink > 1:
            self.problem = (
                f"{self._folder}: a replaced log has another name elsewhere (a hard link): "
                "it is kept until 10 minutes after its last growth"
            )
        else:
            return free
        return has_been_quiet(fd, QUIET_LINK, now)


def identity_of(path: Path) -> Identity:
    """Return which file stands at ``path``. Raises FileNotFoundError."""
    status = path.stat()
    return status.st_dev, status.st_ino


def has_been_quiet(fd: int, how_long: timedelta, now: datetime) -> bool:
    """Tell whether the file was last written at least ``how_long`` before ``now``."""
    return now.timestamp() - os.fstat(fd).st_mtime >= how_long.total_seconds()


def new_link_id() -> str:
    """Return an id that no link has had: a comment in an old copy of the log may name any."""
    return uuid.uuid4().hex[:8]


def explain_link_failure(failure: OSError) -> str:
    """Say what stands in the way of a hard link."""
    if failure.errno == errno.EXDEV:
        return "it is on another file system than .rollcall/; put both on one"
    return f"it cannot be hard-linked ({failure.strerror}); Rollcall needs that to lose no line"
