"""``snooze``, ``silence`` and ``agents pause``, ``resume``, ``retire`` as a person uses them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.shell import Shell
from cli.test_terminal import ESCAPE, run_in_terminal
from rollcall.clock import SystemClock
from rollcall.status import AgentState, say_absences


def now() -> datetime:
    return SystemClock().now()


def minute(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%MZ}"


def instant(value: object) -> datetime:
    assert isinstance(value, str)
    return datetime.fromisoformat(value)


def test_a_snoozed_blocker_is_shown_with_its_end(blocked_team: Shell) -> None:
    begun = now()
    said = blocked_team.run("snooze", "b-1", "2h", "--why", "lunch", "--by", "zoe", "--json")
    assert said.code == 0
    (done,) = said.records
    assert (done["id"], done["refused"]) == ("b-1", False)
    assert str(done["result"]).startswith("B-0001 is snoozed until ")
    (blocker,) = blocked_team.run("blockers", "--json").records
    assert blocker["status"] == "snoozed"
    late = instant(blocker["snoozed_until"]) - begun - timedelta(hours=2)
    assert timedelta(0) <= late < timedelta(minutes=1)
    assert "  Snoozed until " in blocked_team.run("blockers").out
    status = blocked_team.run("status")
    assert f"Snoozed until {minute(instant(blocker['snoozed_until']))}: B-0001 ben" in status.out
    (report,) = blocked_team.run("status", "--json").records
    assert report["snoozed"] == [{"id": "B-0001", "until": blocker["snoozed_until"]}]


def test_a_snooze_of_what_is_resolved_is_a_polite_no(blocked_team: Shell) -> None:
    blocked_team.run("resolve", "B-0001", "--why", "he is ill")
    said = blocked_team.run("snooze", "B-0001", "--until", "tomorrow")
    assert (said.code, said.out) == (1, "")
    assert said.err == "rollcall: B-0001 was resolved already: he is ill\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give an end, such as 30m, 2h, 15:40, tomorrow, "),
        (("soon",), '"soon" is no time: give for example 30m, '),
        (("90",), '"90" is no time: give for example 30m, '),
        (("0s",), "which is over"),
        (
            ("--until", "2026-02-07T09:00Z"),
            '"2026-02-07T09:00Z" is 2026-02-07 09:00Z, which is over',
        ),
        (("2h", "--until", "tomorrow"), "one end is enough, got 2h and tomorrow"),
    ],
)
def test_an_end_that_is_none_is_wrong_use(
    blocked_team: Shell, arguments: tuple[str, ...], words: str
) -> None:
    said = blocked_team.run("snooze", "B-0001", *arguments)
    assert said.code == 2
    assert words in said.err


def test_a_silence_is_added_listed_shown_and_ended(blocked_team: Shell) -> None:
    said = blocked_team.run(
        "silence",
        "add",
        "--agent",
        "ben",
        "--kind",
        "Missing-Proof",
        "--for",
        "2h",
        "--comment",
        "a new machine",
        "--by",
        "zoe",
        "--json",
    )
    assert (said.code, said.records[0]["id"]) == (0, "S-1")
    (silence,) = blocked_team.run("silence", "list", "--json").records
    assert {key: silence[key] for key in ("id", "kinds", "agents", "by", "comment")} == {
        "id": "S-1",
        "kinds": ["missing proof"],
        "agents": ["ben"],
        "by": "zoe",
        "comment": "a new machine",
    }
    assert "S-1" in blocked_team.run("silence", "list").out
    (blocker,) = blocked_team.run("blockers", "--json").records
    assert (blocker["status"], blocker["silenced_by"]) == ("open", "S-1")
    assert ", silenced until " in blocked_team.run("blockers").out
    assert " by zoe (S-1), missing proof of ben: a new machine" in blocked_team.run("status").out
    (report,) = blocked_team.run("status", "--json").records
    assert report["silences"] == [silence]
    assert blocked_team.run("silence", "end", "S-1").code == 0
    assert blocked_team.run("silence", "list").out == "No silence lasts.\n"
    again = blocked_team.run("silence", "end", "S-1")
    assert again.code == 1
    assert '"S-1" that lasts; `rollcall silence list` lists' in again.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--for", "1h"), 2, "say which blockers: --agent NAME, --kind KIND, or --all"),
        (("--all", "--agent", "ben", "--for", "1h"), 2, "--all is for every blocker: leave out "),
        (("--all",), 2, "give an end, such as "),
        (("--kind", "missing prof", "--for", "1h"), 2, 'did you mean "missing proof"?'),
        (("--kind", "zzz", "--for", "1h"), 2, "they are missing proof, stalled dependency, "),
        (("--agent", "bent", "--for", "1h"), 1, 'no agent "bent"; did you mean ben?'),
    ],
)
def test_a_silence_that_says_too_little_is_refused_with_what_to_do(
    blocked_team: Shell, arguments: tuple[str, ...], code: int, words: str
) -> None:
    said = blocked_team.run("silence", "add", *arguments)
    assert said.code == code
    assert words in said.err


def test_a_silence_where_nothing_was_ever_swept_is_a_no_and_leaves_no_trace(shell: Shell) -> None:
    shell.write("feedback/mara.md", "## 2026-02-07T09:00Z Parser\n")
    said = shell.run("silence", "add", "--all", "--for", "1h")
    assert (said.code, shell.run("silence", "list").out) == (1, "No silence lasts.\n")
    assert not (shell.root / ".rollcall").exists()


def test_a_paused_agent_is_shown_with_reason_and_end_and_its_blocker_is_held(
    blocked_team: Shell,
) -> None:
    until = f"{now() + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    said = blocked_team.run(
        "agents", "pause", "Ben", "--until", until, "--why", "at the dentist", "--by", "zoe"
    )
    assert said.code == 0
    assert said.out == f"ben is paused until {minute(instant(until))}: nothing is due from it.\n"
    (agent,) = blocked_team.run("agents", "--json").records
    assert (agent["duty"], agent["duty_reason"], agent["duty_until"], agent["due"]) == (
        "paused",
        "at the dentist, by zoe",
        until,
        None,
    )
    for command in ("agents", "status"):
        shown = blocked_team.run(command).out
        assert "paused until " in shown
        assert "Paused: ben: at the dentist, by zoe" in shown
    (report,) = blocked_team.run("status", "--json").records
    assert report["held"] == ["B-0001"]
    assert "On hold while nothing is due: B-0001 ben" in blocked_team.run("status").out
    assert "  On hold  " in blocked_team.run("blockers").out


def test_a_pause_is_said_twice_and_ended_by_resume(blocked_team: Shell) -> None:
    assert blocked_team.run("agents", "pause", "ben").code == 0
    again = blocked_team.run("agents", "pause", "ben", "--json")
    assert again.records == [
        {"id": "ben", "refused": False, "result": "ben is paused already; nothing changed"}
    ]
    resumed = blocked_team.run("agents", "resume", "ben")
    assert resumed.out == "ben is on duty again: its clock starts anew.\n"
    assert blocked_team.run("agents", "--json").records[0]["duty"] == "on"


def test_a_retired_agent_owes_nothing_and_its_blocker_is_closed(blocked_team: Shell) -> None:
    said = blocked_team.run("agents", "retire", "ben", "--why", "the parser is done")
    assert said.code == 0
    assert blocked_team.run("agents", "--json").records[0]["duty"] == "retired"
    (blocker,) = blocked_team.run("blockers", "--all", "--json").records
    assert blocker["status"] == "resolved"
    assert "Retired: the parser is done." in blocked_team.run("blockers", "--all").out


@pytest.mark.parametrize("action", ["pause", "resume", "retire"])
def test_an_unknown_agent_is_a_no_with_the_names_that_are_near(
    blocked_team: Shell, action: str
) -> None:
    said = blocked_team.run("agents", action, "bem")
    assert (said.code, said.out) == (1, "")
    assert said.err == 'rollcall: there is no agent "bem"; did you mean ben?\n'


def test_options_before_an_action_are_not_lost_in_silence(blocked_team: Shell) -> None:
    said = blocked_team.run("agents", "--json", "pause", "ben")
    assert said.code == 2
    assert said.err == "rollcall: options stand after `agents pause`\n"


def test_an_agent_off_hours_is_shown_with_its_return(silent_team: Shell) -> None:
    ended = now() - timedelta(hours=2)
    hours = f'duty.hours=["{ended:%H:%M}-{ended + timedelta(hours=1):%H:%M}"]'
    silent_team.run("sweep", "--set", hours)
    (report,) = silent_team.run("status", "--json", "--set", hours).records
    agents = report["agents"]
    assert isinstance(agents, list)
    assert agents[0]["duty"] == "off hours"
    back = instant(agents[0]["duty_until"])
    assert back == ended.replace(second=0, microsecond=0) + timedelta(days=1)
    assert "off hours until " in silent_team.run("status", "--set", hours).out


def test_what_waits_for_the_end_of_quiet_hours_is_shown(silent_team: Shell) -> None:
    silent_team.wait(1.1)
    begun, hour = now(), timedelta(hours=1)
    quiet = ("--set", f'notify.quiet_hours=["{begun - hour:%H:%M}-{begun + hour:%H:%M}"]')
    silent_team.run("sweep", *quiet)
    shown = silent_team.run("status", *quiet).out
    assert "Waits to be told: B-0001 opened: " in shown
    (report,) = silent_team.run("status", "--json", *quiet).records
    waiting = report["waiting"]
    assert isinstance(waiting, list)
    assert [(one["id"], one["transition"]) for one in waiting] == [("B-0001", "opened")]
    (blocker,) = silent_team.run("blockers", "--json").records
    assert blocker["waits_for"] == waiting[0]["why"]


@pytest.mark.parametrize(
    "arguments", [("status",), ("agents",), ("blockers",), ("silence", "list")]
)
def test_what_hands_did_fits_a_narrow_terminal(
    blocked_team: Shell, arguments: tuple[str, ...]
) -> None:
    blocked_team.run(
        "silence", "add", "--agent", "ben", "--for", "2h", "--comment", "a new machine"
    )
    blocked_team.run("agents", "pause", "ben", "--until", "tomorrow", "--why", "at the dentist")
    shown = ESCAPE.sub("", run_in_terminal(blocked_team, 60, *arguments))
    assert shown.strip()
    assert [line for line in shown.splitlines() if len(line) > 60] == []
    assert "Traceback" not in shown


def test_a_storm_is_shown_with_its_members(shell: Shell) -> None:
    team = ("ben", "ivo", "mara", "noor", "tess")
    shell.write("config/rollcall.toml", '[feedback]\ncadence = "1s"\ngrace = "0s"\n')
    for agent in team:
        shell.write(f"feedback/{agent}.md", f"## {now():%Y-%m-%dT%H:%M:%SZ} Parser\nStill at it\n")
    shell.run("sweep")
    shell.wait(1.1)
    shell.run("sweep")
    (report,) = shell.run("status", "--json").records
    storms = report["storms"]
    assert isinstance(storms, list)
    assert [(one["blockers"], one["stopped"]) for one in storms] == [
        ([f"B-000{number}" for number in range(1, 6)], False)
    ]
    shown = shell.run("status").out
    assert f", 5 blockers told as one: {', '.join(team)}\n" in shown


def test_the_stop_of_the_team_is_said_once_with_who_is_meant() -> None:
    reason = "all 2 agents on duty are silent since 2026-02-07 09:00Z"
    stopped = [AgentState(slug, "team stopped", reason=reason) for slug in ("ben", "mara")]
    resting = AgentState("noor", "off hours", reason="working hours are Mon-Fri 09:00-18:00")
    assert say_absences([*stopped, resting, AgentState("ivo", "on")]) == [
        f"Team stopped: ben, mara: {reason}"
    ]
