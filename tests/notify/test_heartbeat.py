from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest

from rollcall.errors import DeliveryFailed
from rollcall.notify.heartbeat import ping

URL = "https://user:pass@beat.example/ping/5e5510-secret?key=hidden"


def answering(status: int, seen: list[httpx.Request] | None = None) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status)

    return httpx.Client(transport=httpx.MockTransport(answer))


def failing(make_error: Callable[[str], Exception]) -> httpx.Client:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise make_error(f"cannot reach {URL}")

    return httpx.Client(transport=httpx.MockTransport(fail))


def test_it_calls_the_url_once() -> None:
    seen: list[httpx.Request] = []
    with answering(200, seen) as client:
        ping(URL, client)

    (request,) = seen
    assert (request.method, request.url) == ("GET", httpx.URL(URL))


@pytest.mark.parametrize(
    ("status", "permanent"), [(302, False), (404, True), (410, True), (429, False), (500, False)]
)
def test_any_other_answer_than_success_is_a_failure(status: int, permanent: bool) -> None:
    with answering(status) as client, pytest.raises(DeliveryFailed) as caught:
        ping(URL, client)

    assert str(caught.value) == f"heartbeat to https://beat.example: HTTP {status}"
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout])
def test_a_broken_line_is_a_failure_that_names_the_host_only(
    error: Callable[[str], Exception],
) -> None:
    with failing(error) as client, pytest.raises(DeliveryFailed) as caught:
        ping(URL, client)

    assert str(caught.value) == f"heartbeat to https://beat.example: {error('').__class__.__name__}"
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "url", ["", "beat.example/5e5510", "file:///etc/5e5510", "https://beat.example:5e5510/"]
)
def test_what_is_no_url_is_refused_for_good_and_not_shown(url: str) -> None:
    with pytest.raises(DeliveryFailed, match="the URL cannot be used") as caught:
        ping(url)

    assert caught.value.permanent
    assert "5e5510" not in str(caught.value)


def test_the_secret_url_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), answering(200) as client:
        ping(URL, client)

    assert "secret" not in caplog.text
