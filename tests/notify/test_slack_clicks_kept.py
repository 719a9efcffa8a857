"""A click that Slack was told we have is never lost, and one that comes again is taken once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from notify.desk import IVO, NOOR, Desk, wait_until
from rollcall.model import BlockerStatus
from rollcall.notify.fake_slack import drop_before, rate_limited, refused
from rollcall.notify.slack_buttons import Click, read_click
from rollcall.notify.slack_clicks import MOST_KEPT
from rollcall.slack_on import Clicks
from rollcall.store.asking import ask
from rollcall.store.instructions import add_instruction, keep_origin

ANSWER = f"{NOOR}: B-0001 is acknowledged; its ladder stops, it closes when its cause ends"


def make_payload(desk: Desk) -> dict[str, Any]:
    return desk.socket.make_click(desk.open_blocker(), "rollcall_acknowledge", person=NOOR)


def read(payload: dict[str, Any]) -> Click:
    click = read_click(payload)
    assert click is not None
    return click


def work_until_answered(desk: Desk, count: int = 1) -> list[str]:
    assert desk.woken.wait(8)
    desk.work(seconds=1)
    wait_until(lambda: len(desk.whispers) >= count)
    wait_until(lambda: desk.kept.list_left() == [])
    return desk.whispers


def test_a_click_is_on_the_disk_before_slack_hears_that_we_have_it(desk: Desk) -> None:
    payload = make_payload(desk)
    with desk.works.database.write():  # nobody can put an instruction down meanwhile
        envelope = desk.socket.send_interaction(payload)
        assert envelope.acknowledged.wait(3)
        assert [one.click for one in desk.kept.list_left()] == [read(payload)]
    assert work_until_answered(desk) == [ANSWER]


def test_killed_after_the_click_was_kept_and_before_slack_heard_so_it_is_carried_out_once(
    desk: Desk,
) -> None:
    payload = make_payload(desk)
    desk.buttons.stop()
    desk.kept.keep(read(payload), desk.clock.now())  # all that is left of the life that was killed

    desk.listen()
    desk.socket.wait_for_line(greeted=2)
    assert desk.socket.send_interaction(payload).acknowledged.wait(3)

    assert work_until_answered(desk) == [ANSWER]
    assert (desk.count_instructions(), len(desk.audit())) == (1, 1)


def test_killed_after_slack_heard_that_we_have_it_a_click_is_carried_out_at_the_next_start(
    desk: Desk,
) -> None:
    payload = make_payload(desk)
    desk.buttons.stop()
    desk.kept.keep(read(payload), desk.clock.now())

    desk.listen()

    assert work_until_answered(desk) == [ANSWER]
    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED


def test_killed_after_it_was_put_down_a_click_is_answered_at_the_next_start_and_not_repeated(
    desk: Desk,
) -> None:
    payload = make_payload(desk)
    desk.buttons.stop()
    click = read(payload)
    desk.kept.keep(click, desk.clock.now())
    with desk.works.database.write() as session:
        id_ = add_instruction(session, "ack", "B-0001", "", "noor (Slack)", desk.clock.now())
        keep_origin(session, id_, click.origin)

    desk.listen()

    assert work_until_answered(desk) == [ANSWER]
    assert (desk.count_instructions(), len(desk.audit())) == (1, 1)


def test_a_click_that_was_answered_and_comes_again_is_not_answered_again(desk: Desk) -> None:
    payload = make_payload(desk)
    assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    assert work_until_answered(desk) == [ANSWER]

    assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    wait_until(lambda: desk.kept.list_left() == [])
    desk.buttons.stop()

    assert (desk.whispers, desk.count_instructions()) == ([ANSWER], 1)


def test_a_click_that_cannot_be_kept_is_not_acknowledged_and_taken_when_it_comes_again(
    desk: Desk,
) -> None:
    payload = make_payload(desk)
    path = desk.works.database.path
    assert path is not None
    in_the_way = path.with_name(f"{path.name}-clicks")
    in_the_way.write_text("no folder")

    lost = desk.socket.send_interaction(payload)
    marker = desk.socket.send_interaction({"type": "view_closed"})
    assert marker.acknowledged.wait(3)
    assert not lost.acknowledged.is_set()

    in_the_way.unlink()
    assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    assert work_until_answered(desk) == [ANSWER]


def test_more_clicks_than_anybody_can_have_meant_are_not_acknowledged(desk: Desk) -> None:
    payload = make_payload(desk)
    path = desk.works.database.path
    assert path is not None
    folder = path.with_name(f"{path.name}-clicks")
    folder.mkdir()
    for number in range(MOST_KEPT):
        (folder / f"{number}.other").touch()

    flood = desk.socket.send_interaction(payload)
    assert desk.socket.send_interaction({"type": "view_closed"}).acknowledged.wait(3)

    assert not flood.acknowledged.is_set()


def test_a_kept_click_on_a_store_that_is_no_more_is_dropped(desk: Desk) -> None:
    payload = make_payload(desk)
    desk.buttons.stop()
    other = "00000000-0000-4000-8000-000000000000"
    payload["actions"][0]["block_id"] = f"rollcall/{other}/B-0001"
    desk.kept.keep(read(payload), desk.clock.now())

    desk.listen()

    wait_until(lambda: desk.kept.list_left() == [])
    assert desk.count_instructions() == 0


def test_a_file_that_is_no_click_harms_no_other(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    payload = make_payload(desk)
    desk.buttons.stop()
    desk.kept.keep(read(payload), desk.clock.now())
    path = desk.works.database.path
    assert path is not None
    for number, text in enumerate(("", "[]", "{}", '{"at": "soon"}', "\x00")):
        (path.with_name(f"{path.name}-clicks") / f"{number}.json").write_text(text)

    desk.listen()

    assert desk.woken.wait(8)
    desk.work(seconds=1)
    wait_until(lambda: desk.whispers == [ANSWER])
    assert sum("is no click that was kept" in one for one in caplog.messages) == 5


@pytest.mark.parametrize(
    "fault",
    [drop_before(), rate_limited(3), refused("internal_error")],
    ids=["reset", "429", "own"],
)
def test_an_answer_that_slack_does_not_take_is_given_again(desk: Desk, fault: Any) -> None:
    payload = make_payload(desk)
    desk.slack.fail_next("chat.postEphemeral", fault)
    assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    assert desk.woken.wait(8)
    desk.work(seconds=1)
    wait_until(lambda: desk.slack.count("chat.postEphemeral") == 1)
    desk.clock.advance(timedelta(seconds=6))

    wait_until(lambda: desk.whispers == [ANSWER])


def test_who_cannot_be_answered_is_heard_all_the_same(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    payload = make_payload(desk)
    desk.slack.world.people.clear()  # Slack: user_not_in_channel
    assert desk.socket.send_interaction(payload).acknowledged.wait(3)
    assert desk.woken.wait(8)
    desk.work(seconds=1)
    wait_until(lambda: desk.kept.list_left() == [])

    assert desk.blocker().status is BlockerStatus.ACKNOWLEDGED
    assert "who clicked on B-0001 was not answered" in caplog.text


def test_other_working_hours_or_another_zone_count_from_the_next_click_on(
    desk: Desk,
) -> None:
    desk.buttons.stop()
    root = desk.open_blocker()  # at 14:11Z, which is the next morning in Auckland already
    tokens = {"SLACK_BOT_TOKEN": desk.slack.token, "SLACK_APP_TOKEN": desk.slack.app_token}
    clicks = Clicks(desk.settings, tokens, desk.works.database, desk.clock, desk.woken.set)
    clicks.start()
    desk.socket.wait_for_line(greeted=2)

    clicks.change(desk.read_settings('workspace.timezone="Pacific/Auckland"'))
    desk.socket.wait_for_line(greeted=3)
    desk.click(root, "snooze-tomorrow")
    clicks.stop()

    # Tomorrow there is 9 February, when it is 09:00 at 20:00Z of the day before.
    assert desk.audit()[0][1] == "snoozed by noor (Slack), until 2026-02-08 20:00Z"


def test_a_click_that_cannot_be_dropped_keeps_nobody_else_from_being_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = desk.open_blocker()
    desk.buttons.stop()
    for person in (NOOR, IVO):
        payload = desk.socket.make_click(root, "rollcall_acknowledge", person=person)
        desk.kept.keep(read(payload), desk.clock.now())
    unlink = Path.unlink
    stuck: list[Path] = []

    def fail_once(path: Path) -> None:
        if path.suffix == ".json" and not stuck:
            stuck.append(path)
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path)

    monkeypatch.setattr(Path, "unlink", fail_once)
    desk.listen()
    assert desk.woken.wait(8)
    wait_until(lambda: desk.count_instructions() == 2)
    desk.work(seconds=1)

    wait_until(lambda: len(desk.whispers) == 2)
    wait_until(lambda: len(desk.kept.list_left()) == 1)
    assert len(desk.whispers) == 2


def test_a_click_that_cannot_be_put_down_is_tried_again_after_a_pause(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    payload = make_payload(desk)
    desk.buttons.stop()
    desk.kept.keep(read(payload), desk.clock.now())
    with desk.works.database.write() as session:
        ask(session, sqlalchemy.text("ALTER TABLE instructions RENAME TO elsewhere"))
    desk.listen()
    wait_until(lambda: "going on" in caplog.text)
    desk.buttons.stop()
    assert caplog.text.count("going on") == 1

    desk.listen()
    wait_until(lambda: caplog.text.count("going on") == 2)
    with desk.works.database.write() as session:
        ask(session, sqlalchemy.text("ALTER TABLE elsewhere RENAME TO instructions"))
    desk.clock.advance(timedelta(seconds=6))
    assert work_until_answered(desk) == [ANSWER]
