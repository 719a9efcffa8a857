"""``rollcall why ID``: what keeps a blocker from climbing, or from being told, case by case."""

from __future__ import annotations

from cli.asking import BEN, MARA, REQUEST, Asking
from harness import ask, at, proof, update
from rollcall.errors import DeliveryFailed

FIVE = ("ben", "ivo", "mara", "noor", "tess")


def test_it_is_acknowledged_by_somebody(asking: Asking) -> None:
    world = asking.overdue()
    world.tell("ack", "B-0001", author="zoe", text="mara is in a meeting")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "acknowledged since 09:12Z by zoe: its levels and repeats have stopped: mara is in a meeting"
    ]
    assert said.section("Next") == [
        "2026-02-08 09:00Z: B-0001 is closed: Retired",
        "It ends with an entry by mara with proof",
    ]


def test_it_is_snoozed_until_a_time(asking: Asking) -> None:
    world = asking.overdue()
    world.tell("snooze", "B-0001", author="zoe", until=at("09:40"), text="lunch")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "snoozed since 09:12Z until 09:40Z by zoe: until then, or until its state changes: lunch"
    ]
    assert said.section("Next") == [
        "09:40Z: B-0001 is told again at level 2: the time of its snooze is over",
        "It ends with an entry by mara with proof",
    ]


def test_whoever_gave_no_reason_is_named_once(asking: Asking) -> None:
    world = asking.overdue()
    world.tell("snooze", "B-0001", author="zoe", until=at("09:40"))
    world.run_until("09:13")
    world.tell("resolve", "B-0001", author="ivo")
    said = asking.why(world)
    assert said.section("What happened")[-2:] == [
        "09:12Z snoozed, level 1, by zoe: until 2026-02-07 09:40Z",
        "09:13Z closed, level 1, by ivo",
    ]


def test_it_is_on_hold_outside_the_hours(asking: Asking) -> None:
    world = asking.world('duty.hours=["Mon-Sun 08:00-09:30"]')
    world.run_until("09:31")
    said = asking.why(world)
    assert said.out.splitlines()[2] == "On hold (level 2) for 21 min"
    assert said.section("Kept quiet") == [
        "off hours since 09:30Z until 2026-02-08 08:00Z: on hold, no levels and no notices: working hours are Mon-Sun 08:00-09:30"
    ]
    assert said.section("Next") == [
        "2026-02-08 08:10Z: B-0001 is on hold no longer and is told again",
        "It ends with an entry by mara with proof",
    ]


def test_it_is_on_hold_while_its_agent_is_paused(asking: Asking) -> None:
    world = asking.overdue()
    world.tell("pause", "mara", author="zoe", text="a new machine")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "paused since 09:12Z: on hold, no levels and no notices: a new machine, by zoe"
    ]
    assert said.section("Next") == [
        "nothing, until something changes",
        "It ends with an entry by mara with proof",
    ]


def test_it_stays_on_hold_while_a_clock_begun_anew_runs(asking: Asking) -> None:
    world = asking.overdue()
    world.tell("pause", "mara", author="zoe", until=at("09:30"))
    world.run_until("09:33")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "on hold since 09:12Z: no levels and no notices: on duty again since 2026-02-07 09:30Z; due 2026-02-07 09:40Z"
    ]
    assert said.section("Next") == [
        "09:40Z: B-0001 is on hold no longer and is told again",
        "It ends with an entry by mara with proof",
    ]


def test_it_is_on_hold_while_the_team_has_stopped(asking: Asking) -> None:
    world = asking.world()
    world.write(BEN, proof("09:00"))
    world.run_until("10:05")
    assert asking.why(world).section("Kept quiet") == [
        "team stopped since 10:00Z: on hold, no levels and no notices: all 2 agents on duty are silent since 2026-02-07 09:00Z"
    ]


def test_it_is_silenced(asking: Asking) -> None:
    world = asking.world()
    world.tell("silence", agents=("mara",), until=at("09:30"), author="zoe", text="new machine")
    world.run_until("09:12")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "silenced since 09:00Z until 09:30Z by zoe: S-1 silences blockers of every kind of mara: new machine",
    ]
    assert said.section("Told") == [
        "09:05Z nudged to inbox mara: sent 09:05Z (path coordination/inbox/mara/2026-02-07-notes.md)"
    ]


def test_it_was_silenced_when_it_opened(asking: Asking) -> None:
    world = asking.world()
    world.tell("silence", agents=("mara",), until=at("09:30"), author="zoe")
    world.run_until("09:12")
    world.append(MARA, proof("09:12", 13))
    world.run_until("09:31")
    assert asking.why(world).section("Kept quiet") == [
        "not told at 09:10Z: silenced by zoe until 2026-02-07 09:30Z, S-1",
        "not told at 09:12Z: closed: nobody was told of its opening",
    ]


def test_it_was_acknowledged_before_it_was_told(asking: Asking) -> None:
    world = asking.overdue('notify.quiet_hours="08:00-11:00"')
    world.tell("ack", "B-0001", author="zoe")
    world.append(MARA, proof("09:12", 13))
    world.run_until("09:13")
    assert asking.why(world).section("Kept quiet") == [
        "not told at 09:10Z: acknowledged before it was told",
        "not told at 09:12Z: closed: nobody was told of its opening",
    ]


def test_what_was_told_with_a_later_level_says_so(asking: Asking) -> None:
    world = asking.overdue('notify.quiet_hours="08:00-11:00"')
    world.run_until("11:00")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "not told by itself at 09:20Z: escalated: told with what else happened to it"
    ]
    assert [line.partition(", to ")[0] for line in said.section("Told")[1:]] == [
        "11:00Z opened, level 2"
    ]


def test_its_condition_rests_after_a_hand_resolved_it(asking: Asking) -> None:
    world = asking.overdue()
    world.tell("resolve", "B-0001", author="zoe")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "resting since 09:12Z until 13:12Z by zoe: resolved by hand: its condition rests until then, or until it has ended once"
    ]
    assert said.section("Next") == [
        "13:12Z: a blocker is opened: No proof of work since we began to watch at 09:00Z (cadence 5 min)."
    ]


def test_anothers_overdue_answer_stands_for_it(asking: Asking) -> None:
    world = asking.asked()
    world.append(MARA, update("09:00", "Blocked: waiting for ben's schema."))
    world.run_until("09:16")
    assert asking.why(world).section("Kept quiet") == [
        "inhibited: it climbs no further: ben's overdue answer stands for it (bot_chat/mara-to-ben-schema.md)"
    ]


def test_it_opened_in_a_storm(asking: Asking) -> None:
    world = asking.world()
    for agent in FIVE:
        world.write(f"feedback/{agent}.md", proof("09:00"))
    world.run_until("09:11")
    assert asking.why(world).section("Kept quiet") == [
        "storm since 09:10Z: opened in a storm, told in one message with B-0002, B-0003, B-0004, B-0005"
    ]


def test_it_waits_while_the_whole_team_falls_silent(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:02")
    for agent in FIVE:
        world.append(f"feedback/{agent}.md", proof("09:02" if agent != "mara" else "09:00"))
    world.run_until("09:03")
    world.append(BEN, proof("09:03", 13))
    world.run_until("09:12")
    assert asking.why(world).section("Kept quiet") == [
        'the whole team is silent since 09:12Z: "opened" of 2026-02-07 09:12Z waits to be told'
    ]


def test_it_comes_and_goes(asking: Asking) -> None:
    world = asking.world()
    for number, clock in enumerate(("09:11", "09:22", "09:33", "09:44")):
        world.run_until(clock)
        world.append(MARA, proof(clock, 20 + number))
    world.run_until("09:55")
    said = asking.why(world, "B-0005")
    assert said.section("Kept quiet") == [
        "flapping: it has come and gone 5 times within 1 h",
        'flapping since 09:54Z until 10:24Z: "opened" of 2026-02-07 09:54Z waits to be told',
    ]


def test_quiet_hours_hold_what_is_to_be_told(asking: Asking) -> None:
    world = asking.overdue('notify.quiet_hours="08:00-11:00"')
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        'quiet hours since 09:10Z until 11:00Z: "opened" of 2026-02-07 09:10Z waits to be told'
    ]
    assert said.section("Told")[1:] == []


def test_it_waits_for_others_to_be_told_with(asking: Asking) -> None:
    world = asking.world("notify.group_wait=5m")
    world.run_until("09:11")
    assert asking.why(world).section("Kept quiet") == [
        'waiting for more since 09:10Z until 09:15Z: "opened" of 2026-02-07 09:10Z waits to be told'
    ]


def test_no_sink_beside_the_log_is_told_of_it(asking: Asking) -> None:
    world = asking.overdue('escalation=[{after="0m",notify=["blockers_log"]}]')
    assert asking.why(world).section("Kept quiet") == [
        "not told at 09:10Z: no sink beside the blockers log is told of it"
    ]


def test_a_fallback_of_its_requester_keeps_it_at_level_one(asking: Asking) -> None:
    world = asking.world("feedback.cadence=10h")
    world.write(BEN, proof("09:00"))
    world.write(REQUEST, ask(fallback="a provisional template until 09:40"))
    world.run_until("09:30")
    said = asking.why(world)
    assert said.section("Kept quiet") == [
        "fallback: it climbs no higher than level 1: with a fallback until 2026-02-07 09:40Z"
    ]
    assert said.section("Next") == [
        "09:40Z: B-0001 is said in other words, and nobody is told",
        "It ends with a reply by ben, or the requester taking it back",
    ]


# Who was told, and what is next


def test_what_is_repeated_is_said_with_its_time(asking: Asking) -> None:
    levels = 'escalation=[{after="0m",notify=["slack"],repeat_every="30m"}]'
    world = asking.overdue(levels)
    assert asking.why(world).section("Next") == [
        "09:40Z: B-0001 is told again",
        "It ends with an entry by mara with proof",
    ]


def test_a_notice_that_a_sink_did_not_take_is_shown_with_the_error(asking: Asking) -> None:
    world = asking.world("workspace.lead=ivo")
    away = DeliveryFailed("slack answered 503", retry_after_s=90)
    world.slack.fail_next(away)
    world.run_until("09:11")
    assert asking.why(world).section("Told") == [
        "09:05Z nudged to inbox mara: sent 09:05Z (path coordination/inbox/mara/2026-02-07-notes.md)",
        "09:10Z opened, level 1, to slack C0123456789: waits until 09:11:30Z, tried once; slack answered 503",
        "09:10Z opened, level 1, to inbox ivo: sent 09:10Z (path coordination/inbox/ivo/2026-02-07-notes.md)",
    ]
    world.run_until("09:12")
    assert (
        asking.why(world).section("Told")[1]
        == "09:10Z opened, level 1, to slack C0123456789: sent 09:12Z (channel C0123456789, ts 1)"
    )


def test_a_notice_that_was_refused_for_good_is_shown_so(asking: Asking) -> None:
    world = asking.world()
    world.slack.fail_next(DeliveryFailed("channel_not_found", permanent=True))
    world.run_until("09:11")
    assert asking.why(world).section("Told") == [
        "09:05Z nudged to inbox mara: sent 09:05Z (path coordination/inbox/mara/2026-02-07-notes.md)",
        "09:10Z opened, level 1, to slack C0123456789: failed 09:10Z; channel_not_found",
    ]
