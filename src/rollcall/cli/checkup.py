"""What ``doctor`` looks at: each check is one finding, with what to do about it."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from rollcall.cli.checkup_slack import look_at_slack
from rollcall.cli.checkup_targets import look_at_targets
from rollcall.cli.findings import Finding, ok, problem, warning
from rollcall.cli.output import say_count
from rollcall.clock import Clock
from rollcall.config.settings import ChatSettings, FeedbackSettings
from rollcall.errors import BlockersLogUnusable
from rollcall.files import find_obstacle
from rollcall.gitstate import is_git_busy, read_git_state
from rollcall.model import SourceKind
from rollcall.notify.leases import leases_work
from rollcall.notify.sinks import look_at_added
from rollcall.ownership import explain_refusal
from rollcall.parse.blockers_log import find_region
from rollcall.patterns import PathPattern
from rollcall.sources import Discovery, SourceFinder
from rollcall.store.form import read_store_form
from rollcall.workspace import Workspace

MOST_FOLDERS = 100_000
MOST_LEFT_OUT = 10
MOST_PARTS = 5
FUTURE = timedelta(minutes=1)
_WATCH_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")
_PAUSE_S = 0.2
_DRIFT_S = 0.1


Look = Callable[[Workspace, Clock, Mapping[str, str]], Iterator[Finding]]


def examine(workspace: Workspace, clock: Clock, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield every finding about a workspace; Slack is asked who we are, nothing else is sent."""
    looks: tuple[Look, ...] = (
        _look_at_sources,
        _look_at_signal,
        _look_at_places,
        _look_at_log,
        _look_at_watching,
        _look_at_clock,
        look_at_slack,
        _look_at_added_sinks,
        look_at_targets,
        _look_at_store,
        _look_at_git,
    )
    for look in looks:
        yield from look(workspace, clock, environ)


def _look_at_sources(
    workspace: Workspace, clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    finder = workspace.source_finder()
    discovery = finder.scan()
    count = len(discovery.sources)
    if count:
        agents = {one.agent for one in discovery.sources if one.agent}
        feedback = [one for one in discovery.sources if one.kind is SourceKind.FEEDBACK]
        shared = sum(one.agent is None for one in feedback)
        logs = f" and {say_count(shared, 'shared log')}" if shared else ""
        yield ok("sources", f"{count} found; feedback of {say_count(len(agents), 'agent')}{logs}")
    else:
        yield warning(
            "sources", "nothing to watch", "run `rollcall init`, or set feedback.files, chat.dirs"
        )
    yield from _look_at_left_out(workspace.root, discovery)
    late = clock.now() + FUTURE
    ahead = [
        one.name
        for one in discovery.sources
        if one.path.exists() and one.path.stat().st_mtime > late.timestamp()
    ]
    if ahead:
        yield warning(
            "clock",
            f"{len(ahead)} files were changed in the future, such as {ahead[0]}",
            "set this host's clock, or that of the host that writes them",
        )


def _look_at_left_out(root: Path, discovery: Discovery) -> Iterator[Finding]:
    left_out = [one for one in discovery.skipped if not one.expected]
    for one in left_out[:MOST_LEFT_OUT]:
        yield warning(
            "sources", f"{one.shown_from(root)} {one.reason}", "it is not read as it stands"
        )
    if len(left_out) > MOST_LEFT_OUT:
        yield warning(
            "sources", f"{len(left_out) - MOST_LEFT_OUT} more are left out", "see `rollcall status`"
        )
    usual = {PathPattern(text).folder.name for text in FeedbackSettings().files}
    usual |= set(ChatSettings().dirs)
    for name in discovery.missing:
        if name in usual:
            yield ok("sources", f"{name}/ is not there yet; once it comes it is watched")
        else:
            yield warning(
                "sources", f"{name} does not exist", "make it, or take it out of the configuration"
            )


def _look_at_signal(
    workspace: Workspace, _clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    named = workspace.settings.duty.go_signal
    if named is None:
        return
    if (workspace.root / named).is_file():
        yield ok("GO signal", f"{named} is there")
    else:
        yield warning(
            "GO signal",
            f"{named} is not there: no proof is due from anybody",
            "write it when work begins, or correct duty.go_signal",
        )


def _look_at_places(
    workspace: Workspace, _clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    inbox = workspace.settings.notify.inbox.path.partition("{")[0].rpartition("/")[0]
    places = {
        "state": workspace.state_dir,
        "store": workspace.database_path.parent,
        "inbox": workspace.root / inbox,
        "blockers log": (workspace.root / workspace.settings.notify.blockers_log.path).parent,
    }
    for check, folder in places.items():
        standing = next(one for one in (folder, *folder.parents) if one.exists())
        obstacle = find_obstacle(folder / "file")
        refusal = _try_to_write(standing)
        if obstacle is not None:
            yield problem(
                check,
                f"{obstacle} is a file, and a folder is needed there",
                "move it away, or name another place",
            )
        elif refusal is None:
            yield ok(check, f"{folder} can be written" + ("" if standing == folder else " (new)"))
        else:
            yield problem(
                check,
                f"{standing} cannot be written: {refusal}",
                explain_refusal(standing)
                or "let the user that runs Rollcall write there, or name another place",
            )


def _try_to_write(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def _look_at_log(
    workspace: Workspace, _clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    path = workspace.root / workspace.settings.notify.blockers_log.path
    try:
        find_region(path.read_bytes(), where=str(path))
    except (FileNotFoundError, NotADirectoryError):
        pass  # the finding about the folder says what is wrong
    except BlockersLogUnusable as error:
        yield problem("blockers log", str(error), "leave one pair of rollcall markers in it")
    except OSError as error:
        yield problem(
            "blockers log", f"{path}: {error.strerror}", "let the user that runs Rollcall read it"
        )
    folder = next(one for one in path.parents if one.exists())
    try:
        works = leases_work(folder)
    except OSError:
        return  # the finding about the folder says why
    if works:
        yield ok("leases", "file leases work: no line that others append can be lost")
    else:
        yield warning(
            "leases",
            f"file leases do not work in {folder}",
            "replaced logs are kept for 10 minutes after their last growth instead",
        )


def _look_at_watching(
    workspace: Workspace, _clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    if not _WATCH_LIMIT.exists():
        yield ok("watching", f"no limit on watched folders is known on {sys.platform}")
        return
    limit = int(_WATCH_LIMIT.read_text(encoding="ascii"))
    needed = _count_folders(workspace.source_finder())
    text = f"{say_count(needed, 'folder')} to watch, {limit} allowed (fs.inotify.max_user_watches)"
    advice = f"sysctl fs.inotify.max_user_watches={max(4 * needed, 524_288)}; sweeps go on without"
    if needed > limit:
        yield problem("watching", text, advice)
    elif needed * 2 > limit:
        yield warning("watching", text, advice)
    else:
        yield ok("watching", text)


def _count_folders(finder: SourceFinder) -> int:
    finder.scan()
    count = 0
    for root in finder.watch_roots():
        count += 1
        if root.recursive:
            for _, folders, _ in os.walk(root.path):
                count += len(folders)
                if count > MOST_FOLDERS:
                    return count
    return count


def _look_at_clock(
    workspace: Workspace, clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    wall, steady_s = clock.now(), clock.monotonic()
    threading.Event().wait(_PAUSE_S)
    drift_s = abs((clock.now() - wall).total_seconds() - (clock.monotonic() - steady_s))
    if drift_s > _DRIFT_S:
        yield warning(
            "clock",
            f"the wall clock moved by {drift_s:.1f} s against the steady one",
            "let one program (chrony, systemd-timesyncd) keep the time",
        )
    else:
        yield ok("clock", f"{clock.now():%Y-%m-%d %H:%M:%SZ}, steady")
    zones = len(zoneinfo.available_timezones())
    zone = workspace.settings.workspace.timezone.key
    if zones:
        yield ok("time zones", f"{zones} known; stamps without a zone are read as {zone}")
    else:
        yield problem("time zones", "there is no time zone database", "install tzdata")


def _look_at_added_sinks(
    workspace: Workspace, _clock: Clock, environ: Mapping[str, str]
) -> Iterator[Finding]:
    for one in look_at_added(workspace.settings, environ):
        name = one.kind.name
        if one.why_off is not None:
            yield warning(name, f"off: {one.why_off}", "see docs/sinks.md")
        elif one.remark is not None:
            yield warning(name, one.remark, "see docs/sinks.md")
        else:
            yield ok(name, "on; it is called when there is something to tell")


def _look_at_store(
    workspace: Workspace, _clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    path = workspace.database_path
    if not path.exists():
        yield ok("store", f"{path}: none yet; the first sweep makes it")
        return
    form = read_store_form(path)
    refusal = explain_refusal(path)
    if form.error and refusal:
        yield problem("store", "it cannot be read", refusal)
    elif form.error:
        yield problem("store", form.error, "move it away to begin anew, or restore a copy")
    elif form.unknown:
        yield problem(
            "store",
            f"{path} was written by a newer Rollcall (step {form.unknown[-1]})",
            "upgrade rollcall",
        )
    elif form.lacking:
        yield problem(
            "store",
            f"{path} lacks {_name(form.lacking)}: it was changed by hand, or by a Rollcall between "
            "two versions",
            "restore a copy, or stop Rollcall and move it away to begin anew",
        )
    elif form.missing:
        yield warning(
            "store",
            f"{path} lacks {len(form.missing)} steps of this version",
            "the next run or sweep brings it up to date",
        )
    elif form.foreign:
        yield warning(
            "store",
            f"{path} has {_name(form.foreign)}, which no step of this version makes",
            "see who else writes to it; Rollcall leaves it alone",
        )
    else:
        yield ok("store", f"{path}: sound and up to date")


def _name(parts: Sequence[str]) -> str:
    more = len(parts) - MOST_PARTS
    return ", ".join(parts[:MOST_PARTS]) + (f" and {more} more" if more > 0 else "")


def _look_at_git(
    workspace: Workspace, clock: Clock, _environ: Mapping[str, str]
) -> Iterator[Finding]:
    for root in workspace.source_finder().roots:
        if read_git_state(root) is None:
            yield ok("git", f"{root} is in no repository: every change counts as an agent's own")
        elif is_git_busy(root, now=clock.now()):
            yield warning("git", f"git is at work in {root}", "wait until it has finished")
        else:
            yield ok("git", f"{root}: what a checkout or merge brings is dated by its stamps")
