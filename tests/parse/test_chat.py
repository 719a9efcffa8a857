from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.model import Draft, LinkKind, Stamp
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import assemble


def read(path: str, text: str) -> tuple[Draft, ...]:
    return read_chat(path, text.splitlines(), UTC)


def one(path: str, text: str) -> Draft:
    (draft,) = read(path, text)
    return draft


def who(path: str, text: str) -> tuple[str | None, tuple[str, ...]]:
    conversation = assemble(read(path, text), {"mara": (), "ben": (), "noor-two": (), "ivo": ()})
    (message,) = conversation.messages
    return message.sender, message.recipients


def test_the_front_matter_of_a_canonical_message_is_read_exactly() -> None:
    draft = one(
        "bot_chat/specific/2026-01-05-mara-to-ben-parser.md",
        """---
id: req-7
from: mara
to: [ben, noor]
kind: request
re: "2026-01-04-ben-to-mara-grammar.md"
due: 2026-01-06T10:00:00Z
---
# Parser

Please review the parser.
""",
    )
    assert (draft.id, draft.sender, draft.recipients) == ("req-7", "mara", ("ben", "noor"))
    assert draft.due == Stamp(datetime(2026, 1, 6, 10, tzinfo=UTC))
    assert draft.stamp == Stamp(datetime(2026, 1, 5, tzinfo=UTC), has_time=False)
    assert draft.asks
    assert [reference.target for reference in draft.references] == [
        "2026-01-04-ben-to-mara-grammar.md"
    ]
    assert (draft.start, draft.end, draft.title) == (1, 11, "Parser")


@pytest.mark.parametrize(
    ("path", "text", "sender", "recipients"),
    [
        ("c/2026-01-05-mara-to-ben-parser-request.md", "x", "mara", ("ben",)),
        ("c/2026-01-05-to-ben-from-mara.md", "x", "mara", ("ben",)),
        ("c/2026-01-05-to-noor-two-from-mara-parser.md", "x", "mara", ("noor-two",)),
        ("c/2026-01-05-mara-followup-to-ben.md", "x", "mara", ("ben",)),
        ("c/2026-01-05-mara-followup-ben.md", "x", "mara", ("ben",)),
        ("inbox/ben/2026-01-05-from-mara-parser.md", "x", "mara", ("ben",)),
        ("inbox/ben/20260105_101500_mara_request_check-the-parser.md", "x", "mara", ("ben",)),
        ("c/2026-01-05-mara-to-all-agents.md", "x", "mara", ("*",)),
        ("c/parser.md", "# Mara -> Ben (2026-01-05, Parser Update)", "mara", ("ben",)),
        ("c/parser.md", "# Mara → Noor Two, Ben", "mara", ("ben", "noor-two")),
        ("c/parser.md", "# From Mara to Ben (2026-01-05)", "mara", ("ben",)),
        ("c/parser.md", "# Message to Ben (From Mara)", "mara", ("ben",)),
        ("c/parser.md", "From: Mara\nTo: Ben, Noor Two\n\nHello", "mara", ("ben", "noor-two")),
        ("c/parser.md", "**From:** mara\n**To:** all\n\nHello", "mara", ("*",)),
        ("general/2026-01-05-mara-progress-update-03.md", "# Progress", "mara", ("*",)),
        ("inbox/ben/hello.md", "Hi ben,\nthe parser is done.\n\n-- Mara", "mara", ("ben",)),
        ("c/parser.md", "| From | mara |\n|---|---|\n| To | ben |\n\nHello", "mara", ("ben",)),
        ("c/parser.md", "**From:** mara   **To:** ben\n\nHello", "mara", ("ben",)),
        ("c/x.md", '---json\n{"from": "mara", "to": ["ben"]}\n---\nHello', "mara", ("ben",)),
        ("general/2026-01-05-release.md", "# Release", None, ("*",)),
        ("general/note.md", "# Implementation Progress\n\nOwner: Ivo.", "ivo", ("*",)),
    ],
)
def test_who_writes_to_whom_is_told_by_name_header_or_title(
    path: str, text: str, sender: str | None, recipients: tuple[str, ...]
) -> None:
    assert who(path, text) == (sender, recipients)


def test_a_header_goes_before_the_file_name() -> None:
    assert who("c/2026-01-05-mara-to-ben.md", "From: ivo\nTo: mara\n") == ("ivo", ("mara",))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bot_chat/README.md", "# Chat\n\nFrom: mara\nTo: ben"),
        ("bot_chat/mara/progress-log.md", "# Mara Progress Log\n\n- 2026-01-05 10:00Z parser done"),
        ("bot_chat/mara/plan.md", "# Plan\n\nPlease wait."),
        ("bot_chat/mara/inbox-status.md", "# Inbox\n\n- 2026-01-05-ben-to-mara.md: read"),
        ("bot_chat/mara/outbox-log.md", "# Sent\n\n## Mara -> Ben"),
        ("bot_chat/contracts/billing.md", "# Backend -> Frontend contract"),
        ("bot_chat/note-template.md", "# <from> -> <to>"),
        ("bot_chat/mara/notes.md", "# Coverage (Feature -> Page)\n\n## Steps (`1` -> `6`)\n\nText"),
        ("bot_chat/empty.md", ""),
    ],
)
def test_logs_plans_contracts_and_templates_are_no_messages(path: str, text: str) -> None:
    assert read(path, text) == ()


def test_the_time_of_a_message_is_the_surest_that_it_bears() -> None:
    path = "inbox/ben/20260105_101500_mara_request_parser.md"
    assert one(path, "# Parser").stamp == Stamp(datetime(2026, 1, 5, 10, 15, tzinfo=UTC))
    headed = "# Parser\n\nFrom: mara\nTo: ben\nCreated: 2026-01-05T12:15:00+02:00\n"
    stamp = one(path, headed).stamp
    assert stamp is not None
    assert stamp.iso() == "2026-01-05T12:15:00+02:00"


def test_a_byte_order_mark_and_conflict_markers_are_no_text() -> None:
    text = (
        "\ufeff# Mara -> Ben (2026-01-05)\n<<<<<<< HEAD\nPlease review.\n=======\n>>>>>>> other\n"
    )
    assert one("c/x.md", text).title == "Mara -> Ben (2026-01-05)"
    assert one("c/x.md", text).asks


THREAD = """# Parser thread

## mara -> ben, 2026-01-05 10:00Z
Can you send me the grammar?

**ben** (10:05Z): ack, will send it

## ben -> mara, 2026-01-05 11:00Z
Here it is: `docs/grammar.txt`.
"""


def test_each_turn_of_a_thread_is_a_message_of_its_own() -> None:
    drafts = read("bot_chat/parser-thread.md", THREAD)
    assert [(draft.path, draft.sender, draft.recipients, draft.end) for draft in drafts] == [
        ("bot_chat/parser-thread.md#L3", "mara", ("ben",), 4),
        ("bot_chat/parser-thread.md#L6", "ben", ("mara",), 6),
        ("bot_chat/parser-thread.md#L8", "ben", ("mara",), 9),
    ]
    times = [draft.stamp.iso() for draft in drafts if draft.stamp]
    assert times == [
        "2026-01-05T10:00:00+00:00",
        "2026-01-05T10:05:00+00:00",
        "2026-01-05T11:00:00+00:00",
    ]


def test_a_turn_appended_to_a_message_makes_the_file_a_thread() -> None:
    text = (
        "# Mara -> Ben (2026-01-05)\n\nPlease review.\n\n## Ben -> Mara, 2026-01-05 10:00Z\nDone.\n"
    )
    drafts = read("c/2026-01-05-mara-to-ben.md", text)
    assert [draft.path for draft in drafts] == [
        "c/2026-01-05-mara-to-ben.md#L1",
        "c/2026-01-05-mara-to-ben.md#L5",
    ]
    assert [draft.end for draft in drafts] == [4, 6]


def test_an_arrow_in_a_heading_of_a_directed_message_begins_no_turn() -> None:
    text = "# Mara -> Ben (2026-01-05)\n\n## Old table -> new table\n\n- moved\n"
    assert [draft.path for draft in read("c/2026-01-05-mara-to-ben.md", text)] == [
        "c/2026-01-05-mara-to-ben.md"
    ]


def test_a_line_between_pipes_is_a_message() -> None:
    text = """# Channel

MSG | 2026-01-05 10:00:00 +01:00 | mara | to:ben | type:request | note:Rerun the tests
MSG | 2026-01-05 10:01:00 +01:00 | ben | to:all | type:info | note:Tests are running
"""
    first, second = read("chat.md", text)
    assert (first.path, first.sender, first.recipients, first.asks) == (
        "chat.md#L3",
        "mara",
        ("ben",),
        True,
    )
    assert (second.path, second.sender, second.recipients, second.asks) == (
        "chat.md#L4",
        "ben",
        ("*",),
        False,
    )


def test_lines_with_a_time_and_a_speaker_are_messages() -> None:
    text = """[2026-01-05 10:05Z] mara: @ben could you rerun the tests?
[10:09Z] ben: on it
[10:20Z] ben -> mara: 12 passed
10:40Z noor: can someone look at the billing page?
"""
    drafts = read("chat.md", text)
    assert [(draft.sender, draft.recipients) for draft in drafts] == [
        ("mara", ("ben",)),
        ("ben", ("mara",)),
        ("ben", ("mara",)),
        ("noor", ("*",)),
    ]
    assert [draft.stamp.iso() for draft in drafts if draft.stamp][-1] == "2026-01-05T10:40:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "[10:05] Tests: 12 passed\n[10:09] Page: done\n",
        "**Last Update**: 2026-01-05 10:05Z\n**Next Update**: 2026-01-05 11:05Z\n",
        "10:05 - Moved to Redis: faster\n10:06 - Parser: done\n",
        "## 10:00Z Parser\n\n## 10:05Z Left -> right index\n\n## 10:10Z Page\n",
    ],
)
def test_labels_in_a_log_are_no_speakers(text: str) -> None:
    assert read("inbox/mara/2026-01-05-hours.md", text) == ()


def test_a_table_of_messages_has_a_message_a_row() -> None:
    text = """| Time | From | To | Message |
|---|---|---|---|
| 2026-01-05 10:00Z | mara | ben | Please send the figures |
| 2026-01-05 10:10Z | ben | mara | Sent: see the page |
"""
    assert [(draft.path, draft.sender, draft.recipients) for draft in read("c/t.md", text)] == [
        ("c/t.md#L3", "mara", ("ben",)),
        ("c/t.md#L4", "ben", ("mara",)),
    ]


def test_what_a_message_points_at_is_classified_by_line_then_introduction_then_heading() -> None:
    draft = one(
        "c/2026-01-05-mara-to-ben.md",
        """# Mara -> Ben (2026-01-05)

Acknowledged:
- `c/a.md`
- answers b.md

## Follow-up on pending requests
- [c](../c/c.md)

## Notes
- see c/d.md
- awaiting an answer to e.md
""",
    )
    assert [(item.kind, item.target, item.line) for item in draft.references] == [
        (LinkKind.ACKS, "c/a.md", 4),
        (LinkKind.ANSWERS, "b.md", 5),
        (LinkKind.FOLLOWS_UP, "../c/c.md", 8),
        (LinkKind.MENTIONS, "c/d.md", 11),
        (LinkKind.MENTIONS, "e.md", 12),
    ]


def test_a_written_kind_tells_what_is_done_to_what_is_only_named() -> None:
    text = "From: ben\nTo: mara\nType: ack\n\n## Related\n- inbox/ben/a.md\n"
    assert [item.kind for item in one("c/x.md", text).references] == [LinkKind.ACKS]


@pytest.mark.parametrize(
    "matter",
    ["[" * 4000, "from: [mara", "from: {a: b}", "- a\n- b", "due: 2026-13-45", "\t", "a: &a [*a]"],
)
def test_front_matter_that_is_no_proper_yaml_is_text_like_any_other(matter: str) -> None:
    drafts = read("c/2026-01-05-mara-to-ben.md", f"---\n{matter}\n---\n# Mara -> Ben\n")
    assert [draft.sender for draft in drafts] == ["mara"]


def test_a_draft_stays_small_whatever_the_message() -> None:
    words = " ".join(f"word{n}" for n in range(5000))
    paths = "\n".join(f"- see c/file-{n}.md" for n in range(500))
    draft = one("c/2026-01-05-mara-to-ben.md", f"# {'long ' * 500}\n\n{words}\n{paths}\n")
    assert len(draft.title) <= 200
    assert len(draft.topics) <= 40
    assert len(draft.references) <= 60


_PIECES = st.sampled_from(
    [
        "# ",
        "## mara -> ben",
        " 10:05Z",
        "**ben** (10:05Z): ",
        "| a | b |",
        "---",
        "from: x",
        "`a.md`",
        "- ",
        "please ",
        "```",
        "MSG | 2026-01-05 | a | to:b |",
        "[REQ-1]",
        "\t",
        "\ufeff",
        "\u2028",
        "2026-01-05",
    ]
)


@given(
    st.lists(
        st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=6).map("".join), max_size=12
    )
)
def test_any_text_is_read_without_an_exception(lines: list[str]) -> None:
    for path in ("c/2026-01-05-mara-to-ben.md", "general/x.md", "c/thread.md"):
        assemble(read_chat(path, lines, UTC), {})


@pytest.mark.parametrize(
    "line",
    [
        "a-" * 40_000,
        "`" * 80_000,
        "**a " * 20_000,
        "| " * 40_000,
        "# " * 40_000,
        "a@" * 40_000,
        "please " * 9000,
    ],
)
def test_a_huge_line_is_read_in_its_first_part_only(line: str) -> None:
    read("c/2026-01-05-mara-to-ben.md", f"# Mara -> Ben\n{line}\n- {line}\n## {line}")
