"""The project's own scorer: what counts as right, read and labelled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks import score as command
from benchmarks.labels import load_sets
from benchmarks.score import score_set

ENTRIES = """# mara

## 2026-02-07T09:00Z — Parser
- 12 passed, 0 failed

## 2026-02-07T09:30Z — Billing page
- Thinking.
"""
REQUEST = """# Mara -> Ben: schema

Please send the schema of the billing page.
"""


def label(number: int, **changed: object) -> dict[str, object]:
    """Label one of the two entries as it is, with what was ``changed``."""
    right: dict[str, object] = {
        "file": "feedback/mara.md",
        "start": 3 if number == 1 else 6,
        "end": 4 if number == 1 else 7,
        "agent": "mara",
        "timestamp": "2026-02-07T09:00:00Z" if number == 1 else "2026-02-07T09:30:00Z",
        "evidence": ["test"] if number == 1 else [],
        "fallback": False,
        "proof": number == 1,
    }
    return right | changed


def lay_out(root: Path, name: str, labels: list[dict[str, object]]) -> Path:
    for path, text in (
        ("feedback/mara.md", ENTRIES),
        ("bot_chat/2026-02-07-mara-to-ben-schema.md", REQUEST),
        ("bot_chat/2026-02-08-mara-to-ben-again.md", REQUEST),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    (root / name).write_text("".join(f"{json.dumps(one)}\n" for one in labels), encoding="utf-8")
    return root


def tallies(root: Path) -> dict[str, tuple[int, int, int]]:
    """Return what is right, was read and was labelled, by measure."""
    (labels,) = load_sets(root)
    return {
        measure: (tally.right, tally.read, tally.labelled)
        for measure, tally in score_set(labels).tallies.items()
    }


def test_what_is_read_as_labelled_scores_one_in_everything(tmp_path: Path) -> None:
    lay_out(tmp_path, "feedback.jsonl", [label(1), label(2)])

    assert tallies(tmp_path) == {
        "entries": (2, 2, 2),
        "agents": (2, 2, 2),
        "time stamps": (2, 2, 2),
        "evidence": (1, 1, 1),
        "fallbacks": (0, 0, 0),
        "proof": (2, 2, 2),
    }


def test_an_entry_that_was_not_found_costs_recall_in_all_that_was_labelled_of_it(
    tmp_path: Path,
) -> None:
    lay_out(tmp_path, "feedback.jsonl", [label(1, start=4), label(2)])

    assert tallies(tmp_path) == {
        "entries": (1, 2, 2),
        "agents": (1, 1, 2),
        "time stamps": (1, 1, 2),
        "evidence": (0, 0, 1),
        "fallbacks": (0, 0, 0),
        "proof": (1, 1, 2),
    }


@pytest.mark.parametrize(
    ("changed", "measure", "expected"),
    [
        ({"timestamp": "2026-02-07T09:01:00Z"}, "time stamps", (0, 1, 1)),
        ({"timestamp": "2026-02-07T09:00:59Z"}, "time stamps", (1, 1, 1)),
        ({"timestamp": "2026-02-07"}, "time stamps", (1, 1, 1)),
        ({"timestamp": "2026-02-09T09:00:00Z", "time_only": True}, "time stamps", (1, 1, 1)),
        ({"timestamp": "2026-02-07T10:00:00+01:00"}, "time stamps", (1, 1, 1)),
        ({"evidence": ["diff"]}, "evidence", (0, 1, 1)),
        ({"evidence": ["diff", "test"]}, "evidence", (1, 1, 2)),
        ({"fallback": True}, "fallbacks", (0, 0, 1)),
        ({"proof": False}, "proof", (0, 1, 1)),
        ({"agent": "ben"}, "agents", (0, 1, 1)),
    ],
)
def test_each_measure_counts_on_its_own(
    changed: dict[str, object], measure: str, expected: tuple[int, int, int], tmp_path: Path
) -> None:
    lay_out(tmp_path, "feedback.jsonl", [label(1, **changed)])

    assert tallies(tmp_path)[measure] == expected


def test_what_was_not_labelled_of_an_entry_is_not_scored(tmp_path: Path) -> None:
    nothing = {"evidence": None, "fallback": None, "proof": None, "agent": None}
    lay_out(tmp_path, "feedback.jsonl", [label(1, **nothing)])

    assert tallies(tmp_path) == {"entries": (1, 1, 1), "time stamps": (1, 1, 1)}


def test_a_file_labelled_in_part_is_scored_in_that_part(tmp_path: Path) -> None:
    lay_out(tmp_path, "feedback.jsonl", [label(1)])

    assert tallies(tmp_path)["entries"] == (1, 1, 1)


def test_an_entry_in_a_file_labelled_to_hold_none_costs_precision(tmp_path: Path) -> None:
    lay_out(tmp_path, "feedback.jsonl", [{"file": "feedback/mara.md", "entry": False}])

    assert tallies(tmp_path) == {"entries": (0, 2, 0)}


def test_a_message_that_no_label_names_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    path = "bot_chat/2026-02-07-mara-to-ben-schema.md"
    message = {"path": path, "sender": "mara", "recipients": ["ben"], "asks": True}
    lay_out(tmp_path, "chat_messages.jsonl", [message | {"ask_of": ["ben"]}])

    read = tallies(tmp_path)
    assert (read["messages"], read["senders"], read["recipients"]) == ((1, 1, 1),) * 3
    assert (read["asks"], read["asked agents"], read["links"]) == ((1, 1, 1), (1, 1, 1), (0, 0, 0))


def test_a_message_in_a_file_labelled_to_hold_none_costs_precision(tmp_path: Path) -> None:
    path = "bot_chat/2026-02-07-mara-to-ben-schema.md"
    lay_out(tmp_path, "chat_messages.jsonl", [{"path": path, "message": False}])

    assert tallies(tmp_path)["messages"] == (0, 1, 0)


def test_a_label_without_its_file_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path, "feedback.jsonl", [label(1, file="feedback/noor.md")])

    with pytest.raises(SystemExit, match=r"no file for the labels of feedback/noor\.md"):
        tallies(tmp_path)


def test_a_label_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    lay_out(tmp_path, "feedback.jsonl", [label(1), {"start": 3}])

    with pytest.raises(SystemExit, match=r"feedback\.jsonl:2: no label"):
        tallies(tmp_path)


def test_the_folders_that_the_variable_names_are_scored_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path / "ours", "feedback.jsonl", [label(1, proof=False), label(2)])
    monkeypatch.setenv(command.VARIABLE, str(tmp_path / "ours"))

    command.main(["--misses", "1"])

    said = capsys.readouterr().out
    assert "examples/lantern" in said
    assert "ours: feedback/mara.md:3: proof: read True; not False" in said


def test_a_folder_without_labels_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(command.VARIABLE, str(tmp_path))

    with pytest.raises(SystemExit, match="no labels"):
        command.main([])
