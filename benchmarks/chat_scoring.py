"""Compare read messages and dependencies with their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.labels import DependencyLabel, LabelSet, MessageLabel, file_of
from benchmarks.scoring import Score
from rollcall.model import EVERYONE, Message
from rollcall.parse.threads import Conversation

_KINDS = {"acknowledgements": "acks", "answers": "answers", "follow-ups": "follows_up"}
_SEVERAL = 3  # naming so many agents is as good as naming everyone


@dataclass(frozen=True, slots=True)
class _Paths:
    """The labelled paths: ``whole`` files, and ``threads`` with the last labelled line of each."""

    known: frozenset[str]
    whole: frozenset[str]
    threads: Mapping[str, int]
    none: frozenset[str]

    def named(self, path: str) -> str:
        """Return the path as a label would give it: a part of a file that is labelled as a whole."""
        return file_of(path) if file_of(path) in self.whole else path

    def in_scope(self, path: str) -> bool:
        """Tell whether labels say what stands there; a thread may be labelled up to some line."""
        file = file_of(path)
        if file in self.threads:
            return _line(path) <= self.threads[file]
        return path in self.known or file in self.none


def score_messages(labels: LabelSet, talk: Conversation) -> Score:
    """Score messages and dependencies; messages of files that no label names are left out.

    Where two readers differed, ``optional_*`` and several ``states`` are neither hit nor miss.
    """
    score = Score()
    paths = _paths_of(labels)
    got = {paths.named(message.path): message for message in talk.messages}
    score.compare("messages", labels.name, paths.known, filter(paths.in_scope, got))
    for label in labels.messages:
        if label.message:
            _score_message(score, label, got.get(label.path), paths)
    _score_dependencies(score, labels, talk, paths)
    return score


def _paths_of(labels: LabelSet) -> _Paths:
    known = frozenset(label.path for label in labels.messages if label.message)
    threads: dict[str, int] = {}
    for path in known:
        if "#L" in path:
            threads[file_of(path)] = max(_line(path), threads.get(file_of(path), 0))
    none = frozenset(label.path for label in labels.messages if not label.message)
    return _Paths(known, frozenset(path for path in known if "#L" not in path), threads, none)


def _line(path: str) -> int:
    return int(path.rsplit("#L", maxsplit=1)[-1]) if "#L" in path else 0


def _score_message(score: Score, label: MessageLabel, got: Message | None, paths: _Paths) -> None:
    place = label.path
    senders = [got.sender or "nobody"] if got else []
    score.compare("senders", place, [label.sender or "nobody"], senders)
    recipients = [" ".join(sorted(got.recipients))] if got else []
    score.compare("recipients", place, [" ".join(sorted(label.recipients))], recipients)
    if label.asks is not None:
        asks = got is not None and got.asks
        score.compare("asks", place, ["yes"] * label.asks, ["yes"] * asks)
    asked = set(got.ask_of if got else ())
    if label.ask_of == (EVERYONE,) and len(asked) >= _SEVERAL:
        asked = {EVERYONE}
    asked -= set(label.optional_ask_of) - set(label.ask_of)
    score.compare("asked agents", place, label.ask_of, asked)
    all_wanted: set[str] = set()
    all_read: set[str] = set()
    for measure, kind in _KINDS.items():
        wanted = set(getattr(label, kind))
        read = {paths.named(path) for path in getattr(got, kind, ())}
        read -= set(label.optional_links) - wanted
        score.compare(measure, place, wanted, read)
        all_wanted |= wanted
        all_read |= read
    score.tallies["links"].add(all_wanted, all_read)


def _score_dependencies(score: Score, labels: LabelSet, talk: Conversation, paths: _Paths) -> None:
    wanted = {(row.request, row.provider): row for row in labels.dependencies}
    got = {(paths.named(one.request), one.provider): one for one in talk.dependencies}
    to_all = {row.path for row in labels.messages if row.ask_of == (EVERYONE,)}
    must = {key for key, row in wanted.items() if row.states and not row.optional}
    free = {key for key, row in wanted.items() if row.optional}
    counted = {
        key
        for key in got.keys() - free
        if key in must or (key[0] in paths.known and not _is_extra_of_all(key[0], to_all, must))
    }
    score.compare("dependencies", labels.name, map(_said, must), map(_said, counted))
    right = {key for key in must & counted if got[key].state in wanted[key].states}
    tally = score.tallies["dependencies with state"]
    tally.right += len(right)
    tally.read += len(counted)
    tally.labelled += len(must)
    score.misses += [
        f"{_said(key)}: state: read {got[key].state}, not {_states(wanted[key])}"
        for key in sorted((must & counted) - right)
    ]


def _is_extra_of_all(request: str, to_all: set[str], must: set[tuple[str, str]]) -> bool:
    """Tell whether a request of everyone is labelled on ``*``, so that names are no fault."""
    return request in to_all and (request, EVERYONE) in must


def _said(key: tuple[str, str]) -> str:
    return f"{key[0]} of {key[1]}"


def _states(row: DependencyLabel) -> str:
    return " or ".join(row.states)
