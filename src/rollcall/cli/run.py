"""``rollcall run``: the daemon."""

from __future__ import annotations

import os
import threading

from rollcall.cli.logs import show_warnings
from rollcall.cli.opening import open_workspace
from rollcall.cli.options import ConfigOption, SetOption, WorkspaceOption
from rollcall.cli.output import clean, say, say_count
from rollcall.cli.sinks import configured_sinks, record_sinks, say_sink
from rollcall.cli.transitions import say_happened
from rollcall.clock import Clock, SystemClock
from rollcall.config import Settings
from rollcall.config.differences import say_differences
from rollcall.daemon import Daemon
from rollcall.errors import OutsideError
from rollcall.lock import WorkLock
from rollcall.pipeline import Round
from rollcall.store.report import refusing_damage
from rollcall.wiring import Works, build_works, prepare_state_dir


def command(
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Watch the workspace and tell who owes what, until SIGTERM or Ctrl-C."""
    found = open_workspace(workspace, config, overrides)
    show_warnings()
    prepare_state_dir(found.state_dir)
    lock = WorkLock(found.state_dir)
    if not lock.acquire_patiently():
        raise OutsideError(
            f"{found.root} is watched already, by the process {lock.holder_pid() or '(unknown)'}; "
            "`rollcall status` says more"
        )
    try:
        with refusing_damage(found.database_path):
            works = build_works(found, SystemClock(), os.environ)
            try:
                _run(works)
            finally:
                works.close()
    finally:
        lock.release()


def _run(works: Works) -> None:
    sinks = configured_sinks(works.workspace.settings, os.environ)
    record_sinks(works.database, sinks)
    clock = works.clock
    daemon = Daemon(
        works,
        os.environ,
        lambda done: _say_round(clock, done),
        _take,
        lambda words: _say_lines(clock, words),
    )
    if threading.current_thread() is threading.main_thread():
        daemon.handle_signals()
    discovery = works.finder.scan()
    count = len(discovery.sources)
    sources = say_count(count, "source")
    _say_at(clock, f"watching {clean(str(works.workspace.root))}: {sources} (pid {os.getpid()})")
    for sink in sinks:
        _say_at(clock, say_sink(sink))
    works.progress.listen(lambda words: _say_at(clock, words))
    daemon.run()
    _say_at(clock, "stopped")


def _take(works: Works, before: Settings) -> None:
    """Say that other settings are in force, which, and what they switch on or off."""
    after = works.workspace.settings
    sinks = configured_sinks(after, os.environ)
    record_sinks(works.database, sinks)
    others = say_differences(before, after)
    _say_at(works.clock, f"other settings are in force: {clean(others)}")
    known = configured_sinks(before, os.environ)
    for sink in sinks:
        if sink not in known:
            _say_at(works.clock, say_sink(sink))


def _say_round(clock: Clock, done: Round) -> None:
    for one in done.happened:
        _say_at(clock, say_happened(one))


def _say_lines(clock: Clock, words: str) -> None:
    for line in words.splitlines():
        _say_at(clock, clean(line))


def _say_at(clock: Clock, words: str) -> None:
    say(f"{clock.now():%Y-%m-%dT%H:%M:%SZ}  {words}")
