from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from harness import DAY, World, ask, at, message, proof, update
from rollcall.model import Transition

ASK = "bot_chat/mara-to-ben-schema.md"
ACK = message("ack", "ben", "mara", "Got it.", re=ASK)
ANSWER = "bot_chat/ben-to-mara-schema.md"
ANSWERED = message("answer", "ben", "mara", "It is in docs/schema.md.", re=ASK)
AGAIN = message("followup", "mara", "ben", "Any news?", re=ASK)
LIMIT = f"asked by mara at {DAY} 09:00Z (within 15 min)"


def asked(tmp_path: Path, *overrides: str, words: str = "", **matter: str) -> World:
    """Return a running world in which mara asks ben at 09:00; both are known from the chat alone."""
    world = World(tmp_path, "feedback.cadence=5d", *overrides)
    world.write("bot_chat/ben-to-mara-hello.md", message("note", "ben", "mara", "Hello."))
    world.write("bot_chat/mara-to-ben-hello.md", message("note", "mara", "ben", "Hello."))
    world.start()
    text = f"Can you send me the schema{words}?"
    world.write(ASK, message("request", "mara", "ben", text, **matter))
    return world


def keep_working(world: World, until: datetime) -> None:
    """Let noor report every half hour, so that the team has not stopped."""
    passed = 12
    while world.now < until:
        world.append("feedback/noor.md", proof(f"{world.now:%H:%M}", passed))
        passed += 1
        world.run_until(min(until, world.now + timedelta(minutes=30)))


# Asked again


def test_follow_ups_are_counted_and_shown_without_a_notice(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:16")
    told = len(world.slack.notices)
    world.write("bot_chat/mara-followup-1.md", AGAIN)
    assert world.blockers()[0].description.startswith(
        f"No acknowledgement from ben, {LIMIT}, asked again once: "
    )
    world.write("bot_chat/mara-followup-2.md", AGAIN)
    assert world.blockers()[0].description.startswith(
        f"No acknowledgement from ben, {LIMIT}, asked again 2 times: "
    )
    assert len(world.slack.notices) == told


# A fallback


def test_a_fallback_rests_the_ladder_at_level_one_until_the_time_it_names(tmp_path: Path) -> None:
    world = asked(tmp_path, fallback="a provisional template until 09:40")
    world.run_until("09:15")
    assert world.blockers()[0].description.startswith(
        f"No acknowledgement from ben, {LIMIT}, with a fallback until {DAY} 09:40Z: "
    )
    world.run_until("09:40")
    assert [one.level for one in world.blockers()] == [1]
    assert "fallback" not in world.blockers()[0].description
    world.run_until("09:49:59")
    assert [one.level for one in world.blockers()] == [1]
    world.run_until("09:50")
    assert [one.level for one in world.blockers()] == [2]


def test_a_fallback_that_names_no_time_lasts_for_answer_within_once(tmp_path: Path) -> None:
    world = asked(tmp_path, "chat.answer_within=1h", fallback="the old schema")
    world.run_until("10:09:59")
    assert [one.level for one in world.blockers()] == [1]
    world.run_until("10:10")
    assert [one.level for one in world.blockers()] == [2]


def test_a_fallback_in_the_words_of_the_request_counts(tmp_path: Path) -> None:
    world = asked(tmp_path)
    text = "Can you send me the schema?\n\nI use a provisional one until 09:45.\n"
    world.write(ASK, message("request", "mara", "ben", text))
    world.run_until("09:54:59")
    assert [one.level for one in world.blockers()] == [1]
    world.run_until("09:55")
    assert [one.level for one in world.blockers()] == [2]


def test_a_fallback_in_the_requesters_own_report_counts(tmp_path: Path) -> None:
    world = asked(tmp_path, "chat.answer_within=1h")
    world.run_until("09:16")
    said = "Blocked: waiting for the schema from ben.\n- Meanwhile: using the old schema"
    world.append("feedback/mara.md", update("09:16", said))
    keep_working(world, at("10:15:59"))
    levels = {one.agent: one.level for one in world.blockers(open_only=True)}
    assert levels["ben"] == 1
    assert "with a fallback until" in world.blockers()[0].description


# Taken back


@pytest.mark.parametrize(
    "text",
    [
        message("withdraw", "mara", "ben", "I found it.", re=ASK),
        message("note", "mara", "ben", f"Never mind `{ASK}`, I found it."),
        message("note", "mara", "ben", "Withdrawn: I found the schema."),
    ],
    ids=["kind", "never mind", "the only one"],
)
def test_a_request_that_its_sender_takes_back_closes_as_withdrawn(
    tmp_path: Path, text: str
) -> None:
    world = asked(tmp_path)
    world.run_until("09:16")
    taken = "bot_chat/mara-to-ben-taken-back.md"
    world.write(taken, text)
    assert [one.resolution for one in world.blockers()] == [f"Withdrawn by {taken}"]
    world.run_until("14:00")
    assert world.open_ids() == []


def test_another_agent_cannot_take_a_request_back(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.write("bot_chat/noor-to-ben.md", message("withdraw", "noor", "ben", "No.", re=ASK))
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "ben")]


def test_never_mind_in_a_thread_takes_back_the_askers_last_request_there(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.append("bot_chat/page.md", "# Page\n\n## mara -> ben\nCan you review the page?\n")
    world.append("bot_chat/page.md", "\n## mara -> ben\nNever mind, it is merged.\n")
    world.run_until("09:16")
    assert [one.evidence for one in world.blockers()] == [(ASK,)]


# Until when


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (" within 30 min", "09:30"),
        (" in 30 min", "09:30"),
        (" within 2 hours", "11:00"),
        (" by 15:40", "15:40"),
        (" by 3pm", "15:00"),
        (" by noon", "12:00"),
    ],
)
def test_a_request_that_names_a_time_in_words_is_due_then(
    tmp_path: Path, words: str, due: str
) -> None:
    world = asked(tmp_path, words=words)
    world.write("bot_chat/ben-ack.md", ACK)
    world.run_until(at(due).replace(microsecond=0) - (at("00:01") - at("00:00:59")))
    assert world.told() == []
    world.run_until(due)
    assert world.blockers()[0].description.startswith(
        f"No answer from ben, asked by mara at {DAY} 09:00Z (due {DAY} {due}Z"
    )


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (" by EOD", "2026-02-08"),
        (" tonight", "2026-02-08"),
        (" by Monday", "2026-02-10"),
        (" by day 3", "2026-02-10"),
        (" before Monday", "2026-02-09"),
    ],
)
def test_a_request_due_by_a_day_is_overdue_at_its_end(tmp_path: Path, words: str, day: str) -> None:
    world = asked(tmp_path, words=words)
    world.write("bot_chat/ben-ack.md", ACK)
    world.run_until(at("00:00", day) - (at("00:01") - at("00:00:59")))
    assert world.told() == []
    world.run_until(at("00:00", day))
    assert world.told() == [("00:00:00", "opened", "ben")]


def test_the_end_of_the_day_is_that_of_the_providers_working_hours(tmp_path: Path) -> None:
    world = asked(tmp_path, 'agents.ben.hours=["Sat-Sun 09:00-17:00"]', words=" by end of day")
    world.write("bot_chat/ben-ack.md", ACK)
    keep_working(world, at("16:59:59"))
    assert world.told() == []
    # Off duty when it is due: it is told when the hours begin again.
    keep_working(world, at("17:30"))
    assert world.told() == []
    world.run_until(at("09:00", "2026-02-08"))
    world.append("feedback/noor.md", proof("09:00").replace(DAY, "2026-02-08"))
    assert [one.agent for one in world.blockers()] == ["ben"]
    assert f"(due {DAY} 17:00Z" in world.blockers()[0].description


def test_the_end_of_the_day_is_the_providers_own(tmp_path: Path) -> None:
    world = asked(tmp_path, 'agents.ben.timezone="Asia/Tokyo"', words=" by EOD")
    world.write("bot_chat/ben-ack.md", ACK)
    keep_working(world, at("14:59:59"))
    assert world.told() == []
    world.run_until("15:00")
    assert world.told() == [("15:00:00", "opened", "ben")]


def test_a_numbered_day_counts_from_the_one_that_the_message_dates(tmp_path: Path) -> None:
    world = asked(tmp_path)
    text = "Day 2 (2026-02-07)\n\nCan you send me the schema by day 3?\n"
    world.write(ASK, message("request", "mara", "ben", text))
    world.write("bot_chat/ben-ack.md", ACK)
    world.run_until(at("23:59:59", "2026-02-08"))
    assert world.told() == []
    world.run_until(at("00:00", "2026-02-09"))
    assert world.told() == [("00:00:00", "opened", "ben")]


# The requester hears of it


def test_the_requester_is_told_of_the_answer_once_with_the_fallback_to_replace(
    tmp_path: Path,
) -> None:
    world = asked(tmp_path, fallback="the old schema")
    world.run_until("09:05")
    world.write(ANSWER, ANSWERED)
    world.restart()
    world.sweep_now()
    inbox = world.inbox("mara")
    assert inbox.count(f"ben has answered mara-to-ben-schema: {ANSWER}") == 1
    assert f"You can replace your fallback of {DAY} 09:00Z: the old schema" in inbox


def test_an_answer_of_before_the_first_sight_is_not_told(tmp_path: Path) -> None:
    world = World(tmp_path, "feedback.cadence=5d")
    world.write(ASK, ask(date=f"{DAY} 08:50Z"))
    world.write(ANSWER, ANSWERED)
    world.start()
    world.run_until("10:00")
    assert world.inbox("mara") == ""
    assert Transition.ANSWERED.value not in [what for _, what, _ in world.events()]


def test_the_requester_is_told_when_its_provider_is_not_blocked_any_more(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.append("feedback/ben.md", update("09:01", "Blocked: waiting for the credentials."))
    world.run_until("09:10")
    world.append("feedback/ben.md", proof("09:10"))
    assert world.inbox("mara").count("ben is not held up any more: Proof at") == 1
