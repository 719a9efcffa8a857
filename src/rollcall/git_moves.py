"""Which repositories moved since their files were last read: what came with that is nobody's append."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from rollcall.gitstate import is_git_busy, read_git_state
from rollcall.sources import Source, SourceFinder
from rollcall.store import marks
from rollcall.store.database import Database


class GitMoves:
    """Remembers where the repository of each root stood when it was last swept."""

    def __init__(self, database: Database, finder: SourceFinder) -> None:
        """Ask the store when first asked; ``finder`` says which roots there are."""
        self._database = database
        self._finder = finder
        self._states: Mapping[Path, str | None] | None = None

    def is_busy(self, now: datetime) -> bool:
        """Tell whether git is just writing into a root."""
        return any(is_git_busy(root, now=now) for root in self._finder.roots)

    def read_states(self) -> Mapping[Path, str | None]:
        """Return where the repositories stand now."""
        return {root: read_git_state(root) for root in self._finder.roots}

    def keep(self, session: Session, states: Mapping[Path, str | None]) -> None:
        """Count the repositories as read where they stood."""
        for root, state in states.items():
            marks.set_git_state(session, str(root), state)
        self._states = states

    def watch(self, sources: Sequence[Source]) -> Callable[[Source], bool]:
        """Return whether the repository that a source stands in moved since the last reading."""
        moved = self.moved_roots() if sources else []

        def has_moved(source: Source) -> bool:
            return any(source.path.is_relative_to(root) for root in moved)

        return has_moved

    def moved_roots(self) -> list[Path]:
        """Return the roots whose repository is not where it stood when they were last swept."""
        if self._states is None:
            with self._database.read() as session:
                self._states = {
                    root: marks.get_git_state(session, str(root)) for root in self._finder.roots
                }
        return [
            root
            for root, state in self._states.items()
            if state is not None and read_git_state(root) != state
        ]
