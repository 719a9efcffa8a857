"""What each edit of the blockers log does: an instruction, an answer in place, or nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import col, select

from harness import World, proof
from rollcall.store.marks import LOG_REMARK, get_mark
from rollcall.store.tables import InstructionRow
from semantics.log_edit_cases import (
    ACKED,
    CASES,
    LOG,
    PEOPLES,
    Case,
    Edit,
    first,
    owner,
    resolution,
    status,
)


def standing(root: Path) -> World:
    """Return a running world with the two blockers; at 09:12 nothing else is due for a while."""
    world = World(root, "workspace.lead=ivo", slack=False)
    world.start()
    for agent in ("mara", "pia"):
        world.write(f"feedback/{agent}.md", proof("09:00"))
    world.run_until("09:12")
    with (world.root / LOG).open("ab") as log:
        log.write(PEOPLES)
    world.run_for(seconds=2)
    return world


def save(world: World, content: bytes) -> None:
    """Save the log as an editor does, and let Rollcall look, work and look again."""
    path = world.root / LOG
    new = path.with_name("edited")
    new.write_bytes(content)
    new.rename(path)
    for _ in range(3):
        world.run_for(seconds=2)


def edited(world: World, edit: Edit) -> bytes:
    content = edit((world.root / LOG).read_bytes())
    save(world, content)
    return content


def remark_of(world: World) -> str:
    with world.works.database.read() as session:
        return (get_mark(session, LOG_REMARK) or "").partition(" ")[2]


def told(world: World) -> tuple[str, ...]:
    with world.works.database.read() as session:
        rows = session.exec(select(InstructionRow).order_by(col(InstructionRow.id)))
        return tuple(row.verb for row in rows if row.author == "blockers log")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_of_the_log_instructs_is_answered_or_means_nothing(
    tmp_path: Path, case: Case
) -> None:
    world = standing(tmp_path)
    edited(world, case.edit)

    row, other = (
        next(one for one in world.log_rows() if one.id == id_) for id_ in ("B-0001", "B-0002")
    )
    assert (row.status, row.owner, row.resolution) == (case.status, case.owner, case.resolution)
    assert other.status == "Open (level 1)"
    assert told(world) == case.told
    answers = [line for line in world.log_text().splitlines() if line.startswith("Rollcall on")]
    assert [line.startswith(f"Rollcall on B-0001: {case.answer}") for line in answers] == (
        [True] if case.answer else []
    )
    assert remark_of(world).startswith(case.remark)
    assert bool(remark_of(world)) == bool(case.remark)
    assert world.faults() == []
    content = (world.root / LOG).read_bytes()
    assert b"Ask noor first." in content
    assert b"the billing page is slow" in content
    before = world.log_text()
    for _ in range(3):
        world.run_for(seconds=2)
    assert world.log_text() == before, "what was said once is not said again"


@pytest.mark.parametrize(
    ("new", "back", "answer", "then", "end"),
    [
        (owner("noor"), ("| noor |", "| ivo |"), 'its Owner was "ivo" before', "@ivo", "ivo"),
        (owner("noor"), ("| noor |", "| |"), "", "", "—"),
        (
            resolution("soon"),
            ("| soon |", "| |"),
            "its Resolution was empty before",
            "~~soon~~",
            "—",
        ),
        (
            status("ack"),
            (f"| {ACKED} |", "| Open (level 1) |"),
            'its Status was "Open (level 1)" before',
            "Open",
            "Open (level 1)",
        ),
    ],
    ids=["owner", "no owner", "resolution", "status"],
)
def test_what_stood_in_a_cell_before_is_answered_with_how_to_mean_it(
    tmp_path: Path, new: Edit, back: tuple[str, str], answer: str, then: str, end: str
) -> None:
    world = standing(tmp_path)
    edited(world, new)
    edited(world, first(back[0].encode(), back[1].encode()))
    answers = [line for line in world.log_text().splitlines() if line.startswith("Rollcall on")]
    assert [line.startswith(f"Rollcall on B-0001: {answer}") for line in answers] == [True] * bool(
        answer
    )
    if then:
        edited(world, first(back[0].encode(), f"| {then} |".encode()))
    row = next(one for one in world.log_rows() if one.id == "B-0001")
    assert end in (row.status, row.owner, row.resolution)
    assert "Rollcall on" not in world.log_text()
