"""Builds the working parts of one workspace from its settings and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rollcall.clock import Clock
from rollcall.config.sinks import ADDED_SINKS
from rollcall.delivery import Deliverer
from rollcall.errors import StoreUnusable
from rollcall.log_projection import LogProjection
from rollcall.notify.added_sink import Surroundings
from rollcall.notify.inbox import InboxSink
from rollcall.notify.pace import Pace
from rollcall.notify.sink import Sink
from rollcall.notify.sinks import build_added
from rollcall.ownership import explain_refusal
from rollcall.pages import Pages
from rollcall.pipeline import Pipeline
from rollcall.progress import Progress
from rollcall.slack_on import build_slack
from rollcall.sources import SourceFinder
from rollcall.store.database import Database
from rollcall.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Works:
    """The parts that work together on one workspace."""

    workspace: Workspace
    clock: Clock
    database: Database
    finder: SourceFinder
    pipeline: Pipeline
    deliverer: Deliverer
    projection: LogProjection | None
    progress: Progress
    more_sinks: tuple[Sink, ...] = ()

    def close(self) -> None:
        """Close the sinks and the database."""
        self.deliverer.close()
        self.database.close()


def build_works(
    workspace: Workspace,
    clock: Clock,
    environ: Mapping[str, str],
    *,
    more_sinks: tuple[Sink, ...] = (),
) -> Works:
    """Open the store and wire the stages.

    ``more_sinks`` replace the ones of the same name: the shipped fake, in tests and the demo.
    Raises StoreUnusable.
    """
    settings = workspace.settings
    database = open_database(workspace, clock)
    finder = workspace.source_finder()
    sinks = _build_sinks(workspace, environ, clock, more_sinks)
    projection = _build_projection(workspace, database, sinks)
    deliverer = Deliverer(
        database,
        list(sinks.values()),
        projection,
        clock,
        workspace=workspace.root.name,
        paces={"slack": Pace(settings.notify.slack.per_second)},
    )
    progress = Progress(database, clock)
    pipeline = _build_pipeline(workspace, database, finder, sinks, progress)
    return Works(
        workspace,
        clock,
        database,
        finder,
        pipeline,
        deliverer,
        projection,
        progress,
        more_sinks,
    )


def rewire(works: Works, workspace: Workspace, environ: Mapping[str, str]) -> Works:
    """Return the works under other settings; store and delivery stay, and nothing is told again.

    Called by the worker between two rounds. Raises ``ConfigurationError``, and then changes nothing.
    """
    sinks = _build_sinks(workspace, environ, works.clock, works.more_sinks)
    finder = workspace.source_finder()
    projection = _build_projection(workspace, works.database, sinks)
    pipeline = _build_pipeline(workspace, works.database, finder, sinks, works.progress)
    per_second = workspace.settings.notify.slack.per_second
    same_pace = per_second == works.workspace.settings.notify.slack.per_second
    paces = {} if same_pace else {"slack": Pace(per_second)}
    works.deliverer.change(list(sinks.values()), projection, paces)
    return replace(
        works, workspace=workspace, finder=finder, pipeline=pipeline, projection=projection
    )


def _build_projection(
    workspace: Workspace, database: Database, sinks: Mapping[str, Sink]
) -> LogProjection | None:
    settings = workspace.settings
    if not settings.tells("blockers_log"):
        return None
    path = workspace.root / settings.notify.blockers_log.path
    return LogProjection(
        database, path, workspace.state_dir, settings, slack_is_on="slack" in sinks
    )


def _build_pipeline(
    workspace: Workspace,
    database: Database,
    finder: SourceFinder,
    sinks: Mapping[str, Sink],
    progress: Progress,
) -> Pipeline:
    return Pipeline(
        workspace.settings,
        database,
        finder,
        slack_is_on="slack" in sinks,
        added=sinks.keys() & ADDED_SINKS,
        follow=progress.follow,
        pages=Pages(workspace.settings, workspace.root),
    )


def open_database(workspace: Workspace, clock: Clock) -> Database:
    """Open the workspace's database, making its folder and tables; raises StoreUnusable."""
    prepare_state_dir(workspace.state_dir)
    path = workspace.database_path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = explain_refusal(path.parent) or error.strerror
        raise StoreUnusable(f"{path.parent}: cannot be made: {why}") from error
    database = Database(path)
    database.prepare(clock.now())
    return database


def prepare_state_dir(state_dir: Path) -> None:
    """Make ``.rollcall/`` with a ``.gitignore`` of everything in it; raises StoreUnusable."""
    try:
        (state_dir / "wake").mkdir(parents=True, exist_ok=True)
        ignore = state_dir / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        why = explain_refusal(state_dir) or error.strerror
        raise StoreUnusable(f"{state_dir}: cannot be made: {why}") from error


def _build_sinks(
    workspace: Workspace,
    environ: Mapping[str, str],
    clock: Clock,
    more_sinks: tuple[Sink, ...],
) -> dict[str, Sink]:
    settings = workspace.settings
    sinks: list[Sink] = [InboxSink(workspace.root, settings.notify.inbox.path)]
    sinks += build_added(settings, Surroundings(workspace.root, environ, clock))
    slack = build_slack(settings, environ)
    found = [*sinks, *([] if slack is None else [slack]), *more_sinks]
    return {sink.name: sink for sink in found}
