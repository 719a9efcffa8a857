"""The dead-man's switch elsewhere: a ping after each healthy tick."""

from __future__ import annotations

import logging

import httpx

from rollcall.errors import DeliveryFailed
from rollcall.notify.calls import Calls, NotAnswered

TIMEOUT_S = 10.0
CALLS = Calls(2 * TIMEOUT_S)

# httpx logs every URL at INFO, and a heartbeat's URL is its secret.
logging.getLogger("httpx").setLevel(logging.WARNING)


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
