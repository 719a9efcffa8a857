"""The Slack sink: new messages for what people must notice, and one root kept at the present state.

An edited message notifies nobody. So an opening is a new message, the root; higher levels and the
closing are replies in its thread; and ``refresh`` edits the root. Every message bears its notice's
key in its metadata, by which it is found after a crash or a lost reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.slack_api import Answer, SlackApi
from rollcall.notify.slack_blocks import SlackMessage, own_message, reply_message, root_message
from rollcall.notify.slack_errors import BLOCK_CODES, EDIT_CODES, THREAD_CODES, SlackRefused
from rollcall.notify.slack_find import EVENT_TYPE, find_notice

BASE_URL = "https://slack.com/api/"
TIMEOUT_S = 10
# Told where there is no message about the blocker yet, these become its first.
_BECOME_ROOTS = frozenset(
    {Transition.ESCALATED, Transition.REPEATED, Transition.RELEASED, Transition.UNSNOOZED}
)
HISTORY_SCOPES = frozenset({"channels:history", "groups:history"})


@dataclass(frozen=True, slots=True)
class SlackCheck:
    """What Slack says about the token: the team and bot, the scopes that are missing, an error."""

    team: str = ""
    bot_user: str = ""
    missing_scopes: tuple[str, ...] = ()
    error: str | None = None


class SlackSink:
    """Tell a Slack channel (``notice.target``); the token is shown nowhere."""

    name = "slack"

    def __init__(
        self,
        token: str,
        *,
        base_url: str = BASE_URL,
        timeout_s: float = TIMEOUT_S,
        buttons: bool = False,
    ) -> None:
        """Make the client, which calls nothing yet; raises ``ConfigurationError`` for a bad token or URL.

        ``buttons`` draws them, for where somebody listens to clicks.
        """
        self._buttons = buttons
        self._api = SlackApi(token, base_url=base_url, timeout_s=timeout_s)

    def __repr__(self) -> str:
        return f"SlackSink({self._api!r})"

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Post one message: the root, a reply in its thread, or a message of its own."""
        if notice.transition is Transition.NUDGED:
            raise DeliveryFailed("Slack: a nudge goes to the agent's inbox only", permanent=True)
        root = _in_channel(notice, root)
        if root is not None:
            try:
                return self._post(notice, reply_message(notice), _in_thread(notice, root))
            except SlackRefused as refused:
                if refused.code not in THREAD_CODES:
                    raise
        opens = notice.transition is Transition.OPENED and bool(notice.blockers)
        draw = self._buttons
        message = (
            root_message(notice, news=True, buttons=draw)
            if opens
            else own_message(notice, buttons=draw and notice.transition in _BECOME_ROOTS)
        )
        return self._post(notice, message, {"channel": notice.target})

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Look the notice up by its key, in the thread of ``root`` where that is known."""
        return find_notice(self._api, notice, _in_channel(notice, root))

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Edit the root; where it is gone or closed to edits, post it anew and return the receipt."""
        notice = replace(notice, key=root.data.get("key", notice.key))
        try:
            self._edit(notice, root)
        except SlackRefused as refused:
            if refused.code not in EDIT_CODES:
                raise
            return self._post_anew(notice, root)
        return None

    def check(self, channel: str | None = None) -> SlackCheck:
        """Ask Slack who we are and what we may do; with ``channel`` also whether we can read it.

        Never raises for what Slack or the network says: ``error`` tells it.
        """
        try:
            answer = self._api.call("auth.test", {})
        except DeliveryFailed as failed:
            return SlackCheck(error=str(failed))
        missing = _find_missing(answer.headers.get("x-oauth-scopes"))
        error = None
        if channel is not None and not missing:
            missing, error = self._check_channel(channel)
        return SlackCheck(answer.text("team"), answer.text("user"), missing, error)

    def close(self) -> None:
        """Do nothing: every call has its own connection."""

    def _edit(self, notice: Notice, root: Receipt) -> None:
        place = {"channel": root.data["channel"], "ts": root.data["ts"]}
        message = root_message(notice, news=False, buttons=self._buttons)
        self._send("chat.update", notice.key, message, place)

    def _post_anew(self, notice: Notice, root: Receipt) -> Receipt:
        # The answer to an earlier attempt may have been lost: what it posted is not posted again.
        try:
            found = find_notice(self._api, notice, None)
        except DeliveryFailed as failed:
            if not failed.permanent or failed.disables_sink:
                raise
            found = None
        if found is not None and found.data["ts"] != root.data["ts"]:
            self._edit(notice, found)
            return found
        message = root_message(notice, news=False, buttons=self._buttons)
        return self._post(notice, message, {"channel": root.data["channel"]})

    def _check_channel(self, channel: str) -> tuple[tuple[str, ...], str | None]:
        try:
            self._api.call("conversations.history", {"channel": channel, "limit": "1"})
        except SlackRefused as refused:
            if refused.code == "missing_scope":
                return (refused.needed or "channels:history or groups:history",), None
            return (), str(refused)
        except DeliveryFailed as failed:
            return (), str(failed)
        return (), None

    def _post(self, notice: Notice, message: SlackMessage, place: Mapping[str, Any]) -> Receipt:
        answer = self._send("chat.postMessage", notice.key, message, place)
        channel, ts = answer.text("channel") or str(place["channel"]), answer.text("ts")
        if not ts:
            raise DeliveryFailed("Slack chat.postMessage: no ts in the answer", perhaps_sent=True)
        data = {"channel": channel, "ts": ts, "key": notice.key}
        if "thread_ts" in place:
            data["thread_ts"] = str(place["thread_ts"])
        return Receipt(self.name, data)

    def _send(
        self, method: str, key: str, message: SlackMessage, place: Mapping[str, Any]
    ) -> Answer:
        arguments: dict[str, Any] = {
            **place,
            "text": message.text,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        }
        if method == "chat.postMessage":
            arguments |= {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}
        try:
            return self._api.call(method, {**arguments, "blocks": list(message.blocks)})
        except SlackRefused as refused:
            if refused.code not in BLOCK_CODES:
                raise
        # Told in plain text is better than not told.
        return self._api.call(method, arguments)


def _in_channel(notice: Notice, root: Receipt | None) -> Receipt | None:
    """Return the root, None where it stands in a channel that was told before the settings changed."""
    elsewhere = root is not None and root.data.get("channel", notice.target) != notice.target
    return None if elsewhere else root


def _in_thread(notice: Notice, root: Receipt) -> dict[str, Any]:
    thread = root.data.get("thread_ts", root.data["ts"])
    place: dict[str, Any] = {"channel": root.data["channel"], "thread_ts": thread}
    return {**place, "reply_broadcast": True} if notice.broadcast else place


def _find_missing(granted: str | None) -> tuple[str, ...]:
    if granted is None:
        return ()
    scopes = {scope.strip() for scope in granted.split(",")}
    missing = [] if "chat:write" in scopes else ["chat:write"]
    if not scopes & HISTORY_SCOPES:
        missing.append("channels:history")
    return tuple(missing)
