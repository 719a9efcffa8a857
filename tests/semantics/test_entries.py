from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness import DAY, World, at, proof, update

MARA = "feedback/mara.md"
SAME = "- Parser checked: `pytest tests/test_parser.py` -> 12 passed\n"


def watched(tmp_path: Path, *overrides: str, begin: str = "13:50") -> World:
    """Return a running world in which mara has proved work at its beginning."""
    world = World(tmp_path, *overrides, begin=begin)
    world.start()
    world.write(MARA, f"# mara\n{proof(begin)}")
    return world


def test_a_heading_and_a_bullet_of_evidence_later_are_one_entry_with_proof_at_the_bullet(
    tmp_path: Path,
) -> None:
    world = watched(tmp_path)
    world.run_until("14:00")
    world.append(MARA, f"\n## {DAY} 14:00Z parser\n- working on it\n")
    world.run_until("14:03")
    world.append(MARA, "- 12 passed\n")
    assert world.proofs("mara") == ["13:50:00", "14:03:00"]
    assert [row.title for row in world.entries("mara")] == ["parser", "parser"]
    world.run_until("14:12:59")
    assert world.told() == [("14:00:00", "opened", "mara"), ("14:03:00", "closed", "mara")]
    world.run_until("14:13")
    assert world.told()[2:] == [("14:13:00", "opened", "mara")]


def test_what_is_appended_to_the_last_entry_revises_it_under_the_same_id(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.append(MARA, update("13:51"))
    first = world.entries("mara")[-1]
    world.append(MARA, "- and a second line\n")
    world.append(MARA, "- and a third\n")
    last = world.entries("mara")[-1]
    assert (last.id, last.place, last.key) == (first.id, first.place, first.key)
    assert last.digest != first.digest
    assert len(world.entries("mara")) == 2


def test_what_follows_changes_no_entry_but_the_open_one(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.append(MARA, update("13:51") + update("13:52"))
    before = [(row.id, row.digest, row.counts_at) for row in world.entries("mara")[:2]]
    world.run_until("13:53")
    world.append(MARA, "- one more line\n" + proof("13:53", passed=13))
    after = [(row.id, row.digest, row.counts_at) for row in world.entries("mara")]
    assert after[:2] == before
    assert world.proofs("mara") == ["13:50:00", "none", "none", "13:53:00"]


def test_evidence_added_to_an_entry_that_is_not_the_newest_is_no_proof(tmp_path: Path) -> None:
    world = watched(tmp_path)
    text = f"# mara\n{proof('13:50')}{{}}{update('13:52')}"
    world.run_until("13:55")
    world.write(MARA, text.format(update("13:51")))
    world.write(MARA, text.format(update("13:51") + "- 12 passed\n"))
    assert world.proofs("mara") == ["13:50:00", "none", "none"]
    assert [row.proof for row in world.entries("mara")] == [True, True, False]
    world.run_until("14:00")
    assert world.told() == [("14:00:00", "opened", "mara")]


def test_a_rewrite_adds_nothing(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.append(MARA, update("13:51"))
    world.run_until("13:55")
    world.write(MARA, f"# The log of mara\n\nParser team.\n{proof('13:50')}{update('13:51')}")
    assert world.proofs("mara") == ["13:50:00", "none"]


def test_a_rotation_adds_nothing(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("13:55")
    world.write("feedback/mara/2026-02-07.md", (world.root / MARA).read_text())
    world.write(MARA, "# mara\n")
    assert world.proofs("mara") == ["13:50:00"]
    world.run_until("14:00")
    assert world.told() == [("14:00:00", "opened", "mara")]


def test_a_copy_adds_nothing(tmp_path: Path) -> None:
    world = watched(tmp_path, 'workspace.roots=[".", "../wt-*"]')
    world.run_until("13:55")
    world.write("../wt-one/feedback/mara.md", (world.root / MARA).read_text())
    world.sweep_now()
    assert world.proofs("mara") == ["13:50:00"]
    world.run_until("14:00")
    assert world.told() == [("14:00:00", "opened", "mara")]


def test_the_same_line_each_cycle_is_heard_each_time(tmp_path: Path) -> None:
    world = watched(tmp_path)
    for minute in ("13:55", "14:00", "14:05"):
        world.run_until(minute)
        world.append(MARA, f"\n## Update\n{SAME}")
    assert world.proofs("mara") == ["13:50:00", "13:55:00", "14:00:00", "14:05:00"]
    world.run_until("14:14:59")
    assert world.told() == []


def test_the_same_stamped_entry_once_more_in_a_file_is_heard_too(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("13:58")
    world.append(MARA, proof("13:50"))
    assert world.proofs("mara") == ["13:50:00", "13:58:00"]


def test_a_repeat_that_was_counted_before_is_not_heard_again_after_a_rewrite(
    tmp_path: Path,
) -> None:
    world = watched(tmp_path)
    world.run_until("13:55")
    world.append(MARA, f"\n## Update\n{SAME}\n## Update\n{SAME}")
    counted = world.proofs("mara")
    text = (world.root / MARA).read_text()
    world.run_until("13:58")
    world.write(MARA, f"# mara\n{proof('13:50')}")
    world.run_until("13:59")
    world.write(MARA, text)
    assert world.proofs("mara") == counted


def test_a_revision_restarts_no_clock_unless_it_gained_evidence(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("13:55")
    world.write(MARA, f"# mara\n{proof('13:50')}- and some words\n")
    assert world.proofs("mara") == ["13:50:00"]
    world.run_until("13:56")
    world.write(MARA, f"# mara\n{proof('13:50')}- and some words\n- committed as 1a2b3c4\n")
    assert world.proofs("mara") == ["13:56:00"]
    world.run_until("13:57")
    world.write(MARA, f"# mara\n{proof('13:50')}- committed as 1a2b3c4\n")
    assert world.proofs("mara") == ["13:56:00"]


def test_of_several_unseen_entries_in_one_change_the_newest_by_stamp_counts_as_arrived(
    tmp_path: Path,
) -> None:
    world = watched(tmp_path)
    world.run_until("14:10")
    world.append(MARA, proof("14:02", 13) + proof("14:06", 14) + proof("14:04", 15))
    assert world.proofs("mara") == ["13:50:00", "14:02:00", "14:10:00", "14:04:00"]


def test_a_stamp_in_the_future_gains_nothing(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.append(MARA, proof("23:00", 13))
    assert world.proofs("mara") == ["13:50:00", "13:50:00"]
    world.run_until("14:00")
    assert world.told() == [("14:00:00", "opened", "mara")]


def test_a_stamp_in_the_future_spoils_no_later_entry(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.append(MARA, "\n## 2027-02-07 13:50Z parser\n- 12 passed\n")
    world.run_until("14:00")
    world.append(MARA, update("14:00"))
    world.run_until("14:03")
    world.append(MARA, "- 13 passed\n")
    assert world.proofs("mara") == ["13:50:00", "13:50:00", "14:03:00"]


def test_a_back_dated_entry_gains_nothing(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.run_until("13:59")
    # One change brings a whole history that somebody made up: only its newest entry counts now.
    world.append(MARA, proof("13:57", 13) + proof("12:00", 14))
    assert world.proofs("mara") == ["13:50:00", "13:59:00", "12:00:00"]


@pytest.mark.parametrize(
    ("stamp", "changed", "counts"),
    [
        ("14:30", "15:00", "14:30:00"),  # its stamp lies inside the outage
        ("12:00", "15:00", "15:00:00"),  # before it: the file's own time of change
        ("23:00", "15:00", "15:00:00"),  # after it
    ],
)
def test_what_arrived_during_an_outage_is_dated_by_its_stamp_inside_it_else_by_the_file(
    tmp_path: Path, stamp: str, changed: str, counts: str
) -> None:
    world = watched(tmp_path)
    world.run_until("14:00")
    world.stop()
    world.sleep_until("16:00")
    world.append(MARA, proof(stamp, 13), changed=at(changed))
    world.start()
    assert world.proofs("mara") == ["13:50:00", counts]


def test_what_vanishes_from_a_file_changes_nothing_and_is_kept_as_gone(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.append(MARA, update("13:50", "Blocked by noor: the schema is not there yet."))
    world.run_until("13:55")
    world.write(MARA, "# mara\n")
    assert [(row.gone, row.blocked_on is not None) for row in world.entries("mara")] == [
        (True, False),
        (True, True),
    ]
    assert world.told() == [("13:50:00", "opened", "mara")]
    world.delete(MARA)
    world.sweep_now()
    assert world.told() == [("13:50:00", "opened", "mara")]
    assert world.proofs("mara") == ["13:50:00", "none"]


def test_a_newest_first_file_is_normal(tmp_path: Path) -> None:
    world = watched(tmp_path)
    entries = proof("13:50")
    for minute in range(54, 70, 4):
        clock = f"{(at('13:00') + timedelta(minutes=minute)):%H:%M}"
        entries = proof(clock, minute) + entries
        world.run_until(clock)
        world.write(MARA, f"# mara\n{entries}")
    assert world.proofs("mara") == ["13:50:00", "13:54:00", "13:58:00", "14:02:00", "14:06:00"]
    world.run_until("14:15:59")
    assert world.told() == []
    world.run_until("14:16")
    assert world.told() == [("14:16:00", "opened", "mara")]


def test_a_half_written_line_counts_when_its_newline_comes_or_after_two_quiet_seconds(
    tmp_path: Path,
) -> None:
    world = watched(tmp_path)
    world.run_until("13:55")
    world.append(MARA, f"\n## {DAY} 13:55Z parser\n- 12 pas")
    world.run_until("13:55:01")
    world.append(MARA, "sed\n")
    assert world.proofs("mara") == ["13:50:00", "13:55:01"]
    world.append(MARA, f"\n## {DAY} 13:55:01Z parser\n- commit 1a2b3c4")
    world.run_until("13:55:02")
    assert world.proofs("mara") == ["13:50:00", "13:55:01", "none"]
    world.run_until("13:55:03")
    assert world.proofs("mara") == ["13:50:00", "13:55:01", "13:55:03"]


def test_bodies_are_not_stored(tmp_path: Path) -> None:
    world = watched(tmp_path)
    world.append(
        MARA, f"\n## {DAY} 13:51Z a title that may stay\n- 12 passed\n- mumbling quietly\n"
    )
    world.write(
        "bot_chat/mara-to-ben-schema.md",
        "---\nfrom: mara\nto: ben\nkind: request\n---\n# Schema\n\nCan you send it, dear colleague?\n",
    )
    world.run_until("14:10")
    stored = world.stored_bytes()
    assert b"a title that may stay" in stored
    assert b"mumbling" not in stored
    assert b"dear colleague" not in stored


def test_a_secret_in_a_title_is_redacted_before_it_is_stored(tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    world = watched(tmp_path)
    world.append(MARA, f"\n## {DAY} 13:51Z pushed with {secret}\n- commit 1a2b3c4\n")
    world.append(MARA, update("13:52", f"Blocked by noor: the key {secret} does not open it."))
    assert secret.encode() not in world.stored_bytes()
    assert secret not in world.log_text()
    assert all(secret not in text for text in world.slack_texts())
    assert len(world.log_rows()) == 1
