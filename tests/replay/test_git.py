"""``replay --git``: what each commit brought arrives at the commit's time, by the daemon's own reading."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.shell import Said, Shell
from replay.conftest import shell

__all__ = ["shell"]

SPAN = ("--from", "2026-02-07T09:00:00Z", "--to", "2026-02-07T12:00:00Z")
ALWAYS = ("--set", "duty.always_on=true")
FILE = "feedback/mara.md"


def proof(clock: str, passed: int = 12) -> str:
    return f"\n## 2026-02-07 {clock}Z parser\n- `pytest` -> {passed} passed\n"


@dataclass(frozen=True, slots=True)
class Team:
    """A repository whose commits bear the times that they are given."""

    shell: Shell

    def git(self, *words: str, at: str = "08:00", folder: str = ".", check: bool = True) -> str:
        moment = f"2026-02-07T{at}+00:00" if len(at) <= 8 else at
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "mara"), ("EMAIL", "mara@example.org"), ("DATE", moment))
        }
        quiet = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        done = subprocess.run(
            ["git", *words],
            cwd=self.shell.root / folder,
            env={**os.environ, **who, **quiet},
            check=check,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, at: str, **files: str | None) -> None:
        """Commit these files at that time: ``feedback__mara`` is ``feedback/mara.md``."""
        for name, text in files.items():
            path = f"{name.replace('__', '/')}.md"
            if text is None:
                (self.shell.root / path).unlink()
            else:
                self.shell.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", at, at=at)

    def replay(self, *options: str) -> Said:
        return self.shell.run("replay", *SPAN, "--git", *options)

    def blockers(self, *options: str) -> list[tuple[str, str, str, str | None]]:
        said = self.replay(*options, "--json")
        assert said.code == 0, said.err
        replayed: Any = said.records[0]
        return [
            (one["agent"], one["kind"], one["opened"][11:19], (one["closed"] or "")[11:19] or None)
            for one in replayed["blockers"]
        ]


@pytest.fixture
def team(shell: Shell) -> Team:
    team = Team(shell)
    team.git("init", "-q", "-b", "main")
    return team


def test_an_entry_arrives_with_its_commit_and_not_at_its_stamp(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.commit("09:20", feedback__mara=proof("08:50") + proof("09:05"))
    assert team.blockers(*ALWAYS) == [
        ("mara", "missing proof", "09:10:00", "09:20:00"),
        ("mara", "missing proof", "09:30:00", None),
    ]
    assert team.blockers(*ALWAYS) == team.blockers()


def test_of_several_entries_of_one_commit_the_newest_arrives_with_it(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    both = proof("08:50") + proof("09:02") + proof("09:04")
    team.commit("09:06", feedback__mara=both)
    assert team.blockers(*ALWAYS) == [("mara", "missing proof", "09:16:00", None)]


def test_a_commit_at_the_deadline_is_in_time_and_a_second_later_it_is_not(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.commit("09:10:00", feedback__mara=proof("08:50") + proof("09:08"))
    team.commit("09:20:01", feedback__mara=proof("08:50") + proof("09:08") + proof("09:19"))
    assert team.blockers(*ALWAYS) == [
        ("mara", "missing proof", "09:20:00", "09:20:01"),
        ("mara", "missing proof", "09:30:01", None),
    ]


def test_a_revision_is_no_second_entry_and_its_evidence_counts_when_it_came(team: Team) -> None:
    head = "## 2026-02-07 09:03Z parser\n"
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.commit("09:04", feedback__mara=f"{proof('08:50')}\n{head}- working on it\n")
    team.commit(
        "09:08",
        feedback__mara=f"{proof('08:50')}\n{head}- working on it\n- `pytest` -> 12 passed\n",
    )
    assert team.blockers(*ALWAYS) == [("mara", "missing proof", "09:18:00", None)]
    said: Any = team.replay("--json").records[0]
    assert said["entries"] == 2


def test_a_file_that_moves_brings_nothing_new(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50") + proof("08:55"))
    team.git("mv", FILE, "feedback/mara-2026-02-07.md")
    team.git("commit", "-q", "-m", "move", at="09:05")
    assert team.blockers(*ALWAYS) == [("mara", "missing proof", "09:10:00", None)]


def test_what_a_merge_brought_arrives_with_the_merge(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"), feedback__ben=proof("08:50"))
    team.git("checkout", "-q", "-b", "parser")
    team.commit("09:04", feedback__mara=proof("08:50") + proof("09:04"))
    team.git("checkout", "-q", "main")
    team.commit("09:05", feedback__ben=proof("08:50") + proof("09:05"))
    team.git("merge", "-q", "--no-ff", "-m", "merge", "parser", at="09:20")
    assert team.blockers(*ALWAYS) == [
        ("mara", "missing proof", "09:10:00", "09:20:00"),
        ("ben", "missing proof", "09:15:00", None),
        ("mara", "missing proof", "09:30:00", None),
    ]


def test_a_request_arrives_with_its_commit_and_so_does_its_answer(team: Team) -> None:
    ask = "---\nfrom: mara\nto: ben\nkind: request\nid: q1\n---\nCan you send me the schema?\n"
    answer = (
        "---\nfrom: ben\nto: mara\nkind: answer\nre: q1\n---\nHere is the schema: db/schema.sql\n"
    )
    team.commit("08:50", feedback__mara=proof("08:50"), feedback__ben=proof("08:50"))
    team.commit("09:02", bot_chat__ask=ask)
    team.commit("09:30", bot_chat__answer=answer)
    found = [one for one in team.blockers(*ALWAYS) if one[1] == "stalled dependency"]
    assert found == [("ben", "stalled dependency", "09:17:00", "09:30:00")]


def test_a_new_agent_has_its_clock_from_its_first_commit(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.commit("09:30", feedback__ben=proof("09:30"))
    found = [one for one in team.blockers(*ALWAYS) if one[0] == "ben"]
    assert found == [("ben", "missing proof", "09:40:00", None)]


def test_what_is_not_committed_is_not_replayed(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.shell.write(FILE, proof("08:50") + proof("09:05"))
    assert team.blockers(*ALWAYS) == [("mara", "missing proof", "09:10:00", None)]


def test_a_file_without_stamps_is_as_old_as_its_last_commit(team: Team) -> None:
    team.commit("2026-02-05T09:00:00+00:00", feedback__ben="# Parser\n- `pytest` -> 12 passed\n")
    team.commit("08:50", feedback__mara=proof("08:50"))
    assert [one[0] for one in team.blockers()] == ["mara"]


def test_the_signal_counts_as_it_was_committed(team: Team) -> None:
    signal = ("--set", "duty.go_signal=GO.md")
    team.commit("08:50", feedback__mara=proof("08:50"), GO="GO\n")
    team.commit("09:05", GO="PAUSE\n")
    team.commit("10:00", GO="GO\n")
    said: Any = team.replay(*signal, "--json").records[0]
    assert said["left_aside"] == []
    assert [one["opened"][11:19] for one in said["blockers"]] == ["10:10:00"]


def test_a_signal_that_was_never_committed_is_left_aside_and_that_is_said(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    said: Any = team.replay("--set", "duty.go_signal=GO.md", "--json").records[0]
    assert said["left_aside"] == ["duty.go_signal: GO.md is in no commit of this time"]
    assert len(said["blockers"]) == 1


def test_each_worktree_has_the_history_of_its_own_branch(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.git("worktree", "add", "-q", "-b", "ben", "../wt-ben")
    (team.shell.root / "../wt-ben/feedback/ben.md").write_text(proof("09:05"))
    team.git("add", "-A", folder="../wt-ben")
    team.git("commit", "-q", "-m", "ben", at="09:06", folder="../wt-ben")
    roots = ("--set", 'workspace.roots=[".", "../wt-*"]')
    assert team.blockers(*ALWAYS, *roots) == [
        ("mara", "missing proof", "09:10:00", None),
        ("ben", "missing proof", "09:16:00", None),
    ]


def test_a_workspace_below_the_top_of_its_repository_is_found(team: Team) -> None:
    team.commit("08:50", app__feedback__mara=proof("08:50"), feedback__ben=proof("08:50"))
    found = team.blockers(*ALWAYS, "--workspace", "app")
    assert found == [("mara", "missing proof", "09:10:00", None)]


def test_commits_with_odd_dates_arrive_in_their_order(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.commit("09:20", feedback__mara=proof("08:50") + proof("09:01"))
    team.commit("09:05", feedback__mara=proof("08:50") + proof("09:01") + proof("09:02", 13))
    assert team.blockers(*ALWAYS) == [
        ("mara", "missing proof", "09:10:00", "09:20:00"),
        ("mara", "missing proof", "09:30:00", None),
    ]


def test_names_and_contents_of_any_bytes_are_read(team: Team) -> None:
    team.shell.write("feedback/mara.md", proof("08:50"))
    (team.shell.root / "feedback/zoë \n.md").write_bytes(b"\xff\xfe")
    team.git("add", "-A")
    team.git("commit", "-q", "-m", "odd", at="08:50")
    assert [one[0] for one in team.blockers(*ALWAYS)] == ["mara"]


def test_a_link_is_no_file(team: Team) -> None:
    team.shell.write("feedback/mara.md", proof("08:50"))
    (team.shell.root / "feedback/ben.md").symlink_to("../../secret.md")
    team.git("add", "-A")
    team.git("commit", "-q", "-m", "link", at="08:50")
    assert [one[0] for one in team.blockers(*ALWAYS)] == ["mara"]


REFUSALS: list[tuple[str, Callable[[Team], object], str]] = [
    ("no repository", lambda _team: None, "is in no git repository"),
    ("no commit", lambda team: team.git("init", "-q"), "has no commit yet"),
]


@pytest.mark.parametrize(("what", "prepare", "words"), REFUSALS)
def test_without_commits_there_is_nothing_to_replay(
    shell: Shell, what: str, prepare: Callable[[Team], object], words: str
) -> None:
    del what
    shell.write(FILE, proof("08:50"))
    prepare(Team(shell))
    said = Team(shell).replay()
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_a_shallow_clone_that_begins_too_late_is_refused(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.commit("09:20", feedback__mara=proof("08:50") + proof("09:05"))
    team.git("clone", "-q", "--depth=1", f"file://{team.shell.root}", "../shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    said = team.replay()
    assert said.code == 2
    assert "is a shallow clone" in said.err
    assert "git fetch --unshallow" in said.err
    late = ("--from", "2026-02-07T09:25:00Z", "--to", "2026-02-07T12:00:00Z")
    assert team.shell.run("replay", *late, "--git").code == 0


def test_nothing_of_the_repository_or_the_workspace_changes(team: Team) -> None:
    team.commit("08:50", feedback__mara=proof("08:50"))
    team.commit("09:20", feedback__mara=proof("08:50") + proof("09:05"))
    before = sorted(path for path in team.shell.root.rglob("*"))
    assert team.replay().code == 0
    assert sorted(path for path in team.shell.root.rglob("*")) == before
    assert team.git("status", "--porcelain") == ""


def test_git_and_entries_exclude_each_other(shell: Shell) -> None:
    said = shell.run("replay", *SPAN, "--git", "--entries", "some.jsonl")
    assert said.code == 2
    assert "leave out --entries" in said.err
