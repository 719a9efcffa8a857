"""The hand-written examples: every entry and message is read whole as a careful reader labelled it.

A label with ``misread`` says what is still read wrongly: its test must fail, so that a fix is noticed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet
from benchmarks.labels import (
    DependencyLabel,
    EntryLabel,
    LabelSet,
    MessageLabel,
    file_of,
    load_sets,
)
from benchmarks.reading import ReadEntry, read_entries, read_messages
from benchmarks.scoring import same_time

from rollcall.model import Message
from rollcall.parse.threads import Conversation

EXAMPLES = Path(__file__).parent / "examples"
SETS = {one.root.name: one for one in load_sets(EXAMPLES)}
RENAMES = json.loads((EXAMPLES / "renames.json").read_text(encoding="utf-8"))

Label = TypeVar("Label", EntryLabel, MessageLabel, DependencyLabel)


@cache
def entries_of(team: str) -> dict[str, tuple[ReadEntry, ...]]:
    return dict(read_entries(SETS[team]))


@cache
def talk_of(team: str) -> Conversation:
    return read_messages(SETS[team])


def each(
    labels: Callable[[LabelSet], Iterable[Label]], name: Callable[[Label], str]
) -> list[ParameterSet]:
    """Return a parameter set for each label; one that is misread must fail."""
    found = []
    for team, one in SETS.items():
        for label in labels(one):
            marks = (
                [pytest.mark.xfail(reason=label.misread, raises=AssertionError)]
                if label.misread
                else []
            )
            found.append(pytest.param(team, label, id=f"{team}/{name(label)}", marks=marks))
    return found


@pytest.mark.parametrize(
    ("team", "label"),
    each(
        lambda one: (label for label in one.entries if label.entry),
        lambda label: f"{label.file}:{label.start}",
    ),
)
def test_an_entry_is_read_as_labelled(team: str, label: EntryLabel) -> None:
    read = {one.entry.start: one for one in entries_of(team)[label.file]}
    assert label.start in read
    agent, entry = read[label.start].agent, read[label.start].entry

    assert {
        "end": entry.end,
        "agent": agent,
        "timestamp": label.timestamp if same_time(label, entry.stamp) else str(entry.stamp),
        "evidence": [kind.value for kind in entry.kinds],
        "fallback": entry.fallback,
        "proof": entry.proof,
        "blocked_on": entry.blocked_on is not None,
    } == {
        "end": label.end,
        "agent": label.agent,
        "timestamp": label.timestamp,
        "evidence": list(label.evidence or ()),
        "fallback": label.fallback,
        "proof": label.proof,
        "blocked_on": label.blocked_on,
    }


@pytest.mark.parametrize(
    ("team", "label"),
    each(
        lambda one: (label for label in one.entries if not label.entry),
        lambda label: f"{label.file}:{label.start}",
    ),
)
def test_no_entry_begins_where_none_does(team: str, label: EntryLabel) -> None:
    starts = {one.entry.start for one in entries_of(team)[label.file]}

    assert label.start not in starts if label.start else starts == set()


@pytest.mark.parametrize("team", SETS)
def test_nothing_but_what_is_labelled_is_an_entry(team: str) -> None:
    labelled = {(label.file, label.start) for label in SETS[team].entries if label.start}
    read = {(file, one.entry.start) for file, ones in entries_of(team).items() for one in ones}

    assert read - labelled == set()


def said(message: Message) -> dict[str, object]:
    return {
        "sender": message.sender,
        "recipients": sorted(message.recipients),
        "date": message.stamp.at.date().isoformat() if message.stamp else None,
        "asks": message.asks,
        "ask_of": sorted(message.ask_of),
        "acks": sorted(message.acks),
        "answers": sorted(message.answers),
        "follows_up": sorted(message.follows_up),
    }


@pytest.mark.parametrize(
    ("team", "label"),
    each(
        lambda one: (label for label in one.messages if label.message),
        lambda label: label.path,
    ),
)
def test_a_message_is_read_as_labelled(team: str, label: MessageLabel) -> None:
    read = {message.path: message for message in talk_of(team).messages}
    assert label.path in read

    assert said(read[label.path]) == {
        "sender": label.sender,
        "recipients": sorted(label.recipients),
        "date": label.date,
        "asks": label.asks,
        "ask_of": sorted(label.ask_of),
        "acks": sorted(label.acks),
        "answers": sorted(label.answers),
        "follows_up": sorted(label.follows_up),
    }


@pytest.mark.parametrize("team", SETS)
def test_nothing_but_what_is_labelled_is_a_message(team: str) -> None:
    labelled = {label.path for label in SETS[team].messages if label.message or label.misread}
    read = {message.path for message in talk_of(team).messages}

    assert read - labelled == set()


@pytest.mark.parametrize(
    ("team", "label"),
    each(lambda one: one.dependencies, lambda label: f"{label.request} of {label.provider}"),
)
def test_who_waits_for_whom_is_read_as_labelled(team: str, label: DependencyLabel) -> None:
    read = {(one.request, one.provider): one for one in talk_of(team).dependencies}
    found = read.get((label.request, label.provider))
    states = () if found is None else (found.state.value,)

    assert states == label.states
    assert (found and (found.requester, found.by)) == (
        (label.requester, label.by) if label.states else None
    )


@pytest.mark.parametrize("team", SETS)
def test_nobody_waits_but_who_is_labelled(team: str) -> None:
    labelled = {(label.request, label.provider) for label in SETS[team].dependencies}
    read = {(one.request, one.provider) for one in talk_of(team).dependencies}

    assert read - labelled == set()


@pytest.mark.parametrize("team", SETS)
def test_every_file_of_the_examples_is_labelled(team: str) -> None:
    one = SETS[team]
    labelled = {label.file for label in one.entries} | {file_of(m.path) for m in one.messages}
    files = {
        path.relative_to(one.root).as_posix()
        for path in one.root.rglob("*")
        if path.is_file() and path.parent != one.root
    }

    assert files == labelled


def test_there_are_as_many_examples_as_promised() -> None:
    entries = [label for one in SETS.values() for label in one.entries if label.entry]
    messages = [label for one in SETS.values() for label in one.messages if label.message]

    assert (len(SETS) >= 8, len(entries) >= 150, len(messages) >= 60) == (True, True, True)


# --- the same with other names ------------------------------------------------------------------


def _pattern() -> re.Pattern[str]:
    """Match each word to be renamed, as a word or between ``-``, ``_``, digits and spaces."""
    words = sorted(RENAMES, key=len, reverse=True)
    parts = ("[-_ ]".join(map(re.escape, re.split("[-_ ]", word))) for word in words)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(parts)})(?![A-Za-z])", re.IGNORECASE)


_WORDS = _pattern()
_BY_KEY = {re.sub("[-_ ]", "-", word): other for word, other in RENAMES.items()}


def renamed(text: str) -> str:
    """Put other names for all agents and projects, in the same case and with the same joints."""

    def other(found: re.Match[str]) -> str:
        word = found[0]
        joints = iter(re.findall("[-_ ]", word))
        new = re.sub("[-_ ]", lambda _: next(joints), _BY_KEY[re.sub("[-_ ]", "-", word).lower()])
        if word.isupper():
            return new.upper()
        if word.istitle():
            return new.title()
        return new.capitalize() if word[0].isupper() else new

    return _WORDS.sub(other, text)


def _copy_renamed(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            encoding = _encoding_of(raw)
            to = target / renamed(path.relative_to(source).as_posix())
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(renamed(raw.decode(encoding)).encode(encoding))


def _encoding_of(raw: bytes) -> str:
    if raw.startswith(b"\xff\xfe"):
        return "utf-16"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _whole_entries(read: dict[str, tuple[ReadEntry, ...]]) -> str:
    rows = [
        {
            "file": file,
            "lines": [one.entry.start, one.entry.end],
            "agent": one.agent,
            "stamp": str(one.entry.stamp),
            "title": one.entry.title,
            "evidence": [[item.kind, item.line, item.text] for item in one.entry.evidence],
            "fallback": one.entry.fallback,
            "blocked_on": one.entry.blocked_on,
        }
        for file, ones in read.items()
        for one in ones
    ]
    return "\n".join(sorted(json.dumps(row, ensure_ascii=False) for row in rows))


def _whole_talk(talk: Conversation) -> list[str]:
    messages = [json.dumps([one.path, one.title, said(one)]) for one in talk.messages]
    waits = [
        json.dumps([one.request, one.requester, one.provider, one.state, one.by])
        for one in talk.dependencies
    ]
    return [*messages, *waits]


def _ordered(rows: Iterable[str]) -> list[str]:
    """Order rows, and the names in each, whatever order their names had put them in."""
    return sorted(" ".join(sorted(re.split(r"[,\[\]{} ]+", row))) for row in rows)


@pytest.mark.parametrize("team", SETS)
def test_other_names_of_agents_and_projects_change_no_reading(team: str, tmp_path: Path) -> None:
    _copy_renamed(SETS[team].root, tmp_path / team)
    (other,) = load_sets(tmp_path)

    entries = _whole_entries(dict(read_entries(other))).splitlines()
    assert _ordered(entries) == _ordered(renamed(_whole_entries(entries_of(team))).splitlines())
    assert _ordered(_whole_talk(read_messages(other))) == _ordered(
        renamed(row) for row in _whole_talk(talk_of(team))
    )


def test_every_agent_and_every_team_has_another_name() -> None:
    agents = {label.agent for one in SETS.values() for label in one.entries if label.agent}
    agents |= {label.sender for one in SETS.values() for label in one.messages if label.sender}
    names = {*SETS, *agents}

    assert {name for name in names if renamed(name) == name} == set()
    assert len({renamed(name) for name in names}) == len(names)
    assert {renamed(name) for name in names} & names == set()


def test_what_is_still_misread_is_told_in_the_readme() -> None:
    told = (EXAMPLES / "README.md").read_text(encoding="utf-8").partition("## Still misread")[2]
    misread = {label.file for one in SETS.values() for label in one.entries if label.misread}
    misread |= {label.path for one in SETS.values() for label in one.messages if label.misread}

    assert {Path(path).name for path in misread} == {
        Path(path.partition(":")[0]).name for path in re.findall(r"`(\w+/\S+\.md)", told)
    } - set(_only_waited_on())


def _only_waited_on() -> list[str]:
    """Return the messages that are read well, while who waits on them is not."""
    messages = {label.path for one in SETS.values() for label in one.messages if label.misread}
    waits = {d.request for one in SETS.values() for d in one.dependencies if d.misread}
    return [Path(path).name for path in waits - messages]
