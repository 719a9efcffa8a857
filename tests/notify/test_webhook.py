"""The webhook: what is posted, that it is signed, and that it comes once in practice."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notify.notices import OPENED, make_blocker, make_notice, resolved
from rollcall.clock import ManualClock
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Transition
from rollcall.notify.added_sink import Surroundings
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.loopback import Answer, Received
from rollcall.notify.webhook import WebhookSettings, WebhookSink

SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode()
TOLERANCE = timedelta(minutes=5)


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    with FakeReceiver() as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(OPENED)


def make_sink(receiver: FakeReceiver, clock: ManualClock, secret: str = SECRET) -> WebhookSink:
    environ = {"ROLLCALL_WEBHOOK_URL": receiver.url, "ROLLCALL_WEBHOOK_SECRET": secret}
    settings = WebhookSettings(allow_private=True)
    assert WebhookSink.why_off(settings, environ) is None
    return WebhookSink.build(settings, Surroundings(Path(), environ, clock))


def notice_of(transition: Transition = Transition.OPENED) -> Notice:
    return make_notice(transition, sink="webhook", target="")


def hmac_sha256(key: bytes, text: bytes) -> bytes:
    """Compute an HMAC from its definition (RFC 2104), as nothing of ours does."""
    block = key if len(key) <= 64 else hashlib.sha256(key).digest()
    block = block.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in block) + text).digest()
    return hashlib.sha256(bytes(one ^ 0x5C for one in block) + inner).digest()


def verify(received: Received, secret: str, clock: ManualClock) -> bool:
    """Verify one post as Standard Webhooks tells receivers to."""
    id_, timestamp = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    age = clock.now().timestamp() - int(timestamp)
    if abs(age) > TOLERANCE.total_seconds():
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac_sha256(key, f"{id_}.{timestamp}.".encode() + received.body)
    expected = f"v1,{base64.b64encode(digest).decode()}"
    return expected in received.headers["webhook-signature"].split(" ")


def test_the_notice_is_posted_as_json_with_its_blockers(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    notice = notice_of()

    receipt = make_sink(receiver, clock).deliver(notice, None)

    assert receipt.data == {"id": notice.key}
    [received] = receiver.received
    assert received.headers["content-type"] == "application/json"
    assert json.loads(received.body) == {
        "version": 1,
        "key": notice.key,
        "workspace": "billing-page",
        "kind": "blocker",
        "about": "B-0042",
        "transition": "opened",
        "level": 1,
        "created": "2026-02-07T14:05:00Z",
        "text": notice.text,
        "detail": [],
        "blockers": [
            {
                "id": "B-0042",
                "kind": "missing proof",
                "agent": "mara",
                "level": 1,
                "status": "open",
                "owner": "noor",
                "opened": "2026-02-07T14:05:00Z",
                "closed": None,
                "description": "No proof of work since 2026-02-07 13:54Z (cadence 5 min); "
                "2 updates without.",
                "evidence": ["feedback/mara.md:12"],
            }
        ],
        "perhaps_repeated": False,
    }


def test_a_receiver_can_verify_who_posted(receiver: FakeReceiver, clock: ManualClock) -> None:
    make_sink(receiver, clock).deliver(notice_of(), None)
    [received] = receiver.received
    assert received.headers["webhook-id"] == notice_of().key
    assert received.headers["webhook-timestamp"] == str(int(OPENED.timestamp()))
    assert verify(received, SECRET, clock)
    assert not verify(received, "whsec_" + base64.b64encode(b"another").decode(), clock)


def test_a_changed_body_id_or_time_is_not_ours(receiver: FakeReceiver, clock: ManualClock) -> None:
    make_sink(receiver, clock).deliver(notice_of(), None)
    [received] = receiver.received
    changed = [
        Received(received.path, received.headers, received.body.replace(b"mara", b"noor")),
        Received(received.path, {**received.headers, "webhook-id": "other"}, received.body),
        Received(
            received.path,
            {**received.headers, "webhook-timestamp": str(int(OPENED.timestamp()) + 1)},
            received.body,
        ),
    ]
    assert [verify(one, SECRET, clock) for one in changed] == [False, False, False]


def test_a_post_that_is_played_again_is_too_old_after_five_minutes(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    make_sink(receiver, clock).deliver(notice_of(), None)
    [received] = receiver.received
    clock.advance(TOLERANCE)
    assert verify(received, SECRET, clock)
    clock.advance(timedelta(seconds=1))
    assert not verify(received, SECRET, clock)


def test_a_second_attempt_bears_the_same_id_and_a_time_of_its_own(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    sink = make_sink(receiver, clock)
    receiver.answer_next(Answer(500))
    with pytest.raises(DeliveryFailed, match=r"^Webhook: HTTP 500$"):
        sink.deliver(notice_of(), None)
    clock.advance(timedelta(hours=1))
    sink.deliver(notice_of(), None)
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (
        int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 3600
    )
    assert verify(second, SECRET, clock)


def test_a_secret_that_is_no_base64_signs_with_its_bytes(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    make_sink(receiver, clock, "plain words").deliver(notice_of(), None)
    [received] = receiver.received
    assert verify(received, base64.b64encode(b"plain words").decode(), clock)


def test_without_a_secret_nothing_is_signed_and_that_is_said(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    make_sink(receiver, clock, "").deliver(notice_of(), None)
    [received] = receiver.received
    assert "webhook-signature" not in received.headers
    said = "what is posted is not signed: no ROLLCALL_WEBHOOK_SECRET in the environment"
    assert WebhookSink.remark(WebhookSettings(), {}) == said
    assert WebhookSink.remark(WebhookSettings(), {"ROLLCALL_WEBHOOK_SECRET": "x"}) is None


def test_what_was_sent_cannot_be_looked_up_so_it_is_sent_again_and_says_so(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        make_sink(receiver, clock).find(notice_of())
    assert (caught.value.permanent, caught.value.disables_sink) == (True, False)


def test_secrets_and_controls_in_agents_words_are_gone(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    token = "ghp_" + "a1B2" * 9
    words = f"\x1b[31mred\x1b[0m {token}"
    blocker = make_blocker(description=words)
    notice = make_notice(sink="webhook", text=words, detail=(words,), blockers=(blocker,))
    make_sink(receiver, clock).deliver(notice, None)
    body = json.loads(receiver.received[0].body)
    told = [body["text"], *body["detail"], body["blockers"][0]["description"]]
    assert [("[redacted: " in one, token in one, one.isprintable()) for one in told] == [
        (True, False, True)
    ] * 3


def test_a_closed_blocker_is_posted_as_it_stands(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    closed = resolved(make_blocker())
    notice = make_notice(Transition.CLOSED, sink="webhook", blockers=(closed,))
    make_sink(receiver, clock).deliver(notice, None)
    [blocker] = json.loads(receiver.received[0].body)["blockers"]
    assert (blocker["status"], blocker["closed"]) == ("resolved", "2026-02-07T14:21:00Z")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (None, "no ROLLCALL_WEBHOOK_URL in the environment"),
        (" ", "no ROLLCALL_WEBHOOK_URL in the environment"),
        (
            "secret-place",
            "ROLLCALL_WEBHOOK_URL is no address; expected one such as https://host/path",
        ),
        (
            "http://hooks.example/secret-place",
            (
                "ROLLCALL_WEBHOOK_URL is not https, which only an address of one's own network "
                "may be (allow_private)"
            ),
        ),
        ("https://hooks.example/secret-place", None),
    ],
)
def test_it_says_why_it_is_off_and_shows_no_address(url: str | None, why: str | None) -> None:
    environ = {} if url is None else {"ROLLCALL_WEBHOOK_URL": url}
    assert WebhookSink.why_off(WebhookSettings(), environ) == why


def test_neither_address_nor_secret_is_in_its_repr(
    receiver: FakeReceiver, clock: ManualClock
) -> None:
    sink = make_sink(receiver, clock)
    assert SECRET not in repr(sink)
    assert str(receiver.port) not in repr(sink)
