"""Who clicks, and who is chosen: names that pretend, people from elsewhere, payloads that lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.desk import IVO, NOOR, STRANGER, Desk, wait_until
from rollcall.model import BlockerStatus
from rollcall.notify.fake_slack import refused
from rollcall.notify.slack_buttons import Click, read_click

EVIL = "*Sam*](http://x.example) | <!channel> `x` <b>\u202e\x1b[31m |"


def test_a_name_full_of_markup_acts_nowhere(desk: Desk) -> None:
    desk.slack.world.people[STRANGER] = EVIL
    root = desk.open_blocker()

    desk.click(root, "acknowledge", STRANGER)
    desk.click(root, "resolve", STRANGER)

    said = [one.text for one in desk.slack.messages]
    said += [one.text for one in desk.slack.world.whispers]
    assert [one.markup for one in desk.slack.messages] == [[]] * len(desk.slack.messages)
    assert [text for text in said if "<" in text] == []
    assert all(one.plain for one in desk.slack.world.whispers)
    assert "\x1b" not in desk.log()
    assert "\u202e" not in desk.log()
    (row,) = [line for line in desk.log().splitlines() if line.startswith("| B-0001")]
    assert row.replace("\\|", "").count("|") == 8
    assert "](http" not in row
    assert "<b>" not in row


def test_whoever_is_called_as_a_person_of_the_settings_is_told_apart_from_them(desk: Desk) -> None:
    desk.slack.world.people[STRANGER] = "Ivo"
    root = desk.open_blocker()

    desk.click(root, "acknowledge", STRANGER)

    assert desk.audit()[0][2] == f"Ivo {STRANGER} (Slack)"


def test_whoever_is_assigned_under_a_name_of_the_settings_or_an_agents_is_neither(
    desk: Desk,
) -> None:
    root = desk.open_blocker()

    for name, owner in (
        ("ivo", f"ivo {STRANGER} (Slack)"),
        ("mara", "mara (Slack)"),
        ("Sam", "Sam (Slack)"),
    ):
        desk.slack.world.people[STRANGER] = name
        desk.buttons.stop()
        desk.listen()
        desk.socket.wait_for_line(desk.socket.greeted + 1)
        desk.click(root, "assign", selected_user=STRANGER)
        assert desk.blocker().owner == owner


def test_a_person_of_another_organisation_in_a_shared_channel_is_refused_politely(
    desk: Desk,
) -> None:
    desk.slack.world.people[STRANGER] = "Guest"
    payload = desk.socket.make_click(desk.open_blocker(), "rollcall_resolve", person=STRANGER)
    payload["user"]["team_id"] = "T0000000002"

    assert desk.socket.send_interaction(payload).acknowledged.wait(3)

    wait_until(lambda: desk.whispers and not desk.kept.list_left())
    assert desk.whispers == [f"{STRANGER}: B-0001: only people of Example can do this"]
    assert desk.count_instructions() == 0


@pytest.mark.parametrize("part", ["same", "missing", "enterprise"])
def test_a_person_of_ours_is_heard_whatever_slack_says_of_their_team(desk: Desk, part: str) -> None:
    payload = desk.socket.make_click(desk.open_blocker(), "rollcall_acknowledge", person=NOOR)
    if part == "missing":
        del payload["user"]["team_id"]
    if part == "enterprise":
        desk.slack.world.enterprise = "E0123456789"
        payload["user"]["team_id"] = "T0000000002"
        payload["enterprise"] = {"id": "E0123456789", "name": "Example"}

    assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    assert desk.woken.wait(8)
    desk.work(seconds=1)

    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED


def test_while_slack_does_not_say_who_we_are_a_click_from_elsewhere_waits(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    payload = desk.socket.make_click(desk.open_blocker(), "rollcall_resolve", person=STRANGER)
    payload["user"]["team_id"] = "T0000000002"
    desk.slack.world.people[STRANGER] = "Guest"
    desk.slack.fail_next("auth.test", refused("internal_error"))

    assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    wait_until(lambda: "a click waits: Slack auth.test: internal_error" in caplog.messages)
    desk.clock.advance(timedelta(seconds=6))

    wait_until(lambda: desk.whispers)
    assert desk.whispers == [f"{STRANGER}: B-0001: only people of Example can do this"]


def test_with_the_bots_token_revoked_a_click_is_carried_out_and_said_to_be_unanswered(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    root = desk.open_blocker()
    desk.slack.token = "xoxb-another"

    assert desk.socket.click(root, "rollcall_acknowledge", person=NOOR).acknowledged.wait(3)
    assert desk.woken.wait(8)
    desk.work(seconds=1)
    wait_until(lambda: desk.kept.list_left() == [])

    assert desk.audit() == [("acknowledged", "acknowledged by handle (Slack)", "handle (Slack)")]
    assert "who clicked on B-0001 was not answered: Slack chat.postEphemeral: invalid_auth" in (
        caplog.text
    )


def test_a_click_is_put_down_though_slack_takes_no_answer_to_those_before(desk: Desk) -> None:
    root = desk.open_blocker()
    desk.slack.fail_next("chat.postEphemeral", refused("internal_error"), times=50)
    for person in (NOOR, IVO):
        assert desk.socket.click(root, "rollcall_snooze-hour", person=person).acknowledged.wait(3)
    wait_until(lambda: desk.count_instructions() == 2)
    desk.work(seconds=1)

    assert desk.socket.click(root, "rollcall_acknowledge", person=NOOR).acknowledged.wait(3)
    wait_until(lambda: desk.count_instructions() == 3)


def make_true_payload() -> dict[str, Any]:
    place = "rollcall/00000000-0000-4000-8000-000000000000/B-0001"
    return {
        "type": "block_actions",
        "user": {"id": NOOR, "username": "noor", "team_id": "T1"},
        "container": {"channel_id": "C0123456789", "message_ts": "1770000000.000100"},
        "actions": [
            {
                "action_id": "rollcall_menu",
                "block_id": place,
                "action_ts": "1770000000.000200",
                "selected_option": {"value": "acknowledge"},
            }
        ],
    }


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    if isinstance(value, dict | list):
        for key, one in items:
            yield from walk(one, (*path, key))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(walk(make_true_payload()), key=str)), JSON)
def test_whatever_stands_in_a_payload_reading_it_fails_never(
    path: tuple[Any, ...], lie: Any
) -> None:
    payload: Any = make_true_payload()
    if path:
        holder = payload
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = lie
    else:
        payload = lie

    click = read_click(payload)

    if click is not None:
        json.dumps(click.origin)
        assert len(click.person_name) <= 80
        assert isinstance(click, Click)


def test_a_true_payload_is_a_click() -> None:
    click = read_click(make_true_payload())

    assert click is not None
    assert (click.blocker, click.person, click.team) == ("B-0001", NOOR, "T1")
