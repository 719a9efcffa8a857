"""When the fingerprint of a checkout changes, and when it does not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rollcall.gitstate import STALE_LOCK, is_git_busy, read_git_state

Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "team"
    path.mkdir()
    return path


@pytest.fixture
def git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "mara")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "mara@example.org")

    def run(*words: str, at: Path = repository, check: bool = True) -> str:
        return subprocess.run(
            ["git", *words], cwd=at, check=check, capture_output=True, text=True
        ).stdout.strip()

    run("init", "-q", "-b", "main")
    run("commit", "-q", "--allow-empty", "-m", "one")
    return run


def test_outside_a_repository_there_is_no_state(tmp_path: Path) -> None:
    assert read_git_state(tmp_path) is None


def test_the_state_names_branch_and_commit(repository: Path, git: Git) -> None:
    (repository / "feedback").mkdir()

    commit = git("rev-parse", "HEAD")

    assert read_git_state(repository) == f"HEAD refs/heads/main {commit}"
    assert read_git_state(repository / "feedback") == read_git_state(repository)


def test_writing_and_staging_move_nothing(repository: Path, git: Git) -> None:
    before = read_git_state(repository)
    (repository / "mara.md").write_text("# mara\n")
    git("add", "mara.md")
    git("branch", "other")

    assert read_git_state(repository) == before


def test_a_commit_a_checkout_and_a_detached_head_are_moves(repository: Path, git: Git) -> None:
    states = [read_git_state(repository)]
    for words in (
        ("commit", "-q", "--allow-empty", "-m", "two"),
        ("checkout", "-q", "-b", "parser"),
        ("checkout", "-q", "--detach"),
        ("checkout", "-q", "main"),
    ):
        git(*words)
        states.append(read_git_state(repository))

    commit = git("rev-parse", "HEAD")
    assert states[1:] == [
        f"HEAD refs/heads/main {commit}",
        f"HEAD refs/heads/parser {commit}",
        f"HEAD {commit}",
        f"HEAD refs/heads/main {commit}",
    ]
    assert states[0] != states[1]


def test_packing_the_refs_is_no_move(repository: Path, git: Git) -> None:
    git("branch", "not-main")
    git("tag", "-a", "-m", "first", "v1")
    before = read_git_state(repository)
    git("pack-refs", "--all")

    assert not (repository / ".git/refs/heads/main").exists()
    assert read_git_state(repository) == before


def test_a_merge_under_way_shows(repository: Path, git: Git) -> None:
    git("checkout", "-q", "-b", "parser")
    for branch in ("parser", "main"):
        git("checkout", "-q", branch)
        (repository / "mara.md").write_text(f"# {branch}\n")
        git("add", "mara.md")
        git("commit", "-q", "-m", branch)
    git("merge", "-q", "parser", check=False)

    head, other = git("rev-parse", "main"), git("rev-parse", "parser")
    assert read_git_state(repository) == f"HEAD refs/heads/main {head}; MERGE_HEAD {other}"
    git("merge", "--abort")
    assert read_git_state(repository) == f"HEAD refs/heads/main {head}"


def test_a_linked_worktree_has_its_own_state(repository: Path, git: Git) -> None:
    git("worktree", "add", "-q", "-b", "ben", "../wt-ben")
    git("pack-refs", "--all")
    git("commit", "-q", "--allow-empty", "-m", "two")
    tree = repository.parent / "wt-ben"
    first = git("rev-parse", "HEAD~1")

    assert read_git_state(tree) == f"HEAD refs/heads/ben {first}"
    git("commit", "-q", "--allow-empty", "-m", "ben's", at=tree)
    commit = git("rev-parse", "HEAD", at=tree)
    assert read_git_state(tree) == f"HEAD refs/heads/ben {commit}"


def test_a_repository_without_a_commit_has_a_state(tmp_path: Path, git: Git) -> None:
    (tmp_path / "new").mkdir()
    git("init", "-q", "-b", "main", at=tmp_path / "new")

    assert read_git_state(tmp_path / "new") == "HEAD refs/heads/main ?"


@pytest.mark.parametrize(
    ("head", "state"),
    [
        (b"", "HEAD ?"),
        (b"\x00\xff nonsense", "HEAD ?"),
        (b"ref: refs/heads/gone\n", "HEAD refs/heads/gone ?"),
        (b"ref: ../../../etc/passwd\n", "HEAD ../../../etc/passwd ?"),
        (b"ref: HEAD\n", "HEAD HEAD HEAD HEAD HEAD HEAD ?"),
        (b"ref: refs/heads/\xff\x00\n", "HEAD refs/heads/\\xff\x00 ?"),
    ],
)
def test_a_broken_repository_gives_what_can_be_read(
    tmp_path: Path, head: bytes, state: str
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_bytes(head)

    assert read_git_state(tmp_path) == state


def test_a_worktree_whose_repository_is_gone_reads_unknown(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: ../gone/.git/worktrees/ben\n")

    assert read_git_state(tmp_path) == "HEAD ?"


def test_the_newer_format_of_refs_is_understood_as_a_whole(tmp_path: Path) -> None:
    git_directory = tmp_path / ".git"
    (git_directory / "reftable").mkdir(parents=True)
    (git_directory / "HEAD").write_text("ref: refs/heads/.invalid\n")
    (git_directory / "reftable/tables.list").write_text("0x1-0x2.ref\n")

    assert read_git_state(tmp_path) == "HEAD refs/heads/.invalid ?; tables ['0x1-0x2.ref']"


def test_git_is_busy_while_a_checkout_writes_files(repository: Path, git: Git) -> None:
    """A filter that git runs on each file it checks out looks at the lock."""
    git("config", "filter.look.smudge", "cat; test -e .git/index.lock && echo locked")
    (repository / ".gitattributes").write_text("*.md filter=look\n")
    (repository / "mara.md").write_text("# mara\n")
    git("add", ".")
    git("commit", "-q", "-m", "two")
    git("checkout", "-q", "HEAD~1")
    git("checkout", "-q", "main")

    assert (repository / "mara.md").read_text() == "# mara\nlocked\n"
    assert not is_git_busy(repository, now=datetime(2026, 2, 7, tzinfo=UTC))


def test_a_lock_that_was_left_behind_makes_nobody_wait(repository: Path, git: Git) -> None:
    git("worktree", "add", "-q", "../wt-ben")
    now = datetime(2026, 2, 7, tzinfo=UTC)
    lock = repository / ".git/worktrees/wt-ben/index.lock"
    lock.touch()
    os.utime(lock, (now.timestamp(), now.timestamp()))
    tree = repository.parent / "wt-ben"

    assert is_git_busy(tree, now=now + STALE_LOCK - timedelta(seconds=1))
    assert not is_git_busy(tree, now=now + STALE_LOCK)
    assert not is_git_busy(repository, now=now)


def test_outside_a_repository_git_is_never_busy(tmp_path: Path) -> None:
    assert not is_git_busy(tmp_path, now=datetime(2026, 2, 7, tzinfo=UTC))
