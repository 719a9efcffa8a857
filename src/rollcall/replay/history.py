"""The files' history from their commits, played to the pipeline of the daemon in a folder of its own.

Each commit's content is written where it stood, at the commit's time, and read as the daemon reads a
change: what it brings arrives by the law of arrival. The folder and the store are thrown away.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from rollcall.pipeline import Pipeline, Round
from rollcall.replay.audience import Audience
from rollcall.replay.commits import Commit, Contents, Repository, find_repositories
from rollcall.replay.outcome import Outcome
from rollcall.replay.stepping import step_through
from rollcall.sources import Source, SourceFinder
from rollcall.store.database import Database
from rollcall.tail import QUIET
from rollcall.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Change:
    """One watched file at an instant, below the common folder of all roots.

    ``blob`` is its new content in ``repository``, None where it was removed; ``changed`` is when the
    content is from.
    """

    at: datetime
    path: Path
    repository: Repository
    blob: str | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """What the commits tell: the files at the beginning, and how they changed since, in order."""

    common: Path
    first: Sequence[Change]
    changes: Sequence[Change]


def replay_commits(workspace: Workspace, begin: datetime, end: datetime) -> Outcome:
    """Judge from ``begin`` to ``end`` what the commits of the workspace's roots brought.

    Raises UsageError outside a repository and where the history does not reach back to ``begin``.
    """
    finder = workspace.source_finder()
    past = _read_past(workspace, finder, begin, end)
    settings, aside = workspace.settings, []
    signal = settings.duty.go_signal
    if signal is not None and not _has(past, finder.workspace / signal):
        aside.append(f"duty.go_signal: {signal} is in no commit of this time")
        without = settings.duty.model_copy(update={"go_signal": None})
        settings = settings.model_copy(update={"duty": without})
    with TemporaryDirectory(prefix="rollcall-replay-") as name, ExitStack() as opened:
        top = Path(os.path.realpath(name))
        roots = tuple(_moved(root, past.common, top) for root in finder.roots)
        for folder in (_moved(finder.workspace, past.common, top), *roots):
            folder.mkdir(parents=True, exist_ok=True)
        inside = settings.workspace.model_copy(
            update={"roots": [glob.escape(str(one)) for one in roots]}
        )
        settings = settings.model_copy(update={"workspace": inside})
        copy = Workspace(_moved(finder.workspace, past.common, top), None, settings)
        repositories = {one.repository.top: one.repository for one in (*past.first, *past.changes)}
        contents = {
            path: opened.enter_context(one.open_contents()) for path, one in repositories.items()
        }
        outcome = _Play(copy, _Files(past.common, top, contents)).play(past, begin, end)
    return replace(outcome, aside=tuple(aside))


class _Files:
    """Puts the files of a past instant where they stood, below another folder."""

    def __init__(self, common: Path, top: Path, contents: Mapping[Path, Contents]) -> None:
        self._common, self._top = common, top
        self._contents = contents

    def put(self, change: Change) -> Path:
        """Write or remove one file and return where it stands or stood."""
        place = _moved(change.path, self._common, self._top)
        if change.blob is None:
            place.unlink(missing_ok=True)
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(self._contents[change.repository.top].read(change.blob))
        # A file that nobody writes to any more: what is committed is whole.
        seconds = (change.changed - QUIET).timestamp()
        os.utime(place, (seconds, seconds))
        return place


class _Play:
    """The daemon's pipeline over files that change as they did."""

    def __init__(self, workspace: Workspace, files: _Files) -> None:
        self._settings = workspace.settings
        self._files = files
        self._database = Database(None)
        slack_is_on = self._settings.notify.slack.channel is not None
        self._pipeline = Pipeline(
            self._settings,
            self._database,
            workspace.source_finder(),
            slack_is_on=slack_is_on,
            added=self._settings.added_sinks(),
        )
        self._audience = Audience(self._settings)

    def play(self, past: Past, begin: datetime, end: datetime) -> Outcome:
        self._database.prepare(begin)
        try:
            for change in past.first:
                self._files.put(change)
            by_instant = {
                at: list(found) for at, found in groupby(past.changes, key=lambda one: one.at)
            }
            self._pipeline.begin(begin, end)
            for now in step_through(begin, end, list(by_instant), self._pipeline.next_wake):
                done = self._look(by_instant.pop(now, ()), now)
                with self._database.write() as session:
                    self._audience.hear(session, done.happened, now)
            with self._database.read() as session:
                return self._audience.report(session, begin, end)
        finally:
            self._database.close()

    def _look(self, changes: Sequence[Change], now: datetime) -> Round:
        """Do what the daemon does when files change, or when something is due."""
        places = [self._files.put(change) for change in changes]
        if not self._pipeline.discovery.sources or any(one.blob is None for one in changes):
            return self._pipeline.sweep(now)
        done = self._pipeline.ingest(places, now) if places else Round()
        done.add(self._pipeline.tick(now))
        return done


def _read_past(workspace: Workspace, finder: SourceFinder, begin: datetime, end: datetime) -> Past:
    common = Path(os.path.commonpath([finder.workspace, *finder.roots]))
    signal = workspace.settings.duty.go_signal
    beside = set() if signal is None else {finder.workspace / signal}
    repositories = find_repositories([*finder.roots, *([finder.workspace] if beside else [])])
    first: list[Change] = []
    changes: list[Change] = []
    for repository in repositories:
        base = repository.find_base(begin)
        if base is not None:
            first += _list_first(repository, base, finder, beside)
        for commit in repository.list_commits(base, end):
            changes += _watched(repository, commit, finder, beside)
    return Past(common, first, sorted(changes, key=lambda one: one.at))


def _list_first(
    repository: Repository, base: Commit, finder: SourceFinder, beside: Iterable[Path]
) -> Iterator[Change]:
    for one in _watched(repository, base, finder, beside):
        path = one.path.relative_to(repository.top).as_posix()
        yield replace(one, changed=repository.find_last_change(base, path))


def _watched(
    repository: Repository, commit: Commit, finder: SourceFinder, beside: Iterable[Path]
) -> Iterator[Change]:
    """Yield what a commit did to files that are watched, by their paths."""
    for path, blob in commit.files.items():
        place = repository.top / path
        if place in beside or isinstance(finder.match(place), Source):
            yield Change(commit.at, place, repository, blob, commit.at)


def _has(past: Past, path: Path) -> bool:
    return any(one.path == path for one in (*past.first, *past.changes))


def _moved(path: Path, common: Path, top: Path) -> Path:
    return top / path.relative_to(common)
