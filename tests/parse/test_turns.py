from __future__ import annotations

from datetime import UTC

import pytest

from rollcall.model import Draft
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import assemble


def read(path: str, text: str) -> tuple[Draft, ...]:
    return read_chat(path, text.splitlines(), UTC)


def turns(path: str, text: str) -> list[tuple[int, str | None, tuple[str, ...], str]]:
    return [
        (one.start, one.sender, one.recipients, one.stamp.iso() if one.stamp else "")
        for one in read(path, text)
    ]


def test_the_time_of_a_turn_may_stand_on_the_line_below_its_heading() -> None:
    text = """# Handoffs

## [REQ-12] mara → ben
*2026-01-05 09:12Z*

Please send the table.

## [REQ-13] noor → ben
The table of 2026-01-04 has two rows too many, please mend it by hand.
"""
    assert turns("c/handoffs-chat.md", text) == [
        (3, "mara", ("ben",), "2026-01-05T09:12:00+00:00"),
        (8, "noor", ("ben",), "2026-01-05"),
    ]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("### Mara → Ben (2026-01-05 09:12 UTC)", "Please send the table."),
        ("### mara -> ben, 2026-01-05T09:12Z (request)", "Please send the table."),
        ("## From mara to ben, 2026-01-05 09:12Z", "Please send the table."),
        (
            "### mara → ben: the table, 2026-01-05 09:12Z",
            "mara → ben: the table, 2026-01-05 09:12Z",
        ),
        ("## [REQ-12] mara → ben, 2026-01-05 09:12Z", "[REQ-12] mara → ben, 2026-01-05 09:12Z"),
    ],
)
def test_a_heading_that_only_says_who_and_when_is_no_title(heading: str, title: str) -> None:
    (draft,) = read("c/talk.md", f"# Talk\n\n{heading}\n\nPlease send the table.\n")
    assert draft.title == title


def test_a_turn_without_a_time_is_of_the_day_of_its_file() -> None:
    text = "# Talk, 2026-01-05\n\n**mara -> ben:** please look\n\n**ben -> mara:** done\n"
    assert turns("c/talk.md", text) == [
        (3, "mara", ("ben",), "2026-01-05"),
        (5, "ben", ("mara",), "2026-01-05"),
    ]


def test_a_turn_without_any_time_has_none() -> None:
    assert turns("c/talk.md", "**mara -> ben:** please look\n") == [(1, "mara", ("ben",), "")]


@pytest.mark.parametrize(
    "heading",
    [
        "**Reply — ben, 2026-01-05 09:40Z**",
        "### Reply from ben (2026-01-05 09:40Z)",
        "### ben — 2026-01-05 09:40Z",
        "### 2026-01-05 09:40Z — ben",
        "### ben wrote (2026-01-05 09:40Z):",
    ],
)
def test_a_known_agent_with_a_time_begins_a_reply(heading: str) -> None:
    text = f"## [REQ-1] mara → ben\n2026-01-05 09:12Z\n\nPlease look.\n\n{heading}\n\nDone.\n"
    assert turns("c/requests-thread.md", text) == [
        (1, "mara", ("ben",), "2026-01-05T09:12:00+00:00"),
        (6, "ben", ("mara",), "2026-01-05T09:40:00+00:00"),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "**Result — parser, 2026-01-05 09:40Z**",
        "**Deadline: 2026-01-05 09:40Z**",
        "### What ben and noor did until 2026-01-05 09:40Z",
        "### Response to ben",
    ],
)
def test_another_heading_with_a_time_begins_none(heading: str) -> None:
    text = f"## [REQ-1] mara → ben\n2026-01-05 09:12Z\n\nPlease look.\n\n{heading}\n\nDone.\n"
    assert [one[0] for one in turns("c/requests-thread.md", text)] == [1]


def test_a_reply_appended_to_a_message_needs_only_to_say_whose_it_is() -> None:
    text = "# Tray\n\nPlease order one.\n\n## Reply from ben\n\nOrdered.\n"
    assert turns("c/2026-01-05-mara-to-ben.md", text) == [
        (1, "mara", ("ben",), "2026-01-05"),
        (5, "ben", ("mara",), "2026-01-05"),
    ]


def test_what_a_reply_appended_later_bears_is_not_the_time_of_the_message() -> None:
    text = "# Tray\n\nPlease order one.\n\n## ben, 2026-01-06 06:00Z\n\nIt came.\n"
    assert [one[3] for one in turns("c/2026-01-05-mara-to-ben.md", text)] == [
        "2026-01-05",
        "2026-01-06T06:00:00+00:00",
    ]


def test_a_reply_of_an_asked_agent_is_for_who_asked() -> None:
    text = """## T-4: cloth (opened by noor, 2026-01-05)
To: mara, ben

Please order some.

- **mara** (2026-01-05 10:00): ordered
- **ben** (2026-01-05 10:20): two rolls are left
"""
    assert turns("c/threads.md", text) == [
        (1, "noor", ("mara", "ben"), "2026-01-05"),
        (6, "mara", ("noor",), "2026-01-05T10:00:00+00:00"),
        (7, "ben", ("noor",), "2026-01-05T10:20:00+00:00"),
    ]


BLOCKS = """From: mara
To: ben
Date: 2026-01-05 05:20Z

Please heat the oven.

---
From: ben
To: mara, noor
Date: 2026-01-05 05:25Z

Heating.
"""


def test_lines_of_a_head_below_a_rule_begin_another_message() -> None:
    assert turns("c/oven.md", BLOCKS) == [
        (1, "mara", ("ben",), "2026-01-05T05:20:00+00:00"),
        (8, "ben", ("mara", "noor"), "2026-01-05T05:25:00+00:00"),
    ]


def test_front_matter_below_a_rule_begins_another_message() -> None:
    matter = "---\nfrom: {}\nto: [{}]\ndate: 2026-01-05T0{}:00:00Z\n---\nText.\n\n"
    text = matter.format("mara", "ben", 5) + matter.format("ben", "mara, noor", 6)
    assert turns("c/oven.md", text) == [
        (1, "mara", ("ben",), "2026-01-05T05:00:00+00:00"),
        (9, "ben", ("mara", "noor"), "2026-01-05T06:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    "below",
    ["From here on: wheat.", "From: the old book", "To taste: salt", "Date: 2026-01-06"],
)
def test_a_rule_above_other_lines_begins_no_message(below: str) -> None:
    text = f"From: mara\nTo: ben\n\nPlease bake.\n\n---\n{below}\n\nRye.\n"
    assert turns("c/oven.md", text) == [(1, "mara", ("ben",), "")]


def test_sections_that_say_from_whom_are_for_the_owner_of_the_mailbox() -> None:
    text = "# Notes\n\n## 2026-01-05T08:00Z — from mara\n- Mix it.\n\n## From noor (2026-01-04 17:45Z)\nBent.\n"
    found = [(3, "mara", ("ben",), "2026-01-05T08:00:00+00:00")]
    found += [(6, "noor", ("ben",), "2026-01-04T17:45:00+00:00")]
    for path in ("inbox/ben/2026-01-05-notes.md", "agents/ben/inbox.md", "c/ben-inbox.md"):
        assert turns(path, text) == found


def test_a_section_from_something_without_a_time_is_no_message() -> None:
    assert turns("inbox/ben/2026-01-05-notes.md", "## From scratch\n\nAll new.\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "09:00 <mara> ben: need the menu from you\n09:02 <ben> mara: ok\n",
        "[09:00] mara: @ben need the menu from you\n[09:02] ben: @mara ok\n",
        "2026-01-05 09:00 [mara] @ben: the menu please\n2026-01-05 09:02 [ben] @mara: ok\n",
        "**09:00 — mara:** ben, the menu please\n**09:02 — ben:** mara, ok\n",
        "mara — 9:00 AM\n@ben the menu please\n\nben — 9:02 AM\n@mara ok\n",
        "**mara** [9:00 AM]\nBen, could you send the menu?\n\n**ben** [9:02 AM]\nMara: ok\n",
    ],
)
def test_speakers_who_call_each_other_by_name_make_a_chat(text: str) -> None:
    for path in ("c/2026-01-05.md", "c/2026-01-05-log.md"):
        assert [
            (sender, [name.casefold() for name in recipients], stamp)
            for _, sender, recipients, stamp in turns(path, text)
        ] == [
            ("mara", ["ben"], "2026-01-05T09:00:00+00:00"),
            ("ben", ["mara"], "2026-01-05T09:02:00+00:00"),
        ]


@pytest.mark.parametrize(
    "text",
    [
        "09:00 [INFO] start\n09:01 [WARN] @home is full\n",
        "09:00 mara: parser done\n09:01 ben: page done\n",
        "<div> menu\n<span> page\n",
        "mara: 9:00\nben: 9:02\n",
        "- 20:00 dome: closed\n- 20:30 dome: open\n",
    ],
)
def test_lines_of_a_log_are_no_chat(text: str) -> None:
    assert turns("c/2026-01-05-log.md", text) == []


def test_one_may_call_several() -> None:
    text = "[09:00] mara: ben, noor: sign it please\n[09:01] ben: done\n[09:02] noor: @mara @ben done\n"
    assert [one[2] for one in turns("c/chat.md", text)] == [
        ("ben", "noor"),
        ("mara",),
        ("mara", "ben"),
    ]


def test_headings_of_names_alone_are_speakers_where_one_calls_another() -> None:
    text = """### mara
*2026-01-05 08:00 UTC*

@ben please move it.

### ben
*2026-01-05 08:06 UTC*

Moved.
"""
    found = [(1, "mara", ("ben",), "2026-01-05T08:00:00+00:00")]
    found += [(6, "ben", ("mara",), "2026-01-05T08:06:00+00:00")]
    assert turns("c/cold.md", text) == found
    assert turns("c/cold.md", text.replace("@ben ", "")) == []


def test_a_table_headed_request_holds_requests() -> None:
    text = """| ID | Date | From | To | CC | {} |
|---|---|---|---|---|---|
| R-1 | 2026-01-05 | mara (north) | @ben | @noor | Two sacks of grit |
"""
    (request,) = read("c/board.md", text.format("Request"))
    assert (request.sender, request.recipients, request.copied) == (
        "mara",
        ("ben", "noor"),
        ("noor",),
    )
    assert request.asks
    (message,) = read("c/board.md", text.format("Message"))
    assert not message.asks


def test_a_table_of_journeys_holds_no_messages() -> None:
    text = "| From | To | Time | Note |\n|---|---|---|---|\n| Aford | Beham | 07:10 | daily |\n"
    assert turns("c/timetable.md", text) == []


def test_who_only_gets_a_copy_is_asked_nothing_unless_by_name() -> None:
    heads = [
        "From: mara\nTo: ben\nCC: noor\n\n",
        "From: mara\nTo: ben, cc: noor\n\n",
        "---\nfrom: mara\nto: ben\ncc: [noor]\n---\n",
        "## 2026-01-05 09:00Z — mara → ben (cc: noor)\n",
    ]
    for head in heads:
        for ask, asked in (("Please look.", ("ben",)), ("noor: please look.", ("noor",))):
            (found,) = assemble(read("c/note.md", f"{head}{ask}\n"), {}).messages
            assert (found.recipients, found.ask_of) == (("ben", "noor"), asked)


def test_a_message_to_everyone_needs_no_copies() -> None:
    (found,) = assemble(read("c/note.md", "From: mara\nTo: all, cc: noor\n\nHello.\n"), {}).messages
    assert found.recipients == ("*",)


def test_a_bold_line_with_an_arrow_and_a_time_begins_a_turn() -> None:
    text = "**2026-01-05 08:00Z | mara → all**\nCold.\n\n**2026-01-05 08:10Z | ben → mara**\nYes.\n"
    assert turns("c/channel.md", text) == [
        (1, "mara", ("*",), "2026-01-05T08:00:00+00:00"),
        (4, "ben", ("mara",), "2026-01-05T08:10:00+00:00"),
    ]


def test_an_arrow_in_chat_may_point_at_everyone() -> None:
    text = "[2026-01-05 06:00Z] mara -> *: leaving\n[2026-01-05 06:01Z] ben -> mara: wait\n"
    assert [one[2] for one in turns("c/messages.txt", text)] == [("*",), ("mara",)]


def test_sections_of_a_log_are_messages_where_those_written_to_write_too() -> None:
    sent = "## T-7 | mara -> ben | 2026-01-05 10:00Z\nNeeded.\n\n## T-8 | mara -> noor | 2026-01-05 10:30Z\nThanks.\n"
    assert turns("c/outbox-log.md", sent) == []
    both = sent.replace("mara -> noor", "ben -> mara")
    assert [one[1:3] for one in turns("c/strip-board.md", both)] == [
        ("mara", ("ben",)),
        ("ben", ("mara",)),
    ]


def test_a_reply_may_be_quoted_below_what_it_replies_to() -> None:
    text = "## [T-7] mara -> ben, 2026-01-05 10:00Z\nPlease decide.\n\n> {} (10:05Z): closed\n"
    assert turns("c/threads.md", text.format("ben"))[1:] == [
        (4, "ben", ("mara",), "2026-01-05T10:05:00+00:00")
    ]
    assert turns("c/threads.md", text.format("result"))[1:] == []


def test_headings_of_a_name_and_a_time_are_speakers_where_one_calls_another() -> None:
    text = "### 🦉 Mara · 2026-01-05 20:00Z\n@ben: is it sound?\n\n### 🐭 Ben · 2026-01-05 20:30Z\nYes.\n"
    assert [one[:3] for one in turns("c/beams.md", text)] == [
        (1, "Mara", ("ben",)),
        (4, "Ben", ("Mara",)),
    ]
    assert turns("c/beams.md", text.replace("@ben", "Beam 4")) == []


def test_headings_that_say_who_writes_to_whom_need_no_arrow_where_both_write() -> None:
    text = "# 2026-01-05\n\n## 06:00 — Mara to Ben\nThe long rake?\n\n## 06:10 — Ben to Mara, Noor\nHere.\n"
    assert turns("c/2026-01-05.md", text) == [
        (3, "Mara", ("Ben",), "2026-01-05T06:00:00+00:00"),
        (6, "Ben", ("Mara", "Noor"), "2026-01-05T06:10:00+00:00"),
    ]
    moved = "# 2026-01-05\n\n## 06:00 — Moved to Redis\n\n## 06:10 — Ported to Go\n"
    assert turns("c/2026-01-05.md", moved) == []


def test_a_name_with_an_arrow_in_bold_may_bear_a_date_alone() -> None:
    text = "1. **mara → ben** (2026-01-04): How many are left?\n2. **ben → mara** (2026-01-05): Sixty.\n"
    assert turns("c/questions.md", text) == [
        (1, "mara", ("ben",), "2026-01-04"),
        (2, "ben", ("mara",), "2026-01-05"),
    ]
