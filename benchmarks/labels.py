"""Labels of feedback and chat files: JSON Lines beside the files that a careful reader labelled.

A folder may hold many sets. ``feedback*.jsonl`` labels entries, ``chat_messages*.jsonl`` messages and,
with the same ending, ``chat_dependencies*.jsonl`` who waited for whom; ``tests/examples/README.md``
says what stands in them. A labelled path is that of a file anywhere below the folder, by its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_FEEDBACK, _MESSAGES = "feedback", "chat_messages"
_DEPENDENCIES, _NO_MESSAGES = "chat_dependencies", "chat_not_messages"


class _Label(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    misread: str | None = None


class EntryLabel(_Label):
    """One entry; what is None was not labelled.

    ``entry`` is false where none begins: at ``start``, or, without one, in the whole file.
    """

    file: str
    entry: bool = True
    start: int = 0
    end: int = 0
    agent: str | None = None
    timestamp: str | None = None
    time_only: bool = False
    evidence: tuple[str, ...] | None = None
    fallback: bool | None = None
    proof: bool | None = None
    blocked_on: bool | str | None = None


class MessageLabel(_Label):
    """One message; ``message`` is false for a file that holds none."""

    path: str
    message: bool = True
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    date: str | None = None
    asks: bool | None = None
    ask_of: tuple[str, ...] = ()
    acks: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    follows_up: tuple[str, ...] = ()
    optional_ask_of: tuple[str, ...] = ()
    optional_links: tuple[str, ...] = ()


class DependencyLabel(_Label):
    """One request and one asked agent; any of ``states`` is right, none: it is no dependency."""

    request: str
    requester: str | None = None
    provider: str
    states: tuple[str, ...] = Field(default=())
    by: str | None = None
    optional: bool = False


Row = TypeVar("Row", bound=_Label)


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of one team, or of one label file, under the folder that holds its files."""

    name: str
    root: Path
    entries: tuple[EntryLabel, ...] = ()
    messages: tuple[MessageLabel, ...] = ()
    dependencies: tuple[DependencyLabel, ...] = ()


def load_sets(root: Path) -> tuple[LabelSet, ...]:
    """Load every set of labels below ``root``, sorted by name.

    Raises ``SystemExit`` with the place of a label that cannot be read.
    """
    parts: dict[tuple[Path, str], dict[str, Path]] = defaultdict(dict)
    for path in sorted(root.rglob("*")):
        for kind in (_FEEDBACK, _MESSAGES, _DEPENDENCIES, _NO_MESSAGES):
            suffix = ".txt" if kind == _NO_MESSAGES else ".jsonl"
            if path.suffix == suffix and path.stem.startswith(kind) and path.is_file():
                parts[path.parent, path.stem.removeprefix(kind)][kind] = path
    return tuple(_set_of(root, folder, ending, found) for (folder, ending), found in parts.items())


def _set_of(root: Path, folder: Path, ending: str, found: dict[str, Path]) -> LabelSet:
    messages = [*_rows(found.get(_MESSAGES), MessageLabel)]
    if others := found.get(_NO_MESSAGES):
        names = others.read_text(encoding="utf-8").splitlines()
        messages += [MessageLabel(path=name, message=False) for name in names if name]
    beside = folder if any(path.is_dir() for path in folder.iterdir()) else root
    return LabelSet(
        name=f"{folder.relative_to(root.parent).as_posix()}{ending}",
        root=beside,
        entries=tuple(_rows(found.get(_FEEDBACK), EntryLabel)),
        messages=tuple(messages),
        dependencies=tuple(_rows(found.get(_DEPENDENCIES), DependencyLabel)),
    )


def _rows(path: Path | None, row: type[Row]) -> Iterator[Row]:
    if path is None:
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield row.model_validate_json(line)
            except ValidationError as error:
                raise SystemExit(f"{path}:{number}: no label: {error}") from error


@dataclass(frozen=True, slots=True)
class Found:
    """A labelled file: where it is, and the folder to which labels of its kind are relative."""

    path: Path
    prefix: Path


def find_files(root: Path, labelled: Iterable[str]) -> dict[str, Found]:
    """Find the file of each labelled path: the shortest below ``root`` that ends with it.

    Raises ``SystemExit`` naming the labels that have no file.
    """
    by_name: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(root.rglob("*")):
        by_name[path.name].append(path)
    found, missing = {}, []
    for label in dict.fromkeys(labelled):
        parts = PurePosixPath(label).parts
        fits = [path for path in by_name[parts[-1]] if path.parts[-len(parts) :] == parts]
        if fits:
            path = min(fits, key=lambda one: (len(one.parts), one))
            found[label] = Found(path, path.parents[len(parts) - 1])
        else:
            missing.append(label)
    if missing:
        raise SystemExit(f"{root}: no file for the labels of {', '.join(sorted(missing))}")
    return found


def file_of(path: str) -> str:
    """Return the file of a message's path, without its ``#L<line>``."""
    return path.split("#L", maxsplit=1)[0]


def siblings(found: Found, suffixes: Sequence[str] | frozenset[str]) -> Iterator[tuple[str, Path]]:
    """Yield the files in a labelled file's folder, each with the path that a label would give it."""
    for path in sorted(found.path.parent.iterdir()):
        if path.is_file() and path.suffix.lower() in suffixes:
            yield path.relative_to(found.prefix).as_posix(), path
