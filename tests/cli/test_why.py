"""``rollcall why ID``: what a blocker rests on, what keeps it quiet, who was told, what is next."""

from __future__ import annotations

from pathlib import Path

from cli.asking import BEN, MARA, REQUEST, Asking
from harness import ask, at, message, proof, update
from rollcall.reason_parts import RULES
from rollcall.store.marks import mark_changed, note_fault

SEMANTICS = Path(__file__).parents[2] / "docs/semantics.md"


# The whole answer


def test_a_missing_proof_is_explained_from_its_entries_to_its_receipts(asking: Asking) -> None:
    world = asking.world("workspace.lead=ivo")
    world.run_until("09:06")
    world.append(MARA, update("09:06"))
    world.run_until("09:12")
    assert asking.why(world, "b-1").out.splitlines() == [
        "B-0001 missing proof: mara",
        "No proof of work since we began to watch at 09:00Z (cadence 5 min); 1 update without.",
        "Open (level 1) for 2 min, owner ivo",
        "",
        "Rests on",
        "  newest proof feedback/mara.md:2 “parser” (says 08:59Z, seen 09:00Z): proof from 2026-02-07 08:59Z on by its own time (test, command)",
        "  first sight (seen 09:00Z): its clock starts",
        "  update feedback/mara.md:5 “parser” (says 09:06Z, seen 09:06Z): no proof: nothing in it can be checked",
        "",
        "Deadline",
        "  2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:10Z",
        "",
        "Rule",
        "  Cadence and grace of watched time on duty without proof open one blocker; proof closes it.",
        "  docs/semantics.md#time",
        "",
        "What happened",
        "  09:10Z opened, level 1, by rollcall: 2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:10Z",
        "",
        "Told",
        "  09:05Z nudged to inbox mara: sent 09:05Z (path coordination/inbox/mara/2026-02-07-notes.md)",
        "  09:10Z opened, level 1, to slack C0123456789: sent 09:10Z (channel C0123456789, ts 1)",
        "  09:10Z opened, level 1, to inbox ivo: sent 09:10Z (path coordination/inbox/ivo/2026-02-07-notes.md)",
        "",
        "Next",
        "  09:20Z: B-0001 reaches level 2: slack:@lead",
        "  It ends with an entry by mara with proof",
    ]


def test_a_stalled_request_is_explained_with_all_that_replies_to_it(asking: Asking) -> None:
    world = asking.asked()
    world.run_until("09:05")
    world.write(
        "bot_chat/ivo-to-mara-schema.md",
        message("answer", "ivo", "mara", "Here it is.", re=REQUEST),
    )
    world.run_until("09:16")
    world.write(
        "bot_chat/mara-to-ben-again.md",
        message("request", "mara", "ben", "Any news of the schema?", re=REQUEST),
    )
    world.run_until("09:17")
    assert asking.why(world).out.splitlines() == [
        "B-0001 stalled dependency: ben",
        "No acknowledgement from ben, asked by mara at 2026-02-07 09:00Z (within 15 min), asked again once: mara-to-ben-schema (bot_chat/mara-to-ben-schema.md)",
        "Open (level 1) for 2 min",
        "",
        "Rests on",
        "  request bot_chat/mara-to-ben-schema.md “mara asks: mara-to-ben-schema” (seen 09:00Z): asks",
        "  answer bot_chat/ivo-to-mara-schema.md “ivo: ivo-to-mara-schema” (seen 09:05Z): changes nothing: ivo was not asked",
        "  follow-up bot_chat/mara-to-ben-again.md “mara: mara-to-ben-again” (seen 09:16Z): asks again: asks for the same again",
        "",
        "Deadline",
        "  asked 2026-02-07 09:00Z, acknowledgement within 15 min = 2026-02-07 09:15Z",
        "",
        "Rule",
        "  A request that is not acknowledged within ack_within of its provider's time on duty opens one blocker; an acknowledgement or an answer closes it.",
        "  docs/semantics.md#requests",
        "",
        "What happened",
        "  09:15Z opened, level 1, by rollcall: asked 2026-02-07 09:00Z, acknowledgement within 15 min = 2026-02-07 09:15Z",
        "  09:16Z changed, level 1, by rollcall: asked 2026-02-07 09:00Z, acknowledgement within 15 min = 2026-02-07 09:15Z",
        "",
        "Told",
        "  09:15Z opened, level 1, to slack C0123456789: sent 09:15Z (channel C0123456789, ts 1)",
        "",
        "Next",
        "  09:25Z: B-0001 reaches level 2: slack:@lead",
        "  It ends with a reply by ben, or the requester taking it back",
    ]


def test_the_json_of_a_blocker_holds_the_same(asking: Asking) -> None:
    world = asking.overdue("workspace.lead=ivo")
    world.tell("snooze", "B-0001", author="zoe", until=at("09:40"), text="lunch")
    assert asking.why(world, as_json=True).record == {
        "id": "B-0001",
        "agent": "mara",
        "duty": "on",
        "stands": "Snoozed (level 1) for 2 min",
        "watched": True,
        "blocker": {
            "id": "B-0001",
            "kind": "missing proof",
            "agent": "mara",
            "level": 1,
            "status": "snoozed",
            "owner": "ivo",
            "opened": "2026-02-07T09:10:00Z",
            "closed": None,
            "description": "No proof of work since we began to watch at 09:00Z (cadence 5 min).",
            "evidence": ["feedback/mara.md:2"],
        },
        "blockers": [],
        "quiet": [
            {
                "what": "snoozed",
                "why": "until then, or until its state changes: lunch",
                "since": "2026-02-07T09:12:00Z",
                "until": "2026-02-07T09:40:00Z",
                "by": "zoe",
            }
        ],
        "inputs": [
            {
                "what": "newest proof",
                "place": "feedback/mara.md:2",
                "text": "parser",
                "stamp": "2026-02-07T08:59:00+00:00",
                "seen": "2026-02-07T09:00:00Z",
                "counts": "2026-02-07T08:59:00Z",
                "why": "proof from 2026-02-07 08:59Z on by its own time (test, command)",
            },
            {
                "what": "first sight",
                "place": None,
                "text": "",
                "stamp": None,
                "seen": "2026-02-07T09:00:00Z",
                "counts": "2026-02-07T09:00:00Z",
                "why": "its clock starts",
            },
        ],
        "deadline": {
            "due": "2026-02-07T09:10:00Z",
            "why": "2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:10Z",
            "uncounted": [],
        },
        "rule": {
            "text": "Cadence and grace of watched time on duty without proof open one blocker; proof closes it.",
            "place": "docs/semantics.md#time",
        },
        "transitions": [
            {
                "at": "2026-02-07T09:10:00Z",
                "transition": "opened",
                "level": 1,
                "why": "2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:10Z",
                "by": "rollcall",
            },
            {
                "at": "2026-02-07T09:12:00Z",
                "transition": "snoozed",
                "level": 1,
                "why": "lunch, until 2026-02-07 09:40Z",
                "by": "zoe",
            },
        ],
        "notices": [
            {
                "at": "2026-02-07T09:05:00Z",
                "transition": "nudged",
                "level": 0,
                "sink": "inbox",
                "target": "mara",
                "fate": "sent",
                "settled": "2026-02-07T09:05:00Z",
                "not_before": "2026-02-07T09:05:00Z",
                "attempts": 1,
                "receipt": {"path": "coordination/inbox/mara/2026-02-07-notes.md"},
                "error": None,
            },
            {
                "at": "2026-02-07T09:10:00Z",
                "transition": "opened",
                "level": 1,
                "sink": "slack",
                "target": "C0123456789",
                "fate": "sent",
                "settled": "2026-02-07T09:10:00Z",
                "not_before": "2026-02-07T09:10:00Z",
                "attempts": 1,
                "receipt": {"channel": "C0123456789", "ts": "1"},
                "error": None,
            },
            {
                "at": "2026-02-07T09:10:00Z",
                "transition": "opened",
                "level": 1,
                "sink": "inbox",
                "target": "ivo",
                "fate": "sent",
                "settled": "2026-02-07T09:10:00Z",
                "not_before": "2026-02-07T09:10:00Z",
                "attempts": 1,
                "receipt": {"path": "coordination/inbox/ivo/2026-02-07-notes.md"},
                "error": None,
            },
            {
                "at": "2026-02-07T09:12:00Z",
                "transition": "snoozed",
                "level": 1,
                "sink": "slack",
                "target": "C0123456789",
                "fate": "sent",
                "settled": "2026-02-07T09:12:00Z",
                "not_before": "2026-02-07T09:12:00Z",
                "attempts": 1,
                "receipt": {"channel": "C0123456789", "ts": "2"},
                "error": None,
            },
        ],
        "next": {
            "at": "2026-02-07T09:40:00Z",
            "what": "B-0001 is told again at level 2: the time of its snooze is over",
        },
        "ends": "an entry by mara with proof",
    }


# What it rests on


def test_the_reply_that_counted_is_named(asking: Asking) -> None:
    world = asking.asked()
    world.run_until("09:16")
    world.write(
        "bot_chat/ben-to-mara-schema.md",
        message("answer", "ben", "mara", "Here it is.", re=REQUEST),
    )
    world.run_until("09:17")
    said = asking.why(world)
    assert (
        said.out.splitlines()[2]
        == "Resolved 2026-02-07 09:16Z after 1 min: Answered by bot_chat/ben-to-mara-schema.md"
    )
    assert said.section("Rests on")[1:] == [
        "answer bot_chat/ben-to-mara-schema.md “ben: ben-to-mara-schema” (seen 09:16Z): counts: names mara-to-ben-schema.md"
    ]
    assert said.section("Told")[-1:] == [
        "09:16Z answered to inbox mara: sent 09:16Z (path coordination/inbox/mara/2026-02-07-notes.md)"
    ]
    assert said.section("Next") == [
        "nothing: it is over; should it come again, that is a new blocker"
    ]


def test_the_proof_that_ended_it_is_named(asking: Asking) -> None:
    world = asking.overdue()
    world.append(MARA, proof("09:12", 13))
    said = asking.why(world)
    assert said.section("Rests on")[2:] == [
        "proof that ended it feedback/mara.md:5 “parser” (says 09:12Z, seen 09:12Z): proof from 2026-02-07 09:12Z on (test, command)"
    ]
    assert said.section("What happened") == [
        "09:10Z opened, level 1, by rollcall: 2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:10Z",
        "09:12Z closed, level 1, by rollcall: Proof at 2026-02-07 09:12Z: parser",
    ]


def test_an_outage_that_moved_its_deadline_is_said(asking: Asking) -> None:
    world = asking.world()
    world.run_until("09:03")
    world.stop()
    world.sleep_until("09:20")
    world.start()
    world.run_until("09:28")
    assert asking.why(world).section("Deadline") == [
        "2026-02-07 09:00Z + cadence 5 min + grace 5 min of watched time = 2026-02-07 09:27Z",
        "not counted: 09:03Z to 09:20Z (17 min), not watched",
    ]


def test_a_sum_of_seconds_says_its_seconds(asking: Asking) -> None:
    world = asking.world("feedback.cadence=30s", "feedback.grace=10s")
    world.run_until("09:02")
    assert asking.why(world).section("Deadline") == [
        "2026-02-07 09:00:00Z + cadence 30 s + grace 10 s of watched time = 2026-02-07 09:00:40Z"
    ]


def test_a_statement_is_shown_with_the_agents_words(asking: Asking) -> None:
    world = asking.world()
    world.append(MARA, update("09:00", "Blocked: no access to the build farm."))
    said = asking.why(world)
    assert said.section("Rests on")[2:] == [
        "statement feedback/mara.md:5 “no access to the build farm.” (says 09:00Z, seen 09:00Z): no proof: it states a blocker, no fallback started"
    ]
    assert said.section("Deadline") == ["mara says so at feedback/mara.md:5"]


def test_an_absent_agents_requests_are_listed(asking: Asking) -> None:
    world = asking.world("feedback.cadence=10h")
    world.write("bot_chat/mara-to-noor-keys.md", ask("mara", "noor"))
    world.run_until("09:16")
    said = asking.why(world)
    assert said.section("Rests on") == [
        "request bot_chat/mara-to-noor-keys.md “mara asks: mara-to-noor-keys” (seen 09:00Z): asks"
    ]
    assert said.section("Rule") == [
        "Overdue requests to an agent that has never written are one blocker; its first word closes it.",
        "docs/semantics.md#first-sight",
    ]


def test_a_request_to_everyone_is_explained(asking: Asking) -> None:
    world = asking.world("feedback.cadence=10h")
    world.write(BEN, proof("09:00"))
    world.write("bot_chat/mara-to-all-schema.md", ask("mara", "all"))
    world.run_until("09:16")
    said = asking.why(world)
    assert said.section("Rests on") == [
        "request bot_chat/mara-to-all-schema.md “mara asks: mara-to-all-schema” (seen 09:00Z): asks"
    ]
    assert said.section("Deadline") == [
        "asked 2026-02-07 09:00Z, acknowledgement within 15 min = 2026-02-07 09:15Z"
    ]


def test_a_deadlock_names_the_requests_in_its_circle(asking: Asking) -> None:
    world = asking.asked()
    world.write("bot_chat/ben-to-mara-keys.md", ask("ben", "mara"))
    world.run_until("09:16")
    said = asking.why(world, "B-0003")
    assert said.section("Rests on") == [
        "request bot_chat/ben-to-mara-keys.md “ben-to-mara-keys” (seen 09:00Z)",
        "request bot_chat/mara-to-ben-schema.md “mara-to-ben-schema” (seen 09:00Z)",
    ]
    assert said.section("Next") == [
        "09:25Z: B-0003 reaches level 2: slack:@lead",
        "It ends with one of them waiting no more",
    ]


def test_a_fault_of_our_own_says_when_it_is_tried_again(asking: Asking) -> None:
    world = asking.world("feedback.cadence=10h")
    with world.works.database.write() as session:
        note_fault(session, "source:feedback/ben.md", "it cannot be read", world.now)
        mark_changed(session, ["fault:source:feedback/ben.md"], world.now)
    world.run_for(seconds=1)
    said = asking.why(world)
    assert said.section("Rests on") == [
        "fault source:feedback/ben.md “it cannot be read” (seen 09:00Z): tried once"
    ]
    assert said.section("Next") == [
        "09:00:10Z: it is tried again",
        "It ends with what failed working again",
    ]


def test_hostile_words_reach_no_terminal(asking: Asking) -> None:
    world = asking.world()
    world.append(
        MARA, update("09:00", "Blocked: no \x1b[31mred\x07 \u202eyek token ghp_" + "a" * 36)
    )
    said = asking.why(world)
    assert "\x1b" not in said.out
    assert "\x07" not in said.out
    assert "\u202e" not in said.out
    assert "ghp_" not in said.out
    assert said.section("Rests on")[2:] == [
        "statement feedback/mara.md:5 “no [31mred yek token [redacted: github token]” (says 09:00Z, seen 09:00Z): no proof: it states a blocker, no fallback started"
    ]


def test_every_rule_has_its_place_in_the_page_of_rules() -> None:
    headings = {
        line.removeprefix("## ").rstrip()
        for line in SEMANTICS.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    }
    assert {rule.heading for rule in RULES} <= headings
