"""Notices and blockers as JSON, for programs elsewhere: redacted, each text one line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rollcall.model import Blocker, Notice, Transition
from rollcall.notify.markdown import one_line
from rollcall.notify.redact import redact

# What a word about ourselves is about, by how the subject in its key begins.
_ABOUT = {
    "backlog": "backlog",
    "broadcast": "request",
    "clock": "clock",
    "dependency": "request",
    "gap": "unwatched",
    "silence": "silence",
    "stall": "worker",
    "stop": "team",
}


def plain(text: str) -> str:
    """Return agents' text as data: redacted, on one line, without controls."""
    return one_line(redact(text), limit=None)


def utc_text(instant: datetime | None) -> str | None:
    """Return an instant as JSON holds it: ISO 8601 in UTC, with ``Z``; None stays None."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def blocker_json(blocker: Blocker) -> dict[str, Any]:
    """Return a blocker as ``rollcall blockers --json`` prints it."""
    return {
        "id": blocker.id,
        "kind": blocker.kind.value,
        "agent": blocker.agent,
        "level": blocker.level,
        "status": blocker.status.value,
        "owner": None if blocker.owner is None else plain(blocker.owner),
        "opened": utc_text(blocker.opened),
        "closed": utc_text(blocker.closed),
        "description": plain(blocker.description),
        "evidence": [plain(place) for place in blocker.evidence],
    }


def notice_json(notice: Notice) -> dict[str, Any]:
    """Return a notice with the blockers that it speaks of, as they stand now."""
    return {
        "version": 1,
        "key": notice.key,
        "workspace": plain(notice.workspace),
        "kind": _kind_of(notice),
        "about": _say_about(notice),
        "transition": notice.transition.value,
        "level": notice.level,
        "created": utc_text(notice.created),
        "text": plain(notice.text),
        "detail": [plain(line) for line in notice.detail],
        "blockers": [blocker_json(one) for one in notice.blockers],
        "perhaps_repeated": notice.perhaps_repeated,
    }


def _kind_of(notice: Notice) -> str:
    """Return what sort of thing a notice tells: of blockers, a digest, or a word about ourselves."""
    if notice.transition in {Transition.DIGEST, Transition.DAILY}:
        return "digest"
    return "blocker" if notice.blockers else "ourselves"


def _say_about(notice: Notice) -> str:
    """Return what a notice is about: a blocker's id, or a word of those that the page on sinks lists."""
    subject, _, named = notice.key.partition("/")[2].partition("/")
    word = subject.partition("-")[0]
    match _kind_of(notice):
        case "blocker":
            return subject
        case "digest":
            if notice.transition is Transition.DAILY:
                return "day"
            if named.startswith("outage-"):
                return "outage"
            return "silence" if word == "S" else "quiet hours"
        case _:
            return _ABOUT.get(word, word)
