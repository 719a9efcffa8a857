"""Prometheus' Alertmanager: each open blocker is an alert, each closed one a resolved alert.

``POST /api/v2/alerts`` of Alertmanager's API v2. An alert is known by its labels; one without
``endsAt`` is resolved by Alertmanager after ``resolve_timeout`` (5 minutes by default) unless it is
posted again, and a restart of Alertmanager forgets all. So an open alert ends a day from now, and
is posted again every few minutes. The severity rises with the level, and is a label, by which
people route: the alert of the lower severity is ended with the same post.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StrictBool

from rollcall.clock import Clock
from rollcall.config.fields import Text, Variable
from rollcall.config.table import Table
from rollcall.model import Blocker, Notice, Receipt, Transition
from rollcall.notify.added_sink import AddedSink, Surroundings
from rollcall.notify.as_json import plain, utc_text
from rollcall.notify.http_door import HttpDoor, find_problem

ENDS_IN = timedelta(days=1)
_LONGEST_TEXT = 1000
_SEVERITIES = ("warning", "critical")


def _address(url: str) -> str:
    """Accept an address in the file only without what belongs into the environment."""
    problem = find_problem(url, allow_private=True)
    if problem or "@" in url or "?" in url or "#" in url:
        raise ValueError(
            "must be an address without a password or a query (not shown here), "
            'for example "http://alertmanager:9093"; put another into the environment (url_env)'
        )
    return url


class AlertmanagerSettings(Table):
    """Prometheus' Alertmanager: each open blocker is an alert there; off until it has an address."""

    url: Annotated[Text, AfterValidator(_address)] | None = Field(
        default=None,
        examples=["http://alertmanager:9093"],
        description="The address of Alertmanager, under which /api/v2/alerts stands.",
    )
    url_env: Variable = Field(
        default="ROLLCALL_ALERTMANAGER_URL",
        description="The environment variable with the address, where it holds a password; it "
        "goes before url.",
    )
    allow_private: StrictBool = Field(
        default=False,
        description="Whether the address may be of this machine or of a private network, and http.",
    )


class AlertmanagerSink(AddedSink):
    """Posts blockers as alerts; posting the same again changes nothing."""

    name = "alertmanager"
    title = "Alertmanager"
    Settings = AlertmanagerSettings
    refresh_every = timedelta(minutes=5)
    takes_words = False

    @classmethod
    def why_off(cls, settings: AlertmanagerSettings, environ: Mapping[str, str]) -> str | None:
        """Say what is missing, or what is wrong with the address."""
        url = _find_url(settings, environ)
        if not url:
            return f"no notify.alertmanager.url, and no {settings.url_env} in the environment"
        problem = find_problem(url, allow_private=settings.allow_private)
        return f"its address is {problem}" if problem else None

    @classmethod
    def build(cls, settings: AlertmanagerSettings, surroundings: Surroundings) -> Self:
        """Make the sink from the address."""
        door = HttpDoor(
            f"{_find_url(settings, surroundings.environ).rstrip('/')}/api/v2/alerts",
            title=cls.title,
            clock=surroundings.clock,
            allow_private=settings.allow_private,
        )
        return cls(door, surroundings.clock)

    def __init__(self, door: HttpDoor, clock: Clock) -> None:
        """Take the door."""
        self._door = door
        self._clock = clock

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Post an alert for each blocker that the notice speaks of; without any there is nothing to."""
        del root  # an alert is known by its labels
        self._post(notice)
        beginning = bool(notice.blockers) and notice.transition is not Transition.CLOSED
        return Receipt(self.name, {"root": notice.key} if beginning else {})

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Have it posted again: the second post of an alert changes nothing."""
        del notice, root
        return None

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Post the alerts as they stand now."""
        del root
        self._post(notice)
        return None

    def close(self) -> None:
        """Close the connection."""
        self._door.close()

    def _post(self, notice: Notice) -> None:
        alerts = [
            alert
            for one in notice.blockers
            for alert in make_alerts(notice, one, self._clock.now())
        ]
        if alerts:
            body = json.dumps(alerts).encode("ascii")
            self._door.post(body, {"content-type": "application/json", "user-agent": "rollcall"})


def make_alerts(notice: Notice, blocker: Blocker, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the alert of a blocker as it stands, and the ended ones of lower severities."""
    stands = min(max(blocker.level, 1), len(_SEVERITIES)) - 1
    ended = blocker.opened + timedelta(seconds=1)
    for place, severity in enumerate(_SEVERITIES[: stands + 1]):
        ends = ended
        if place == stands:
            ends = now + ENDS_IN if blocker.closed is None else max(blocker.closed, ended)
        yield {
            "labels": {
                "alertname": f"Rollcall{blocker.kind.value.title().replace(' ', '')}",
                "agent": blocker.agent,
                "blocker": blocker.id,
                "kind": blocker.kind.value,
                "severity": severity,
                "workspace": plain(notice.workspace),
            },
            "annotations": _annotate(notice, blocker),
            "startsAt": utc_text(blocker.opened),
            "endsAt": utc_text(ends),
        }


def _annotate(notice: Notice, blocker: Blocker) -> dict[str, str]:
    owner = f"owner: {plain(blocker.owner)}" if blocker.owner else ""
    stands = blocker.resolution if blocker.closed is not None else blocker.status.value
    lines = (
        blocker.description,
        f"{blocker.status.value}, level {blocker.level}" if blocker.closed is None else "",
        f"resolved: {stands}" if blocker.closed is not None else "",
        owner,
        *blocker.evidence,
    )
    told = "\n".join(plain(line) for line in lines if line)
    summary = (
        f"{plain(notice.workspace)}: {blocker.id} {blocker.agent}: {plain(blocker.description)}"
    )
    return {"summary": summary[:_LONGEST_TEXT], "description": told[:_LONGEST_TEXT]}


def _find_url(settings: AlertmanagerSettings, environ: Mapping[str, str]) -> str:
    return environ.get(settings.url_env, "").strip() or settings.url or ""
