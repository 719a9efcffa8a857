"""Finds the sources of a workspace: one path at a time, or all that there are."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from pathlib import Path, PurePosixPath

from rollcall.places import Places, Skipped, Source
from rollcall.tail import describe_irregular
from rollcall.unchanged import Stamp, stamp_of

__all__ = ["Discovery", "Skipped", "Source", "SourceFinder", "WatchRoot"]

_HEAD_BYTES = 4096
_HEAD_LINES = 10
_OUR_MARK = re.compile(rb"\s*<!-- rollcall(?:[: ][^<>]*)? ?-->\s*")


@dataclass(frozen=True, slots=True)
class Discovery:
    """All sources, what was left out, and the configured roots and folders that do not exist.

    ``sources`` is the same object as that of the scan before where it found the same. ``stamps``
    tell, by a source's name, how its file was when the scan looked.
    """

    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    missing: tuple[str, ...]
    stamps: Mapping[str, Stamp] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class WatchRoot:
    """A directory to observe, with all below it or alone."""

    path: Path
    recursive: bool


@dataclass(frozen=True, slots=True)
class _Head:
    """Whether a file, as it was then, began with our mark."""

    stamp: Stamp
    ours: bool


@dataclass(slots=True)
class _Memory:
    """What the last scan found and the next need not find again.

    ``places`` is what a path alone tells, by its text; ``found`` are the sources as they were met,
    ``sources`` the same in the order of their names and ``folders`` the folders they stand in.
    """

    places: dict[str, tuple[Path, Source | Skipped | None]] = field(default_factory=dict)
    found: tuple[Source, ...] = ()
    sources: tuple[Source, ...] = ()
    folders: tuple[Path, ...] = ()


class SourceFinder:
    """Finds the sources of a workspace.

    ``roots`` are directories relative to ``workspace``, wildcards allowed; for the rest see
    ``Places``. Paths are given and returned absolute, below the resolved workspace and roots.
    """

    def __init__(
        self,
        workspace: Path,
        *,
        roots: Sequence[str],
        feedback_files: Sequence[str],
        ignore: Sequence[str],
        chat_dirs: Sequence[str],
        declared: Mapping[str, Sequence[str]],
        sink_paths: Sequence[str],
    ) -> None:
        self._workspace = Path(os.path.realpath(workspace))
        self._root_patterns = tuple(roots)
        self._places = Places(
            feedback_files=feedback_files,
            ignore=ignore,
            chat_dirs=chat_dirs,
            declared=declared,
            sink_paths=sink_paths,
        )
        self._heads: dict[Path, _Head] = {}
        self._memory = _Memory()
        self.roots = self._expand_roots()

    def match(self, path: Path) -> Source | None:
        """Return the source that an absolute path names, by the path alone; the disk is not asked.

        A file that was left out before for what it holds stays left out.
        """
        found = self._judge(path)
        head = self._heads.get(path)
        return found if isinstance(found, Source) and not (head and head.ours) else None

    def may_hold(self, folder: Path) -> bool:
        """Tell whether sources may stand in or below a folder, by its path alone."""
        return any(
            area.holds(PurePosixPath(folder.relative_to(root).as_posix()))
            for root in self.roots
            if folder.is_relative_to(root)
            for area in self._places.areas
        )

    @property
    def workspace(self) -> Path:
        """Return the resolved workspace."""
        return self._workspace

    def inspect(self, path: Path) -> Source | Skipped | None:
        """Judge one path as a scan does: by the path, then by what stands there now.

        None is a path where no source has its place, or where nothing stands.
        """
        found = self._judge(path)
        return self._look(found) if isinstance(found, Source) else found

    def scan(self) -> Discovery:
        """Look through the roots for all sources; expands the roots anew.

        Folders outside the configured places are not entered, and no symbolic link leads out.
        """
        roots, self.roots = self.roots, self._expand_roots()
        if roots != self.roots:
            self._memory = _Memory()
        places, self._memory.places = self._memory.places, {}
        sources: dict[Path, Source] = {}
        skipped: dict[Path, Skipped] = {}
        for root in self.roots:
            for area in self._places.areas:
                for found in self._walk(root / area.folder, area.depth, set(), places):
                    if isinstance(found, Source):
                        sources.setdefault(found.path, found)
                    else:
                        skipped.setdefault(found.path, found)
        self._heads = {
            path: self._heads[path] for path in (*sources, *skipped) if path in self._heads
        }
        self._remember(tuple(sources.values()))
        return Discovery(
            self._memory.sources,
            tuple(skipped[path] for path in sorted(skipped)),
            tuple(self._missing()),
            {source.name: self._heads[path].stamp for path, source in sources.items()},
        )

    def _remember(self, found: tuple[Source, ...]) -> None:
        if found != self._memory.found:
            self._memory.found = found
            self._memory.sources = tuple(sorted(found, key=attrgetter("name")))
            self._memory.folders = tuple(sorted({source.path.parent for source in found}))

    def watch_roots(self) -> tuple[WatchRoot, ...]:
        """Return the existing directories to observe, such that a folder made later is noticed.

        Each folder of sources with all below it, and the nearest existing one above it alone.
        Where a pattern begins with a wildcard, the root and the folders in which the last scan
        found sources, each alone: a root as a whole may hold a million folders.
        """
        wanted = dict.fromkeys(self._memory.folders, False)
        for root in self.roots:
            for area in self._places.areas:
                folder = root / area.folder
                if folder != root and _is_folder(folder):
                    wanted[folder] = True
                above = folder.parent if folder != root else root
                while not _is_folder(above) and above != root:
                    above = above.parent
                wanted.setdefault(above, False)
        deep = {path for path, recursive in wanted.items() if recursive}
        return tuple(
            WatchRoot(path, wanted[path])
            for path in sorted(wanted)
            if _is_folder(path) and deep.isdisjoint(path.parents)
        )

    def _expand_roots(self) -> tuple[Path, ...]:
        found = (
            Path(os.path.realpath(path))
            for pattern in self._root_patterns
            for path in self._glob(pattern)
        )
        return tuple(dict.fromkeys(path for path in found if _is_folder(path)))

    def _glob(self, pattern: str) -> Iterator[Path]:
        for match in sorted(glob.glob(pattern, root_dir=self._workspace)):  # noqa: PTH207 - a root may be absolute
            yield self._workspace / match

    def _missing(self) -> Iterator[str]:
        """Yield the roots, folders and shared logs of the configuration that exist nowhere."""
        for pattern in self._root_patterns:
            if not any(map(_is_folder, self._glob(pattern))):
                yield pattern
        for area in self._places.areas:
            if not any(_is_folder(root / area.folder) for root in self.roots):
                yield str(area.folder)
        for path in self._places.spelled_out:
            if not any((root / path).exists() for root in self.roots):
                yield str(path)

    def _judge(self, path: Path) -> Source | Skipped | None:
        name = Path(os.path.relpath(path, self._workspace)).as_posix()
        found: Source | Skipped | None = None
        for root in self.roots:
            if path.is_relative_to(root):
                found = self._places.judge(path, root, name) or found
                if isinstance(found, Source):
                    break
        return found

    def _walk(
        self,
        folder: Path,
        depth: int | None,
        seen: set[tuple[int, int]],
        places: Mapping[str, tuple[Path, Source | Skipped | None]],
    ) -> Iterator[Source | Skipped]:
        """Judge everything in a folder and below, entering each directory once.

        The folder is listed each time, for not every file system tells by a folder's own times that
        something came or went; what was known of the paths in it (``places``) is not judged again.
        """
        inside = _list_once(folder, seen)
        if isinstance(inside, Skipped):
            yield inside
            return
        deeper = None if depth is None else depth - 1
        straight = os.path.realpath(folder) == str(folder)
        for entry in inside:
            place = places.get(entry.path) or self._place(Path(entry.path))
            self._memory.places[entry.path] = place
            path, judged = place
            direct = straight and not entry.is_symlink()
            if isinstance(judged, Source):
                judged = self._look(judged, direct=direct)
            if judged is not None:
                yield judged
            elif deeper != 0 and _is_folder(entry):
                stray = None if direct else self._leads_out(path)
                if stray:
                    yield stray
                elif not entry.name.startswith("."):
                    yield from self._walk(path, deeper, seen, places)

    def _place(self, path: Path) -> tuple[Path, Source | Skipped | None]:
        return path, self._judge(path)

    def _look(self, source: Source, *, direct: bool = False) -> Source | Skipped | None:
        """Judge by what stands at a source's place; to a ``direct`` one no symbolic link leads."""
        path = source.path
        stray = None if direct else self._leads_out(path)
        if stray:
            return stray
        try:
            seen = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return Skipped(path, f"cannot be looked at: {error.strerror}")
        head = self._heads.get(path)
        if head is None or not head.stamp.fits(seen):
            kind = describe_irregular(seen.st_mode)
            if kind:
                return Skipped(path, f"is {kind}, not a file")
            head = _Head(stamp_of(seen), not self._places.is_declared(source) and _is_ours(path))
            self._heads[path] = head
        if head.ours:
            return Skipped(path, "begins with Rollcall's own mark, so it is taken for its writing")
        return source

    def _leads_out(self, path: Path) -> Skipped | None:
        """Refuse a symbolic link out of the roots, and one to a source that is found by itself."""
        target = Path(os.path.realpath(path))  # unlike resolve(), it survives a circle of links
        if target == path:
            return None
        if not any(target.is_relative_to(root) for root in self.roots):
            return Skipped(path, f"is a symbolic link out of the roots, to {target}")
        if isinstance(self._judge(target), Source) and target.exists():
            return Skipped(path, "is a symbolic link to another source", expected=True)
        return None


def _list_once(folder: Path, seen: set[tuple[int, int]]) -> list[os.DirEntry[str]] | Skipped:
    """List a folder by name; nothing where it is gone, or was ``seen`` before."""
    try:
        identity = folder.stat()
        inside = sorted(os.scandir(folder), key=attrgetter("name"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        return Skipped(folder, f"cannot be listed: {error.strerror}")
    if (identity.st_dev, identity.st_ino) in seen:
        return []
    seen.add((identity.st_dev, identity.st_ino))
    return inside


def _is_folder(path: Path | os.DirEntry[str]) -> bool:
    """Tell whether a directory stands there that we may look at; a circle of links is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_ours(path: Path) -> bool:
    """Tell whether one of the first lines of a file is a mark that Rollcall puts into its own."""
    try:
        with path.open("rb") as file:
            lines = file.read(_HEAD_BYTES).split(b"\n")
    except OSError:
        return False  # reading it as a source will say why
    return any(_OUR_MARK.fullmatch(line) for line in islice(lines, _HEAD_LINES))
