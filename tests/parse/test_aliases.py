from __future__ import annotations

from datetime import UTC
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.model import Draft
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import Conversation, assemble


def drafts_of(files: dict[str, str]) -> list[Draft]:
    return [one for path, text in files.items() for one in read_chat(path, text.split("\n"), UTC)]


def talk(files: dict[str, str]) -> Conversation:
    return assemble(drafts_of(files), {})


@pytest.mark.parametrize(
    "name", ["Press/Ink", "press-ink", "press-ink-engineer", "Press/Ink Engineer", "PRESS / INK"]
)
def test_one_agent_may_be_written_in_many_ways(name: str) -> None:
    files = {
        "c/2026-01-05-press-ink-engineer-to-ben.md": "Hello.",
        "c/2026-01-05-ben-to-press-ink.md": "Hello.",
        "c/2026-01-06-note.md": f"From: {name}\nTo: ben\n\nHello.",
    }
    conversation = talk(files)
    assert len(conversation.roster.slugs) == 2
    assert {one.sender for one in conversation.messages} == set(conversation.roster.slugs)


def test_the_beginning_of_one_name_alone_is_that_agent() -> None:
    files = {
        "c/2026-01-05-mara-to-page-engineer.md": "Hello.",
        "c/2026-01-06-note.md": "From: mara\nTo: page\n\nPlease look.",
    }
    conversation = talk(files)
    assert [message.recipients for message in conversation.messages] == [
        ("page-engineer",),
        ("page-engineer",),
    ]


def test_the_beginning_of_two_names_is_reported_and_never_guessed() -> None:
    files = {
        "c/2026-01-05-page-api-to-mara.md": "Hello.",
        "c/2026-01-05-note.md": "From: mara\nTo: page-web\n\nHello.",
        "c/2026-01-06-mara-to-all.md": "## Requests\n\n- page: please send the figures\n",
    }
    conversation = talk(files)
    assert conversation.roster.slugs == ("mara", "page-api", "page-web")
    assert conversation.roster.resolve("page") is None
    assert conversation.roster.candidates("page") == ("page-api", "page-web")
    assert conversation.roster.ambiguous == ("page",)
    (broadcast,) = [one for one in conversation.messages if one.recipients == ("*",)]
    assert set(broadcast.ask_of).isdisjoint({"page-api", "page-web"})


def test_a_name_in_brackets_is_the_same_agent_where_the_files_name_says_so() -> None:
    files = {
        "c/2026-01-05-laptop-to-ben.md": "From: ivo (laptop)\nTo: ben\n\nHello.",
        "c/2026-01-06-laptop-to-ben.md": "Hello.",
    }
    conversation = talk(files)
    assert len({message.sender for message in conversation.messages}) == 1
    assert conversation.roster.resolve("ivo") == conversation.roster.resolve("laptop")


@pytest.mark.parametrize(
    "files",
    [
        # A bracket alone may as well say where one works, or on what.
        {"c/2026-01-05-note.md": "From: ivo (laptop)\nTo: ben\n\nHello."},
        {"c/2026-01-05-laptop-to-ben.md": "From: ivo (laptop)\nTo: ben\n\nHello."}
        | {"c/2026-01-06-mara-to-laptop.md": "From: mara (laptop)\nTo: laptop\n\nHello."},
        {"c/2026-01-05-laptop-to-ben.md": "From: ivo (laptop)\nTo: ben\n\nHello."}
        | {"c/2026-01-06-ivo-to-laptop.md": "Hello."},
    ],
)
def test_two_agents_are_never_merged_on_a_guess(files: dict[str, str]) -> None:
    files = files | {"c/2026-01-07-laptop-to-ben.md": "Hello.", "c/2026-01-07-ivo-to-ben.md": "Hi."}
    roster = talk(files).roster
    assert roster.resolve("ivo") != roster.resolve("laptop")


_NAMES = st.sampled_from(
    ["page", "Page/API", "page-api", "page-api-engineer", "page-web", "ben", "ben-bot", "Ben Agent"]
)
_FILES = st.dictionaries(
    st.tuples(_NAMES, _NAMES, st.integers(1, 3)).map(
        lambda said: (
            f"c/2026-01-0{said[2]}-{said[0].replace('/', '-').replace(' ', '-').lower()}"
            f"-to-{said[1].replace('/', '-').replace(' ', '-').lower()}-topic.md"
        )
    ),
    st.tuples(_NAMES, _NAMES, _NAMES).map(
        lambda said: f"From: {said[0]} ({said[1]})\nTo: {said[2]}\n\nPlease look.\n"
    )
    | st.just("Please look.\n"),
    max_size=6,
)


@given(_FILES, st.randoms(use_true_random=False))
def test_names_resolve_the_same_whatever_the_order_of_files(
    files: dict[str, str], shuffled: Random
) -> None:
    drafts = drafts_of(files)
    expected = assemble(drafts, {})
    shuffled.shuffle(drafts)
    found = assemble(drafts, {})
    assert (found.roster, found.messages, found.dependencies) == (
        expected.roster,
        expected.messages,
        expected.dependencies,
    )
