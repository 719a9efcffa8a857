"""What of Slack the configuration and the environment switch on: a bot, its buttons, a webhook."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rollcall.buttons import Buttons, open_lines
from rollcall.clock import Clock
from rollcall.config import Settings
from rollcall.notify.sink import Sink
from rollcall.notify.slack import SlackSink
from rollcall.notify.slack_webhook import SlackWebhookSink
from rollcall.store.database import Database


def slack_token(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Return the Slack token from the environment, None where it is unset or empty."""
    return environ.get(settings.notify.slack.token_env, "").strip() or None


def slack_app_token(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Return the app-level token from the environment, None where it is unset or empty."""
    return environ.get(settings.notify.slack.app_token_env, "").strip() or None


def slack_webhook(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Return the address of the incoming webhook, None where it is unset or a bot is there."""
    if slack_token(settings, environ) is not None:
        return None
    return environ.get(settings.notify.slack.webhook_url_env, "").strip() or None


def is_slack_on(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Tell whether Slack has all that it needs: a channel and a token, or an incoming webhook."""
    if slack_webhook(settings, environ) is not None:
        return True
    return slack_token(settings, environ) is not None and settings.notify.slack.channel is not None


def build_slack(settings: Settings, environ: Mapping[str, str]) -> Sink | None:
    """Make the Slack sink, None where it is off; raises ``ConfigurationError`` for what can be none."""
    address = slack_webhook(settings, environ)
    if address is not None:
        return SlackWebhookSink(address)
    token = slack_token(settings, environ)
    if token is None or settings.notify.slack.channel is None:
        return None
    has_buttons = slack_app_token(settings, environ) is not None
    return SlackSink(token, base_url=settings.notify.slack.base_url, buttons=has_buttons)


def build_buttons(
    settings: Settings,
    environ: Mapping[str, str],
    database: Database,
    clock: Clock,
    wake: Callable[[], None],
) -> Buttons | None:
    """Make what listens to clicks, None where a token or the channel is missing."""
    bot, app = slack_token(settings, environ), slack_app_token(settings, environ)
    if bot is None or app is None or settings.notify.slack.channel is None:
        return None
    lines = open_lines(bot, app, settings.notify.slack.base_url)
    return Buttons(database, settings, clock, lines, wake)
