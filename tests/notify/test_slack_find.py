from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from notify.notices import OPENED, make_blocker, make_notice
from rollcall.clock import ManualClock
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Transition
from rollcall.notify.fake_slack import SCOPES, FakeSlack, rate_limited, refused
from rollcall.notify.slack import SlackSink
from rollcall.notify.slack_find import MOST_PAGES, MOST_THREADS, PAGE


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(OPENED)


@pytest.fixture
def slack(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeSlack(clock=clock) as fake:
        yield fake


@pytest.fixture
def sink(slack: FakeSlack) -> SlackSink:
    return SlackSink(slack.token, base_url=slack.base_url)


def say(slack: FakeSlack, count: int) -> None:
    """Let other people write in the channel."""
    for number in range(count):
        slack.world.carry_out(
            "chat.postMessage", {"channel": make_notice().target, "text": f"lunch {number}"}
        )


def numbered(number: int, transition: Transition = Transition.OPENED) -> Notice:
    blocker = make_blocker(number)
    return make_notice(
        transition, key=f"team/{blocker.id}/{transition.value}/slack", blockers=(blocker,)
    )


def test_a_message_is_found_behind_a_page_of_others(slack: FakeSlack, sink: SlackSink) -> None:
    receipt = sink.deliver(make_notice(), None)
    say(slack, PAGE)

    assert sink.find(make_notice()) == receipt
    assert slack.count("conversations.history") == 2


def test_what_is_older_than_the_notice_is_not_read(
    slack: FakeSlack, sink: SlackSink, clock: ManualClock
) -> None:
    say(slack, 2 * PAGE)
    clock.advance(timedelta(minutes=11))
    later = make_notice(created=clock.now(), blockers=())

    assert sink.find(later) is None
    assert slack.count("conversations.history") == 1


def test_clocks_may_be_ten_minutes_apart(sink: SlackSink, clock: ManualClock) -> None:
    receipt = sink.deliver(make_notice(), None)
    ahead = clock.advance(timedelta(minutes=10))

    assert sink.find(make_notice(created=ahead)) == receipt
    assert sink.find(make_notice(created=ahead + timedelta(seconds=1))) is None


def test_a_reply_hours_after_its_root_is_found_without_the_roots_receipt(
    slack: FakeSlack, sink: SlackSink, clock: ManualClock
) -> None:
    root = sink.deliver(make_notice(), None)
    clock.advance(timedelta(hours=5))
    closing = make_notice(Transition.CLOSED, created=clock.now())
    receipt = sink.deliver(closing, root)
    say(slack, 3)

    assert sink.find(closing) == receipt
    assert receipt.data["thread_ts"] == root.data["ts"]


def test_threads_without_a_new_reply_are_not_read(
    slack: FakeSlack, sink: SlackSink, clock: ManualClock
) -> None:
    first, second = sink.deliver(numbered(1), None), sink.deliver(numbered(2), None)
    sink.deliver(numbered(1, Transition.ESCALATED), first)
    clock.advance(timedelta(hours=1))
    closing = replace(numbered(2, Transition.CLOSED), created=clock.now())
    sink.deliver(closing, second)

    assert sink.find(closing) is not None
    assert slack.count("conversations.replies") == 1


def test_with_the_root_known_its_thread_is_read_and_the_channel_only_if_need_be(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    closing = make_notice(Transition.CLOSED)
    receipt = sink.deliver(closing, root)

    assert sink.find(closing, root) == receipt
    assert slack.count("conversations.history") == 0
    assert sink.find(make_notice(Transition.ESCALATED), root) is None
    assert slack.count("conversations.history") == 1


def test_a_message_told_alone_because_its_root_was_deleted_is_found(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    slack.delete(root.data["ts"])
    closing = make_notice(Transition.CLOSED)
    with pytest.raises(DeliveryFailed, match="it stands alone next"):
        sink.deliver(closing, root)
    receipt = sink.deliver(closing, root)

    assert sink.find(closing, root) == receipt


def test_the_same_key_in_another_apps_metadata_is_not_ours(
    slack: FakeSlack, sink: SlackSink
) -> None:
    notice = make_notice()
    slack.world.carry_out(
        "chat.postMessage",
        {
            "channel": notice.target,
            "text": "mine",
            "metadata": {"event_type": "other_app", "event_payload": {"key": notice.key}},
        },
    )

    assert sink.find(notice) is None


def test_without_the_scope_it_names_the_scope_and_leaves_the_sink_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeSlack(clock=ManualClock(OPENED), scopes=SCOPES[:1]) as slack:
        sink = SlackSink(slack.token, base_url=slack.base_url)
        with pytest.raises(DeliveryFailed) as caught:
            sink.find(make_notice())

    assert str(caught.value) == (
        "Slack conversations.history: missing_scope (needs channels:history); "
        "cannot look the notice up"
    )
    assert (caught.value.permanent, caught.value.disables_sink) == (True, False)


def test_a_revoked_token_disables_the_sink_when_looking_up_too(
    slack: FakeSlack, sink: SlackSink
) -> None:
    slack.fail_next("conversations.history", refused("token_revoked"))

    with pytest.raises(DeliveryFailed) as caught:
        sink.find(make_notice())

    assert (caught.value.permanent, caught.value.disables_sink) == (True, True)


def test_a_rate_limit_when_looking_up_is_waited_for(slack: FakeSlack, sink: SlackSink) -> None:
    slack.fail_next("conversations.history", rate_limited(60))

    with pytest.raises(DeliveryFailed) as caught:
        sink.find(make_notice())

    assert (caught.value.permanent, caught.value.retry_after_s) == (False, 60.0)


def test_a_channel_with_too_much_in_it_is_not_read_for_ever(
    slack: FakeSlack, sink: SlackSink
) -> None:
    say(slack, MOST_PAGES * PAGE + 1)

    with pytest.raises(DeliveryFailed, match="cannot look it up") as caught:
        sink.find(make_notice())

    assert (caught.value.permanent, caught.value.disables_sink) == (True, False)
    assert slack.count("conversations.history") == MOST_PAGES


def test_too_many_threads_are_not_read_one_by_one(slack: FakeSlack, sink: SlackSink) -> None:
    for number in range(MOST_THREADS + 1):
        root = sink.deliver(numbered(number), None)
        sink.deliver(numbered(number, Transition.ESCALATED), root)

    with pytest.raises(DeliveryFailed, match="21 threads; cannot look it up") as caught:
        sink.find(numbered(0, Transition.CLOSED))

    assert caught.value.permanent
    assert slack.count("conversations.replies") == 0
