"""Every setting: its type, its default, and one sentence on what it does.

The descriptions are the one truth for ``docs/configuration.md`` and ``config/rollcall.toml``.
A setting of a later version is not listed here; ``loading`` refuses it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationInfo, field_validator

from rollcall.config import fields as kinds
from rollcall.config.targets import Target
from rollcall.roster import slugify


class Table(BaseModel):
    """What all tables share: unchangeable, and no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
        description="The folders of chat messages in a root, or single files of them.",
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


class LevelSettings(Table):
    """One level of the escalation: when after the deadline, and who is told."""

    after: kinds.Duration = Field(
        examples=[timedelta(minutes=10)],
        description="How long after its opening a blocker reaches this level.",
    )
    notify: kinds.NotifyTargets = Field(
        min_length=1,
        examples=[("slack:@lead",)],
        description="Who is told: blockers_log, slack, slack:@lead, slack:@<person>, inbox:lead, "
        "inbox:agent or inbox:<name>.",
    )


class BlockersLogSettings(Table):
    """The Markdown table of blockers."""

    path: kinds.Text = Field(
        default="docs/blockers-log.md", description="The blockers log, relative to the workspace."
    )


class SlackSettings(Table):
    """Slack; it is off until there are a channel and a token."""

    channel: kinds.SlackChannel | None = Field(
        default=None,
        examples=["C0123456789"],
        description="The ID of the channel that is told.",
    )
    token_env: kinds.Variable = Field(
        default="SLACK_BOT_TOKEN", description="The environment variable that holds the bot token."
    )
    base_url: kinds.ApiUrl = Field(
        default="https://slack.com/api/", description="The address of Slack's Web API."
    )
    per_second: float = Field(
        default=1.0,
        gt=0,
        le=100,
        strict=True,
        allow_inf_nan=False,
        description="How many messages a second are posted to the channel at most.",
    )


class InboxSettings(Table):
    """The files in which agents and leads are told."""

    path: kinds.InboxPath = Field(
        default="coordination/inbox/{agent}/{date}-notes.md",
        description="The inbox of an agent or a lead, relative to the workspace.",
    )


class NotifySettings(Table):
    """The sinks."""

    blockers_log: BlockersLogSettings = BlockersLogSettings()
    slack: SlackSettings = SlackSettings()
    inbox: InboxSettings = InboxSettings()


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


DEFAULT_ESCALATION = (
    LevelSettings(
        after=timedelta(0),
        notify=(Target("blockers_log"), Target("slack"), Target("inbox", "lead")),
    ),
    LevelSettings(after=timedelta(minutes=10), notify=(Target("slack", "@lead"),)),
)


class Settings(Table):
    """All settings, valid and with their defaults filled in."""

    workspace: WorkspaceSettings = WorkspaceSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    chat: ChatSettings = ChatSettings()
    duty: DutySettings = DutySettings()
    agents: Mapping[kinds.Slug, AgentSettings] = {}
    people: Mapping[kinds.Slug, PersonSettings] = {}
    nudge: NudgeSettings = NudgeSettings()
    escalation: tuple[LevelSettings, ...] = Field(default=DEFAULT_ESCALATION, min_length=1)
    notify: NotifySettings = NotifySettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    store: StoreSettings = StoreSettings()

    def cadence_of(self, slug: str) -> timedelta:
        """Return how often proof is due from an agent."""
        agent = self.agents.get(slug)
        return (agent and agent.cadence) or self.feedback.cadence

    def lead_of(self, slug: str) -> str | None:
        """Return who is told about an agent: its own lead, the workspace's, or nobody."""
        agent = self.agents.get(slug)
        return (agent and agent.lead) or self.workspace.lead

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
    def _levels_ascend(
        cls, levels: tuple[LevelSettings, ...], info: ValidationInfo
    ) -> tuple[LevelSettings, ...]:
        for number, (lower, higher) in enumerate(pairwise(levels), start=2):
            if higher.after <= lower.after:
                raise ValueError(f"must rise: level {number} is not later than the one before it")
        people = info.data.get("people", {})
        for target in (target for level in levels for target in level.notify):
            if "people" in info.data and target.person not in {None, *people}:
                raise ValueError(
                    f'tells "{target}", but there is no [people.{target.person}] with its Slack ID'
                )
        return levels
