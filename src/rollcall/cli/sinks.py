"""Which sinks this configuration and this environment switch on, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rollcall.config import Settings
from rollcall.notify.sinks import added_title, look_at_added
from rollcall.rules.words import say_instant
from rollcall.slack_on import slack_token, slack_webhook
from rollcall.status import SinkState
from rollcall.store.database import Database
from rollcall.store.outbox import set_sink_state


def configured_sinks(settings: Settings, environ: Mapping[str, str]) -> list[SinkState]:
    """Return every sink of this version, ``on`` or ``off`` with the reason."""
    return [
        _state("blockers_log", _why_log_is_off(settings)),
        _state("slack", why_slack_is_off(settings, environ)),
        _state("inbox", None),
        *(_state(one.kind.name, one.why_off) for one in look_at_added(settings, environ)),
    ]


def why_slack_is_off(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Say what Slack lacks, or None where it is on."""
    slack = settings.notify.slack
    lacking = []
    has_webhook = slack_webhook(settings, environ) is not None
    if slack.channel is None and not has_webhook:
        lacking.append("no notify.slack.channel in the configuration")
    if slack_token(settings, environ) is None and not has_webhook:
        lacking.append(f"no {slack.token_env} in the environment")
    if not lacking and not settings.tells("slack"):
        lacking.append("no level of the escalation tells it")
    return ", ".join(lacking) or None


def record_sinks(database: Database, sinks: Sequence[SinkState]) -> None:
    """Keep which sinks are on, for ``status``, which may run in another environment."""
    with database.write() as session:
        for sink in sinks:
            set_sink_state(session, sink.name, sink.state, sink.error)


def say_sink(sink: SinkState) -> str:
    """Say a sink's state as a person reads it: ``Slack: off (no token)``.

    Of one that is disabled it says what to do, and when it is tried again without that.
    """
    reason = f" ({sink.error})" if sink.error else ""
    said = f"{sink_title(sink)}: {sink.state}{reason}"
    if sink.state != "disabled":
        return said
    said += "; correct that, then start `rollcall run` again or save the configuration"
    return said if sink.until is None else f"{said}; it is tried again at {say_instant(sink.until)}"


def sink_title(sink: SinkState) -> str:
    """Return how people read a sink's name."""
    names = {"blockers_log": "Blockers log", "slack": "Slack", "inbox": "Inbox"}
    return names.get(sink.name) or added_title(sink.name) or sink.name


def _why_log_is_off(settings: Settings) -> str | None:
    return None if settings.tells("blockers_log") else "no level of the escalation tells it"


def _state(name: str, why_off: str | None) -> SinkState:
    return SinkState(name, "on" if why_off is None else "off", why_off)
