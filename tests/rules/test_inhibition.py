"""A silence that another's overdue answer explains is not alarmed for; the answer is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rollcall.rules.graph import Wait, find_deadlocks
from rollcall.rules.inhibition import inhibited_by, say_inhibition

TEN = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
WAIT = Wait("ben", "mara", TEN, True, True, "bot_chat/schema.md", "bot_chat/schema.md")


def test_an_agent_blocked_on_an_overdue_answer_is_inhibited_by_it() -> None:
    assert inhibited_by("ben", ("mara",), [WAIT]) == WAIT


def test_an_answer_that_is_not_yet_overdue_inhibits_nothing() -> None:
    assert inhibited_by("ben", ("mara",), [replace(WAIT, overdue=False)]) is None


def test_an_overdue_answer_that_the_agent_does_not_name_inhibits_nothing() -> None:
    assert inhibited_by("ben", (), [WAIT]) is None
    assert inhibited_by("ben", ("noor",), [WAIT]) is None


def test_what_others_wait_for_inhibits_nothing() -> None:
    assert inhibited_by("noor", ("mara",), [WAIT]) is None
    assert inhibited_by("mara", ("ben",), [WAIT]) is None


def test_a_statement_without_any_request_inhibits_nothing() -> None:
    assert inhibited_by("ben", ("mara",), []) is None


def test_neither_itself_nor_everyone_inhibits_an_agent() -> None:
    waits = [replace(WAIT, provider="ben"), replace(WAIT, provider="*")]
    assert inhibited_by("ben", ("ben", "*"), waits) is None


def test_of_several_overdue_answers_the_oldest_inhibits() -> None:
    older = replace(WAIT, provider="noor", since=TEN - timedelta(seconds=1))
    assert inhibited_by("ben", ("mara", "noor"), [WAIT, older]) == older
    assert inhibited_by("ben", ("mara", "noor"), [older, WAIT]) == older


def test_an_agent_in_a_deadlock_that_says_so_is_inhibited_for_the_deadlock_stands() -> None:
    back = replace(WAIT, waiter="mara", provider="ben")
    assert len(find_deadlocks([WAIT, back])) == 1
    assert inhibited_by("ben", ("mara",), [WAIT, back]) == WAIT
    assert inhibited_by("mara", ("ben",), [WAIT, back]) == back


def test_an_agent_in_a_deadlock_that_does_not_say_so_is_not_inhibited() -> None:
    back = replace(WAIT, waiter="mara", provider="ben", declared=False)
    assert len(find_deadlocks([WAIT, back])) == 1
    assert inhibited_by("mara", (), [WAIT, back]) is None


def test_an_inhibition_names_who_owes_the_answer_to_which_request() -> None:
    assert say_inhibition(replace(WAIT, place="feedback/ben.md:4")) == (
        "inhibited: mara's overdue answer stands for it (bot_chat/schema.md)"
    )
    assert say_inhibition(replace(WAIT, request=None, place="feedback/ben.md:4")) == (
        "inhibited: mara's overdue answer stands for it (feedback/ben.md:4)"
    )
