"""The door through which sinks post: which addresses, what each answer means, nothing shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from rollcall.clock import ManualClock
from rollcall.errors import DeliveryFailed
from rollcall.notify.addresses import is_public
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.http_door import HttpDoor, find_problem, read_wait_s
from rollcall.notify.loopback import Answer

NOW = datetime(2026, 2, 7, 14, 5, tzinfo=UTC)
SECRET = "not-for-the-log"


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    with FakeReceiver(f"/hook/{SECRET}") as running:
        yield running


def make_door(
    url: str, *addresses: str, allow_private: bool = True, timeout_s: float = 5
) -> HttpDoor:
    def find_addresses(_host: str, _port: int) -> Sequence[str]:
        return addresses or ("127.0.0.1",)

    return HttpDoor(
        url,
        title="Webhook",
        clock=ManualClock(NOW),
        allow_private=allow_private,
        timeout_s=timeout_s,
        find_addresses=find_addresses,
    )


def post(door: HttpDoor) -> DeliveryFailed | None:
    """Post and return what went wrong, which shows neither the address nor a secret."""
    failed: DeliveryFailed | None = None
    try:
        door.post(b"{}", {"content-type": "application/json"})
    except DeliveryFailed as failure:
        failed = failure
    door.close()
    said = f"{failed} {failed and failed.__cause__} {door!r}"
    assert SECRET not in said
    assert "127.0.0.1" not in said
    return failed


def facts(failure: DeliveryFailed | None) -> tuple[str, bool, bool, bool, float | None]:
    assert failure is not None
    return (
        str(failure),
        failure.permanent,
        failure.disables_sink,
        failure.perhaps_sent,
        failure.retry_after_s,
    )


def test_a_post_arrives_whole_with_its_host_and_headers(receiver: FakeReceiver) -> None:
    url = receiver.url.replace("127.0.0.1", "hooks.example")

    assert post(make_door(url)) is None

    [received] = receiver.received
    assert (received.path, received.body) == (f"/hook/{SECRET}", b"{}")
    assert received.headers["host"] == f"hooks.example:{receiver.port}"
    assert received.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(400), ("Webhook: HTTP 400", True, False, False, None)),
        (Answer(401), ("Webhook: HTTP 401", True, True, False, None)),
        (Answer(404), ("Webhook: HTTP 404", True, True, False, None)),
        (Answer(408), ("Webhook: HTTP 408", False, False, False, None)),
        (Answer(410), ("Webhook: HTTP 410", True, True, False, None)),
        (Answer(422), ("Webhook: HTTP 422", True, False, False, None)),
        (Answer(429), ("Webhook: HTTP 429", False, False, False, None)),
        (
            Answer(429, (("Retry-After", "7"),)),
            ("Webhook: HTTP 429", False, False, False, 7.0),
        ),
        (Answer(500), ("Webhook: HTTP 500", False, False, True, None)),
        (
            Answer(503, (("Retry-After", "Sat, 07 Feb 2026 14:06:00 GMT"),)),
            ("Webhook: HTTP 503", False, False, True, 60.0),
        ),
        (
            Answer(drops=True),
            ("Webhook: no answer came (RemoteProtocolError)", False, False, True, None),
        ),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Answer) else "",
)
def test_each_answer_is_temporary_or_for_good(
    receiver: FakeReceiver, answer: Answer, expected: tuple[object, ...]
) -> None:
    receiver.answer_next(answer)
    assert facts(post(make_door(receiver.url))) == expected


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(receiver: FakeReceiver, status: int) -> None:
    receiver.answer_next(Answer(status, (("Location", receiver.url),)))
    words = f"Webhook: HTTP {status}, a redirect, which is not followed"
    assert facts(post(make_door(receiver.url))) == (words, True, True, False, None)
    assert len(receiver.received) == 1


def test_an_answer_that_never_comes_was_perhaps_taken(receiver: FakeReceiver) -> None:
    receiver.answer_next(Answer(stalls=True))
    words = "Webhook: no answer came (ReadTimeout)"
    door = make_door(receiver.url, timeout_s=0.1)
    assert facts(post(door)) == (words, False, False, True, None)


@pytest.mark.timeout(10)
def test_an_answer_without_an_end_is_not_read(receiver: FakeReceiver) -> None:
    receiver.answer_next(Answer(200, huge=True))
    assert post(make_door(receiver.url)) is None


def test_nobody_there_is_temporary_and_nothing_was_sent() -> None:
    with FakeReceiver() as gone:
        url = gone.url
    words = "Webhook: cannot be reached (ConnectError)"
    assert facts(post(make_door(url))) == (words, False, False, False, None)


def test_the_next_address_of_a_host_is_tried_where_nobody_is_at_the_first(
    receiver: FakeReceiver,
) -> None:
    assert post(make_door(receiver.url, "127.0.0.2", "127.0.0.1")) is None
    assert len(receiver.received) == 1


def test_a_name_that_cannot_be_resolved_is_temporary() -> None:
    door = HttpDoor(
        "https://no-such-host.invalid/",
        title="Webhook",
        clock=ManualClock(NOW),
        allow_private=False,
    )
    words = "Webhook: its host's name cannot be resolved (gaierror)"
    assert facts(post(door)) == (words, False, False, False, None)


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("10.1.2.3",), ("203.0.113.9", "8.8.8.8"), ("8.8.8.8", "::1")]
)
def test_a_private_address_is_called_by_nobody(
    receiver: FakeReceiver, addresses: tuple[str, ...]
) -> None:
    failure = post(make_door(receiver.url, *addresses, allow_private=False))
    assert failure is not None
    assert (failure.permanent, failure.disables_sink) == (True, True)
    assert "private, loopback or link-local" in str(failure)
    assert receiver.received == []


def test_a_name_is_judged_by_what_it_means_when_it_is_called(receiver: FakeReceiver) -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["8.8.8.8"] if len(asked) > 1 else ["127.0.0.1"]

    url = receiver.url.replace("127.0.0.1", "hooks.example")
    door = HttpDoor(
        url, title="Webhook", clock=ManualClock(NOW), allow_private=False, find_addresses=rebinding
    )
    failure = post(door)
    assert failure is not None
    assert failure.permanent
    assert (asked, receiver.received) == (["hooks.example"], [])


def test_no_proxy_is_asked(receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert post(make_door(receiver.url)) is None


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"),
    ],
)
def test_addresses_of_ones_own_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no address"),
        ("hooks.example/x", "no address"),
        ("ftp://hooks.example/x", "no address"),
        ("https://", "no address"),
        ("http://hooks.example/x", "not https"),
        ("https://[::1", "no address"),
    ],
)
def test_what_is_no_address_is_said_without_being_shown(url: str, words: str) -> None:
    said = find_problem(url, allow_private=False)
    assert said is not None
    assert said.startswith(words)
    assert "hooks.example" not in said


def test_http_is_for_ones_own_network() -> None:
    assert find_problem("http://alertmanager:9093", allow_private=True) is None
    assert find_problem("https://hooks.example/x", allow_private=False) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", None),
        ("0", 1.0),
        ("90", 90.0),
        ("99999", 3600.0),
        ("9" * 400, 3600.0),
        ("soon", None),
        ("Sat, 07 Feb 2026 14:05:30 GMT", 30.0),
        ("Sat, 07 Feb 2026 13:00:00 GMT", 1.0),
    ],
)
def test_what_is_asked_for_is_waited_for_at_most_an_hour(value: str, seconds: float | None) -> None:
    assert read_wait_s({"retry-after": value}, NOW) == seconds
