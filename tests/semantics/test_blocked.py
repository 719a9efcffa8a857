from __future__ import annotations

from pathlib import Path

from harness import World, proof, update
from rollcall.model import BlockerKind, Transition

MARA = "feedback/mara.md"
SCHEMA = "Blocked by noor: the schema is not there yet."
KEYS = "Blocked by ivo: the keys of the server are missing."
UNPROVED = "No proof of work since 09:00Z (cadence 5 min); 1 update without."
WITH_FALLBACK = f"{SCHEMA} Fallback started: drafting the fixtures."


def blocked(tmp_path: Path, words: str = SCHEMA, *overrides: str) -> World:
    """Return a running world in which mara proves work at 09:00 and is blocked at 09:02."""
    world = World(tmp_path, *overrides)
    world.start()
    world.write(MARA, proof("09:00"))
    world.run_until("09:02")
    world.append(MARA, update("09:02", words))
    return world


def test_a_stated_blocker_opens_at_once(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    assert world.told() == [("09:02:00", "opened", "mara")]
    (blocker,) = world.blockers()
    assert (blocker.kind, blocker.description, blocker.evidence) == (
        BlockerKind.BLOCKED,
        "Blocked by noor: the schema is not there yet.",
        ("feedback/mara.md:5",),
    )


def test_a_later_statement_replaces_the_text_without_a_notice(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    world.run_until("09:04")
    world.append(MARA, update("09:04", KEYS))
    assert [(one.id, one.description) for one in world.blockers()] == [
        ("B-0001", "Blocked by ivo: the keys of the server are missing.")
    ]
    assert world.told() == [("09:02:00", "opened", "mara"), ("09:04:00", "changed", "mara")]
    assert [one.transition for one in world.slack.notices] == [Transition.OPENED]
    assert world.log_rows()[0].description == "Blocked by ivo: the keys of the server are missing."


def test_proof_without_a_statement_closes_it(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    world.run_until("09:06")
    world.append(MARA, update("09:06"))
    assert world.open_ids() == ["B-0001"]
    world.append(MARA, proof("09:06", 13))
    assert world.told() == [("09:02:00", "opened", "mara"), ("09:06:00", "closed", "mara")]


def test_proof_that_states_a_blocker_again_does_not_close_it(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    world.run_until("09:06")
    world.append(MARA, f"{proof('09:06', 13)}- {KEYS}\n")
    assert world.open_ids() == ["B-0001"]


def test_a_hand_closes_it_and_its_condition_rests(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    world.tell("resolve", "B-0001")
    assert world.told()[-1] == ("09:02:00", "closed", "mara")
    world.run_until("09:08")
    world.append(MARA, update("09:08", SCHEMA))
    assert world.open_ids() == []


def test_a_missed_proof_is_a_transition_of_it_and_no_second_blocker(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    world.run_until("09:09:59")
    assert world.told() == [("09:02:00", "opened", "mara")]
    world.run_until("09:10")
    assert world.told()[1:] == [("09:10:00", "changed", "mara")]
    assert [(one.id, one.description) for one in world.blockers()] == [
        (
            "B-0001",
            f"Blocked by noor: the schema is not there yet. — {UNPROVED}",
        )
    ]


def test_a_blocked_agent_is_not_nudged(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    world.run_until("09:30")
    assert world.inbox("mara") == ""


def test_a_fallback_that_was_started_stops_the_proof_clock(tmp_path: Path) -> None:
    world = blocked(tmp_path, WITH_FALLBACK, "chat.answer_within=1h")
    assert world.proofs("mara") == ["09:00:00", "09:02:00"]
    world.run_until("10:01:59")
    assert [what for _, what, _ in world.told()] == ["opened", "escalated"]
    world.run_until("10:02")
    assert world.told()[-1] == ("10:02:00", "changed", "mara")


def test_the_same_statement_counts_as_proof_once_per_answer_within(tmp_path: Path) -> None:
    world = blocked(tmp_path, WITH_FALLBACK, "chat.answer_within=1h")
    for clock in ("09:07", "10:01:59", "10:02"):
        world.run_until(clock)
        world.append(MARA, update(clock, WITH_FALLBACK))
    assert world.proofs("mara") == ["09:00:00", "09:02:00", "none", "none", "10:02:00"]
    world.append(MARA, update("10:02", f"{KEYS} Fallback started: drafting the fixtures."))
    assert world.proofs("mara")[-1] == "10:02:00"


def test_the_same_words_in_other_entries_state_one_blocker(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    for clock in ("09:04", "09:06", "09:08"):
        world.run_until(clock)
        world.append(MARA, update(clock, SCHEMA))
    assert len(world.blockers()) == 1
    assert [one.transition for one in world.slack.notices] == [Transition.OPENED]


def test_a_silence_after_a_hand_closed_the_statement_is_a_blocker_of_its_own(
    tmp_path: Path,
) -> None:
    world = blocked(tmp_path)
    world.tell("resolve", "B-0001", text="The schema is there now")
    world.run_until("09:05")
    assert world.inbox("mara").count("a reminder") == 1
    world.run_until("09:09:59")
    assert world.open_ids() == []
    world.run_until("09:10")
    assert world.told()[2:] == [("09:10:00", "opened", "mara")]
    assert world.blockers()[1].description == UNPROVED


def test_another_statement_than_the_one_that_a_hand_resolved_is_told(tmp_path: Path) -> None:
    world = blocked(tmp_path)
    world.tell("resolve", "B-0001")
    world.run_until("09:04")
    world.append(MARA, update("09:04", KEYS))
    assert world.told()[2:] == [("09:04:00", "opened", "mara")]
    assert world.blockers()[1].description == "Blocked by ivo: the keys of the server are missing."
    world.run_until("09:06")
    world.append(MARA, update("09:06", SCHEMA))
    assert world.told()[3:] == [("09:06:00", "changed", "mara")]


def test_a_statement_takes_the_place_of_the_blocker_of_a_missing_proof(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.write(MARA, proof("09:00"))
    world.run_until("09:12")
    world.append(MARA, update("09:12", SCHEMA))
    assert [(one.kind, one.resolution) for one in world.blockers()] == [
        (BlockerKind.MISSING_PROOF, "mara says that it is blocked (feedback/mara.md:5)"),
        (BlockerKind.BLOCKED, None),
    ]
    world.run_until("09:14")
    world.append(MARA, proof("09:14", 13))
    assert world.open_ids() == []
    assert len(world.told()) == 4
