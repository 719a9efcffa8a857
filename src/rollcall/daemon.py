"""The daemon: threads, schedule, signals, shutdown. Everything puts on a queue; one worker takes.

Watchdog and APScheduler only put. The worker reads, judges and writes to the store; a second thread
delivers. Deadlines are rows; the schedule wakes the worker at the earliest one.
"""

from __future__ import annotations

import json
import logging
import queue
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from rollcall.boundary import boundary
from rollcall.config import Settings
from rollcall.configuration import SETTLE_S, Configuration
from rollcall.errors import ConfigurationError, ReadingStopped, StoreUnusable
from rollcall.files import identify
from rollcall.notify.heartbeat import Heartbeat
from rollcall.pipeline import Round
from rollcall.pulse import Pulse
from rollcall.slack_on import Clicks
from rollcall.sources import WatchRoot
from rollcall.store import marks
from rollcall.terminal import has_terminal
from rollcall.watch import Coalescer, Watcher
from rollcall.wiring import Works, rewire

TICK_EVERY_S = 5
PLAN_AHEAD = timedelta(seconds=10)
IDLE_DELIVERY_S = 5.0
LAST_DELIVERY_S = 1.5

_log = logging.getLogger("rollcall")


class Signal(StrEnum):
    """What can be put on the queue besides a path."""

    TICK = "tick"
    SWEEP = "sweep"
    STOP = "stop"
    RELOAD = "reload"
    SETTINGS = "settings"


class Daemon:
    """Runs a workspace until it is told to stop; the caller holds the lock."""

    def __init__(
        self,
        works: Works,
        environ: Mapping[str, str],
        on_round: Callable[[Round], None] = lambda _round: None,
        on_settings: Callable[[Works, Settings], None] = lambda _works, _before: None,
        answer: Callable[[str], None] = lambda _words: None,
    ) -> None:
        """Wire the threads; ``on_round`` is told what each round did.

        ``on_settings`` is told of other settings and those before, ``answer`` what became of a
        SIGHUP that brought none.
        """
        self._works = works
        self._environ = environ
        self._on_round = on_round
        self._on_settings = on_settings
        self._configuration = Configuration(works.workspace, works.database, answer)
        self._has_terminal = has_terminal()
        # A signal may interrupt a put or a get of the same thread: only this kind of queue takes
        # another put there, where one with a lock would wait for itself.
        self._queue: queue.SimpleQueue[Path | Signal] = queue.SimpleQueue()
        self._coalescer = Coalescer()
        self._stopping = threading.Event()
        self._to_deliver = threading.Event()
        self._pulse = Pulse(works.clock)
        self._heartbeat = Heartbeat()
        works.progress.listen(lambda _words: self._pulse.go_on())
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None}
        )
        self._watcher: Watcher | None = None
        self._store = identify(works.workspace.database_path)
        self._wake_watcher = Watcher(
            [WatchRoot(works.workspace.state_dir / "wake", recursive=False)],
            lambda path: path.name == "now",
            lambda _path: self._queue.put(Signal.TICK),
        )
        self._log_watcher = Watcher((), self._is_log, lambda _path: self._to_deliver.set())
        self._settings_watcher = Watcher(
            (), lambda path: path == self._configuration.path, self._plan_settings
        )
        self._clicks = Clicks(
            works.workspace.settings,
            environ,
            works.database,
            works.clock,
            lambda: self._queue.put(Signal.TICK),
        )

    def run(self) -> None:
        """Work until ``stop`` or a signal.

        Raises StoreUnusable when the store is taken away: another may be at work on a new one.
        """
        self._begin()
        delivery = threading.Thread(target=self._deliver_forever, name="delivery", daemon=True)
        delivery.start()
        try:
            waiting: set[Signal] = set()  # what a failed round was to do, the next one does
            while Signal.STOP not in (signals := waiting | self._take()):
                self._refuse_another_store()
                waiting = signals
                with boundary("worker", self._log_only), suppress(ReadingStopped):
                    self._step(signals)
                    waiting = set()
            self._note_the_end()
        finally:
            self._end_threads(delivery)

    def stop(self) -> None:
        """Have the worker finish what it does and leave; safe in a signal handler."""
        self._works.progress.stop()
        self._queue.put(Signal.STOP)

    def handle_signals(self) -> None:
        """Stop at SIGTERM and SIGINT, read the settings at SIGHUP; call from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGHUP, self._on_hangup)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _on_hangup(self, _number: int, _frame: FrameType | None) -> None:
        # The same signal says that the terminal is gone in which we were started.
        gone = self._has_terminal and not has_terminal()
        if gone:
            self.stop()
        else:
            self._queue.put(Signal.RELOAD)

    def _begin(self) -> None:
        works = self._works
        now = works.clock.now()
        with works.database.write() as session:
            marks.set_instant(session, marks.STARTED, now)
            marks.set_instant(session, marks.STOPPED, None)
            marks.set_mark(session, marks.OVERRIDES, json.dumps(works.workspace.overrides))
        self._configuration.begin(now)
        works.deliverer.begin()
        self._begin_log()
        # Watching begins before the first sweep: what changes meanwhile is only read twice.
        self._watch()
        self._wake_watcher.start()
        self._clicks.start()
        put = self._queue.put
        self._scheduler.add_job(put, "interval", args=[Signal.TICK], seconds=TICK_EVERY_S)
        self._plan_sweeps()
        self._scheduler.start()
        self._queue.put(Signal.SWEEP)

    def _begin_log(self) -> None:
        if projection := self._works.projection:
            projection.on_instructions = lambda: self._queue.put(Signal.TICK)
            projection.begin()

    def _plan_sweeps(self) -> None:
        sweep_s = self._works.workspace.settings.workspace.sweep_every.total_seconds()
        self._scheduler.add_job(
            self._queue.put,
            "interval",
            args=[Signal.SWEEP],
            seconds=sweep_s,
            id="sweep",
            replace_existing=True,
        )

    def _plan_settings(self, _path: Path) -> None:
        """Look at the settings once their file has not changed for a moment."""
        self._scheduler.add_job(
            self._queue.put,
            "date",
            run_date=self._works.clock.now() + timedelta(seconds=SETTLE_S),
            args=[Signal.SETTINGS],
            id="settings",
            replace_existing=True,
        )

    def _look_at_settings(self, *, asked: bool) -> bool:
        """Take the settings that the file says now; return whether they are others."""
        works = self._works
        now = works.clock.now()
        found = self._configuration.look(now, asked=asked)
        if found is None:
            return False
        try:
            self._clicks.check(found.settings)
            self._works = rewire(works, found, self._environ)
        except ConfigurationError as error:
            self._configuration.refuse(str(error), now)
            return False
        self._configuration.take(found)
        self._begin_log()
        self._clicks.change(found.settings)
        if found.settings.workspace.sweep_every != works.workspace.settings.workspace.sweep_every:
            self._plan_sweeps()
        with boundary("telling of new settings", self._log_only):
            self._on_settings(self._works, works.workspace.settings)
        return True

    def _end_threads(self, delivery: threading.Thread) -> None:
        self._stopping.set()
        self._clicks.stop()
        self._scheduler.shutdown(wait=True)
        self._wake_watcher.stop()
        self._log_watcher.stop()
        self._settings_watcher.stop()
        if self._watcher is not None:
            self._watcher.stop()
        self._to_deliver.set()
        # A sink may stall for longer than whoever stops us waits before it kills.
        delivery.join(LAST_DELIVERY_S)
        if delivery.is_alive():
            self._works.deliverer.abandon()
            _log.warning("a sink has not answered; what it was given is settled at the next start")
        else:
            self._works.deliverer.project_log()

    def _note_the_end(self) -> None:
        works = self._works
        now = works.clock.now()
        with works.database.write() as session:
            marks.set_instant(session, marks.STOPPED, now)
            marks.set_instant(session, marks.PLANNED_TICK, now)
            marks.set_mark(session, marks.OVERRIDES, None)
            marks.set_mark(session, marks.LOG_STALE, "yes")
        works.deliverer.project_log()
        works.pipeline.finish_pages(now)

    def _refuse_another_store(self) -> None:
        path = self._works.workspace.database_path
        if identify(path) != self._store:
            raise StoreUnusable(
                f"{path}: was removed or replaced while Rollcall ran; nothing is watched any more, "
                "start `rollcall run` again"
            )

    def _step(self, signals: set[Signal]) -> None:
        """Do what waits: one round of work."""
        if self._look_at_settings(asked=Signal.RELOAD in signals):
            signals = signals | {Signal.SWEEP}
        works = self._works
        now = works.clock.now()
        works.pipeline.begin(now, now + PLAN_AHEAD)
        works.deliverer.note_stall()
        due = self._take_due(now)
        # A folder that came or went holds sources that no event has named.
        folders = [path for path in due if works.finder.match(path) is None]
        if Signal.SWEEP in signals or folders:
            self._watch()
            self._finish(works.pipeline.sweep(now))
            if self._watch():
                # Something may have come into a folder after it was read, before it was observed.
                self._finish(works.pipeline.sweep(now))
        elif due:
            self._finish(works.pipeline.ingest(due, now))
        if signals or not due:
            self._finish(works.pipeline.tick(now))
        self._plan_wake(works.pipeline.next_wake())
        self._pulse.beat()

    def _take(self) -> set[Signal]:
        """Wait for work, then take all that is there; paths go to the coalescer."""
        taken: set[Signal] = set()
        clock = self._works.clock
        next_s = self._coalescer.next_at_s()
        wait_s = None if next_s is None else max(0.0, next_s - clock.monotonic())
        try:
            item = self._queue.get(timeout=wait_s)
            while True:
                if isinstance(item, Signal):
                    taken.add(item)
                else:
                    self._coalescer.put(item, clock.monotonic())
                item = self._queue.get_nowait()
        except queue.Empty:
            return taken

    def _take_due(self, now: datetime) -> tuple[Path, ...]:
        """Return the paths to be read now; while git writes they wait, since HEAD moves last."""
        due = self._coalescer.due(self._works.clock.monotonic())
        if due and self._works.pipeline.is_git_busy(now):
            for path in due:
                self._coalescer.put(path, self._works.clock.monotonic())
            return ()
        return due

    def _finish(self, done: Round) -> None:
        self._to_deliver.set()
        if done.happened or done.notices or done.read:
            # Whoever listens may be gone, as a terminal or the end of a pipe.
            with boundary("telling of a round", self._log_only):
                self._on_round(done)

    def _watch(self) -> bool:
        """Observe what there is to observe now; return whether a folder has appeared since."""
        if self._watcher is None:
            # Asked anew each time: other settings bring another finder.
            self._watcher = Watcher(
                (),
                self._is_source,
                self._queue.put,
                is_folder=self._may_hold,
            )
        more = self._watcher.refresh(self._works.finder.watch_roots())
        self._settings_watcher.refresh(
            [WatchRoot(self._configuration.path.parent, recursive=False)]
        )
        if projection := self._works.projection:
            # The thread that writes it looks at it: what it writes itself wakes nobody else.
            self._log_watcher.refresh([WatchRoot(projection.path.parent, recursive=False)])
        self._note_watching()
        return more

    def _is_source(self, path: Path) -> bool:
        return self._works.finder.match(path) is not None

    def _may_hold(self, path: Path) -> bool:
        return self._works.finder.may_hold(path)

    def _is_log(self, path: Path) -> bool:
        projection = self._works.projection
        return projection is not None and path == projection.path

    def _note_watching(self) -> None:
        problem = None if self._watcher is None else self._watcher.problem
        works = self._works
        now = works.clock.now()
        with works.database.write() as session:
            if problem is not None:
                marks.note_fault(session, "watching files", problem, now)
            if problem is not None or marks.end_fault(session, "watching files"):
                marks.mark_changed(session, ["fault:watching files"], now)

    def _plan_wake(self, at: datetime | None) -> None:
        if at is None:
            return
        self._scheduler.add_job(
            self._queue.put,
            "date",
            run_date=at,
            args=[Signal.TICK],
            id="next deadline",
            replace_existing=True,
        )

    def _deliver_forever(self) -> None:
        deliverer = self._works.deliverer
        while True:
            with boundary("delivery", self._log_only):
                self._pulse.look(self._works.pipeline.tell_stall)
                deliverer.deliver_all(wait=self._stopping.is_set())
                self._ping_heartbeat()
            if self._stopping.is_set():
                return
            if self._to_deliver.wait(deliverer.seconds_to_wait(IDLE_DELIVERY_S)):
                self._to_deliver.clear()

    def _ping_heartbeat(self) -> None:
        settings = self._works.workspace.settings
        url = self._environ.get(settings.heartbeat.url_env, "").strip()
        if url and self._pulse.take():
            self._heartbeat.beat(url)

    def _log_only(self, subject: str, text: str) -> None:
        _log.error("%s: %s; going on", subject, text)
