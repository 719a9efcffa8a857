"""``rollcall status`` where the configuration cannot be used: what holds, what is wrong, what to do."""

from __future__ import annotations

from cli.shell import Shell

FILE = "config/rollcall.toml"
GOOD = '[feedback]\nfiles = ["notes/{agent}.md"]\ncadence = "10m"\n'
BAD = '[feedback]\ncadance = "10m"\ngrace = 5\n'
PROBLEMS = [
    f"{FILE}:2: feedback.cadance: is unknown; the nearest known key is feedback.cadence",
    f'{FILE}:3: feedback.grace: must be text in quotes: got 5, expected for example "5m"',
]


def swept(shell: Shell) -> Shell:
    shell.write(FILE, GOOD)
    shell.write("notes/mara.md", "## 2026-02-07 09:00Z Parser\n- 12 passed\n")
    assert shell.run("sweep").code == 0
    return shell


def test_the_settings_that_held_last_are_gone_by_and_every_problem_is_named(shell: Shell) -> None:
    swept(shell).write(FILE, BAD)
    said = shell.run("status")
    assert said.code == 2
    lines = said.out.splitlines()
    assert lines[0].startswith("running, swept from outside, last sweep ")
    assert lines[1:6] == [
        "The configuration cannot be used; this page goes by the settings that held last:",
        f"  {PROBLEMS[0]}",
        f"  {PROBLEMS[1]}",
        "  Correct it: until then `rollcall run` and `rollcall sweep` do not start.",
        "1 source, 0 open blockers",
    ]
    assert "mara" in said.out


def test_the_problems_are_in_the_json_too(shell: Shell) -> None:
    swept(shell)
    assert shell.run("status", "--json").records[0]["configuration"] == {
        "from": "file",
        "problems": [],
    }
    shell.write(FILE, BAD)
    said = shell.run("status", "--json")
    assert said.code == 2
    assert said.records[0]["configuration"] == {"from": "last run", "problems": PROBLEMS}


def test_where_nothing_held_before_the_defaults_are_gone_by(shell: Shell) -> None:
    shell.write(FILE, BAD)
    shell.write("feedback/mara.md", "## 2026-02-07 09:00Z Parser\n- 12 passed\n")
    said = shell.run("status")
    assert said.code == 2
    assert said.out.splitlines()[:2] == [
        "NOT RUNNING: this workspace was never swept; start `rollcall run`",
        "The configuration cannot be used; this page goes by the defaults:",
    ]


def test_what_is_no_file_is_named_by_its_place(shell: Shell) -> None:
    (shell.root / FILE).mkdir(parents=True)
    said = shell.run("status")
    assert said.code == 2
    assert f"  {FILE}: is no file; write one there, or remove it" in said.out.splitlines()


def test_a_setting_of_the_command_is_refused_with_the_file(shell: Shell) -> None:
    swept(shell).write(FILE, BAD)
    said = shell.run("status", "--set", "feedback.cadence=1h")
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [f"rollcall: {one}" for one in PROBLEMS]
