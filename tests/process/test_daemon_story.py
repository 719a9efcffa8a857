"""The product's story, told by the real daemon as a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from process.nursery import Nursery
from process.team import QUICK, Team, entry, wait_until
from rollcall.notify.fake_slack import FakeSlack


@pytest.mark.waits
def test_from_an_append_to_a_blocker_in_the_log_and_in_slack_and_back(
    tmp_path: Path, slack: FakeSlack, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", *QUICK, slack=slack)
    with team.daemon() as daemon:
        team.append("feedback/mara.md", entry("parser"))
        stored = wait_until(
            "the entry in the store", lambda: team.rows("SELECT agent, title, proof FROM entries")
        )
        assert stored == [("mara", "parser", 1)]

        [row] = wait_until("the row in the log", team.log_rows)
        assert (row[0], row[2], row[5], row[6]) == ("B-0001", "mara", "Open (level 1)", "—")
        [root] = wait_until("the message in Slack", lambda: slack.messages)
        assert root.text.startswith("[team] B-0001 mara: No proof of work since ")
        assert root.thread_ts is None

        team.append("feedback/mara.md", entry("parser again"))
        wait_until(
            "the row resolved", lambda: team.log_rows()[0][5].startswith("Resolved "), within_s=5
        )
        assert team.log_rows()[0][6].endswith("parser again")
        wait_until("the root updated", lambda: root.edits)
        wait_until("the reply", lambda: slack.messages[1:])
        assert [one.thread_ts for one in slack.messages[1:2]] == [root.ts]

        assert daemon.stop() == 0

    assert team.log_text().splitlines()[-2].startswith("Stopped 20")
    assert "Watched since" not in team.log_text()
    assert [one.key for one in slack.messages].count(root.key) == 1
    code, said = team.carry_out(nursery, "status")
    assert (code, said.partition(" since ")[0]) == (1, "NOT RUNNING")
