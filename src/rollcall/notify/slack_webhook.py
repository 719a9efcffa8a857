"""Slack by an incoming webhook alone: it posts to one channel, and can neither reply nor edit.

So an opening is a message, a closing one line, and no message shows the present state later. Slack
answers with a status and a word, not with JSON, and tells no place of what was posted: nothing can
be looked up. Source: Slack's "Sending messages using incoming webhooks".
"""

from __future__ import annotations

import http.client
import json
import logging
import re
import urllib.error
from http import HTTPStatus
from urllib.parse import urlsplit

from slack_sdk.webhook import WebhookClient

from rollcall.errors import ConfigurationError, DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.slack_blocks import line_message, own_message, root_message
from rollcall.notify.slack_errors import BLOCK_CODES, WAIT_WITHOUT_HEADER_S
from rollcall.notify.slack_ways import SlackWays

TIMEOUT_S = 10
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_WORD = re.compile(r"[a-z][a-z_]{2,60}")
# The address is no good any more: nothing gets through until a person changes it.
_OFF_WORDS = frozenset(
    {
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_team",
        "posting_to_general_channel_denied",
        "team_disabled",
        "user_not_found",
    }
)
_ONE_LINE = frozenset(
    {Transition.CLOSED, Transition.ACKNOWLEDGED, Transition.SNOOZED, Transition.CHANGED}
)
_SDK_LOG = logging.getLogger("rollcall.notify.slack_sdk")


class _BlocksRefused(DeliveryFailed):
    """Slack takes the message, but not its blocks."""


class SlackWebhookSink:
    """Post to the channel that the webhook is for; its address is a secret and shown nowhere."""

    name = "slack"

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Take the address, calling nothing; raises ``ConfigurationError`` for what can be none."""
        url = urlsplit(address)
        safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)
        if not safe or not url.hostname or not address.isascii() or " " in address:
            raise ConfigurationError(
                "Slack: the incoming webhook's address must begin with https:// (not shown here)"
            )
        self._ways = SlackWays()
        self._client = WebhookClient(
            address,
            timeout=timeout_s,  # type: ignore[arg-type]  # urllib takes a fraction of a second too
            logger=_SDK_LOG,
            retry_handlers=[],
        )
        # As for the Web API: urllib's own handling reads NO_PROXY too.
        self._client.proxy = None

    def __repr__(self) -> str:
        return "SlackWebhookSink()"

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Post one message."""
        del root  # a webhook tells no place to reply to
        if notice.transition is Transition.NUDGED:
            raise DeliveryFailed("Slack: a nudge goes to the agent's inbox only", permanent=True)
        if notice.transition is Transition.OPENED and notice.blockers:
            message = root_message(notice, news=True)
        elif notice.transition in _ONE_LINE:
            message = line_message(notice)
        else:
            message = own_message(notice)
        body = {"text": message.text, "unfurl_links": False, "unfurl_media": False}
        is_plain = self._ways.is_plain(notice.key)
        try:
            self._post(body if is_plain else {**body, "blocks": list(message.blocks)})
        except _BlocksRefused as refused:
            if is_plain:
                raise
            raise self._ways.leave_out_blocks(notice.key, refused) from None
        self._ways.settle(notice.key)
        return Receipt(self.name, {"key": notice.key})

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Say that it cannot be looked up here: it is sent again, marked as perhaps repeated."""
        del notice, root
        words = "Slack's incoming webhook: what was sent cannot be looked up"
        raise DeliveryFailed(words, permanent=True)

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Do nothing: what was posted stays as it is."""
        del notice, root
        return None

    def close(self) -> None:
        """Do nothing: every call has its own connection."""

    def _post(self, body: dict[str, object]) -> None:
        try:
            answer = self._client.send_dict(json.loads(json.dumps(body)))
        except urllib.error.URLError as error:
            reason = error.reason if isinstance(error.reason, str) else type(error.reason).__name__
            words = f"Slack's incoming webhook cannot be reached ({reason})"
            raise DeliveryFailed(words) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            words = f"Slack's incoming webhook: no answer came ({type(error).__name__})"
            raise DeliveryFailed(words, perhaps_sent=True) from None
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        _check(answer.status_code, str(answer.body or ""), headers.get("retry-after", ""))


def _check(status: int, body: str, retry_after: str) -> None:
    word = body.strip()
    word = word if _WORD.fullmatch(word) else ""
    if status == HTTPStatus.OK and body.strip() == "ok":
        return
    said = f"Slack's incoming webhook: HTTP {status}, {word or 'an answer that is none of its own'}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        digits = retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 8
        wait_s = float(retry_after) if digits else WAIT_WITHOUT_HEADER_S
        raise DeliveryFailed(said, retry_after_s=wait_s)
    if status == HTTPStatus.OK or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise DeliveryFailed(said, perhaps_sent=True)
    if word in BLOCK_CODES:
        raise _BlocksRefused(said, permanent=True)
    gone = word in _OFF_WORDS or status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    raise DeliveryFailed(said, permanent=True, disables_sink=gone or status == HTTPStatus.FORBIDDEN)
