from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.parse.chat import read_chat
from rollcall.parse.threads import assemble
from rollcall.roster import MAX_NAME, Roster, is_everyone, slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("DevOps/SRE", "devops-sre"),
        ("Mara", "mara"),
        ("@ben", "ben"),
        ("Grammar Team Lead", "grammar-team-lead"),
        ("bot_noor42", "bot_noor42"),
        ("  **Ivo** ", "ivo"),
        ("--", ""),
    ],
)
def test_a_slug_is_the_name_in_lower_case_words(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text())
def test_the_slug_of_a_slug_is_itself(name: str) -> None:
    assert slugify(slugify(name)) == slugify(name)[:MAX_NAME].strip("-_")


def test_an_alias_resolves_to_its_declared_agent() -> None:
    roster = Roster.build({"page-ops-engineer": ["Page/Ops", "ops"]}, [])
    assert roster.slugs == ("page-ops-engineer",)
    assert roster.resolve("page-ops") == "page-ops-engineer"
    assert roster.resolve("OPS") == "page-ops-engineer"


def test_an_alias_of_two_agents_is_ambiguous() -> None:
    roster = Roster.build({"mara": ["lead"], "ben": ["lead"]}, [])
    assert roster.resolve("lead") is None


def test_a_name_with_and_without_its_profession_is_one_agent() -> None:
    roster = Roster.build({}, ["billing", "Billing Engineer"])
    assert roster.slugs == ("billing-engineer",)
    assert roster.resolve("billing") == "billing-engineer"


def test_two_professions_of_one_field_are_two_agents() -> None:
    roster = Roster.build({}, ["billing-engineer", "billing-developer"])
    assert roster.slugs == ("billing-developer", "billing-engineer")
    assert roster.resolve("billing") is None


def test_a_declared_agent_is_never_merged_into_another() -> None:
    roster = Roster.build({"billing": (), "billing-engineer": ()}, ["billing", "billing engineer"])
    assert roster.slugs == ("billing", "billing-engineer")


def test_a_first_word_resolves_where_only_one_agent_begins_with_it() -> None:
    roster = Roster.build({}, ["billing-page-engineer", "parser-left", "parser-right"])
    assert roster.resolve("Billing") == "billing-page-engineer"
    assert roster.resolve("parser") is None


def test_an_agent_of_that_very_name_goes_before_longer_names() -> None:
    roster = Roster.build({}, ["web", "web_left"])
    assert roster.slugs == ("web", "web_left")
    assert roster.resolve("web") == "web"


def test_an_unknown_name_resolves_to_nobody() -> None:
    roster = Roster.build({}, ["mara"])
    assert roster.resolve("ben") is None
    assert roster.resolve("") is None


def test_a_name_that_runs_into_a_topic_is_its_longest_known_beginning() -> None:
    roster = Roster.build({}, ["mara", "mara-two", "ben"])
    assert roster.longest("mara-two-parser-request") == "mara-two"
    assert roster.longest("mara-parser") == "mara"
    assert roster.longest("noor-parser") is None


def test_words_for_the_whole_team_are_no_agents() -> None:
    assert Roster.build({}, ["all", "everyone", "*", "All Agents"]).slugs == ()
    assert is_everyone("all agents")
    assert not is_everyone("mara")


_NAMES = st.sampled_from(
    ["mara", "Mara Agent", "ben", "ben-engineer", "Ben Developer", "noor", "parser", "parser-two"]
)


@given(st.lists(_NAMES).flatmap(lambda names: st.tuples(st.just(names), st.permutations(names))))
def test_the_order_in_which_names_are_met_does_not_matter(
    lists: tuple[list[str], list[str]],
) -> None:
    one, other = (Roster.build({}, names) for names in lists)
    assert one == other
    assert [one.resolve(name) for name in lists[0]] == [other.resolve(name) for name in lists[0]]


def heads(*said: tuple[str, str]) -> Roster:
    drafts = [draft for path, text in said for draft in read_chat(path, text.splitlines(), UTC)]
    return assemble(drafts, {"ivo": ()}).roster


def test_a_name_beside_another_in_a_head_is_an_alias() -> None:
    roster = heads(("inbox/ivo/20260105_1000_laptop_note_hello.md", "From: mara (laptop)\n\nHi"))
    assert (roster.slugs, roster.resolve("laptop"), roster.ambiguous) == (
        ("ivo", "mara"),
        "mara",
        (),
    )


@pytest.mark.parametrize(
    "other",
    [
        ("inbox/ivo/20260105_1100_laptop_note_again.md", "From: ben (laptop)\n\nHi"),
        ("c/2026-01-05-laptop-to-mara.md", "Hi"),
        ("c/2026-01-05-mara-to-laptop.md", "Hi"),
    ],
)
def test_a_name_that_may_be_anothers_is_reported_and_merges_nobody(other: tuple[str, str]) -> None:
    roster = heads(
        ("inbox/ivo/20260105_1000_laptop_note_hello.md", "From: mara (laptop)\n\nHi"), other
    )
    assert {"mara", "laptop"} <= set(roster.slugs) | set(roster.ambiguous)
    assert "laptop" in roster.ambiguous
    assert roster.resolve("laptop") != roster.resolve("mara")


def test_words_in_brackets_that_no_file_name_bears_are_no_alias() -> None:
    roster = heads(("c/2026-01-05-mara-to-ivo.md", "From: mara (parser team)\n\nHi"))
    assert roster.slugs == ("ivo", "mara")


def test_a_nickname_that_nothing_explains_stays_an_agent_of_its_own() -> None:
    roster = heads(("c/2026-01-05-mara-to-ivo.md", "Hi"), ("c/2026-01-05-ivo-to-captain.md", "Hi"))
    assert roster.slugs == ("captain", "ivo", "mara")


def test_an_alias_declared_for_two_agents_is_ambiguous() -> None:
    roster = Roster.build({"mara": ("lead",), "ben": ("lead",)}, ())
    assert (roster.resolve("lead"), roster.ambiguous) == (None, ("lead",))


def test_the_beginning_of_two_names_is_ambiguous_where_it_is_asked() -> None:
    roster = heads(
        ("c/2026-01-05-query-parser-to-ivo.md", "Hi"),
        ("c/2026-01-05-query-index-to-ivo.md", "Hi"),
        ("c/2026-01-05-ivo-to-all.md", "## Requests\n\n- Query: Provide the grammar."),
    )
    assert (roster.resolve("Query"), roster.ambiguous) == (None, ("query",))
