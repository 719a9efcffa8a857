"""Every setting: its type, its default, and one sentence on what it does.

The descriptions are the one truth for ``docs/configuration.md`` and ``config/rollcall.toml``.
A setting of a later version is not listed here; ``loading`` refuses it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, StrictBool, ValidationInfo, field_validator

from rollcall.config import fields as kinds
from rollcall.config.ladders import (
    DEFAULT_ESCALATION,
    Levels,
    LevelSettings,
    RouteSettings,
    check_people,
)
from rollcall.config.sinks import ADDED_SINKS, sink_table
from rollcall.config.slack import SlackSettings
from rollcall.config.table import Table
from rollcall.hours import Hours
from rollcall.model import BlockerKind
from rollcall.roster import slugify


class WorkspaceSettings(Table):
    """Where the files are, and what holds for all of them."""

    roots: kinds.Roots = Field(
        default=(".",),
        min_length=1,
        description="The directories that hold feedback and chat, relative to the workspace; "
        'wildcards are allowed, for example "../wt-*" for git worktrees.',
    )
    timezone: kinds.Zone = Field(
        default=ZoneInfo("UTC"), description="The time zone of time stamps that name none."
    )
    sweep_every: kinds.Span = Field(
        default=timedelta(minutes=5),
        description="How often everything is read again, to find what file events missed.",
    )
    lead: kinds.Slug | None = Field(
        default=None,
        examples=["ivo"],
        description="Who is told about an agent that has no lead of its own.",
    )


class FeedbackSettings(Table):
    """Where agents report their work, and how often."""

    files: tuple[kinds.FeedbackPattern, ...] = Field(
        default=("feedback/{agent}.md", "feedback/{agent}/{date}.md"),
        min_length=1,
        description="Where feedback files stand in a root; {agent} is the agent's name, "
        "{date} any date. A path without {agent} is a log that many agents share: each entry is "
        "its author's.",
    )
    ignore: tuple[kinds.RelativePath, ...] = Field(
        default=("feedback/archive/**",), description="Files that are never read as feedback."
    )
    cadence: kinds.Span = Field(
        default=timedelta(minutes=5), description="How often proof of work is due from each agent."
    )
    grace: kinds.Duration = Field(
        default=timedelta(minutes=5),
        description="How long after the cadence without proof a blocker is opened.",
    )
    require: kinds.Require = Field(
        default="claimed", description="What counts as proof: evidence as the agent states it."
    )


class ChatSettings(Table):
    """Where agents ask each other for things, and how soon a reply is due."""

    dirs: tuple[kinds.RelativePath, ...] = Field(
        default=("bot_chat",),
        description="The folders of chat messages in a root, or single files of them. Read are "
        "files that end in .md, .markdown, .txt, .json, .jsonl, .ndjson, .log or .chat.",
    )
    ack_within: kinds.Span = Field(
        default=timedelta(minutes=15), description="How soon a request must be acknowledged."
    )
    answer_within: kinds.Span = Field(
        default=timedelta(hours=4),
        description="How soon a request must be answered, where it names no date of its own.",
    )


class DutySettings(Table):
    """From whom proof is due."""

    go_signal: kinds.WorkspacePath | None = Field(
        default=None,
        examples=["coordination/GO-SIGNAL.md"],
        description="The file that says whether the team works: proof is due while it exists and "
        "says neither PAUSE nor STANDBY in its first line or its status.",
    )
    hours: kinds.WeekHours | None = Field(
        default=None,
        examples=[("Mon-Fri 09:00-18:00",)],
        description="When proof is due, in the agent's time zone; always, if not set.",
    )
    max_promise: kinds.Duration = Field(
        default=timedelta(minutes=45),
        description='How far at most an agent\'s own "next update by 15:40" puts off its proof, '
        "once per proof.",
    )
    retire_after: kinds.Span = Field(
        default=timedelta(hours=24),
        description="An undeclared agent whose newest entry is older than this at first sight "
        "owes nothing until it writes again.",
    )
    always_on: StrictBool = Field(
        default=False,
        description="The bare clock: nobody retires and only proof restarts a clock; for replay.",
    )


class AgentSettings(Table):
    """One agent; agents that are not listed are discovered."""

    aliases: tuple[kinds.Alias, ...] = Field(
        default=(),
        examples=[("DevOps/SRE", "devops")],
        description='The other names that the agent goes by, such as "DevOps/SRE".',
    )
    lead: kinds.Slug | None = Field(
        default=None, examples=["ivo"], description="Who is told about this agent."
    )
    cadence: kinds.Span | None = Field(
        default=None,
        examples=[timedelta(minutes=10)],
        description="How often proof is due from this agent, if not feedback.cadence.",
    )
    hours: kinds.WeekHours | None = Field(
        default=None,
        examples=[("Mon-Thu 08:00-16:00", "Fri 08:00-12:00")],
        description="When proof is due from this agent, if not duty.hours.",
    )
    timezone: kinds.Zone | None = Field(
        default=None,
        examples=["America/Denver"],
        description="The time zone of this agent's hours, if not workspace.timezone.",
    )
    paused: StrictBool = Field(
        default=False, description="Nothing is due from this agent for as long as this is true."
    )


class PersonSettings(Table):
    """One person or lead who can be mentioned."""

    slack: kinds.SlackPerson = Field(
        examples=["U0123456789"], description="The member ID of the person's Slack profile."
    )


class NudgeSettings(Table):
    """The reminder that an agent gets before anyone else hears of it."""

    after: kinds.Nudge = Field(
        default="cadence",
        description="How long after the last proof the agent is reminded in its own inbox; "
        '"cadence" means as soon as proof is due.',
    )


class BlockersLogSettings(Table):
    """The Markdown table of blockers."""

    path: kinds.Text = Field(
        default="docs/blockers-log.md", description="The blockers log, relative to the workspace."
    )


class InboxSettings(Table):
    """The files in which agents and leads are told."""

    path: kinds.InboxPath = Field(
        default="coordination/inbox/{agent}/{date}-notes.md",
        description="The inbox of an agent or a lead, relative to the workspace.",
    )


class PagesSettings(Table):
    """Pages that are generated from the store, so that nobody keeps them by hand."""

    dashboard: kinds.WorkspacePath | None = Field(
        default=None,
        examples=["coordination/status-dashboard.md"],
        description="The page of all agents: state, last proof, what each waits for and owes, and "
        "its open blockers; none, if not set.",
    )
    dependencies: kinds.WorkspacePath | None = Field(
        default=None,
        examples=["coordination/dependency-register.md"],
        description="The page of all requests: who asked whom, since when, due when, and what is "
        "done meanwhile; none, if not set.",
    )


class NotifySettings(Table):
    """When people are told; the tables below say where."""

    group_wait: kinds.Duration = Field(
        default=timedelta(0),
        description="How long news of blockers waits for more, to be told together.",
    )
    quiet_hours: kinds.WeekHours | None = Field(
        default=None,
        examples=[("22:00-07:00",)],
        description="When nobody is told anything, in the workspace's time zone; what happened is "
        "told as one digest when they end.",
    )
    digest_at: kinds.ClockTime | None = Field(
        default=None,
        examples=[time(8, 30)],
        description="When a digest is sent each day, in the workspace's time zone; never, if not "
        "set.",
    )
    blockers_log: BlockersLogSettings = BlockersLogSettings()
    slack: SlackSettings = SlackSettings()
    inbox: InboxSettings = InboxSettings()
    pages: PagesSettings = PagesSettings()


class HeartbeatSettings(Table):
    """A dead man's switch elsewhere that is told that Rollcall is alive."""

    url_env: kinds.Variable = Field(
        default="ROLLCALL_HEARTBEAT_URL",
        description="The environment variable with the address to ping after each healthy tick.",
    )


class StoreSettings(Table):
    """Where Rollcall remembers."""

    url: kinds.StoreUrl = Field(
        default=f"{kinds.SQLITE}.rollcall/rollcall.db",
        description="The SQLite database, relative to the workspace.",
    )

    def path_in(self, root: Path) -> Path:
        """Return the database file for the workspace ``root``."""
        return root / self.url.removeprefix(kinds.SQLITE)


class Settings(Table):
    """All settings, valid and with their defaults filled in."""

    workspace: WorkspaceSettings = WorkspaceSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    chat: ChatSettings = ChatSettings()
    duty: DutySettings = DutySettings()
    agents: Mapping[kinds.Slug, AgentSettings] = {}
    people: Mapping[kinds.Slug, PersonSettings] = {}
    nudge: NudgeSettings = NudgeSettings()
    escalation: Levels = DEFAULT_ESCALATION
    routes: tuple[RouteSettings, ...] = ()
    notify: NotifySettings = NotifySettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    store: StoreSettings = StoreSettings()
    _sinks: dict[str, Table] = PrivateAttr(default_factory=dict)

    def cadence_of(self, slug: str) -> timedelta:
        """Return how often proof is due from an agent."""
        agent = self.agents.get(slug)
        return (agent and agent.cadence) or self.feedback.cadence

    def lead_of(self, slug: str) -> str | None:
        """Return who is told about an agent: its own lead, the workspace's, or nobody."""
        agent = self.agents.get(slug)
        return (agent and agent.lead) or self.workspace.lead

    def hours_of(self, slug: str) -> Hours | None:
        """Return when proof is due from an agent, local to its zone; None is always."""
        agent = self.agents.get(slug)
        return (agent and agent.hours) or self.duty.hours

    def zone_of(self, slug: str) -> ZoneInfo:
        """Return the time zone of an agent's hours."""
        agent = self.agents.get(slug)
        return (agent and agent.timezone) or self.workspace.timezone

    def is_paused(self, slug: str) -> bool:
        """Tell whether the configuration says that nothing is due from an agent."""
        agent = self.agents.get(slug)
        return agent is not None and agent.paused

    def ladder_of(self, kind: BlockerKind, slug: str) -> tuple[LevelSettings, ...]:
        """Return the levels of a blocker: those of the first route that fits, or the escalation."""
        fitting = (route.escalation for route in self.routes if route.fits(kind, slug))
        return next(fitting, self.escalation)

    def ladders(self) -> tuple[tuple[LevelSettings, ...], ...]:
        """Return every ladder that a blocker can have, the escalation first."""
        return (self.escalation, *(route.escalation for route in self.routes))

    def with_sinks(self, tables: Mapping[str, Table]) -> Settings:
        """Return these settings with the tables of added sinks; those that set nothing say nothing."""
        set_up = {name: table for name, table in tables.items() if table != type(table)()}
        settings = self.model_copy()
        settings._sinks = set_up  # noqa: SLF001 - its own
        return settings

    def of_sink(self, name: str) -> Table:
        """Return the table of an added sink, or its defaults."""
        return self._sinks.get(name) or sink_table(name)()

    def sets_up(self, name: str) -> bool:
        """Tell whether the configuration says anything to an added sink."""
        return name in self._sinks

    def added_sinks(self) -> list[str]:
        """Return the added sinks that any level of any ladder tells."""
        return [name for name in ADDED_SINKS if self.tells(name)]

    def tells(self, sink: str) -> bool:
        """Tell whether any level of any ladder tells a sink."""
        levels = (level for ladder in self.ladders() for level in ladder)
        return any(target.sink == sink for level in levels for target in level.notify)

    @field_validator("agents")
    @classmethod
    def _one_agent_per_name(
        cls, agents: Mapping[str, AgentSettings]
    ) -> Mapping[str, AgentSettings]:
        owners: dict[str, str] = {}
        for slug, agent in agents.items():
            for name in (slug, *agent.aliases):
                owner = owners.setdefault(slugify(name).replace("_", "-"), slug)
                if owner != slug:
                    raise ValueError(f'give the name "{name}" to two agents: {owner} and {slug}')
        return agents

    @field_validator("escalation")
    @classmethod
    def _escalation_knows_its_people(
        cls, levels: tuple[LevelSettings, ...], info: ValidationInfo
    ) -> tuple[LevelSettings, ...]:
        check_people(levels, info.data.get("people"))
        return levels

    @field_validator("routes")
    @classmethod
    def _routes_name_whom_they_know(
        cls, routes: tuple[RouteSettings, ...], info: ValidationInfo
    ) -> tuple[RouteSettings, ...]:
        owners = {
            slugify(alias): slug
            for slug, agent in info.data.get("agents", {}).items()
            for alias in agent.aliases
        }
        for number, route in enumerate(routes, start=1):
            for name in route.agents:
                if name in owners and name not in info.data.get("agents", {}):
                    raise ValueError(
                        f'route {number} is for "{name}", an alias: write "{owners[name]}"'
                    )
            check_people(route.escalation, info.data.get("people"), of=f"route {number} ")
        return routes
