from __future__ import annotations

from pathlib import Path

import pytest

from harness import World, proof, update
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt, Transition
from seen import Slack

MARA = "feedback/mara.md"


class Killed(BaseException):
    """The end of the process, wherever it stands."""


class DeadlySlack(Slack):
    """Ends the process at its next message, before or after it has taken it."""

    def __init__(self, *, after_taking: bool) -> None:
        super().__init__()
        self._after_taking = after_taking
        self._armed = True

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        if not self._armed:
            return super().deliver(notice, root)
        self._armed = False
        if self._after_taking:
            super().deliver(notice, root)
        raise Killed


def silent(tmp_path: Path, *overrides: str) -> World:
    """Return a running world in which mara proves work at 09:00, and then no more."""
    world = World(tmp_path, *overrides)
    world.start()
    world.write(MARA, proof("09:00"))
    return world


def test_openings_higher_levels_closings_and_nudges_are_events_with_one_fate_each(
    tmp_path: Path,
) -> None:
    world = silent(tmp_path, "workspace.lead=ivo")
    world.run_until("09:20")
    world.append(MARA, proof("09:20", 13))
    assert world.events() == [
        ("inbox", "nudged", "sent"),
        ("slack", "opened", "sent"),
        ("inbox", "opened", "sent"),
        ("slack", "escalated", "sent"),
        ("inbox", "closed", "sent"),
        ("slack", "closed", "sent"),
    ]


def test_what_was_never_told_is_superseded_when_its_blocker_closes(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.slack.fail_next(DeliveryFailed("Slack is away", retry_after_s=600))
    world.run_until("09:12")
    assert world.events()[1:] == [("slack", "opened", "waits")]
    world.append(MARA, proof("09:12", 13))
    world.run_until("09:21")
    assert ("slack", "opened", "superseded") in world.events()
    assert ("slack", "closed", "sent") not in world.events()
    assert world.slack.notices == []


def test_what_could_not_be_sent_is_sent_when_the_sink_is_back(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.slack.fail_next(DeliveryFailed("Slack is away", retry_after_s=60))
    world.run_until("09:10:59")
    assert world.slack_texts() == []
    world.sleep_until("09:11")
    world.run_until("09:11")
    assert world.slack_texts() == ["B-0001 mara: No proof of work since 09:00Z (cadence 5 min)."]


def test_what_people_must_notice_is_a_new_message_in_one_thread(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:20")
    world.append(MARA, proof("09:20", 13))
    roots = [(one.notice.transition, one.root) for one in world.slack.delivered]
    root = Receipt("slack", {"channel": "C0123456789", "ts": "1"})
    assert roots == [
        (Transition.OPENED, None),
        (Transition.ESCALATED, root),
        (Transition.CLOSED, root),
    ]
    levels = [notice.blockers[0].level for notice, _ in world.slack.refreshed]
    assert levels == [2, 2]
    assert [receipt for _, receipt in world.slack.refreshed] == [root, root]


def test_where_slack_is_told_from_level_two_on_that_message_is_the_root(tmp_path: Path) -> None:
    levels = '[{after="0m",notify=["blockers_log"]},{after="10m",notify=["slack"]}]'
    world = silent(tmp_path, f"escalation={levels}")
    world.run_until("09:20")
    world.append(MARA, proof("09:20", 13))
    root = Receipt("slack", {"channel": "C0123456789", "ts": "1"})
    assert [(one.notice.transition, one.root) for one in world.slack.delivered] == [
        (Transition.ESCALATED, None),
        (Transition.CLOSED, root),
    ]
    assert [receipt for _, receipt in world.slack.refreshed] == [root]


def test_a_sink_that_was_not_told_of_an_opening_is_not_told_of_its_closing(tmp_path: Path) -> None:
    levels = '[{after="0m",notify=["blockers_log"]},{after="10m",notify=["slack"]}]'
    world = silent(tmp_path, f"escalation={levels}")
    world.run_until("09:19:59")
    world.append(MARA, proof("09:19", 13))
    assert [what for _, what, _ in world.told()] == ["opened", "closed"]
    assert world.slack.notices == []


def test_each_message_names_its_workspace_and_bears_a_key_of_its_own(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:20")
    world.append(MARA, proof("09:20", 13))
    keys = [notice.key.split("/", 1) for notice in world.slack.notices]
    assert [key for _, key in keys] == [
        "B-0001/opened/slack",
        "B-0001/level-2/slack",
        "B-0001/closed/slack",
    ]
    assert len({uuid for uuid, _ in keys}) == 1
    assert {notice.workspace for notice in world.slack.notices} == {"team"}


@pytest.mark.parametrize("after_taking", [True, False])
def test_killed_between_claim_and_receipt_it_is_looked_up_and_told_once(
    tmp_path: Path, after_taking: bool
) -> None:
    world = World(tmp_path)
    world.slack = DeadlySlack(after_taking=after_taking)
    world.start()
    world.write(MARA, proof("09:00"))
    with pytest.raises(Killed):
        world.run_until("09:10")
    assert world.events()[1:] == [("slack", "opened", "waits")]
    world.kill()
    world.start()
    assert world.events()[1:] == [("slack", "opened", "sent")]
    assert [one.transition for one in world.slack.notices] == [Transition.OPENED]
    assert not world.slack.notices[0].perhaps_repeated


def test_without_the_permission_to_look_up_it_is_sent_again_marked_as_perhaps_repeated(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.slack = DeadlySlack(after_taking=True)
    world.start()
    world.write(MARA, proof("09:00"))
    with pytest.raises(Killed):
        world.run_until("09:10")
    world.kill()
    world.slack.fail_next(DeliveryFailed("missing_scope", permanent=True))
    world.start()
    assert [one.perhaps_repeated for one in world.slack.notices] == [False, True]


def test_a_lost_reply_is_looked_up_before_anything_is_sent_again(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.slack.fail_next(DeliveryFailed("no reply", perhaps_sent=True))
    world.run_until("09:11")
    assert [one.transition for one in world.slack.notices] == [Transition.OPENED]
    assert world.events()[1:] == [("slack", "opened", "sent")]


def test_an_inbox_is_looked_up_by_its_key_too(tmp_path: Path) -> None:
    world = World(tmp_path, "workspace.lead=ivo")
    world.slack = DeadlySlack(after_taking=True)
    world.start()
    world.write(MARA, proof("09:00"))
    with pytest.raises(Killed):
        world.run_until("09:10")
    world.kill()
    world.start()
    world.restart()
    assert world.inbox("ivo").count("## ") == 1
    assert world.inbox("mara").count("## ") == 1


def test_a_row_changes_only_on_a_transition(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:01")
    world.append(MARA, update("09:01") + update("09:02"))
    world.run_until("09:10")
    opened = world.log_text()
    assert world.log_rows()[0].description == (
        "No proof of work since 09:00Z (cadence 5 min); 2 updates without."
    )
    world.append(MARA, update("09:12"))
    world.run_until("09:19:59")
    assert world.log_text() == opened
    world.run_until("09:20")
    higher = world.log_text()
    assert higher != opened
    world.run_until("12:00")
    assert world.log_text() == higher


def test_new_ids_begin_above_the_highest_in_the_log(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(
        "docs/blockers-log.md",
        "# Blockers log\n\n| ID | What |\n| --- | --- |\n| B-0041 | the server is down |\n",
    )
    before = world.log_text()
    world.start()
    world.write(MARA, proof("09:00"))
    world.run_until("09:10")
    assert world.open_ids() == ["B-0042"]
    assert world.log_text().endswith(before.removeprefix("# Blockers log\n\n"))


def test_ids_that_the_store_does_not_know_stand_under_earlier(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:10")
    world.stop()
    for path in (world.root / ".rollcall").glob("rollcall.db*"):
        path.unlink()
    world.start()
    world.run_until("09:20")
    rows = [(row.id, row.status) for row in world.log_rows()]
    assert rows == [("B-0002", "Open (level 1)"), ("B-0001", "Open (level 1)")]
    assert "Earlier, written by a store that is gone:" in world.log_text()


def test_the_region_ends_with_since_when_it_is_watched_or_when_it_stopped(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    assert world.log_text().endswith("Watched since 2026-02-07 09:00Z\n<!-- /rollcall -->\n")
    watched = world.log_text()
    world.run_until("10:00")
    assert world.log_text() == watched
    world.stop()
    assert world.log_text().endswith("Stopped 2026-02-07 10:00Z\n<!-- /rollcall -->\n")


def test_a_changed_region_is_kept_aside_before_it_is_written_again(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:10")
    edited = world.log_text().replace("Open (level 1)", "Mara is ill")
    (world.root / "docs/blockers-log.md").write_text(edited)
    world.run_until("09:20")
    (copy,) = (world.root / ".rollcall/edited").iterdir()
    assert "Mara is ill" in copy.read_text()
    assert world.log_rows()[0].status == "Open (level 2)"


def test_agent_text_in_a_cell_is_one_neutral_line(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.append(MARA, update("09:01", "Blocked: the | schema <b> `of` [x](y) <!-- /rollcall -->"))
    (row,) = world.log_rows()
    assert row.agent == "mara"
    assert world.log_text().count("<!-- /rollcall -->") == 1
    cells = next(line for line in world.log_text().splitlines() if line.startswith("| B-0001"))
    assert not any(mark in cells for mark in ("<b>", "`of`", "[x](y)", "the | schema"))


def test_closed_rows_move_to_the_archive_after_a_day(tmp_path: Path) -> None:
    world = silent(tmp_path, "workspace.sweep_every=6h")
    world.run_until("09:10")
    world.append(MARA, proof("09:10", 13))
    world.tell("resolve", "B-0001")
    world.stop()
    world.sleep_until(world.now.replace(day=8, hour=9, minute=9, second=59))
    world.start()
    assert [row.id for row in world.log_rows()] == ["B-0001"]
    world.sleep_until(world.now.replace(day=8, hour=9, minute=10, second=0))
    world.restart()
    assert world.log_rows() == []
    archive = (world.root / "docs/blockers-log-archive.md").read_text()
    assert "| B-0001 | 2026-02-07 09:10Z | mara |" in archive
