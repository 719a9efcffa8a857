"""Whether a git checkout moved: a fingerprint of what it points at, cheap enough for every reading.

Read straight from git's files, as ``gitrepository-layout(5)`` and ``git-worktree(1)`` describe
them: ``.git`` as a folder or as a file with ``gitdir: …``, ``commondir`` of a linked worktree,
``HEAD`` through symbolic refs, loose refs before ``packed-refs``, and the pseudo-refs of an
operation under way. A library would open the whole repository and raise on a broken one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

_UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")
_SYMBOLIC = b"ref:"
_DEEPEST = 5  # git follows no longer chain of symbolic refs
_OBJECT_ID = re.compile(rb"[0-9a-f]{40,64}")
UNKNOWN = "?"
STALE_LOCK = timedelta(minutes=1)


def read_git_state(root: Path) -> str | None:
    """Return a line that changes when the checkout around ``root`` moves, None outside any.

    It names ``HEAD`` with each symbolic ref on its way and the commit at its end, and the commits
    of a merge, cherry-pick, revert or rebase under way. What a broken repository does not give
    reads ``?``; nothing is raised.
    """
    directory = _find_git_directory(root)
    if directory is None:
        return None
    pointer = _read(directory / "commondir")
    common = _below(directory, pointer) if pointer else directory
    parts = [f"HEAD {' '.join(_follow(directory, common))}"]
    for name in _UNDER_WAY:
        content = _read(directory / name)
        if content is not None:
            parts.append(f"{name} {_shown(content)}")
    tables = _read(common / "reftable" / "tables.list")
    if tables is not None:  # the newer format: refs in tables, whose list changes with each move
        parts.append(f"tables {_decode(tables).split()}")
    return "; ".join(parts)


def is_git_busy(root: Path, *, now: datetime) -> bool:
    """Tell whether git is at work on the checkout around ``root``.

    A checkout, merge or pull holds ``index.lock`` while it writes files and moves ``HEAD`` only
    after that: who reads a file meanwhile takes it for an agent's own. A lock that is older than
    ``STALE_LOCK`` was left behind by a crash.
    """
    directory = _find_git_directory(root)
    if directory is None:
        return False
    try:
        locked = (directory / "index.lock").stat().st_mtime
    except OSError:
        return False
    return abs(now - datetime.fromtimestamp(locked, UTC)) < STALE_LOCK


def _find_git_directory(root: Path) -> Path | None:
    """Walk up from ``root`` to the first ``.git`` and return the directory that it is or names."""
    start = root.absolute()
    for folder in (start, *start.parents):
        dot_git = folder / ".git"
        content = _read(dot_git)
        if content is not None and content.startswith(b"gitdir:"):
            return _below(folder, content.removeprefix(b"gitdir:"))
        if _read(dot_git / "HEAD") is not None:
            return dot_git
    return None


def _follow(directory: Path, common: Path) -> Iterator[str]:
    """Yield the refs on the way from HEAD, and the commit that the last of them names."""
    content = _read(directory / "HEAD")
    for _ in range(_DEEPEST):
        if content is None or not content.startswith(_SYMBOLIC):
            break
        name = content.removeprefix(_SYMBOLIC).strip()
        yield _decode(name)
        content = _read_ref(directory, common, name)
    yield UNKNOWN if content is None else _shown(content)


def _read_ref(directory: Path, common: Path, name: bytes) -> bytes | None:
    if b"\0" in name or b".." in name or name.startswith(b"/"):
        return None  # no ref is called so, and it would lead out of the repository
    # A worktree has HEAD, refs/bisect, refs/worktree and refs/rewritten of its own.
    for place in dict.fromkeys((directory, common)):
        content = _read(_below(place, name))
        if content is not None:
            return content
    packed = _read(common / "packed-refs") or b""
    found = re.search(rb"^([0-9a-f]+) %b$" % re.escape(name), packed, re.MULTILINE)
    return found[1] if found else None


def _shown(content: bytes) -> str:
    found = _OBJECT_ID.match(content)
    return found[0].decode() if found else UNKNOWN


def _decode(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")


def _below(folder: Path, name: bytes) -> Path:
    return folder / os.fsdecode(name.strip().replace(b"\0", b""))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None
