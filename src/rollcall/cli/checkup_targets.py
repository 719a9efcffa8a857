"""Checks of ``rollcall doctor``: who is told anything, and which level tells nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from rollcall.cli.findings import Finding, ok, problem, warning
from rollcall.cli.output import say_count
from rollcall.cli.sinks import configured_sinks, sink_title
from rollcall.clock import Clock
from rollcall.config import LevelSettings, Settings, Target
from rollcall.errors import StoreUnusable
from rollcall.lock import WorkLock
from rollcall.status import SinkState, read_sink_states
from rollcall.store.database import Database
from rollcall.store.report import count_outbox, refusing_damage
from rollcall.workspace import Workspace

LOG = "blockers_log"
_WORKING = frozenset({"on", "waiting"})
_BROKEN = frozenset({"disabled", "failing"})
_WAYS = (
    'set workspace.lead = "ivo" for an inbox file, notify.slack.channel and SLACK_BOT_TOKEN for Slack, '
    "or a webhook; see docs/configuration.md"
)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the targets of a level rest on: the settings, and how each sink stands."""

    settings: Settings
    sinks: Mapping[str, SinkState]

    def works(self, target: Target) -> bool:
        """Tell whether a target tells anybody; one that only waits will."""
        if target.sink not in self.sinks or self.sinks[target.sink].state not in _WORKING:
            return False
        return str(target) != "inbox:lead" or self.has_leads

    @property
    def has_leads(self) -> bool:
        """Tell whether anybody is named as somebody's lead."""
        agents = self.settings.agents.values()
        return self.settings.workspace.lead is not None or any(one.lead for one in agents)

    def say_lacks(self, level: LevelSettings) -> str:
        """Say why no target of a level works."""
        names = dict.fromkeys(one.sink for one in level.notify)
        states = [self.sinks[name] for name in names if name in self.sinks]
        lacks = [f"{sink_title(one)} is {one.state}" for one in states if one.state not in _WORKING]
        return " and ".join([*lacks, "there is no workspace.lead with an inbox"])


def look_at_targets(
    workspace: Workspace, _clock: Clock, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield which sinks fail, whether anybody is told anything, and who cannot be mentioned."""
    sinks = configured_sinks(workspace.settings, environ)
    waiting = failed = 0
    # What is wrong with the store has a finding of its own.
    with suppress(StoreUnusable):
        sinks, waiting, failed = _ask_store(workspace, sinks)
    standing = _Standing(workspace.settings, {one.name: one for one in sinks})
    yield from _look_at_sinks(workspace, standing, waiting, failed)
    yield from _look_at_all_levels(workspace, standing)
    yield from _look_at_mentions(standing)


def _ask_store(
    workspace: Workspace, configured: list[SinkState]
) -> tuple[list[SinkState], int, int]:
    """Return how the sinks stand, and how many notices wait and failed, as the store knows it."""
    path = workspace.database_path
    if not path.exists():
        return configured, 0, 0
    database = Database(path)
    try:
        with refusing_damage(path), database.read() as session:
            stored = read_sink_states(session, configured)
            outbox = count_outbox(session)
    finally:
        database.close()
    if not WorkLock(workspace.state_dir).is_held_by_someone():
        # Nobody works: only what somebody said of a sink that is switched on here still counts.
        stored = [
            theirs if ours.state == "on" and theirs.state in _BROKEN else ours
            for ours, theirs in zip(configured, stored, strict=True)
        ]
    return stored, outbox.waiting, outbox.failed


def _look_at_sinks(
    workspace: Workspace, standing: _Standing, waiting: int, failed: int
) -> Iterator[Finding]:
    for one in standing.sinks.values():
        if one.state in _BROKEN:
            why = (one.error or "").replace(f"{workspace.root}/", "")
            yield problem(
                "telling",
                f"{sink_title(one)} is {one.state}: {why}",
                "correct what it names; it is tried again, and at once when the settings are saved",
            )
    if waiting or failed:
        counts = f"{say_count(waiting, 'notice')} still to be told, {failed} refused for good"
        yield warning("telling", counts, "`rollcall status` says why")


def _look_at_all_levels(workspace: Workspace, standing: _Standing) -> Iterator[Finding]:
    settings = workspace.settings
    levels = [level for ladder in settings.ladders() for level in ladder]
    targets = [target for level in levels for target in level.notify]
    heard = {target.sink for target in targets if standing.works(target)}
    # A level without a working target goes to the lead.
    beyond = heard - {LOG} or ({"inbox"} if settings.workspace.lead is not None else set())
    if beyond:
        names = [sink_title(standing.sinks[name]) for name in standing.sinks if name in heard]
        yield ok(
            "telling", f"by {', '.join(names) or 'the inbox of ' + str(settings.workspace.lead)}"
        )
    elif LOG in heard:
        path = settings.notify.blockers_log.path
        yield warning("telling", f"nobody is told of a blocker: it stands in {path} only", _WAYS)
    else:
        yield problem(
            "telling",
            "nothing is told anywhere: what happens stands in `rollcall status` only",
            _WAYS,
        )
    for route, ladder in enumerate(settings.ladders()):
        for number, level in enumerate(ladder, start=1):
            if _tells_nobody(standing, level):
                name = f"level {number} of route {route}" if route else f"level {number}"
                yield warning(
                    "leads",
                    f"{name} has nobody to tell: {standing.say_lacks(level)}",
                    "what it would tell stands in `rollcall status` only; "
                    'set workspace.lead = "ivo"',
                )


def _tells_nobody(standing: _Standing, level: LevelSettings) -> bool:
    if standing.settings.workspace.lead is not None:
        return False
    return not any(one.sink == LOG or standing.works(one) for one in level.notify)


def _look_at_mentions(standing: _Standing) -> Iterator[Finding]:
    settings = standing.settings
    levels = [level for ladder in settings.ladders() for level in ladder]
    if not any(str(target) == "slack:@lead" for level in levels for target in level.notify):
        return
    leads = {settings.workspace.lead, *(one.lead for one in settings.agents.values())}
    named = {lead for lead in leads if lead is not None}
    unmapped = sorted(named - set(settings.people))
    if settings.workspace.lead is None and standing.sinks["slack"].state in _WORKING:
        yield warning(
            "leads",
            "slack:@lead mentions nobody: there is no workspace.lead",
            'set workspace.lead = "ivo" and [people.ivo] slack = "U…"',
        )
    for name in unmapped:
        yield warning(
            "leads",
            f"slack:@lead is sent without a mention of {name}",
            f'set [people.{name}] slack = "U…"',
        )
    if settings.workspace.lead is not None and not unmapped:
        yield ok("leads", f"{len(named)} can be mentioned in Slack")
