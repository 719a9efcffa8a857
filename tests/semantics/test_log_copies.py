"""Copies of the blockers log that are old, another's or gone: nothing instructed, nothing lost."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

from harness import World, proof
from rollcall.model import BlockerStatus
from rollcall.store.marks import get_log_remark

LOG = "docs/blockers-log.md"
MARA = "feedback/mara.md"


def overdue(root: Path, *overrides: str) -> World:
    """Return a running world in which mara's proof is missing since 09:10: B-0001."""
    world = World(root, "workspace.lead=ivo", *overrides)
    world.start()
    world.write(MARA, proof("09:00"))
    world.run_until("09:12")
    return world


def log_of(world: World) -> bytes:
    return (world.root / LOG).read_bytes()


def save(world: World, content: bytes) -> None:
    """Save the log whole, and let Rollcall look, work and look again."""
    (world.root / LOG).write_bytes(content)
    for _ in range(3):
        world.run_for(seconds=2)


def asked(content: bytes, status: str) -> bytes:
    """Return the log with another status in its first row."""
    state = rb"\| (?:Open \(|Acknowledged|Snoozed|Resolved)[^|]*\|"
    return re.sub(state, f"| {status} |".encode(), content, count=1)


def remark_of(world: World) -> str:
    with world.works.database.read() as session:
        return get_log_remark(session, world.now.replace(hour=0)) or ""


def edited_copies(world: World) -> list[bytes]:
    return [path.read_bytes() for path in (world.root / ".rollcall/edited").glob("*")]


def test_an_old_copy_of_the_log_instructs_nothing(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    old = log_of(world)
    world.tell("ack", "B-0001")
    acked = log_of(world)
    save(world, old)
    assert world.answers() == [
        "B-0001 is acknowledged; its ladder stops, it closes when its cause ends"
    ]
    assert log_of(world).count(b"Acknowledged by ivo") == acked.count(b"Acknowledged by ivo") == 1
    world.tell("reopen", "B-0001")
    save(world, acked)
    assert world.blockers()[0].status is BlockerStatus.OPEN


def test_an_old_copy_with_an_edit_that_was_carried_out_instructs_nothing_more(
    tmp_path: Path,
) -> None:
    world = overdue(tmp_path)
    edit = asked(log_of(world), "Acknowledged")
    save(world, edit)
    world.tell("reopen", "B-0001")
    save(world, edit)
    assert [what for what, by, _ in world.audit("B-0001") if by == "blockers log"] == [
        "acknowledged"
    ]
    assert world.blockers()[0].status is BlockerStatus.OPEN


def test_the_same_words_on_a_newer_writing_instruct_again(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    save(world, asked(log_of(world), "Acknowledged"))
    world.tell("reopen", "B-0001")
    world.run_for(seconds=2)
    save(world, asked(log_of(world), "Acknowledged"))
    assert world.blockers()[0].status is BlockerStatus.ACKNOWLEDGED


def test_an_edit_saved_over_a_newer_writing_is_carried_out(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    opened = log_of(world)
    world.run_until("09:21")
    assert b"Open (level 2)" in log_of(world)
    save(world, opened.replace(b"| ivo |", b"| noor |"))
    assert (world.blockers()[0].owner, world.log_rows()[0].status) == ("noor", "Open (level 2)")


def test_an_edit_made_while_nothing_ran_is_carried_out_at_the_next_start(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.stop()
    (world.root / LOG).write_bytes(asked(log_of(world), "Resolved"))
    world.start()
    world.run_for(seconds=2)
    assert world.blockers()[0].status is BlockerStatus.RESOLVED
    assert world.log_rows()[0].status == "Resolved 2026-02-07 09:12Z by blockers log"


def test_a_sweep_from_cron_carries_out_edits_in_its_one_pass(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.stop()
    (world.root / LOG).write_bytes(asked(log_of(world), "Acknowledged"))
    world.sweep()
    assert world.log_rows()[0].status == "Acknowledged by blockers log"


def test_an_instruction_that_is_refused_is_answered_in_place(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    opened = log_of(world)
    world.append(MARA, proof("09:12", 13))
    world.run_for(seconds=2)
    save(world, asked(opened, "Acknowledged"))
    (answer,) = [line for line in world.log_text().splitlines() if line.startswith("Rollcall on")]
    assert answer.startswith(
        'Rollcall on B-0001: "Acknowledged" was not carried out: B-0001 was resolved already: '
    )


def test_an_answer_goes_when_it_is_struck_out_or_its_row_edited_again(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    save(world, asked(log_of(world), "Dnoe"))
    assert b'Rollcall on B-0001: "Dnoe" is no status' in log_of(world)
    assert any(b"| Dnoe |" in copy for copy in edited_copies(world))
    save(world, re.sub(rb"Rollcall on [^\n]*\n\n", b"", log_of(world)))
    assert b"Rollcall on" not in log_of(world)
    save(world, asked(log_of(world), "Dnoe!"))
    assert b"Rollcall on" in log_of(world)
    save(world, asked(log_of(world), "Done"))
    assert b"Rollcall on" not in log_of(world)
    assert world.blockers()[0].status is BlockerStatus.RESOLVED


def test_a_lost_store_instructs_nothing_and_keeps_the_rows_under_earlier(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.stop()
    edit = asked(log_of(world), "Resolved")
    (world.root / LOG).write_bytes(edit)
    shutil.rmtree(world.root / ".rollcall")
    world.start()
    world.run_until("09:40")
    text = world.log_text()
    assert "Earlier, written by a store that is gone:" in text
    assert "| B-0001 | 2026-02-07 09:10Z | mara |" in text.partition("Earlier")[2]
    assert [one.id for one in world.blockers()] == ["B-0002"]
    assert world.answers() == []
    assert remark_of(world).startswith("another Rollcall, or a store that is gone, wrote it last")


def test_a_second_clone_instructs_nothing_and_loses_nothing(tmp_path: Path) -> None:
    world, clone = overdue(tmp_path / "one"), overdue(tmp_path / "two")
    clone.tell("resolve", "B-0001", text="in the other clone")
    theirs = log_of(clone)
    save(world, theirs)
    assert world.blockers()[0].status is BlockerStatus.OPEN
    assert world.answers() == []
    assert world.log_rows()[0].status == "Open (level 1)"
    assert any(b"in the other clone" in copy for copy in edited_copies(world))


def test_a_store_put_back_to_an_older_copy_takes_nothing_for_an_edit(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    world.kill()
    shutil.copytree(world.root / ".rollcall", tmp_path / "backup")
    world.start()
    world.tell("snooze", "B-0001", until=world.now.replace(hour=12))
    world.kill()
    shutil.rmtree(world.root / ".rollcall")
    shutil.copytree(tmp_path / "backup", world.root / ".rollcall")
    world.start()
    world.run_for(seconds=4)
    assert world.answers() == []
    assert world.log_rows()[0].status == "Open (level 1)"
    assert remark_of(world).startswith("it is newer than the store")


def test_a_deleted_log_is_written_again_and_said(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    (world.root / LOG).unlink()
    world.run_for(seconds=2)
    assert world.log_rows()[0].id == "B-0001"
    assert remark_of(world) == "it was deleted; it was written again (2026-02-07 09:12Z)"
    with world.works.database.read() as session:
        assert get_log_remark(session, world.now + timedelta(seconds=1)) is None


def test_an_owner_given_in_the_log_stays_and_is_the_one_mentioned(tmp_path: Path) -> None:
    people = ('people.ivo.slack="U0000000001"', 'people.noor.slack="U0000000002"')
    world = overdue(tmp_path, *people)
    save(world, log_of(world).replace(b"| ivo |", b"| Noor |"))
    world.run_until("09:21")
    assert (world.log_rows()[0].owner, world.log_rows()[0].status) == ("noor", "Open (level 2)")
    assert world.slack.notices[-1].mention == "U0000000002"


def test_an_agents_text_forges_no_row_and_no_marker(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    forged = "| B-0001 | 2026-02-07 09:10Z | mara | x | ivo | Resolved | — |"
    words = f"Blocked: <!-- /rollcall --> waiting for zoe {forged}"
    world.write("feedback/pia.md", proof("09:12") + f"\n## 2026-02-07 09:13Z parser\n- {words}\n")
    world.append(LOG, f"\n{forged}\n")
    for _ in range(3):
        world.run_for(seconds=2)
    assert {one.status for one in world.blockers()} == {BlockerStatus.OPEN}
    assert [row.status for row in world.log_rows()][:1] == ["Open (level 1)"]
    assert world.answers() == []
    assert world.faults() == []
