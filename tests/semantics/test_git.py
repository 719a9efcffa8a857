from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness import World, proof, update

AGENTS = ("ben", "mara", "noor")
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ivo",
    "GIT_AUTHOR_EMAIL": "ivo@example.org",
    "GIT_COMMITTER_NAME": "Ivo",
    "GIT_COMMITTER_EMAIL": "ivo@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


class Repository(World):
    """A world whose workspace is a git repository."""

    def __init__(self, root: Path, *overrides: str, begin: str = "09:00") -> None:
        super().__init__(root, *overrides, begin=begin)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, may_fail: bool = False) -> None:
        """Run git; what it writes is read as the daemon does once the repository is at rest."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert may_fail or done.returncode == 0, done.stderr
        changed = sorted((self.root / "feedback").glob("*.md"))
        for path in changed:
            os.utime(path, (self.now.timestamp(), self.now.timestamp()))
        self._noticed(changed)

    def commit(self, words: str) -> None:
        """Commit everything."""
        self.git("add", "--all", ":!.rollcall", ":!docs", ":!coordination")
        self.git("commit", "--quiet", "--message", words)


def team(tmp_path: Path) -> Repository:
    """Return a running world in which three agents proved work at 09:00, all committed."""
    world = Repository(tmp_path)
    for agent in AGENTS:
        world.write(f"feedback/{agent}.md", f"# {agent}\n")
    world.start()
    for agent in AGENTS:
        world.append(f"feedback/{agent}.md", proof("09:00"))
    world.commit("The morning")
    world.sweep_now()
    return world


def test_a_checkout_there_and_back_over_three_files_opens_closes_and_tells_nothing(
    tmp_path: Path,
) -> None:
    world = team(tmp_path)
    world.git("checkout", "--quiet", "-b", "long-ago")
    for agent in AGENTS:
        world.write(f"feedback/{agent}.md", f"# {agent}\n{update('08:00')}")
    world.commit("Long ago")
    world.git("checkout", "--quiet", "main")
    world.sweep_now()
    world.run_until("09:04")
    before = world.events(), world.told(), [world.proofs(agent) for agent in AGENTS]
    world.git("checkout", "--quiet", "long-ago")
    world.sweep_now()
    world.git("checkout", "--quiet", "main")
    world.sweep_now()
    assert (world.events(), world.told(), [world.proofs(agent) for agent in AGENTS]) == before
    world.run_until("09:09:59")
    assert world.told() == []
    world.run_until("09:10")
    assert world.told() == [("09:10:00", "opened", agent) for agent in AGENTS]


def test_what_a_pull_brings_is_dated_by_its_stamps(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.git("checkout", "--quiet", "-b", "theirs")
    world.stop()  # what happens here happens in another clone
    world.append("feedback/mara.md", proof("09:03", 13))
    world.append("feedback/ben.md", "\n## Update\n- `pytest tests/test_page.py` -> 3 passed\n")
    world.commit("Theirs")
    world.git("checkout", "--quiet", "main")
    world.start()
    world.run_until("09:08")
    assert world.proofs("mara") == ["09:00:00"]
    world.git("merge", "--quiet", "theirs")
    assert world.proofs("mara") == ["09:00:00", "09:03:00"]
    assert world.proofs("ben") == ["09:00:00", "none"]
    world.run_until("09:13")
    assert world.told() == [
        ("09:10:00", "opened", "ben"),
        ("09:10:00", "opened", "noor"),
        ("09:13:00", "opened", "mara"),
    ]


def test_an_agents_own_entry_beside_a_repository_at_rest_counts_on_arrival(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.run_until("09:08")
    world.append("feedback/mara.md", "\n## Update\n- `pytest tests/test_page.py` -> 3 passed\n")
    assert world.proofs("mara") == ["09:00:00", "09:08:00"]


def test_what_an_agent_writes_after_its_own_commit_counts_on_arrival(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.run_until("09:03")
    world.append("feedback/mara.md", "\n## Update\n- `pytest tests/test_page.py` -> 3 passed\n")
    world.commit("Mara's work")
    world.tick_every(5, times=2)
    world.run_until("09:07")
    world.append("feedback/mara.md", "\n## Update\n- `pytest tests/test_page.py` -> 4 passed\n")
    assert world.proofs("mara") == ["09:00:00", "09:03:00", "09:07:00"]


def test_conflict_markers_are_skipped_and_both_sides_are_read(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.git("checkout", "--quiet", "-b", "theirs")
    world.stop()
    world.append("feedback/mara.md", proof("09:02", 13))
    world.commit("Theirs")
    world.git("checkout", "--quiet", "main")
    world.append("feedback/mara.md", proof("09:03", 14))
    world.commit("Ours")
    world.start()
    world.run_until("09:05")
    world.git("merge", "--quiet", "theirs", may_fail=True)
    lines = (world.root / "feedback/mara.md").read_text().splitlines()
    assert [line[:7] for line in lines if line[:1] in "<=>" and line] == [
        "<<<<<<<",
        "=======",
        ">>>>>>>",
    ]
    stamps = [f"{row.stamp:%H:%M}" for row in world.entries("mara")]
    # No commit was made yet, but MERGE_HEAD appeared: theirs is dated by its stamp.
    assert list(zip(stamps, world.proofs("mara"), strict=True)) == [
        ("09:00", "09:00:00"),
        ("09:03", "09:00:00"),
        ("09:02", "09:02:00"),
    ]


@pytest.mark.parametrize("conflict", [True, False])
def test_resolving_a_conflict_adds_no_entry(tmp_path: Path, conflict: bool) -> None:
    world = team(tmp_path)
    ours, theirs = proof("09:02", 13), proof("09:03", 14)
    world.run_until("09:04")
    first = f"# mara\n{proof('09:00')}"
    marked = f"{first}<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> theirs\n"
    world.write("feedback/mara.md", marked if conflict else first + ours + theirs)
    counted = world.proofs("mara")
    assert len(counted) == 3
    world.write("feedback/mara.md", first + ours + theirs)
    world.sweep_now()
    assert world.proofs("mara") == counted


def test_a_retired_agent_whose_new_work_a_pull_brings_is_back(tmp_path: Path) -> None:
    world = Repository(tmp_path, begin="09:00")
    world.write("feedback/mara.md", "# mara\n\n## 2026-01-05 10:00Z parser\n- 11 passed\n")
    world.commit("Long ago")
    world.git("checkout", "--quiet", "-b", "older")
    world.append("feedback/mara.md", "\n## 2026-01-06 10:00Z parser\n- 12 passed\n")
    world.commit("Older work")
    world.git("checkout", "--quiet", "main")
    world.git("checkout", "--quiet", "-b", "theirs")
    world.append("feedback/mara.md", proof("09:03", 13))
    world.commit("New work")
    world.git("checkout", "--quiet", "main")
    world.start()
    world.git("checkout", "--quiet", "older")
    world.sweep_now()
    assert world.agents() == {"mara": "retired"}
    world.git("checkout", "--quiet", "main")
    world.sweep_now()
    world.run_until("09:04")
    world.git("merge", "--quiet", "theirs")
    assert world.agents() == {"mara": "proof"}
    world.run_until("09:13:59")
    assert world.told() == []
    world.run_until("09:14")
    assert world.told() == [("09:14:00", "opened", "mara")]
