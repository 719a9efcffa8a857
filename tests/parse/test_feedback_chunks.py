from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rollcall.model import Entry
from rollcall.parse.feedback import dump_state, initial_state, load_state, read_feedback

ARRIVAL = date(2026, 3, 4)

LINES = st.sampled_from(
    [
        "",
        "---",
        "# Mara feedback log",
        "# Mara — Feedback — 2026-03-02",
        "# Billing page",
        "## Process",
        "## Status Summary",
        "## Plan",
        "## Evidence",
        "## WORK COMPLETE",
        "## Billing page checked",
        "## 2026-03-02",
        "## 2026-03-03 — Parser",
        "## 2026-03-02T08:11Z — One",
        "## 2026-03-02T23:50-06:00 — Late",
        "### 2026-03-02T08:20Z — Detail",
        "### 09:30 — Lexer",
        "### Details",
        "### Update 3",
        "=== 2026-03-02 08:13 ===",
        "[ben] 2026-03-02 08:14 - lexer",
        "#### Update 4",
        "# Weekly Report",
        "- 2026-03-02T08:12Z: item",
        "- 2026-03-02T07:12Z: earlier item",
        "- 14:05 — item",
        "- 02:05 UTC — item",
        "**[22:08 UTC] Proof**",
        "**[04:25 UTC] Proof**",
        "2026-03-02T04:08Z — line",
        "Date: 2026-03-02 17:51 UTC",
        "Date: 2026-03-05",
        "Owner: ben",
        "Timestamp: 2026-03-02T09:11Z",
        "**Time:** 14:20 UTC",
        "## Format",
        "## Next Steps",
        "### Shutdown — 14:20",
        "# 2026-03-02",
        "# Mara 2026-03-02T08:11Z",
        "- [ ] 14:00",
        "Wed Mar  4 14:05:09 UTC 2026 did it",
        "START | 2026-03-02 20:43:36 +01:00 | ben | task: x",
        "| Time | Agent | What |",
        "| Word | Meaning |",
        "|---|---|---|",
        "| 2026-03-02 08:11 | ben | Lexer |",
        "| 08:30 | noor | billing page |",
        "- time: 2026-03-02T08:40:00Z",
        "  what: parser",
        "3. 2026-03-02T08:50Z did it",
        "(Use the template.)",
        "- 12 passed, 0 failed",
        "Command: npm test",
        "Result: PASS",
        "some prose that was wrapped onto the line that comes after it and",
        "```",
        "```bash",
        "~~~",
        "<!-- note",
        "-->",
        "<<<<<<< HEAD",
        "=======",
        ">>>>>>> main",
    ]
)
ANY = st.one_of(LINES, LINES, LINES, st.text(max_size=40).map(lambda text: text.replace("\n", " ")))
PATHS = st.sampled_from(
    ["feedback/mara.md", "feedback/mara/2026-03-02.md", "team-status.md", "mara-2026-03-02-0811.md"]
)


def tail(lines: Sequence[str], path: str, cuts: Sequence[int]) -> tuple[Entry, ...]:
    """Read as the daemon does: after each growth from the open entry's first line."""
    state = initial_state(path, ARRIVAL)
    final: list[Entry] = []
    last: list[Entry] = []
    for cut in [*sorted(cuts), len(lines)]:
        reading = read_feedback(lines[state.line - 1 : cut], state, UTC)
        final += reading.entries[:-1]
        last = list(reading.entries[-1:])
        state = load_state(dump_state(reading.open_state))
    return (*final, *last)


@settings(max_examples=300)
@example(
    ["# Billing page", "## 2026-03-02", "#### Update 4", "## Status Summary"],
    "mara-2026-03-02-0811.md",
    [4],
)
@given(st.lists(ANY, max_size=30), PATHS, st.lists(st.integers(0, 30), max_size=4))
def test_reading_as_a_file_grows_equals_reading_it_whole(
    lines: list[str], path: str, cuts: list[int]
) -> None:
    whole = read_feedback(lines, initial_state(path, ARRIVAL), UTC).entries

    assert tail(lines, path, [min(cut, len(lines)) for cut in cuts]) == whole


@settings(max_examples=300)
@given(st.lists(ANY, max_size=30), PATHS)
def test_entries_are_ordered_disjoint_and_inside_the_file(lines: list[str], path: str) -> None:
    before = 0
    for entry in read_feedback(lines, initial_state(path, ARRIVAL), UTC).entries:
        assert before < entry.start <= entry.end <= len(lines)
        assert entry.stamp is None or entry.stamp.at.tzinfo is not None
        assert all(entry.start <= item.line <= entry.end for item in entry.evidence)
        before = entry.end


@given(st.text())
def test_any_text_is_read_without_complaint(text: str) -> None:
    lines = text.split("\n")

    assert (
        read_feedback(lines, initial_state("feedback/mara.md", ARRIVAL), UTC).open_state.line >= 1
    )
