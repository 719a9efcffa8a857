from __future__ import annotations

from datetime import UTC
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from rollcall.lines import cut_lines, find_wide_encoding
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import assemble

_PATHS = (
    "c/2026-01-05-mara-to-ben.md",
    "c/ben-chat.md",
    "c/2026-01-05-log.md",
    "general/note.md",
    "agents/ben/inbox.md",
    "inbox/ben/notes.txt",
)
_STARTS = [
    "",
    "# ",
    "## ",
    "- ",
    "> ",
    "**",
    "[10:05] ",
    "10:05 <",
    "| ",
    "From: ",
    "---",
    "MSG | ",
]
_PIECES = [
    "mara",
    "ben → mara",
    "noor -> all",
    "@ben",
    "from mara",
    "Reply — ben, ",
    "2026-01-05 10:05Z",
    "10:05 AM",
    ": ",
    "> ",
    "] ",
    "**",
    "To: ben, cc: noor",
    "[REQ-1]",
    " | ",
    "to:b | note:",
    "---",
    "```",
    "please send it",
    "done, `a.md`",
    '{"from": "mara", "to": "ben", "text": "hi"}',
    "\\ud800",
    "\x85",
    "\u2028",
    "\ufeff",
]
_LINES = st.lists(
    st.tuples(
        st.sampled_from(_STARTS),
        st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=6)), max_size=4).map("".join),
    ).map("".join),
    max_size=14,
)
_BYTES = st.one_of(
    st.binary(max_size=200),
    st.tuples(_LINES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])).map(
        lambda both: "\n".join(both[0]).encode(both[1], "replace")
    ),
)


def lines_of(raw: bytes) -> tuple[str, ...]:
    return cut_lines(raw, 0, wide=find_wide_encoding(raw)).lines


@given(_BYTES)
@example(b"")
@example(b"From: mara\nTo: ben\n---\nFrom: ben\nTo: mara\n---")
@example(b"## ben -> mara, 2026-01-05 10:00Z")
def test_messages_stand_inside_their_file_one_after_another(raw: bytes) -> None:
    lines = lines_of(raw)
    for path in _PATHS:
        drafts = read_chat(path, lines, UTC)
        assert all(1 <= draft.start <= draft.end <= len(lines) for draft in drafts)
        assert all(one.end < other.start for one, other in pairwise(drafts))
        assert len({draft.path for draft in drafts}) == len(drafts)
        assemble(drafts, {})


@given(_BYTES)
def test_messages_of_a_file_of_json_stand_inside_it_in_order(raw: bytes) -> None:
    lines = lines_of(raw)
    for path in ("c/a.json", "c/a.jsonl"):
        drafts = read_chat(path, lines, UTC)
        assert all(1 <= draft.start <= draft.end <= len(lines) for draft in drafts)
        assert all(one.start <= other.start for one, other in pairwise(drafts))
        assert len({draft.path for draft in drafts}) == len(drafts)
