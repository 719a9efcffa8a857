from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from rollcall.model import Draft, LinkKind
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import Conversation, assemble

TEAM: dict[str, tuple[str, ...]] = {"mara": (), "ben": (), "noor": (), "ivo": ()}
ASK = "c/2026-01-05-mara-to-ben-needs.md"
GIVES = "c/2026-01-05-ben-to-mara-drop.md"
ALL = "general/2026-01-05-mara-broadcast.md"

NEEDS = """# Mara -> Ben (Needs)

## Needed from Ben
1. Provide the schema of the invoice table before phase 3.
2. Share the retry limits of the mail queue.
"""
BROADCAST = """# Mara Broadcast

## Requests
- Ben:
  - Provide the grammar of the query parser.
- Noor:
  - Share the colour palette of the billing page.
"""
FILES = {
    ASK: NEEDS,
    ALL: BROADCAST,
    GIVES: "# Ben -> Mara (Invoice Table Contract)\n\n## Delivered\n\n- `specs/phase-3-invoice-table.md`",
    "c/2026-01-05-noor-to-mara-palette.md": "# Noor -> Mara (Palette)\n\nThe colour palette of the billing page is ready.",
    "c/2026-01-05-ivo-to-mara-hello.md": "# Ivo -> Mara\n\nThe deploy is done.",
}


def drafts_of(files: dict[str, str]) -> list[Draft]:
    return [
        draft for path, text in files.items() for draft in read_chat(path, text.splitlines(), UTC)
    ]


def talk(files: dict[str, str]) -> Conversation:
    return assemble(drafts_of(files), TEAM)


def answered(files: dict[str, str]) -> set[tuple[str, str]]:
    found = talk(files).links
    return {(one.source, one.target) for one in found if one.kind is LinkKind.ANSWERS}


def acknowledged(files: dict[str, str]) -> set[tuple[str, str]]:
    found = talk(files).links
    return {(one.source, one.target) for one in found if one.kind is LinkKind.ACKS}


def states(files: dict[str, str]) -> dict[tuple[str, str], str]:
    found = talk(files).dependencies
    return {(one.request, one.provider): str(one.state) for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "# Ben -> Mara (Invoice Table Contract)\n\n## Delivered\n\n- `specs/phase-3-invoice-table.md`",
        "# Ben -> Mara\n\nThe invoice table schema is ready: see `db/invoice.sql`.",
        "# Ben -> Mara\n\n## Available now\n\n- Retry limits of the mail queue: 5 a minute\n\n## Mail queue retry",
    ],
)
def test_what_hands_over_an_item_of_a_request_answers_it(text: str) -> None:
    assert answered({ASK: NEEDS, GIVES: text}) == {(GIVES, ASK)}


@pytest.mark.parametrize(
    "text",
    [
        "# Ben -> Mara (Deploy Notes)\n\n## Delivered\n\n- `specs/rollout-window.md`",
        "# Ben -> Mara (Invoice Table)\n\nThe invoice table schema is not yet ready.",
        "# Ben -> Mara (Invoice Table)\n\nThe schema of the invoice table will be ready on Friday.",
        "# Ben -> Mara\n\n## Next\n\n- Publish the schema of the invoice table",
        "# Ben -> Mara\n\nPlease say when the schema of the invoice table must be ready.",
        "# Ben -> Mara\n\nIf you need the schema of the invoice table, I can send what is ready.",
        "# Ben -> Mara (Phase 3)\n\n## Delivered\n\n- phase 3 notes",
        "# Ben -> Mara (Progress)\n\n## Done\n\n- Mail queue metrics are on the dashboard",
    ],
)
def test_what_hands_over_something_else_or_nothing_answers_nothing(text: str) -> None:
    assert answered({ASK: NEEDS, GIVES: text}) == set()


def test_a_delivery_for_another_answers_nothing() -> None:
    text = "# Ben -> Noor\n\nThe invoice table schema is ready."
    assert answered({ASK: NEEDS, "c/2026-01-05-ben-to-noor-drop.md": text}) == set()


def test_a_delivery_by_another_answers_nothing() -> None:
    text = "# Noor -> Mara\n\nThe invoice table schema is ready."
    assert answered({ASK: NEEDS, "c/2026-01-05-noor-to-mara-drop.md": text}) == set()


def test_of_a_broadcast_only_the_items_of_ones_own_section_count() -> None:
    path = "c/2026-01-05-ben-to-mara-page.md"
    palette = "# Ben -> Mara\n\nThe colour palette of the billing page is ready."
    grammar = "# Ben -> Mara\n\nThe grammar of the query parser is ready."
    assert answered({ALL: BROADCAST, path: palette}) == set()
    assert states({ALL: BROADCAST, path: grammar}) == {
        (ALL, "ben"): "answered",
        (ALL, "noor"): "open",
    }


def test_the_reason_of_a_link_names_what_was_handed_over() -> None:
    (link,) = talk({ASK: NEEDS, GIVES: FILES[GIVES]}).links
    assert link.reason == "hands over what was asked for: invoice, table"


def test_a_later_request_is_not_met_by_an_earlier_message() -> None:
    files = {
        "c/2026-01-05T10:00:00Z-x.md": "From: mara\nTo: ben\nDate: 2026-01-05T10:00:00Z\n\n"
        + NEEDS,
        "c/y.md": "From: ben\nTo: mara\nDate: 2026-01-05T09:59:59Z\n\nThe invoice table schema is ready.",
    }
    assert answered(files) == set()


def test_a_request_that_names_a_message_is_later_than_it() -> None:
    files = {ASK: f"{NEEDS}\nSee also `{GIVES}`.", GIVES: FILES[GIVES]}
    assert answered(files) == set()


def test_what_is_received_but_not_spoken_of_is_only_acknowledged() -> None:
    text = f"Acknowledged:\n- `{ASK}`\n\n## Confirmed\n\n- The login form is centred."
    assert states({ASK: NEEDS, GIVES: text}) == {(ASK, "ben"): "acknowledged"}


def test_what_is_received_and_spoken_of_in_what_is_confirmed_is_answered() -> None:
    text = (
        f"Acknowledged:\n- `{ASK}`\n\n## Confirmed\n\n- Retry limits of the mail queue: 5 a minute."
    )
    assert states({ASK: NEEDS, GIVES: text}) == {(ASK, "ben"): "answered"}


def lines_of_chat(*said: tuple[str, str, str, str]) -> dict[str, str]:
    rows = [
        f"MSG | 2026-01-05 {at}:00 | {sender} | to:{to} | note:{note}"
        for at, sender, to, note in said
    ]
    return {"c/groupchat.md": "\n".join(rows)}


def test_who_begins_acknowledges_and_who_finishes_answers() -> None:
    files = lines_of_chat(
        ("10:00", "mara", "ben", "Please wire the invoice export into the billing page."),
        ("10:05", "ben", "all", "Tidying the login form."),
        ("10:06", "ben", "all", "Starting to wire the invoice export into the billing page."),
        ("11:00", "ben", "all", "Invoice export into the billing page shipped."),
    )
    assert acknowledged(files) == {("c/groupchat.md#L3", "c/groupchat.md#L1")}
    assert answered(files) == {("c/groupchat.md#L4", "c/groupchat.md#L1")}


@pytest.mark.parametrize(("at", "soon"), [("11:00", True), ("11:01", False)])
def test_within_an_hour_few_words_tell_what_is_begun(at: str, soon: bool) -> None:
    ask = (
        "Please squash the ledger migrations before the freeze, regenerate fixtures for "
        "invoices, refresh seeds and announce rollback windows afterwards."
    )
    files = lines_of_chat(
        ("10:00", "mara", "ben", ask), (at, "ben", "all", "Squashing ledger migrations.")
    )
    wanted = {("c/groupchat.md#L2", "c/groupchat.md#L1")} if soon else set()
    assert acknowledged(files) == wanted


def test_a_reply_to_a_direct_request_acknowledges_the_broadcast_that_asked_the_same() -> None:
    direct = "# Mara -> Ben\n\n## Requests\n\n1. Provide the grammar of the query parser in EBNF."
    reply = f"Acknowledged: `{ASK}`"
    assert acknowledged({ALL: BROADCAST, ASK: direct, GIVES: reply}) == {(GIVES, ASK), (GIVES, ALL)}
    other = "# Mara -> Ben\n\n## Requests\n\n1. Confirm the holiday plan."
    assert acknowledged({ALL: BROADCAST, ASK: other, GIVES: reply}) == {(GIVES, ASK)}


CHASE = "c/2026-01-05-mara-followup-to-ben.md"
CHASED = f"# Mara -> Ben\n\nFollow-up on pending request:\n- `{ASK}`\n\nPlease send it."


def test_what_answers_a_request_answers_the_message_that_chases_it() -> None:
    files = {ASK: NEEDS, CHASE: CHASED, GIVES: f"Response to request: `{ASK}`"}
    assert states(files) == {(ASK, "ben"): "answered", (CHASE, "ben"): "answered"}


def test_what_answers_the_chasing_message_answers_the_request() -> None:
    files = {ASK: NEEDS, CHASE: CHASED, GIVES: f"Response to request: `{CHASE}`"}
    assert states(files) == {(ASK, "ben"): "answered", (CHASE, "ben"): "answered"}


def test_what_was_answered_before_it_was_chased_is_chased_for_more() -> None:
    files = {
        ASK: NEEDS,
        CHASE: f"Date: 2026-01-05T12:00:01Z\n\n{CHASED}",
        GIVES: f"Date: 2026-01-05T12:00:00Z\n\nResponse to request: `{ASK}`",
    }
    assert states(files) == {(ASK, "ben"): "answered", (CHASE, "ben"): "open"}


@pytest.mark.parametrize("heading", ["Ben", "For Ben", "for ben", "Parser (ben)"])
def test_a_section_headed_by_an_agents_name_asks_that_agent(heading: str) -> None:
    text = f"# Mara to all agents\n\n## {heading}\n- Provide the grammar\n\n## Setup\n- Run it\n"
    (message,) = talk({"general/2026-01-05-mara-to-all.md": text}).messages
    assert (message.asks, message.ask_of) == (True, ("ben",))


@pytest.mark.parametrize("heading", ["Setup", "How to run", "Next steps for Ben", "Done by Ben"])
def test_instructions_under_another_heading_ask_nobody(heading: str) -> None:
    text = f"# Mara to all agents\n\n## {heading}\n- Run the migration\n"
    (message,) = talk({"general/2026-01-05-mara-to-all.md": text}).messages
    assert (message.asks, message.ask_of) == (False, ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("mail/003-mara-to-ben.md", "Hi"),
        ("mail/x.md", "# 003 Mara -> Ben\n\nHi"),
        ("mail/x.md", "# #3: Mara -> Ben\n\nHi"),
    ],
)
def test_a_number_before_a_name_is_no_part_of_it(path: str, text: str) -> None:
    (message,) = assemble(drafts_of({path: text}), {}).messages
    assert (message.sender, message.recipients) == ("mara", ("ben",))


def test_a_title_may_say_whose_requests_a_file_holds() -> None:
    text = "# Open requests from mara\n\n## For ben\n- Publish the grammar\n"
    (message,) = talk({"c/requests.md": text}).messages
    assert (message.sender, message.ask_of) == ("mara", ("ben",))


@pytest.mark.parametrize(
    "text", ["It will follow on Thursday.", "On it.", "Still digging, ETA noon."]
)
def test_a_reply_that_puts_it_off_only_acknowledges(text: str) -> None:
    files = {ASK: NEEDS, GIVES: f"From: ben\nTo: mara\nRe: {ASK}\n\n{text}"}
    assert states(files) == {(ASK, "ben"): "acknowledged"}


@pytest.mark.parametrize(
    "matter", ["from: mara\nto:\n  - ben\n  - noor", "sender: mara # lead\nto: [ben, noor]"]
)
def test_front_matter_may_lack_its_opening_fence(matter: str) -> None:
    (message,) = talk({"c/x.md": f"{matter}\n---\n# Hello\n"}).messages
    assert (message.sender, message.recipients) == ("mara", ("ben", "noor"))


@pytest.mark.parametrize("text", ["A word: of warning\n---\nHello", "note: x\nto do: y\n---\n"])
def test_text_above_a_rule_is_no_front_matter(text: str) -> None:
    assert talk({"c/x.md": text}).messages == ()


@pytest.mark.parametrize("number", ["013", "13", "#13", "msg 13"])
def test_a_number_of_the_thread_names_its_message(number: str) -> None:
    first, other = "c/013-mara.md", "c/014-ben.md"
    files = {
        first: "From: mara\nTo: ben\n\nPlease review the parser.",
        "c/012-mara.md": "From: mara\nTo: ben\n\nPlease review the billing page.",
        other: f"From: ben\nTo: mara\nRe: {number}\n\nThe third rule is ambiguous.",
    }
    assert answered(files) == {(other, first)}


def test_a_number_that_two_messages_bear_means_the_one_by_whom_the_reply_is_for() -> None:
    reply = "c/014-ben.md"
    files = {
        "c/013-mara.md": "From: mara\nTo: ben\n\nPlease review the parser.",
        "c/013-noor.md": "From: noor\nTo: ben\n\nPlease review the billing page.",
        reply: "From: ben\nTo: mara\nRe: 013\n\nThe third rule is ambiguous.",
    }
    assert answered(files) == {(reply, "c/013-mara.md")}
    again = {**files, "c/013-mara-2.md": "From: mara\nTo: ben\n\nPlease review the index."}
    assert answered(again) == set()


def test_a_draft_stored_before_it_told_what_it_wants_still_loads() -> None:
    known = {"path": ASK, "start": 1, "end": 2, "sender": "mara", "recipients": ["ben"]}
    old = TypeAdapter(Draft).validate_python({**known, "asks": True})
    assert (old.wants, old.gives, old.same) == ((), (), ())
    (dependency,) = assemble([old, *drafts_of({GIVES: FILES[GIVES]})], TEAM).dependencies
    assert (dependency.provider, str(dependency.state)) == ("ben", "open")


def test_a_draft_comes_back_from_json_as_it_was() -> None:
    adapter = TypeAdapter(Draft)
    for draft in drafts_of(FILES):
        assert adapter.validate_json(adapter.dump_json(draft)) == draft


@given(st.permutations(drafts_of(FILES)))
def test_any_order_gives_the_same_links(drafts: list[Draft]) -> None:
    assert assemble(drafts, TEAM) == talk(FILES)


@given(st.dictionaries(st.sampled_from(sorted(FILES)), st.text(max_size=300), max_size=5))
def test_any_text_is_assembled_without_an_exception(files: dict[str, str]) -> None:
    conversation = talk(files)
    paths = {message.path for message in conversation.messages}
    assert {link.target for link in conversation.links} <= paths
