"""``agents pause``, ``resume`` and ``retire``: what a person says of an agent's duty."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from harness import World, ask, at, proof
from rollcall.store.tables import AwayRow

MARA = "feedback/mara.md"


def working(tmp_path: Path, *overrides: str) -> World:
    """Return a running world in which mara proves work at 09:00, and then no more."""
    world = World(tmp_path, *overrides)
    world.start()
    world.write(MARA, proof("09:00"))
    world.run_until("09:05")
    return world


def pauses(world: World) -> list[tuple[str, str, str]]:
    """Return (agent, by whom, reason) of every stored interval off duty."""
    with world.works.database.read() as session:
        return [(row.agent, row.by, row.reason) for row in session.exec(select(AwayRow))]


def test_a_paused_agent_owes_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.tell("pause", "mara", author="zoe", text="at the dentist")
    world.run_until("12:00")
    assert world.told() == []
    world.tell("resume", "mara")
    assert world.answers() == [
        "mara is paused until `rollcall agents resume mara`: nothing is due from it",
        "mara is on duty again: its clock starts anew",
    ]
    world.run_until("12:09:59")
    assert world.told() == []
    world.run_until("12:10")
    assert world.told() == [("12:10:00", "opened", "mara")]


def test_a_pause_until_a_time_ends_by_itself(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.tell("pause", "mara", until=at("10:00"))
    world.run_until("10:09:59")
    assert world.told() == []
    world.run_until("10:10")
    assert world.told() == [("10:10:00", "opened", "mara")]


def test_a_pause_holds_an_open_blocker_and_its_end_gives_another_cadence(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.run_until("09:12")
    world.tell("pause", "mara", until=at("10:00"))
    assert world.log_rows()[0].status == "On hold"
    world.run_until("10:09:59")
    assert world.log_rows()[0].status == "On hold"
    world.run_until("10:10")
    assert world.told() == [
        ("09:10:00", "opened", "mara"),
        ("09:12:00", "held", "mara"),
        ("10:10:00", "released", "mara"),
    ]


def test_a_pause_given_twice_is_said_and_not_recorded_again(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.tell("pause", "mara", author="zoe", until=at("10:00"))
    world.tell("pause", "mara", author="ben")
    assert world.answers()[1] == "mara is paused already until 2026-02-07 10:00Z; nothing changed"
    assert pauses(world) == [("mara", "zoe", "by zoe")]


def test_a_pause_given_with_another_end_moves_it(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.tell("pause", "mara", until=at("10:00"))
    world.tell("pause", "mara", until=at("11:00"))
    assert len(pauses(world)) == 1
    world.run_until("11:09:59")
    assert world.told() == []
    world.run_until("11:10")
    assert world.told() == [("11:10:00", "opened", "mara")]


def test_resuming_who_is_not_paused_changes_nothing(tmp_path: Path) -> None:
    world = working(tmp_path, 'duty.hours=["Mon-Sun 09:00-09:30"]')
    world.tell("resume", "mara")
    world.run_until("09:31")
    world.tell("resume", "mara")
    assert world.answers() == [
        "mara is not paused; nothing changed",
        (
            "mara is not paused; it is off hours until 2026-02-08 09:00Z: "
            "working hours are Mon-Sun 09:00-09:30; nothing changed"
        ),
    ]


def test_what_the_configuration_pauses_a_hand_cannot_resume(tmp_path: Path) -> None:
    world = working(tmp_path, "agents.mara.paused=true")
    world.tell("resume", "mara")
    world.tell("pause", "mara", until=at("10:00"))
    assert world.answers() == [
        "mara is paused in the configuration: set agents.mara.paused = false",
        "mara is paused already; nothing changed",
    ]
    world.run_until("12:00")
    assert world.told() == []


def test_retired_by_hand_its_blocker_closes_and_nobody_is_told(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.run_until("09:12")
    before = world.slack_texts()
    world.tell("retire", "mara", author="zoe", text="the parser is done")
    assert world.answers() == [
        "mara is retired: nothing is due from it until it writes again; B-0001 closed"
    ]
    assert world.audit("B-0001")[-1] == ("closed", "zoe", "Retired: the parser is done")
    world.run_until(at("09:00") + timedelta(days=3))
    assert world.slack_texts() == before
    assert world.agents() == {"mara": "retired"}


def test_a_retired_agent_that_writes_is_back(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.tell("retire", "mara")
    world.run_until("11:00")
    world.append(MARA, proof("11:00", 13))
    assert world.agents() == {"mara": "proof"}
    world.run_until("11:10")
    assert world.told() == [("11:10:00", "opened", "mara")]


def test_a_retired_agent_can_be_resumed_by_hand(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.tell("retire", "mara")
    world.tell("retire", "mara")
    world.run_until("11:00")
    world.tell("resume", "mara")
    assert world.answers()[1:] == [
        "mara is retired already; nothing changed",
        "mara is on duty again: its clock starts anew",
    ]
    world.run_until("11:09:59")
    assert world.told() == []
    world.run_until("11:10")
    assert world.told() == [("11:10:00", "opened", "mara")]


def test_who_never_wrote_can_be_retired_too(tmp_path: Path) -> None:
    world = World(tmp_path, "feedback.cadence=1d")
    world.start()
    world.write(MARA, proof("09:00"))
    world.write("bot_chat/ask.md", ask("mara", "ben"))
    world.run_until("09:16")
    before = world.slack_texts()
    world.tell("retire", "ben", author="zoe")
    assert world.audit("B-0001")[-1] == ("closed", "zoe", "Retired")
    world.run_until("14:00")
    assert world.told() == [("09:15:00", "opened", "ben"), ("09:16:00", "closed", "ben")]
    news = world.slack_texts()[len(before) :]
    assert news == ["mara asked ben, who is retired: bot_chat/ask.md"]


def test_an_answer_that_a_retired_agent_owes_is_nobodys_blocker(tmp_path: Path) -> None:
    world = World(tmp_path, "feedback.cadence=1d")
    world.start()
    world.write(MARA, proof("09:00"))
    world.write("feedback/ben.md", proof("09:00"))
    world.write("bot_chat/ask.md", ask("mara", "ben"))
    world.run_until("09:16")
    world.tell("retire", "ben")
    world.run_until("14:00")
    assert world.told() == [("09:15:00", "opened", "ben"), ("09:16:00", "closed", "ben")]


def test_a_pause_and_a_silence_go_on_under_the_name_that_an_alias_leads_to(tmp_path: Path) -> None:
    world = working(tmp_path)
    world.tell("pause", "mara", until=at("10:00"))
    world.tell("silence", agents=("mara",), until=at("12:00"))
    world.overrides = (*world.overrides, 'agents.quill.aliases=["mara"]')
    world.restart()
    world.run_until("10:09:59")
    assert world.told() == []
    world.run_until("10:10")
    assert world.told() == [("10:10:00", "opened", "quill")]
    assert world.slack_texts() == []


def test_pauses_know_aliases_and_name_what_is_near(tmp_path: Path) -> None:
    world = working(tmp_path, 'agents.mara.aliases=["Quill"]')
    world.tell("pause", "Quill", until=at("10:00"))
    world.tell("retire", "marra")
    assert world.answers() == [
        "mara is paused until 2026-02-07 10:00Z: nothing is due from it",
        'there is no agent "marra"; did you mean mara?',
    ]
