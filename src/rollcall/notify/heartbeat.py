"""The dead-man's switch elsewhere: a ping after each healthy tick."""

from __future__ import annotations

import logging

import httpx

from rollcall.errors import DeliveryFailed
from rollcall.notify.calls import Calling, Calls, NotAnswered
from rollcall.under_way import UnderWay

TIMEOUT_S = 10.0
CALLS = Calls(2 * TIMEOUT_S)
_log = logging.getLogger("rollcall")

# httpx logs every URL at INFO, and a heartbeat's URL is its secret.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Heartbeat:
    """Pings the switch, one ping at a time; used by one thread, which it holds up for a moment only."""

    def __init__(self, moment_s: float = 2.0) -> None:
        """Ping nobody yet."""
        self._under_way = UnderWay(3 * TIMEOUT_S, moment_s)

    def beat(self, url: str) -> None:
        """Ping ``url``, unless it has not answered the last ping yet; a failure is logged."""
        self._under_way.land()
        if not self._under_way.names:
            self._under_way.begin("heartbeat", lambda: ping(url), _note_failure)


def _note_failure(calling: Calling[None]) -> None:
    try:
        calling.result()
    except DeliveryFailed as failure:
        _log.warning("the heartbeat was not taken: %s", failure)


def ping(url: str, client: httpx.Client | None = None) -> None:
    """Send one GET to ``url`` and expect a 2xx answer.

    Raises ``DeliveryFailed``, whose text names the host only: path and query may be the secret. It
    is ``permanent`` where the URL cannot be used at all or the switch is unknown (404, 410).
    """
    try:
        place = _say_place(httpx.URL(url))
        response = CALLS.make("the switch", lambda: (client or httpx).get(url, timeout=TIMEOUT_S))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise DeliveryFailed(
            "heartbeat: the URL cannot be used; expected one such as https://host/path",
            permanent=True,
        ) from None
    except httpx.HTTPError as error:
        raise DeliveryFailed(f"heartbeat to {place}: {type(error).__name__}") from None
    except NotAnswered as error:
        raise DeliveryFailed(f"heartbeat to {place}: {error}") from None
    if not response.is_success:
        raise DeliveryFailed(
            f"heartbeat to {place}: HTTP {response.status_code}",
            permanent=response.status_code in {404, 410},
        )


def _say_place(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.host}"
