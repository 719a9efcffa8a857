from __future__ import annotations

import pytest

from rollcall.model import EvidenceKind
from rollcall.parse.evidence import judge

DIFF, TEST, ARTIFACT, COMMIT, LINK, COMMAND, BLOCKER = EvidenceKind


def kinds(text: str) -> set[EvidenceKind]:
    lines = ["## Update", *text.strip("\n").split("\n")]
    return {item.kind for item in judge(lines, 1).evidence}


@pytest.mark.parametrize(
    "text",
    [
        "- Added retry handling in `src/parser/lexer.py`.",
        "- Updated docs/billing-page.md with the new rates.",
        "- `src/parser/lexer.py`: dropped the second pass",
        "- src/parser/lexer.py now skips comments.",
        "- docs/billing.md updated with the refund rules",
        "- src/parser/lexer.py: two passes instead of three",
        "**File:** src/refund_rates.ts (61 lines)",
        "### Files modified\n- `web/billing/page.tsx` (NEW)",
        "- Extended billing.refunds test to cover partial refunds.",
        "- Refreshed README setup notes.",
        "- The parser was split into two stages, and the old grammar file was\n  removed: added `grammar/v2.toml`.",
    ],
)
def test_a_file_with_what_changed_in_it_is_a_diff(text: str) -> None:
    assert kinds(text) == {DIFF}


@pytest.mark.parametrize(
    "text",
    [
        "- Updated /billing loader to gate refunds.",
        "- Reviewed src/parser/lexer.py and the grammar.",
        "- Proposed a flag in src/parser/lexer.py to skip comments.",
        "- Request: add upload steps to .github/workflows/ci.yml",
        "- Planning to add retry handling in src/parser/lexer.py.",
        "Next:\n- Updated docs/billing.md is due tomorrow",
        "- Next: update src/parser/lexer.py and docs/billing.md",
        "- Posted a summary in team/inbox/ben.md",
        "- [ ] Added src/parser/lexer.py",
        "- working on it",
        "- polled again, all ok",
        "- Everything green-lit, all good, on track.",
    ],
)
def test_plans_readings_and_status_words_show_nothing(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "- 41 passed, 0 failed",
        "- Lint: 0 errors, 3 warnings",
        "- pytest suite PASS (7 tests)",
        "- Lint clean after the import fixes.",
        "- Typecheck still fails: unused import in the billing page.",
        "- Parser tests green; 14/14.",
        "- Unit suites all pass",
        "```\nTests: 9 passed (9)\n```",
        "- Ran the parser suite to confirm the fix — 12 passed",
    ],
)
def test_a_run_of_tests_with_its_outcome_is_a_test(text: str) -> None:
    assert TEST in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "- Ran the parser suite to confirm the refactoring.",
        "- Parser tests previously PASS; will re-run next cycle",
        "- Tests green (command available)",
        "- Will run the suite until all tests pass",
        "- Please make sure that tests pass.",
        "Acceptance criteria:\n- all tests pass",
        "- Added tests for refunds.",
        "- Ben reported that his parser tests pass",
        "- fix failing tests",
        "- `port-scan`: 14 files found, exit 0",
    ],
)
def test_a_run_without_its_own_outcome_is_no_test(text: str) -> None:
    assert TEST not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "- `npm run build` -- OK",
        "- curl -sI http://localhost:8080/billing | head -n1 → HTTP/1.1 200 OK",
        "- /health returned 200",
        "- Exit code: 1",
        "- Attempted `make deploy`; permission denied on the socket",
        "- Command: scripts/mint_token.sh\n- Result: exit 1 with invalid_token",
        '{"status":"healthy"}',
        "- `ls plans` → missing directory",
        "Five runs of the sampler: 5 seeds \u00d7 1M steps, median 4.2 s.",
        "- `make migrate` exited zero",
        "- `make migrate`, its exit status was 0",
        "- `make migrate` came back with status 2",
        "- `make migrate` ended with code non-zero",
        "- `make migrate` (rc=0)",
        "- Ran `make migrate`; it went through without errors",
        "- `make migrate` finished cleanly",
        "- `make migrate` crashed on the third table",
        "- `make migrate` threw a KeyError",
        '- `make migrate` printed "done"',
        "- `weighbridge lorry.dat` printed 412 kg, below the limit",
        "- `port-scan`: 14 files found, exit 0",
        'The answer was\n\n```json\n{"status": "up"}\n```',
    ],
)
def test_a_command_with_what_it_answered_is_a_command(text: str) -> None:
    assert COMMAND in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "- curl -sI http://localhost:8080/billing | head -n1 → expect 200; attach output",
        "- How to run: npx vitest run --root web → PASS",
        "- Polled the inbox: head -40 inbox/notes.md → nothing new",
        "- Need /health 200 before the release",
        "Next steps\n- `npm run build` -- OK",
        "- Ran `npm run build`.",
        "- Ran `make migrate`, it took a while",
        "- `make migrate` should finish without errors",
        "- Will run `make migrate`, which ended with code 1",
        "- I went through `scripts/release.sh` line by line",
        "- `make migrate` prints the help",
        'The payload of a request was\n\n```json\n{"status": "up"}\n```',
        '### Sample configuration\n```json\n{\n"exit": 0\n}\n```',
    ],
)
def test_a_command_without_an_answer_of_its_own_is_none(text: str) -> None:
    assert COMMAND not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "- File saved at test-results/parser/junit.xml.",
        "- see tmp/live_check.json",
        "- Memo at `docs/research/lexer_speed.md`.",
        "## Evidence\n- `docs/design/billing.md`",
        "- 5 logs committed at runs/lexer_sweep/.",
        "- Exported the rates, saved at artifacts/rates.json",
    ],
)
def test_a_produced_file_is_an_artifact(text: str) -> None:
    assert kinds(text) == {ARTIFACT}


def test_a_file_that_is_missing_or_asked_for_is_no_artifact() -> None:
    assert kinds("- no files yet under test-results/parser/") == set()
    assert kinds("- Request: upload to test-results/parser/junit.xml") == set()


def test_a_hash_counts_where_it_is_said_to_be_a_commit() -> None:
    assert kinds("**Commit:** `4d1e7c2`") == {COMMIT}
    assert kinds("- pushed as commit 9f3c1aa") == {COMMIT}
    assert kinds("Commit 0329602: the loader reads both formats") == {COMMIT}
    assert kinds("- Commit: `4417093`") == {COMMIT}
    assert kinds("- commit 20260207 of the plan") == set()
    assert kinds("- commit by 0329602 users") == set()
    assert kinds("BEAT a7c31e09 host-7") == set()
    assert kinds("- digest 9f3c1aa0 differs") == set()


def test_a_pull_request_or_an_offered_page_is_a_link_and_a_local_one_is_not() -> None:
    assert kinds("- PR: https://github.com/acme/billing/pull/5") == {LINK}
    assert kinds("- PR #27 merged") == {LINK}
    assert kinds("- Approve PR #5 so that ben can go on") == set()
    assert kinds("- preview: http://localhost:3000/billing") == set()


@pytest.mark.parametrize(
    ("text", "blocked_on"),
    [
        (
            "- Still blocked on the refund API key from ben.",
            "Still blocked on the refund API key from ben.",
        ),
        ("- Waiting on noor for the parser schema.", "Waiting on noor for the parser schema."),
        ("## Blockers\n- Staging database refuses our role", "Staging database refuses our role"),
        ("- Refund credentials not yet provided", "Refund credentials not yet provided"),
        ("## Blockers\n- None at this time", None),
        ("- No blockers. Unblocked ben.", None),
        ("- Next: wait for the schema", None),
        ("- ben needs an approval, will look at it tonight", None),
        (
            "- The release needs an approval, will ask ben tonight",
            "The release needs an approval, will ask ben tonight",
        ),
    ],
)
def test_a_blocker_says_what_blocks_or_whom_it_needs(text: str, blocked_on: str | None) -> None:
    judged = judge(["## Update", *text.split("\n")], 1)

    assert judged.blocked_on == blocked_on
    assert (BLOCKER in {item.kind for item in judged.evidence}) is (blocked_on is not None)


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("- Waiting on noor. Drafting the schema meanwhile.", True),
        ("- Blocked by the outage; working on the fallback: ran the mock sweep instead", True),
        ("- Waiting on noor for the schema. Will sketch it meanwhile.", False),
        ("- Waiting on noor for the schema. Next fallback: docs.", False),
        ("- Running the fallback queue.", False),
    ],
)
def test_a_fallback_counts_beside_a_blocker_and_only_once_started(
    text: str, *, started: bool
) -> None:
    assert judge(["## Update", text], 1).fallback is started


def test_each_kind_is_told_once_with_its_line_and_words() -> None:
    lines = ["## Update", "- Lint clean.", "- 12 passed, 0 failed", "- Updated `src/lexer.py`."]

    assert [(item.kind, item.line, item.text) for item in judge(lines, 41).evidence] == [
        (TEST, 42, "Lint clean."),
        (DIFF, 44, "Updated `src/lexer.py`."),
    ]


def test_words_of_evidence_are_one_line_of_at_most_two_hundred_characters() -> None:
    item = judge(["## Update", "- 12 passed " + "very " * 100], 1).evidence[0]

    assert len(item.text) == 200
    assert "\n" not in item.text


def test_a_bullet_labelled_meanwhile_tells_of_a_fallback_only_when_it_was_started() -> None:
    begun = ["- Blocked on ben: waiting for the schema.", "- Meanwhile: drafting the fixtures."]
    planned = [begun[0], "- Meanwhile: will draft the fixtures."]
    assert judge(begun, 1).fallback is True
    assert judge(planned, 1).fallback is False
