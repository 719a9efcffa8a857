"""A pattern sought where its words stand finds what a search finds."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.parse import evidence_gates as gates
from rollcall.parse import evidence_words as words
from rollcall.parse.evidence_kinds import CHANGED, COMMAND_OUTCOME, OUTCOME
from rollcall.parse.seeking import Sought, fold, folded

EXAMPLES = Path(__file__).parents[1] / "examples"
SOUGHT = {"outcome": OUTCOME, "command's outcome": COMMAND_OUTCOME, "change": CHANGED}
_WORDS = sorted(
    gates.OUTCOME_BEGINS
    | gates.COMMAND_OUTCOME_BEGINS
    | gates.CHANGES
    | {"HTTP 204", "12/12", "OK"}
)
_GLUE = (" ", "", "-", "_", ": ", "(", " 0 ", " 204", "→ ", "✅", "\u0130", "\n", ".")
texts = st.lists(st.sampled_from((*_WORDS, *_GLUE)), max_size=12).map(" ".join)


def tokens_of(text: str) -> frozenset[str]:
    return frozenset(re.findall("[a-z]+", fold(text)))


@cache
def lines() -> tuple[str, ...]:
    files = sorted(EXAMPLES.rglob("*.md"))
    return tuple(line for file in files for line in file.read_text("utf-8", "replace").splitlines())


@pytest.mark.parametrize("name", SOUGHT)
def test_a_sought_pattern_finds_in_every_example_what_a_search_finds(name: str) -> None:
    sought = SOUGHT[name]
    found = [sought.search(line, tokens_of(line)) for line in lines()]
    assert [one and one.span() for one in found] == [
        one and one.span() for one in map(sought.pattern.search, lines())
    ]
    assert any(found)


@pytest.mark.parametrize("name", SOUGHT)
@given(text=texts)
def test_a_sought_pattern_finds_in_any_text_what_a_search_finds(name: str, text: str) -> None:
    sought = SOUGHT[name]
    found, searched = sought.search(text, tokens_of(text)), sought.pattern.search(text)
    assert (found and found.span()) == (searched and searched.span())


def test_a_sought_pattern_stays_within_its_bounds() -> None:
    sought = Sought(re.compile(r"\bred\b"), ["red"])
    text = "red, red, red"
    found = sought.search(text, tokens_of(text), 1, 8)
    assert found is not None
    assert found.span() == (5, 8)
    assert sought.search(text, tokens_of(text), 1, 7) is None


@given(text=texts)
def test_a_folded_pattern_finds_what_a_case_blind_one_finds(text: str) -> None:
    for pattern in (words.NOT_YET, words.TEST_NOUN, words.IMPERATIVE, words.SECOND_HAND):
        found, searched = folded(pattern).search(fold(text)), pattern.search(text)
        assert (found and found.span()) == (searched and searched.span())


def test_a_pattern_that_minds_the_case_is_not_folded() -> None:
    with pytest.raises(ValueError, match="cannot be folded"):
        folded(words.COMMAND_OUTCOME)
