"""Why an entry counted or did not: the words that met a rule, and those that missed one."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

import pytest

from rollcall.model import Entry
from rollcall.parse.cutting import spelled
from rollcall.parse.explaining import FALLBACK, Explained, explain, say_verdict
from rollcall.parse.feedback import initial_state, read_feedback

EXAMPLES = Path(__file__).parents[1] / "examples"
HEADING = "## 2026-02-07T09:00Z Parser"


def read(lines: list[str]) -> tuple[Entry, ...]:
    return read_feedback(lines, initial_state("feedback/mara.md", date(2026, 2, 7)), UTC).entries


def explained(*body: str) -> tuple[Explained, ...]:
    lines = [HEADING, *body]
    (entry,) = read(lines)
    return explain(entry, lines)


def verdict(*body: str) -> str:
    lines = [HEADING, *body]
    (entry,) = read(lines)
    return say_verdict(entry, explain(entry, lines))


@pytest.mark.parametrize(
    ("line", "kind", "text", "rule"),
    [
        ("- 12 passed, 0 failed", "test", "12 passed", "a count of what passed or failed"),
        ("- mypy is clean", "test", "clean", "a test or check with its outcome"),
        ("- Updated `src/lexer.py`", "diff", "src/lexer.py", "a file named after a word of change"),
        ("- Commit 4f1c2ab", "commit", "Commit 4f1c2ab", "a commit's hash"),
        ("- See artifacts/lexer.log", "artifact", "artifacts/lexer.log", "a produced file"),
        ("- Opened PR #12", "link", "PR #12", "a pull request"),
        ("- GET /health -> 200", "command", "/health -> 200", "an endpoint with its status"),
    ],
)
def test_what_counts_stands_with_its_words_and_its_rule(
    line: str, kind: str, text: str, rule: str
) -> None:
    at = line.index(text)
    found = [one for one in explained(line) if one.counts]
    assert found == [Explained(kind, 2, at, at + len(text), text, rule, counts=True)]


@pytest.mark.parametrize(
    ("line", "kind", "rule"),
    [
        ("- We will see 12 passed", "test", "a plan: 'will see'"),
        ("- ivo reported 12 passed", "test", "second-hand: 'reported 12'"),
        ("- Ran pytest on the lexer", "test", "a run without its outcome"),
        ("- `curl localhost:8080/health`", "command", "a command without its result"),
        ("- Blockers: none", "blocker", "nothing blocks: 'none'"),
        ("- Plan: pytest, 12 passed", "test", "a plan: it stands under what is yet to come"),
    ],
)
def test_what_does_not_count_stands_with_the_rule_that_it_missed(
    line: str, kind: str, rule: str
) -> None:
    assert [(one.kind, one.rule) for one in explained(line) if not one.counts] == [(kind, rule)]
    assert [one for one in explained(line) if one.counts] == []


def test_a_command_whose_result_follows_is_not_said_to_lack_it() -> None:
    found = explained("- Command: `make lexer`", "- Result: exit 0")
    assert {one.kind: one.counts for one in found} == {"command": True}
    assert found[-1].rule == "an exit code"


def test_words_after_a_label_in_bold_are_found_where_they_stand() -> None:
    line = "- **Tests:** pytest, 12 passed"
    (found,) = explained(line)
    assert line[found.start : found.end] == found.text == "12 passed"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (("- 12 passed", "- Commit 4f1c2ab"), "Proof: test, commit."),
        (("Working on it.",), "No proof: it shows nothing that can be checked."),
        (
            ("- Ran pytest on the lexer",),
            "No proof: nothing counts: test (a run without its outcome).",
        ),
        (
            ("- Blocked by the missing schema from noor",),
            "No proof: a blocker, and no fallback that was started.",
        ),
        (
            ("Blocked: waiting for the schema from noor. Drafting the fixtures meanwhile.",),
            "Proof: blocker with a fallback started.",
        ),
    ],
)
def test_one_line_says_whether_it_is_proof_and_why(body: tuple[str, ...], said: str) -> None:
    assert verdict(*body) == said


def test_every_example_is_explained_as_it_was_judged() -> None:
    explained_entries = 0
    for path in sorted(EXAMPLES.rglob("feedback/**/*.md")):
        lines = path.read_text("utf-8", "replace").split("\n")
        for entry in read(lines):
            found = explain(entry, lines)
            own = spelled(lines[entry.start - 1 : entry.end], entry.author)
            counted = {one.kind for one in found if one.counts} - {FALLBACK}
            assert counted == {kind.value for kind in entry.kinds}, f"{path}:{entry.start}"
            for one in found:
                assert entry.start <= one.line <= entry.end
                assert own[one.line - entry.start][one.start : one.end] == one.text
            explained_entries += 1
    assert explained_entries > 100
