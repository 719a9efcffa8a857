"""An agent's own word that it stops."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from rollcall.parse.closing import closes, may_close
from rollcall.parse.declaring import add_declarations
from rollcall.parse.feedback import initial_state, read_feedback

HEAD = "## 2026-02-07T18:00Z Parser"


def closing_line(*lines: str, title: str = "Parser") -> int | None:
    return closes([HEAD, *lines], title)


@pytest.mark.parametrize(
    "line",
    [
        "Shutdown complete",
        "shutdown complete.",
        "- **Shutdown complete** ✅",
        "- [x] Shutdown complete",
        "### Agent shutdown complete",
        "Shut down complete for today",
        "EOD",
        "EOD \N{EM DASH} done",
        "EOD: all done, see the log",
        "EOD. Done.",
        "End of day, all done",
        "signing off",
        "I'm signing off until tomorrow 09:00",
        "Parser Engineer signing off.",
        "All tests green, signing off",
        "12 passed. Signing off until Monday",
        "Status: signing off",
        "going offline",
        "Going offline now, back at 08:00",
        "Logging off",
        "Clocking out",
        "Standing down for the night",
        "Shutting down for the night",
        "Stopping here for today",
        "Wrapping up for the day",
        "Done for today",
        "All done for the day",
        "I am done for today",
        "That's all for today!",
        "Ending my shift",
        "Session ended",
        "Calling it a day",
        "Good night",
    ],
)
def test_a_statement_of_its_own_closes(line: str) -> None:
    assert closing_line("- Parser merged", line) == 2
    assert may_close(line.lower())


@pytest.mark.parametrize(
    "title",
    [
        "Shutdown",
        "Shutdown \N{EM DASH} done",
        "mara \N{EM DASH} shutdown",
        "signing off",
        "EOD",
        "**EOD** - done",
        "EOD handoff (parser)",
        "End of day summary",
    ],
)
def test_a_title_closes(title: str) -> None:
    assert closing_line("- Parser merged", title=title) == 0
    assert may_close(title.lower())


@pytest.mark.parametrize(
    "line",
    [
        "Shutdown complete for service billing",
        "pod shutdown complete",
        "Server shutdown complete",
        "graceful shutdown complete",
        "shutdown complete event added",
        "Shutting down the dev server",
        "service going offline",
        "dev server offline until 18:00",
        "Session complete for user 12",
        "The offline tests are done",
        "Code signing offline",
    ],
)
def test_what_a_service_or_a_piece_of_work_does_is_none(line: str) -> None:
    assert closing_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "will shut down at 18:00",
        "Before shutdown complete: save the parser",
        "- [ ] shutdown complete",
        "After the merge, signing off",
        "If all is green, signing off",
        "Next: tests, then signing off",
        "Going offline in 10 min",
        "signing off at 18:00",
        "not done for today",
        "EOD plan",
        "EOD target: parser merged",
        "Docs by EOD",
        "Target: EOD",
        "Owner: noor (EOD)",
    ],
)
def test_a_plan_or_a_deadline_is_none(line: str) -> None:
    assert closing_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "> signing off",
        '"signing off"',
        "`signing off`",
        'ben wrote: "All green, signing off."',
        "Ben is signing off",
        "Ben: signing off",
        "signing off on the schema",
        "Awaiting Legal signing off",
    ],
)
def test_the_words_of_others_are_none(line: str) -> None:
    assert closing_line(line) is None


@pytest.mark.parametrize(
    "title",
    ["Shutdown checklist", "Shutdown hook", "EOD plan", "Startup", "Pod: graceful shutdown"],
)
def test_a_title_about_something_else_is_none(title: str) -> None:
    assert closing_line("- Parser merged", title=title) is None


def test_most_entries_are_passed_over_at_once() -> None:
    assert not may_close("## 2026-02-07t14:00z parser\n- updated src/parser.py\n- 12 passed")


def test_a_word_within_a_fence_or_under_a_heading_of_plans_is_none() -> None:
    assert closing_line("```", "signing off", "```") is None
    assert closing_line("### Next steps", "- signing off") is None
    assert closing_line("### Next steps", "- merge", "### Status", "- signing off") == 4


def test_the_first_of_two_words_is_the_one() -> None:
    assert closing_line("EOD, done", "Signing off") == 1


def test_who_is_back_in_the_same_entry_has_not_stopped() -> None:
    assert closing_line("Signing off", "Back online, the build failed") is None
    assert closing_line("Signing off", "Resumed work on the parser", "Signing off") == 3


@pytest.mark.parametrize(
    ("cells", "stops"),
    [
        ("Update | Signing off for today. EOD, all done.", True),
        ("Parser | Signing off", True),
        ("Parser | Signing off at 18:00 once the tests pass", False),
        ("Parser | 12 passed", False),
    ],
)
def test_a_row_of_a_table_says_it_in_any_of_its_cells(cells: str, *, stops: bool) -> None:
    lines = ["| Time | Task | What |", "|---|---|---|", f"| 2026-02-07 18:00Z | {cells} |"]
    state = initial_state("feedback/mara.md", date(2026, 2, 7))
    (entry,) = read_feedback(lines, state, UTC).entries
    assert add_declarations(entry, lines[2:], None).closing is stops
