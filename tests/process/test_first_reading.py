"""The first reading of many files: it says how far it is, and a stop does not wait for its end."""

from __future__ import annotations

from pathlib import Path

from process.nursery import Nursery
from process.team import Team, wait_for_end, wait_until

FILES = 300
OLD = "\n".join(
    f"## 2026-02-07 {hour:02d}:00Z parser\n- `pytest tests/test_parser.py` -> {hour} passed\n"
    for hour in range(10)
)


def test_a_stop_in_the_first_reading_is_heard_and_the_next_start_reads_the_rest(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    for number in range(FILES):
        team.write(f"feedback/agent-{number:03d}.md", OLD)
    with team.daemon(nursery, awaited=False) as daemon:
        wait_until("the first agents", lambda: team.rows("SELECT slug FROM agents"))
        assert daemon.stop() == 0
        assert "stopped" in daemon.output()
    read = team.rows("SELECT count(*) FROM sources")[0][0]
    assert 0 < read < FILES
    assert team.mark("first_sweep") == ""
    assert team.mark("reading") == ""
    with team.daemon(nursery, awaited=False) as daemon:
        wait_until("the first sweep", lambda: team.mark("first_sweep"), within_s=60)
        assert daemon.stop() == 0
        wait_for_end(daemon.process)
    assert team.rows("SELECT count(*) FROM agents WHERE retired") == [(FILES,)]
    assert team.rows("SELECT count(*) FROM events") == [(0,)]
