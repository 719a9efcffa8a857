from __future__ import annotations

from pathlib import Path

from harness import DAY, World, ask, message, proof, update
from rollcall.status import read_ambiguous_names

OLD, NEW = "feedback/web-ui.md", "feedback/ben.md"
ALIAS = 'agents.ben.aliases=["web-ui"]'


def renamed(world: World, *more: str) -> None:
    """Restart the daemon with a configuration that says that web-ui is ben."""
    world.stop()
    world.overrides = (*world.overrides, ALIAS, *more)
    world.start()


def running(tmp_path: Path, *overrides: str, begin: str = "13:50") -> World:
    world = World(tmp_path, *overrides, begin=begin)
    world.start()
    return world


def ambiguous(world: World) -> list[str]:
    """Return the names that were not resolved on a guess, as `status` says them."""
    with world.works.database.read() as session:
        return [one.say() for one in read_ambiguous_names(session)]


def test_an_alias_added_later_merges_two_names_history(tmp_path: Path) -> None:
    world = running(tmp_path)
    world.write(OLD, proof("13:50") + update("13:51"))
    world.run_until("13:52")
    world.write(NEW, proof("13:52", passed=13))
    renamed(world)
    assert world.agents() == {"ben": "proof"}
    assert world.proofs("ben") == ["13:50:00", "none", "13:52:00"]
    assert world.entries("web-ui") == []
    assert world.told() == []


def test_what_stood_in_both_names_files_is_one_entry(tmp_path: Path) -> None:
    world = running(tmp_path)
    world.write(OLD, proof("13:50") + update("13:51"))
    world.run_until("13:53")
    world.write(NEW, proof("13:50") + update("13:51") + proof("13:53", passed=13))
    renamed(world)
    assert world.proofs("ben") == ["13:50:00", "none", "13:53:00"]
    world.delete(OLD)
    world.sweep_now()
    assert [row.gone for row in world.entries("ben")] == [False, False, False]


def test_proof_under_either_name_restarts_the_one_clock(tmp_path: Path) -> None:
    world = running(tmp_path)
    world.write(OLD, proof("13:50"))
    world.write(NEW, proof("13:50", passed=13))
    renamed(world)
    world.run_until("13:58")
    world.append(OLD, proof("13:58", passed=14))
    world.run_until("14:07:59")
    assert world.told() == []
    world.run_until("14:08")
    assert world.told() == [("14:08:00", "opened", "ben")]


def test_an_open_blocker_takes_the_new_name_and_keeps_its_id(tmp_path: Path) -> None:
    world = running(tmp_path)
    world.write(OLD, proof("13:50"))
    world.run_until("14:01")
    said = world.slack_texts()
    renamed(world)
    assert [(one.id, one.agent, one.closed) for one in world.blockers()] == [
        ("B-0001", "ben", None)
    ]
    assert world.slack_texts() == said
    assert [(row.id, row.agent) for row in world.log_rows()] == [("B-0001", "ben")]
    world.append(NEW, proof("14:01", passed=13))
    assert world.told()[1:] == [("14:01:00", "closed", "ben")]


def test_of_two_open_blockers_for_one_condition_the_old_names_closes_as_merged_and_unannounced(
    tmp_path: Path,
) -> None:
    world = running(tmp_path)
    world.write(OLD, proof("13:50"))
    world.write(NEW, proof("13:50", passed=13))
    world.run_until("14:01")
    said = world.slack_texts()
    open_before = {one.agent: one.id for one in world.blockers()}
    renamed(world)
    assert world.open_ids() == [open_before["ben"]]
    merged = next(one for one in world.blockers() if one.id == open_before["web-ui"])
    assert merged.resolution == f"Merged into {open_before['ben']}: web-ui is ben"
    assert world.slack_texts() == said
    world.append(OLD, proof("14:01", passed=13))
    assert world.open_ids() == []


def test_what_was_asked_of_either_name_is_asked_of_the_one_agent(tmp_path: Path) -> None:
    world = running(tmp_path)
    world.write(NEW, proof("13:50"))
    world.write("bot_chat/1.md", ask("mara", "web-ui"))
    world.run_until("14:05")
    assert [(one.agent, one.kind.value) for one in world.blockers()][-1] == (
        "web-ui",
        "absent agent",
    )
    first = world.blockers()[-1].id
    assert world.dependencies() == [("bot_chat/1.md", "web-ui", "open")]
    renamed(world)
    assert world.dependencies() == [("bot_chat/1.md", "ben", "open")]
    assert next(one for one in world.blockers() if one.id == first).agent == "ben"
    world.write(
        "bot_chat/2.md", message("answer", "ben", "mara", "The schema.", re="bot_chat/1.md")
    )
    assert world.dependencies() == [("bot_chat/1.md", "ben", "answered")]


def test_an_overdue_request_keeps_its_blocker_under_the_new_name(tmp_path: Path) -> None:
    world = running(tmp_path, 'feedback.cadence="2h"')
    world.write(OLD, proof("13:50"))
    world.write("bot_chat/1.md", ask("mara", "web-ui"))
    world.run_until("14:05")
    assert world.told() == [("14:05:00", "opened", "web-ui")]
    renamed(world)
    assert world.told() == [("14:05:00", "opened", "ben")]
    assert world.open_ids() == ["B-0001"]
    world.write("bot_chat/2.md", message("ack", "ben", "mara", "On it.", re="bot_chat/1.md"))
    assert world.told()[1:] == [("14:05:00", "closed", "ben")]


def test_what_a_hand_put_to_rest_rests_under_the_new_name(tmp_path: Path) -> None:
    world = running(tmp_path)
    world.write(OLD, proof("13:50"))
    world.run_until("14:00")
    world.tell("resolve", "B-0001")
    renamed(world)
    world.run_until("14:30")
    assert world.told() == [("14:00:00", "opened", "ben"), ("14:00:00", "closed", "ben")]


def test_a_retired_name_does_not_set_back_the_clock_of_the_one_on_duty(tmp_path: Path) -> None:
    world = World(tmp_path, begin="13:50")
    world.write(OLD, "\n## 2026-02-01 10:00Z parser\n- 12 passed\n")
    world.start()
    world.run_until("13:55")
    world.write(NEW, update("13:55"))
    renamed(world)
    assert world.agents() == {"ben": "proof"}
    world.run_until("14:04:59")
    assert world.told() == []
    world.run_until("14:05")
    assert world.told() == [("14:05:00", "opened", "ben")]


def test_aliases_in_a_shared_log_are_one_agent_too(tmp_path: Path) -> None:
    log = f"\n## {DAY} 13:50Z - web-ui\n- 12 passed\n\n## {DAY} 13:51Z - ben\n- 13 passed\n"
    world = World(tmp_path, 'feedback.files=["log.md"]', begin="13:52")
    world.write("log.md", log)
    world.start()
    assert world.agents() == {"ben": "proof", "web-ui": "proof"}
    renamed(world)
    assert world.proofs("ben") == ["13:50:00", "13:51:00"]
    world.append("log.md", f"\n## {DAY} 13:52Z - web-ui\n- 14 passed\n")
    assert world.proofs("ben") == ["13:50:00", "13:51:00", "13:52:00"]


def test_a_name_in_chat_is_the_agent_that_writes_under_it_but_for_a_profession(
    tmp_path: Path,
) -> None:
    world = running(tmp_path, 'feedback.cadence="2h"')
    world.write("bot_chat/1.md", ask("mara", "ben-engineer"))
    world.run_until("14:05")
    assert world.dependencies() == [("bot_chat/1.md", "ben-engineer", "open")]
    world.write(NEW, proof("14:05"))
    assert world.dependencies() == [("bot_chat/1.md", "ben", "open")]
    assert world.agents() == {"ben": "proof", "mara": "answers"}


def test_an_ambiguous_name_is_reported_and_not_resolved(tmp_path: Path) -> None:
    world = running(tmp_path)
    world.write("feedback/ben-api.md", proof("13:50"))
    world.write("feedback/ben-web.md", proof("13:50", passed=13))
    world.write("bot_chat/1.md", ask("mara", "ben"))
    assert ambiguous(world) == ["ben (ben-api, ben-web)"]
    assert ("bot_chat/1.md", "ben-api", "open") not in world.dependencies()
    world.stop()
    world.overrides = (*world.overrides, 'agents.ben-web.aliases=["ben"]')
    world.start()
    assert ambiguous(world) == []
    assert world.dependencies() == [("bot_chat/1.md", "ben-web", "open")]
