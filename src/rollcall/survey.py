"""Look through a directory for what may be feedback or chat, by reading it: for ``rollcall init``."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from pathlib import Path, PurePosixPath

from rollcall.config.settings import ChatSettings, FeedbackSettings
from rollcall.errors import SourceUnreadable
from rollcall.names import (
    agent_of_path,
    describe_left_out,
    describe_left_out_folder,
    describe_litter,
    is_called_log,
    split_date,
    split_kind,
)
from rollcall.parse.chat import read_chat
from rollcall.parse.feedback import initial_state, read_feedback
from rollcall.patterns import PathPattern
from rollcall.places import CHAT_SUFFIXES
from rollcall.roster import slugify
from rollcall.tail import read_whole

MOST_FILES = 5_000
MOST_DEPTH = 6
_FEEDBACK_FOLDERS = frozenset(
    {"feedback", "logs", "log", "updates", "progress", "standup", "standups", "worklog", "worklogs"}
    | {"journal", "journals", "diary", "diaries"}
)
_LOG_NAMES = frozenset(
    {"progress-log", "progress", "log", "worklog", "work-log", "feedback", "journal", "devlog"}
    | {"session-log", "session-history", "sessions", "daily-log"}
)
_NOBODYS_FOLDERS = frozenset(
    {"docs", "doc", "notes", "team", "shared", "project", "planning", "plans", "reports", "agents"}
    | {"memory", "memory-bank", "coordination", "ops", "ai", "src", "status", "common"}
)
_CHAT_FOLDERS = frozenset(
    [
        "bot-chat",
        "bot_chat",
        "botchat",
        "agent-chat",
        "agent_chat",
        "chat",
        "groupchat",
        "inbox",
        "messages",
        "letters",
        "mail",
        "talk",
        "threads",
        "conversations",
        "discussions",
        "coordination",
    ]
)
_BLOCKERS_LOGS = frozenset(["blockers", "blockers-log", "blocker-log"])
_FOREIGN = frozenset(["node_modules", "vendor", "dist", "build", "target", "venv", "site-packages"])
_TEXT = frozenset([".md", ".markdown", ".txt", ".jsonl", ".ndjson"])
_MANY_ENTRIES = 3
_A_DAY_OF_ENTRIES = 10
_MOST_STRAYS = 500  # files that are called like nothing, read only to say what was left out


@dataclass(frozen=True, slots=True)
class Place:
    """Where sources stand: a feedback pattern or a chat folder, and how much was read in it.

    ``authors`` are those who sign in a log that several agents share.
    """

    path: str
    files: int
    records: int
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What looked like a source and is none, and why; ``nameless``: no agent is named in it."""

    path: str
    reason: str
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in a directory."""

    feedback: tuple[Place, ...]
    chat: tuple[Place, ...]
    blockers_logs: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    cut_short: bool


@dataclass(frozen=True, slots=True)
class _Look:
    """What reading one file showed: entries with a time stamp, with proof, signed; and by whom."""

    entries: int
    proofs: int
    signed: int
    authors: frozenset[str]

    @property
    def is_shared(self) -> bool:
        """Tell whether this is a log that several agents sign their entries in."""
        return (
            len(self.authors) > 1
            and self.signed >= _MANY_ENTRIES
            and self.signed * 2 > self.entries
        )


Follow = Callable[[Sequence[PurePosixPath]], Iterable[PurePosixPath]]


def survey(
    root: Path,
    zone: tzinfo,
    today: date,
    sink_patterns: Sequence[str],
    follow: Follow = iter,
) -> Survey:
    """Read what may be a source below ``root``; nothing is followed out of it, nothing is written.

    ``sink_patterns`` are the places in which Rollcall itself writes; ``follow`` gives the files of a
    list one by one.
    """
    sinks = [PathPattern(text) for text in sink_patterns]
    walked = _walk(root)
    logs = [one for one in walked if slugify(one.stem).replace("_", "-") in _BLOCKERS_LOGS]
    files = [
        one
        for one in walked[:MOST_FILES]
        if one not in logs and not any(sink.match(one) for sink in sinks)
    ]
    chat, chat_left_out = _find_chat(root, files, zone, follow)
    talk = [place.path for place in chat]
    feedback, left_out = _find_feedback(root, follow(files), talk, zone, today)
    return Survey(
        feedback,
        chat,
        tuple(map(str, logs)),
        (*chat_left_out, *left_out),
        len(walked) > MOST_FILES,
    )


def _walk(root: Path) -> list[PurePosixPath]:
    """List the files below ``root`` that are text, relative to it, in a fixed order."""
    found: list[PurePosixPath] = []
    for folder, folders, names in os.walk(root):
        here = PurePosixPath(Path(folder).relative_to(root).as_posix())
        folders[:] = sorted(name for name in folders if _is_worth_entering(name))
        if len(here.parts) >= MOST_DEPTH:
            folders.clear()
        for name in sorted(names):
            left_out = describe_litter(name) or describe_left_out(name)
            strange = left_out or Path(folder, name).is_symlink()
            if not strange and Path(name).suffix.lower() in CHAT_SUFFIXES:
                found.append(here / name)
        if len(found) > MOST_FILES:
            break
    return found


def _is_worth_entering(folder: str) -> bool:
    foreign = folder.lower() in _FOREIGN
    return not (foreign or folder.startswith("_") or describe_left_out_folder(folder))


def _find_chat(
    root: Path, files: Sequence[PurePosixPath], zone: tzinfo, follow: Follow
) -> tuple[tuple[Place, ...], list[LeftOut]]:
    """Judge every folder that is called like chat by the messages in it."""
    inside: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
    alone: list[PurePosixPath] = []
    for path in files:
        folder = _topmost(path, _CHAT_FOLDERS)
        if folder is not None:
            inside[folder].append(path)
        elif slugify(path.stem) in _CHAT_FOLDERS:
            alone.append(path)
    places, left_out = [], []
    counted = ((path, _count_messages(root, path, zone)) for path in alone)
    places += [Place(str(path), 1, count) for path, count in counted if count]
    for folder, members in sorted(inside.items()):
        counts = [_count_messages(root, path, zone) for path in follow(members)]
        if sum(count > 0 for count in counts) * 4 >= len(members):
            places.append(Place(str(folder), len(members), sum(counts)))
        else:
            words = f"only {sum(map(bool, counts))} of its {len(members)} files hold a message"
            left_out.append(LeftOut(f"{folder}/", f"is called like chat, but {words} to someone"))
    return tuple(places), left_out


def _count_messages(root: Path, path: PurePosixPath, zone: tzinfo) -> int:
    drafts = read_chat(str(path), _lines(root, path), zone)
    return sum(bool(one.sender and one.recipients) for one in drafts)


def _find_feedback(
    root: Path,
    files: Iterable[PurePosixPath],
    chat: Sequence[str],
    zone: tzinfo,
    today: date,
) -> tuple[tuple[Place, ...], list[LeftOut]]:
    """Judge every file that stands or is called like feedback by the entries in it."""
    found: dict[str, list[int]] = defaultdict(list)
    strays: dict[PurePosixPath, _Look] = {}
    looked_at = 0
    for path in files:
        pattern = _pattern_of(path)
        talks = any(path.is_relative_to(place) for place in chat)
        if path.suffix.lower() not in _TEXT or (pattern is None and talks):
            continue
        looked_at += pattern is None
        if pattern is None and looked_at > _MOST_STRAYS:
            continue
        look = _look(root, path, zone, today, shared=pattern is None)
        if pattern is None and look.authors == {slugify(path.stem)} and path.parent.name:
            pattern = str(path.parent / f"{{agent}}{path.suffix}")
        if pattern is not None and look.entries and not look.is_shared:
            found[pattern].append(look.entries)
        elif look.proofs:
            strays[path] = look
    left_out = _judge_strays(strays, found)
    authors: dict[str, frozenset[str]] = defaultdict(frozenset)
    for path, look in strays.items():
        if look.is_shared:
            authors[_shared_pattern_of(path)] |= look.authors
    places = (
        Place(pattern, len(counts), sum(counts), tuple(sorted(authors[pattern])))
        for pattern, counts in found.items()
    )
    return tuple(sorted(places, key=lambda place: place.path)), left_out


def _judge_strays(
    strays: Mapping[PurePosixPath, _Look], found: dict[str, list[int]]
) -> list[LeftOut]:
    """Find the logs that agents share, and the reports named with an agent and a date."""
    dated: dict[str, list[PurePosixPath]] = defaultdict(list)
    left_out = []
    for path, look in strays.items():
        pattern = _dated_pattern_of(path)
        if look.is_shared:
            found[_shared_pattern_of(path)].append(look.entries)
        elif pattern is not None:
            dated[pattern].append(path)
        elif look.entries >= _MANY_ENTRIES:
            left_out.append(_nameless(path, look))
    enough = {
        pattern
        for pattern, paths in dated.items()
        if len(paths) >= _MANY_ENTRIES
        or sum(strays[path].entries for path in paths) >= _A_DAY_OF_ENTRIES
    }
    known = {_owner_of(path) for pattern in enough for path in dated[pattern]}
    for pattern, paths in dated.items():
        if pattern in enough or {_owner_of(path) for path in paths} <= known:
            found[pattern] += [strays[path].entries for path in paths]
        else:
            left_out += [
                _nameless(path, strays[path])
                for path in paths
                if strays[path].entries >= _MANY_ENTRIES
            ]
    return left_out


def _owner_of(path: PurePosixPath) -> tuple[PurePosixPath, str]:
    """Return in which folder a dated report stands, and whose it is."""
    return path.parent, agent_of_path(path)


def _shared_pattern_of(path: PurePosixPath) -> str:
    """Return the path of a log that several agents share, or, of one file a day, their pattern."""
    name, day = split_date(path.stem)
    if day is None or name:
        return str(path)
    folder = PurePosixPath(*("*" if part.isdecimal() else part for part in path.parent.parts))
    return str(folder / f"{{date}}{path.suffix}")


def _look(root: Path, path: PurePosixPath, zone: tzinfo, today: date, *, shared: bool) -> _Look:
    state = initial_state(str(path), today)
    state = replace(state, shared=state.shared or shared)
    entries = read_feedback(_lines(root, path), state, zone).entries
    stamped = [one for one in entries if one.stamp is not None]
    authors = [slugify(one.author) for one in stamped if one.author]
    proofs = sum(one.proof for one in stamped)
    return _Look(len(stamped), proofs, len(authors), frozenset(authors))


def _nameless(path: PurePosixPath, look: _Look) -> LeftOut:
    reason = f"{look.entries} entries, but neither its place nor they name an agent"
    return LeftOut(str(path), reason, nameless=True)


def _dated_pattern_of(path: PurePosixPath) -> str | None:
    """Return the pattern of a report whose name bears an agent and a date, in either order.

    What stands in a folder of chat that is somebody's own is told to that somebody.
    """
    name, day = split_date(path.stem)
    if day is None or not name or _topmost(path, _CHAT_FOLDERS) not in (None, path.parent):
        return None
    last = path.stem.startswith(name)
    between = path.stem[len(name)] if last else path.stem[-len(name) - 1]
    agent = f"{{agent}}{split_kind(name)[1]}"
    stem = f"{agent}{between}{{date}}" if last else f"{{date}}{between}{agent}"
    return str(path.parent / f"{stem}{path.suffix}")


def _pattern_of(path: PurePosixPath) -> str | None:
    """Return the pattern of feedback that a path fits, by the names of its folders and its own."""
    name, day = split_date(path.stem)
    above = path.parent
    called = slugify(name).replace("_", "-")
    is_somebodys = above.name and slugify(above.name) not in _NOBODYS_FOLDERS
    if (called in _LOG_NAMES or is_called_log(called)) and is_somebodys:
        suffix = "-{date}" if day else ""
        return str(above.parent / "{agent}" / f"{name}{suffix}{path.suffix}")
    folder = _topmost(path, _FEEDBACK_FOLDERS)
    if folder is None:
        return None
    if folder == above and name:
        return str(above / f"{{agent}}{path.suffix}")
    if folder == above.parent and not name:
        return str(folder / "{agent}" / f"{{date}}{path.suffix}")
    return None


def _topmost(path: PurePosixPath, names: frozenset[str]) -> PurePosixPath | None:
    for folder in reversed(path.parents):
        if slugify(folder.name) in names:
            return folder
    return None


def _lines(root: Path, path: PurePosixPath) -> Sequence[str]:
    """Read one file; what cannot be read looks like nothing."""
    try:
        return read_whole(root / path)
    except (FileNotFoundError, SourceUnreadable):
        return ()


def settings_of(found: Survey) -> Mapping[str, object]:
    """Return the settings that what was found needs beyond the defaults, by their dotted keys."""
    settings: dict[str, object] = {}
    feedback = tuple(place.path for place in found.feedback)
    chat = tuple(place.path for place in found.chat)
    if not set(feedback) <= set(FeedbackSettings().files):
        settings["feedback.files"] = feedback
    if not set(chat) <= set(ChatSettings().dirs):
        settings["chat.dirs"] = chat
    return settings
