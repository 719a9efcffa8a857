"""The pages say what the program does: commands, options, modules, tests, links, the first steps."""

from __future__ import annotations

import json
import logging
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from rollcall.cli.app import COMMANDS, LATER, _build, execute
from rollcall.config import load_settings
from rollcall.places import CHAT_SUFFIXES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "rollcall"
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")],
)
PAGES = [page for page in PAGES if not page.name.startswith("blockers-log")]  # a run's own
ABOUT_ITSELF = [page for page in PAGES if page.name != "README.md" or page.parent == ROOT]
MADE_BY_A_RUN = {"docs/blockers-log.md", "docs/blockers-log-archive.md"}
OURS = ".venv/bin/rollcall "
SHARED = {"--workspace", "--config", "--set", "--json", "--help"}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """Map each heading of level 2 to what stands under it."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def commands() -> dict[str, Any]:
    """Return every command that does something, by its words: ``sweep``, ``read chat``."""
    found: dict[str, Any] = {}
    for name in COMMANDS:
        root: Any = typer.main.get_command(_build(name))
        command = root.commands[name]
        inner = getattr(command, "commands", None)
        if inner is None:
            found[name] = command
        else:
            found.update({f"{name} {below}": one for below, one in inner.items()})
    return found


def options(command: Any) -> set[str]:
    return {
        opt
        for one in command.params
        if one.param_type_name == "option" and not one.hidden
        for opt in one.opts
    }


class TestCommands:
    text = page("docs/commands.md")

    def test_every_command_has_its_section(self) -> None:
        assert COMMANDS.keys() <= sections(self.text).keys()

    @pytest.mark.parametrize("name", commands())
    def test_every_command_and_every_option_says_what_it_is_for(self, name: str) -> None:
        command = commands()[name]
        assert command.help
        silent = [one.name for one in command.params if not one.hidden and not one.help]
        assert silent == []

    @pytest.mark.parametrize("name", commands())
    def test_every_option_of_a_command_is_explained(self, name: str) -> None:
        explained = sections(self.text)[name.partition(" ")[0]]
        own = options(commands()[name]) - SHARED
        assert {option for option in own if not re.search(rf"{option}\b", explained)} == set()

    def test_the_options_that_all_share_are_explained_with_their_exceptions(self) -> None:
        table = sections(self.text)["Options that all commands share"]
        assert set(re.findall(r"^\| `(--[a-z]+)", table, re.MULTILINE)) == SHARED
        lacking = {
            option: {name for name, one in commands().items() if option not in options(one)}
            for option in SHARED - {"--help"}
        }
        assert lacking == {
            "--workspace": set(),
            "--config": {"demo"},
            "--set": {"demo"},
            "--json": {"run", "init", "demo"},
        }

    def test_no_option_is_explained_that_does_not_exist(self) -> None:
        known = {"--version", "--help"}.union(
            *(opt for one in commands().values() for opt in [set(options(one))])
        )
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", self.text))
        assert named - known == set()

    def test_every_refused_command_is_named(self) -> None:
        planned = sections(self.text)["Planned"]
        assert set(re.findall(r"`(\w+)`", planned)) == LATER


class TestArchitecture:
    text = page("docs/architecture.md")

    def test_every_module_has_its_line(self) -> None:
        modules = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py")}
        modules = {name for name in modules if not name.endswith("__init__.py")}
        assert {name for name in modules if f"`{name}`" not in self.text} == set()

    def test_no_line_is_about_a_module_that_is_gone(self) -> None:
        lines = re.findall(r"^\| (`[\w/]+\.py`.*?) \|", self.text, re.MULTILINE)
        named = {name for line in lines for name in re.findall(r"`([\w/]+\.py)`", line)}
        sketch = {"config.py", "files.py", "pipeline.py"}
        assert {name for name in named - sketch if not (SOURCE / name).exists()} == set()

    def test_every_table_is_named(self) -> None:
        schema = "".join(path.read_text("utf-8") for path in SOURCE.glob("store/schema/*.sql"))
        tables = set(re.findall(r"CREATE TABLE (\w+)", schema))
        assert {name for name in tables if f"`{name}`" not in self.text} == set()


def test_every_test_that_a_page_names_exists() -> None:
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    known = set(re.findall(r"def (test_\w+)", written))
    named = {name for one in PAGES for name in re.findall(r"`(test_\w+)`", one.read_text("utf-8"))}
    assert len(named) > 50
    assert named - known == set()


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        if not there.exists() or (anchor and anchor not in anchors(there.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", ABOUT_ITSELF, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_names_a_file_that_does_not_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:src|tests|docs|scripts|config|benchmarks|feedback|bot_chat)/[\w./-]+)(?:[#:]L?\d+)?`",
        text,
    )
    gone = {name for name in named if not any((top / name).exists() for top in (ROOT, SOURCE))}
    assert gone <= MADE_BY_A_RUN


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_speaks_of_a_place_on_somebodys_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users|private)\b\S*", text) == []


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_configuration_of_the_readme_loads() -> None:
    (block,) = fenced(page("README.md"), "toml")
    settings = load_settings(block, name="README.md")
    assert settings.lead_of("mara") == "ivo"
    assert settings.people["ivo"].slack == "U0123456789"
    assert settings.notify.slack.channel == "C0123456789"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the repository as somebody would clone it, with the present installation."""
    root = tmp_path / "rollcall"
    for name in ("benchmarks", "bot_chat", "config", "feedback", "tests/examples"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "Makefile", root)
    (root / ".venv").symlink_to(sys.prefix)
    return root


def lines_to_run(name: str) -> Iterator[str]:
    for block in fenced(page(name), "sh"):
        for line in block.splitlines():
            bare = re.sub(r"(^|\s+)#.*", "", line).strip()
            if bare:
                yield bare


def test_every_target_of_make_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    named = re.findall(
        r"^ *make ([a-z]+)", page("README.md") + page("CONTRIBUTING.md"), re.MULTILINE
    )
    assert {"run", "test"} <= set(named)
    assert "rollcall run --workspace . $(ARGS)\n" in page("Makefile")
    assert set(named) <= targets


@pytest.mark.waits
@pytest.mark.timeout(120)
def test_the_first_steps_of_the_readme_work(copy: Path, run: Run) -> None:
    daemons = 0
    with ExitStack() as running:
        for line in lines_to_run("README.md"):
            if line.startswith("make run ARGS="):
                running.enter_context(started(copy, line.removeprefix("make run ARGS=").strip('"')))
                daemons += 1
            elif line.startswith("make "):
                continue  # it sets up an environment of its own; its target is checked above
            else:
                run(copy, f"{line} --speed 20" if line.endswith(" demo") else line)
    assert daemons == 1
    read = run(copy, ".venv/bin/rollcall read feedback feedback/mara.md --json")
    entries = [json.loads(line) for line in read.splitlines()]
    assert [entry["proof"] for entry in entries[-2:]] == [False, True]


def test_the_commands_of_the_page_on_accuracy_work(copy: Path, run: Run) -> None:
    lines = list(lines_to_run("docs/accuracy.md"))
    assert len(lines) >= 3
    for line in lines:
        if not line.startswith("make "):
            assert run(copy, line) != ""


@pytest.mark.parametrize("command", ["read feedback feedback/mara.md", "read chat", "replay"])
def test_what_is_shown_of_the_samples_is_what_is_printed(
    copy: Path, run: Run, command: str
) -> None:
    found = re.search(
        rf"^    \$ (rollcall {command}.*)\n((?:    .*\n)+)", page("docs/commands.md"), re.MULTILINE
    )
    assert found is not None
    printed = run(copy, f"{OURS}{found[1].removeprefix('rollcall ')}").splitlines()
    shown = [line.removeprefix("    ") for line in found[2].splitlines()]
    assert [line for line in shown if line not in {*printed, "…"}] == []


@contextmanager
def started(folder: Path, options: str) -> Iterator[None]:
    """Run what ``make run`` runs until the block ends; it must end well."""
    command = [".venv/bin/rollcall", "run", "--workspace", ".", *options.split()]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        while "Inbox:" not in (said := daemon.stdout.readline()):
            assert said, f"{command} ended before it began to watch"
        try:
            yield
        finally:
            daemon.send_signal(signal.SIGTERM)
            code = daemon.wait(timeout=20)
        assert code == 0


Run = Callable[[Path, str], str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a line in a folder and return what it prints: our own command here, others in a shell."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    log = logging.getLogger("rollcall")
    monkeypatch.setattr(log, "handlers", log.handlers[:])
    monkeypatch.setattr(log, "propagate", log.propagate)

    def run_here(folder: Path, line: str) -> str:
        capsys.readouterr()
        monkeypatch.chdir(folder)
        code = execute(shlex.split(line)[1:])
        out, err = capsys.readouterr()
        assert code == 0, f"{line}\n{out}{err}"
        return out

    def run(folder: Path, line: str) -> str:
        return (run_here if line.startswith(OURS) else run_in_shell)(folder, line)

    return run


def run_in_shell(folder: Path, line: str) -> str:
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_suffixes_of_chat_files_are_named_wherever_chat_is_explained() -> None:
    for page in (ROOT / "docs/configuration.md", ROOT / "config/rollcall.toml"):
        text = re.sub(r"\s*\n#\s*", " ", page.read_text("utf-8"))
        place = text.index("files that end in")
        assert set(re.findall(r"[ `](\.[a-z]+)\b", text[place : place + 150])) == CHAT_SUFFIXES
