"""``rollcall read``: how feedback and chat files are understood."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from rollcall.cli.explain import (
    explanation_json,
    show_explained_conversation,
    show_explained_entry,
)
from rollcall.cli.opening import open_workspace
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from rollcall.cli.output import (
    NOTHING,
    clean,
    complain,
    print_json,
    say,
    say_count,
    show_table,
    stamp_text,
)
from rollcall.config import Settings, load_settings
from rollcall.errors import SourceUnreadable, WorkspaceMissing
from rollcall.model import Dependency, DependencyState, Draft, Entry, Message
from rollcall.names import (
    agent_of_path,
    describe_left_out,
    describe_left_out_folder,
    describe_litter,
    split_date,
)
from rollcall.parse.chat import read_chat
from rollcall.parse.days import settle_days
from rollcall.parse.feedback import initial_state, read_feedback
from rollcall.parse.threads import Conversation, assemble
from rollcall.places import CHAT_SUFFIXES
from rollcall.roster import Roster, slugify
from rollcall.tail import read_whole

OUTSIDE = 3
LONGEST_TITLE = 80
_FEEDBACK_SUFFIXES = frozenset({".md", ".markdown", ".txt", ".jsonl", ".ndjson"})

app = typer.Typer(no_args_is_help=True)

ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Show the words that told, and each one's rule.")
]
Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, or folders of them.")]


@app.command("feedback")
def show_feedback(
    paths: Paths,
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
    is_explained: ExplainOption = False,
) -> None:
    """Show the entries of feedback files: whose, when, and what in them can be checked."""
    reading = _Reading(_settings(workspace, config, overrides))
    rows = []
    for path, lines in reading.files(paths, _FEEDBACK_SUFFIXES):
        entries = reading.entries(path, lines)
        owner = reading.owner_of(path, entries)
        for entry in entries:
            agent = reading.name_of(entry.author) if entry.author else owner
            rows.append(_entry_row(path, entry, agent))
            if as_json:
                told = {"explanation": explanation_json(entry, lines)} if is_explained else {}
                print_json(_entry_json(path, entry, agent) | told)
            elif is_explained:
                show_explained_entry(path, entry, agent, lines)
    if not as_json:
        if not is_explained:
            show_table(("Where", "Agent", "When", "Proof", "Evidence", "Title"), rows)
        proofs = sum(row[3] != NOTHING for row in rows)
        say(f"{'1 entry' if len(rows) == 1 else f'{len(rows)} entries'}, {proofs} with proof.")
    reading.leave()


@app.command("chat")
def show_chat(
    paths: Paths,
    *,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
    is_explained: ExplainOption = False,
) -> None:
    """Show the messages of chat files and folders, and who waits for whom."""
    settings = _settings(workspace, config, overrides)
    reading = _Reading(settings)
    drafts: list[Draft] = []
    read: dict[str, Sequence[str]] = {}
    for path, lines in reading.files(paths, CHAT_SUFFIXES):
        read[str(path)] = lines
        drafts += read_chat(str(path), lines, settings.workspace.timezone)
    talk = assemble(drafts, _aliases(settings))
    if as_json:
        for message in talk.messages:
            told = {"links": _links_json(talk, message)} if is_explained else {}
            print_json(_message_json(message) | told)
        for dependency in talk.dependencies:
            print_json(_dependency_json(dependency))
    elif is_explained:
        show_explained_conversation(talk, drafts, read)
        _count_dependencies(talk)
    else:
        _show_conversation(talk)
    reading.leave()


@dataclass(slots=True)
class _Reading:
    """One call's reading: the settings, and whether a path could not be read."""

    settings: Settings
    failed: bool = False
    roster: Roster = field(init=False)

    def __post_init__(self) -> None:
        self.roster = Roster.build(_aliases(self.settings), ())

    def files(
        self, paths: Sequence[Path], suffixes: frozenset[str]
    ) -> Iterator[tuple[Path, Sequence[str]]]:
        """Read each file, and each folder's, once; say which cannot be read, and go on."""
        found = (file for path in paths for file in self._expand(path, suffixes))
        for path in dict.fromkeys(found):
            try:
                yield path, read_whole(path)
            except FileNotFoundError:
                self._refuse(path, "there is no such file")
            except SourceUnreadable as error:
                self._refuse(path, str(error).removeprefix(f"{path}: "))

    def entries(self, path: Path, lines: Sequence[str]) -> Sequence[Entry]:
        """Read a file's entries; see ``settle_days`` for the days of times of day alone."""
        zone = self.settings.workspace.timezone
        _, day = split_date(path.stem)
        changed = datetime.fromtimestamp(path.stat().st_mtime, zone)
        state = initial_state(str(path), day or changed.date())
        return settle_days(read_feedback(lines, state, zone).entries, changed)

    def owner_of(self, path: Path, entries: Sequence[Entry]) -> str:
        """Return whose a file is by its path; empty for one that many agents sign in."""
        authors = {slugify(one.author) for one in entries if one.author}
        if len(authors) > 1 or (authors and initial_state(str(path), date.min).shared):
            return ""
        return self.name_of(agent_of_path(PurePosixPath(path.absolute().as_posix())))

    def name_of(self, name: str) -> str:
        """Return the slug of an agent, by whatever alias it is called."""
        return self.roster.known(name) or slugify(name)

    def leave(self) -> None:
        """End with the exit code for a failure outside if a path could not be read."""
        if self.failed:
            raise typer.Exit(OUTSIDE)

    def _expand(self, path: Path, suffixes: frozenset[str]) -> Iterator[Path]:
        """Yield the path itself, or, of a folder, the files below it that may be sources."""
        if not path.is_dir():
            yield path
            return
        for folder, folders, names in os.walk(path, onerror=self._refuse_folder):
            folders[:] = sorted(name for name in folders if not describe_left_out_folder(name))
            for name in sorted(names):
                left_out = describe_litter(name) or describe_left_out(name)
                if Path(name).suffix.lower() in suffixes and not left_out:
                    yield Path(folder, name)

    def _refuse_folder(self, error: OSError) -> None:
        self._refuse(Path(error.filename), f"cannot be listed: {error.strerror}")

    def _refuse(self, path: Path, why: str) -> None:
        self.failed = True
        complain(f"{path}: {why}")


def _settings(
    workspace: Path | None, config: Path | None, overrides: Sequence[str] | None
) -> Settings:
    """Return the settings of the workspace around us, or the defaults where there is none."""
    try:
        return open_workspace(workspace, config, overrides).settings
    except WorkspaceMissing:
        return load_settings(None, name="--set", overrides=tuple(overrides or ()))


def _aliases(settings: Settings) -> dict[str, Sequence[str]]:
    return {slug: agent.aliases for slug, agent in settings.agents.items()}


def _entry_json(path: Path, entry: Entry, agent: str) -> dict[str, object]:
    guessed = entry.stamp is not None and entry.stamp.day_is_guess
    return {
        "file": str(path),
        "start": entry.start,
        "end": entry.end,
        "agent": agent,
        "timestamp": None if entry.stamp is None else entry.stamp.iso(),
        "title": clean(entry.title),
        "evidence": [kind.value for kind in entry.kinds],
        "fallback": entry.fallback,
        "proof": entry.proof,
        "blocked_on": None if entry.blocked_on is None else clean(entry.blocked_on),
    } | ({"day_guessed": True} if guessed else {})


def _entry_row(path: Path, entry: Entry, agent: str) -> tuple[str, ...]:
    return (
        f"{path}:{entry.start}",
        agent or NOTHING,
        stamp_text(entry.stamp),
        "yes" if entry.proof else NOTHING,
        " ".join(kind.value for kind in entry.kinds) or NOTHING,
        clean(entry.title, LONGEST_TITLE),
    )


def _message_json(message: Message) -> dict[str, object]:
    return {
        "kind": "message",
        "path": message.path,
        "start": message.start,
        "end": message.end,
        "sender": message.sender,
        "recipients": list(message.recipients),
        "date": None if message.stamp is None else message.stamp.iso(),
        "asks": message.asks,
        "ask_of": list(message.ask_of),
        "acks": list(message.acks),
        "answers": list(message.answers),
        "follows_up": list(message.follows_up),
        "mentions": list(message.mentions),
    }


def _links_json(talk: Conversation, message: Message) -> list[dict[str, str]]:
    return [
        {"kind": link.kind.value, "target": link.target, "reason": clean(link.reason)}
        for link in talk.links
        if link.source == message.path
    ]


def _dependency_json(dependency: Dependency) -> dict[str, object]:
    return {
        "kind": "dependency",
        "request": dependency.request,
        "requester": dependency.requester,
        "provider": dependency.provider,
        "state": dependency.state.value,
        "by": dependency.by,
    }


def _show_conversation(talk: Conversation) -> None:
    show_table(
        ("Message", "From", "To", "When", "Does", "Title"), [_message_row(m) for m in talk.messages]
    )
    say(f"{say_count(len(talk.messages), 'message')}.")
    if talk.dependencies:
        say()
        rows = [
            (
                one.request,
                one.requester or NOTHING,
                one.provider,
                one.state.value,
                one.by or NOTHING,
            )
            for one in talk.dependencies
        ]
        show_table(("Request", "Asked by", "Asked of", "State", "By"), rows)
    _count_dependencies(talk)


def _count_dependencies(talk: Conversation) -> None:
    still_open = sum(one.state is DependencyState.OPEN for one in talk.dependencies)
    say(f"Dependencies: {len(talk.dependencies)}, of which {still_open} open.")


def _message_row(message: Message) -> tuple[str, ...]:
    does = {
        "asks": message.asks,
        "acknowledges": message.acks,
        "answers": message.answers,
        "follows up": message.follows_up,
    }
    return (
        message.path,
        message.sender or NOTHING,
        ", ".join(message.recipients) or NOTHING,
        stamp_text(message.stamp),
        ", ".join(word for word, so in does.items() if so) or NOTHING,
        clean(message.title, LONGEST_TITLE),
    )
