"""Clicks on disk: what Slack was told that we have is not lost with us.

One file for each click, named after its origin, written whole before Slack hears that we have it and
removed when who clicked was answered. It needs no turn at the database, whose writer may be busy for
longer than Slack waits.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rollcall.files import write_atomically
from rollcall.notify.slack_buttons import Click, Press

MOST_KEPT = 1_000

_log = logging.getLogger("rollcall")


@dataclass(frozen=True, slots=True)
class KeptClick:
    """A click and when we heard of it; ``is_left``: an earlier process life heard of it."""

    click: Click
    at: datetime
    is_left: bool = False


class ClicksFull(OSError):
    """There are more clicks than anybody can have meant."""


class KeptClicks:
    """The clicks that were heard and not answered yet; any thread may keep and drop."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made with the first click."""
        self._folder = folder
        self._lock = threading.Lock()

    def keep(self, click: Click, now: datetime) -> KeptClick | None:
        """Put a click on the disk; None where it is there already.

        Raises ``OSError`` where it cannot be kept: then Slack must not be told that we have it.
        """
        path = self._path(click)
        with self._lock:
            if path.exists():
                return None
            if self._folder.exists() and sum(1 for _ in self._folder.iterdir()) >= MOST_KEPT:
                raise ClicksFull(f"{self._folder}: more than {MOST_KEPT} clicks wait")
            write_atomically(path, json.dumps({**asdict(click), "at": now.isoformat()}))
        return KeptClick(click, now)

    def drop(self, click: Click) -> None:
        """Forget a click that was answered."""
        with suppress(FileNotFoundError):
            self._path(click).unlink()

    def list_left(self) -> list[KeptClick]:
        """Return what an earlier process life heard of and did not answer, oldest first."""
        return sorted(self._read_all(), key=lambda one: one.at)

    def _read_all(self) -> Iterator[KeptClick]:
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.glob("[!.]*.json")):
            try:
                yield _read(path)
            except (OSError, ValueError, TypeError, KeyError) as error:
                _log.warning("%s: is no click that was kept (%s)", path, type(error).__name__)

    def _path(self, click: Click) -> Path:
        name = hashlib.sha256(click.origin.encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"


def _read(path: Path) -> KeptClick:
    found = json.loads(path.read_text(encoding="utf-8"))
    at = datetime.fromisoformat(found.pop("at"))
    return KeptClick(Click(**{**found, "press": Press(found["press"])}), at, is_left=True)
