"""The one door through which sinks post to an address of somebody's choice.

A name is resolved when it is called, each of its addresses is checked, and the connection goes to
an address that was checked: a name that later means another place (DNS rebinding) leads nowhere.
Hence no proxy is used, and no redirect is followed. The answer's body is never read. No error shows
the address: its path or its password may be the secret.

httpx bounds each operation and not the whole, so that a header sent byte by byte could hold us for
ever. Its maintainers advise to bound a request by what asynchronous libraries have for that, and see
no sane way in a thread (encode/httpx issues 776 and 1450): hence its asynchronous client here.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from rollcall.clock import Clock
from rollcall.errors import DeliveryFailed
from rollcall.notify.addresses import is_public, resolve

TIMEOUT_S = 10.0
TOTAL_S = 30.0
LONGEST_WAIT_S = 3600.0
MOST_ADDRESSES = 4

# Every other notice would fare the same: nobody there, or nobody whom we may speak to.
_WRONG_PLACE = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.GONE,
    }
)
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

# httpx and httpcore log addresses.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def find_problem(url: str, *, allow_private: bool) -> str | None:
    """Say why an address can be used by no sink, without showing it, or None."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "no address; expected one such as https://host/path"
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        return "no address; expected one such as https://host/path"
    if parsed.scheme == "http" and not allow_private:
        return "not https, which only an address of one's own network may be (allow_private)"
    return None


class HttpDoor:
    """Posts to one address; ``title`` begins its errors, ``allow_private`` checks no address.

    ``timeout_s`` is for each operation of a post, ``total_s`` for the whole of it.
    """

    def __init__(
        self,
        url: str,
        *,
        title: str,
        clock: Clock,
        allow_private: bool,
        timeout_s: float = TIMEOUT_S,
        total_s: float | None = None,
        find_addresses: Callable[[str, int], Sequence[str]] = resolve,
    ) -> None:
        """Take an address that ``find_problem`` has nothing against; nobody is called yet."""
        self._url = httpx.URL(url)
        self._title = title
        self._clock = clock
        self._allow_private = allow_private
        self._find_addresses = find_addresses
        self._timeout_s = timeout_s
        self._total_s = TOTAL_S if total_s is None else total_s
        self._tls = httpx.create_ssl_context()

    def __repr__(self) -> str:
        return f"HttpDoor({self._title!r})"

    def post(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Post once and expect a 2xx answer; raises ``DeliveryFailed``."""
        addresses = self._checked_addresses()[:MOST_ADDRESSES]
        status, answered = asyncio.run(self._post_in_time(addresses, body, headers))
        self._judge(status, answered)

    def close(self) -> None:
        """Do nothing: every post has a connection of its own."""

    async def _post_in_time(
        self, addresses: Sequence[str], body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, httpx.Headers]:
        try:
            async with asyncio.timeout(self._total_s):
                return await self._post_to_first(addresses, body, headers)
        except TimeoutError:
            words = f"{self._title}: no whole answer came within {self._total_s:g} s"
            raise DeliveryFailed(words, perhaps_sent=True) from None

    async def _post_to_first(
        self, addresses: Sequence[str], body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, httpx.Headers]:
        """Post to the first address at which somebody is."""
        failure = "it has no address"
        async with httpx.AsyncClient(
            timeout=self._timeout_s, trust_env=False, verify=self._tls
        ) as client:
            for address in addresses:
                try:
                    return await self._post_to(client, address, body, headers)
                except _UNSENT as error:
                    failure = type(error).__name__
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    words = f"{self._title}: no answer came ({type(error).__name__})"
                    raise DeliveryFailed(words, perhaps_sent=True) from None
        raise DeliveryFailed(f"{self._title}: cannot be reached ({failure})")

    def _checked_addresses(self) -> Sequence[str]:
        url = self._url
        try:
            found = self._find_addresses(
                url.host, url.port or (443 if url.scheme == "https" else 80)
            )
        except (OSError, UnicodeError) as error:
            words = f"{self._title}: its host's name cannot be resolved ({type(error).__name__})"
            raise DeliveryFailed(words) from None
        if not self._allow_private and not all(map(is_public, found)):
            raise DeliveryFailed(
                f"{self._title}: its address is of a private, loopback or link-local network; "
                f"set allow_private = true if that is meant",
                permanent=True,
                disables_sink=True,
            )
        return found

    async def _post_to(
        self, client: httpx.AsyncClient, address: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, httpx.Headers]:
        request = client.build_request(
            "POST",
            self._url.copy_with(host=address),
            content=body,
            headers={**headers, "Host": self._url.netloc.decode("ascii")},
            # TLS still asks for the host by its name, and checks the certificate against that.
            extensions={"sni_hostname": self._url.host},
        )
        response = await client.send(request, stream=True)
        await response.aclose()
        return response.status_code, response.headers

    def _judge(self, status: int, headers: httpx.Headers) -> None:
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        redirects = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
        ours = status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _LATER
        followed = ", a redirect, which is not followed" if redirects else ""
        raise DeliveryFailed(
            f"{self._title}: HTTP {status}{followed}",
            permanent=ours,
            disables_sink=redirects or status in _WRONG_PLACE,
            retry_after_s=None if ours else read_wait_s(headers, self._clock.now()),
            perhaps_sent=status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        )


def read_wait_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (RFC 9110: a number or a date), or None.

    At most an hour: what stands in somebody's header does not silence us for a day.
    """
    value = headers.get("retry-after", "").strip()
    try:
        wait_s = float(value) if value.isdigit() else _seconds_until(value, now)
    except (ValueError, OverflowError):
        return None
    return min(max(wait_s, 1.0), LONGEST_WAIT_S) if math.isfinite(wait_s) else LONGEST_WAIT_S


def _seconds_until(value: str, now: datetime) -> float:
    until = parsedate_to_datetime(value)
    aware = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return (aware - now).total_seconds()
