"""What people did to a blocker is one reply in its thread: the history is whole, nobody is called."""

from __future__ import annotations

from pathlib import Path

from harness import World, at, proof
from rollcall.model import Transition

OF_HANDS = {Transition.ACKNOWLEDGED, Transition.SNOOZED, Transition.CHANGED}


def late(tmp_path: Path, *settings: str) -> World:
    world = World(tmp_path, *settings, begin="10:00")
    world.write("feedback/mara.md", proof("10:00"))
    world.start()
    world.run_until("10:11")
    return world


def replies(world: World) -> list[tuple[str, bool, bool]]:
    """Return (text, in the thread of the root, calls somebody) of what people did."""
    return [
        (
            one.notice.text,
            one.root is not None,
            one.notice.broadcast or one.notice.mention is not None,
        )
        for one in world.slack.delivered
        if one.notice.transition in OF_HANDS
    ]


def test_who_acknowledged_is_one_quiet_reply_in_the_thread(tmp_path: Path) -> None:
    world = late(tmp_path)

    world.tell("ack", "B-0001", author="noor (Slack)")

    assert replies(world) == [("B-0001 mara: Acknowledged by noor (Slack).", True, False)]


def test_what_somebody_says_to_it_is_told_with_their_name(tmp_path: Path) -> None:
    world = late(tmp_path)

    world.tell("ack", "B-0001", author="noor", text="on it")
    world.tell("assign", "B-0001", author="noor", text="ivo")
    world.tell("snooze", "B-0001", author="ivo", until=at("12:00"))

    assert [text for text, _, _ in replies(world)] == [
        "B-0001 mara: Acknowledged by noor: on it.",
        "B-0001 mara: Owner is ivo now, by noor.",
        "B-0001 mara: Snoozed by ivo, until 2026-02-07 12:00Z.",
    ]


def test_a_second_acknowledgement_changes_nothing_and_tells_nothing(tmp_path: Path) -> None:
    world = late(tmp_path)

    world.tell("ack", "B-0001", author="noor")
    world.tell("ack", "B-0001", author="ivo")

    assert len(replies(world)) == 1


def test_of_a_blocker_that_slack_never_heard_of_slack_hears_nothing(tmp_path: Path) -> None:
    world = late(tmp_path, 'escalation=[{after="0m",notify=["blockers_log"]}]')

    world.tell("ack", "B-0001", author="noor")

    assert world.slack.notices == []


def test_in_quiet_hours_the_reply_waits_and_is_left_out_once_the_blocker_is_closed(
    tmp_path: Path,
) -> None:
    world = late(tmp_path, 'notify.quiet_hours=["10:30-12:00"]')
    world.run_until("10:45")

    world.tell("ack", "B-0001", author="noor")
    world.append("feedback/mara.md", proof("10:50", passed=13))
    world.run_until("12:30")

    assert replies(world) == []
