"""``rollcall status``: whether anyone watches, what is due from whom, and what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import typer

from rollcall.cli.opening_anyway import Opened, Origin, open_anyway
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import (
    NOTHING,
    clean,
    complain,
    is_terminal,
    print_json,
    say,
    say_below,
    say_count,
    short_time,
    show_table,
    utc_text,
)
from rollcall.cli.quiet import Quiet, quiet_json, read_quiet, say_quiet
from rollcall.cli.sinks import configured_sinks, say_sink
from rollcall.cli.stored import as_it_runs, opened_database
from rollcall.clock import SystemClock
from rollcall.configuration import SUBJECT as CONFIGURATION
from rollcall.lock import WorkLock
from rollcall.model import Blocker, BlockerStatus
from rollcall.progress import Reading, read_reading
from rollcall.rules.graph import Root, say_root
from rollcall.rules.watched import Gap
from rollcall.rules.words import say_duration, say_instant
from rollcall.sources import Discovery
from rollcall.status import (
    AgentState,
    AmbiguousName,
    SinkState,
    WatchState,
    find_watch_state,
    read_agent_states,
    read_ambiguous_names,
    read_sink_states,
    say_absences,
    say_ambiguous_names,
    say_duty,
)
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.ledger import list_blockers
from rollcall.store.placements import Unsigned, list_unsigned, list_without_updates
from rollcall.store.report import (
    Outbox,
    Untold,
    count_outbox,
    list_backlog,
    list_rests,
    list_untold,
)
from rollcall.waiting import read_root

NO = 1
WRONG_USE = 2
RECENT = timedelta(days=1)
NOT_THERE = "is not there (yet)"
_REMEDY = (
    "To be told: set workspace.lead, which has an inbox, or switch on Slack or another target above; "
    "`rollcall doctor` says what each lacks"
)
_GOES_BY = {
    Origin.RUNNING: "the settings of before hold, and this page goes by them",
    Origin.LAST_RUN: "this page goes by the settings that held last",
    Origin.DEFAULTS: "this page goes by the defaults",
}
_TO_DO = {Origin.RUNNING: "Correct it and save it: it is read again at once."}
_TO_DO_BEFORE_START = "Correct it: until then `rollcall run` and `rollcall sweep` do not start."
_NEVER = WatchState(alive=False, by_daemon=False, since=None, last_tick=None, last_sweep=None)


@dataclass(slots=True)
class _Report:
    """All that ``status`` says."""

    now: datetime
    watch: WatchState
    pid: int | None
    root: Path
    origin: Origin
    problems: tuple[str, ...]
    overrides: tuple[str, ...]
    discovery: Discovery
    sinks: list[SinkState]
    quiet: Quiet
    agents: list[AgentState] = field(default_factory=list)
    faults: list[tuple[str, str, datetime]] = field(default_factory=list)
    backlog: int = 0
    open_blockers: int = 0
    acknowledged: list[Blocker] = field(default_factory=list)
    resting: list[tuple[Blocker, datetime]] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    copied_aside: str | None = None
    log_remark: str | None = None
    ambiguous: list[AmbiguousName] = field(default_factory=list)
    unsigned: list[Unsigned] = field(default_factory=list)
    without_updates: list[str] = field(default_factory=list)
    outbox: Outbox = field(default_factory=lambda: Outbox(0, 0))
    root_of_waiting: Root | None = None
    reading: Reading | None = None

    def near(self, text: str) -> str:
        """Return a text in which what lies in the workspace is named from there."""
        return text.replace(f"{self.root}/", "")

    @property
    def left_out(self) -> list[tuple[str, str]]:
        """Return what was left out and a person should know of, with the reason."""
        skipped = [
            (one.shown_from(self.root), one.reason)
            for one in self.discovery.skipped
            if not one.expected
        ]
        return skipped + [(name, NOT_THERE) for name in self.discovery.missing]


def command(
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether anyone watches, what is due from whom, and what is wrong; exit 1 if nobody does."""
    opened = open_anyway(workspace, config, overrides)
    clock = SystemClock()
    with opened_database(opened.workspace, clock) as database:
        found = as_it_runs(opened.workspace, database)
        report = _read(replace(opened, workspace=found), database, clock.now())
    if as_json:
        print_json(_to_json(report))
    else:
        _show(report)
    if opened.problems and opened.origin is not Origin.RUNNING:
        if as_json or not is_terminal():
            complain("\n".join(opened.problems))
        raise typer.Exit(WRONG_USE)
    if not report.watch.alive:
        raise typer.Exit(NO)


def _read(opened: Opened, database: Database | None, now: datetime) -> _Report:
    workspace = opened.workspace
    lock = WorkLock(workspace.state_dir)
    held = lock.is_held_by_someone()
    report = _Report(
        now=now,
        watch=_NEVER,
        pid=lock.holder_pid() if held else None,
        root=workspace.root,
        origin=opened.origin,
        problems=opened.problems,
        overrides=workspace.overrides,
        discovery=workspace.source_finder().scan(),
        sinks=configured_sinks(workspace.settings, os.environ),
        quiet=Quiet(now),
    )
    if database is None:
        return report
    every = workspace.settings.workspace.sweep_every
    with database.read() as session:
        report.watch = find_watch_state(session, held=held, sweep_every=every, now=now)
        report.sinks = read_sink_states(session, report.sinks)
        report.agents = read_agent_states(session, workspace.settings, now)
        report.faults = [(row.subject, row.text, row.since) for row in marks.list_faults(session)]
        report.backlog = len(list_backlog(session))
        blockers = list_blockers(session, open_only=True)
        report.open_blockers = len(blockers)
        report.quiet = read_quiet(session, blockers, now)
        report.acknowledged = [one for one in blockers if one.status is BlockerStatus.ACKNOWLEDGED]
        report.resting = list_rests(session, now)
        report.untold = list_untold(session, now - RECENT)
        report.gaps = [gap for gap in marks.list_gaps(session) if gap.end > now - RECENT]
        report.copied_aside = marks.get_mark(session, "log_copied_aside")
        report.log_remark = marks.get_log_remark(session, now - RECENT)
        report.ambiguous = read_ambiguous_names(session)
        report.unsigned = list_unsigned(session)
        report.without_updates = list_without_updates(session)
        report.outbox = count_outbox(session)
        report.root_of_waiting = read_root(session, workspace.settings, now)
        report.reading = read_reading(session) if held else None
    return report


def _to_json(report: _Report) -> dict[str, object]:
    watch = report.watch
    return {
        "daemon": {
            "alive": watch.alive,
            "pid": report.pid,
            "last_tick": utc_text(watch.last_tick),
            "since": utc_text(watch.since),
            "last_sweep": utc_text(watch.last_sweep),
            "reading": None if report.reading is None else asdict(report.reading),
        },
        "agents": [_agent_json(one) for one in report.agents],
        "sinks": [
            {"name": one.name, "state": one.state, "error": one.error and report.near(one.error)}
            for one in report.sinks
        ],
        "sources": len(report.discovery.sources),
        "faults": [
            {"subject": clean(subject), "text": clean(report.near(text)), "since": utc_text(since)}
            for subject, text, since in report.faults
        ],
        "left_out": [{"path": clean(path), "reason": clean(why)} for path, why in report.left_out],
        "open_blockers": report.open_blockers,
        "configuration": {
            "from": report.origin.value,
            "problems": [clean(report.near(one)) for one in report.problems],
        },
        "overrides": [clean(one) for one in report.overrides],
        "acknowledged": [one.id for one in report.acknowledged],
        "resting": [
            {"id": one.id, "condition": one.condition, "until": utc_text(until)}
            for one, until in report.resting
        ],
        "backlog": report.backlog,
        "root": _root_to_json(report.root_of_waiting),
        "gaps": [{"start": utc_text(gap.start), "end": utc_text(gap.end)} for gap in report.gaps],
        "untold": [{"at": utc_text(one.at), "text": clean(one.text)} for one in report.untold],
        "notices": {"waiting": report.outbox.waiting, "failed": report.outbox.failed},
        **quiet_json(report.quiet),
        "log_copied_aside": report.copied_aside,
        "log_remark": report.log_remark,
        "ambiguous_names": [
            {"name": one.name, "may_be": list(one.may_be)} for one in report.ambiguous
        ],
        "without_updates": [clean(name) for name in report.without_updates],
        "unsigned_entries": [
            {"source": one.source, "count": one.count, "first_line": one.first}
            for one in report.unsigned
        ],
    }


def _root_to_json(root: Root | None) -> dict[str, object] | None:
    if root is None:
        return None
    minutes = int(root.waited.total_seconds()) // 60
    return {"agent": root.agent, "frees": list(root.frees), "minutes": minutes}


def _agent_json(one: AgentState) -> dict[str, object]:
    return {
        "slug": one.slug,
        "duty": one.duty,
        "duty_reason": clean(one.reason),
        "duty_until": utc_text(one.until),
        "last_proof": utc_text(one.last_proof),
        "due": utc_text(one.due),
    }


def _show(report: _Report) -> None:
    say(_say_watch(report), style="bold")
    _show_problems(report)
    sources, blockers = len(report.discovery.sources), report.open_blockers
    say(
        f"{say_count(sources, 'source')}, {say_count(blockers, 'open blocker')}"
        + (": rollcall blockers" if blockers else "")
    )
    if report.agents:
        say()
        rows = [
            (
                one.slug,
                say_duty(one, report.now),
                short_time(one.last_proof),
                _say_due(one.due, report.now),
            )
            for one in report.agents
        ]
        show_table(("Agent", "Duty", "Last proof", "Next due"), rows)
    say()
    for sink in report.sinks:
        say(clean(report.near(say_sink(sink))))
    for line in _remarks(report):
        say(clean(report.near(line)))


def _show_problems(report: _Report) -> None:
    """Say what is wrong with the configuration, by what this page goes, and what to do."""
    if not report.problems:
        return
    say(f"The configuration cannot be used; {_GOES_BY[report.origin]}:", style="bold")
    for one in report.problems:
        say_below(clean(report.near(one)))
    say_below(_TO_DO.get(report.origin, _TO_DO_BEFORE_START))


def _remarks(report: _Report) -> list[str]:
    lines = []
    outbox = report.outbox
    if outbox.waiting or outbox.failed:
        lines.append(f"Notices: {outbox.waiting} waiting, {outbox.failed} refused for good")
    if report.root_of_waiting is not None:
        lines.append(f"First of all: {say_root(report.root_of_waiting)}")
    if report.backlog:
        requests = "1 request was" if report.backlog == 1 else f"{report.backlog} requests were"
        lines.append(f"{requests} past due at first sight; rollcall blockers --backlog")
    lines += say_absences(report.agents)
    lines += say_quiet(report.quiet)
    lines += [
        f"Acknowledged, its levels stopped: {one.id} {one.agent}: {one.description}"
        for one in report.acknowledged
    ]
    lines += [
        f"Resting until {say_instant(until)}, resolved by hand: {one.id} {one.agent}: "
        f"{one.description}"
        for one, until in report.resting
    ]
    lines += [
        f"Told nowhere, no target works: {say_instant(one.at)} {one.text}" for one in report.untold
    ]
    if report.untold:
        lines.append(_REMEDY)
    lines += [
        f"Not watched: {say_instant(gap.start)} to {say_instant(gap.end)} "
        f"({say_duration(gap.end - gap.start)})"
        for gap in report.gaps
    ]
    lines += _say_of_files(report)
    if report.overrides:
        lines.append(f"Settings overridden: {', '.join(report.overrides)}")
    if report.log_remark:
        lines.append(f"The blockers log: {report.log_remark}")
    if report.copied_aside:
        lines.append(f"The blockers log was edited; that version is at {report.copied_aside}")
    lines += [
        f"FAULT of our own since {say_instant(since)}: {subject}: {text}"
        for subject, text, since in report.faults
        # What is wrong with the file as it is now stands above already.
        if not (subject == CONFIGURATION and report.problems)
    ]
    return lines


def _say_of_files(report: _Report) -> Iterator[str]:
    """Say what in the files counts for nothing, and which are not read."""
    yield from map(_say_unsigned, report.unsigned)
    for name in report.without_updates:
        yield f"No update was found in {name}: `rollcall read feedback` shows how a file is read"
    if report.ambiguous:
        yield say_ambiguous_names(report.ambiguous)
    for path, why in report.left_out:
        yield _say_left_out(path, why)


def _say_left_out(path: str, why: str) -> str:
    if why == NOT_THERE:
        return f"Not there yet, watched once it comes: {path}"
    return f"Left out: {path}: {why}"


def _say_unsigned(one: Unsigned) -> str:
    where = f"the first at {one.source}:{one.first}"
    return f"Counts for nothing, signed by no agent: {say_count(one.count, 'update')}, {where}"


def _say_watch(report: _Report) -> str:
    watch, now = report.watch, report.now
    swept = "no sweep yet" if report.reading is None else report.reading.say()
    if watch.last_sweep is not None and report.reading is None:
        swept = f"last sweep {say_duration(max(now - watch.last_sweep, timedelta(0)))} ago"
    if not watch.alive:
        if watch.since is None:
            return "NOT RUNNING: this workspace was never swept; start `rollcall run`"
        return f"NOT RUNNING since {say_instant(watch.since)}, {swept}"
    if watch.by_daemon and report.pid is not None and watch.since is not None:
        return f"running since {say_instant(watch.since)} (pid {report.pid}), {swept}"
    return f"running, swept from outside, {swept}"


def _say_due(due: datetime | None, now: datetime) -> str:
    if due is None:
        return NOTHING
    if due > now:
        return f"in {say_duration(due - now)}"
    return f"overdue for {say_duration(now - due)}"
