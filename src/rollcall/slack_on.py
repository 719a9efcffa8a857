"""What of Slack the configuration and the environment switch on: a bot, its buttons, a webhook."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rollcall.buttons import Buttons, Lines, open_lines
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


class Clicks:
    """Listens to clicks on the buttons, where a token and the channel are there for it."""

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        database: Database,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        """Make what listens; nothing listens yet. ``wake`` is called when somebody clicked."""
        self._settings = settings
        self._environ = environ
        self._database = database
        self._clock = clock
        self._wake = wake
        self._buttons = self._build()

    def start(self) -> None:
        """Begin to listen."""
        if self._buttons is not None:
            self._buttons.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._buttons is not None:
            self._buttons.stop()

    def check(self, settings: Settings) -> None:
        """Raise ``ConfigurationError`` for settings under which nobody could listen as they ask."""
        self._open(settings)

    def change(self, settings: Settings) -> None:
        """Go on under other settings; who listens as before is not disturbed."""
        before, self._settings = self._settings, settings
        if _of_clicks(before) == _of_clicks(settings):
            return
        self.stop()
        self._buttons = self._build()
        self.start()

    def _build(self) -> Buttons | None:
        lines = self._open(self._settings)
        if lines is None:
            return None
        return Buttons(self._database, self._settings, self._clock, lines, self._wake)

    def _open(self, settings: Settings) -> Lines | None:
        bot = slack_token(settings, self._environ)
        app = slack_app_token(settings, self._environ)
        if bot is None or app is None or settings.notify.slack.channel is None:
            return None
        return open_lines(bot, app, settings.notify.slack.base_url)


def _of_clicks(settings: Settings) -> tuple[object, ...]:
    """Return the settings on which it rests what a click means."""
    return settings.notify.slack, settings.people, settings.workspace.timezone, settings.duty.hours
