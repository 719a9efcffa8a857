"""How often Slack may be called: so many messages a second in a channel, so many updates a minute.

Pure: seconds come in and go out, nobody waits here. Limits as Slack documents them ("Rate limits":
about one message per channel and second; chat.update is of tier 3, 50 a minute per workspace).
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

UPDATES_PER_MINUTE = 50
_MINUTE_S = 60.0


class Call(StrEnum):
    """What is to be called: a new message (a reply too), or the update of one."""

    POST = "post"
    UPDATE = "update"


class Pace:
    """Remember the calls made and say when the next one may be."""

    def __init__(self, per_second: float) -> None:
        """Allow ``per_second`` new messages in each channel; raises ``ValueError`` below zero."""
        if per_second <= 0:
            raise ValueError(f"per_second must be above 0, got {per_second}")
        self._gap_s = 1.0 / per_second
        self._posted_s: dict[str, float] = {}
        self._updated_s: deque[float] = deque(maxlen=UPDATES_PER_MINUTE)

    @property
    def posts_in_a_minute(self) -> int:
        """Return how many new messages a channel takes in a minute."""
        return int(_MINUTE_S / self._gap_s)

    def ready_at_s(self, kind: Call, channel: str, at_s: float) -> float:
        """Return the second, ``at_s`` or later, at which the call may be made."""
        if kind is Call.POST:
            posted_s = self._posted_s.get(channel)
            return at_s if posted_s is None else max(at_s, posted_s + self._gap_s)
        if len(self._updated_s) < UPDATES_PER_MINUTE:
            return at_s
        return max(at_s, self._updated_s[0] + _MINUTE_S)

    def next_ready_s(self, at_s: float) -> list[float]:
        """Return the seconds after ``at_s`` from which on something may be called that may not now."""
        posts = [self.ready_at_s(Call.POST, channel, at_s) for channel in self._posted_s]
        ready_s = [*posts, self.ready_at_s(Call.UPDATE, "", at_s)]
        return [one for one in ready_s if one > at_s]

    def used(self, kind: Call, channel: str, at_s: float) -> None:
        """Count one call that was made, whether or not it succeeded.

        ``at_s`` is when it was over: what is counted from its beginning may arrive too early, where
        one call was longer on its way than the next.
        """
        if kind is Call.POST:
            self._posted_s[channel] = at_s
        else:
            self._updated_s.append(at_s)
