"""Slack by an incoming webhook alone: posts, no threads, no edits; the address is shown nowhere."""

from __future__ import annotations

import pytest

from notify.notices import make_blocker, make_notice, resolved
from rollcall.errors import ConfigurationError, DeliveryFailed
from rollcall.model import Receipt, Transition
from rollcall.notify.fake_slack import (
    CHANNEL,
    WEBHOOK,
    FakeSlack,
    Fault,
    Misdeed,
    drop_after,
    garbage,
    http_error,
    rate_limited,
)
from rollcall.notify.slack_webhook import SlackWebhookSink


@pytest.fixture
def sink(slack: FakeSlack) -> SlackWebhookSink:
    return SlackWebhookSink(slack.webhook)


def says(status: int, word: str) -> Fault:
    return Fault(Misdeed.ANSWER, status, word.encode())


def test_an_opening_is_a_message_without_buttons(slack: FakeSlack, sink: SlackWebhookSink) -> None:
    notice = make_notice()

    assert sink.deliver(notice, None) == Receipt("slack", {"key": notice.key})

    (message,) = slack.messages
    assert message.words.splitlines()[0] == "Open · B-0042 mara: missing proof"
    assert message.controls == []


def test_a_closing_is_one_line_in_the_channel(slack: FakeSlack, sink: SlackWebhookSink) -> None:
    ended = resolved(make_blocker())
    root = sink.deliver(make_notice(), None)

    sink.deliver(make_notice(Transition.CLOSED, text="B-0042: over.", blockers=(ended,)), root)

    assert slack.messages[1].thread_ts is None
    assert slack.messages[1].words.splitlines() == ["B-0042: over.", "Workspace: billing-page"]


def test_where_slack_refuses_the_blocks_the_plain_text_goes_at_the_next_asking(
    slack: FakeSlack, sink: SlackWebhookSink
) -> None:
    slack.world.channels[CHANNEL].takes_blocks = False

    with pytest.raises(DeliveryFailed, match="it goes as plain text next") as caught:
        sink.deliver(make_notice(), None)
    sink.deliver(make_notice(), None)

    assert (caught.value.has_another_way, caught.value.permanent) == (True, False)
    (message,) = slack.messages
    assert (message.blocks, message.text) == ([], f"[billing-page] {make_notice().text}")


def test_nothing_is_edited_and_nothing_can_be_looked_up(
    slack: FakeSlack, sink: SlackWebhookSink
) -> None:
    root = sink.deliver(make_notice(), None)

    assert sink.refresh(make_notice(), root) is None
    with pytest.raises(DeliveryFailed, match="cannot be looked up") as caught:
        sink.find(make_notice())

    assert (caught.value.permanent, caught.value.disables_sink) == (True, False)
    assert len(slack.calls) == 1


@pytest.mark.parametrize(
    ("fault", "permanent", "off", "perhaps", "wait_s"),
    [
        (rate_limited(7), False, False, False, 7.0),
        (rate_limited(), False, False, False, 30.0),
        (http_error(502), False, False, True, None),
        (garbage(b"<html>login</html>"), False, False, True, None),
        (drop_after(), False, False, True, None),
        (says(404, "no_service"), True, True, False, None),
        (says(410, "channel_is_archived"), True, True, False, None),
        (says(403, "action_prohibited"), True, True, False, None),
        (says(400, "invalid_payload"), True, False, False, None),
    ],
)
def test_each_failure_is_told_apart_and_none_shows_the_address(
    slack: FakeSlack,
    sink: SlackWebhookSink,
    fault: Fault,
    permanent: bool,
    off: bool,
    perhaps: bool,
    wait_s: float | None,
) -> None:
    slack.fail_next(WEBHOOK, fault)

    with pytest.raises(DeliveryFailed) as caught:
        sink.deliver(make_notice(), None)

    failure = caught.value
    assert (failure.permanent, failure.disables_sink) == (permanent, off)
    assert (failure.perhaps_sent, failure.retry_after_s) == (perhaps, wait_s)
    assert "very-secret" not in f"{failure!r}{failure}{sink!r}"


def test_a_slack_that_cannot_be_reached_is_tried_again(slack: FakeSlack) -> None:
    sink = SlackWebhookSink("http://127.0.0.1:9/services/T1/B1/very-secret")
    del slack

    with pytest.raises(DeliveryFailed, match="cannot be reached") as caught:
        sink.deliver(make_notice(), None)

    assert not caught.value.permanent
    assert not caught.value.perhaps_sent


@pytest.mark.parametrize(
    "address", ["hooks.slack.com/x", "http://hooks.slack.com/x", "https://", "https://a b/x"]
)
def test_what_can_be_no_address_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SlackWebhookSink(address)

    assert str(caught.value) == (
        "Slack: the incoming webhook's address must begin with https:// (not shown here)"
    )
