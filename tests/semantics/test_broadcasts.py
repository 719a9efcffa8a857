from __future__ import annotations

from itertools import permutations
from pathlib import Path

from harness import DAY, World, at, message, proof, update
from rollcall.model import BlockerKind, Transition

ALL = "bot_chat/mara-to-all-schema.md"
WORDS = "Can you all confirm that you have read the new schema?"
LIMIT = f"asked of everyone by mara at {DAY} 09:00Z"


def team(
    tmp_path: Path, *overrides: str, names: tuple[str, ...] = ("ben", "mara", "noor")
) -> World:
    """Return a running world in which these have written; no proof is due for days."""
    world = World(tmp_path, "feedback.cadence=5d", *overrides)
    for name in names:
        world.write(f"feedback/{name}.md", proof("09:00"))
    world.start()
    return world


def asks_all(**matter: str) -> str:
    return message("request", "mara", "all", WORDS, **matter)


def keep_working(world: World, until: str) -> None:
    """Let mara report once more before the hour is over, so that the team has not stopped."""
    world.run_until("09:30")
    world.append("feedback/mara.md", proof("09:30", 13))
    world.run_until(until)


def reply(world: World, who: str, kind: str = "answer") -> None:
    text = message(kind, who, "mara", "Yes, I have read it.", re=ALL)
    world.write(f"bot_chat/{who}-to-mara-{kind}.md", text)


def texts(world: World) -> list[str]:
    return [one.description.partition(" (within")[0] for one in world.blockers()]


def test_a_request_to_everyone_has_one_blocker_that_lists_who_is_missing(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.write(ALL, asks_all())
    world.run_until("09:14:59")
    assert world.blockers() == []
    world.run_until("09:15")
    assert texts(world) == [f"No acknowledgement from ben, noor (2 of 2), {LIMIT}"]
    assert world.told() == [("09:15:00", "opened", "*")]
    assert world.blockers()[0].kind is BlockerKind.STALLED_DEPENDENCY


def test_each_reply_changes_its_text_without_a_notice_and_the_last_closes_it(
    tmp_path: Path,
) -> None:
    world = team(tmp_path)
    world.write(ALL, asks_all())
    world.run_until("09:16")
    reply(world, "noor")
    assert texts(world) == [f"No acknowledgement from ben (1 of 2), {LIMIT}"]
    assert [one.transition for one in world.slack.notices] == [Transition.OPENED]
    reply(world, "ben")
    assert world.open_ids() == []
    assert [what for _, what, _ in world.told()] == ["opened", "changed", "closed"]
    assert world.blockers()[0].resolution == "Answered by all who were asked"


def test_who_acknowledged_everyones_request_is_missing_again_when_its_answer_is_due(
    tmp_path: Path,
) -> None:
    world = team(tmp_path, "chat.answer_within=1h")
    world.write(ALL, asks_all())
    reply(world, "ben", "ack")
    reply(world, "noor")
    keep_working(world, "09:59:59")
    assert world.blockers() == []
    world.run_until("10:00")
    assert texts(world) == [f"No answer from ben (1 of 2), {LIMIT}"]


def test_later_comers_were_not_asked(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.write(ALL, asks_all())
    world.run_until("09:05")
    world.write("feedback/otto.md", update("09:05"))
    world.run_until("09:15")
    assert texts(world) == [f"No acknowledgement from ben, noor (2 of 2), {LIMIT}"]


def test_those_off_duty_when_it_arrived_were_not_asked(tmp_path: Path) -> None:
    world = team(tmp_path, "agents.noor.paused=true")
    world.write(ALL, asks_all())
    world.run_until("09:15")
    assert texts(world) == [f"No acknowledgement from ben (1 of 1), {LIMIT}"]


def test_those_retired_when_it_arrived_were_not_asked(tmp_path: Path) -> None:
    world = World(tmp_path, "feedback.cadence=5d")
    world.write("feedback/ben.md", proof("09:00"))
    long_ago = at("09:00", "2026-01-31")
    world.write("feedback/noor.md", proof("09:00").replace(DAY, "2026-01-31"), changed=long_ago)
    world.start()
    world.write(ALL, asks_all())
    world.run_until("09:15")
    assert texts(world) == [f"No acknowledgement from ben (1 of 1), {LIMIT}"]


def test_an_agent_of_the_chat_alone_counts_for_a_day_after_it_wrote(tmp_path: Path) -> None:
    world = team(tmp_path, names=("mara", "ben"))
    world.write("bot_chat/noor-to-ben-hello.md", message("note", "noor", "ben", "Hello."))
    world.run_until("09:01")
    world.write(ALL, asks_all())
    world.run_until("09:16")
    assert texts(world)[0].startswith("No acknowledgement from ben, noor (2 of 2)")


def test_a_request_to_everyone_while_nobody_else_is_on_duty_opens_nothing_and_is_said_once(
    tmp_path: Path,
) -> None:
    world = team(tmp_path, names=("mara",))
    world.write(ALL, asks_all())
    world.run_until("14:00")
    assert world.blockers() == []
    assert world.slack_texts() == [f"mara asked everyone, and nobody else was on duty: {ALL}"]


def test_the_snapshot_outlives_a_restart(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.write(ALL, asks_all())
    world.run_until("09:05")
    world.write("feedback/otto.md", update("09:05"))
    world.restart()
    world.run_until("09:15")
    assert texts(world) == [f"No acknowledgement from ben, noor (2 of 2), {LIMIT}"]


def test_a_request_to_everyone_that_was_past_due_at_first_sight_is_one_of_the_backlog(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, "feedback.cadence=5d")
    world.write("feedback/ben.md", proof("09:00"))
    world.write(ALL, asks_all(date="2026-02-01 10:00Z"))
    for who in ("ben", "noor"):
        reply(world, who, "ack")
    world.start()
    world.run_until("14:00")
    assert world.blockers() == []
    assert world.slack_texts()[0].startswith("1 request was past due")


def test_a_withdrawn_request_to_everyone_closes_its_blocker(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.write(ALL, asks_all())
    world.run_until("09:16")
    taken = "bot_chat/mara-to-all-never-mind.md"
    world.write(taken, message("withdraw", "mara", "all", "Not needed.", re=ALL))
    assert [one.resolution for one in world.blockers()] == [f"Withdrawn by {taken}"]


def test_any_order_of_arrival_gives_the_same_broadcast_blocker(tmp_path: Path) -> None:
    files = {
        ALL: asks_all(),
        "bot_chat/ben-to-mara-answer.md": message("answer", "ben", "mara", "Yes.", re=ALL),
        "bot_chat/noor-to-mara-ack.md": message("ack", "noor", "mara", "Got it.", re=ALL),
        "bot_chat/mara-to-all-again.md": message(
            "followup", "mara", "all", "I still wait for you.", re=ALL
        ),
    }
    found = set()
    for number, order in enumerate(permutations(files)):
        if number % 4:
            continue
        world = team(
            tmp_path / str(number), "chat.answer_within=1h", names=("ben", "mara", "noor", "otto")
        )
        for name in order:
            world.write(name, files[name])
        keep_working(world, "10:01")
        texts_now = [one.description for one in world.blockers()]
        found.add((tuple(world.dependencies()), tuple(texts_now)))
        world.stop()
    ((dependencies, blockers),) = found
    assert dependencies == ((ALL, "ben", "answered"), (ALL, "noor", "acknowledged"))
    assert [text.partition(" asked")[0] for text in blockers] == [
        "No answer from noor, otto (2 of 3),"
    ]
