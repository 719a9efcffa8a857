"""An Alertmanager on loopback, shipped for tests: it knows alerts by their labels, and forgets.

As Alertmanager's API v2 does (``api/v2/api.go``, ``types.Alert``): a post of the same labels
replaces the alert, with the earlier start; one without ``endsAt`` ends after ``resolve_timeout``;
an alert that ends before it starts, or has no name, is refused with 400; a restart forgets all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from rollcall.clock import Clock
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.loopback import Answer, Received

RESOLVE_TIMEOUT = timedelta(minutes=5)
_PATH = "/api/v2/alerts"


@dataclass(frozen=True, slots=True)
class FakeAlert:
    """One alert as it was posted last."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts: datetime
    ends: datetime


class FakeAlertmanager(FakeReceiver):
    """Serve ``POST /api/v2/alerts`` on 127.0.0.1 while the context lasts."""

    def __init__(self, clock: Clock) -> None:
        """Listen at once; time is that of ``clock``."""
        super().__init__("/")
        self._clock = clock
        self._alerts: dict[str, FakeAlert] = {}

    def restart(self) -> None:
        """Forget all alerts, which Alertmanager keeps in memory only."""
        self._alerts.clear()

    def firing(self) -> list[FakeAlert]:
        """Return the alerts that are not resolved now, by their labels."""
        now = self._clock.now()
        return [one for _, one in sorted(self._alerts.items()) if one.ends > now]

    def resolved(self) -> list[FakeAlert]:
        """Return the alerts that are resolved now, by their labels."""
        now = self._clock.now()
        return [one for _, one in sorted(self._alerts.items()) if one.ends <= now]

    def judge(self, received: Received) -> Answer:
        """Take the alerts of one post, all or none."""
        if received.path != _PATH or received.headers.get("content-type") != "application/json":
            return Answer(HTTPStatus.NOT_FOUND)
        alerts = [self._read(one) for one in json.loads(received.body)]
        if any(one is None for one in alerts):
            return Answer(HTTPStatus.BAD_REQUEST)
        for one in alerts:
            if one is not None:
                self._keep(one)
        return Answer(HTTPStatus.OK)

    def _read(self, data: dict[str, Any]) -> FakeAlert | None:
        now, labels = self._clock.now(), data["labels"]
        starts = datetime.fromisoformat(data["startsAt"]) if "startsAt" in data else now
        ends = datetime.fromisoformat(data["endsAt"]) if "endsAt" in data else now + RESOLVE_TIMEOUT
        well_formed = bool(labels.get("alertname")) and all(
            isinstance(value, str) for value in (*labels.values(), *data["annotations"].values())
        )
        if not well_formed or ends < starts:
            return None
        return FakeAlert(labels, data["annotations"], starts, ends)

    def _keep(self, alert: FakeAlert) -> None:
        key = json.dumps(alert.labels, sort_keys=True)
        known = self._alerts.get(key)
        starts = alert.starts if known is None else min(known.starts, alert.starts)
        self._alerts[key] = FakeAlert(alert.labels, alert.annotations, starts, alert.ends)
