"""The line to Slack's Socket Mode: opened again, left, refused, and never more of them than needed."""

from __future__ import annotations

import threading
from datetime import timedelta

from notify.desk import Desk, wait_until
from rollcall.clock import SystemClock
from rollcall.notify.fake_slack import FakeSlack
from rollcall.notify.fake_slack_socket import FakeSocket
from rollcall.notify.slack_api import SlackApi
from rollcall.notify.socket_mode import SocketMode
from rollcall.store.marks import list_faults


def faults(desk: Desk) -> list[tuple[str, str]]:
    with desk.works.database.read() as session:
        return [(row.subject, row.text) for row in list_faults(session)]


def test_lines_on_which_no_greeting_comes_are_closed_again(slack: FakeSlack) -> None:
    notes: list[str | None] = []
    with FakeSocket(slack) as socket:
        socket.is_mute = True
        line = SocketMode(
            SlackApi(slack.app_token, base_url=slack.base_url, timeout_s=3),
            SystemClock(),
            lambda _payload: True,
            lambda why, *, is_lasting: notes.append(f"{why} {is_lasting}"),
            pause_s=0.01,
            greeting_s=0.1,
        )
        line.start()
        wait_until(lambda: len(notes) >= 4)
        assert set(notes) == {"Slack's Socket Mode: no greeting came (in time) False"}
        wait_until(lambda: socket.lines <= 2)  # the other end hears of a closing later
        line.stop()
        socket.wait_for_lines(0)


def test_each_wish_for_another_line_is_met_and_the_old_one_left(desk: Desk) -> None:
    for number, reason in enumerate(("warning", "refresh_requested", "refresh_requested")):
        desk.socket.ask_to_refresh(reason)
        desk.socket.wait_for_line(greeted=2 + number)
        desk.socket.wait_for_lines(1)

    before = threading.active_count()
    desk.socket.ask_to_refresh()
    desk.socket.wait_for_line(greeted=5)
    desk.socket.wait_for_lines(1)
    wait_until(lambda: threading.active_count() <= before)


def test_no_line_for_five_minutes_is_a_fault_of_ours_until_there_is_one(desk: Desk) -> None:
    address = desk.slack.socket_address
    desk.slack.socket_address = None
    desk.socket.drop_lines()
    opened = desk.slack.count("apps.connections.open")
    wait_until(lambda: desk.slack.count("apps.connections.open") > opened + 1)
    desk.clock.advance(timedelta(seconds=298))
    opened = desk.slack.count("apps.connections.open")
    wait_until(lambda: desk.slack.count("apps.connections.open") > opened + 1)
    assert faults(desk) == []

    desk.clock.advance(timedelta(seconds=2))
    shown = [("slack buttons", "Slack apps.connections.open: internal_error")]
    wait_until(lambda: faults(desk) == shown)

    desk.slack.socket_address = address
    wait_until(lambda: faults(desk) == [])


def test_an_app_level_token_that_is_refused_is_a_fault_of_ours_at_once(desk: Desk) -> None:
    desk.slack.app_token = "xapp-another"
    desk.socket.drop_lines()

    shown = [("slack buttons", "Slack apps.connections.open: invalid_auth")]
    wait_until(lambda: faults(desk) == shown)


def test_stopped_while_another_line_is_opened_it_leaves_both(slack: FakeSlack) -> None:
    with FakeSocket(slack) as socket:
        line = SocketMode(
            SlackApi(slack.app_token, base_url=slack.base_url, timeout_s=3),
            SystemClock(),
            lambda _payload: True,
            lambda _why, *, is_lasting: None,  # noqa: ARG005 - as the line names it
            pause_s=0.01,
            greeting_s=60,
        )
        line.start()
        socket.wait_for_line()
        socket.is_mute = True
        socket.ask_to_refresh()
        socket.wait_for_lines(2)

        line.stop(within_s=0)
        socket.wait_for_lines(1)
        socket.send({"type": "hello"})

        socket.wait_for_lines(0)
