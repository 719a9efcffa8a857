from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from notify.notices import header, make_blocker, make_notice, resolved
from rollcall.errors import ConfigurationError, DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.fake_slack import CHANNEL, FakeSlack, drop_after, refused
from rollcall.notify.slack import SlackCheck, SlackSink

LEAD = "U0123456789"


def turned_away(ask: Callable[..., object], *given: Notice | Receipt | None) -> None:
    """See that Slack's refusal of one way leads to another, and to no second call at once."""
    with pytest.raises(DeliveryFailed) as caught:
        ask(*given)
    assert caught.value.has_another_way
    assert not caught.value.permanent


@pytest.fixture
def sink(slack: FakeSlack) -> SlackSink:
    return SlackSink(slack.token, base_url=slack.base_url)


def test_an_opening_is_a_new_message_in_the_channel(slack: FakeSlack, sink: SlackSink) -> None:
    notice = make_notice()

    receipt = sink.deliver(notice, None)

    (message,) = slack.messages
    assert receipt == Receipt("slack", {"channel": CHANNEL, "ts": message.ts, "key": notice.key})
    assert message.thread_ts is None
    assert message.text == f"[billing-page] {notice.text}"
    assert message.words.splitlines() == [
        "Open · B-0042 mara: missing proof",
        "No proof of work since 2026-02-07 13:54Z (cadence 5 min); 2 updates without.",
        "Status: Open (level 1)",
        "Opened 2026-02-07 14:05Z",
        "Owner: noor",
        "See feedback/mara.md:12",
        "Workspace: billing-page",
    ]


def test_a_message_carries_its_key_and_unfurls_nothing(slack: FakeSlack, sink: SlackSink) -> None:
    notice = make_notice()

    sink.deliver(notice, None)

    (call,) = slack.calls
    sent = {name: call.arguments[name] for name in sorted(call.arguments) if name != "blocks"}
    assert sent == {
        "channel": CHANNEL,
        "metadata": {"event_type": "rollcall_notice", "event_payload": {"key": notice.key}},
        "mrkdwn": False,
        "text": f"[billing-page] {notice.text}",
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_a_higher_level_is_a_reply_with_the_mention_shown_in_the_channel_too(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    raised = make_notice(Transition.ESCALATED, level=2, mention=LEAD, broadcast=True)

    receipt = sink.deliver(raised, root)

    reply = slack.messages[1]
    assert (reply.thread_ts, reply.broadcast) == (root.data["ts"], True)
    assert reply.words.splitlines()[0] == f"<@{LEAD}> please look at this."
    assert reply.text.startswith(f"[billing-page] <@{LEAD}> B-0042 mara:")
    assert receipt.data["thread_ts"] == root.data["ts"]


def test_a_reply_is_kept_out_of_the_channel_unless_asked_for(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)

    sink.deliver(make_notice(Transition.CLOSED), root)

    assert not slack.messages[1].broadcast
    assert slack.messages[1].markup == []


def test_a_closing_is_one_reply_and_the_root_is_edited_to_say_so(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    ended = resolved(make_blocker())

    sink.deliver(
        make_notice(Transition.CLOSED, text="B-0042 mara: Resolved.", blockers=(ended,)), root
    )
    assert sink.refresh(make_notice(blockers=(ended,)), root) is None

    message, reply = slack.messages
    assert header(message.blocks) == "Resolved · B-0042 mara: missing proof"
    assert "Resolved 2026-02-07 14:21Z after 16 min: Proof at 2026-02-07 14:20Z." in message.words
    assert len(message.edits) == 1
    assert reply.thread_ts == message.ts


def test_an_edit_mentions_nobody_again(slack: FakeSlack, sink: SlackSink) -> None:
    notice = make_notice(mention=LEAD)
    root = sink.deliver(notice, None)
    assert f"<@{LEAD}>" in slack.messages[0].markup

    sink.refresh(notice, root)

    assert slack.messages[0].markup == []


def test_an_edit_keeps_the_key_under_which_the_root_is_found(
    slack: FakeSlack, sink: SlackSink
) -> None:
    opened = make_notice()
    root = sink.deliver(opened, None)

    sink.refresh(replace(opened, key="another/key"), root)

    assert slack.messages[0].key == opened.key


@pytest.mark.parametrize("transition", [Transition.ESCALATED, Transition.CLOSED])
def test_without_a_root_a_later_notice_tells_the_whole_story(
    slack: FakeSlack, sink: SlackSink, transition: Transition
) -> None:
    notice = make_notice(transition, text="B-0042 mara: what happened.")

    sink.deliver(notice, None)

    (message,) = slack.messages
    assert message.thread_ts is None
    assert message.words.splitlines() == [
        "Open · B-0042 mara: missing proof",
        "B-0042 mara: what happened.",
        "No proof of work since 2026-02-07 13:54Z (cadence 5 min); 2 updates without.",
        "Status: Open (level 1)",
        "Opened 2026-02-07 14:05Z",
        "Owner: noor",
        "See feedback/mara.md:12",
        "Workspace: billing-page",
    ]


def test_where_the_root_was_deleted_a_reply_becomes_a_message_of_its_own(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    slack.delete(root.data["ts"])

    turned_away(sink.deliver, make_notice(Transition.CLOSED), root)
    sink.deliver(make_notice(Transition.CLOSED), root)

    (message,) = slack.messages
    assert message.thread_ts is None
    assert header(message.blocks) == "Open · B-0042 mara: missing proof"


@pytest.mark.parametrize(
    ("transition", "title"),
    [
        (Transition.BACKLOG, "Past due before the first sight"),
        (Transition.OURSELVES, "About Rollcall itself"),
    ],
)
def test_words_about_no_blocker_are_a_message_of_their_own(
    slack: FakeSlack, sink: SlackSink, transition: Transition, title: str
) -> None:
    sink.deliver(make_notice(transition, text="So it is.", detail=("More.",), blockers=()), None)

    assert slack.messages[0].words.splitlines() == [
        title,
        "So it is.",
        "More.",
        "Workspace: billing-page",
    ]


def test_a_nudge_never_goes_to_slack(slack: FakeSlack, sink: SlackSink) -> None:
    with pytest.raises(DeliveryFailed, match="inbox only") as caught:
        sink.deliver(make_notice(Transition.NUDGED), None)

    assert caught.value.permanent
    assert slack.calls == []


def test_a_notice_sent_again_in_doubt_says_so(slack: FakeSlack, sink: SlackSink) -> None:
    sink.deliver(make_notice(perhaps_repeated=True), None)

    assert slack.messages[0].text.endswith("(perhaps repeated)")
    assert slack.messages[0].words.endswith("(perhaps repeated)")


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_a_root_that_cannot_be_edited_is_posted_anew(
    slack: FakeSlack, sink: SlackSink, code: str
) -> None:
    root = sink.deliver(make_notice(), None)
    slack.freeze(root.data["ts"], code)

    turned_away(sink.refresh, make_notice(), root)
    fresh = sink.refresh(make_notice(), root)

    assert fresh is not None
    assert fresh.data["ts"] == slack.messages[1].ts != root.data["ts"]
    assert slack.messages[1].key == make_notice().key


@pytest.mark.parametrize("gone", ["frozen", "deleted"])
def test_a_root_posted_anew_whose_answer_was_lost_is_not_posted_a_third_time(
    slack: FakeSlack, sink: SlackSink, gone: str
) -> None:
    root = sink.deliver(make_notice(), None)
    if gone == "frozen":
        slack.freeze(root.data["ts"])
    else:
        slack.delete(root.data["ts"])
    slack.fail_next("chat.postMessage", drop_after())
    turned_away(sink.refresh, make_notice(), root)
    with pytest.raises(DeliveryFailed, match="no answer came"):
        sink.refresh(make_notice(), root)

    fresh = sink.refresh(make_notice(blockers=(resolved(make_blocker()),)), root)

    assert slack.count("chat.postMessage") == 2
    assert fresh is not None
    assert fresh.data["ts"] == slack.messages[-1].ts
    assert header(slack.messages[-1].blocks) == "Resolved · B-0042 mara: missing proof"


def test_a_root_is_posted_anew_where_the_channel_cannot_be_read(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    slack.delete(root.data["ts"])
    slack.world.scopes -= {"channels:history"}

    turned_away(sink.refresh, make_notice(), root)
    assert sink.refresh(make_notice(), root) is not None
    assert len(slack.messages) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
def test_where_slack_refuses_the_blocks_the_plain_text_is_sent(
    slack: FakeSlack, sink: SlackSink, code: str
) -> None:
    slack.fail_next("chat.postMessage", refused(code))

    turned_away(sink.deliver, make_notice(), None)
    sink.deliver(make_notice(), None)

    (message,) = slack.messages
    assert message.blocks == []
    assert message.text == f"[billing-page] {make_notice().text}"


def test_where_slack_refuses_the_blocks_of_an_edit_the_old_ones_go_and_the_text_is_shown(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    slack.fail_next("chat.update", refused("invalid_blocks"))
    ended = make_notice(blockers=(resolved(make_blocker()),))

    turned_away(sink.refresh, ended, root)
    assert sink.refresh(ended, root) is None

    (message,) = slack.messages
    assert message.words == "[billing-page] Resolved · B-0042 mara: missing proof"


def test_a_new_process_that_knows_of_no_refusal_posts_no_root_a_second_time(
    slack: FakeSlack, sink: SlackSink
) -> None:
    root = sink.deliver(make_notice(), None)
    slack.freeze(root.data["ts"])
    turned_away(sink.refresh, make_notice(), root)
    fresh = sink.refresh(make_notice(), root)
    after_a_kill = SlackSink(slack.token, base_url=slack.base_url)

    turned_away(after_a_kill.refresh, make_notice(), root)
    found = after_a_kill.refresh(make_notice(), root)

    assert found == fresh
    assert slack.count("chat.postMessage") == 2


@pytest.mark.parametrize("call", ["deliver", "refresh"])
def test_no_call_writes_to_slack_twice(slack: FakeSlack, sink: SlackSink, call: str) -> None:
    root = sink.deliver(make_notice(), None)
    slack.delete(root.data["ts"])
    slack.fail_next("chat.postMessage", refused("thread_not_found"))
    slack.fail_next("chat.postMessage", refused("invalid_blocks"))
    written = []
    for _ in range(4):
        before = slack.count("chat.postMessage") + slack.count("chat.update")
        with suppress(DeliveryFailed):
            if call == "deliver":
                sink.deliver(make_notice(Transition.CLOSED), root)
            else:
                sink.refresh(make_notice(), root)
        written.append(slack.count("chat.postMessage") + slack.count("chat.update") - before)

    assert written == [1, 1, 1, 1]


def test_it_says_who_we_are_and_that_nothing_is_missing(sink: SlackSink) -> None:
    assert sink.check(CHANNEL) == SlackCheck(team="Example", bot_user="rollcall")


def test_it_names_the_scopes_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeSlack(scopes=("users:read",)) as slack:
        sink = SlackSink(slack.token, base_url=slack.base_url)

        found = sink.check(CHANNEL)

    assert found == SlackCheck("Example", "rollcall", ("chat:write", "channels:history"))


def test_it_names_the_scope_that_this_channel_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    scopes = ("chat:write", "channels:history")
    with FakeSlack(scopes=scopes, channels=("G0123456789",)) as slack:
        found = SlackSink(slack.token, base_url=slack.base_url).check("G0123456789")

    assert found == SlackCheck("Example", "rollcall", ("groups:history",))


def test_it_says_what_is_wrong_with_the_channel_or_the_token(slack: FakeSlack) -> None:
    sink = SlackSink(slack.token, base_url=slack.base_url)
    stranger = SlackSink("xoxb-other", base_url=slack.base_url)

    lost = sink.check("C0000000000")
    assert lost.error == "Slack conversations.history: channel_not_found"
    assert stranger.check() == SlackCheck(error="Slack auth.test: invalid_auth")


@pytest.mark.parametrize("token", ["", "  ", "xoxb-a b", "xoxb-a\nb", "xoxb-é"])
def test_what_can_be_no_token_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SlackSink(token)

    assert str(caught.value) == (
        "Slack: the token is empty or has spaces or characters that no token has; "
        "expected one that begins with xoxb-"
    )


def test_the_token_is_shown_nowhere(slack: FakeSlack, caplog: pytest.LogCaptureFixture) -> None:
    sink = SlackSink("xoxb-very-secret", base_url=slack.base_url)

    with caplog.at_level("DEBUG"), pytest.raises(DeliveryFailed) as caught:
        sink.deliver(make_notice(), None)

    assert repr(sink) == f"SlackSink(SlackApi({slack.base_url!r}))"
    assert "very-secret" not in f"{caught.value!r}{caught.value}{caplog.text}"
