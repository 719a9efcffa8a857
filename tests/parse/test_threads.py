from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from rollcall.model import Dependency, DependencyState, Draft, Entry, LinkKind, Stamp
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import Conversation, assemble, draft_entry

ASK = "c/2026-01-05-mara-to-ben-parser.md"
ANSWER = "c/2026-01-05-ben-to-mara-parser.md"


def drafts_of(files: dict[str, str]) -> list[Draft]:
    return [
        draft for path, text in files.items() for draft in read_chat(path, text.splitlines(), UTC)
    ]


def talk(files: dict[str, str]) -> Conversation:
    return assemble(drafts_of(files), {"mara": (), "ben": (), "noor": ()})


def states(files: dict[str, str]) -> dict[tuple[str, str], str]:
    found = talk(files).dependencies
    return {(one.request, one.provider): str(one.state) for one in found}


def test_an_ask_without_a_reply_is_open() -> None:
    assert talk({ASK: "Please review the parser."}).dependencies == (
        Dependency(ASK, "mara", "ben", DependencyState.OPEN),
    )


def test_an_acknowledgement_by_path_acknowledges() -> None:
    files = {ASK: "Please review the parser.", ANSWER: f"Acknowledged:\n- `{ASK}`"}
    conversation = talk(files)
    assert conversation.dependencies == (
        Dependency(ASK, "mara", "ben", DependencyState.ACKNOWLEDGED, ANSWER),
    )
    assert [message.acks for message in conversation.messages] == [(ASK,), ()]


def test_an_answer_goes_before_an_acknowledgement() -> None:
    files = {
        ASK: "Please review the parser.",
        ANSWER: f"Response to request:\n- `{ASK}`",
        "c/2026-01-05-ben-to-mara-ack.md": f"Acknowledged: `{ASK}`",
    }
    assert states(files) == {(ASK, "ben"): "answered"}


def test_what_is_received_and_delivered_is_answered() -> None:
    files = {
        ASK: "Please send it.",
        ANSWER: f"Received: `{ASK}`\n\n## Requested Inputs Delivered\n- it",
    }
    assert states(files) == {(ASK, "ben"): "answered"}


def test_a_reply_by_another_than_the_asked_agent_changes_nothing() -> None:
    other = "c/2026-01-05-noor-to-mara.md"
    files = {ASK: "Please review.", other: f"Answered: `{ASK}`"}
    conversation = talk(files)
    assert states(files) == {(ASK, "ben"): "open"}
    assert [(link.source, link.kind) for link in conversation.links] == [(other, LinkKind.ANSWERS)]


def test_a_follow_up_chases_ones_own_request() -> None:
    chase = "c/2026-01-06-mara-followup-ben.md"
    files = {ASK: "Please review.", chase: f"Follow-up on pending request:\n- `{ASK}`"}
    found = {one.request: one for one in talk(files).dependencies}
    assert found[ASK].followed_up_by == (chase,)


def test_a_report_that_a_follow_up_was_sent_chases_nothing() -> None:
    report = "general/2026-01-06-mara-progress-update.md"
    files = {
        ASK: "Please review.",
        report: f"# Mara Progress Update\n\n## Follow-up Sent\n- `{ASK}`",
    }
    found = {one.request: one for one in talk(files).dependencies}
    assert found[ASK].followed_up_by == ()


def test_a_reference_may_be_relative_absolute_or_a_bare_name() -> None:
    name = ASK.rpartition("/")[2]
    for target in (f"../c/{name}", f"/home/ben/repo/{ASK}", name, f"[it](./{name})"):
        assert states({ASK: "Please review.", ANSWER: f"Answered: {target}"}) == {
            (ASK, "ben"): "answered"
        }


def test_a_bare_name_that_two_files_share_means_the_one_that_was_for_us() -> None:
    ours, theirs = "inbox/ben/20260105-ask.md", "inbox/noor/20260105-ask.md"
    files = {
        ours: "From: mara\nTo: ben\n\nPlease review.",
        theirs: "From: mara\nTo: noor\n\nPlease review.",
        ANSWER: "Answered: 20260105-ask.md",
    }
    assert states(files) == {(ours, "ben"): "answered", (theirs, "noor"): "open"}


def test_an_id_names_its_message() -> None:
    files = {
        ASK: "---\nid: req-7\nfrom: mara\nto: ben\nkind: request\n---\nPlease review.",
        ANSWER: "---\nfrom: ben\nto: mara\nkind: answer\nre: req-7\n---\nReviewed.",
    }
    assert states(files) == {(ASK, "ben"): "answered"}


def test_an_answer_is_not_earlier_than_its_request_where_both_bear_a_time() -> None:
    early = f"From: ben\nTo: mara\nDate: 2026-01-05 09:59:59Z\n\nAnswered: `{ASK}`"
    same = early.replace("09:59:59", "10:00:00")
    ask = "From: mara\nTo: ben\nDate: 2026-01-05 10:00:00Z\n\nPlease review."
    assert states({ASK: ask, ANSWER: early}) == {(ASK, "ben"): "open"}
    assert states({ASK: ask, ANSWER: same}) == {(ASK, "ben"): "answered"}
    assert states({ASK: ask, ANSWER: early.replace(" 09:59:59Z", "")}) == {(ASK, "ben"): "answered"}


THREAD = """# Parser

## mara -> ben, 2026-01-05 10:00Z
Can you send me the grammar?

**ben** (10:05Z): ack

## ben -> mara, 2026-01-05 11:00Z
The grammar is in the repository now.
"""


def test_a_reply_in_the_same_thread_needs_no_path() -> None:
    lines = THREAD.splitlines()
    for end, state, by in (
        (5, "open", None),
        (6, "acknowledged", "t.md#L6"),
        (9, "answered", "t.md#L8"),
    ):
        (found,) = assemble(read_chat("t.md", lines[:end], UTC), {}).dependencies
        assert found == Dependency("t.md#L3", "mara", "ben", DependencyState(state), by)


def test_a_promise_in_a_thread_only_acknowledges() -> None:
    text = "## mara -> ben, 2026-01-05 10:00Z\nPlease send it.\n\n## ben -> mara, 2026-01-05 10:05Z\nI'll send it tomorrow.\n"
    assert states({"t.md": text}) == {("t.md#L1", "ben"): "acknowledged"}


def test_a_heading_with_an_id_begins_a_turn() -> None:
    text = "### [REQ-12] mara → ben\nPlease look.\n\n### [REQ-12] ben → mara\nIt is fine.\n"
    assert states({"t.md": text}) == {("t.md#L1", "ben"): "answered"}


def test_a_reply_with_an_id_is_to_the_request_of_that_id() -> None:
    text = """### [REQ-12] mara -> ben
Please look at the page.

### [REQ-13] mara -> ben
Please look at the table.

### [REQ-12] ben -> mara
Looks fine.
"""
    assert states({"t.md": text}) == {("t.md#L1", "ben"): "answered", ("t.md#L4", "ben"): "open"}


def test_two_replies_without_ids_are_to_two_asks() -> None:
    text = """## mara -> ben, 2026-01-05 10:00Z
Please rerun the parser on the long grammar.

## mara -> ben, 2026-01-05 10:01Z
Please measure the billing table.

## ben -> mara, 2026-01-05 10:30Z
The parser passes on the long grammar.

## ben -> mara, 2026-01-05 10:40Z
All right.
"""
    lines = text.splitlines()
    half = assemble(read_chat("t.md", lines[:9], UTC), {}).dependencies
    assert [(one.request, one.state) for one in half] == [
        ("t.md#L1", DependencyState.ANSWERED),
        ("t.md#L4", DependencyState.OPEN),
    ]
    assert set(states({"t.md": text}).values()) == {"answered"}


def test_an_ask_of_everyone_is_a_dependency_on_those_that_replied() -> None:
    path = "general/2026-01-05-mara-broadcast.md"
    files = {path: "# Mara Broadcast\n\nPlease all report your figures."}
    assert states(files) == {(path, "*"): "open"}
    files["c/2026-01-05-noor-to-mara.md"] = f"Acknowledged: `{path}`"
    assert states(files) == {(path, "noor"): "acknowledged"}


def test_one_who_says_that_he_answers_means_the_request_most_like_it() -> None:
    files = {
        ASK: "# Mara -> Ben\n\nPlease send the grammar of the parser.",
        "c/2026-01-05-mara-to-ben-billing.md": "# Mara -> Ben\n\nPlease lock the billing table.",
        ANSWER: "# Ben -> Mara\n\nPer your ask, here is the grammar of the parser.",
    }
    assert states(files) == {
        (ASK, "ben"): "answered",
        ("c/2026-01-05-mara-to-ben-billing.md", "ben"): "open",
    }


def test_names_in_file_names_end_where_a_known_agent_does() -> None:
    files = {
        "c/2026-01-05-mara-to-billing-page-engineer-schema-drop.md": "Please review.",
        "c/2026-01-05-billing-page-engineer-to-mara.md": "Hello.",
    }
    conversation = assemble(drafts_of(files), {})
    assert conversation.roster.slugs == ("billing-page-engineer", "mara")
    assert [message.recipients for message in conversation.messages] == [
        ("mara",),
        ("billing-page-engineer",),
    ]


def test_a_reply_that_names_the_file_in_question_is_linked_to_the_request_about_it() -> None:
    files = {
        ASK: "# Mara -> Ben\n\n- `docs/grammar.md`\n\n## Requested Confirmation\n- By Tuesday",
        ANSWER: "# Ben -> Mara\n\nReceived and reviewed:\n1. `docs/grammar.md`",
    }
    assert states(files) == {(ASK, "ben"): "acknowledged"}


def test_a_file_that_many_requests_name_links_to_none_of_them() -> None:
    asks = {f"c/2026-01-05-mara-to-ben-{n}.md": "Please read `docs/rules.md`." for n in range(4)}
    files = {**asks, ANSWER: "# Ben -> Mara\n\nReceived: `docs/rules.md`"}
    assert set(states(files).values()) == {"open"}


def test_agents_known_from_feedback_resolve_names_in_chat() -> None:
    drafts = drafts_of({"c/2026-01-05-mara-to-noor-left-parser.md": "Please review."})
    assert assemble(drafts, {}, ["noor-left"]).messages[0].recipients == ("noor-left",)


def entry(title: str, stamp: Stamp | None = None) -> Entry:
    return Entry(3, 5, title, "key", "digest", stamp)


def test_an_entry_that_names_a_message_links_like_one() -> None:
    found = draft_entry(
        "feedback/ben.md", "ben", entry("Parser"), ["## Parser", f"- Answered `{ASK}`"]
    )
    assert found is not None
    conversation = assemble([*drafts_of({ASK: "Please review."}), found], {})
    assert conversation.dependencies == (
        Dependency(ASK, "mara", "ben", DependencyState.ANSWERED, "feedback/ben.md#L3"),
    )
    assert [message.path for message in conversation.messages] == [ASK]


def test_an_entry_that_says_whose_request_it_addresses_links_too() -> None:
    stamp = Stamp(datetime(2026, 1, 5, 12, tzinfo=UTC))
    lines = ["## Parser", "- Addressed mara's request: the grammar is in place"]
    found = draft_entry("feedback/ben.md", "ben", entry("Parser", stamp), lines)
    assert found is not None
    (dependency,) = assemble([*drafts_of({ASK: "Please review."}), found], {}).dependencies
    assert (dependency.state, dependency.by) == (DependencyState.ANSWERED, "feedback/ben.md#L3")


def test_an_entry_about_work_alone_is_no_draft() -> None:
    lines = ["## Parser", "- 12 passed, 0 failed", "- changed src/parser.py"]
    assert draft_entry("feedback/ben.md", "ben", entry("Parser"), lines) is None


FILES = {
    ASK: "# Mara -> Ben\n\nPlease review the parser.",
    ANSWER: f"# Ben -> Mara\n\nAcknowledged: `{ASK}`\n\n## Request\n- The grammar",
    "c/2026-01-05-mara-to-ben-grammar.md": f"# Mara -> Ben\n\nPer your ask: the grammar. Re: `{ANSWER}`",
    "general/2026-01-05-noor-broadcast.md": "# Noor Broadcast\n\nPlease all report the parser's state.",
    "c/2026-01-06-mara-followup-ben.md": f"Follow-up on pending request: `{ASK}`",
    "t.md": THREAD,
    "u-chat.md": "[2026-01-05 10:05Z] mara: can someone rerun?\n[10:06Z] ben: on it\n[10:07Z] noor: thanks\n",
}


@given(st.permutations(drafts_of(FILES)))
def test_any_order_of_arrival_gives_the_same_conversation(drafts: list[Draft]) -> None:
    found = assemble(drafts, {"ivo": ["Ivo the Second"]})
    assert found == assemble(drafts_of(FILES), {"ivo": ["Ivo the Second"]})
    assert [message.path for message in found.messages] == sorted(draft.path for draft in drafts)


def test_drafts_read_twice_count_once() -> None:
    drafts = drafts_of(FILES)
    assert assemble([*drafts, *drafts], {}) == assemble(drafts, {})
