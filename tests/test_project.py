"""The project around the package: the lock, what git ignores, the samples, the configuration."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from rollcall.config import Settings, describe_settings, load_settings, render_sample
from rollcall.model import SourceKind
from rollcall.workspace import find_workspace

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = re.compile(r"^([\w.-]+)==([\w.]+)[^\n]*\\\n +--hash=sha256:[0-9a-f]{64}", re.MULTILINE)

NEVER_IMPORTED = {"tzdata"}  # zoneinfo reads its files where the system has no time zones
PART_OF_ANOTHER = {"pydantic-core": "pydantic", "sqlalchemy": "sqlmodel"}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(requirements: list[str]) -> set[str]:
    return {normalised(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requirements}


def git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    if done.returncode not in {0, 1}:
        pytest.skip("this is no git checkout")
    return done.stdout


class TestLock:
    def test_it_names_no_address_no_path_and_no_option_but_hashes(self) -> None:
        assert re.findall(r"^.*(?:/|\\\S|@|--(?!hash=sha256:)).*$", LOCK, re.MULTILINE) == []

    def test_every_dependency_is_pinned_with_hashes(self) -> None:
        pinned = {normalised(name) for name, _ in PINS.findall(LOCK)}
        groups = PROJECT["dependency-groups"]
        declared = PROJECT["project"]["dependencies"] + groups["dev"] + groups["build"]
        assert required(declared) - pinned == set()
        assert len(pinned) == len(re.findall(r"^\S+==", LOCK, re.MULTILINE))

    def test_what_builds_the_package_is_locked_too(self) -> None:
        wanted = required(PROJECT["build-system"]["requires"])
        assert wanted <= required(PROJECT["dependency-groups"]["build"])


def test_every_runtime_dependency_is_imported_and_every_import_declared() -> None:
    distributions = packages_distributions()
    used = {
        PART_OF_ANOTHER.get(normalised(name), normalised(name))
        for module in imported_modules()
        for name in distributions.get(module, [])
    } - {"rollcall"}
    declared = required(PROJECT["project"]["dependencies"]) - NEVER_IMPORTED
    assert used == declared


def imported_modules() -> Iterator[str]:
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


class TestGit:
    @pytest.mark.parametrize(
        "made",
        [
            ".venv/.ready",
            ".rollcall/rollcall.db",
            ".pytest_cache/x",
            ".mypy_cache/x",
            ".ruff_cache/x",
            ".hypothesis/x",
            "src/rollcall/__pycache__/model.pyc",
            "docs/blockers-log.md",
            "docs/blockers-log-archive.md",
            "coordination/inbox/mara/2026-01-12-notes.md",
        ],
    )
    def test_what_make_and_a_run_produce_is_ignored(self, made: str) -> None:
        assert git("check-ignore", "--no-index", made).strip() == made

    @pytest.mark.parametrize(
        "kept", ["feedback/mara.md", "bot_chat/README.md", "requirements.lock"]
    )
    def test_what_belongs_to_the_project_is_not(self, kept: str) -> None:
        assert git("check-ignore", "--no-index", kept) == ""


class TestConfigurationFile:
    text = (ROOT / "config" / "rollcall.toml").read_text(encoding="utf-8")

    def test_it_is_what_the_settings_themselves_tell(self) -> None:
        assert self.text == render_sample()

    def test_as_it_stands_it_changes_nothing(self) -> None:
        assert load_settings(self.text, name="rollcall.toml") == Settings()

    def test_with_every_comment_sign_removed_it_is_valid_too(self) -> None:
        settings = load_settings(re.sub(r"(?m)^#(?! )", "", self.text), name="rollcall.toml")
        examples = {"workspace", "duty", "agents", "people", "routes", "notify"}
        assert settings.model_dump(exclude=examples) == Settings().model_dump(exclude=examples)
        assert settings.lead_of("mara") == "ivo"
        assert settings.notify.slack.channel == "C0123456789"

    def test_a_setting_can_be_made_active(self) -> None:
        text = render_sample({"feedback.files": ("logs/{agent}.md",), "chat.dirs": ["bot chat"]})
        settings = load_settings(text, name="rollcall.toml")
        assert settings.feedback.files == ("logs/{agent}.md",)
        assert settings.chat.dirs == ("bot chat",)


def test_every_setting_is_explained_with_its_default() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w.*]+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert rows.keys() >= {setting.key for setting in describe_settings()}
    wrong = {
        setting.key: rows[setting.key]
        for setting in describe_settings()
        if setting.default is not None and rows[setting.key] != f"`{setting.default}`"
    }
    assert wrong == {}


class TestSamples:
    def test_the_sources_are_the_sample_agents_files_and_messages(self) -> None:
        found = find_workspace(ROOT, workspace=ROOT).source_finder().scan()
        committed = set(git("ls-files", "feedback", "bot_chat").split())
        sources = {source.name: source for source in found.sources if source.name in committed}
        agents = {source.agent for source in sources.values() if source.kind is SourceKind.FEEDBACK}
        assert agents == {"ben", "ivo", "mara", "noor"}
        assert committed - sources.keys() == {"bot_chat/README.md", "feedback/README.md"}


def test_make_asks_for_a_newer_python_in_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text(
        '#!/bin/sh\ncase "$2" in *version_info*) exit 1;; *) echo "Python 3.9.2";; esac\n'
    )
    old.chmod(0o755)
    done = subprocess.run(
        ["sh", "scripts/make-venv", str(tmp_path / "venv")],
        cwd=ROOT,
        env={**os.environ, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"rollcall: needs Python 3.11 or newer; {old} is Python 3.9.2; "
        "install one, or run: make PYTHON=/path/to/python3\n"
    )


def test_the_version_has_one_truth() -> None:
    assert version("rollcall") == PROJECT["project"]["version"]
