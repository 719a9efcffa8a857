"""Look a notice up in Slack by the key in its metadata: after a crash, or when a reply was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.slack_api import SlackApi
from rollcall.notify.slack_errors import AUTH_CODES, SlackRefused

EVENT_TYPE = "rollcall_notice"
MARGIN = timedelta(minutes=10)  # between our clock and Slack's
PAGE = 200
MOST_PAGES = 10
MOST_THREADS = 20
_IN_THREADS = set(Transition) - {
    Transition.OPENED,
    Transition.ASKED,
    Transition.BACKLOG,
    Transition.OURSELVES,
    Transition.DIGEST,
    Transition.DAILY,
    Transition.NUDGED,
}

Found = Mapping[str, Any]


def find_notice(api: SlackApi, notice: Notice, root: Receipt | None) -> Receipt | None:
    """Return where the notice stands, or None.

    With ``root`` its thread is read first; without, where the notice may be a reply, every thread
    of ours that has a reply since. Raises ``DeliveryFailed``: permanent and not disabling the sink
    where the scope is missing, the app is no member of the channel, or there is too much to read.
    """
    try:
        return _find(api, notice, root)
    except SlackRefused as refused:
        lasting = refused.code in AUTH_CODES - {"missing_scope", "no_permission"}
        if not refused.permanent or lasting:
            raise
        raise DeliveryFailed(f"{refused}; cannot look the notice up", permanent=True) from None


def _find(api: SlackApi, notice: Notice, root: Receipt | None) -> Receipt | None:
    channel = notice.target if root is None else root.data.get("channel", notice.target)
    since = (notice.created - MARGIN).timestamp()
    if root is not None:
        found = _find_reply(api, notice.key, channel, root.data["ts"], since)
        if found is not None:
            return found
    threads: list[str] = []
    reaches = since if root is not None else _find_earliest(notice, since)
    for message in _read_pages(api, "conversations.history", {"channel": channel}, reaches):
        if _read_key(message) == notice.key:
            return _make_receipt(notice.key, channel, message)
        if _is_ours(message) and _read_s(message.get("latest_reply")) >= since:
            threads.append(str(message.get("ts", "")))
    if root is not None or notice.transition not in _IN_THREADS:
        return None
    if len(threads) > MOST_THREADS:
        raise _say_too_much(f"{len(threads)} threads")
    replies = (_find_reply(api, notice.key, channel, ts, since) for ts in threads)
    return next((found for found in replies if found is not None), None)


def _find_earliest(notice: Notice, since: float) -> float:
    """Return from when on the root of the notice's thread may have been posted."""
    if notice.transition not in _IN_THREADS or not notice.blockers:
        return since
    opened = min(blocker.opened for blocker in notice.blockers)
    return min(since, (opened - MARGIN).timestamp())


def _find_reply(api: SlackApi, key: str, channel: str, ts: str, since: float) -> Receipt | None:
    where = {"channel": channel, "ts": ts}
    try:
        for message in _read_pages(api, "conversations.replies", where, since):
            if _read_key(message) == key:
                return _make_receipt(key, channel, message)
    except SlackRefused as refused:
        if refused.code != "thread_not_found":
            raise
    return None


def _read_pages(
    api: SlackApi, method: str, where: Mapping[str, str], since: float
) -> Iterator[Found]:
    cursor = ""
    for _ in range(MOST_PAGES):
        arguments = {
            **where,
            "limit": str(PAGE),
            "oldest": f"{since:.6f}",
            "inclusive": "1",
            "include_all_metadata": "1",
        }
        answer = api.call(method, {**arguments, "cursor": cursor} if cursor else arguments)
        messages = answer.data.get("messages")
        if isinstance(messages, list):
            yield from (one for one in messages if isinstance(one, dict))
        further = answer.data.get("response_metadata")
        cursor = str(further.get("next_cursor") or "") if isinstance(further, dict) else ""
        if not cursor:
            return
    raise _say_too_much(f"{MOST_PAGES} pages of {PAGE} messages")


def _say_too_much(what: str) -> DeliveryFailed:
    return DeliveryFailed(
        f"Slack: the notice is not among the newest {what}; cannot look it up", permanent=True
    )


def _is_ours(message: Found) -> bool:
    metadata = message.get("metadata")
    return isinstance(metadata, dict) and metadata.get("event_type") == EVENT_TYPE


def _read_key(message: Found) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    key = payload.get("key") if isinstance(payload, dict) else None
    return key if isinstance(key, str) else None


def _make_receipt(key: str, channel: str, message: Found) -> Receipt:
    data = {"channel": channel, "ts": str(message.get("ts", "")), "key": key}
    thread = message.get("thread_ts")
    if isinstance(thread, str) and thread != data["ts"]:
        data["thread_ts"] = thread
    return Receipt("slack", data)


def _read_s(value: object) -> float:
    try:
        return float(value) if isinstance(value, str) else 0.0
    except ValueError:
        return 0.0
