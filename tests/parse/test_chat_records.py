from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.model import Dependency, DependencyState, Draft, LinkKind, Reference, Stamp
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import assemble

ASK = {
    "id": "m-1",
    "ts": "2026-01-05T10:00:00Z",
    "from": "mara",
    "to": "ben",
    "type": "request",
    "body": "Please review the parser.",
}
REPLY = {
    "ts": "2026-01-05T10:05:00Z",
    "from": "ben",
    "to": ["mara"],
    "type": "response",
    "in_reply_to": "m-1",
    "body": "The third rule is ambiguous.",
}


def read(path: str, text: str) -> tuple[Draft, ...]:
    return read_chat(path, text.splitlines(), UTC)


def test_each_line_of_json_is_a_message() -> None:
    text = f"{json.dumps(ASK)}\n{json.dumps(REPLY)}\n"
    conversation = assemble(read("chat/log.jsonl", text), {})
    assert conversation.dependencies == (
        Dependency(
            "chat/log.jsonl#L1", "mara", "ben", DependencyState.ANSWERED, "chat/log.jsonl#L2"
        ),
    )
    assert [message.stamp for message in conversation.messages] == [
        Stamp(datetime(2026, 1, 5, 10, minute, tzinfo=UTC)) for minute in (0, 5)
    ]


def test_a_list_of_objects_is_read_like_lines() -> None:
    text = json.dumps([ASK, REPLY], indent=1)
    assert [draft.sender for draft in read("chat/log.json", text)] == ["mara", "ben"]


def test_messages_on_one_line_keep_places_of_their_own() -> None:
    paths = [draft.path for draft in read("chat/log.json", json.dumps([ASK, REPLY]))]
    assert paths == ["chat/log.json#L1", "chat/log.json#L1.2"]


def test_a_list_inside_an_object_is_found() -> None:
    text = json.dumps({"team": "x", "messages": [ASK, REPLY]}, indent=2)
    assert [draft.start for draft in read("chat/log.json", text)] == [4, 12]


def test_an_object_alone_is_the_message_of_its_file() -> None:
    (draft,) = read("chat/m-1.json", json.dumps(ASK, indent=2))
    assert (draft.path, draft.sender, draft.recipients, draft.id) == (
        "chat/m-1.json",
        "mara",
        ("ben",),
        "m-1",
    )


@pytest.mark.parametrize(
    ("found", "who"),
    [
        ({"sender": "mara", "recipient": "ben", "text": "x"}, ("mara", ("ben",))),
        (
            {"author": "mara", "recipients": ["ben", "noor"], "content": "x"},
            ("mara", ("ben", "noor")),
        ),
        ({"from": {"name": "mara"}, "to": "ben, noor", "msg": "x"}, ("mara", ("ben", "noor"))),
        ({"agent": "mara", "to": "all", "summary": "x"}, ("mara", ("*",))),
    ],
)
def test_the_common_keys_are_known(
    found: dict[str, object], who: tuple[str, tuple[str, ...]]
) -> None:
    (draft,) = read("chat/log.jsonl", json.dumps(found))
    assert (draft.sender, draft.recipients) == who


@pytest.mark.parametrize(
    "found",
    [
        {"agent": "mara", "summary": "tests pass", "ts": "2026-01-05T10:00:00Z"},
        {"from": "mara", "to": "ben"},
        {"from": 1.5, "to": "ben", "text": "x"},
        {"text": "x"},
        ["mara", "ben"],
        "mara",
    ],
)
def test_what_has_no_sender_recipient_or_words_is_no_message(found: object) -> None:
    assert read("chat/log.jsonl", json.dumps(found)) == ()


@pytest.mark.parametrize("ts", [1767607200, 1767607200000, "2026-01-05T10:00:00Z"])
def test_a_time_may_count_seconds_or_milliseconds(ts: object) -> None:
    (draft,) = read("chat/log.jsonl", json.dumps({**ASK, "ts": ts}))
    assert draft.stamp == Stamp(datetime(2026, 1, 5, 10, tzinfo=UTC))


def test_what_a_message_is_a_reply_to_is_acknowledged_where_it_only_receives() -> None:
    (draft,) = read("chat/log.jsonl", json.dumps({**REPLY, "type": "", "body": "Got it."}))
    assert draft.references == (Reference(LinkKind.ACKS, "m-1", 1),)


@pytest.mark.parametrize("line", ['{"from": "mara", "to"', "[" * 50000, '{"a":' * 50000, "{}", ""])
def test_a_line_that_is_no_json_costs_only_itself(line: str) -> None:
    text = f"{json.dumps(ASK)}\n{line}\n{json.dumps(REPLY)}\n"
    assert [draft.start for draft in read("chat/log.jsonl", text)] == [1, 3]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["from", "to", "text", "ts", "messages"]), inner)
        ),
    )
)
def test_any_json_is_read_without_an_exception(value: object) -> None:
    text = json.dumps(value)
    assert all(1 <= one.start <= one.end for one in read("chat/log.json", text))
    assert all(1 <= one.start <= one.end for one in read("chat/log.jsonl", text))
