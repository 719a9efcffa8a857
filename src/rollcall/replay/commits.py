"""What the commits of a repository did to its files, read by ``git`` itself, changing nothing.

The history of a branch is that of its first parents: what a merge brought arrived with the merge.
Formats: ``git-rev-list(1)``, ``git-diff-tree(1)`` (raw output, ``-z``), ``git-cat-file(1)``.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rollcall.errors import OutsideError, UsageError

_PLAIN = ("100644", "100755")
_SAFE = ("--no-pager", "-c", "log.showSignature=false", "-c", "core.quotePath=false")


@dataclass(frozen=True, slots=True)
class Commit:
    """What one commit did to regular files: by path, the new content's object id, None: removed."""

    id: str
    at: datetime
    files: Mapping[str, str | None]


class Repository:
    """One repository's work tree, at ``top``."""

    def __init__(self, folder: Path) -> None:
        """Find the repository around ``folder``.

        Raises UsageError where there is none or it has no commit, OutsideError without ``git``.
        """
        found = _run(folder, "rev-parse", "--show-toplevel", check=False)
        if found is None:
            raise UsageError(
                f"--git: {folder} is in no git repository, so there are no commits to replay; "
                "without --git the files are replayed as they stand"
            )
        self.top = Path(os.path.realpath(os.fsdecode(found.removesuffix(b"\n"))))
        if _run(self.top, "rev-parse", "--verify", "--quiet", "HEAD", check=False) is None:
            raise UsageError(f"--git: {self.top} has no commit yet")

    def find_base(self, begin: datetime) -> Commit | None:
        """Return the last commit up to ``begin`` with all its files, or None before the first.

        Raises UsageError for a shallow clone that does not reach back so far.
        """
        line = self._git(
            *("rev-list", "--first-parent", "--max-count=1", "--timestamp"),
            *(f"--before={int(begin.timestamp())}", "HEAD"),
        ).decode()
        if not line.strip():
            self._refuse_shallow(begin)
            return None
        seconds, id_ = line.split()
        entries = self._git("ls-tree", "-r", "-z", "--full-tree", id_).split(b"\0")
        files: dict[str, str | None] = {}
        for entry in filter(None, entries):
            head, _, path = entry.partition(b"\t")
            mode, _, blob = head.decode().split()
            if mode in _PLAIN:
                files[os.fsdecode(path)] = blob
        return Commit(id_, _instant(seconds), files)

    def list_commits(self, base: Commit | None, end: datetime) -> Iterator[Commit]:
        """Yield the commits after ``base`` up to ``end``, in order.

        One that bears an earlier date than the one before it came with that one.
        """
        span = "HEAD" if base is None else f"{base.id}..HEAD"
        log = self._git(
            "rev-list", "--first-parent", "--reverse", "--timestamp", "--parents", span
        ).decode()
        rows = [line.split() for line in log.splitlines()]
        pairs = [row[1:3] for row in rows]
        changed = self._list_changes(pairs)
        reached = datetime.min.replace(tzinfo=UTC)
        for row in rows:
            reached = max(reached, _instant(row[0]))
            if reached > end:
                return
            if changed.get(row[1]):
                yield Commit(row[1], reached, changed[row[1]])

    def find_last_change(self, base: Commit, path: str) -> datetime:
        """Return when a file that stands in ``base`` was last changed."""
        seconds = self._git(
            *("log", "--first-parent", "-m", "--max-count=1", "--format=%ct", base.id),
            *("--", f":(top,literal){path}"),
        ).decode()
        return _instant(seconds) if seconds.strip() else base.at

    @contextmanager
    def open_contents(self) -> Iterator[Contents]:
        """Give what reads contents by object id, through one process."""
        with subprocess.Popen(  # noqa: S603 - no shell, and no words but our own
            ["git", *_SAFE, "cat-file", "--batch"],  # noqa: S607 - the git of the user's PATH
            cwd=self.top,
            env=_environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            yield Contents(process)

    def _list_changes(self, pairs: Sequence[Sequence[str]]) -> dict[str, dict[str, str | None]]:
        """Return what each commit did, compared with its first parent, or with nothing."""
        asked = "".join(f"{' '.join(pair)}\n" for pair in pairs).encode()
        words = (
            "diff-tree",
            "--stdin",
            "--root",
            "-r",
            "-z",
            "--raw",
            "--no-renames",
            "--no-abbrev",
        )
        found: dict[str, dict[str, str | None]] = {}
        tokens = iter(self._git(*words, given=asked).split(b"\0"))
        files: dict[str, str | None] = {}
        for token in tokens:
            if token.startswith(b":"):
                _, mode, _, blob, _ = token.decode().split()
                path = os.fsdecode(next(tokens))
                files[path] = blob if mode in _PLAIN else None
            elif token:
                files = found.setdefault(token.decode().split()[0], {})
        return found

    def _refuse_shallow(self, begin: datetime) -> None:
        shallow = self._git("rev-parse", "--is-shallow-repository").decode().strip()
        if shallow == "true":
            raise UsageError(
                f"--git: {self.top} is a shallow clone whose history does not reach back to "
                f"{begin:%Y-%m-%d %H:%MZ}; fetch the rest with: git fetch --unshallow"
            )

    def _git(self, *words: str, given: bytes = b"") -> bytes:
        said = _run(self.top, *words, given=given)
        return said or b""


class Contents:
    """Reads objects through ``git cat-file --batch``."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def read(self, blob: str) -> bytes:
        """Return the bytes of one object. Raises OutsideError for one that is missing."""
        asking, answering = self._process.stdin, self._process.stdout
        if asking is None or answering is None:
            raise OutsideError("git cat-file cannot be spoken to")
        asking.write(f"{blob}\n".encode())
        asking.flush()
        head = answering.readline().decode().split()
        if len(head) != 3:
            raise OutsideError(f"--git: git has no object {blob}; is the clone a partial one?")
        content = answering.read(int(head[2]))
        answering.read(1)
        return content


def find_repositories(roots: Iterable[Path]) -> list[Repository]:
    """Return the repositories in which the roots stand, each work tree once."""
    found: dict[Path, Repository] = {}
    for root in roots:
        repository = Repository(root)
        found.setdefault(repository.top, repository)
    return list(found.values())


def _run(folder: Path, *words: str, given: bytes = b"", check: bool = True) -> bytes | None:
    """Return what git says, None where it refuses and that is an answer."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no words but ours and git's own
            ["git", *_SAFE, *words],  # noqa: S607 - the git of the user's PATH
            cwd=folder,
            env=_environ(),
            input=given,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise OutsideError("--git needs the program git, which is not on the PATH") from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip()
    if check or "dubious ownership" in said:
        raise OutsideError(f"git {words[0]} in {folder}: {said}")
    return None


def _environ() -> dict[str, str]:
    """Return the environment without a repository of its own, in which git takes no locks."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {name: os.environ[name] for name in os.environ if name.startswith("GIT_CONFIG")}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


def _instant(seconds: str | bytes) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
