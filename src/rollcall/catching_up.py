"""What a sink that was away is told on its return: one digest in place of all that waited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from rollcall.notify.render_missed import say_missed
from rollcall.store.catching_up import Missed, find_missed, put_digest


def catch_up(
    session: Session,
    sink: str,
    targets: Iterable[str],
    since: datetime,
    now: datetime,
    *,
    most: int | None,
) -> None:
    """Put one digest in the place of what waits for these targets of a sink that has failed since then.

    A notice that waits alone is told as it is. With ``most``, as long as no more than that many
    wait: a sink that was away for a moment only is told everything.
    """
    for target in targets:
        missed = find_missed(session, sink, target, since, now)
        if not _is_worth_a_digest(missed) or (most is not None and missed.count <= most):
            continue
        words = say_missed(missed.standing, missed.over, since, now)
        put_digest(session, missed, words.text, words.detail, now)


def _is_worth_a_digest(missed: Missed) -> bool:
    if missed.digest is not None or not missed.waiting:
        return missed.count > 0
    return missed.count > 1
