"""Compare read entries with their labels: per measure what is right, was read, was labelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from benchmarks.labels import EntryLabel, LabelSet
from benchmarks.reading import ReadEntry
from rollcall.model import Stamp
from rollcall.roster import slugify


@dataclass(slots=True)
class Tally:
    """How many things are right, were read and were labelled."""

    right: int = 0
    read: int = 0
    labelled: int = 0

    def add(self, wanted: Iterable[object], got: Iterable[object]) -> None:
        """Count one comparison of two sets."""
        want, have = set(wanted), set(got)
        self.right += len(want & have)
        self.read += len(have)
        self.labelled += len(want)

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.right += other.right
        self.read += other.read
        self.labelled += other.labelled

    @property
    def precision(self) -> float:
        """Return the part of what was read that is right; 1.0 where nothing was read."""
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        """Return the part of what was labelled that was read; 1.0 where nothing was labelled."""
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(slots=True)
class Score:
    """The tallies of one set by measure, and what was misread in words."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    misses: list[str] = field(default_factory=list)

    def merge(self, other: Score) -> None:
        """Add another score."""
        for measure, tally in other.tallies.items():
            self.tallies[measure].merge(tally)
        self.misses += other.misses

    def compare(self, measure: str, place: str, wanted: Iterable[str], got: Iterable[str]) -> None:
        """Count one comparison and say what differs."""
        want, have = set(wanted), set(got)
        self.tallies[measure].add(want, have)
        if want != have:
            more, fewer = sorted(have - want), sorted(want - have)
            said = [f"read {', '.join(more)}"] if more else []
            said += [f"not {', '.join(fewer)}"] if fewer else []
            self.misses.append(f"{place}: {measure}: {'; '.join(said)}")


def score_entries(labels: LabelSet, read: Mapping[str, Sequence[ReadEntry]]) -> Score:
    """Score the entries of feedback files; a file labelled in part is scored in that part."""
    score = Score()
    by_file: dict[str, list[EntryLabel]] = defaultdict(list)
    for label in labels.entries:
        by_file[label.file].append(label)
    for name, rows in by_file.items():
        got = {one.entry.start: one for one in read[name]}
        wanted = {row.start: row for row in rows if row.entry}
        last = max((row.end for row in wanted.values()), default=max(got, default=0))
        score.compare("entries", name, map(str, wanted), (str(at) for at in got if at <= last))
        for start, row in wanted.items():
            _score_entry(score, f"{name}:{start}", row, got.get(start))
    return score


def _score_entry(score: Score, place: str, row: EntryLabel, got: ReadEntry | None) -> None:
    if row.agent is not None:
        score.compare("agents", place, [slugify(row.agent)], [got.agent] if got else [])
    if row.timestamp is not None:
        stamp = got.entry.stamp if got else None
        right = [row.timestamp] if same_time(row, stamp) else [stamp.iso()] if stamp else []
        score.compare("time stamps", place, [row.timestamp], right)
    if row.evidence is not None:
        score.compare("evidence", place, row.evidence, got.entry.kinds if got else ())
    if row.fallback is not None:
        fallback = got is not None and got.entry.fallback
        score.compare("fallbacks", place, ["yes"] * row.fallback, ["yes"] * fallback)
    if row.proof is not None:
        proof = [str(got.entry.proof)] if got else []
        score.compare("proof", place, [str(row.proof)], proof)


def same_time(row: EntryLabel, stamp: Stamp | None) -> bool:
    """Tell whether the stamp is the labelled one, to the minute; a bare date must be that day."""
    if stamp is None or row.timestamp is None:
        return stamp is None and row.timestamp is None
    wanted = datetime.fromisoformat(row.timestamp)
    if len(row.timestamp) == len("2031-01-01"):
        return stamp.at.date() == wanted.date()
    if row.time_only:
        return stamp.has_time and stamp.at.strftime("%H:%M") == wanted.strftime("%H:%M")
    got = stamp.at if wanted.tzinfo else stamp.at.replace(tzinfo=None)
    return stamp.has_time and abs((got - wanted).total_seconds()) < 60
