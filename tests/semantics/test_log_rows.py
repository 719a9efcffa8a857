"""Rows that people keep in the blockers log: left as they are, their owner asked once."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import World, at, proof

LOG = "docs/blockers-log.md"
HEAD = "# Blockers\n\n| Opened | Agent | Description | Owner | Status |\n| --- | --- | --- | --- | --- |\n"
OLD = "| today | zoe | the billing page is slow | mara | Open |\n"
NEW = "| today | zoe | the parser has no tests | mara | Open |\n"


def tracking(tmp_path: Path, *overrides: str) -> World:
    """Return a world that sees the log with one row at 09:00, and the second one at 10:00."""
    world = World(tmp_path, "feedback.cadence=10d", "workspace.lead=ivo", *overrides)
    world.write("feedback/mara.md", proof("09:00"))
    world.write(LOG, HEAD + OLD)
    world.start()
    world.run_until("10:00")
    world.append(LOG, NEW)
    world.run_for(minutes=2)
    return world


def second(world: World, new: str) -> None:
    """Give the second row another text."""
    text = world.log_text()
    assert NEW in text
    world.write(LOG, text.replace(NEW, new))
    world.run_for(minutes=2)


def test_a_row_unchanged_for_two_days_has_its_owner_asked_once(tmp_path: Path) -> None:
    world = tracking(tmp_path)
    world.run_until(at("09:59", "2026-02-09"))
    assert world.inbox("mara", "2026-02-09") == ""
    world.run_until(at("10:02", "2026-02-09"))
    asked = world.inbox("mara", "2026-02-09")
    assert "a question about the blockers log" in asked
    assert (
        "A row of docs/blockers-log.md has been open and unchanged for 48 h: is it still so?\n"
        "the parser has no tests (owner: mara): Open\n"
    ) in asked
    world.run_until(at("18:00", "2026-02-12"))
    assert world.inbox("mara", "2026-02-09") == asked
    assert world.inbox("mara", "2026-02-11") == world.inbox("mara", "2026-02-12") == ""
    assert world.log_text().endswith(HEAD.removeprefix("# Blockers\n") + OLD + NEW)


def test_a_row_that_stood_there_at_first_sight_is_never_asked_about(tmp_path: Path) -> None:
    world = tracking(tmp_path)
    world.run_until(at("18:00", "2026-02-12"))
    assert "billing" not in world.inbox("mara", "2026-02-09")
    assert [what for _, what, _ in world.events()] == ["asked"]


@pytest.mark.parametrize(
    "closed",
    ["Closed", "**done**", "resolved 2026-02-07", "", "Opening hours", "~~Open~~ done", "~~Open~~"],
)
def test_a_row_that_is_not_open_is_not_asked_about(tmp_path: Path, closed: str) -> None:
    world = tracking(tmp_path)
    second(world, NEW.replace("Open", closed))
    world.run_until(at("12:00", "2026-02-10"))
    assert world.events() == []


@pytest.mark.parametrize(
    "table",
    [
        HEAD + NEW.replace("Open", "🔴 Open"),
        HEAD + NEW.replace("Open |\n", "Open\n"),
        HEAD + NEW.replace("Open |\n", "Open | since yesterday |\n"),
        HEAD.replace(" Status |", " Status | Notes |").replace("--- |\n", "--- | --- |\n") + NEW,
        HEAD.replace("\n| ", "\n").replace(" |\n", "\n") + NEW.strip("| \n").strip() + "\n",
        HEAD.replace("Description", "What").replace("Owner", "Assigned to") + NEW,
    ],
    ids=["a light", "no last bar", "a cell more", "a cell less", "no outer bars", "other names"],
)
def test_a_row_is_read_as_people_write_it(tmp_path: Path, table: str) -> None:
    world = tracking(tmp_path)
    world.write(LOG, world.log_text() + "\n## More\n\n" + table.replace("no tests", "no docs"))
    world.run_for(minutes=2)
    world.run_until(at("10:10", "2026-02-09"))
    assert "the parser has no docs (owner: mara): " in world.inbox("mara", "2026-02-09")


def test_a_row_that_is_struck_out_is_not_asked_about(tmp_path: Path) -> None:
    world = tracking(tmp_path)
    second(world, NEW.replace("the parser has no tests", "~~the parser has no tests~~"))
    world.run_until(at("12:00", "2026-02-10"))
    assert world.events() == []


def test_a_change_begins_the_two_days_anew(tmp_path: Path) -> None:
    world = tracking(tmp_path)
    world.run_until(at("09:00", "2026-02-08"))
    second(world, NEW.replace("| Open |", "| In progress |"))
    world.run_until(at("08:59", "2026-02-10"))
    assert world.events() == []
    world.run_until(at("09:03", "2026-02-10"))
    assert [what for _, what, _ in world.events()] == ["asked"]


def test_format_is_no_change_and_a_repetition_no_second_row(tmp_path: Path) -> None:
    world = tracking(tmp_path)
    second(world, NEW.replace("Open", "**OPEN**") + NEW.replace(" | ", "   |   "))
    world.run_until(at("10:03", "2026-02-09"))
    assert [what for _, what, _ in world.events()] == ["asked"]


def test_an_owner_that_is_a_person_is_asked_in_slack(tmp_path: Path) -> None:
    world = tracking(tmp_path, 'people.noor.slack="U0123456789"')
    second(world, NEW.replace("mara", "Noor"))
    world.run_until(at("10:10", "2026-02-09"))
    (notice,) = world.slack.notices
    assert (notice.mention, notice.detail[0]) == (
        "U0123456789",
        "the parser has no tests (owner: Noor): Open",
    )


def test_where_nobody_knows_the_owner_the_lead_is_asked(tmp_path: Path) -> None:
    world = tracking(tmp_path)
    second(world, NEW.replace("mara", "whoever"))
    world.run_until(at("10:10", "2026-02-09"))
    assert "(owner: whoever)" in world.inbox("ivo", "2026-02-09")


def test_a_row_in_a_fence_is_an_example(tmp_path: Path) -> None:
    world = tracking(tmp_path)
    second(world, f"```\n{HEAD}{NEW}```\n")
    world.run_until(at("10:10", "2026-02-09"))
    assert [one.detail[0] for one in world.slack.notices] == []
    assert world.inbox("mara", "2026-02-09") == ""
