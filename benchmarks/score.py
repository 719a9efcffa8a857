"""How well files are read, against labels by hand: ``make score``.

Scores ``tests/examples``, and each folder of labelled files that ``ROLLCALL_CORPORA`` names (several
are separated as in ``PATH``). ``ARGS="--misses 20"`` lists what was misread in each set.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.chat_scoring import score_messages
from benchmarks.labels import LabelSet, load_sets
from benchmarks.reading import read_entries, read_messages
from benchmarks.scoring import Score, score_entries

EXAMPLES = Path(__file__).parents[1] / "tests" / "examples"
VARIABLE = "ROLLCALL_CORPORA"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table for each folder; leave with status 2 where a folder holds no labels."""
    parser = argparse.ArgumentParser(prog="score", description=__doc__)
    parser.add_argument("--misses", type=int, default=0, help="how many misreadings to list a set")
    options = parser.parse_args(arguments)
    given = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    for folder in (EXAMPLES, *given):
        if not folder.is_dir():
            raise SystemExit(f"{folder}: no folder; {VARIABLE} names folders of labelled files")
        sets = load_sets(folder.resolve())
        if not sets:
            raise SystemExit(
                f"{folder}: no labels (feedback*.jsonl, chat_messages*.jsonl) below it"
            )
        show(folder.name, [(one.name, score_set(one)) for one in sets], options.misses)


def score_set(labels: LabelSet) -> Score:
    """Read the files of a set and score what was read."""
    score = Score()
    if labels.entries:
        score.merge(score_entries(labels, read_entries(labels)))
    if labels.messages:
        score.merge(score_messages(labels, read_messages(labels)))
    return score


def show(title: str, scores: Iterable[tuple[str, Score]], misses: int) -> None:
    """Print precision, recall and F1 of every measure for each set and for all together."""
    total = Score()
    console = Console(width=110, highlight=False)
    table = Table("set", "measure", title=title)
    for column in ("precision", "recall", "F1", "right", "read", "labelled"):
        table.add_column(column, justify="right")
    scored = list(scores)
    for name, score in scored:
        total.merge(score)
        _add(table, name, score)
    _add(table, "total", total)
    console.print(table)
    for name, score in scored:
        for miss in score.misses[:misses]:
            console.print(f"{name}: {miss}", markup=False, soft_wrap=True)


def _add(table: Table, name: str, score: Score) -> None:
    for measure, tally in score.tallies.items():
        figures = (f"{figure:.3f}" for figure in (tally.precision, tally.recall, tally.f1))
        counts = (str(count) for count in (tally.right, tally.read, tally.labelled))
        table.add_row(name, measure, *figures, *counts)
    table.add_section()


if __name__ == "__main__":
    main()
