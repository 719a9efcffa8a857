"""The Slack sink: new messages for what people must notice, and one root kept at the present state.

An edited message notifies nobody. So an opening is a new message, the root; higher levels and the
closing are replies in its thread; and ``refresh`` edits the root. Every message bears its notice's
key in its metadata, by which it is found after a crash or a lost reply.

No method writes to Slack more than once, so that whoever asks counts every message: where Slack
refuses one way of telling, that is remembered and said (``has_another_way``), and the next asking
takes the other. What is forgotten with the process is only that: it is refused once more.
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
from rollcall.notify.slack_ways import SlackWays

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
        self._ways = SlackWays()
        self._api = SlackApi(token, base_url=base_url, timeout_s=timeout_s)

    def __repr__(self) -> str:
        return f"SlackSink({self._api!r})"

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Post one message: the root, a reply in its thread, or a message of its own."""
        if notice.transition is Transition.NUDGED:
            raise DeliveryFailed("Slack: a nudge goes to the agent's inbox only", permanent=True)
        root = _in_channel(notice, root)
        if root is None or self._ways.is_thread_lost(root):
            place = {"channel": notice.target}
            return _in_place_of(root, self._post(notice.key, self._say_alone(notice), place))
        try:
            return self._post(notice.key, reply_message(notice), _in_thread(notice, root))
        except SlackRefused as refused:
            if refused.code not in THREAD_CODES:
                raise
            raise self._ways.lose_thread(root, refused) from None

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Look the notice up by its key, in the thread of ``root`` where that is known."""
        root = _in_channel(notice, root)
        found = find_notice(self._api, notice, root)
        return found if found is None else _in_place_of(root, found)

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Edit the root; where it is gone or closed to edits, post it anew and return the receipt."""
        notice = replace(notice, key=root.data.get("key", notice.key))
        if self._ways.is_closed(root):
            return self._post_anew(notice, root)
        try:
            self._edit(notice, root)
        except SlackRefused as refused:
            if refused.code not in EDIT_CODES:
                raise
            raise self._ways.close_root(root, refused) from None
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

    def _say_alone(self, notice: Notice) -> SlackMessage:
        if notice.transition is Transition.OPENED and notice.blockers:
            return root_message(notice, news=True, buttons=self._buttons)
        buttons = self._buttons and notice.transition in _BECOME_ROOTS
        return own_message(notice, buttons=buttons)

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
        if found is not None and not self._ways.is_closed(found):
            self._edit(notice, found)
            return found
        message = root_message(notice, news=False, buttons=self._buttons)
        return self._post(notice.key, message, {"channel": root.data["channel"]})

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

    def _post(self, key: str, message: SlackMessage, place: Mapping[str, Any]) -> Receipt:
        answer = self._send("chat.postMessage", key, message, place)
        channel, ts = answer.text("channel") or str(place["channel"]), answer.text("ts")
        if not ts:
            raise DeliveryFailed("Slack chat.postMessage: no ts in the answer", perhaps_sent=True)
        data = {"channel": channel, "ts": ts, "key": key}
        if "thread_ts" in place:
            data["thread_ts"] = str(place["thread_ts"])
        return Receipt(self.name, data)

    def _send(
        self, method: str, key: str, message: SlackMessage, place: Mapping[str, Any]
    ) -> Answer:
        is_plain = self._ways.is_plain(key)
        arguments: dict[str, Any] = {
            **place,
            "text": message.text,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        }
        if not is_plain or method == "chat.update":
            # An edit that has none leaves those that stand.
            arguments["blocks"] = [] if is_plain else list(message.blocks)
        if method == "chat.postMessage":
            arguments |= {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}
        try:
            answer = self._api.call(method, arguments)
        except SlackRefused as refused:
            if is_plain or refused.code not in BLOCK_CODES:
                raise
            # Told in plain text is better than not told.
            raise self._ways.leave_out_blocks(key, refused) from None
        self._ways.settle(key)
        return answer


def _in_channel(notice: Notice, root: Receipt | None) -> Receipt | None:
    """Return the root, None where it stands in a channel that was told before the settings changed."""
    elsewhere = root is not None and root.data.get("channel", notice.target) != notice.target
    return None if elsewhere else root


def _in_place_of(root: Receipt | None, receipt: Receipt) -> Receipt:
    """Note in the receipt of what belonged under a root and stands alone which root it replaces."""
    if root is None or "thread_ts" in receipt.data:
        return receipt
    return Receipt(receipt.sink, {**receipt.data, "instead_of": root.data["ts"]})


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
