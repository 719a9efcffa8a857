"""Find the workspace that a command works on, and its configuration."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rollcall.config import Settings, load_settings
from rollcall.errors import ConfigurationError, UsageError, WorkspaceMissing
from rollcall.files import write_atomically
from rollcall.notify.blockers_log import archive_path
from rollcall.sources import SourceFinder

CONFIG_FILE = Path("config/rollcall.toml")
STATE_DIR = ".rollcall"
IN_FORCE = "in-force.toml"
_BY = "# in force in the process "


@dataclass(frozen=True, slots=True)
class Workspace:
    """A directory with its settings; ``config_path`` is ``None`` where defaults hold."""

    root: Path
    config_path: Path | None
    settings: Settings
    overrides: tuple[str, ...] = ()  # as given to --set
    text: str = field(default="", repr=False)  # as the file says it

    @property
    def state_dir(self) -> Path:
        """Return the directory in which Rollcall keeps its state."""
        return self.root / STATE_DIR

    @property
    def database_path(self) -> Path:
        """Return the SQLite file."""
        return self.settings.store.path_in(self.root)

    def source_finder(self) -> SourceFinder:
        """Return what finds the sources of this workspace; what our sinks write is none."""
        settings = self.settings
        log, pages = Path(settings.notify.blockers_log.path), settings.notify.pages
        return SourceFinder(
            self.root,
            roots=settings.workspace.roots,
            feedback_files=settings.feedback.files,
            ignore=settings.feedback.ignore,
            chat_dirs=settings.chat.dirs,
            declared={slug: agent.aliases for slug, agent in settings.agents.items()},
            sink_paths=(
                str(log),
                str(archive_path(log)),
                settings.notify.inbox.path,
                *filter(None, (pages.dashboard, pages.dependencies)),
            ),
        )


def find_workspace(
    cwd: Path,
    *,
    workspace: Path | None = None,
    config: Path | None = None,
    overrides: Sequence[str] = (),
) -> Workspace:
    """Return the workspace that was named, or the nearest one at or above ``cwd``.

    With neither a name nor a configuration file it is ``cwd``, if that holds a source. Raises
    ``WorkspaceMissing`` where it does not, ``UsageError`` for a name that is no directory or file,
    and ``ConfigurationError`` for what the configuration says.
    """
    root, path = _located(cwd.absolute(), workspace, config)
    name = str(path and _shown(path, cwd))
    text = None if path is None else _read(path, name)
    settings = load_settings(text, name=name, overrides=overrides)
    found = Workspace(root, path, settings, tuple(overrides), text or "")
    if path is None and workspace is None and not found.source_finder().scan().sources:
        raise WorkspaceMissing(
            f"no workspace: {cwd} and the directories above it have no {CONFIG_FILE}, and nothing "
            f"here looks like feedback ({', '.join(settings.feedback.files)}) or chat "
            f'({", ".join(settings.chat.dirs)}); run "rollcall init" here, or name the workspace '
            "with --workspace DIR"
        )
    return found


def reread(workspace: Workspace) -> Workspace:
    """Return the workspace with what its configuration file says now.

    A file that was there and is gone is none that says nothing. Raises ``ConfigurationError``.
    """
    path = workspace.config_path or workspace.root / CONFIG_FILE
    awaited = workspace.config_path is None and not path.exists()
    name = str(_shown(path, workspace.root))
    text = None if awaited else _read(path, name)
    settings = load_settings(text, name=name, overrides=workspace.overrides)
    path_now = None if awaited else path
    return replace(workspace, config_path=path_now, settings=settings, text=text or "")


def keep_in_force(workspace: Workspace) -> None:
    """Keep the settings of whoever works, for the commands beside it. Raises ``OSError``."""
    text = f"{workspace.text.rstrip()}\n\n{_BY}{os.getpid()}\n"
    write_atomically(workspace.state_dir / IN_FORCE, text)


def find_in_force(
    root: Path, config: Path | None, overrides: Sequence[str], *, by: int | None = None
) -> Workspace | None:
    """Return the workspace with the settings that held last, None where nobody kept any.

    ``by`` is a process id: what another kept is passed over. Raises ``ConfigurationError`` where
    ``overrides`` do not go with them.
    """
    bare = Workspace(root, config, Settings(), tuple(overrides))
    path = bare.state_dir / IN_FORCE
    if not path.exists():
        return None
    text = _read(path, IN_FORCE)
    if by is not None and not text.endswith(f"{_BY}{by}\n"):
        return None
    return replace(bare, settings=load_settings(text, name=IN_FORCE, overrides=overrides))


def locate(cwd: Path, workspace: Path | None, config: Path | None) -> tuple[Path, Path | None]:
    """Return the directory and the configuration file that a command was given, unread."""
    return _located(cwd.absolute(), workspace, config)


def _located(cwd: Path, workspace: Path | None, config: Path | None) -> tuple[Path, Path | None]:
    if config is not None:
        path = (cwd / config).resolve()
        if not path.is_file():
            raise UsageError(f"--config {config}: there is no such file")
        above = path.parents[1] if path.parts[-2:] == CONFIG_FILE.parts else path.parent
        return (_directory(cwd, workspace) if workspace is not None else above), path
    if workspace is not None:
        root = _directory(cwd, workspace)
        return root, root / CONFIG_FILE if _is_there(root / CONFIG_FILE) else None
    for root in (cwd, *cwd.parents):
        if _is_there(root / CONFIG_FILE):
            return root.resolve(), root.resolve() / CONFIG_FILE
    return cwd.resolve(), None


def _is_there(path: Path) -> bool:
    """Say whether a configuration file is there; what cannot be one is never passed over."""
    try:
        if path.is_file():
            return True
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    raise ConfigurationError(f"{path}: is no file; write one there, or remove it")


def _directory(cwd: Path, workspace: Path) -> Path:
    root = (cwd / workspace).resolve()
    if not root.is_dir():
        raise UsageError(f"--workspace {workspace}: there is no such directory")
    return root


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from error
    except OSError as error:
        advice = "let the user that runs Rollcall read it"
        if isinstance(error, IsADirectoryError):
            advice = "it is no file; write one there, or remove it"
        raise ConfigurationError(f"{name}: cannot be read: {error.strerror}; {advice}") from error


def _shown(path: Path, cwd: Path) -> Path:
    return path.relative_to(cwd) if path.is_relative_to(cwd) else path
