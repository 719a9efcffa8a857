"""The fake answers as Slack documents it: asked here without our own client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from notify.notices import OPENED
from rollcall.clock import ManualClock
from rollcall.notify.fake_slack import (
    CHANNEL,
    SCOPES,
    TOKEN,
    FakeCall,
    FakeSlack,
    drop_after,
    drop_before,
    garbage,
    http_error,
    rate_limited,
    refused,
)
from rollcall.notify.fake_slack_blocks import find_complaints

OTHER = "C0000000002"
METADATA = {"event_type": "rollcall_notice", "event_payload": {"key": "k1"}}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(OPENED)


@pytest.fixture
def slack(clock: ManualClock) -> Iterator[FakeSlack]:
    with FakeSlack(clock=clock, channels=(CHANNEL, OTHER)) as fake:
        yield fake


def ask(
    slack: FakeSlack, method: str, arguments: Mapping[str, Any], token: str | None = TOKEN
) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    with httpx.Client(trust_env=False) as client:
        if method.startswith("conversations."):
            return client.post(slack.base_url + method, data=dict(arguments), headers=headers)
        return client.post(slack.base_url + method, json=dict(arguments), headers=headers)


def post(slack: FakeSlack, **arguments: Any) -> dict[str, Any]:
    answer = ask(slack, "chat.postMessage", {"channel": CHANNEL, "text": "hello", **arguments})
    return dict(answer.json())


def error(answer: Mapping[str, Any]) -> object:
    assert answer["ok"] is False
    return answer["error"]


def test_the_token_is_checked() -> None:
    with FakeSlack() as slack:
        assert error(ask(slack, "auth.test", {}, token=None).json()) == "not_authed"
        assert error(ask(slack, "auth.test", {}, token="xoxb-other").json()) == "invalid_auth"
        answer = ask(slack, "auth.test", {})

    assert (answer.json()["ok"], answer.json()["team"]) == (True, "Example")
    assert (
        answer.headers["x-oauth-scopes"] == "channels:history,chat:write,groups:history,users:read"
    )


def test_scopes_are_checked_and_the_needed_one_is_named() -> None:
    with FakeSlack(scopes=("channels:history",)) as slack:
        answer = post(slack)

    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": "chat:write",
        "provided": "channels:history",
    }


def test_the_channel_is_checked(slack: FakeSlack) -> None:
    assert error(post(slack, channel="C9")) == "channel_not_found"

    slack.world.channels[CHANNEL].archived = True
    assert error(post(slack)) == "is_archived"

    slack.world.channels[OTHER].member = False
    assert error(post(slack, channel=OTHER)) == "not_in_channel"
    slack.world.scopes.add("chat:write.public")
    assert post(slack, channel=OTHER)["ok"]


def test_an_unknown_method_is_refused(slack: FakeSlack) -> None:
    assert error(ask(slack, "chat.shout", {}).json()) == "unknown_method"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"text": ""}, "no_text"),
        ({"text": None}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [{"type": "poem"}]}, "invalid_blocks"),
        ({"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"metadata": "x"}, "invalid_metadata_format"),
        ({"thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
def test_the_content_is_checked(slack: FakeSlack, arguments: Mapping[str, Any], code: str) -> None:
    assert error(post(slack, **arguments)) == code
    assert slack.messages == []


def test_a_message_is_remembered_with_its_metadata_and_threads(slack: FakeSlack) -> None:
    root = post(slack, metadata=METADATA)
    reply = post(slack, text="in thread", thread_ts=root["ts"], reply_broadcast=True)
    nested = post(slack, text="under a reply", thread_ts=reply["ts"])

    first, second, third = slack.messages
    assert (first.ts, first.key, first.thread_ts) == (root["ts"], "k1", None)
    assert (second.thread_ts, second.broadcast, third.thread_ts) == (root["ts"], True, root["ts"])
    assert nested["ts"] > reply["ts"] > root["ts"]


def test_a_ts_is_the_clocks_time_and_never_the_same_twice(
    slack: FakeSlack, clock: ManualClock
) -> None:
    first, second = post(slack)["ts"], post(slack)["ts"]
    clock.advance(timedelta(seconds=2))

    assert float(first) == OPENED.timestamp()
    assert second == f"{int(OPENED.timestamp())}.000001"
    assert post(slack)["ts"] == f"{int(OPENED.timestamp()) + 2}.000000"


def test_an_update_replaces_text_and_blocks_and_keeps_what_was(slack: FakeSlack) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Old"}}]
    ts = post(slack, blocks=blocks, metadata=METADATA)["ts"]

    kept = ask(slack, "chat.update", {"channel": CHANNEL, "ts": ts, "text": "new"}).json()

    (message,) = slack.messages
    assert (kept["ok"], kept["ts"]) == (True, ts)
    assert (message.text, message.blocks, message.key) == ("new", blocks, "k1")

    ask(slack, "chat.update", {"channel": CHANNEL, "ts": ts, "text": "newer", "blocks": []})

    assert (message.text, message.blocks, message.key) == ("newer", [], "k1")
    assert message.edits == ["hello", "new"]


def test_an_update_of_what_is_gone_frozen_or_elsewhere_is_refused(slack: FakeSlack) -> None:
    gone, frozen = post(slack)["ts"], post(slack)["ts"]
    slack.delete(gone)
    slack.freeze(frozen, "cant_update_message")

    def update(ts: str, channel: str = CHANNEL) -> object:
        arguments = {"channel": channel, "ts": ts, "text": "new"}
        return error(ask(slack, "chat.update", arguments).json())

    assert update(gone) == "message_not_found"
    assert update(frozen) == "cant_update_message"
    assert update(frozen, OTHER) == "message_not_found"
    assert update(frozen, "C9") == "channel_not_found"


def test_history_is_newest_first_without_replies_that_were_not_broadcast(slack: FakeSlack) -> None:
    root = post(slack, text="root", metadata=METADATA)["ts"]
    post(slack, text="quiet", thread_ts=root)
    last = post(slack, text="loud", thread_ts=root, reply_broadcast=True)["ts"]
    post(slack, text="elsewhere", channel=OTHER)

    bare = ask(slack, "conversations.history", {"channel": CHANNEL}).json()
    full = ask(
        slack, "conversations.history", {"channel": CHANNEL, "include_all_metadata": "1"}
    ).json()

    assert [one["text"] for one in bare["messages"]] == ["loud", "root"]
    assert (bare["messages"][1]["reply_count"], bare["messages"][1]["latest_reply"]) == (2, last)
    assert "metadata" not in bare["messages"][1]
    assert full["messages"][1]["metadata"] == METADATA


def test_history_comes_in_pages_and_begins_where_asked(
    slack: FakeSlack, clock: ManualClock
) -> None:
    for number in range(5):
        post(slack, text=str(number))
        clock.advance(timedelta(seconds=1))
    oldest = f"{OPENED.timestamp() + 1:.6f}"

    def read(cursor: str) -> dict[str, Any]:
        arguments = {"channel": CHANNEL, "oldest": oldest, "limit": "3", "cursor": cursor}
        return dict(ask(slack, "conversations.history", arguments).json())

    first = read("")
    second = read(first["response_metadata"]["next_cursor"])
    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"]
    assert [one["text"] for one in second["messages"]] == ["1"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert second["response_metadata"]["next_cursor"] == ""


def test_replies_are_oldest_first_and_begin_with_the_root(
    slack: FakeSlack, clock: ManualClock
) -> None:
    root = post(slack, text="root")["ts"]
    post(slack, text="early", thread_ts=root)
    clock.advance(timedelta(minutes=1))
    post(slack, text="late", thread_ts=root)

    oldest = f"{clock.now().timestamp():.6f}"
    arguments = {"channel": CHANNEL, "ts": root, "oldest": oldest}
    answer = ask(slack, "conversations.replies", arguments).json()

    assert [one["text"] for one in answer["messages"]] == ["root", "late"]
    lost = ask(slack, "conversations.replies", {"channel": CHANNEL, "ts": "1.000001"})
    assert error(lost.json()) == "thread_not_found"


def test_faults_come_in_their_order_for_their_method_only(slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", rate_limited(9))
    slack.fail_next("chat.postMessage", rate_limited())
    slack.fail_next("chat.postMessage", http_error(503), times=2)
    slack.fail_next("chat.postMessage", refused("is_archived"))
    slack.fail_next("chat.postMessage", garbage(b"?"))

    said = {"channel": CHANNEL, "text": "hello"}
    answers = [ask(slack, "chat.postMessage", said) for _ in range(7)]

    assert ask(slack, "auth.test", {}).json()["ok"]
    assert [one.status_code for one in answers] == [429, 429, 503, 503, 200, 200, 200]
    assert [one.headers.get("Retry-After") for one in answers[:3]] == ["9", None, None]
    assert error(answers[4].json()) == "is_archived"
    assert answers[5].content == b"?"
    assert len(slack.messages) == 1


def test_a_line_is_dropped_before_or_after_the_message_is_taken(slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", drop_before())
    slack.fail_next("chat.postMessage", drop_after())

    for taken in (0, 1):
        with pytest.raises(httpx.RemoteProtocolError):
            post(slack)
        assert len(slack.messages) == taken


def test_every_call_is_remembered_in_order(slack: FakeSlack) -> None:
    slack.fail_next("auth.test", http_error(500))
    ask(slack, "auth.test", {})
    answer = post(slack)

    assert slack.calls == [
        FakeCall("auth.test", {}, None),
        FakeCall("chat.postMessage", {"channel": CHANNEL, "text": "hello"}, answer),
    ]
    assert slack.count("chat.postMessage") == 1


def test_a_call_that_the_fake_cannot_read_is_a_failure_of_the_test() -> None:
    headers = {"Content-Type": "application/json"}

    def run() -> None:
        with (
            FakeSlack() as slack,
            httpx.Client(trust_env=False) as client,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            client.post(slack.base_url + "auth.test", content=b"{", headers=headers)

    with pytest.raises(RuntimeError, match=r"the fake Slack failed: .*JSONDecodeError"):
        run()


def text(words: object, kind: str = "plain_text", **more: object) -> dict[str, object]:
    return {"type": kind, "text": words, **more}


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"type": "header", "text": text("x" * 151)}, "/blocks/0/text/text: must be less than 151"),
        ({"type": "header", "text": text("x", "mrkdwn")}, "/blocks/0/text/type: unsupported type"),
        ({"type": "section", "text": text("x" * 3001)}, "/blocks/0/text/text: must be less than"),
        ({"type": "section", "text": text("")}, "/blocks/0/text/text: must be at least 1"),
        ({"type": "section", "text": "words"}, "/blocks/0/text: must be a text object"),
        ({"type": "section"}, "/blocks/0: needs text or fields"),
        ({"type": "section", "fields": [text("x")] * 11}, "/blocks/0/fields: must be 1 to 10"),
        ({"type": "section", "fields": [text("x" * 2001)]}, "/blocks/0/fields/0/text: must be"),
        ({"type": "section", "text": text("x", "mrkdwn", emoji=False)}, "emoji: unknown property"),
        ({"type": "context", "elements": []}, "/blocks/0/elements: must be 1 to 10"),
        ({"type": "context", "elements": [text("x")] * 11}, "/blocks/0/elements: must be 1 to 10"),
        ({"type": "poem"}, "/blocks/0/type: unsupported type: poem"),
        ("words", "/blocks/0: must be an object"),
    ],
)
def test_a_block_that_slack_would_refuse_is_complained_about(block: object, complaint: str) -> None:
    (found,) = find_complaints([block])

    assert complaint in found


def test_blocks_at_their_limits_are_fine_and_one_more_is_not() -> None:
    blocks = [
        {"type": "header", "text": text("x" * 150)},
        {"type": "section", "text": text("x" * 3000, "mrkdwn", verbatim=True)},
        {"type": "section", "fields": [text("x" * 2000)] * 10},
        {"type": "context", "elements": [text("x", emoji=False)] * 10},
        {"type": "divider"},
    ]

    assert find_complaints(blocks * 10) == []
    assert find_complaints([*blocks * 10, blocks[0]]) == ["blocks: no more than 50 items"]
    assert find_complaints(json.dumps(blocks)) == ["blocks: must be an array"]


def test_the_usual_scopes_are_those_that_the_sink_needs() -> None:
    assert SCOPES == ("chat:write", "channels:history", "groups:history", "users:read")
