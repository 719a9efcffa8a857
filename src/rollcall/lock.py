"""Who works: whoever holds the lock on ``.rollcall/lock``. The pid in the file is for messages."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from rollcall.errors import StoreUnusable
from rollcall.ownership import explain_refusal

_PATIENCE = 20
_PAUSE_S = 0.05


class WorkLock:
    """The workspace's one lock; the kernel frees it when its holder dies."""

    def __init__(self, state_dir: Path) -> None:
        """Name the lock; nothing is held yet."""
        self._path = state_dir / "lock"
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if nobody holds it; return whether we hold it now. Raises StoreUnusable."""
        if self._descriptor is not None:
            return True
        descriptor = self._open(os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def acquire_patiently(self) -> bool:
        """Take the lock, waiting a second for a command that only looks or is about to end."""
        pause = threading.Event()
        for _ in range(_PATIENCE):
            if self.acquire():
                return True
            pause.wait(_PAUSE_S)
        return self.acquire()

    def release(self) -> None:
        """Let go of the lock."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def is_held_by_someone(self) -> bool:
        """Tell whether somebody holds the lock, ourselves included."""
        if self._descriptor is not None:
            return True
        try:
            descriptor = self._open(os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _open(self, flags: int) -> int:
        try:
            return os.open(self._path, flags | os.O_CLOEXEC, 0o644)
        except PermissionError as error:
            why = explain_refusal(self._path) or f"{self._path}: {error.strerror}"
            raise StoreUnusable(why) from error

    def holder_pid(self) -> int | None:
        """Return the pid that the holder wrote, for messages only."""
        try:
            text = self._path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        return int(text) if text.isdigit() else None
