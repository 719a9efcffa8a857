"""What Rollcall does, as two short stories. Read them from top to bottom."""

from __future__ import annotations

from pathlib import Path

from harness import World, at
from rollcall.model import Transition
from seen import LogLine


def test_one_day_of_an_agent_that_works_falls_silent_and_comes_back(tmp_path: Path) -> None:
    # Proof of work is due every 5 minutes; 5 minutes after that somebody is told.
    # Ivo leads. His name on Slack is U0123456789.
    world = World(tmp_path, "workspace.lead=ivo", 'people.ivo.slack="U0123456789"', begin="09:00")
    world.start()

    # 09:00. Mara begins to report. "Working on it" shows nothing, a test result does.
    world.append("feedback/mara.md", "# mara\n\n## 2026-02-07 09:00Z\n- Working on the parser.\n")
    world.run_until("09:04")
    world.append("feedback/mara.md", "- `pytest tests/test_parser.py`: 12 passed\n")
    world.run_until("09:08:59")
    assert world.blockers() == []
    assert world.inbox("mara") == ""

    # 09:09. Five minutes without proof: Mara is reminded in her own inbox, and nobody else is told.
    world.run_until("09:09")
    assert "mara: No proof of work since 09:04Z (cadence 5 min)." in world.inbox("mara")
    assert world.slack.notices == []
    assert world.log_rows() == []

    # 09:12. An update that shows nothing is no proof.
    world.run_until("09:12")
    world.append("feedback/mara.md", "\n## 2026-02-07 09:12Z\n- Still working on the parser.\n")
    world.run_until("09:13:59")
    assert world.blockers() == []

    # 09:14. Ten minutes: a blocker, in the blockers log, in Slack and in the lead's inbox.
    world.run_until("09:14")
    silent = "No proof of work since 09:04Z (cadence 5 min); 1 update without."
    assert world.log_rows() == [
        LogLine(
            id="B-0001",
            opened="2026-02-07 09:14Z",
            agent="mara",
            description=silent,
            owner="ivo",
            status="Open (level 1)",
            resolution="—",
        )
    ]
    assert world.slack_texts() == [f"B-0001 mara: {silent}"]
    assert f"B-0001 mara: {silent}" in world.inbox("ivo")

    # 09:24. Ten minutes later still nothing: level 2. Slack mentions the lead, in the channel.
    world.run_until("09:24")
    assert world.log_rows()[0].status == "Open (level 2)"
    higher = world.slack.notices[-1]
    assert higher.text == f"B-0001 mara: Still so after 10 min, now level 2: {silent}"
    assert (higher.mention, higher.broadcast) == ("U0123456789", True)

    # 09:26. Rollcall itself is restarted. Nothing is told twice.
    world.run_until("09:26")
    world.restart()
    world.run_until("09:30")
    assert [notice.transition for notice in world.slack.notices] == [
        Transition.OPENED,
        Transition.ESCALATED,
    ]
    assert world.inbox("mara").count("a reminder") == 1

    # 09:30. Mara shows a commit. The blocker is closed, once, wherever it was told.
    world.append(
        "feedback/mara.md", "\n## 2026-02-07 09:30Z\n- Parser done in commit 1a2b3c4, 14 passed.\n"
    )
    assert [(row.id, row.status) for row in world.log_rows()] == [
        ("B-0001", "Resolved 2026-02-07 09:30Z")
    ]
    world.run_until("09:34")
    assert [notice.transition for notice in world.slack.notices] == [
        Transition.OPENED,
        Transition.ESCALATED,
        Transition.CLOSED,
    ]
    # What Slack shows first, the root of the thread, was brought to the present state besides.
    root, _ = world.slack.refreshed[-1]
    assert [blocker.closed for blocker in root.blockers] == [at("09:30")]
    assert world.told() == [
        ("09:14:00", "opened", "mara"),
        ("09:24:00", "escalated", "mara"),
        ("09:30:00", "closed", "mara"),
    ]
    world.stop()
    assert "Stopped 2026-02-07 09:34Z" in world.log_text()


def test_a_thread_in_which_a_request_is_acknowledged_and_answered_in_time(tmp_path: Path) -> None:
    # A request must be acknowledged within 15 minutes and answered within 4 hours.
    world = World(tmp_path, begin="09:00")
    world.start()

    # Two agents share one chat file; each appends its own sections.
    thread = "bot_chat/billing-page.md"
    world.append(
        thread,
        "# Billing page\n\n## mara -> ben, 2026-02-07 09:00Z\nCan you send me the schema?\n",
    )
    world.run_until("09:10")
    assert world.dependencies() == [(f"{thread}#L3", "ben", "open")]

    world.append(thread, "\n## ben -> mara, 2026-02-07 09:10Z\nAck, I will send it today.\n")
    world.run_until("12:30")
    assert world.dependencies() == [(f"{thread}#L3", "ben", "acknowledged")]

    world.append(
        thread, "\n## ben -> mara, 2026-02-07 12:30Z\nAnswer: the schema is in docs/schema.md.\n"
    )
    world.run_until("17:00")
    assert world.dependencies() == [(f"{thread}#L3", "ben", "answered")]
    assert world.blockers() == []
    assert world.slack.notices == []
