"""The one door to Slack's Web API: slack-sdk's client, without its retries, loggers and surprises."""

from __future__ import annotations

import http.client
import logging
import re
import urllib.error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from rollcall.errors import ConfigurationError, DeliveryFailed
from rollcall.notify.slack_errors import refuse

# slack-sdk logs failures with texts in which a token can stand; ours say all that is needed.
_SDK_LOG = logging.getLogger("rollcall.notify.slack_sdk")
_SDK_LOG.setLevel(logging.CRITICAL)

# A reply that was cut off, or is no JSON object, surfaces from the SDK as one of these.
_LOST_REPLY = (OSError, http.client.HTTPException)
_GARBLED_REPLY = (ValueError, LookupError, AttributeError, TypeError, SlackClientError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack answered with ``ok``: the JSON object and the headers, their names in lower case."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return a text field, empty where it is missing or something else."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""


class SlackApi:
    """Call methods by their names; neither its ``repr`` nor any error shows the token."""

    def __init__(self, token: str, *, base_url: str, timeout_s: float) -> None:
        """Take the token; raises ``ConfigurationError`` for what can be none, or no URL."""
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigurationError(
                "Slack: the token is empty or has spaces or characters that no token has; "
                "expected one that begins with xoxb-"
            )
        if not re.match(r"https?://[^/\s]", base_url):
            raise ConfigurationError(f'Slack: base_url must begin with https://, got "{base_url}"')
        self._base_url = base_url
        self._client = WebClient(
            token=token,
            base_url=base_url,
            timeout=timeout_s,  # type: ignore[arg-type]  # urllib takes a fraction of a second too
            logger=_SDK_LOG,
            retry_handlers=[],
        )
        # The SDK reads HTTPS_PROXY but not NO_PROXY; without its own proxy, urllib reads both.
        self._client.proxy = None

    def __repr__(self) -> str:
        return f"SlackApi({self._base_url!r})"

    def call(self, method: str, arguments: Mapping[str, Any]) -> Answer:
        """Call a method once; raises ``DeliveryFailed``, as ``SlackRefused`` where Slack answered.

        Reading methods take their arguments as a form, writing ones as JSON.
        """
        sends = method.startswith("chat.")
        posts = method == "chat.postMessage"
        try:
            response = (
                self._client.api_call(method, json=dict(arguments))
                if sends
                else self._client.api_call(method, params=dict(arguments))
            )
        except SlackApiError as error:
            reply = error.response
            raise refuse(method, reply.status_code, reply.data, reply.headers) from None
        except urllib.error.URLError as error:
            # Raised while connecting or sending: the request never stood whole at the other end.
            reason = error.reason if isinstance(error.reason, str) else type(error.reason).__name__
            raise DeliveryFailed(f"Slack {method}: cannot reach Slack ({reason})") from None
        except _LOST_REPLY as error:
            words = f"Slack {method}: no answer came ({type(error).__name__})"
            raise DeliveryFailed(words, perhaps_sent=posts) from None
        except _GARBLED_REPLY as error:
            words = f"Slack {method}: the answer cannot be read ({type(error).__name__})"
            raise DeliveryFailed(words, perhaps_sent=posts) from None
        return _read(method, response.data, response.headers, posts=posts)


def _read(method: str, data: object, headers: Mapping[str, str], *, posts: bool) -> Answer:
    if not isinstance(data, dict):
        raise DeliveryFailed(f"Slack {method}: the answer is no JSON object", perhaps_sent=posts)
    return Answer(data, {name.lower(): value for name, value in headers.items()})
