"""The webhook: each notice posted as JSON to an address of somebody's choice, signed.

The headers and the signature are those of Standard Webhooks 1.0 (github.com/standard-webhooks), so
its libraries verify them: HMAC-SHA256 over ``<id>.<timestamp>.<body>``, in base64. The id is the
notice's key: a receiver that remembers ids hears each notice once, however often it is sent.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Self
from urllib.parse import quote

from pydantic import Field, StrictBool

from rollcall.clock import Clock
from rollcall.config.fields import Variable
from rollcall.config.table import Table
from rollcall.model import Notice, Receipt
from rollcall.notify.added_sink import AddedSink, Surroundings
from rollcall.notify.as_json import notice_json
from rollcall.notify.http_door import HttpDoor, find_problem

_SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, as Standard Webhooks writes secrets


class WebhookSettings(Table):
    """A webhook: each notice is posted as JSON, signed; off until its address is in the environment."""

    url_env: Variable = Field(
        default="ROLLCALL_WEBHOOK_URL",
        description="The environment variable with the address to post to.",
    )
    secret_env: Variable = Field(
        default="ROLLCALL_WEBHOOK_SECRET",
        description="The environment variable with the secret that signs; unsigned where it is empty.",
    )
    allow_private: StrictBool = Field(
        default=False,
        description="Whether the address may be of this machine or of a private network, and http.",
    )


class WebhookSink(AddedSink):
    """Posts each notice as JSON; neither its ``repr`` nor any error shows the address or the secret."""

    name = "webhook"
    title = "Webhook"
    Settings = WebhookSettings

    @classmethod
    def why_off(cls, settings: WebhookSettings, environ: Mapping[str, str]) -> str | None:
        """Say what is missing, or what is wrong with the address."""
        url = environ.get(settings.url_env, "").strip()
        if not url:
            return f"no {settings.url_env} in the environment"
        problem = find_problem(url, allow_private=settings.allow_private)
        return f"{settings.url_env} is {problem}" if problem else None

    @classmethod
    def remark(cls, settings: WebhookSettings, environ: Mapping[str, str]) -> str | None:
        """Say that what is posted is not signed."""
        if environ.get(settings.secret_env, "").strip():
            return None
        return f"what is posted is not signed: no {settings.secret_env} in the environment"

    @classmethod
    def build(cls, settings: WebhookSettings, surroundings: Surroundings) -> Self:
        """Make the sink from the address and the secret in the environment."""
        environ = surroundings.environ
        door = HttpDoor(
            environ[settings.url_env].strip(),
            title=cls.title,
            clock=surroundings.clock,
            allow_private=settings.allow_private,
        )
        return cls(door, environ.get(settings.secret_env, "").strip(), surroundings.clock)

    def __init__(self, door: HttpDoor, secret: str, clock: Clock) -> None:
        """Take the door; an empty ``secret`` signs nothing."""
        self._door = door
        self._secret = _read_secret(secret)
        self._clock = clock

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Post one notice."""
        del root  # a webhook has no threads
        body = json.dumps(notice_json(notice)).encode("ascii")
        self._door.post(body, self._headers(notice.key, body))
        return Receipt(self.name, {"id": notice.key})

    def close(self) -> None:
        """Close the connection."""
        self._door.close()

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        id_ = quote(key, safe="/-_:")
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "content-type": "application/json",
            "user-agent": "rollcall",
            "webhook-id": id_,
            "webhook-timestamp": timestamp,
        }
        if self._secret:
            signed = b".".join((id_.encode("ascii"), timestamp.encode("ascii"), body))
            digest = hmac.digest(self._secret, signed, hashlib.sha256)
            headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode('ascii')}"
        return headers


def _read_secret(text: str) -> bytes:
    """Return the key: base64 after ``whsec_``, as Standard Webhooks writes it, else the text's bytes."""
    if text.startswith(_SECRET_PREFIX):
        try:
            return base64.b64decode(text.removeprefix(_SECRET_PREFIX), validate=True)
        except binascii.Error:
            pass
    return text.encode()
