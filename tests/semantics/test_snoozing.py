"""``snooze``: nobody hears of a blocker until a time, or until its state is another."""

from __future__ import annotations

from pathlib import Path

from harness import World, ask, at, proof, update
from rollcall.model import BlockerStatus

MARA = "feedback/mara.md"
LEAD = ("workspace.lead=ivo", 'people.ivo.slack="U0123456789"')


def overdue(tmp_path: Path, *overrides: str) -> World:
    """Return a running world in which mara's proof is missing since 09:10: B-0001."""
    world = World(tmp_path, *LEAD, *overrides)
    world.start()
    world.write(MARA, proof("09:00"))
    world.run_until("09:12")
    return world


def test_snoozed_nobody_hears_of_it_and_its_end_is_told(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.tell("snooze", "b-1", until=at("09:40"), text="Mara is at lunch")
    (answer,) = world.answers()
    assert answer == (
        "B-0001 is snoozed until 2026-02-07 09:40Z, or until its state changes; "
        "then it is told again"
    )
    world.run_until("09:39:59")
    assert world.blockers()[0].status is BlockerStatus.SNOOZED
    assert world.slack_texts()[1:] == [  # a reply in the thread that calls nobody
        "B-0001 mara: Snoozed by ivo: Mara is at lunch, until 2026-02-07 09:40Z."
    ]
    world.run_until("09:40")
    assert world.told() == [
        ("09:10:00", "opened", "mara"),
        ("09:12:00", "snoozed", "mara"),
        ("09:40:00", "unsnoozed", "mara"),
    ]
    (blocker,) = world.blockers()
    assert (blocker.status, blocker.level) == (BlockerStatus.OPEN, 2)
    (_, _, told) = world.slack_texts()
    assert told == (
        "B-0001 mara: No longer snoozed, open for 30 min at level 2: "
        "No proof of work since 09:00Z (cadence 5 min)."
    )


def test_a_snooze_keeps_who_asked_for_it_and_why(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.tell("snooze", "B-0001", author="zoe", until=at("09:40"), text="Mara is at lunch")
    assert world.audit("B-0001")[-1] == (
        "snoozed",
        "zoe",
        "Mara is at lunch, until 2026-02-07 09:40Z",
    )


def test_what_ends_while_it_is_snoozed_is_closed(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.tell("snooze", "B-0001", until=at("11:00"))
    world.run_until("09:30")
    world.append(MARA, proof("09:30", 13))
    world.run_until("09:35")
    assert world.told()[-1] == ("09:30:00", "closed", "mara")


def test_another_state_ends_the_snooze(tmp_path: Path) -> None:
    world = World(tmp_path, *LEAD, "feedback.cadence=1d", "chat.answer_within=1h")
    world.start()
    world.write("feedback/ben.md", proof("09:00"))
    world.write("bot_chat/ask.md", ask("mara", "ben"))
    world.run_until("09:20")
    world.tell("snooze", "B-0001", until=at("12:00"))
    world.run_until("09:59:59")
    assert [what for _, what, _ in world.told()] == ["opened", "snoozed"]
    world.run_until("10:00")
    assert [what for _, what, _ in world.told()] == ["opened", "snoozed", "changed", "unsnoozed"]


def test_a_file_that_moves_does_not_end_the_snooze_of_what_stands_in_it(tmp_path: Path) -> None:
    world = World(tmp_path, *LEAD)
    world.start()
    text = proof("09:00") + update("09:00", "Blocked: no key for the billing page.")
    world.write(MARA, text)
    world.tell("snooze", "B-0001", until=at("09:40"))
    world.write("feedback/mara/2026-02-07.md", text)
    world.write(MARA, "")
    world.run_until("09:09:59")
    assert [what for _, what, _ in world.told()] == ["opened", "snoozed", "changed"]


def test_a_snooze_given_again_moves_the_end(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.tell("snooze", "B-0001", until=at("09:20"))
    world.tell("snooze", "B-0001", until=at("09:50"))
    world.run_until("09:49:59")
    assert world.blockers()[0].status is BlockerStatus.SNOOZED
    world.run_until("09:50")
    assert world.blockers()[0].status is BlockerStatus.OPEN


def test_an_acknowledged_one_that_is_snoozed_is_told_again_at_its_end(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.tell("ack", "B-0001")
    world.tell("snooze", "B-0001", until=at("09:50"))
    world.run_until("09:50")
    assert world.told()[-1] == ("09:50:00", "unsnoozed", "mara")


def test_what_is_resolved_while_snoozed_bears_no_end_of_the_snooze_in_the_log(
    tmp_path: Path,
) -> None:
    world = overdue(tmp_path)
    world.tell("snooze", "B-0001", until=at("09:40"))
    world.tell("resolve", "B-0001")
    assert world.log_rows()[0].status == "Resolved 2026-02-07 09:12Z by ivo"


def test_a_snooze_outlives_a_restart(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.tell("snooze", "B-0001", until=at("09:40"))
    world.restart()
    world.run_until("09:39:59")
    assert world.blockers()[0].status is BlockerStatus.SNOOZED
    world.run_until("09:40")
    assert world.told()[-1] == ("09:40:00", "unsnoozed", "mara")


def test_a_snooze_of_what_is_unknown_or_closed_or_of_no_time_to_come_is_refused(
    tmp_path: Path,
) -> None:
    world = overdue(tmp_path)
    world.tell("snooze", "B-0007", until=at("10:00"))
    world.tell("snooze", "B-0001", until=at("09:12"))
    world.tell("snooze", "B-0001")
    world.tell("resolve", "B-0001")
    world.tell("snooze", "B-0001", until=at("10:00"))
    answers = world.answers()
    del answers[3]
    assert answers == [
        'there is no blocker "B-0007"; `rollcall blockers` lists the open ones',
        "2026-02-07 09:12Z is over: give a time to come",
        "say until when B-0001 is to be snoozed",
        "B-0001 was resolved already: Resolved by ivo",
    ]
    assert [what for _, what, _ in world.told()] == ["opened", "closed"]
