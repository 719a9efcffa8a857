from __future__ import annotations

from datetime import UTC

import pytest

from rollcall.model import LinkKind
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import Conversation, assemble

TEAM: dict[str, tuple[str, ...]] = {"mara": (), "ben": (), "noor": (), "ivo": ()}
ASK = "c/2026-01-05-mara-to-ben-mail-queue.md"
QUESTION = "How long does the mail queue keep a letter, and who may empty it?"
NEXT_DAY = "c/2026-01-06-ben-to-mara-{}.md"
SAME_DAY = "c/2026-01-05-ben-to-mara-{}.md"


def talk(files: dict[str, str]) -> Conversation:
    drafts = [
        draft for path, text in files.items() for draft in read_chat(path, text.splitlines(), UTC)
    ]
    return assemble(drafts, TEAM)


def done(files: dict[str, str], kind: LinkKind) -> set[tuple[str, str]]:
    return {(one.source, one.target) for one in talk(files).links if one.kind is kind}


def does(path: str, text: str, *, ask: str = QUESTION) -> dict[str, set[str]]:
    """Return what a message of Ben's does to what Mara asked."""
    found = [one for one in talk({ASK: ask, path: text}).links if one.source == path]
    kinds = {one.kind.value for one in found if one.kind is not LinkKind.MENTIONS}
    return {kind: {one.target for one in found if one.kind.value == kind} for kind in kinds}


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("mail-queue", "Thirty days. Only the operators."),
        ("facts", "A letter stays in the queue for thirty days."),
        ("reply", "Thirty days."),
        ("mail-queue", "It keeps a letter for thirty days. I will change the page tomorrow."),
        (
            "letters",
            "A letter is kept in the mail queue for thirty days.\n\n\nWhich page shows it?",
        ),
        (
            "letters",
            "The mail queue keeps letters long; who may empty it is set, no change needed.",
        ),
    ],
)
def test_who_was_asked_answers_by_the_next_word_about_it(topic: str, text: str) -> None:
    assert does(NEXT_DAY.format(topic), text) == {"answers": {ASK}}


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("holidays", "The office is closed on Friday."),
        ("mail-queue", "For your information: the mail queue moved to another rack."),
        ("mail-queue", "Which mail queue do you mean?"),
        ("parser", "If it helps, we can share the parser. Just say so."),
        ("weekly-status", "Done: parser\nNext: lexer"),
    ],
)
def test_news_offers_statuses_and_other_questions_answer_nothing(topic: str, text: str) -> None:
    assert does(NEXT_DAY.format(topic), text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Got it.",
        "Looking into it now.",
        "On my list for this afternoon.",
        "We will tell you how long a letter is kept tomorrow.",
        "Taking this one.",
        "The disk is full. We shall tell you tomorrow how long a letter is kept.",
    ],
)
def test_who_only_receives_begins_or_puts_off_acknowledges(text: str) -> None:
    assert does(NEXT_DAY.format("reply"), text) == {"acks": {ASK}}


def test_thanks_acknowledge_nothing() -> None:
    assert does(NEXT_DAY.format("reply"), "Thanks for the pictures.") == {}


def test_what_was_written_before_answers_nothing() -> None:
    assert does("c/2026-01-04-ben-to-mara-mail-queue.md", "Thirty days.") == {}


def test_on_the_same_day_what_is_about_nothing_that_was_asked_answers_nothing() -> None:
    assert does(SAME_DAY.format("mail-queue"), "Thirty days.") == {"answers": {ASK}}
    assert does(SAME_DAY.format("reply"), "Thirty days.") == {}


def test_a_word_without_a_subject_answers_within_a_day_only() -> None:
    late = "c/2026-01-07-ben-to-mara-reply.md"
    assert does(NEXT_DAY.format("reply"), "Thirty days.") == {"answers": {ASK}}
    assert does(late, "Thirty days.") == {}


def test_a_word_without_a_subject_answers_nothing_where_two_things_are_asked() -> None:
    other = "c/2026-01-05-mara-to-ben-parser.md"
    reply = NEXT_DAY.format("reply")
    files = {ASK: QUESTION, other: "Which grammar does the parser use?", reply: "Thirty days."}
    assert done(files, LinkKind.ANSWERS) == set()
    files[reply] = "The grammar is LL(1)."
    assert done(files, LinkKind.ANSWERS) == {(reply, other)}


def test_what_is_answered_is_answered_once() -> None:
    first, second = NEXT_DAY.format("mail-queue"), "c/2026-01-07-ben-to-mara-mail-queue.md"
    files = {ASK: QUESTION, first: "Thirty days.", second: "The mail queue is on the dashboard."}
    assert done(files, LinkKind.ANSWERS) == {(first, ASK)}


def test_several_answer_what_all_were_asked() -> None:
    to_all = "general/2026-01-05-mara-broadcast.md"
    files = {
        to_all: "# Mara Broadcast\n\nEveryone: send me your holidays of March.",
        "c/2026-01-06-ben-to-mara-holidays.md": "From the 3rd to the 9th.",
        "c/2026-01-06-noor-to-mara-march.md": "Our holidays are from the 20th on.",
        "c/2026-01-06-ivo-to-mara-deploy.md": "The deploy is over.",
    }
    assert done(files, LinkKind.ANSWERS) == {
        ("c/2026-01-06-ben-to-mara-holidays.md", to_all),
        ("c/2026-01-06-noor-to-mara-march.md", to_all),
    }


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("mail-queue", "Any news? The audit is tomorrow."),
        ("reminder", "A reminder: how long does the queue keep a letter?"),
        ("mail-queue", "My question is three days old. When do we hear from you?"),
        ("queue-again", "We still need the time that a letter is kept, by noon."),
    ],
)
def test_who_asks_for_the_same_again_chases_it(topic: str, text: str) -> None:
    path = f"c/2026-01-07-mara-to-ben-{topic}.md"
    assert done({ASK: QUESTION, path: text}, LinkKind.FOLLOWS_UP) == {(path, ASK)}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("c/2026-01-07-mara-to-ben-parser.md", "Could you send the grammar of the parser?"),
        ("c/2026-01-07-mara-to-ben-mail-queue.md", "Could you also draw the mail queue?"),
        ("c/2026-01-07-mara-to-noor-mail-queue.md", "A reminder: please sign the mail queue form."),
        ("c/2026-01-07-ben-to-mara-mail-queue.md", "A reminder: please name the mail queue."),
    ],
)
def test_another_ask_or_one_of_another_chases_nothing(path: str, text: str) -> None:
    assert done({ASK: QUESTION, path: text}, LinkKind.FOLLOWS_UP) == set()


def test_what_answers_after_a_reminder_answers_both() -> None:
    reminder = "c/2026-01-07-mara-to-ben-mail-queue.md"
    reply = "c/2026-01-08-ben-to-mara-mail-queue.md"
    files = {ASK: QUESTION, reminder: "Any news?", reply: "Thirty days."}
    assert done(files, LinkKind.ANSWERS) == {(reply, ASK), (reply, reminder)}


def test_an_acknowledgement_before_a_reminder_is_none_of_it() -> None:
    reminder = "c/2026-01-07-mara-to-ben-mail-queue.md"
    files = {ASK: QUESTION, NEXT_DAY.format("reply"): "Got it.", reminder: "Any news?"}
    found = {(one.request, one.state.value) for one in talk(files).dependencies}
    assert found == {(ASK, "acknowledged"), (reminder, "open")}


def test_in_a_thread_a_word_after_the_answer_answers_nothing() -> None:
    lines = [
        "[2026-01-05 10:00Z] mara -> ben: can you approve the spare rack?",
        "[2026-01-05 10:05Z] ben -> mara: approved, until noon.",
        "[2026-01-05 11:00Z] ben -> mara: thanks for the pictures.",
        "[2026-01-05 11:30Z] ben -> mara: the parser is slow today.",
    ]
    files = {"c/chat.md": "\n".join(lines)}
    assert done(files, LinkKind.ANSWERS) == {("c/chat.md#L2", "c/chat.md#L1")}
    assert done(files, LinkKind.ACKS) == set()


def test_a_list_of_reminders_that_were_sent_chases_nothing() -> None:
    path = "general/2026-01-06-mara-broadcast.md"
    text = f"# Mara Broadcast\n\n## Follow-ups Sent\n\n1. Follow-up for the queue:\n   - `{ASK}`"
    assert done({ASK: QUESTION, path: text}, LinkKind.FOLLOWS_UP) == set()
    chasing = f"# Mara Broadcast\n\nFollow-up on the open request:\n- `{ASK}`"
    assert done({ASK: QUESTION, path: chasing}, LinkKind.FOLLOWS_UP) == {(path, ASK)}


def test_a_name_of_a_file_may_hold_two_recipients() -> None:
    paths = (
        "c/2026-01-05-mara-to-ben-and-noor-schema.md",
        "c/2026-01-05-mara-to-ben-salt-and-oil.md",
    )
    found = {one.path: one.recipients for one in talk(dict.fromkeys(paths, "Done.")).messages}
    assert found == {paths[0]: ("ben", "noor"), paths[1]: ("ben",)}


def test_the_topic_of_a_files_name_may_be_part_of_anothers() -> None:
    ask = "c/2026-01-05-mara-to-ben-paging.md"
    text = "# Paging of the list\n\nWhich field is the cursor?"
    reply = "# Details\n\nThe id, 200 at a time."
    named = {ask: text, "c/2026-01-05-ben-to-mara-paging-details.md": reply}
    assert done(named, LinkKind.ANSWERS) == {("c/2026-01-05-ben-to-mara-paging-details.md", ask)}
    other = {ask: text, "c/2026-01-05-ben-to-mara-parser-details.md": reply}
    assert done(other, LinkKind.ANSWERS) == set()


def test_what_names_the_id_of_a_request_replies_to_it() -> None:
    ask = "c/req-1.md"
    head = "From: {}\nTo: {}\nDate: {}\nId: {}\n\n{}"
    files = {
        ask: head.format("mara", "ben", "2026-01-05", "REQ-1", QUESTION),
        "c/other.md": head.format("mara", "ben", "2026-01-05", "REQ-2", "Which grammar is it?"),
        "c/reply.md": head.format("ben", "mara", "2026-01-08", "RES-1", "Thirty days. (REQ-1)"),
    }
    assert done(files, LinkKind.ANSWERS) == {("c/reply.md", ask)}
    files["c/reply.md"] = files["c/reply.md"].replace(" (REQ-1)", "")
    assert done(files, LinkKind.ANSWERS) == set()


def test_in_a_chat_news_between_a_question_and_its_answer_answer_nothing() -> None:
    lines = [
        "[2026-01-05 10:00Z] mara -> ben: which rack do we take?",
        "[2026-01-05 10:05Z] ben -> mara: FYI the lift is out of order.",
        "[2026-01-05 11:00Z] ben -> mara: the small one.",
    ]
    assert done({"c/chat.md": "\n".join(lines)}, LinkKind.ANSWERS) == {
        ("c/chat.md#L3", "c/chat.md#L1")
    }
