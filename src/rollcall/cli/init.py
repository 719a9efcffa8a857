"""``rollcall init``: find feedback and chat, and write a configuration that explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from rollcall.cli.output import clean, complain, hint, say, say_count
from rollcall.clock import SystemClock
from rollcall.config import Settings, load_settings, render_sample
from rollcall.errors import UsageError
from rollcall.files import write_atomically
from rollcall.pacing import paced
from rollcall.survey import Place, Survey, settings_of, survey
from rollcall.workspace import CONFIG_FILE, Workspace

NO = 1
_MOST_SHOWN = 12
_NAMELESS = (
    "To watch one agent's log, let its name or its folder's be the agent's (feedback/mara.md, "
    "mara/progress-log.md) and run init again, or give feedback.files a pattern with {agent}; one "
    "in which several agents sign needs only its path there."
)

Directory = Annotated[
    Path | None,
    typer.Option(
        "--workspace", metavar="DIR", help="The directory to look through; by default this one."
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="The file to write, if not config/rollcall.toml."
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting to look with. Repeatable."),
]


def command(
    *, workspace: Directory = None, config: ConfigFile = None, overrides: Overrides = None
) -> None:
    """Look for feedback and chat, say what was found, and write config/rollcall.toml."""
    root = (Path.cwd() / (workspace or Path())).resolve()
    if not root.is_dir():
        raise UsageError(f"--workspace {workspace}: there is no such directory")
    settings = load_settings(None, name="--set", overrides=tuple(overrides or ()))
    target = Path.cwd() / config if config is not None else root / CONFIG_FILE
    found = _look(root, settings)
    _show(found)
    if target.exists():
        complain(f"{target} is there already and was left as it is; nothing was written")
        raise typer.Exit(NO)
    text = render_sample(settings_of(found))
    load_settings(text, name=str(target))
    write_atomically(target, text)
    say()
    say(f"Wrote {clean(str(target))}; every setting is explained in it.")
    _show_sources(Workspace(root, target, load_settings(text, name=str(target))))


def _look(root: Path, settings: Settings) -> Survey:
    today = SystemClock().now().astimezone(settings.workspace.timezone).date()
    notify = settings.notify
    sinks = (notify.blockers_log.path, notify.inbox.path)
    return survey(root, settings.workspace.timezone, today, sinks, _follow)


def _follow(paths: Sequence[PurePosixPath]) -> Iterable[PurePosixPath]:
    """Say in a terminal how far looking through many files is."""
    return paced(paths, SystemClock(), lambda done: hint(f"looked at {done} of {len(paths)} files"))


def _show(found: Survey) -> None:
    _show_places("Feedback", found.feedback, "stamped entry", "stamped entries")
    _show_places("Chat", found.chat, "message", "messages")
    for path in found.blockers_logs:
        say(
            f"Blockers log: {clean(path)} exists; notify.blockers_log.path has Rollcall write there."
        )
    if found.cut_short:
        say("Only the first files were looked at: there are too many here.")
    for one in found.left_out[:_MOST_SHOWN]:
        say(f"Left out: {clean(one.path)}: {one.reason}")
    if len(found.left_out) > _MOST_SHOWN:
        say(f"… and {len(found.left_out) - _MOST_SHOWN} more that look like sources.")
    if any(one.nameless for one in found.left_out):
        say(_NAMELESS)


def _show_places(kind: str, places: tuple[Place, ...], one: str, many: str) -> None:
    if not places:
        say(f"{kind}: none found; the configuration shows the default.")
    for place in places:
        say(
            f"{kind}: {clean(place.path)} "
            f"({say_count(place.files, 'file')}, "
            f"{place.records} {one if place.records == 1 else many}{_say_authors(place)})"
        )


def _say_authors(place: Place) -> str:
    return f" by {clean(', '.join(place.authors))}" if place.authors else ""


def _show_sources(workspace: Workspace) -> None:
    discovery = workspace.source_finder().scan()
    agents = sorted({one.agent for one in discovery.sources if one.agent})
    say(f"With it {say_count(len(discovery.sources), 'source')} will be watched.")
    if agents:
        say(clean(f"Agents: {', '.join(agents)}"))
    for one in discovery.skipped[:_MOST_SHOWN]:
        say(clean(f"Left out: {one.shown_from(workspace.root)}: {one.reason}"))
    if len(discovery.skipped) > _MOST_SHOWN:
        say(f"… and {len(discovery.skipped) - _MOST_SHOWN} more.")
    if discovery.sources:
        say("Next: rollcall doctor, then rollcall run.")
    else:
        say("Say in it where feedback and chat stand: feedback.files and chat.dirs.")
