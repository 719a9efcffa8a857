"""Read labelled files with the parser alone: no command, no store, no configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import PurePosixPath

from benchmarks.labels import LabelSet, file_of, find_files, siblings
from rollcall.model import Entry
from rollcall.names import agent_of_path, describe_left_out, describe_litter, split_date
from rollcall.parse.chat import read_chat
from rollcall.parse.feedback import initial_state, read_feedback
from rollcall.parse.threads import Conversation, assemble
from rollcall.places import CHAT_SUFFIXES
from rollcall.roster import slugify
from rollcall.tail import read_whole

ARRIVAL = date(2000, 1, 1)
"""The day of arrival where no name, title or stamp gives one: no labelled file is that old."""


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry as read, with the slug of the agent that wrote it."""

    agent: str
    entry: Entry


def read_entries(labels: LabelSet) -> Mapping[str, tuple[ReadEntry, ...]]:
    """Read every feedback file that the labels name."""
    files = find_files(labels.root, (label.file for label in labels.entries))
    found = {}
    for name, file in files.items():
        path = PurePosixPath(file.path.as_posix())
        _, day = split_date(path.stem)
        state = initial_state(str(path), day or ARRIVAL)
        entries = read_feedback(read_whole(file.path), state, UTC).entries
        of_file = agent_of_path(path)
        found[name] = tuple(ReadEntry(slugify(entry.author or of_file), entry) for entry in entries)
    return found


def read_messages(labels: LabelSet) -> Conversation:
    """Read every chat file that the labels name, with the others in its folder, as one talk.

    A file that holds several labelled messages is read without the others in its folder: a chat or
    an event log often stands among files that are none.
    """
    files = find_files(labels.root, (file_of(label.path) for label in labels.messages))
    alone = {file_of(label.path) for label in labels.messages if "#L" in label.path}
    paths = {name: found.path for name, found in files.items()}
    for name, found in files.items():
        if name not in alone:
            for near, path in siblings(found, CHAT_SUFFIXES):
                if not describe_left_out(path.name) and not describe_litter(path.name):
                    paths.setdefault(near, path)
    drafts = [
        draft
        for name, path in sorted(paths.items())
        for draft in read_chat(name, read_whole(path), UTC)
    ]
    return assemble(drafts, {})
