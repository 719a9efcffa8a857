"""What Slack and the network do on a bad day, and what the caller is told to do about it."""

from __future__ import annotations

import pytest

from notify.notices import make_notice
from rollcall.errors import ConfigurationError, DeliveryFailed
from rollcall.notify.fake_slack import (
    FakeSlack,
    Fault,
    drop_after,
    drop_before,
    garbage,
    http_error,
    rate_limited,
    refused,
    stall_after,
)
from rollcall.notify.slack import SlackSink


@pytest.fixture
def sink(slack: FakeSlack) -> SlackSink:
    return SlackSink(slack.token, base_url=slack.base_url)


def fail(slack: FakeSlack, sink: SlackSink, fault: Fault) -> DeliveryFailed:
    slack.fail_next("chat.postMessage", fault)
    with pytest.raises(DeliveryFailed) as caught:
        sink.deliver(make_notice(), None)
    return caught.value


def advice(failed: DeliveryFailed) -> tuple[bool, bool, float | None, bool]:
    """Return: for good, the whole sink, seconds to wait, perhaps sent."""
    return (failed.permanent, failed.disables_sink, failed.retry_after_s, failed.perhaps_sent)


@pytest.mark.parametrize(
    "code",
    [
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
    ],
)
def test_what_would_meet_every_notice_disables_the_sink(
    slack: FakeSlack, sink: SlackSink, code: str
) -> None:
    failed = fail(slack, sink, refused(code))

    assert advice(failed) == (True, True, None, False)
    assert str(failed) == f"Slack chat.postMessage: {code}"


@pytest.mark.parametrize("code", ["msg_too_long", "no_text", "invalid_metadata_format"])
def test_what_is_wrong_with_one_notice_refuses_that_notice_only(
    slack: FakeSlack, sink: SlackSink, code: str
) -> None:
    assert advice(fail(slack, sink, refused(code))) == (True, False, None, False)


def test_a_rate_limit_says_how_long_to_wait(slack: FakeSlack, sink: SlackSink) -> None:
    assert advice(fail(slack, sink, rate_limited(7))) == (False, False, 7.0, False)
    assert advice(fail(slack, sink, rate_limited())) == (False, False, 30.0, False)
    assert advice(fail(slack, sink, refused("ratelimited"))) == (False, False, 30.0, False)


@pytest.mark.parametrize("value", ["soon", "-1", "1e9", "٣", "99999999"])
def test_a_retry_after_that_is_no_number_of_seconds_is_not_obeyed(
    slack: FakeSlack, sink: SlackSink, value: str
) -> None:
    fault = rate_limited()
    headers = (("Retry-After", value.encode().decode("latin-1")),)

    failed = fail(slack, sink, Fault(fault.misdeed, 429, fault.body, headers))

    assert failed.retry_after_s == 30.0


def test_an_unknown_word_for_no_is_tried_again(slack: FakeSlack, sink: SlackSink) -> None:
    assert advice(fail(slack, sink, refused("not_today"))) == (False, False, None, False)


@pytest.mark.parametrize("code", ["internal_error", "fatal_error"])
def test_where_slack_itself_is_not_sure_the_message_is_looked_up_first(
    slack: FakeSlack, sink: SlackSink, code: str
) -> None:
    assert advice(fail(slack, sink, refused(code))) == (False, False, None, True)


@pytest.mark.parametrize(
    "fault",
    [
        http_error(500),
        http_error(503),
        garbage(),
        garbage(b""),
        garbage(b"[1]"),
        garbage(b'"ok"'),
        garbage(b'{"ok": true}'),
        garbage(b'{"ok": false}'),
        garbage(b'{"ok": false, "error": {"nested": 1}}'),
        drop_before(),
    ],
    ids=lambda fault: f"{fault.misdeed.name.lower()} {fault.status} {fault.body!r}",
)
def test_no_clear_answer_means_that_it_may_have_been_sent(
    slack: FakeSlack, sink: SlackSink, fault: Fault
) -> None:
    assert advice(fail(slack, sink, fault)) == (False, False, None, True)
    assert slack.messages == []


def test_a_page_of_a_proxy_is_a_passing_failure(slack: FakeSlack, sink: SlackSink) -> None:
    assert advice(fail(slack, sink, http_error(404))) == (False, False, None, False)


def test_a_message_whose_reply_was_lost_is_there_once_and_found(
    slack: FakeSlack, sink: SlackSink
) -> None:
    failed = fail(slack, sink, drop_after())

    assert advice(failed) == (False, False, None, True)
    receipt = sink.find(make_notice())
    assert receipt is not None
    assert receipt.data["ts"] == slack.messages[0].ts
    assert len(slack.messages) == slack.count("chat.postMessage") == 1


def test_an_answer_that_never_comes_is_waited_for_no_longer_than_told(slack: FakeSlack) -> None:
    hasty = SlackSink(slack.token, base_url=slack.base_url, timeout_s=0.2)

    failed = fail(slack, hasty, stall_after())

    assert advice(failed) == (False, False, None, True)
    assert str(failed) == "Slack chat.postMessage: no answer came (TimeoutError)"


def test_where_slack_cannot_be_reached_nothing_was_sent() -> None:
    sink = SlackSink("xoxb-fake", base_url="http://127.0.0.1:1/api/")

    with pytest.raises(DeliveryFailed, match="cannot reach Slack") as caught:
        sink.deliver(make_notice(), None)

    assert advice(caught.value) == (False, False, None, False)


@pytest.mark.parametrize("base_url", ["", "slack.example/api/", "file:///etc/", "https://"])
def test_a_base_url_that_is_none_is_refused_at_once(base_url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SlackSink("xoxb-fake", base_url=base_url)

    assert str(caught.value) == f'Slack: base_url must begin with https://, got "{base_url}"'


def test_an_edit_is_never_perhaps_sent_since_it_can_be_done_again(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    slack.fail_next("chat.update", drop_after())

    with pytest.raises(DeliveryFailed, match="no answer came") as caught:
        sink.refresh(make_notice(), root)

    assert advice(caught.value) == (False, False, None, False)


def test_the_sdk_sends_nothing_twice_by_itself(slack: FakeSlack, sink: SlackSink) -> None:
    for fault in (drop_after(), rate_limited(1), http_error(500)):
        fail(slack, sink, fault)

    assert slack.count("chat.postMessage") == 3
    assert len(slack.messages) == 1


def test_no_proxy_is_asked_for_what_no_proxy_names(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    SlackSink(slack.token, base_url=slack.base_url).deliver(make_notice(), None)

    assert len(slack.messages) == 1
