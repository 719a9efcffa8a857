from __future__ import annotations

from datetime import UTC

import pytest

from rollcall.parse.chat import read_chat
from rollcall.parse.threads import assemble

TEAM = {"mara": (), "ben": (), "ivo": (), "noor-two": ()}


def who(path: str, text: str = "Hello.") -> tuple[str | None, tuple[str, ...]]:
    (message,) = assemble(read_chat(path, text.splitlines(), UTC), TEAM).messages
    return message.sender, message.recipients


@pytest.mark.parametrize(
    ("path", "recipients"),
    [
        ("inbox/ben/2026-01-05T1130Z__mara__result__parser-mended.md", ("ben",)),
        ("ben/inbox/20260105_113000_mara_result_parser.md", ("ben",)),
        ("messages/20260105_113000_mara_result_parser.md", ("*",)),
        ("c/mara-to-ben_parser-tables.md", ("ben",)),
        ("c/2026-01-05_mara_to_noor-two_late-start.md", ("noor-two",)),
        ("c/2026-01-05_0915_mara_to_noor-two_late-start.md", ("noor-two",)),
        ("c/msg_0007_mara__ben__parser.md", ("ben",)),
        ("c/REQ-004-mara-to-ben.md", ("ben",)),
        ("c/2026-01-05-mara→ben.md", ("ben",)),
        ("c/2026-01-05-mara-reply-to-ben-parser.md", ("ben",)),
        ("c/2026-01-05-mara-to-ben-and-ivo-parser.md", ("ben", "ivo")),
        ("ben/inbox/2026-01-05-from-mara.md", ("ben",)),
        ("ben/inbox/2026-01-05-parser-request-from-mara.md", ("ben",)),
        ("messages/2026-01-05-re-parser-from-mara.md", ("*",)),
        ("agents/mara/outbox/2026-01-05-to-ben.md", ("ben",)),
    ],
)
def test_the_name_of_a_file_tells_who_writes_to_whom(
    path: str, recipients: tuple[str, ...]
) -> None:
    assert who(path) == ("mara", recipients)


@pytest.mark.parametrize(
    "path",
    [
        "c/export-from-postgres.md",
        "c/2026-01-05-moved-away-from-mara.md",
        "c/outbox/2026-01-05-mara.md",
        "c/2026-01-05_0915_parser.md",
        "c/a__b.md",
    ],
)
def test_the_name_of_a_file_that_only_looks_like_one_tells_nothing(path: str) -> None:
    assert read_chat(path, ["Hello."], UTC) == ()


@pytest.mark.parametrize(
    "head",
    [
        "**Sender**: 🪴 Mara  \n**Recipient(s)**: 🌱 Ben, Ivo  ",
        "- **From:** Mara (bench 2)\n- **To:** Ben (bench 1), Ivo",
        "> From: Mara\n> To: Ben; Ivo\n> Subject: mould",
        "| Field | Value |\n|---|---|\n| From | mara |\n| To | @ben, @ivo |",
        "- **Requested by:** mara\n- **Assigned to:** ben, ivo",
        "<!-- written by hand -->\n---\nsender: mara\nreceiver: [ben, ivo]\n---",
        "From agent: Mara\nTo agent: Ben, Ivo",
        "from: {name: mara, host: truck-2}\nto:\n  - ben\n  - ivo  # copy\n---",
    ],
)
def test_a_head_tells_who_writes_to_whom(head: str) -> None:
    assert who("c/note.md", f"{head}\n\nHello.\n") == ("mara", ("ben", "ivo"))


def test_what_is_requested_by_one_and_assigned_to_another_is_asked() -> None:
    text = "# REQ-31\n\n- **Requested by:** mara\n- **Assigned to:** ben\n\nA second pump in cellar 2.\n"
    (message,) = assemble(read_chat("c/req-31.md", text.splitlines(), UTC), TEAM).messages
    assert (message.asks, message.ask_of) == (True, ("ben",))


def test_a_quoted_line_of_another_message_is_no_head() -> None:
    text = "> From: ben\n> Please tell me.\n\nIt is four.\n"
    assert who("c/2026-01-05-mara-to-ben.md", text) == ("mara", ("ben",))


@pytest.mark.parametrize("key", ["sent_at", "when", "Posted", "opened"])
def test_the_time_in_a_head_has_many_names(key: str) -> None:
    text = f"---\nfrom: mara\nto: ben\n{key}: 2026-01-05T10:00:00Z\n---\nHello.\n"
    (draft,) = read_chat("c/note.md", text.splitlines(), UTC)
    assert draft.stamp is not None
    assert draft.stamp.iso() == "2026-01-05T10:00:00+00:00"


def test_who_sends_a_directive_is_not_called_so() -> None:
    text = "# Mara Directive Broadcast — 2026-01-05T10:00Z\n\nAudience: All agents\n\nSlow down.\n"
    assert who("c/slow-down.md", text) == ("mara", ("*",))


@pytest.mark.parametrize("folder", ["c/to_ben", "c/for-ben", "inbox/ben", "ben/inbox"])
def test_what_says_only_from_whom_is_for_whose_folder_it_stands_in(folder: str) -> None:
    assert who(f"{folder}/2026-01-05.md", "# Beam 3\n\nFrom: mara\n\nIt creaks.\n") == (
        "mara",
        ("ben",),
    )
    assert read_chat("c/2026-01-05.md", ["From: mara", "", "It creaks."], UTC) == ()
