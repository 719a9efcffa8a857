from __future__ import annotations

from pathlib import Path

import pytest

from harness import DAY, World, ask, message, proof, update
from rollcall.model import BlockerKind, Transition

BLOCKED = "Blocked by noor: the schema is not there yet."


def test_the_first_reading_is_history_and_announces_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, begin="12:00")
    world.write("feedback/mara.md", proof("08:00") + update("09:00") + update("11:59", "thinking"))
    world.write("bot_chat/mara-to-ben-schema.md", ask(date=f"{DAY} 01:00Z"))
    world.write("bot_chat/noor-to-mara-schema.md", ask("noor", "mara", date=f"{DAY} 11:59Z"))
    world.start()
    assert len(world.entries("mara")) == 3
    assert world.told() == []
    assert [transition for _, transition, _ in world.events()] == ["backlog"]


def test_a_blocker_stated_in_the_newest_entry_is_announced_at_first_sight(tmp_path: Path) -> None:
    world = World(tmp_path, begin="12:00")
    world.write("feedback/mara.md", proof("10:00") + update("11:00", BLOCKED))
    world.start()
    assert [(one.kind, one.agent, one.description) for one in world.blockers()] == [
        (BlockerKind.BLOCKED, "mara", "Blocked by noor: the schema is not there yet.")
    ]
    assert [notice.transition for notice in world.slack.notices] == [Transition.OPENED]


def test_a_blocker_stated_before_the_newest_entry_is_history(tmp_path: Path) -> None:
    world = World(tmp_path, begin="12:00")
    world.write("feedback/mara.md", update("10:00", BLOCKED) + update("11:00"))
    world.start()
    assert world.blockers() == []


def test_a_blocker_stated_by_a_retired_agent_is_not_announced(tmp_path: Path) -> None:
    world = World(tmp_path, begin="12:00", day_offset=2)
    world.write("feedback/mara.md", update("11:00", BLOCKED))
    world.start()
    assert world.agents() == {"mara": "retired"}
    assert world.blockers() == []


def test_an_agents_clock_starts_at_first_sight(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("feedback/mara.md", proof("08:50"))
    world.start()
    world.run_until("09:04:59")
    assert world.inbox("mara") == ""
    world.run_until("09:05")
    assert world.inbox("mara").count("a reminder") == 1
    world.run_until("09:09:59")
    assert world.told() == []
    world.run_until("09:10")
    assert world.told() == [("09:10:00", "opened", "mara")]
    assert (
        world.blockers()[0].description
        == "No proof of work since we began to watch at 09:00Z (cadence 5 min)."
    )


@pytest.mark.parametrize(("begin", "owes"), [("09:00:00", "proof"), ("09:00:01", "retired")])
def test_an_undeclared_agent_whose_newest_entry_is_older_than_a_day_is_retired(
    tmp_path: Path, begin: str, owes: str
) -> None:
    world = World(tmp_path, begin=begin, day_offset=1)
    world.write("feedback/mara.md", proof("08:00") + proof("09:00", passed=13))
    world.start()
    assert world.agents() == {"mara": owes}


def test_a_stamp_in_the_future_keeps_nobody_from_being_retired(tmp_path: Path) -> None:
    world = World(tmp_path, begin="10:00", day_offset=3)
    world.write("feedback/mara.md", f"{proof('08:00')}\n## 2027-02-07 09:00Z parser\n- a typo\n")
    world.start()
    assert world.agents() == {"mara": "retired"}


def test_a_retired_agent_owes_nothing_until_it_writes(tmp_path: Path) -> None:
    world = World(tmp_path, begin="10:00", day_offset=2)
    world.write("feedback/mara.md", proof("08:00"))
    world.start()
    world.run_for(hours=2)
    assert world.told() == []
    world.append("feedback/mara.md", "\n## 2026-02-09 12:00Z\n- Back, working on the parser.\n")
    assert world.agents() == {"mara": "proof"}
    world.run_for(minutes=9, seconds=59)
    assert world.told() == []
    world.run_for(seconds=1)
    assert world.told() == [("12:10:00", "opened", "mara")]


def test_a_declared_agent_is_not_retired(tmp_path: Path) -> None:
    world = World(tmp_path, "agents.mara.cadence=5m", begin="10:00", day_offset=2)
    world.write("feedback/mara.md", proof("08:00"))
    world.start()
    assert world.agents() == {"mara": "proof"}
    world.run_for(minutes=10)
    assert world.told() == [("10:10:00", "opened", "mara")]


def test_a_feedback_file_that_appears_later_starts_the_same_way(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.run_until("12:00")
    world.write("feedback/mara.md", proof("08:00") + update("08:30", BLOCKED) + update("09:00"))
    assert world.told() == []
    world.run_until("12:09:59")
    assert world.told() == []
    world.run_until("12:10")
    assert world.told() == [("12:10:00", "opened", "mara")]


def test_an_old_feedback_file_that_appears_later_belongs_to_a_retired_agent(tmp_path: Path) -> None:
    world = World(tmp_path, begin="12:00", day_offset=2)
    world.start()
    world.write("feedback/mara.md", proof("08:00"))
    world.run_for(hours=1)
    assert world.agents() == {"mara": "retired"}
    assert world.told() == []


def test_a_request_is_asked_when_it_arrives_whatever_its_date(tmp_path: Path) -> None:
    world = World(tmp_path, begin="08:59")
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    world.start()
    world.run_until("09:00")
    world.write("bot_chat/mara-to-ben-schema.md", ask(date="2026-02-01 10:00Z"))
    world.run_until("09:14:59")
    assert world.told() == []
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "ben")]


def test_at_first_sight_a_request_was_asked_at_its_date(tmp_path: Path) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    world.write("bot_chat/mara-to-ben-schema.md", ask(date=f"{DAY} 08:50Z"))
    world.start()
    world.run_until("09:04:59")
    assert world.told() == []
    world.run_until("09:05")
    assert world.told() == [("09:05:00", "opened", "ben")]


def test_at_first_sight_a_bare_date_is_its_start(tmp_path: Path) -> None:
    world = World(tmp_path, begin="00:05")
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    world.write("bot_chat/mara-to-ben-schema.md", ask(date=DAY))
    world.start()
    world.run_until("00:14:59")
    assert world.told() == []
    world.run_until("00:15")
    assert world.told() == [("00:15:00", "opened", "ben")]


def test_requests_past_due_at_first_sight_are_a_backlog_told_once_with_its_count(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    world.write("bot_chat/mara-to-ben-one.md", ask(date=f"{DAY} 08:45Z"))  # due at this instant
    world.write("bot_chat/mara-to-ben-two.md", ask(date="2026-01-05"))
    world.write("bot_chat/mara-to-ben-three.md", ask())  # without a date it is history
    world.write("bot_chat/mara-to-ben-four.md", ask(date=f"{DAY} 08:45:01Z"))
    world.start()
    assert world.backlog() == [
        "bot_chat/mara-to-ben-three.md",
        "bot_chat/mara-to-ben-two.md",
        "bot_chat/mara-to-ben-one.md",
    ]
    assert world.slack_texts() == [
        "3 requests were past due when Rollcall first saw them; no blocker was opened."
    ]
    world.run_until("12:46")
    assert world.told() == [
        ("09:00:01", "opened", "ben"),
        ("09:10:01", "escalated", "ben"),
        ("12:45:01", "changed", "ben"),
    ]
    assert world.blockers()[0].evidence == ("bot_chat/mara-to-ben-four.md",)


def test_a_follow_up_revives_a_request_of_the_backlog(tmp_path: Path) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    world.write("bot_chat/mara-to-ben-schema.md", ask(date="2026-01-05"))
    world.start()
    world.run_until("10:00")
    world.write(
        "bot_chat/mara-followup-ben.md",
        message("note", "mara", "ben", "Follow-up on `bot_chat/mara-to-ben-schema.md`."),
    )
    assert world.backlog() == []
    world.run_until("10:14:59")
    assert world.told() == []
    world.run_until("10:15")
    assert world.told() == [("10:15:00", "opened", "ben")]


def test_a_revived_request_is_not_due_at_the_date_that_was_over(tmp_path: Path) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    old = ask(date="2026-01-05", due="2026-01-06T10:00:00Z")
    world.write("bot_chat/mara-to-ben-schema.md", old)
    world.start()
    words = "Follow-up on `bot_chat/mara-to-ben-schema.md`."
    world.write("bot_chat/mara-followup-ben.md", message("note", "mara", "ben", words))
    world.write("bot_chat/noor-to-mara-hello.md", message("note", "noor", "mara", "Hello."))
    world.run_until("09:14:59")
    assert world.told() == []
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "ben")]


def test_requests_to_an_agent_that_never_wrote_are_one_blocker_that_lists_them(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.start()
    world.write("bot_chat/mara-to-ben-schema.md", ask("mara"))
    world.run_until("09:02")
    world.write("bot_chat/noor-to-ben-schema.md", ask("noor"))
    world.run_until("09:15")
    assert world.blockers()[0].description == (
        "Never written; 1 request overdue: bot_chat/mara-to-ben-schema.md"
    )
    world.run_until("09:17")
    (blocker,) = world.blockers()
    assert (blocker.kind, blocker.agent) == (BlockerKind.ABSENT, "ben")
    assert blocker.description == (
        "Never written; 2 requests overdue: "
        "bot_chat/mara-to-ben-schema.md, bot_chat/noor-to-ben-schema.md"
    )
    assert [notice.transition for notice in world.slack.notices] == [Transition.OPENED]


def test_when_the_absent_agent_first_writes_its_overdue_requests_open_in_one_message(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.start()
    world.write("bot_chat/mara-to-ben-schema.md", ask("mara"))
    world.write("bot_chat/noor-to-ben-schema.md", ask("noor"))
    world.write("bot_chat/ivo-to-ben-schema.md", ask("ivo"))
    world.run_until("09:20")
    world.write(
        "bot_chat/ben-to-ivo-schema.md",
        message("answer", "ben", "ivo", "Here it is.", re="bot_chat/ivo-to-ben-schema.md"),
    )
    assert world.told() == [
        ("09:15:00", "opened", "ben"),
        ("09:20:00", "closed", "ben"),
        ("09:20:00", "opened", "ben"),
        ("09:20:00", "opened", "ben"),
    ]
    assert world.blockers()[0].resolution == "ben has written"
    assert [one.evidence for one in world.blockers(open_only=True)] == [
        ("bot_chat/mara-to-ben-schema.md",),
        ("bot_chat/noor-to-ben-schema.md",),
    ]
    opened = [one for one in world.slack.notices if one.transition is Transition.OPENED]
    assert [[blocker.id for blocker in notice.blockers] for notice in opened] == [
        ["B-0001"],
        ["B-0002", "B-0003"],
    ]


def test_the_overdue_dependencies_of_one_message_are_one_message_that_names_the_agents(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    world.write("bot_chat/noor-to-mara-hello.md", message("note", "noor", "mara", "Hello."))
    world.start()
    world.write("bot_chat/schema.md", ask("mara", "[ben, noor]"))
    world.run_until("09:15")
    assert [(one.id, one.agent) for one in world.blockers()] == [
        ("B-0001", "ben"),
        ("B-0002", "noor"),
    ]
    assert world.slack_texts() == ["B-0001 and 1 more: stalled dependency, ben, noor."]
