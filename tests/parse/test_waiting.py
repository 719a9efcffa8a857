"""Whom a statement says its writer waits for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.parse.waiting import names_in_statement

KNOWN = {
    **{slug: slug for slug in ("ben", "mara", "noor", "tess", "tax-desk", "ivo", "ops-infra")},
    "Ops/Infra": "ops-infra",
    "Ben Two": "ben-two",
    "schema keeper": "mara",
}


def said(text: str) -> tuple[str, ...]:
    return names_in_statement(text, KNOWN, "ivo")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("waiting on ben for the schema", ("ben",)),
        ("blocked by noor's API", ("noor",)),
        ("need review from mara", ("mara",)),
        ("Blocked: ben's schema is not here yet", ("ben",)),
        (
            "Blocked: need the signing key from tax-desk before invoices can be sealed.",
            ("tax-desk",),
        ),
        ("Waiting on tess: the colours of the header are hers to set.", ("tess",)),
        ("cannot continue until mara confirms", ("mara",)),
        ("cannot start without noor's tokens", ("noor",)),
        ("blocked until ben lands it", ("ben",)),
        ("holding the release until tess approves", ("tess",)),
        ("pending ben's merge", ("ben",)),
        ("The parser needs to be reviewed by ben", ("ben",)),
        ("waiting for approval by ben", ("ben",)),
        ("awaiting the final numbers from noor", ("noor",)),
        ("Asked ben twice. No answer from mara yet", ("mara",)),
        ("I haven't heard back from ben", ("ben",)),
        ("stuck on noor's migration", ("noor",)),
        ("standing by for ben", ("ben",)),
        ("the parser depends on mara", ("mara",)),
        ("I am still waiting to hear back from ben", ("ben",)),
    ],
)
def test_a_name_behind_a_word_of_waiting_is_waited_for(text: str, names: tuple[str, ...]) -> None:
    assert said(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("waiting on ben and mara to agree", ("ben", "mara")),
        ("Waiting for ben's and noor's answers", ("ben", "noor")),
        ("waiting on Ben/Noor/Mara fixes, Tess colours", ("ben", "noor", "mara", "tess")),
        ("Blockers: ben (schema), noor (tokens)", ("ben", "noor")),
        ("waiting on the numbers from noor, ben & tess", ("noor", "ben", "tess")),
        ("cannot go on until mara confirms and noor posts", ("mara", "noor")),
        ("waiting on Ben/Somebody/Noor fixes", ("ben", "noor")),
        ("waiting on the build and ben", ("ben",)),
        ("Blocked: the schema and noor's tokens", ("noor",)),
        ("waiting on ben; blocked by noor", ("ben", "noor")),
        ("waiting on ben, and again waiting on ben", ("ben",)),
    ],
)
def test_a_list_behind_a_word_of_waiting_is_waited_for_in_its_order(
    text: str, names: tuple[str, ...]
) -> None:
    assert said(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "ben and I finished",
        "ben merged the schema, the parser is next",
        "finished before ben merged",
        "heard back from ben",
        "I need to ask ben",
        "waiting for the build",
        "waiting on the merge caused by ben",
        "Blocked: told noor, ben and mara about the outage",
        "",
    ],
)
def test_a_name_without_a_word_of_waiting_for_it_is_not_waited_for(text: str) -> None:
    assert said(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "I am not waiting on ben",
        "I'm no longer blocked by ben",
        "this isn't currently blocked by ben",
        "was blocked by ben",
        "if blocked by ben I take the next task",
        "unblocked by ben",
        "non-blocking on ben",
        "no need for ben",
    ],
)
def test_a_wait_that_is_denied_past_or_a_condition_is_none(text: str) -> None:
    assert said(text) == ()


@pytest.mark.parametrize(
    "text",
    ["noor is waiting on mara", "noor's blocked by ben", "noor: waiting on ben", "ben needs mara"],
)
def test_the_wait_of_another_is_not_the_writers(text: str) -> None:
    assert said(text) == ()


def test_the_writer_may_name_itself_as_the_one_that_waits() -> None:
    assert said("ivo is waiting on mara") == ("mara",)
    assert said("ben and I are waiting on noor") == ("noor",)


def test_the_writer_never_waits_for_itself() -> None:
    assert said("waiting on ivo") == ()
    assert said("waiting on ben and ivo") == ("ben",)
    assert names_in_statement("waiting on ivo", KNOWN, "ben") == ("ivo",)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("waiting on ben, mara finished hers", ("ben",)),
        ("waiting on ben and mara has posted hers", ("ben",)),
        ("waiting on ben but mara is done", ("ben",)),
        ("waiting on ben — noor is done", ("ben",)),
        ("waiting on ben while mara drafts the page", ("ben",)),
        ("waiting on the schema that ben and mara drafted", ()),
        ("waiting on ben (asked noor too)", ("ben",)),
        ("Waiting on ben. Mara wrote the page", ("ben",)),
    ],
)
def test_where_another_thought_begins_the_wait_ends(text: str, names: tuple[str, ...]) -> None:
    assert said(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("waiting on BEN", ("ben",)),
        ("waiting on @ben", ("ben",)),
        ("waiting on **ben**", ("ben",)),
        ("waiting on `ben`", ("ben",)),
        ("waiting on OPS/INFRA", ("ops-infra",)),
        ("waiting on ops infra", ("ops-infra",)),
        ("waiting on the schema keeper", ("mara",)),
        ("waiting on ben two", ("ben-two",)),
        ("waiting on ben twofold", ("ben",)),
    ],
)
def test_a_name_is_known_by_any_alias_in_any_case_the_longest_first(
    text: str, names: tuple[str, ...]
) -> None:
    assert said(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "waiting on bench",
        "waiting on ben-api",
        "waiting on x-ben",
        "waiting on ben_api",
        "blocked by ben.md",
        "blocked by src/ben/schema.py",
        "blocked by ben/schema.py",
        "blocked by mail@ben",
    ],
)
def test_a_name_within_a_longer_word_a_path_or_an_address_is_none(text: str) -> None:
    assert said(text) == ()


def test_without_known_names_nobody_is_named() -> None:
    assert names_in_statement("waiting on ben", {}, "ivo") == ()
    assert names_in_statement("waiting on ...", {"...": "dots", "": "empty"}, "ivo") == ()


_PARTS = (
    "waiting on ",
    "ben",
    ", ",
    " and ",
    "noor's",
    " from ",
    " by ",
    "until ",
    ". ",
    "/",
    " not ",
)


@given(st.lists(st.sampled_from((*_PARTS, "ivo", " is ", "(", "\n", "\u0130", "ﬁ")), max_size=20))
def test_only_known_agents_other_than_the_writer_are_ever_named_each_once(parts: list[str]) -> None:
    names = said("".join(parts))
    assert set(names) <= {"ben", "noor"}
    assert len(names) == len(set(names))


@pytest.mark.parametrize("unit", [*_PARTS, "need by ben ", "from ben and ", "...a", "ben/", "- "])
def test_the_time_grows_with_the_text_alone(unit: str) -> None:
    text = "waiting on " + unit * (60_000 // len(unit))
    began = time.process_time()
    said(text)
    assert time.process_time() - began < 5  # quadratic work would take minutes
