from __future__ import annotations

from pathlib import Path

from harness import DAY, World, ask, at, message, proof, update
from rollcall.config import Settings
from rollcall.model import BlockerKind
from rollcall.rules.graph import Root
from rollcall.waiting import read_root

MARA_ASKS = "bot_chat/mara-to-ben-schema.md"
BEN_ASKS = "bot_chat/ben-to-mara-page.md"
NOOR_ASKS = "bot_chat/noor-to-ben-page.md"
WAITING = "Blocked: waiting on ben for the schema."
ANSWER = message("answer", "ben", "mara", "It is in docs/schema.md.", re=MARA_ASKS)


def team(tmp_path: Path, *overrides: str, names: tuple[str, ...] = ("mara",)) -> World:
    """Return a running world in which these report; ben is known from the chat alone."""
    world = World(tmp_path, *overrides)
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    for name in names:
        world.write(f"feedback/{name}.md", proof("09:00"))
    world.start()
    return world


def states(world: World) -> list[tuple[BlockerKind, str, int, bool]]:
    """Return (kind, agent, level, open) of all blockers."""
    return [(one.kind, one.agent, one.level, one.closed is None) for one in world.blockers()]


STALLED = (BlockerKind.STALLED_DEPENDENCY, "ben")
BLOCKED = (BlockerKind.BLOCKED, "mara")


# Whose silence is explained


def silent(tmp_path: Path) -> World:
    """Return a world in which ben's answer is overdue when mara says that she waits for it."""
    world = team(tmp_path)
    world.write(MARA_ASKS, ask())
    for clock in ("09:05", "09:10"):
        world.run_until(clock)
        world.append("feedback/mara.md", proof(clock, int(clock[3:])))
    world.run_until("09:16")
    world.append("feedback/mara.md", update("09:16", WAITING))
    return world


def test_who_waits_for_an_overdue_answer_is_not_alarmed_for_and_the_answer_is(
    tmp_path: Path,
) -> None:
    world = silent(tmp_path)
    world.run_until("09:50")
    assert states(world) == [(*STALLED, 2, True)]
    assert all("mara" not in text.partition(",")[0] for text in world.slack_texts())


def test_when_the_answer_comes_the_clock_of_who_waited_begins_anew(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:40")
    world.write("bot_chat/ben-to-mara-schema.md", ANSWER)
    world.run_until("09:49:59")
    assert states(world) == [(*STALLED, 2, False)]
    world.run_until("09:50")
    assert states(world) == [(*STALLED, 2, False), (*BLOCKED, 1, True)]


def test_proof_after_the_answer_leaves_nothing_open(tmp_path: Path) -> None:
    world = silent(tmp_path)
    world.run_until("09:40")
    world.write("bot_chat/ben-to-mara-schema.md", ANSWER)
    world.run_until("09:49")
    world.append("feedback/mara.md", proof("09:49", 20))
    world.run_until("09:58")
    assert states(world) == [(*STALLED, 2, False)]


def test_a_blocker_stated_before_the_answer_was_overdue_climbs_no_further_then(
    tmp_path: Path,
) -> None:
    world = team(tmp_path)
    world.write(MARA_ASKS, ask())
    world.run_until("09:08")
    world.append("feedback/mara.md", update("09:08", WAITING))
    world.run_until("09:40")
    levels = {one.agent: one.level for one in world.blockers()}
    assert levels == {"mara": 1, "ben": 2}
    told = [what for _, what, agent in world.told() if agent == "mara"]
    assert told == ["opened", "changed"]


def test_a_statement_that_names_nobody_who_is_late_is_told(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.write(MARA_ASKS, ask())
    world.run_until("09:05")
    world.append("feedback/mara.md", update("09:05", "Blocked: waiting on otto for the keys."))
    assert states(world) == [(*BLOCKED, 1, True)]


def test_a_label_that_says_for_whom_its_author_waits_names_them(tmp_path: Path) -> None:
    world = team(tmp_path)
    world.write(MARA_ASKS, ask())
    world.run_until("09:05")
    world.append("feedback/mara.md", proof("09:05", 5))
    world.run_until("09:14")
    world.append("feedback/mara.md", proof("09:14", 14))
    world.run_until("09:16")
    world.append("feedback/mara.md", update("09:16", "Waiting on ben: the billing schema"))
    world.run_until("09:40")
    assert states(world) == [(*STALLED, 2, True)]


# Circles


def circle(tmp_path: Path) -> World:
    """Return a running world in which mara and ben, known from the chat, ask one another."""
    world = World(tmp_path)
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    world.write("bot_chat/mara-to-noor-hello.md", message("note", "mara", "noor", "Hello."))
    world.start()
    world.write(MARA_ASKS, ask())
    world.write(BEN_ASKS, ask("ben", "mara"))
    return world


def deadlocks(world: World) -> list[tuple[str, str, str | None]]:
    found = [one for one in world.blockers() if one.kind is BlockerKind.DEADLOCK]
    return [(one.agent, one.description, one.resolution) for one in found]


def test_a_circle_of_overdue_answers_is_a_deadlock_that_names_it(tmp_path: Path) -> None:
    world = circle(tmp_path)
    world.run_until("09:14:59")
    assert deadlocks(world) == []
    world.run_until("09:15")
    said = f"Deadlock: ben waits for mara, mara waits for ben (requests: {BEN_ASKS}, {MARA_ASKS})"
    assert deadlocks(world) == [("ben", said, None)]


def test_a_deadlock_is_one_blocker_and_closes_when_one_does_not_wait_any_more(
    tmp_path: Path,
) -> None:
    world = circle(tmp_path)
    world.run_until("09:30")
    world.restart()
    world.write("bot_chat/ben-to-mara-schema.md", ANSWER)
    assert [resolution for _, _, resolution in deadlocks(world)] == [
        "mara does not wait for ben any more"
    ]


def test_no_deadlock_is_told_while_one_of_its_circle_is_off_duty(tmp_path: Path) -> None:
    world = World(tmp_path, "agents.ben.paused=true", "feedback.cadence=5d")
    world.write("bot_chat/ben-to-noor-hello.md", message("note", "ben", "noor", "Hello."))
    world.write("bot_chat/mara-to-noor-hello.md", message("note", "mara", "noor", "Hello."))
    world.start()
    world.write(MARA_ASKS, ask())
    world.write(BEN_ASKS, ask("ben", "mara"))
    world.run_until("14:00")
    assert deadlocks(world) == []


# The root


def root(world: World) -> Root | None:
    settings = Settings()
    with world.works.database.read() as session:
        return read_root(session, settings, world.now)


def test_the_root_is_the_agent_whose_answer_frees_most_others(tmp_path: Path) -> None:
    world = team(tmp_path, names=())
    for name in ("mara", "noor"):
        world.write(f"bot_chat/{name}-to-otto.md", message("note", name, "otto", "Hello."))
    world.write(MARA_ASKS, ask())
    world.write(NOOR_ASKS, ask("noor", "ben"))
    world.run_until("09:14:59")
    assert root(world) is None
    world.run_until("09:15")
    assert root(world) == Root("ben", ("mara", "noor"), at("09:30") - at("09:00"))
    assert DAY in world.blockers()[0].description
