"""Real files of real teams, and our own: a first sight of history announces nothing."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from process.nursery import Nursery
from process.team import Team
from rollcall.clock import ManualClock, SystemClock
from rollcall.pipeline import Round
from rollcall.wiring import build_works
from rollcall.worker import work_once
from rollcall.workspace import find_workspace

OURS = Path(__file__).parents[2]
CORPORA = OURS.parent / "shared" / "corpora"
SHORT = ("feedback.cadence=1s", "feedback.grace=1s")


def sweep_twice(root: Path, *settings: str) -> tuple[Round, Round]:
    """Sweep as cron does, 5 s apart, over a first sight."""
    clock = ManualClock(SystemClock().now())
    workspace = find_workspace(root, workspace=root, overrides=(*SHORT, *settings))
    rounds = []
    for _ in range(2):
        works = build_works(workspace, clock, {})
        rounds.append(work_once(works))
        works.close()
        clock.advance(timedelta(seconds=5))
    return rounds[0], rounds[1]


@pytest.mark.parametrize(
    ("folder", "settings", "notices"),
    [("feedback", (), 0), ("bot chat", ('chat.dirs=["bot chat"]',), 1)],
)
def test_two_sweeps_over_a_teams_history_open_nothing(
    tmp_path: Path, folder: str, settings: tuple[str, ...], notices: int
) -> None:
    found = sorted(CORPORA.glob(f"*/{folder}"))
    if not found:
        pytest.skip("needs the collection of real files, which is no part of the project")
    for number, source in enumerate(found):
        root = tmp_path / str(number)
        shutil.copytree(source, root / folder)
        first, second = sweep_twice(root, *settings)
        assert (source.name, [*first.happened, *second.happened]) == (source.name, [])
        assert (first.notices, second.notices) == (notices, 0)


def test_our_own_workspace_has_the_sample_agents_all_retired_and_nothing_opened(
    tmp_path: Path, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team")
    for name in ("config", "feedback", "bot_chat"):
        shutil.copytree(OURS / name, team.root / name, dirs_exist_ok=True)
    samples = {path.stem for path in (OURS / "feedback").iterdir()} - {"README"}
    code, text = team.carry_out(nursery, "sweep")
    assert (code, "0 blockers opened, 0 closed, 0 notices" in text) == (0, True), text
    code, text = team.carry_out(nursery, "status", "--json")
    report = json.loads(text)
    assert Counter((one["slug"], one["duty"]) for one in report["agents"]) == Counter(
        (agent, "retired") for agent in samples
    )
    assert (code, report["open_blockers"], report["backlog"], report["faults"]) == (0, 0, 0, [])
    assert team.log_rows() == []
