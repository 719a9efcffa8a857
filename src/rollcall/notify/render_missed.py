"""The words of the digest that a sink gets when it is back: what is open, and how much is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rollcall.model import Blocker
from rollcall.notify.markdown import one_line
from rollcall.notify.render import MOST_CHARS, MOST_LINES, Words, say_line, say_status
from rollcall.rules.words import say_duration, say_instant


def say_missed(
    standing: Sequence[Blocker], over: Sequence[Blocker], since: datetime, now: datetime
) -> Words:
    """Say what came to pass while nothing could be told here, as it stands now."""
    span = f"from {say_instant(since)} to {say_instant(now)} ({say_duration(now - since)})"
    count = "1 blocker is" if len(standing) == 1 else f"{len(standing)} blockers are"
    text = f"Nothing could be told here {span}: {count} open now, {len(over)} resolved meanwhile."
    lines = [f"{say_line(one)} — {say_status(one)}" for one in standing[:MOST_LINES]]
    if len(standing) > MOST_LINES:
        lines.append(f"and {len(standing) - MOST_LINES} more: rollcall blockers")
    return Words(text, tuple(one_line(line, limit=MOST_CHARS) for line in lines))
