"""The root of the command line: its list, its refusals, its exit codes and how fast it starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

import rollcall
from cli.shell import Shell
from rollcall.cli.app import COMMANDS, LATER

HEAVY = ("apscheduler", "httpx", "pydantic", "slack_sdk", "sqlalchemy", "watchdog")


def test_the_version_is_that_of_the_package(shell: Shell) -> None:
    said = shell.run("--version")
    assert (said.code, said.out) == (0, f"rollcall {rollcall.__version__}\n")


def test_the_help_names_every_command(shell: Shell) -> None:
    said = shell.run("--help")
    assert said.code == 0
    assert [name for name in COMMANDS if f" {name} " not in said.out] == []


@pytest.mark.parametrize("name", sorted(LATER))
def test_a_command_of_a_later_version_is_refused_by_name(shell: Shell, name: str) -> None:
    said = shell.run(name, "mara", "--json")
    assert said.code == 2
    assert said.err == (
        f"rollcall: this version does not carry out `{name}` yet; "
        "`rollcall --help` lists what it does\n"
    )


@pytest.mark.parametrize("arguments", [("stauts",), ("status", "--jsno"), ("ack",), ("read",)])
def test_wrong_use_is_exit_code_2(shell: Shell, arguments: tuple[str, ...]) -> None:
    assert shell.run(*arguments).code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("stauts",),
            [
                "No such command 'stauts'. Did you mean 'status'?",
                "usage: rollcall [OPTIONS] COMMAND [ARGS]...",
                "`rollcall --help` says more",
            ],
        ),
        (
            ("status", "--jsno"),
            [
                "No such option: --jsno (Possible options: --json)",
                "usage: rollcall status [OPTIONS]",
                "`rollcall status --help` says more",
            ],
        ),
        (
            ("snooze",),
            [
                "Missing argument 'ID'.",
                "usage: rollcall snooze [OPTIONS] ID [FOR]",
                "`rollcall snooze --help` says more",
            ],
        ),
    ],
)
def test_wrong_use_says_what_is_wrong_how_it_is_written_and_where_that_is_explained(
    shell: Shell, arguments: tuple[str, ...], said: list[str]
) -> None:
    found = shell.run(*arguments)
    assert (found.code, found.out) == (2, "")
    assert found.err.splitlines() == [f"rollcall: {line}" for line in said]


def test_the_help_says_each_command_in_full_and_draws_no_boxes(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for group in ((), ("silence",)):
        said = shell.run(*group, "--help")
        assert not set(said.out) & set("╭│╰…")
        assert max(map(len, said.out.splitlines())) <= 40
        whole = " ".join(said.out.split())
        words = COMMANDS.values() if not group else ["End a silence before its time;"]
        assert [one for one in words if one not in whole] == []


@pytest.mark.parametrize(
    "name", ["run", "sweep", "status", "blockers", "agents", "ack", "resolve", "snooze"]
)
def test_a_directory_without_sources_is_exit_code_2_and_names_init(shell: Shell, name: str) -> None:
    said = shell.run(name, *(("B-1",) if name in {"ack", "resolve", "snooze"} else ()))
    assert said.code == 2
    assert said.err.startswith("rollcall: no workspace: ")
    assert "rollcall init" in said.err


@pytest.mark.parametrize("name", ["run", "sweep", "status", "blockers", "agents"])
def test_a_wrong_setting_is_exit_code_2_with_its_place(shell: Shell, name: str) -> None:
    shell.write("config/rollcall.toml", '[feedback]\ncadense = "5m"\n')
    said = shell.run(name)
    assert said.code == 2
    assert said.err.startswith("rollcall: config/rollcall.toml:2: feedback.cadense")
    assert "cadence" in said.err
    assert "Traceback" not in said.err


def test_a_setting_on_the_command_line_is_checked_as_one_in_the_file(shell: Shell) -> None:
    said = shell.run("status", "--set", "feedback.cadence=soon")
    assert said.code == 2
    assert said.err.startswith("rollcall: --set: feedback.cadence")


def test_a_workspace_that_is_no_directory_is_exit_code_2(shell: Shell) -> None:
    said = shell.run("status", "--workspace", "nowhere")
    assert said.code == 2
    assert said.err == "rollcall: --workspace nowhere: there is no such directory\n"


def test_a_database_that_is_none_is_exit_code_3_in_one_line(shell: Shell) -> None:
    shell.write("feedback/ben.md", "## 2026-02-07T09:00Z Parser\n")
    shell.write(".rollcall/rollcall.db", "this is no database, whatever it is called\n" * 100)
    for command in ("status", "blockers", "sweep"):
        said = shell.run(command)
        assert said.code == 3
        assert said.err.count("\n") == 1
        assert "the database cannot be used" in said.err


def test_python_m_rollcall_is_the_same_program() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "rollcall", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"rollcall {rollcall.__version__}\n"


def test_the_help_loads_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys; from rollcall.cli.app import execute; execute(['--help']);"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines()[-1] == "[]"
