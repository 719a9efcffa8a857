"""The cheap questions that are asked first hide nothing that the patterns would find."""

from __future__ import annotations

from datetime import UTC, date
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rollcall.lines import cut_lines
from rollcall.model import EvidenceKind
from rollcall.parse import evidence_gates as gates
from rollcall.parse.evidence import Judgement, judge, judge_clauses
from rollcall.parse.evidence_text import clauses
from rollcall.parse.feedback import initial_state, read_feedback

EXAMPLES = Path(__file__).parents[1] / "examples"
_SETS = (
    *(gates.OUTCOME_BEGINS, gates.COMMAND_OUTCOME_BEGINS, gates.CHANGES, gates.OWN_CHECKS),
    *(gates.PROGRAMS, gates.BARE_PROGRAMS, gates.ARTIFACTS, gates.DOCUMENTS, gates.EXTENSIONS),
    *(gates.STEMS, gates.COMMITS, gates.PULLS, gates.BLOCKERS, gates.FALLBACKS, gates.UNITS),
    *(gates.RUNS, gates.TEST_NOUNS, gates.BUILDS, gates.PLANS, gates.PURPOSES, gates.ORDERS),
    *(gates.CITATIONS, gates.LABELS, gates.FILES, gates.RAN),
)
_WORDS = sorted(word for words in _SETS for word in words)
_WHOLE = (
    *("12 passed, 0 failed", "exit code 0", "HTTP 204", "-> 200", "=> 3", "\u2192 ok", "3/4", "0"),
    *("`make lexer`", "`./run.sh`", "src/lexer.py", "`src/lexer.py`", "docs/billing.md:", "README"),
    *("./lint.sh", "a/b.log", "tmp/out.json", "lexer --fast ->", "billing.refunds test", ".env"),
    *("4f1c2ab", "`4f1c2ab`", "(4f1c2ab)", "#12", "PR #12", "https://ci.acme.dev/pull/5"),
    *(
        '{"ok":1}',
        "GET /health 200",
        "+++ b/lexer.py",
        "diff --git a/b",
        "5 seeds \u00d7 3",
        "4.2s",
    ),
    *("in 40 ms", "\u2705", "\u274c", "BILLING_KEY", "on ben", "the key", "to run", "Command:"),
    *("Result:", "Evidence:", "Files:", "Blockers:", "Next:", "Meanwhile:", "Waiting on ben:"),
    *(
        ". ",
        "; ",
        ": ",
        " \u2014 ",
        ", ",
        "\n",
        "\n- ",
        "\n  - ",
        "\n```\n",
        "\n\n",
        "\u0130",
        "\u0663",
    ),
)
_SOME = st.one_of(st.sampled_from(_WORDS), st.sampled_from(_WHOLE))
_TEXTS = st.lists(
    st.tuples(_SOME, st.sampled_from((" ", " ", " ", "-", "_", "", "s ", "ed ")))
).map(lambda parts: "".join(word + glue for word, glue in parts))


def judge_without_gates(lines: list[str], first: int) -> Judgement:
    """Judge an entry with every gate open, so that each pattern is tried on each clause."""
    return judge_clauses(clauses(lines, first, 0, opened=True))


@cache
def entries() -> tuple[list[str], ...]:
    found = []
    for path in sorted(EXAMPLES.rglob("*.md")):
        lines = cut_lines(path.read_bytes(), 0).lines
        read = read_feedback(lines, initial_state("feedback/mara.md", date(2026, 2, 7)), UTC)
        found += [list(lines[entry.start - 1 : entry.end]) for entry in read.entries]
    return tuple(found)


def test_every_example_is_judged_with_its_gates_as_without() -> None:
    judged = [judge(lines, 1) for lines in entries()]

    assert judged == [judge_without_gates(lines, 1) for lines in entries()]
    assert sum(1 for one in judged if one.evidence) > 150


@given(text=_TEXTS)
def test_any_words_are_judged_with_their_gates_as_without(text: str) -> None:
    lines = ["## Update", *text.split("\n")]

    assert judge(lines, 1) == judge_without_gates(lines, 1)


def test_a_text_without_any_of_the_words_shows_no_kind() -> None:
    assert gates.kinds_of(gates.gates_of("the lexer is on its way")) == ()
    assert gates.kinds_of(gates.gates_of("12 passed")) == (EvidenceKind.TEST,)
