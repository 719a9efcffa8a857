from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from sqlmodel import select

from harness import DAY, World, ask, at, message, proof, update
from rollcall.model import BlockerKind, Transition
from rollcall.store.conversation import list_dependencies
from rollcall.store.request_tables import LinkRow

ASK = "bot_chat/mara-to-ben-schema.md"
ACK = "bot_chat/ben-to-mara-received.md"
ANSWER = "bot_chat/ben-to-mara-schema.md"
ACKNOWLEDGED = message("note", "ben", "mara", f"Acknowledged: `{ASK}`")
ANSWERED = message("answer", "ben", "mara", "The schema is in docs/schema.md.", re=ASK)


def asked(tmp_path: Path, *overrides: str, **matter: str) -> World:
    """Return a running world in which mara asks ben, who has written before, at 09:00."""
    world = World(tmp_path, *overrides)
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    world.start()
    world.write(ASK, ask(**matter))
    return world


def test_a_request_without_acknowledgement_opens_a_blocker_at_ack_within(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:14:59")
    assert world.told() == []
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "ben")]
    (blocker,) = world.blockers()
    assert (blocker.kind, blocker.evidence) == (BlockerKind.STALLED_DEPENDENCY, (ASK,))
    assert blocker.description.startswith(
        f"No acknowledgement from ben, asked by mara at {DAY} 09:00Z (within 15 min): "
    )


def test_an_acknowledgement_in_time_opens_nothing_until_the_answer_is_due(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:14:59")
    world.write(ACK, ACKNOWLEDGED)
    world.run_until("12:59:59")
    assert world.told() == []
    world.run_until("13:00")
    assert world.told() == [("13:00:00", "opened", "ben")]
    assert world.blockers()[0].description.startswith(
        f"No answer from ben, asked by mara at {DAY} 09:00Z (within 4 h): "
    )


def test_an_acknowledgement_closes_the_blocker_of_a_missing_one(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:16")
    world.write(ACK, ACKNOWLEDGED)
    assert world.told() == [("09:15:00", "opened", "ben"), ("09:16:00", "closed", "ben")]
    assert world.blockers()[0].resolution == f"Acknowledged by {ACK}"


def test_an_overdue_answer_after_an_acknowledgement_is_a_blocker_of_its_own(tmp_path: Path) -> None:
    world = asked(tmp_path, "chat.answer_within=1h")
    world.run_until("09:16")
    world.write(ACK, ACKNOWLEDGED)
    world.run_until("10:00")
    assert [one.id for one in world.blockers()] == ["B-0001", "B-0002"]
    assert world.told()[2:] == [("10:00:00", "opened", "ben")]


def test_an_overdue_answer_changes_the_text_of_a_blocker_that_is_still_open(tmp_path: Path) -> None:
    world = asked(tmp_path, "chat.answer_within=1h")
    world.run_until("09:59:59")
    before = world.slack_texts()
    assert world.blockers()[0].description.startswith("No acknowledgement from ben")
    world.run_until("10:00")
    assert world.told()[-1] == ("10:00:00", "changed", "ben")
    assert [one.id for one in world.blockers()] == ["B-0001"]
    assert world.blockers()[0].description.startswith("No answer from ben")
    assert world.slack_texts() == before


def test_a_request_that_names_a_date_is_due_then(tmp_path: Path) -> None:
    world = asked(tmp_path, due=f"{DAY}T09:40:00Z")
    world.write(ACK, ACKNOWLEDGED)
    world.run_until("09:39:59")
    assert world.told() == []
    world.run_until("09:40")
    assert world.blockers()[0].description.startswith(
        f"No answer from ben, asked by mara at {DAY} 09:00Z (due {DAY} 09:40Z): "
    )


def test_a_date_before_ack_within_goes_before_it(tmp_path: Path) -> None:
    world = asked(tmp_path, due=f"{DAY}T09:05:00Z")
    world.run_until("09:04:59")
    assert world.told() == []
    world.run_until("09:20")
    assert [what for _, what, _ in world.told()] == ["opened", "escalated"]
    assert world.told()[0] == ("09:05:00", "opened", "ben")


def test_a_bare_due_date_is_over_at_its_end(tmp_path: Path) -> None:
    world = asked(tmp_path, due=DAY)
    world.write("bot_chat/ben-to-mara-ok.md", message("ack", "ben", "mara", "Got it.", re=ASK))
    world.run_until(at("23:59:59"))
    assert world.told() == []
    world.run_until(at("00:00", "2026-02-08"))
    assert world.told() == [("00:00:00", "opened", "ben")]


def test_a_date_that_was_over_when_it_was_asked_says_nothing(tmp_path: Path) -> None:
    world = asked(tmp_path, due=f"{DAY}T08:59:00Z")
    world.run_until("09:14:59")
    assert world.told() == []
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "ben")]


def test_what_is_not_asked_any_more_closes_its_blocker(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:16")
    world.write(ASK, message("note", "mara", "ben", "No need any more, I found the schema."))
    assert [one.resolution for one in world.blockers()] == ["Not asked any more"]
    world.run_until("09:40")
    assert world.open_ids() == []


def test_an_answer_is_an_acknowledgement_too(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:15")
    world.write(ANSWER, ANSWERED)
    assert world.dependencies() == [(ASK, "ben", "answered")]
    assert world.blockers()[0].resolution == f"Answered by {ANSWER}"
    world.run_until("13:30")
    assert world.told() == [("09:15:00", "opened", "ben"), ("09:15:00", "closed", "ben")]


@pytest.mark.parametrize("kind", ["note", "answer"])
def test_a_reply_by_another_than_the_asked_agent_changes_nothing(tmp_path: Path, kind: str) -> None:
    world = asked(tmp_path)
    words = f"Acknowledged: `{ASK}`" if kind == "note" else "It is in docs/schema.md."
    matter = {} if kind == "note" else {"re": ASK}
    world.write("bot_chat/noor-to-mara-schema.md", message(kind, "noor", "mara", words, **matter))
    assert world.dependencies() == [(ASK, "ben", "open")]
    world.run_until("09:15")
    assert world.told() == [("09:15:00", "opened", "ben")]


def test_a_dependency_has_at_most_one_open_blocker(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:15")
    for _ in range(3):
        world.restart()
        world.sweep_now()
        world.append(ASK, "It is urgent.\n")
        world.run_for(minutes=1)
    assert world.open_ids() == ["B-0001"]
    assert [one.transition for one in world.slack.notices] == [Transition.OPENED]


def told_together(
    tmp_path: Path, order: Iterable[str], files: Mapping[str, str]
) -> tuple[
    list[tuple[str, str, str]],
    list[tuple[str, str, str, bool, int, datetime | None]],
    list[tuple[str, str]],
]:
    """Return links, dependencies and blockers once all files have come in this order."""
    world = World(tmp_path, slack=False)
    world.start()
    for name in ("ben", "mara", "noor"):
        world.write(f"bot_chat/{name}-to-otto.md", message("note", name, "otto", "Hello."))
    for name in order:
        world.write(name, files[name])
    world.run_until("09:30")
    with world.works.database.read() as session:
        links = sorted((one.source, one.target, one.kind) for one in session.exec(select(LinkRow)))
        asked = [
            (one.request, one.provider, one.state, one.withdrawn, one.asked_again, one.due)
            for one in list_dependencies(session)
        ]
    blockers = sorted((one.agent, one.description) for one in world.blockers(open_only=True))
    world.kill()
    return links, sorted(asked, key=repr), blockers


def test_any_order_of_arrival_gives_the_same_dependencies(tmp_path: Path) -> None:
    everyone = "bot_chat/noor-to-all-page.md"
    files = {
        ASK: ask(),
        ANSWER: ANSWERED,
        "bot_chat/mara-followup-ben.md": message("note", "mara", "ben", f"Follow-up on `{ASK}`."),
        "bot_chat/ben-to-mara-page.md": message(
            "request", "ben", "mara", "Could you review the billing page?", due=f"{DAY}T09:20:00Z"
        ),
        "bot_chat/ben-withdraws.md": message(
            "withdraw", "ben", "mara", "Done.", re="bot_chat/ben-to-mara-page.md"
        ),
        everyone: message("request", "noor", "all", "Can you all review the page by noon?"),
        "bot_chat/ben-to-noor-page.md": message("ack", "ben", "noor", "Got it.", re=everyone),
        "bot_chat/noor-again.md": message(
            "followup", "noor", "all", "I still wait for you.", re=everyone
        ),
    }
    names = list(files)
    expected = told_together(tmp_path / "first", names, files)
    for number in range(8):
        shuffled = Random(number).sample(names, len(names))
        assert told_together(tmp_path / str(number), shuffled, files) == expected
    _, requests, blockers = expected
    assert [one[:4] for one in requests] == [
        ("bot_chat/ben-to-mara-page.md", "mara", "open", True),
        (ASK, "ben", "answered", False),
        (everyone, "ben", "acknowledged", False),
    ]
    assert [text.partition(" of")[0] for _, text in blockers] == ["No acknowledgement from mara (1"]


def test_nothing_is_decided_before_a_sweep_has_read_everything(tmp_path: Path) -> None:
    # By name the request is read first and its acknowledgement last; both came between two sweeps.
    world = World(tmp_path)
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    world.sweep()
    world.write("bot_chat/a-mara-to-ben.md", ask())
    world.sweep()
    for clock in ("09:05", "09:10"):
        world.sleep_until(clock)
        world.sweep()
    world.sleep_until("09:15")
    text = message("note", "ben", "mara", "Acknowledged: `bot_chat/a-mara-to-ben.md`")
    world.write("bot_chat/z-ben-to-mara.md", text)
    world.sweep()
    assert world.told() == []
    assert world.dependencies() == [("bot_chat/a-mara-to-ben.md", "ben", "acknowledged")]


def test_an_answer_earlier_than_its_request_answers_nothing_where_both_bear_a_time(
    tmp_path: Path,
) -> None:
    world = asked(tmp_path, date=f"{DAY} 08:30Z")
    early = message("answer", "ben", "mara", "Here.", re=ASK, date=f"{DAY} 08:29Z")
    world.write(ANSWER, early)
    assert world.dependencies() == [(ASK, "ben", "open")]
    world.write(ANSWER, early.replace(f"date: {DAY} 08:29Z\n", ""))
    assert world.dependencies() == [(ASK, "ben", "answered")]


def test_sections_that_several_agents_append_to_one_file_are_messages(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.append("bot_chat/schema.md", "# Schema\n\n## mara -> ben\nCan you send me the schema?\n")
    world.append("bot_chat/schema.md", "\n## ben -> noor\nCould you review the schema?\n")
    assert world.dependencies() == [
        ("bot_chat/schema.md#L3", "ben", "open"),
        ("bot_chat/schema.md#L6", "noor", "open"),
    ]
    world.append("bot_chat/schema.md", "\n## noor -> ben\nAnswer: reviewed, it is fine.\n")
    assert world.dependencies() == [
        ("bot_chat/schema.md#L3", "ben", "open"),
        ("bot_chat/schema.md#L6", "noor", "answered"),
    ]


def test_an_entry_in_a_feedback_file_that_names_a_messages_path_answers_it(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:15")
    world.write("feedback/ben.md", update("09:15", f"Answered `{ASK}`: it is in docs/schema.md."))
    assert world.dependencies() == [(ASK, "ben", "answered")]
    assert world.blockers()[0].resolution == "Answered by feedback/ben.md:2"


def test_an_entry_that_says_it_addresses_an_agents_ask_links_like_a_message(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.write("feedback/ben.md", proof("09:00"))
    world.append("feedback/ben.md", update("09:01", "Addressed mara's request for the schema."))
    assert world.dependencies() == [(ASK, "ben", "answered")]


def test_a_request_that_moves_to_another_folder_is_the_same_request(tmp_path: Path) -> None:
    world = asked(tmp_path)
    world.run_until("09:16")
    done = "bot_chat/done/mara-to-ben-schema.md"
    (world.root / "bot_chat/done").mkdir()
    (world.root / ASK).rename(world.root / done)
    world.sweep_now()
    assert world.dependencies() == [(done, "ben", "open")]
    world.run_until("09:40")
    assert [one.id for one in world.blockers()] == ["B-0001"]
    world.write(ANSWER, ANSWERED.replace(ASK, done))
    assert world.open_ids() == []


def test_a_request_that_moves_down_its_thread_is_the_same_request(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    world.start()
    section = "\n## mara -> ben\nCan you send me the billing schema?\n"
    world.write("bot_chat/billing.md", f"# Billing\n{section}")
    world.run_until("09:16")
    above = "\n## noor -> mara\nCould you review the page?\n"
    world.write("bot_chat/billing.md", f"# Billing\n{above}{section}")
    world.run_until("09:20")
    assert [one.agent for one in world.blockers()].count("ben") == 1
    assert ("bot_chat/billing.md#L6", "ben", "open") in world.dependencies()


def test_a_request_that_vanishes_is_still_asked_and_not_asked_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    world = asked(tmp_path)
    world.run_until("09:16")
    world.delete(ASK)
    world.sweep_now()
    world.run_until("09:18")
    world.write(ASK, ask())
    world.run_until("09:24")
    assert world.told() == [("09:15:00", "opened", "ben")]
