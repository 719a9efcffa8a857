"""Files that others read and write too: written whole or not at all, and nobody's line lost."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE, S_ISREG

from rollcall.errors import OutsideError

_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def identify(path: Path) -> tuple[int, int] | None:
    """Return what tells a file or folder from another put in its place: device and inode; or None."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def write_atomically(path: Path, text: str) -> None:
    """Put ``text`` (as UTF-8) in place of the file at once: readers see the old or the new one.

    The bytes reach the disk before the name does. The mode of the old file is kept, a symbolic link
    is left and its target written, missing parents are made. Raises ``OSError``.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with suppress(FileNotFoundError):
                os.fchmod(descriptor, S_IMODE(target.stat().st_mode))
            file.write(text.encode())
            file.flush()
            os.fsync(descriptor)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def append_text(path: Path, text: str) -> None:
    """Append ``text`` (as UTF-8) in one write, on a line of its own; missing parents are made.

    A newline goes before it where the file ends without one, or seems to because another writer is
    at it. Raises ``OutsideError`` where ``path``
    is a symbolic link or no regular file, since an agent can put either there, and ``OSError``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, _APPEND, 0o666)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            raise OutsideError(f"{path}: is no regular file; nothing was appended") from error
        raise
    try:
        if not S_ISREG(os.fstat(descriptor).st_mode):
            raise OutsideError(f"{path}: is no regular file; nothing was appended")
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        data = ("\n" * torn + text).encode()
        if os.write(descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, "the disk took only a part of what was appended", str(path))
    finally:
        os.close(descriptor)


def find_obstacle(path: Path) -> Path | None:
    """Return the file that stands where a folder above ``path`` is needed, or None."""
    above = next((one for one in path.parents if one.exists() or one.is_symlink()), None)
    return None if above is None or above.is_dir() else above


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
