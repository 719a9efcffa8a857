"""Whom a level of the escalation tells, such as ``slack:@lead``."""

from __future__ import annotations

from dataclasses import dataclass

from rollcall.config.sinks import ADDED_SINKS
from rollcall.roster import slugify

_KNOWN = ("blockers_log", *ADDED_SINKS, "slack", "slack:@lead", "slack:@<person>")
_KNOWN += ("inbox:lead", "inbox:agent")
_EXPECTED = ", ".join(f'"{one}"' for one in _KNOWN) + ' or "inbox:<name>"'
_LATER = ("email", "mail", "sms", "teams", "discord", "pagerduty")


@dataclass(frozen=True, slots=True)
class Target:
    """One sink and the route within it.

    ``sink`` is ``blockers_log``, ``slack``, ``inbox`` or one of the added sinks. ``route`` is empty
    for the log, the added sinks and Slack's channel, ``@lead`` or ``@<person>`` for a mention there, and ``lead``, ``agent`` or a
    name for an inbox.
    """

    sink: str
    route: str = ""

    def __str__(self) -> str:
        return f"{self.sink}:{self.route}" if self.route else self.sink

    @property
    def person(self) -> str | None:
        """Return the person to mention by name; the lead is a role, not a name."""
        named = self.sink == "slack" and self.route.startswith("@") and self.route != "@lead"
        return self.route[1:] if named else None


def parse_target(text: str) -> Target:
    """Read one target; raises ``ValueError`` for a form that this version does not carry out."""
    sink, colon, route = text.strip().partition(":")
    known = {
        "blockers_log": not colon,
        "slack": not colon or (route.startswith("@") and _is_slug(route[1:])),
        "inbox": _is_slug(route),
        **dict.fromkeys(ADDED_SINKS, not colon),
    }
    if known.get(sink):
        return Target(sink, route)
    if sink in _LATER:
        raise ValueError(f'this version does not carry out the target "{text}"; use {_EXPECTED}')
    raise ValueError(f'is no target: got "{text}", expected {_EXPECTED}')


def _is_slug(name: str) -> bool:
    return bool(name) and slugify(name) == name
