"""Whatever bytes come to stand in the log: no error but ours, no line of others lost, no order made.

A mutation may well make an edit of a cell. What it never makes is an instruction for a row whose
three cells stand as they were written.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from notify.log_writers import FOOTER, row
from rollcall.errors import BlockersLogUnusable
from rollcall.notify.blockers_log import BlockersLog, LogRow
from rollcall.notify.blockers_region import body_of, closed_lines, with_region
from rollcall.parse.blockers_log import find_region
from rollcall.parse.log_cells import cells_by_column, decode, digest_of_cell, plain, words
from rollcall.parse.log_tables import find_people_rows
from rollcall.rules.log_edits import (
    EDITABLE,
    Ignoring,
    Instructing,
    SeenCell,
    SeenRow,
    Written,
    judge_edits,
)

NOW = datetime(2026, 2, 7, 14, 5, tzinfo=UTC)
ROWS = [row(1), row(2, "the parser waits")]
PEOPLES = b"\n| today | zoe | the billing page is slow | noor | Open |\nAsk noor first.\n"
LOG = with_region(b"", None, closed_lines(body_of(ROWS, (), None), (), {}), title="Log") + PEOPLES
PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [
            b"|",
            b"\n",
            b"\r",
            b"```\n",
            b"<!-- rollcall -->\n",
            b"<!-- /rollcall -->\n",
            b"<<<<<<< HEAD\n",
            b"=======\n",
            b">>>>>>> noor\n",
            b"Resolved",
            b"\\|",
            b"**",
            b"<!--",
            b"-->",
            b"\xef\xbb\xbf",
            b"\x00",
            b"| B-0001 |",
            b"| ID | Status |\n| --- | --- |\n",
        ]
    ),
)
MUTATIONS = st.lists(
    st.tuples(st.integers(0, len(LOG)), st.integers(0, 40), PIECES), min_size=1, max_size=6
)


def mutated(mutations: list[tuple[int, int, bytes]]) -> bytes:
    """Cut out some bytes at each place and put others in."""
    content = LOG
    for start, cut, piece in mutations:
        content = content[:start] + piece + content[start + cut :]
    return content


def seen_rows(content: bytes) -> list[SeenRow]:
    region = find_region(content, where="log.md")
    found = []
    for line in region.table if region else ():
        text = decode(line.line)
        cells = cells_by_column(text, line.columns)
        seen = None
        if cells is not None:
            seen = {
                name: SeenCell(said, said, words(said), plain(said), digest_of_cell(said))
                for name, said in cells.items()
            }
        if line.id:
            found.append(SeenRow(line.id, text, digest_of_cell(text), seen, line.disputed))
    return found


def written(one: LogRow) -> Written:
    ever = {name: {digest_of_cell(getattr(one, name))} for name in EDITABLE}
    return Written(ever, {"opened": plain(one.opened), "agent": plain(one.agent)})


@settings(max_examples=300, deadline=None)
@given(MUTATIONS)
@example([(0, 0, b"")])
@example([(LOG.index(b"| Open"), 17, b"| Resolved |")])
def test_only_a_changed_cell_makes_an_instruction(
    mutations: list[tuple[int, int, bytes]],
) -> None:
    content = mutated(mutations)
    find_people_rows(content)
    try:
        rows = seen_rows(content)
    except BlockersLogUnusable:
        return
    known = {one.id: written(one) for one in ROWS}
    for finding in judge_edits(rows, known, ()):
        if isinstance(finding, Ignoring):
            continue
        for edit in finding.edits:
            assert edit.digest not in known[edit.id].ever.get(edit.cell, ())
            assert not (isinstance(finding, Instructing) and edit.cell == "row")
    if content == LOG:
        assert judge_edits(rows, known, ()) == []


@settings(max_examples=150, deadline=None)
@given(MUTATIONS)
@example([(LOG.index(b"<!-- /rollcall -->"), 19, b"")])
@example([(LOG.index(b"| ID"), 0, b"<!-- not closed\n")])
@example([(LOG.index(b"| B-0001"), 0, b"<!-- not closed\n")])
@example([(LOG.index(b"| ID"), 0, b"~~~\n")])
def test_no_line_of_others_is_lost_whatever_stands_in_the_file(
    mutations: list[tuple[int, int, bytes]],
) -> None:
    content = mutated(mutations)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.md"
        path.write_bytes(content)
        log = BlockersLog(path, Path(folder) / ".rollcall")
        try:
            region = find_region(content, where="log.md")
            log.write(ROWS, FOOTER, now=NOW)
        except BlockersLogUnusable:
            assert path.read_bytes() == content
            return
        after = path.read_bytes()
        outside = content if region is None else content[: region.start] + content[region.end :]
        for line in outside.split(b"\n"):
            assert line in after
        if region and region.edited:
            (kept,) = (Path(folder) / ".rollcall/edited").iterdir()
            assert kept.read_bytes() == content[region.start : region.end]
        assert not log.write(ROWS, FOOTER, now=NOW).written
