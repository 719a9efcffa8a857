"""Put back what a rewrite had displaced when it was killed.

An editor may save by rename just before ours takes the name: the exchange gives us its file under
our name for new ones, and a second exchange puts it back. A kill between the two leaves it there.
The pin, a second link to ours while it changes places, tells ours from another's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from rollcall.notify.exchange import exchange
from rollcall.notify.replaced_files import ReplacedFiles, new_link_id

_PIN = re.compile(r"pin\.(?P<size>\d+)")


class Pin:
    """The link to our new file while it changes places; its name says how long it was."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, new: Path, size: int) -> None:
        """Link ``new``, whole and ``size`` bytes long; its folder is there."""
        (self._folder / f"pin.{size}").hardlink_to(new)

    def take_away(self) -> None:
        """Remove the link, if there is one."""
        for path in self._found():
            path.unlink()

    def recover(
        self,
        path: Path,
        new: Path,
        replaced: ReplacedFiles,
        set_aside: Callable[[bytes], object],
    ) -> None:
        """Clear up what a kill left of ``new``; a save that ours had displaced is put back.

        Where somebody saved again since, that stays and the displaced save is set aside. Who had
        ours open may have written to it: it is kept as a replaced file. Raises OSError.
        """
        for pinned in self._found():
            size = int(pinned.name.partition(".")[2])
            displaced = new.exists() and not _same(new, pinned) and not _is_kept(new, replaced)
            if displaced and not (_same(path, pinned) and exchange(new, path)):
                set_aside(new.read_bytes())
            if _same(new, pinned):
                replaced.keep(new, new_link_id(), size)
        new.unlink(missing_ok=True)
        self.take_away()

    def _found(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [path for path in self._folder.iterdir() if _PIN.fullmatch(path.name)]


def _is_kept(new: Path, replaced: ReplacedFiles) -> bool:
    return any(_same(new, link.path) for link in replaced.all())


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False
