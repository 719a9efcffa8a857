from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

import pytest

from harness import World, ask, at, proof, update
from rollcall import reading
from rollcall.model import BlockerKind, Transition
from rollcall.parse.feedback import FeedbackReading, FeedbackState, read_feedback

TEAM = [f"agent-{number:02d}" for number in range(20)]


@pytest.fixture
def broken_parser(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give the parser a bug: it raises on a file that says "kaboom"."""

    def read(lines: Sequence[str], state: FeedbackState, zone: tzinfo) -> FeedbackReading:
        if any("kaboom" in line for line in lines):
            raise IndexError("list index out of range")
        return read_feedback(lines, state, zone)

    monkeypatch.setattr(reading, "read_feedback", read)
    return monkeypatch


def test_a_parser_that_raises_on_one_of_twenty_files_stops_only_that_one(
    tmp_path: Path, broken_parser: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    for agent in TEAM:
        world.write(f"feedback/{agent}.md", proof("08:59"))
    world.write("feedback/agent-07.md", f"{proof('08:59')}- kaboom\n")
    world.start()
    assert sorted(world.agents()) == [agent for agent in TEAM if agent != "agent-07"]
    assert world.faults() == ["source:feedback/agent-07.md"]
    world.run_for(seconds=5)
    (blocker,) = world.blockers()
    assert (blocker.kind, blocker.agent, blocker.description) == (
        BlockerKind.FAULT,
        "rollcall",
        "A fault of our own at source:feedback/agent-07.md: IndexError: list index out of range",
    )
    assert [one.transition for one in world.slack.notices] == [Transition.OPENED]
    broken_parser.undo()
    world.run_until("09:02")
    assert world.faults() == []
    assert sorted(world.agents()) == TEAM
    assert [(one.id, one.resolution) for one in world.blockers()] == [("B-0001", "It works again")]


def test_a_fault_is_tried_again_with_growing_pauses_and_nobody_is_mentioned(
    tmp_path: Path, broken_parser: pytest.MonkeyPatch
) -> None:
    del broken_parser
    world = World(tmp_path, "workspace.lead=ivo", 'people.ivo.slack="U0123456789"')
    world.start()
    world.write("feedback/mara.md", f"{proof('09:00')}- kaboom\n")
    world.run_until("10:00")
    assert [what for _, what, _ in world.told()] == ["opened"]
    assert [(one.level, one.mention) for one in world.slack.notices] == [(1, None)]


def test_the_other_agents_are_judged_beside_a_fault(
    tmp_path: Path, broken_parser: pytest.MonkeyPatch
) -> None:
    del broken_parser
    world = World(tmp_path)
    world.start()
    world.write("feedback/mara.md", f"{proof('09:00')}- kaboom\n")
    world.write("feedback/ben.md", proof("09:00"))
    world.run_until("09:10")
    assert ("09:10:00", "opened", "ben") in world.told()


def test_the_fault_of_a_file_that_is_gone_is_over(
    tmp_path: Path, broken_parser: pytest.MonkeyPatch
) -> None:
    del broken_parser
    world = World(tmp_path)
    world.start()
    world.write("feedback/mara.md", f"{proof('09:00')}- kaboom\n")
    world.run_until("09:01")
    (world.root / "feedback/mara.md").unlink()
    world.sweep_now()
    world.run_until("09:02")
    assert world.faults() == []
    assert world.open_ids() == []


def test_a_file_that_is_deleted_leaves_nothing_to_come_back_to(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.write("feedback/mara.md", f"{proof('09:00')}- half a li")
    assert world.works.pipeline.next_wake() == at("09:00:02")
    world.delete("feedback/mara.md")
    world.run_until("09:01")
    assert world.works.pipeline.next_wake() == at("09:05")  # when Mara is to be reminded


def test_sinks_that_write_inside_the_watched_folders_feed_nothing_back(tmp_path: Path) -> None:
    world = World(
        tmp_path,
        "workspace.lead=ivo",
        'notify.blockers_log.path="bot_chat/blockers-log.md"',
        'notify.inbox.path="feedback/{agent}/{date}-notes.md"',
        'feedback.files=["feedback/{agent}.md", "feedback/{agent}/{date}-notes.md"]',
    )
    world.start()
    world.write("feedback/mara.md", proof("09:00"))
    world.write("bot_chat/mara-to-ben-schema.md", ask())
    world.run_until("09:25")
    told = world.told()
    assert [what for _, what, _ in told].count("opened") == 2
    assert (world.root / "bot_chat/blockers-log.md").exists()
    assert (world.root / "feedback/ivo/2026-02-07-notes.md").exists()
    dependencies, events = world.dependencies(), world.events()
    world.tick_every(5, times=600)
    assert world.agents() == {"ben": "answers", "mara": "proof"}
    assert world.dependencies() == dependencies
    assert world.events() == events
    assert world.told() == told


def test_bad_text_is_data(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.write("feedback/mara.md", proof("09:00"))
    hostile = "Blocked by <!channel>: the | table ``` <!-- /rollcall --> \x1b[31m is missing."
    world.append("feedback/mara.md", update("09:01", hostile))
    world.run_until("09:30")
    assert world.faults() == []
    assert len(world.log_rows()) == 1


def test_a_file_where_the_logs_folder_should_be_is_named_with_what_to_do(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("docs", "not a folder\n")
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    world.run_until("09:10")
    (fault,) = [one.description for one in world.blockers() if one.kind is BlockerKind.FAULT]
    assert fault == (
        "A fault of our own at sink:blockers_log: docs is a file, and a folder is needed there for "
        "blockers-log.md; move it away, or set notify.blockers_log.path"
    )
    (world.root / "docs").unlink()
    world.run_until("09:11")
    assert world.faults() == []
    assert "| mara |" in world.log_text()
