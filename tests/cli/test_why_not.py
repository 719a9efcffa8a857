"""``rollcall why AGENT``: why an agent that looks silent has no blocker, case by case."""

from __future__ import annotations

from cli.asking import BEN, MARA, Asking, Why
from cli.shell import Shell
from harness import DAY, World, ask, at, proof, update
from rollcall.clock import SystemClock
from rollcall.lock import WorkLock
from rollcall.store.database import Database
from rollcall.store.marks import OVERRIDES, set_mark

SCHEMA = "Blocked: waiting for ben's schema."


def why_not(said: Why) -> list[str]:
    assert said.code == 0
    return said.section("Why not")


def test_it_is_not_due_yet_until_cadence_and_grace_are_over(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:04")
    said = asking.why(world, "mara")
    assert why_not(said) == ["not due yet until 09:10Z: proof is missing only then"]
    assert said.section("Deadline") == [
        "2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:10Z"
    ]
    assert said.section("Next") == ["09:05Z: mara is reminded in its own inbox"]


def test_it_was_reminded_and_nobody_else_was_told(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:06")
    said = asking.why(world, "mara")
    assert why_not(said)[1:] == [
        "reminded at 09:05Z: it was told first, and nobody else: coordination/inbox/mara/2026-02-07-notes.md (sent)"
    ]
    assert said.section("Told") == [
        "09:05Z nudged to inbox mara: sent 09:05Z (path coordination/inbox/mara/2026-02-07-notes.md)"
    ]


def test_once_a_blocker_is_open_the_reminder_keeps_nothing_quiet(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:10")
    assert asking.why(world, "mara").section("Kept quiet") == []


def test_it_is_off_hours(asking: Asking) -> None:
    world = asking.world('duty.hours=["Mon-Sun 10:00-18:00"]')
    said = asking.why(world, "mara")
    assert why_not(said) == [
        "off hours since 2026-02-06 18:00Z until 10:00Z: nothing is due from it: working hours are Mon-Sun 10:00-18:00"
    ]
    assert said.section("Next") == ["10:05Z: mara is reminded in its own inbox"]
    assert said.section("Deadline") == []


def test_its_clock_began_anew_when_its_hours_did(asking: Asking) -> None:
    world = asking.world('duty.hours=["Mon-Sun 10:00-18:00"]')
    world.run_until("10:04")
    said = asking.why(world, "mara")
    assert why_not(said) == ["not due yet until 10:10Z: proof is missing only then"]
    assert said.section("Rests on") == [
        "newest proof feedback/mara.md:2 “parser” (says 08:59Z, seen 09:00Z): proof from 2026-02-07 08:59Z on by its own time (test, command)",
        "first sight (seen 09:00Z): its clock starts",
        "return (seen 10:00Z): its clock begins anew",
    ]
    assert said.section("Deadline") == [
        "2026-02-07 10:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 10:10Z",
        "not counted: 2026-02-06 18:00Z to 10:00Z (16 h), off hours: working hours are Mon-Sun 10:00-18:00",
    ]


def test_it_is_paused_by_somebody_until_a_time(asking: Asking) -> None:
    world = asking.world()
    world.tell("pause", "mara", author="zoe", text="a new machine", until=at("11:00"))
    world.run_until("09:20")
    assert why_not(asking.why(world, "mara")) == [
        "paused since 09:00Z until 11:00Z by zoe: nothing is due from it: a new machine"
    ]


def test_it_is_paused_in_the_configuration(asking: Asking) -> None:
    world = asking.world("agents.mara.paused=true")
    world.run_until("09:20")
    assert why_not(asking.why(world, "mara")) == [
        "paused since 09:00Z by configuration: nothing is due from it: paused in the configuration"
    ]


def test_the_go_signal_tells_everybody_to_stand_by(asking: Asking) -> None:
    world = asking.world('duty.go_signal="GO.md"')
    world.write("GO.md", "Status: PAUSE\n")
    world.run_until("09:20")
    assert why_not(asking.why(world, "mara")) == [
        "standby since 09:00Z: nothing is due from it: the GO signal says to stand by"
    ]


def test_it_says_itself_that_it_stops(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:02")
    world.append(MARA, update("09:02", "EOD — done"))
    world.run_until("09:20")
    assert why_not(asking.why(world, "mara")) == [
        "shut down since 09:02Z by mara: nothing is due from it: mara says that it stops (feedback/mara.md:5)"
    ]


def test_the_whole_team_has_stopped(asking: Asking) -> None:
    world = asking.world()
    world.write(BEN, proof("09:00"))
    world.run_until("10:05")
    said = asking.why(world, "mara")
    assert said.section("Kept quiet") == [
        "team stopped since 10:00Z: nothing is due from it: all 2 agents on duty are silent since 2026-02-07 09:00Z",
    ]


def test_it_promised_its_next_update(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:01")
    world.append(MARA, update("09:01", "next update by 09:40"))
    world.run_until("09:30")
    said = asking.why(world, "mara")
    assert why_not(said) == [
        "promised until 09:40Z: it said that its next update comes at 2026-02-07 09:40Z (feedback/mara.md:5)"
    ]
    assert said.section("Deadline") == [
        "2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time, moved by the promise of 2026-02-07 09:40Z (feedback/mara.md:5) = 2026-02-07 09:40Z"
    ]


def test_it_works_on_a_fallback_that_it_started(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:01")
    world.append(MARA, update("09:01", f"{SCHEMA} Fallback started: drafting the fixtures."))
    world.run_until("09:30")
    said = asking.why(world, "mara")
    assert said.section("Kept quiet") == [
        "its statement stands since 09:01Z: B-0001 stands for its silence too: waiting for ben's schema (feedback/mara.md:5)",
        "fallback started since 09:01Z until 13:01Z: it works on a fallback that it started (feedback/mara.md:5)",
    ]


def test_its_own_statement_stands_for_its_silence(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:01")
    world.append(MARA, update("09:01", "Blocked: no access to the build farm."))
    world.run_until("09:30")
    said = asking.why(world, "mara")
    assert said.section("Open") == [
        "B-0001 Open (level 2): Blocked: no access to the build farm. — No proof of work since we began to watch at 09:00Z (cadence 5 min); 1 update without."
    ]
    assert said.section("Kept quiet") == [
        "its statement stands since 09:01Z: B-0001 stands for its silence too: no access to the build farm (feedback/mara.md:5)"
    ]


def test_an_overdue_answer_by_another_stands_for_it(asking: Asking) -> None:
    world = asking.world()
    world.write(BEN, proof("09:00"))
    world.write("bot_chat/mara-to-ben-schema.md", ask())
    for clock in ("09:08", "09:16", "09:20"):
        world.run_until(clock)
        world.append(BEN, proof(clock, int(clock[-2:]) + 20))
        if clock != "09:20":
            world.append(MARA, proof(clock, int(clock[-2:]) + 20))
    world.append(MARA, update("09:20", SCHEMA))
    world.run_until("09:27")
    said = asking.why(world, "mara")
    assert why_not(said) == [
        "inhibited since 09:20Z: ben owes it an answer that is overdue (bot_chat/mara-to-ben-schema.md): B-0001 stands for it"
    ]


def test_it_is_retired_since_its_newest_entry_was_old_at_first_sight(asking: Asking) -> None:
    world = asking.world()
    world.write("feedback/ivo.md", proof("08:00").replace(DAY, "2026-02-01"))
    world.run_until("09:20")
    said = asking.why(world, "ivo")
    assert why_not(said) == [
        "retired: nothing is due from it until it writes again; its newest entry is of 2026-02-01 08:00Z (feedback/ivo.md:2)"
    ]
    assert said.section("Rule") == [
        "Proof is due from agents that are declared or have written an entry, while they are on duty.",
        "docs/semantics.md#who-owes-what",
    ]


def test_it_is_retired_by_hand(asking: Asking) -> None:
    world = asking.world('agents.mara.aliases=["Parser Bot"]')
    world.tell("retire", "Parser Bot", author="zoe", text="the parser is done")
    world.run_until("09:20")
    assert why_not(asking.why(world, "mara")) == [
        "retired since 09:00Z by zoe: nothing is due from it until it writes again: the parser is done"
    ]


def test_it_owes_answers_only(asking: Asking) -> None:
    world = asking.world()
    world.write("bot_chat/noor-to-mara-schema.md", ask("noor", "mara"))
    said = asking.why(world, "noor")
    assert why_not(said) == [
        "owes answers only: it is known from chat alone: proof is due from its first entry on"
    ]


def test_it_was_resolved_by_hand_and_rests(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:12")
    world.tell("resolve", "B-0001", author="zoe")
    world.run_until("09:30")
    said = asking.why(world, "mara")
    assert why_not(said) == [
        "resting since 09:12Z until 13:12Z by zoe: B-0001 was resolved by hand: it rests until then, or until it has ended once",
        "reminded at 09:05Z: it was told first: coordination/inbox/mara/2026-02-07-notes.md (sent)",
    ]
    assert said.section("Next") == [
        "13:12Z: a blocker is opened: No proof of work since we began to watch at 09:00Z (cadence 5 min)."
    ]


def test_it_was_never_seen(asking: Asking) -> None:
    world = asking.world()
    world.overrides = (*world.overrides, "agents.noor.cadence='5m'")
    said = asking.why(world, "noor")
    assert said.out.splitlines()[0] == "noor (never seen): No open blocker"
    assert why_not(said) == [
        "never seen: its clock starts when it is first seen; no sweep has met it"
    ]
    assert said.section("Next") == ["the next sweep meets it, if it is declared or has written"]


def test_no_update_was_found_in_its_file(asking: Asking) -> None:
    world = asking.world()
    world.write(BEN, "All is well with the loader.\n")
    said = asking.why(world, "ben")
    assert why_not(said) == [
        "never seen: its clock starts when it is first seen; no update was found in its file; `rollcall read feedback` shows how it is read"
    ]
    assert said.section("Rests on") == ["without updates feedback/ben.md"]


def test_its_file_was_not_read_yet(asking: Asking) -> None:
    world = asking.world()
    (world.root / BEN).write_text(proof("09:00"))
    said = asking.why(world, "Ben")
    assert why_not(said) == [
        "never seen: its clock starts when it is first seen; no sweep has read its file yet"
    ]
    assert said.section("Rests on") == ["unread feedback/ben.md"]


def test_a_workspace_that_was_never_swept_knows_only_its_files(shell: Shell) -> None:
    shell.write("feedback/ben.md", proof("09:00"))
    said = shell.run("why", "ben")
    assert (said.code, said.out.splitlines()[:2]) == (
        0,
        ["ben (never seen): No open blocker", "NOT RUNNING: this workspace was never swept"],
    )
    said = shell.run("why", "B-0001")
    assert (said.code, said.out, said.err) == (
        1,
        "",
        "rollcall: nothing is known: this workspace was never swept; start `rollcall run`\n",
    )
    assert not (shell.root / ".rollcall").exists()


def test_what_opens_is_silenced(asking: Asking) -> None:
    world = asking.world()
    world.tell("silence", agents=("mara",), until=at("09:30"), author="zoe", text="new machine")
    assert why_not(asking.why(world, "mara"))[1:] == [
        "silenced since 09:00Z until 09:30Z by zoe: what opens is not told, by S-1: new machine"
    ]


def test_what_opens_in_quiet_hours_is_told_when_they_end(asking: Asking) -> None:
    world = asking.world('notify.quiet_hours="08:00-11:00"')
    assert why_not(asking.why(world, "mara"))[1:] == [
        "quiet hours until 11:00Z: what opens is told when they end"
    ]


def test_an_outage_of_ours_moves_its_deadline(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:03")
    world.stop()
    world.sleep_until("09:20")
    world.start()
    said = asking.why(world, "mara")
    assert said.section("Deadline") == [
        "2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:27Z",
        "not counted: 09:03Z to 09:20Z (17 min), not watched",
    ]


def test_what_it_owes_to_others_is_said_with_why_it_is_no_blocker(asking: Asking) -> None:
    world = asking.world()
    world.write("bot_chat/noor-to-mara-keys.md", ask("noor", "mara"))
    world.run_until("09:02")
    said = asking.why(world, "mara")
    assert said.section("Rests on")[1:] == [
        "first sight (seen 09:00Z): its clock starts",
        "owes bot_chat/noor-to-mara-keys.md “noor asks: noor-to-mara-keys” (seen 09:00Z): asked 2026-02-07 09:00Z, acknowledgement within 15 min = 2026-02-07 09:15Z",
    ]


def test_a_request_of_before_first_sight_has_no_clock(asking: Asking) -> None:
    world = World(asking.path)
    world.write(MARA, proof("08:59"))
    world.write("bot_chat/noor-to-mara-keys.md", ask("noor", "mara", date="2026-02-01"))
    world.start()
    said = asking.why(world, "mara")
    assert said.section("Rests on")[1:] == [
        "first sight (seen 09:00Z): its clock starts",
        "owes bot_chat/noor-to-mara-keys.md “noor asks: noor-to-mara-keys” (says 2026-02-01 00:00Z, seen 09:00Z): past due at first sight: it has no clock until somebody asks again",
    ]


def test_nobody_watches(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:04")
    world.stop()
    world.sleep_until("10:00")
    said = asking.unwatched(world, "mara")
    assert said.out.splitlines()[:2] == [
        "mara (on): No open blocker",
        "NOT RUNNING since 2026-02-07 09:04Z: nothing is judged or told",
    ]
    assert said.section("Next") == ["nothing, until `rollcall run` or `rollcall sweep` looks again"]


def test_an_alias_is_its_agent(asking: Asking) -> None:
    world = asking.world('agents.mara.aliases=["Parser Bot"]')
    assert asking.why(world, "Parser Bot").out == asking.why(world, "mara").out


def test_an_unknown_name_is_answered_with_the_names_near_it(asking: Asking) -> None:
    world = asking.world()
    said = asking.why(world, "marra")
    assert (said.code, said.out, said.err) == (
        1,
        "",
        'rollcall: there is no agent "marra"; did you mean mara?\n',
    )


def test_an_ambiguous_name_is_answered_with_those_that_it_may_mean(asking: Asking) -> None:
    world = asking.world()
    world.write("feedback/ben-api.md", proof("09:00"))
    world.write("feedback/ben-web.md", proof("09:00"))
    said = asking.why(world, "ben")
    assert (said.code, said.err) == (1, 'rollcall: "ben" may be ben-api or ben-web; say which\n')


def test_an_unknown_id_is_no_blocker(asking: Asking) -> None:
    world = asking.world()
    said = asking.why(world, "B-0042")
    assert (said.code, said.err) == (
        1,
        'rollcall: there is no blocker "B-0042"; `rollcall blockers --all` lists them\n',
    )
    said = asking.why(world, "B-0042", as_json=True)
    assert (said.code, said.record) == (
        1,
        {
            "id": "B-0042",
            "refused": True,
            "result": 'there is no blocker "B-0042"; `rollcall blockers --all` lists them',
        },
    )


def test_beside_a_daemon_it_goes_by_the_settings_given_to_that(shell: Shell) -> None:
    shell.write("feedback/mara.md", f"## {SystemClock().now():%Y-%m-%dT%H:%M:%SZ} Parser\n")
    assert shell.run("sweep").code == 0
    database = Database(shell.root / ".rollcall/rollcall.db")
    with database.write() as session:
        set_mark(session, OVERRIDES, '["feedback.cadence=7m"]')
    database.close()
    assert "cadence 7 min" not in shell.run("why", "mara").out
    lock = WorkLock(shell.root / ".rollcall")
    assert lock.acquire()
    assert "+ cadence 7 min + grace 5 min" in shell.run("why", "mara").out
    assert "+ cadence 9 min" in shell.run("why", "mara", "--set", "feedback.cadence=9m").out
    lock.release()
