"""Checks of ``rollcall doctor``: whether Slack can be told, and whether it can tell us of clicks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rollcall.cli.findings import Finding, ok, problem, warning
from rollcall.cli.sinks import why_slack_is_off
from rollcall.clock import Clock
from rollcall.errors import ConfigurationError, DeliveryFailed
from rollcall.notify.slack import TIMEOUT_S, SlackSink
from rollcall.notify.slack_api import SlackApi
from rollcall.slack_on import slack_app_token, slack_token, slack_webhook
from rollcall.workspace import Workspace


def look_at_slack(
    workspace: Workspace, _clock: Clock, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield what Slack says of the channel, the tokens and their scopes; nothing is posted."""
    settings = workspace.settings
    slack = settings.notify.slack
    token = slack_token(settings, environ)
    off = why_slack_is_off(settings, environ)
    if slack_webhook(settings, environ) is not None:
        yield ok("slack", "posts by an incoming webhook: no threads, edits or buttons")
    elif slack.channel is None and token is None:
        yield ok("slack", f"off: {off}")
    elif slack.channel is None or token is None:
        yield warning(
            "slack", f"off: {off}", "set both, or neither; the token only in the environment"
        )
    else:
        yield from _ask_slack(token, slack.base_url, slack.channel)
        app_token = slack_app_token(settings, environ)
        if app_token is None:
            yield ok("buttons", f"off: no {slack.app_token_env} in the environment")
        else:
            yield from _ask_socket_mode(app_token, slack.base_url)


def _ask_socket_mode(app_token: str, base_url: str) -> Iterator[Finding]:
    try:
        SlackApi(app_token, base_url=base_url, timeout_s=TIMEOUT_S).call(
            "apps.connections.open", {}
        )
    except (ConfigurationError, DeliveryFailed) as error:
        advice = "enable Socket Mode and give an app-level token with connections:write"
        yield problem("buttons", str(error), advice)
    else:
        yield ok("buttons", "Socket Mode answers")


def _ask_slack(token: str, base_url: str, channel: str) -> Iterator[Finding]:
    try:
        check = SlackSink(token, base_url=base_url).check(channel)
    except ConfigurationError as error:
        yield problem("slack", str(error), "correct it")
        return
    if check.error:
        yield problem(
            "slack", check.error, "check the token, the channel's id, and invite the bot to it"
        )
    elif not check.missing_scopes:
        yield ok("slack", f"{check.bot_user} in {check.team}, channel {channel}")
    if check.missing_scopes:
        missing = ", ".join(check.missing_scopes)
        yield problem(
            "slack",
            f"the token lacks the scope {missing}",
            "add it under OAuth & Permissions and install the app again",
        )
