"""Buttons in Slack, over a WebSocket: from the click to the blocker, its messages and its audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from notify.desk import IVO, NOOR, STRANGER, Desk, wait_until
from rollcall.clock import SystemClock
from rollcall.model import BlockerStatus
from rollcall.notify.fake_slack import FakeSlack
from rollcall.notify.fake_slack_socket import FakeSocket

LABELS = ["Acknowledge", "Snooze 1 h", "Snooze until tomorrow", "Assign", "Resolve"]


def test_the_first_message_about_a_blocker_has_a_row_of_buttons(desk: Desk) -> None:
    root = desk.open_blocker()

    (row,) = root.controls
    assert row[1] == LABELS


def test_a_click_on_acknowledge_is_carried_out_in_the_persons_name(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.click(root, "acknowledge")

    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED
    assert desk.audit() == [("acknowledged", "acknowledged by noor (Slack)", "noor (Slack)")]
    assert "Acknowledged" in desk.log()
    assert "noor (Slack)" in desk.log()
    assert root.words.splitlines()[0] == "Acknowledged · B-0001 mara: missing proof"
    assert root.controls[0][1] == LABELS[1:]
    assert desk.whispers == [
        f"{NOOR}: B-0001 is acknowledged; its ladder stops, it closes when its cause ends"
    ]


def test_a_snooze_of_an_hour_ends_an_hour_after_the_click(desk: Desk) -> None:
    root = desk.open_blocker()
    begun = desk.clock.now()

    desk.click(root, "snooze-hour")

    assert desk.blocker().status is BlockerStatus.SNOOZED
    assert begun.hour == 14
    assert desk.audit()[0][1] == "snoozed by noor (Slack), until 2026-02-07 15:11Z"


def test_a_snooze_until_tomorrow_ends_where_tomorrows_work_begins(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.click(root, "snooze-tomorrow")

    assert desk.audit()[0][1] == "snoozed by noor (Slack), until 2026-02-08 09:00Z"


def test_an_assignment_names_the_owner_as_the_settings_do(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.click(root, "assign", selected_user=IVO)

    assert desk.blocker().owner == "ivo"
    assert desk.audit() == [("changed", "owner is ivo now", "noor (Slack)")]
    assert "Owner: ivo" in root.words.splitlines()


def test_somebody_whom_the_settings_do_not_know_is_assigned_by_the_name_that_slack_gives(
    desk: Desk,
) -> None:
    desk.slack.world.people[STRANGER] = "Sam\n<!channel> | the third"
    root = desk.open_blocker()

    desk.click(root, "assign", selected_user=STRANGER)

    assert desk.blocker().owner == "Sam <!channel> | the third (Slack)"
    assert root.markup == []


def test_a_resolution_closes_the_root_and_takes_its_buttons_away(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.click(root, "resolve")

    assert desk.blocker().resolution == "Resolved by noor (Slack)"
    assert root.words.splitlines()[0] == "Resolved · B-0001 mara: missing proof"
    assert root.controls == []


def test_a_click_on_a_closed_blocker_is_refused_politely_and_privately(desk: Desk) -> None:
    root = desk.open_blocker()
    stale = desk.socket.make_click(root, "rollcall_acknowledge", person=IVO)
    desk.click(root, "resolve")
    desk.woken.clear()

    desk.socket.send_interaction(stale)

    assert desk.woken.wait(8)
    desk.work(seconds=1)
    assert wait_for(desk, 2)[1] == f"{IVO}: B-0001 was resolved already: Resolved by noor (Slack)"
    assert desk.audit()[-1][0] == "closed"


def test_a_second_click_on_the_same_state_says_so_and_changes_nothing(desk: Desk) -> None:
    root = desk.open_blocker()
    second = desk.socket.make_click(root, "rollcall_acknowledge", person=IVO)
    desk.click(root, "acknowledge")
    desk.woken.clear()

    desk.socket.send_interaction(second)

    assert desk.woken.wait(8)
    desk.work(seconds=1)
    assert wait_for(desk, 2)[1] == f"{IVO}: B-0001 is acknowledged already; nothing changed"
    assert len(desk.audit()) == 1


def test_the_same_click_told_twice_is_taken_once(desk: Desk) -> None:
    root = desk.open_blocker()
    payload = desk.socket.make_click(root, "rollcall_snooze-hour", person=NOOR)

    for _ in range(3):
        assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    assert desk.woken.wait(8)
    desk.work(seconds=1)
    wait_for(desk, 1)

    assert desk.count_instructions() == 1
    assert len(desk.audit()) == 1


def test_an_unknown_person_is_heard_under_what_the_payload_calls_them(desk: Desk) -> None:
    desk.slack.world.scopes -= {"users:read"}
    root = desk.open_blocker()

    desk.click(root, "acknowledge")

    assert desk.audit()[0][2] == "handle (Slack)"


def test_a_person_is_asked_of_slack_once(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.click(root, "snooze-hour")
    desk.click(root, "acknowledge")

    assert desk.slack.count("users.info") == 1


def test_several_blockers_in_one_message_have_a_menu_each(tmp_path: Path, slack: FakeSlack) -> None:
    with FakeSocket(slack) as socket:
        desk = Desk(tmp_path, slack, socket, ("ben", "ivo", "mara", "noor", "zoe"))
        socket.wait_for_line()
        root = desk.open_blocker()
        assert [labels for _, labels in root.controls] == [
            ["Acknowledge", "Snooze 1 h", "Snooze until tomorrow", "Resolve"]
        ] * 5

        desk.click(root, "menu", block=2, selected_option={"value": "acknowledge"})

        assert [desk.blocker(n).status.value for n in range(5)].count("acknowledged") == 1
        assert desk.blocker(2).status is BlockerStatus.ACKNOWLEDGED
        assert len(root.controls) == 5
        desk.close()


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        {},
        {"type": "view_submission"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"block_id": "rollcall/x/B-0001"}]},
        {"type": "block_actions", "actions": [None], "user": 5, "container": "x"},
    ],
)
def test_what_is_no_click_of_ours_is_acknowledged_and_ignored(desk: Desk, payload: object) -> None:
    desk.open_blocker()

    assert desk.socket.send_interaction(payload).acknowledged.wait(3)

    desk.buttons.stop()
    assert desk.count_instructions() == 0


@pytest.mark.parametrize("forged", ["workspace", "channel", "blocker", "person", "press"])
def test_a_forged_click_is_ignored_and_said_once(
    desk: Desk, forged: str, caplog: pytest.LogCaptureFixture
) -> None:
    root = desk.open_blocker()
    payload = desk.socket.make_click(root, "rollcall_resolve", person=NOOR)
    action = payload["actions"][0]
    match forged:
        case "workspace":
            action["block_id"] = "rollcall/00000000-0000-4000-8000-000000000000/B-0001"
        case "channel":
            payload["container"]["channel_id"] = "C0000000000"
        case "blocker":
            action["block_id"] = action["block_id"].replace("B-0001", "B-0001; drop")
        case "person":
            payload["user"]["id"] = "<!channel>"
        case "press":
            action["action_id"] = "rollcall_close-everything"

    for _ in range(3):
        assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    desk.buttons.stop()

    assert desk.count_instructions() == 0
    assert desk.blocker().closed is None
    said = [one for one in caplog.messages if "is on no button of this workspace" in one]
    assert len(said) == 1


def test_every_envelope_is_acknowledged_within_3_seconds_though_the_worker_is_busy(
    desk: Desk,
) -> None:
    root = desk.open_blocker()
    with desk.works.database.write():
        sent = [desk.socket.click(root, "rollcall_acknowledge", person=NOOR) for _ in range(20)]
        assert all(one.acknowledged.wait(3) for one in sent)

    assert max(one.after_s or 9 for one in sent) < 3


def test_asked_for_another_connection_it_opens_one_before_it_leaves_the_old(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.socket.ask_to_refresh()

    desk.socket.wait_for_line(greeted=2)
    desk.socket.wait_for_lines(1)
    desk.click(root, "acknowledge")
    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED


def test_a_line_that_breaks_without_a_word_is_opened_again(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.socket.drop_lines()

    desk.socket.wait_for_line(greeted=2)
    desk.click(root, "acknowledge")
    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED


def test_a_server_that_goes_away_and_comes_back_is_found_again(desk: Desk) -> None:
    root = desk.open_blocker()

    desk.socket.go_away()
    desk.socket.wait_for_lines(0)
    desk.socket.come_back()

    desk.socket.wait_for_line(greeted=2)
    desk.click(root, "acknowledge")
    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED


def test_frames_that_are_no_envelopes_do_no_harm(desk: Desk) -> None:
    root = desk.open_blocker()

    for frame in ("not json", "[]", "{}", '{"type": "events_api"}', '{"envelope_id": 5}'):
        desk.socket.send(frame)

    desk.click(root, "acknowledge")
    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED


def test_it_stops_within_2_seconds_though_the_other_end_is_silent(desk: Desk) -> None:
    clock = SystemClock()
    begun_s = clock.monotonic()

    desk.buttons.stop()

    assert clock.monotonic() - begun_s < 2


def wait_for(desk: Desk, count: int) -> list[str]:
    wait_until(lambda: len(desk.whispers) >= count)
    return desk.whispers
