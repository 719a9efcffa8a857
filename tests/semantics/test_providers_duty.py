from __future__ import annotations

from pathlib import Path

from harness import DAY, World, ask, at, message, proof
from rollcall.model import BlockerStatus, Transition

ASK = "bot_chat/mara-to-ben-schema.md"
HELLO = "bot_chat/ben-to-noor-hello.md"
NEXT_DAY = "2026-02-08"
HOURS = 'agents.ben.hours=["Sat-Sun 09:00-18:00"]'
LEAD = 'agents.mara.lead="ivo"'


def team(tmp_path: Path, *overrides: str, begin: str = "09:00") -> World:
    """Return a running world in which ben and mara have written; no proof is due for hours."""
    world = World(tmp_path, "feedback.cadence=5d", LEAD, *overrides, begin=begin)
    world.write("feedback/ben.md", proof(begin))
    world.write("feedback/mara.md", proof(begin))
    world.write(HELLO, message("note", "ben", "noor", "Hello."))
    world.start()
    return world


def statuses(world: World) -> list[tuple[str, BlockerStatus, int]]:
    """Return (agent, status, level) of the open blockers."""
    return [(one.agent, one.status, one.level) for one in world.blockers(open_only=True)]


def test_the_clock_of_a_request_stands_still_while_its_provider_is_off_duty(tmp_path: Path) -> None:
    world = team(tmp_path, HOURS, begin="17:50")
    world.write(ASK, ask())
    world.run_until(at("09:04:59", NEXT_DAY))
    assert world.told() == []
    world.run_until(at("09:05", NEXT_DAY))
    assert world.told() == [("09:05:00", "opened", "ben")]


def test_a_request_asked_off_hours_is_overdue_ack_within_after_they_begin(tmp_path: Path) -> None:
    world = team(tmp_path, HOURS, begin="19:00")
    world.write(ASK, ask())
    world.run_until(at("09:14:59", NEXT_DAY))
    assert world.told() == []
    world.run_until(at("09:15", NEXT_DAY))
    assert world.told() == [("09:15:00", "opened", "ben")]


def test_a_blocker_is_held_while_its_provider_is_off_duty_and_released_on_return(
    tmp_path: Path,
) -> None:
    world = team(tmp_path, HOURS, begin="17:40")
    world.write(ASK, ask())
    world.run_until("17:59:59")
    assert statuses(world) == [("ben", BlockerStatus.OPEN, 1)]
    world.run_until("18:00")
    assert statuses(world) == [("ben", BlockerStatus.HELD, 1)]
    world.run_until(at("08:59:59", NEXT_DAY))
    assert statuses(world) == [("ben", BlockerStatus.HELD, 1)]
    world.run_until(at("09:00", NEXT_DAY))
    assert statuses(world) == [("ben", BlockerStatus.OPEN, 1)]
    world.run_until(at("09:04:59", NEXT_DAY))
    assert statuses(world) == [("ben", BlockerStatus.OPEN, 1)]
    world.run_until(at("09:05", NEXT_DAY))
    assert statuses(world) == [("ben", BlockerStatus.OPEN, 2)]
    assert [what for _, what, _ in world.told()] == ["opened", "held", "released", "escalated"]


def test_an_answer_given_off_duty_closes_the_held_blocker(tmp_path: Path) -> None:
    world = team(tmp_path, HOURS, begin="17:40")
    world.write(ASK, ask())
    world.run_until("20:00")
    world.write("bot_chat/ben-to-mara-schema.md", message("answer", "ben", "mara", "Here.", re=ASK))
    assert world.open_ids() == []


def test_an_ask_of_a_paused_agent_opens_nothing_and_is_told_once_to_the_requesters_lead(
    tmp_path: Path,
) -> None:
    world = team(tmp_path, "agents.ben.paused=true")
    world.write(ASK, ask())
    world.run_until("20:00")
    world.restart()
    world.run_until("20:30")
    assert world.blockers() == []
    assert world.inbox("ivo").count(f"mara asked ben, who is paused: {ASK}") == 1


def test_the_clock_of_an_ask_starts_when_the_paused_agent_is_back(tmp_path: Path) -> None:
    world = team(tmp_path, "agents.ben.paused=true")
    world.write(ASK, ask())
    world.run_until("12:00")
    world.stop()
    world.overrides = tuple(one for one in world.overrides if "paused" not in one)
    world.start()
    world.run_until("12:14:59")
    assert world.told() == []
    world.run_until("12:15")
    assert world.told() == [("12:15:00", "opened", "ben")]


def retired(tmp_path: Path, *overrides: str) -> World:
    """Return a running world in which ben's newest entry is of a week ago."""
    world = World(tmp_path, "feedback.cadence=5d", LEAD, *overrides)
    old = proof("09:00").replace(DAY, "2026-01-31")
    world.write("feedback/ben.md", old, changed=at("09:00", "2026-01-31"))
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    assert world.agents()["ben"] == "retired"
    return world


def test_an_ask_of_a_retired_agent_opens_nothing_and_is_told_once(tmp_path: Path) -> None:
    world = retired(tmp_path)
    world.write(ASK, ask())
    world.run_until("20:00")
    assert world.blockers() == []
    assert world.inbox("ivo").count(f"mara asked ben, who is retired: {ASK}") == 1


def test_without_a_lead_an_ask_of_a_retired_agent_is_told_to_the_channel(tmp_path: Path) -> None:
    world = World(tmp_path, "feedback.cadence=5d")
    old = proof("09:00").replace(DAY, "2026-01-31")
    world.write("feedback/ben.md", old, changed=at("09:00", "2026-01-31"))
    world.start()
    world.write(ASK, ask())
    world.run_until("12:00")
    assert world.slack_texts() == [f"mara asked ben, who is retired: {ASK}"]


def test_the_clock_of_an_ask_starts_when_the_retired_agent_writes_again(tmp_path: Path) -> None:
    world = retired(tmp_path)
    world.write(ASK, ask())
    world.run_until("15:00")
    world.append("feedback/ben.md", proof("15:00"))
    world.run_until("15:14:59")
    assert world.told() == []
    world.run_until("15:15")
    assert world.told() == [("15:15:00", "opened", "ben")]


def test_a_named_date_that_passed_while_the_provider_was_retired_says_nothing(
    tmp_path: Path,
) -> None:
    world = retired(tmp_path)
    world.write(ASK, ask(due=f"{DAY}T10:00:00Z"))
    world.run_until("15:00")
    world.append("feedback/ben.md", proof("15:00"))
    world.run_until("15:14:59")
    assert world.told() == []


def test_the_answer_to_a_retired_agents_request_is_told_like_any_other(tmp_path: Path) -> None:
    world = retired(tmp_path)
    world.write("bot_chat/ben-to-mara-page.md", ask("ben", "mara"))
    world.write(
        "bot_chat/mara-to-ben-page.md",
        message("answer", "mara", "ben", "Done.", re="bot_chat/ben-to-mara-page.md"),
    )
    assert [one.transition for one in world.slack.notices] == []
    assert Transition.ANSWERED.value in [what for _, what, _ in world.events()]
