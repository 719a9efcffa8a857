from __future__ import annotations

from pathlib import Path

import pytest

from harness import DAY, World

LOG = "coordination/log.md"
SHARED = f'feedback.files=["feedback/{{agent}}.md", "{LOG}"]'


def signed(
    clock: str, agent: str, words: str = "- `pytest tests/test_parser.py` -> 12 passed"
) -> str:
    """Return an entry of that time that an agent signs in its heading, by itself with proof."""
    return f"\n## [{DAY} {clock}Z] {agent} - parser\n{words}\n"


def sharing(tmp_path: Path, text: str, *overrides: str, begin: str = "13:50") -> World:
    """Return a running world whose agents share one log, which holds ``text`` from the beginning."""
    world = World(tmp_path, SHARED, *overrides, begin=begin)
    world.write(LOG, f"# Log of the team\n{text}")
    world.start()
    return world


def titles(world: World, agent: str) -> list[str]:
    return [f"{row.title} {row.place.rpartition(':')[2]}" for row in world.entries(agent)]


def test_each_entry_of_a_shared_log_is_its_authors(tmp_path: Path) -> None:
    text = signed("13:40", "mara") + signed("13:42", "noor") + signed("13:44", "mara")
    world = sharing(tmp_path, text)
    assert world.agents() == {"mara": "proof", "noor": "proof"}
    assert world.proofs("mara") == ["13:40:00", "13:44:00"]
    assert world.proofs("noor") == ["13:42:00"]
    assert titles(world, "noor") == ["parser 6"]


def test_every_form_in_which_an_entry_is_signed_names_its_agent(tmp_path: Path) -> None:
    world = sharing(
        tmp_path,
        f"\nSTART | {DAY} 13:40:00 +00:00 | mara | task: the parser\n"
        f"\n## [{DAY} 13:41 UTC] Billing Agent \u2013 page \u2013 START\n- begun\n"
        f"\n## ivo-dev — {DAY}T13:42:00Z\n- begun\n"
        f"\n### [AGENT: noor] [TIME: {DAY} 13:43Z]\n- begun\n",
    )
    assert sorted(world.agents()) == ["billing-agent", "ivo-dev", "mara", "noor"]


@pytest.mark.parametrize(
    "line",
    [
        "- [{at}] **Ivo**: begun",
        "- [{at}] **Ivo:** begun",
        "[{at}] **Ivo** (parser) \u2014 begun",
        "- {at} @ivo: begun",
    ],
)
def test_a_name_in_bold_or_called_by_at_signs_the_line_that_it_begins(
    tmp_path: Path, line: str
) -> None:
    world = sharing(tmp_path, line.format(at=f"{DAY} 13:40Z") + "\n")
    assert titles(world, "ivo") == ["begun 2"]


def test_what_blocks_is_said_without_the_name_that_signs_it(tmp_path: Path) -> None:
    world = sharing(tmp_path, f"- [{DAY} 13:49Z] **Ivo**: begun\n")
    world.append(LOG, f"- [{DAY} 13:50Z] **Ivo**: Blocked: the schema is missing\n")
    assert [one.description for one in world.blockers()] == ["Blocked: the schema is missing"]


@pytest.mark.parametrize("word", ["Done", "Blocked", "Tests", "Next steps", "PR", "In progress"])
def test_a_label_in_bold_is_no_name(tmp_path: Path, word: str) -> None:
    world = sharing(tmp_path, f"- [{DAY} 13:40Z] **{word}**: the parser\n")
    assert world.unsigned() == [(LOG, 1, 2)]


def test_a_plain_word_before_a_colon_signs_where_an_agent_is_called_so(tmp_path: Path) -> None:
    text = f"- {DAY} 13:40Z Noor: the page\n- {DAY} 13:41Z Deployment: begun\n"
    world = sharing(tmp_path, text, "agents.noor={}")
    assert titles(world, "noor") == ["Noor: the page 2"]
    assert world.unsigned() == [(LOG, 1, 3)]


def test_what_one_agent_appends_to_a_shared_log_proves_nothing_for_another(tmp_path: Path) -> None:
    world = sharing(tmp_path, signed("13:48", "mara") + signed("13:49", "noor"))
    world.run_until("13:55")
    world.append(LOG, signed("13:55", "mara"))
    world.run_until("14:01")
    assert world.told() == [("14:00:00", "opened", "noor")]
    world.append(LOG, signed("14:01", "noor"))
    assert world.told()[1:] == [("14:01:00", "closed", "noor")]
    assert world.proofs("mara") == ["13:48:00", "13:55:00"]


def test_two_agents_that_write_the_same_words_have_an_entry_each(tmp_path: Path) -> None:
    same = f"\nSTART | {DAY} 13:40:00 +00:00 | {{}} | the parser: 12 passed\n"
    world = sharing(tmp_path, same.format("mara") + same.format("noor") + same.format("mara"))
    assert (len(world.entries("mara")), len(world.entries("noor"))) == (2, 1)


def test_a_shared_log_that_is_rewritten_or_turned_round_adds_nothing(tmp_path: Path) -> None:
    entries = [signed("13:40", "mara"), signed("13:42", "noor"), signed("13:44", "mara")]
    world = sharing(tmp_path, "".join(entries))
    before = {
        slug: [(row.id, row.counts_at) for row in world.entries(slug)] for slug in world.agents()
    }
    world.run_until("13:51")
    world.write(LOG, "# Log of the team, newest first\n" + "".join(reversed(entries)))
    after = {
        slug: [(row.id, row.counts_at) for row in world.entries(slug)] for slug in world.agents()
    }
    assert after == before
    assert titles(world, "mara") == ["parser 9", "parser 3"]


def test_an_agents_last_entry_in_a_shared_log_is_open_only_while_it_is_the_logs_last(
    tmp_path: Path,
) -> None:
    world = sharing(tmp_path, signed("13:40", "mara") + signed("13:42", "noor", "- working on it"))
    world.run_until("13:52")
    world.append(LOG, "- 12 passed\n")
    assert world.proofs("noor") == ["13:52:00"]
    assert world.proofs("mara") == ["13:40:00"]
    world.append(LOG, signed("13:53", "mara", "- working on it"))
    world.append(LOG, "- 13 passed\n")
    assert [len(world.entries(slug)) for slug in ("mara", "noor")] == [2, 1]


def test_an_agent_that_first_writes_later_begins_its_clock_then(tmp_path: Path) -> None:
    world = sharing(tmp_path, signed("13:49", "mara"))
    world.run_until("13:55")
    world.append(LOG, signed("13:30", "ben") + signed("13:55", "mara"))
    assert world.proofs("ben") == ["13:30:00"]
    world.run_until("14:05")
    assert world.told() == [("14:05:00", "opened", "ben"), ("14:05:00", "opened", "mara")]


def test_only_the_agents_that_wrote_long_ago_are_retired(tmp_path: Path) -> None:
    old = "\n## [2026-02-01 10:00Z] ben - parser\n- 12 passed\n"
    world = sharing(tmp_path, old + signed("13:49", "mara"))
    assert world.agents() == {"ben": "retired", "mara": "proof"}
    world.run_until("13:53")
    world.append(LOG, signed("13:53", "mara"))
    assert world.agents()["ben"] == "retired"
    world.append(LOG, signed("13:53", "ben"))
    assert world.agents()["ben"] == "proof"


def test_who_signs_without_a_date_wrote_no_later_than_the_newest_date_of_the_log(
    tmp_path: Path,
) -> None:
    undated = "\n## ben -- parser\n- 12 passed\n"
    old = "\n## [2026-02-01 10:00Z] mara - parser\n- 12 passed\n"
    world = sharing(tmp_path, undated + old)
    assert world.agents() == {"ben": "retired", "mara": "retired"}


def test_who_signs_without_a_date_is_on_duty_where_others_wrote_today(tmp_path: Path) -> None:
    undated = "\n## ben -- parser\n- 12 passed\n"
    world = sharing(tmp_path, undated + signed("13:49", "mara"))
    assert world.agents() == {"ben": "proof", "mara": "proof"}


def test_a_shared_log_and_a_file_of_ones_own_are_one_clock(tmp_path: Path) -> None:
    world = sharing(tmp_path, signed("13:49", "mara"))
    world.write("feedback/mara.md", f"# mara\n\n## {DAY} 13:50Z parser\n- 13 passed\n")
    assert list(world.agents()) == ["mara"]
    assert len(world.entries("mara")) == 2


def test_an_author_is_resolved_through_the_roster(tmp_path: Path) -> None:
    text = (
        signed("13:40", "UI/Web Agent") + signed("13:41", "ben") + signed("13:42", "ben-engineer")
    )
    world = sharing(tmp_path, text, 'agents.web.aliases=["UI/Web"]')
    assert sorted(world.agents()) == ["ben-engineer", "web"]
    world.append(LOG, signed("13:50", "ben"))
    assert len(world.entries("ben-engineer")) == 3


def test_an_entry_that_nobody_signed_counts_for_nothing(tmp_path: Path) -> None:
    world = sharing(tmp_path, signed("13:49", "mara"))
    world.run_until("13:52")
    world.append(LOG, f"\n## {DAY} 13:52Z\n- `pytest tests` -> 12 passed\n")
    assert list(world.agents()) == ["mara"]
    assert world.proofs("mara") == ["13:49:00"]
    assert world.unsigned() == [(LOG, 1, 6)]
    world.write(LOG, "# Log of the team\n" + signed("13:49", "mara"))
    assert world.unsigned() == []


def test_a_blocker_in_a_shared_log_is_its_authors(tmp_path: Path) -> None:
    world = sharing(tmp_path, signed("13:49", "mara") + signed("13:49", "noor"))
    world.append(LOG, signed("13:50", "noor", "- Blocked: the schema is missing"))
    assert [(one.kind.value, one.agent) for one in world.blockers()] == [("blocked", "noor")]
