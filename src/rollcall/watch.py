"""File events → paths on a queue, coalesced: nothing is read, decided or raised here.

Watchdog delivers to a handler that only puts. Never asked for are ``opened`` and
``closed_no_write``: whoever reads on an event would then feed itself (watchdog ends its thread
when a handler raises, hence nothing more than a filter by path and a put). Events may be lost
(a full kernel queue, network file systems); the sweep finds what they missed.
"""

from __future__ import annotations

import errno
import os
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from rollcall.files import identify
from rollcall.sources import WatchRoot

QUIET_S = 0.2
_ASKED_FOR: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    FileClosedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
_HINTS = {
    errno.ENOSPC: "the kernel's limit of watches is reached; raise fs.inotify.max_user_watches",
    errno.EMFILE: "the kernel's limit of watchers is reached; raise fs.inotify.max_user_instances",
}


class Coalescer:
    """Decides when a changed path is due: the first change at once, later ones together.

    A path that was not due within the last ``quiet_s`` seconds is due as soon as it is put; else
    all its changes are due together, ``quiet_s`` after it last was. Continuous writing thus delays
    nobody for longer. ``at_s`` are monotonic seconds. Not for several threads.
    """

    def __init__(self, quiet_s: float = QUIET_S) -> None:
        self._quiet_s = quiet_s
        self._waiting: dict[Path, float] = {}
        self._last: dict[Path, float] = {}

    def put(self, path: Path, at_s: float) -> None:
        """Note that ``path`` changed."""
        earliest = self._last.get(path, at_s - self._quiet_s) + self._quiet_s
        self._waiting.setdefault(path, max(at_s, earliest))

    def due(self, at_s: float) -> tuple[Path, ...]:
        """Take out the paths whose time has come, the longest waiting first."""
        ready = sorted((when, path) for path, when in self._waiting.items() if when <= at_s)
        self._last = {p: last for p, last in self._last.items() if at_s - last < self._quiet_s}
        for _, path in ready:
            del self._waiting[path]
            self._last[path] = at_s
        return tuple(path for _, path in ready)

    def next_at_s(self) -> float | None:
        """Return when the next path is due, or None."""
        return min(self._waiting.values(), default=None)


class _Handler(FileSystemEventHandler):
    """Puts the paths of sources, and of folders in which sources may stand."""

    def __init__(
        self,
        is_source: Callable[[Path], bool],
        is_folder: Callable[[Path], bool],
        put: Callable[[Path], None],
        gone: deque[Path],
    ) -> None:
        self._is_source = is_source
        self._is_folder = is_folder
        self._put = put
        self._gone = gone

    def on_any_event(self, event: FileSystemEvent) -> None:
        if isinstance(event, (DirDeletedEvent, DirMovedEvent)):
            self._gone.append(_normal(event.src_path))
        accepts = self._is_folder if event.is_directory else self._is_source
        for raw in (event.src_path, event.dest_path):
            path = _normal(raw) if raw else None
            if path is not None and accepts(path):
                self._put(path)


@dataclass(frozen=True, slots=True)
class _Scheduled:
    """A directory under observation, and which one it was."""

    watch: ObservedWatch
    identity: tuple[int, int]


class Watcher:
    """Observes directories and puts the path of each source that changed.

    ``is_source`` and ``is_folder`` filter by the path of a file or a directory and must not raise;
    ``put`` is called from watchdog's thread. Deleted and moved paths are put too, at both ends.
    """

    def __init__(
        self,
        roots: Sequence[WatchRoot],
        is_source: Callable[[Path], bool],
        put: Callable[[Path], None],
        *,
        is_folder: Callable[[Path], bool] = lambda _: True,
    ) -> None:
        self._roots = tuple(roots)
        # Of a folder that was deleted and made again: the file system may give it the old inode.
        self._gone: deque[Path] = deque()
        self._handler = _Handler(is_source, is_folder, put, self._gone)
        self._observer: BaseObserver | None = None
        self._scheduled: dict[WatchRoot, _Scheduled] = {}
        self._problems: dict[WatchRoot | None, str] = {}

    @property
    def problem(self) -> str | None:
        """Say what keeps events from coming, None while they come; the sweep works all the same."""
        if self._observer is not None and not self._observer.is_alive():
            return "the thread that observes files died; the next sweep starts it anew"
        return "; ".join(dict.fromkeys(self._problems.values())) or None

    def start(self) -> None:
        """Begin to observe; what cannot be observed is a ``problem``, never an error."""
        self.refresh(self._roots)

    def stop(self) -> None:
        """End observing and wait for watchdog's threads."""
        if self._observer is not None and self._observer.is_alive():
            self._observer.stop()
            self._observer.join()
        self._observer = None
        self._scheduled.clear()

    def refresh(self, roots: Iterable[WatchRoot]) -> bool:
        """Observe these directories from now on: after each sweep, and when one came or went.

        A directory that is another one under the same name is observed anew, and so is everything
        after watchdog's thread died. Returns whether one is observed now that was not before: what
        happened in it until now, no event told.
        """
        self._roots = tuple(roots)
        self._problems.clear()
        observer = self._living_observer()
        if observer is None:
            return False
        wanted = {root: identity for root in self._roots if (identity := identify(root.path))}
        alive = {emitter.watch for emitter in observer.emitters if emitter.is_alive()}
        gone = {self._gone.popleft() for _ in range(len(self._gone))}
        for root, scheduled in list(self._scheduled.items()):
            is_same = wanted.get(root) == scheduled.identity and root.path not in gone
            if not is_same or scheduled.watch not in alive:
                observer.unschedule(scheduled.watch)
                del self._scheduled[root]
        before = set(self._scheduled)
        for root, identity in wanted.items():
            if root not in self._scheduled:
                self._schedule(observer, root, identity)
        return set(self._scheduled) > before

    def _living_observer(self) -> BaseObserver | None:
        if self._observer is not None and self._observer.is_alive():
            return self._observer
        self.stop()
        # A folder made with one inside it is met twice; watchdog says so, and no event is lost. As an
        # error, where warnings are errors, it would end watchdog's thread for good.
        warnings.filterwarnings("ignore", r"Callback with id .* already exists", RuntimeWarning)
        try:
            observer = Observer()
            observer.start()
        except OSError as error:
            self._problems[None] = _describe(error, None)
            return None
        self._observer = observer
        return observer

    def _schedule(self, observer: BaseObserver, root: WatchRoot, identity: tuple[int, int]) -> None:
        # Watchdog observes a link itself, not what it points to, unless a slash follows.
        text = f"{root.path}{os.sep}" if root.path.is_symlink() else str(root.path)
        try:
            watch = observer.schedule(
                self._handler, text, recursive=root.recursive, event_filter=_ASKED_FOR
            )
        except OSError as error:
            self._problems[root] = _describe(error, root.path)
        else:
            self._scheduled[root] = _Scheduled(watch, identity)


def _normal(raw: bytes | str) -> Path:
    return Path(os.path.normpath(os.fsdecode(raw)))


def _describe(error: OSError, path: Path | None) -> str:
    place = f"{path}: " if path else ""
    return f"{place}cannot be observed: {_HINTS.get(error.errno or 0, error.strerror)}"
