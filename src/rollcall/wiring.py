"""Builds the working parts of one workspace from its settings and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from rollcall.pipeline import Pipeline
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
    sinks = {sink.name: sink for sink in _build_sinks(workspace, environ, clock)}
    sinks |= {sink.name: sink for sink in more_sinks}
    projection = None
    if settings.tells("blockers_log"):
        path = workspace.root / settings.notify.blockers_log.path
        projection = LogProjection(
            database, path, workspace.state_dir, settings, slack_is_on="slack" in sinks
        )
    deliverer = Deliverer(
        database,
        list(sinks.values()),
        projection,
        clock,
        workspace=workspace.root.name,
        paces={"slack": Pace(settings.notify.slack.per_second)},
    )
    pipeline = Pipeline(
        settings, database, finder, slack_is_on="slack" in sinks, added=sinks.keys() & ADDED_SINKS
    )
    return Works(workspace, clock, database, finder, pipeline, deliverer, projection)


def open_database(workspace: Workspace, clock: Clock) -> Database:
    """Open the workspace's database, making its folder and tables; raises StoreUnusable."""
    prepare_state_dir(workspace.state_dir)
    path = workspace.database_path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(f"{path.parent}: cannot be made: {error.strerror}") from error
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
        raise StoreUnusable(f"{state_dir}: cannot be made: {error.strerror}") from error


def _build_sinks(workspace: Workspace, environ: Mapping[str, str], clock: Clock) -> list[Sink]:
    settings = workspace.settings
    sinks: list[Sink] = [InboxSink(workspace.root, settings.notify.inbox.path)]
    sinks += build_added(settings, Surroundings(workspace.root, environ, clock))
    slack = build_slack(settings, environ)
    return sinks if slack is None else [*sinks, slack]
