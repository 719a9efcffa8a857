"""The settings of Slack."""

from __future__ import annotations

from pydantic import Field

from rollcall.config import fields as kinds
from rollcall.config.table import Table


class SlackSettings(Table):
    """Slack; it is off until there are a channel and a token, or an incoming webhook."""

    channel: kinds.SlackChannel | None = Field(
        default=None,
        examples=["C0123456789"],
        description="The ID of the channel that is told.",
    )
    token_env: kinds.Variable = Field(
        default="SLACK_BOT_TOKEN", description="The environment variable that holds the bot token."
    )
    app_token_env: kinds.Variable = Field(
        default="SLACK_APP_TOKEN",
        description="The environment variable that holds the app-level token; with it the first "
        "message about a blocker has buttons.",
    )
    webhook_url_env: kinds.Variable = Field(
        default="SLACK_WEBHOOK_URL",
        description="The environment variable that holds the address of an incoming webhook, used "
        "where there is no bot token: posts only, no threads, edits or buttons.",
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
