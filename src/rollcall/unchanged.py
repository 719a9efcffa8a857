"""Which sources need no look: what a file's outside tells, and what was read of it as it stands."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from rollcall.places import Source
from rollcall.tail import QUIET

_SECOND_NS = 1_000_000_000


class Stamp(NamedTuple):
    """By what a file is known to be as it was, times of change in nanoseconds.

    A program may set ``mtime_ns`` back (``cp -p``, ``touch -r``), not ``ctime_ns``.
    """

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    def fits(self, seen: os.stat_result) -> bool:
        """Tell whether a file that was looked at is as it was."""
        return (
            self.ctime_ns == seen.st_ctime_ns
            and self.mtime_ns == seen.st_mtime_ns
            and self.size == seen.st_size
            and self.inode == seen.st_ino
            and self.device == seen.st_dev
        )


def stamp_of(seen: os.stat_result) -> Stamp:
    """Return the stamp of a file that was looked at."""
    return Stamp(seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


class Unchanged:
    """Remembers, for one process life, how files were that the store holds to their last byte.

    Such a file needs no look, and the store no question, until it is another or has been changed.
    The store stays the truth: what was never looked at in this life is not left out.
    """

    def __init__(self) -> None:
        """Remember nothing."""
        self._stamps: dict[str, Stamp] = {}

    def leave_out(self, sources: Iterable[Source], stamps: Mapping[str, Stamp]) -> list[Source]:
        """Return the sources that may have changed since they were noted."""
        known = self._stamps
        return [one for one in sources if known.get(one.name) != stamps[one.name]]

    def note(self, source: Source, stamp: Stamp, now: datetime) -> None:
        """Note that a deep look found nothing new in a source that stood so before the look.

        Not while it is young: a second change within one step of the file system's clock, which
        may be two seconds, would leave the same stamp.
        """
        for time_ns in (stamp.mtime_ns, stamp.ctime_ns):
            if abs(now - datetime.fromtimestamp(time_ns / _SECOND_NS, UTC)) < QUIET:
                return
        self._stamps[source.name] = stamp

    def keep_only(self, names: Collection[str]) -> None:
        """Forget every other source than these."""
        self._stamps = {name: one for name, one in self._stamps.items() if name in names}

    def forget(self, name: str) -> None:
        """Have a source looked at again."""
        self._stamps.pop(name, None)
