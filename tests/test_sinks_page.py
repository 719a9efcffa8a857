"""What the page on sinks says of adding one: its file and its line are all that is needed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rollcall.clock import SystemClock
from rollcall.config.sinks import ADDED_SINKS, load_sink
from rollcall.notify.added_sink import AddedSink

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "sinks.md").read_text(encoding="utf-8")
SETTINGS = """\
[notify.journal]
path = "coordination/journal.jsonl"
[[escalation]]
after = "0m"
notify = ["journal"]
"""
EXECUTE = """\
import contextlib, io, json, sys
from rollcall.cli.app import execute
done = []
for argv in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(argv)
    done.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(done))
"""


def fenced(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a folder with a copy of the package to which the page's file and line were added."""
    copy = tmp_path / "src" / "rollcall"
    shutil.copytree(ROOT / "src" / "rollcall", copy)
    (copy / "notify" / "journal.py").write_text(fenced("python"), encoding="utf-8")
    names = copy / "config" / "sinks.py"
    first, rest = names.read_text(encoding="utf-8").split("ADDED_SINKS = {\n")
    names.write_text(f"{first}ADDED_SINKS = {{\n{fenced('text')}{rest}", encoding="utf-8")
    return copy.parent


def run(package: Path, team: Path, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Run commands one after the other in one interpreter; return code, output and errors of each."""
    argvs = [[name, "--workspace", str(team), *more] for name, *more in commands]
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, json.dumps(argvs)],
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    return [(code, out, err) for code, out, err in json.loads(done.stdout)]


def test_a_sink_is_added_by_one_file_and_one_line(package: Path, tmp_path: Path) -> None:
    team = tmp_path / "team"
    (team / "config").mkdir(parents=True)
    (team / "config" / "rollcall.toml").write_text(SETTINGS, encoding="utf-8")
    (team / "feedback").mkdir()
    stamp = f"{SystemClock().now():%Y-%m-%d %H:%MZ}"
    stated = f"## {stamp} billing page\n- Blocked on: the schema from noor\n"
    (team / "feedback" / "mara.md").write_text(stated, encoding="utf-8")

    swept, status, mistaken = run(
        package, team, ("sweep",), ("status", "--json"), ("sweep", "--set", "notify.journal.paht=x")
    )

    assert (swept[0], swept[2]) == (0, "")
    lines = (team / "coordination" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    [told] = [json.loads(line) for line in lines]
    assert (told["transition"], told["blockers"][0]["agent"]) == ("opened", "mara")
    sinks = {one["name"]: (one["state"], one["error"]) for one in json.loads(status[1])["sinks"]}
    assert sinks["journal"] == ("on", None)
    assert mistaken[0] == 2
    assert "the nearest known key is notify.journal.path" in mistaken[2]


@pytest.mark.parametrize("name", ADDED_SINKS)
def test_each_added_sink_is_called_as_it_is_named(name: str) -> None:
    sink: type[AddedSink] = load_sink(name)
    assert (sink.name, issubclass(sink, AddedSink)) == (name, True)
    assert f"`{name}`" in (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
