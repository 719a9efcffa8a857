"""Take the place of a file, and lose no save that somebody makes in that instant.

An editor may save by rename just before ours takes the name: the exchange gives us its file under
our name for new ones, and a second exchange puts it back. Whoever read ours meanwhile may save a
copy that lacks that save, at once or much later. So the save is kept as a link of its own
(``replaced_files``), with the file it was made from; what it changed is taken over once the log
turns out to be such a copy.

A kill between the exchanges leaves the save under our name. The pin, a second link to ours while it
changes places, tells ours from another's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rollcall.notify.exchange import exchange
from rollcall.notify.replaced_files import (
    Identity,
    Replaced,
    ReplacedFiles,
    identity_of,
    new_link_id,
)

_PIN = re.compile(r"pin\.(?P<size>\d+)\.(?P<base>[0-9a-f]{8})")


class Place:
    """The place of one file, and ``new`` beside it, under which ours stands before it takes it."""

    def __init__(self, path: Path, new: Path, replaced: ReplacedFiles) -> None:
        self._path = path
        self._new = new
        self._replaced = replaced

    def take(self, live: Identity, base: Replaced, size: int) -> bool:
        """Put ``new`` in the place of the file ``live``; False where another has just come there.

        That one is put back. Who opened ours meanwhile may write to it, so it stays linked.
        """
        path, new, ours = self._path, self._new, identity_of(self._new)
        try:
            # Looked at once more here: what comes in between is shown ours for an instant.
            if identity_of(path) != live:
                return False
            if not exchange(new, path):
                new.rename(path)
                return True
        except FileNotFoundError:
            return False
        if identity_of(new) == live:
            new.unlink()
            return True
        self._replaced.keep_save(new, base.id)
        self._put_back(ours, size, base.id)
        return False

    def _put_back(self, ours: Identity, size: int, base: str) -> None:
        """Put the save in its place again; where somebody saved once more, that one stays."""
        with suppress(FileNotFoundError):
            exchange(self._new, self._path)
            if identity_of(self._new) == ours:
                self._replaced.keep(self._new, new_link_id(), size)
                return
            exchange(self._new, self._path)
            self._replaced.keep_save(self._new, base)


class Pin:
    """The link to our new file while it changes places.

    Its name says how long it was, and which link is that of the file whose place it takes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, new: Path, size: int, base: Replaced) -> None:
        """Link ``new``, whole and ``size`` bytes long; its folder is there."""
        (self._folder / f"pin.{size}.{base.id}").hardlink_to(new)

    def take_away(self) -> None:
        """Remove the link, if there is one."""
        for path, _, _ in self._found():
            path.unlink()

    def recover(
        self,
        path: Path,
        new: Path,
        replaced: ReplacedFiles,
        set_aside: Callable[[bytes], object],
    ) -> None:
        """Clear up what a kill left of ``new``; a save that ours had displaced is put back.

        Where somebody saved again since, that stays; the displaced save is kept as a link, and set
        aside. Who had ours open may have written to it: it is kept as a replaced file. Raises
        OSError.
        """
        for pinned, size, base in self._found():
            if new.exists() and not _same(new, pinned) and not replaced.is_kept(new):
                # Of two saves that ours met, the one that is not in its place is the newer.
                if replaced.is_save(path):
                    exchange(new, path)
                elif not _same(path, pinned):
                    set_aside(new.read_bytes())
                replaced.keep_save(new, base)
            if replaced.is_save(new) and _same(path, pinned):
                exchange(new, path)
            if _same(new, pinned):
                replaced.keep(new, new_link_id(), size)
        new.unlink(missing_ok=True)
        self.take_away()

    def _found(self) -> list[tuple[Path, int, str]]:
        if not self._folder.is_dir():
            return []
        found = ((path, _PIN.fullmatch(path.name)) for path in self._folder.iterdir())
        return [(path, int(pin["size"]), pin["base"]) for path, pin in found if pin]


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False
