"""What a path alone tells: whether a source stands there, of which kind, whose, and of which day."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from rollcall import names
from rollcall.model import SourceKind
from rollcall.notify.redact import redact
from rollcall.patterns import PathPattern
from rollcall.roster import Roster, slugify

CHAT_SUFFIXES = frozenset(
    {".md", ".markdown", ".txt", ".json", ".jsonl", ".ndjson", ".log", ".chat"}
)


@dataclass(frozen=True, slots=True)
class Source:
    """One watched file; ``name`` is its path relative to the workspace, with ``/``.

    ``agent`` is the slug that its path gives (a declared alias is its agent's), None for chat and
    for a log that many agents share; ``day`` is the date in its name.
    """

    path: Path
    name: str
    kind: SourceKind
    agent: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was left out; ``expected`` ones (a README) need not be told."""

    path: Path
    reason: str
    expected: bool = False

    @property
    def shown(self) -> str:
        """Return the path as plain text: whatever hides in it is spelt out."""
        return _spell_out(str(self.path))

    def shown_from(self, root: Path) -> str:
        """Return the path relative to ``root``, as a source's name is, and spelt out as ``shown``."""
        return _spell_out(Path(os.path.relpath(self.path, root)).as_posix())


@dataclass(frozen=True, slots=True)
class Area:
    """A folder in which sources may stand, and how many levels below it; None is no limit."""

    folder: PurePosixPath
    depth: int | None

    def holds(self, folder: PurePosixPath) -> bool:
        """Tell whether sources may stand in or below ``folder``, given relative to the root."""
        if self.folder.is_relative_to(folder):
            return True
        below = len(folder.parts) - len(self.folder.parts)
        return folder.is_relative_to(self.folder) and (self.depth is None or below < self.depth)


class Places:
    """The places of sources in any root; all patterns are relative to a root, sinks also absolute.

    ``declared`` maps each declared agent's slug to its aliases.
    """

    def __init__(
        self,
        *,
        feedback_files: Sequence[str],
        ignore: Sequence[str],
        chat_dirs: Sequence[str],
        declared: Mapping[str, Sequence[str]],
        sink_paths: Sequence[str],
    ) -> None:
        patterns = [PathPattern(text) for text in feedback_files]
        # What a pattern of a shared log names is one, though it also looks like an agent's file.
        self._feedback = tuple(sorted(patterns, key=lambda one: one.names_agent))
        logs = [one.path for one in patterns if one.is_spelled_out]
        self.spelled_out = (*logs, *filter(_is_chat_file, map(PurePosixPath, chat_dirs)))
        self._ignore = tuple(PathPattern(text) for text in ignore)
        self._chat = tuple(PurePosixPath(text) for text in chat_dirs)
        self._sinks = tuple(PathPattern(text) for text in sink_paths)
        self._declared = Roster.build(declared, ())
        self.areas = _join(
            [
                *(Area(pattern.folder, pattern.depth) for pattern in self._feedback),
                *(_chat_area(path) for path in self._chat),
            ]
        )

    def judge(self, path: Path, root: Path, name: str) -> Source | Skipped | None:
        """Say what stands at ``path`` below ``root``; None is not the place of a source."""
        relative = PurePosixPath(path.relative_to(root).as_posix())
        place = self._feedback_place(path, relative, name) or self._chat_place(path, relative, name)
        if place is None:
            return None
        sink = any(
            pattern.match(PurePosixPath(path.as_posix())) or pattern.match(relative)
            for pattern in self._sinks
        )
        if sink:
            return Skipped(path, "is written by Rollcall", expected=True)
        if any(pattern.covers(relative) for pattern in self._ignore):
            return Skipped(path, "is ignored by the configuration", expected=True)
        return place

    def is_declared(self, source: Source) -> bool:
        """Tell whether a source is a declared agent's."""
        return source.agent in self._declared.slugs

    def _feedback_place(
        self, path: Path, relative: PurePosixPath, name: str
    ) -> Source | Skipped | None:
        for pattern in self._feedback:
            found = pattern.match(relative)
            if found is not None:
                below = relative.relative_to(pattern.folder).parts[:-1]
                if not pattern.names_agent:
                    return self._shared_log(path, name, pattern, below)
                return self._feedback_source(path, name, found.groupdict(), below)
        return None

    def _feedback_source(
        self, path: Path, name: str, groups: Mapping[str, str], below: Sequence[str]
    ) -> Source | Skipped:
        written = groups["agent"]
        declared = self._declared.known(written)
        named = frozenset({written} if declared else ())
        if refused := _refuse(path, below, named=named, copies=True):
            return refused
        bare, day = (declared, None) if declared else names.split_date(written)
        agent = declared or self._declared.known(bare) or slugify(bare)
        if not agent or names.has_unprintable(written, invisible=True):
            return Skipped(path, f"names no agent: {written!a}")
        if "date" in groups:
            day = names.read_date(groups["date"])
        return Source(path, name, SourceKind.FEEDBACK, agent, day)

    def _shared_log(
        self, path: Path, name: str, pattern: PathPattern, below: Sequence[str]
    ) -> Source | Skipped:
        named = frozenset({path.stem} if pattern.is_spelled_out else ())
        _, day = names.split_date(path.stem)
        refused = _refuse(path, below, named=named, copies=True)
        return refused or Source(path, name, SourceKind.FEEDBACK, None, day)

    def _chat_place(
        self, path: Path, relative: PurePosixPath, name: str
    ) -> Source | Skipped | None:
        for folder in self._chat:
            if relative.suffix.lower() in CHAT_SUFFIXES and relative.is_relative_to(folder):
                below = relative.relative_to(folder).parts[:-1]
                refused = _refuse(path, below, named=frozenset(), copies=False)
                _, day = names.split_date(path.stem)
                return refused or Source(path, name, SourceKind.CHAT, day=day)
        return None


def _is_chat_file(path: PurePosixPath) -> bool:
    return path.suffix.lower() in CHAT_SUFFIXES


def _chat_area(path: PurePosixPath) -> Area:
    """Return where messages stand: in a folder with all below it, or in one file."""
    return Area(path.parent, 1) if _is_chat_file(path) else Area(path, None)


def _refuse(
    path: Path, below: Sequence[str], *, named: frozenset[str], copies: bool
) -> Skipped | None:
    """Refuse a file for its name or for the folders that it stands in, below its area.

    What is ``named`` by a declared agent may be called ``template`` or ``archive``.
    """
    if names.has_unprintable("".join((*below, path.name)), invisible=False):
        return Skipped(path, f"has control characters in its name: {path.name!a}")
    if any(redact(part) != part for part in (*below, path.name, path.stem)):
        # A source's name is kept and shown as it is.
        return Skipped(path, "has what looks like a secret in its name: give it another")
    expected = (
        names.describe_litter(path.name)
        or next(filter(None, map(names.describe_left_out_folder, set(below) - named)), None)
        or (None if path.stem in named else names.describe_left_out(path.name))
    )
    if expected:
        return Skipped(path, expected, expected=True)
    conflict = names.describe_conflict(path.name, copies=copies)
    return Skipped(path, conflict) if conflict else None


def _join(areas: Sequence[Area]) -> tuple[Area, ...]:
    """Join areas with one folder to the deepest of them, in the order of their folders."""
    joined: dict[PurePosixPath, int | None] = {}
    for area in areas:
        depth = joined.get(area.folder, 0)
        unlimited = area.depth is None or depth is None
        joined[area.folder] = None if unlimited else max(area.depth or 0, depth or 0)
    return tuple(Area(folder, joined[folder]) for folder in sorted(joined))


def _spell_out(text: str) -> str:
    return text if text.isprintable() else ascii(text)[1:-1]
