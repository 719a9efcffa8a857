from __future__ import annotations

from pathlib import Path

import pytest

from harness import World, ask, message, proof, update
from rollcall.model import BlockerKind

NO_SOURCES = (
    "README.md",
    "readme-first.md",
    "template.md",
    "template-of-an-update.md",
    "feedback-template.md",
    "index.md",
    ".mara.md",
    "mara.md~",
    "mara.md.tmp",
    "mara.md.swp",
    "mara.md.bak",
    "mara.md.orig",
    "mara.md.rej",
    "mara.sync-conflict-20260207-090000-ABCDEFG.md",
    "mara (conflicted copy 2026-02-07).md",
    "templates/2026-02-07.md",
    "archive/2026-02-07.md",
    "archive/mara.md",
)


def test_with_no_duty_at_all_a_silent_agent_is_alarmed_for(tmp_path: Path) -> None:
    world = World(tmp_path, begin="02:00")  # a Saturday night: without hours everyone is on duty
    world.start()
    world.append("feedback/mara.md", update("02:00"))
    world.run_until("02:09:59")
    assert world.told() == []
    world.run_until("02:10")
    assert world.told() == [("02:10:00", "opened", "mara")]
    assert [blocker.kind for blocker in world.blockers()] == [BlockerKind.MISSING_PROOF]


def test_a_declared_agent_that_never_wrote_owes_proof_from_first_sight(tmp_path: Path) -> None:
    world = World(tmp_path, 'agents.noor.lead="ivo"')
    world.start()
    world.run_until("09:09:59")
    assert world.told() == []
    world.run_until("09:10")
    assert [(one.agent, one.owner, one.description) for one in world.blockers()] == [
        ("noor", "ivo", "No proof of work since we began to watch at 09:00Z (cadence 5 min).")
    ]


def test_an_agent_known_only_from_chat_owes_answers_and_never_proof(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.write("bot_chat/mara-to-ben-schema.md", ask("mara", "ben"))
    world.write("bot_chat/ben-to-mara-hello.md", ask("ben", "mara"))
    world.run_until("13:30")
    assert world.agents() == {"ben": "answers", "mara": "answers"}
    assert {one.kind for one in world.blockers()} == {
        BlockerKind.STALLED_DEPENDENCY,
        BlockerKind.DEADLOCK,
    }
    assert world.inbox("mara") == ""


def test_an_agent_known_from_chat_owes_proof_from_its_first_entry_on(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    world.run_until("10:00")
    world.write("feedback/ben.md", update("10:00"))
    assert world.agents()["ben"] == "proof"
    world.run_until("10:09:59")
    assert world.told() == []
    world.run_until("10:10")
    assert world.told() == [("10:10:00", "opened", "ben")]


def test_an_agent_may_have_a_cadence_and_a_name_of_its_own(tmp_path: Path) -> None:
    world = World(tmp_path, "agents.mara.cadence=10m", 'agents.mara.aliases=["DevOps/SRE"]')
    world.start()
    world.write("feedback/devops-sre.md", proof("09:00"))
    world.run_until("09:14:59")
    assert world.told() == []
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "mara")]


def test_what_only_looks_like_a_feedback_file_is_never_a_source(tmp_path: Path) -> None:
    world = World(tmp_path)
    for name in NO_SOURCES:
        world.write(f"feedback/{name}", update("08:59"))
    world.start()
    for name in NO_SOURCES:
        world.append(f"feedback/{name}", update("09:00"))
    world.sweep_now()
    assert world.agents() == {}
    assert world.works.pipeline.discovery.sources == ()


def test_a_sync_conflict_copy_is_said_to_be_left_out(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("feedback/mara.sync-conflict-20260207-090000-ABCDEFG.md", update("08:59"))
    world.start()
    skipped = world.works.pipeline.discovery.skipped
    assert [one.path.name for one in skipped if not one.expected] == [
        "mara.sync-conflict-20260207-090000-ABCDEFG.md"
    ]


@pytest.mark.parametrize(
    "name", ["docs/blockers-log.md", "coordination/inbox/mara/2026-02-07-notes.md"]
)
def test_what_stands_at_the_path_of_a_sink_is_never_a_source(tmp_path: Path, name: str) -> None:
    files = 'feedback.files=["docs/{agent}.md", "coordination/inbox/{agent}/{date}-notes.md"]'
    world = World(tmp_path, files)
    world.write(name, update("08:59"))
    world.start()
    assert world.agents() == {}


def test_a_file_with_our_key_is_never_a_source(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("feedback/mara.md", f"<!-- rollcall: a-key -->\n{update('08:59')}")
    world.start()
    assert world.agents() == {}


def test_a_declared_agent_of_such_a_name_is_a_source(tmp_path: Path) -> None:
    world = World(tmp_path, "agents.index.cadence=10m")
    world.write("feedback/index.md", proof("08:59"))
    world.start()
    assert world.agents() == {"index": "proof"}
    assert world.proofs("index") == ["08:59:00"]


def test_a_file_named_with_a_date_and_time_belongs_to_its_agent(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("feedback/mara-2026-02-07-1751.md", proof("08:57"))
    world.write("feedback/mara.md", proof("08:58", passed=13))
    world.start()
    assert world.agents() == {"mara": "proof"}


def test_one_agent_in_several_worktrees_has_one_clock(tmp_path: Path) -> None:
    world = World(tmp_path, 'workspace.roots=[".", "../wt-*"]')
    world.start()
    world.append("feedback/mara.md", proof("09:00"))
    world.run_until("09:05")
    world.append("../wt-parser/feedback/mara.md", proof("09:05", passed=13))
    world.sweep_now()  # a root that appears is found by the next sweep
    world.run_until("09:14:59")
    assert world.told() == []
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "mara")]
    world.append("feedback/mara.md", proof("09:15", passed=14))
    assert world.told()[1:] == [("09:15:00", "closed", "mara")]


def test_a_symbolic_link_beyond_the_roots_is_not_followed(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("../elsewhere/mara.md", update("08:59"))
    world.write("feedback/ben.md", update("08:59"))
    (world.root / "feedback/mara.md").symlink_to(world.root.parent / "elsewhere/mara.md")
    world.start()
    assert world.agents() == {"ben": "proof"}
