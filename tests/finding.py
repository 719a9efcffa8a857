"""Shared by the tests of finding sources: a finder with the default settings, and what it says."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from rollcall.model import SourceKind
from rollcall.sources import Source, SourceFinder

SINKS = (
    "docs/blockers-log.md",
    "docs/blockers-log-archive.md",
    "coordination/inbox/{agent}/{date}-notes.md",
)


def write(path: Path, text: str = "# a file\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def make_finder(
    workspace: Path,
    *,
    roots: tuple[str, ...] = (".",),
    files: tuple[str, ...] = ("feedback/{agent}.md", "feedback/{agent}/{date}.md"),
    ignore: tuple[str, ...] = ("feedback/archive/**",),
    chat: tuple[str, ...] = ("bot_chat",),
    declared: dict[str, tuple[str, ...]] | None = None,
    sinks: tuple[str, ...] = SINKS,
) -> SourceFinder:
    return SourceFinder(
        workspace,
        roots=roots,
        feedback_files=files,
        ignore=ignore,
        chat_dirs=chat,
        declared=declared or {},
        sink_paths=sinks,
    )


def feedback(workspace: Path, name: str, agent: str, day: date | None = None) -> Source:
    path = Path(os.path.normpath(workspace / name))
    return Source(path, name, SourceKind.FEEDBACK, agent, day)


def names(finder: SourceFinder) -> list[str]:
    return [source.name for source in finder.scan().sources]


def told(finder: SourceFinder) -> list[tuple[str, str]]:
    return [(s.path.name, s.reason) for s in finder.scan().skipped if not s.expected]
