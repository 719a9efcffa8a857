"""Which directory a command works on, and with which configuration."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from rollcall.config import Settings
from rollcall.errors import ConfigurationError, UsageError, WorkspaceMissing
from rollcall.workspace import Workspace, find_workspace


@pytest.fixture
def team(tmp_path: Path) -> Path:
    root = tmp_path / "team"
    (root / "config").mkdir(parents=True)
    (root / "src" / "deep").mkdir(parents=True)
    (root / "config" / "rollcall.toml").write_text('[feedback]\ncadence = "9m"\n')
    return root


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    root = tmp_path / "bare"
    root.mkdir()
    return root


def test_a_workspace_is_found_from_anywhere_inside_it(team: Path) -> None:
    found = find_workspace(team / "src" / "deep")
    assert (found.root, found.config_path) == (team, team / "config" / "rollcall.toml")
    assert found.settings.feedback.cadence == timedelta(minutes=9)
    assert found == find_workspace(team)


def test_the_nearest_of_two_configurations_holds(team: Path) -> None:
    inner = team / "src" / "config"
    inner.mkdir()
    (inner / "rollcall.toml").write_text("")
    assert find_workspace(team / "src" / "deep").root == team / "src"


def test_a_named_workspace_is_taken_relative_to_where_the_command_runs(team: Path) -> None:
    assert find_workspace(team.parent, workspace=Path("team")) == find_workspace(team)


def test_a_named_workspace_needs_neither_a_configuration_nor_a_source(bare: Path) -> None:
    assert find_workspace(bare.parent, workspace=bare) == Workspace(bare, None, Settings())


def test_a_named_workspace_does_not_take_the_configuration_above_it(team: Path) -> None:
    assert find_workspace(team, workspace=Path("src")).config_path is None


def test_a_named_configuration_in_its_usual_place_names_the_workspace_too(team: Path) -> None:
    found = find_workspace(team.parent, config=Path("team/config/rollcall.toml"))
    assert found.root == team


def test_a_named_configuration_elsewhere_stands_in_its_workspace(bare: Path) -> None:
    (bare / "watch.toml").write_text("")
    assert find_workspace(bare.parent, config=bare / "watch.toml").root == bare


def test_a_named_configuration_can_serve_a_named_workspace(team: Path, bare: Path) -> None:
    found = find_workspace(bare, workspace=bare, config=team / "config" / "rollcall.toml")
    assert (found.root, found.settings.feedback.cadence) == (bare, timedelta(minutes=9))


def test_overrides_win_over_the_file(team: Path) -> None:
    found = find_workspace(team, overrides=["feedback.cadence=1s"])
    assert found.settings.feedback.cadence == timedelta(seconds=1)


@pytest.mark.parametrize(
    "source", ["feedback/mara.md", "feedback/mara/2026-01-05.md", "bot_chat/x.md"]
)
def test_a_directory_with_a_source_is_a_workspace_with_the_defaults(
    bare: Path, source: str
) -> None:
    (bare / source).parent.mkdir(parents=True)
    (bare / source).write_text("")
    assert find_workspace(bare) == Workspace(bare, None, Settings())


@pytest.mark.parametrize("other", ["feedback/README.md", "feedback/mara.txt", "README.md"])
def test_without_a_source_the_error_names_init(bare: Path, other: str) -> None:
    (bare / "bot_chat").mkdir()
    (bare / "feedback").mkdir()
    (bare / other).write_text("")
    with pytest.raises(WorkspaceMissing, match='run "rollcall init" here'):
        find_workspace(bare)


def test_what_counts_as_a_source_is_configurable_by_override(bare: Path) -> None:
    (bare / "bot chat").mkdir()
    (bare / "bot chat" / "note.md").write_text("")
    assert find_workspace(bare, overrides=['chat.dirs=["bot chat"]']).root == bare


def test_a_configuration_that_is_no_file_is_never_passed_over(tmp_path: Path) -> None:
    feedback = tmp_path / "feedback"
    feedback.mkdir()
    (feedback / "mara.md").write_text("- 2026-02-07T09:00Z: hello\n", encoding="utf-8")
    path = tmp_path / "config/rollcall.toml"
    path.mkdir(parents=True)
    for named in (None, tmp_path):
        with pytest.raises(ConfigurationError, match=r"rollcall\.toml: is no file; write one"):
            find_workspace(tmp_path, workspace=named)
    path.rmdir()
    path.symlink_to("nowhere")
    with pytest.raises(ConfigurationError, match=r"rollcall\.toml: is no file; write one"):
        find_workspace(tmp_path)
    path.unlink()
    assert find_workspace(tmp_path).config_path is None


def test_a_name_that_is_not_there_is_told(bare: Path) -> None:
    with pytest.raises(UsageError, match="--workspace nowhere: there is no such directory"):
        find_workspace(bare, workspace=Path("nowhere"))
    with pytest.raises(UsageError, match=r"--config nowhere\.toml: there is no such file"):
        find_workspace(bare, config=Path("nowhere.toml"))


def test_errors_name_the_file_as_seen_from_where_the_command_runs(team: Path) -> None:
    (team / "config" / "rollcall.toml").write_text("\nzzz = 1")
    with pytest.raises(ConfigurationError, match=r"^config/rollcall.toml:2: zzz: is unknown$"):
        find_workspace(team)
    with pytest.raises(ConfigurationError, match=rf"^{team}/config/rollcall.toml:2: zzz"):
        find_workspace(team / "src")


def test_a_configuration_that_is_not_utf8_is_told_with_its_byte(team: Path) -> None:
    (team / "config" / "rollcall.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigurationError, match="byte 5 is not UTF-8"):
        find_workspace(team)


def test_state_and_database_stand_in_the_workspace(team: Path) -> None:
    found = find_workspace(team)
    assert found.state_dir == team / ".rollcall"
    assert found.database_path == team / ".rollcall" / "rollcall.db"


def test_what_rollcall_writes_itself_is_no_source(team: Path) -> None:
    overrides = [
        'feedback.files=["notes/{agent}.md"]',
        "notify.blockers_log.path=notes/log.md",
        "notify.inbox.path=notes/{agent}-inbox.md",
    ]
    (team / "notes").mkdir()
    for name in ("mara", "log", "log-archive", "mara-inbox"):
        (team / "notes" / f"{name}.md").write_text("")
    found = find_workspace(team, overrides=overrides).source_finder().scan()
    assert [source.name for source in found.sources] == ["notes/mara.md"]


def test_sources_are_found_in_every_root(team: Path) -> None:
    for root in ("team", "wt-a", "wt-b"):
        (team.parent / root / "feedback").mkdir(parents=True)
        (team.parent / root / "feedback" / "mara.md").write_text("")
    found = find_workspace(team, overrides=['workspace.roots=[".","../wt-*"]'])
    assert [source.path for source in found.source_finder().scan().sources] == [
        team.parent / "wt-a" / "feedback" / "mara.md",
        team.parent / "wt-b" / "feedback" / "mara.md",
        team / "feedback" / "mara.md",
    ]
