"""People's edits of the blockers log, taken before they are written over: instructions, answers.

What was written, and what was taken, is kept before the file changes: after a kill at any point
nothing is taken twice, and nothing that we wrote passes for an edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.errors import UsageError
from rollcall.model import Blocker
from rollcall.moments import read_moment
from rollcall.notify.blockers_log import LogRow, Taking, row_of
from rollcall.notify.blockers_region import answer_line
from rollcall.notify.markdown import cell, one_line
from rollcall.notify.redact import redact
from rollcall.parse import blockers_log as parse
from rollcall.parse.log_cells import (
    cells_by_column,
    decode,
    digest_of_cell,
    plain,
    without_struck,
    words,
)
from rollcall.rules import log_edits as rules
from rollcall.store import marks, written_cells
from rollcall.store.database import Database
from rollcall.store.instructions import Terms, add_instruction
from rollcall.store.ledger import blocker_number, raise_number_floor
from rollcall.store.types import to_text

AUTHOR = "blockers log"
MOST_IDS = 5


class LogEdits:
    """Takes the edits of one log; one rendering at a time."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Keep where edits are recorded; nothing is read yet."""
        self._database = database
        self._settings = settings
        self._place = settings.notify.blockers_log.path
        self._blockers: Mapping[str, Blocker] = {}
        self._shown: Collection[str] = ()
        self._now: datetime | None = None
        self._said: Mapping[bytes, tuple[int, str]] = {}
        self._last: Mapping[str, Mapping[str, str]] = {}
        self.content = b""
        self.remark = ""
        self.took = False

    def begin(self, blockers: Iterable[Blocker], shown: Collection[str], now: datetime) -> None:
        """Begin a rendering of the ``shown`` ones of these blockers."""
        self._blockers = {one.id: one for one in blockers}
        self._shown = shown
        self._now, self.remark, self.took = now, "", False

    def take(self, content: bytes, region: parse.Region | None) -> Taking:
        """Take the edits in a region that is about to be written again; the same ones once."""
        self.content = content
        with self._database.read() as session:
            ours = marks.workspace_uuid(session)[:8] if marks.get_mark(session, "uuid") else ""
            number = int(marks.get_mark(session, marks.LOG_NUMBER) or 0)
            answers = written_cells.list_answers(session)
            place = marks.get_mark(session, marks.LOG_PATH)
        if region is None:
            # In another place it is no wonder that nothing stands there yet.
            if number and place in {None, self._place}:
                self.remark = "its region was removed" if content.strip() else "it was deleted"
            return Taking(answers)
        origin = region.origin
        if origin is not None and origin.store != ours:
            self.remark = "another Rollcall, or a store that is gone, wrote it last"
            self._learn(region)
            return Taking(answers, foreign=True)
        if origin is not None and origin.number > number:
            self.remark = "it is newer than the store, which was put back to an older copy"
            self._learn(region, origin.number)
            return Taking(answers)
        if region.edited:
            answers = self._take_edited(region, number)
        return Taking(answers)

    def begin_writing(self, rows: Sequence[LogRow]) -> parse.Origin:
        """Keep that these rows will stand in the log; return who writes them."""
        with self._database.write() as session:
            number = int(marks.get_mark(session, marks.LOG_NUMBER) or 0) + 1
            marks.set_mark(session, marks.LOG_NUMBER, str(number))
            marks.set_mark(session, marks.LOG_PATH, self._place)
            self._last = {row.id: _digests_of(row) for row in rows}
            written_cells.remember_written(
                session,
                {
                    (blocker_number(id_) or 0, name, digest)
                    for id_, digests in self._last.items()
                    for name, digest in digests.items()
                },
            )
            if self.remark and self._now is not None:
                remark = f"{to_text(self._now)} {self.remark}; it was written again"
                marks.set_mark(session, marks.LOG_REMARK, remark)
            self._said = {
                answer_line(id_, words): (blocker_number(id_) or 0, words)
                for id_, words in written_cells.list_answers(session)
            }
            return parse.Origin(marks.workspace_uuid(session)[:8], number)

    def _learn(self, region: parse.Region, number: int = 0) -> None:
        """Learn from a region of another store, or of a later state of ours, what stands in it."""
        seen = _read_rows(region.table)
        highest = max((blocker_number(row.id or "") or 0 for row in region.table), default=0)
        with self._database.write() as session:
            raise_number_floor(session, highest if highest < 10**6 else 0)
            if number:
                marks.set_mark(session, marks.LOG_NUMBER, str(number))
                written_cells.remember_written(
                    session,
                    {
                        (blocker_number(row.id) or 0, name, row.cells[name].digest)
                        for row in seen
                        if row.cells is not None
                        for name in rules.EDITABLE
                        if name in row.cells
                    },
                )

    def _take_edited(self, region: parse.Region, number: int) -> Sequence[tuple[str, str]]:
        base = region.origin.number if region.origin else 0
        rows = _read_rows(region.table)
        with self._database.write() as session:
            ever = written_cells.list_written(session)
            written = {
                id_: rules.Written(
                    ever[blocker_number(id_) or 0],
                    _names_of(blocker),
                    self._last.get(id_, {}) if base == number else {},
                )
                for id_, blocker in self._blockers.items()
                if (blocker_number(id_) or 0) in ever
            }
            if base == number:
                for line, (blocker, words) in self._said.items():
                    if line not in region.answers:
                        written_cells.dismiss_answer(session, blocker, words)
            taken = written_cells.list_taken(session, base)
            findings = rules.judge_edits(rows, written, taken)
            self._record(session, findings, base)
            self.remark = _say_recovered(
                rows, [id_ for id_ in self._shown if id_ in written], findings
            )
            unknown = [blocker_number(row.id) or 0 for row in rows if row.id not in self._blockers]
            raise_number_floor(session, max([0, *(one for one in unknown if one < 10**6)]))
            return written_cells.list_answers(session)

    def _record(self, session: Session, findings: Sequence[rules.Finding], base: int) -> None:
        now = self._now
        if now is None:
            raise AssertionError("edits are taken before a rendering began")
        acting = [one for one in findings if not isinstance(one, rules.Ignoring)]
        written_cells.settle_answers(session, {blocker_number(one.id) or 0 for one in acting})
        for finding in acting:
            one = (
                self._with_end(finding, now) if isinstance(finding, rules.Instructing) else finding
            )
            cells = [
                ((blocker_number(edit.id) or 0, edit.cell, edit.digest), _quote(edit.text))
                for edit in one.edits
            ]
            if isinstance(one, rules.Answering):
                words = redact(one.words)
                written_cells.add_edits(session, cells, base, now, answer=words)
                continue
            terms = Terms(until=datetime.fromisoformat(one.until) if one.until else None)
            instruction = add_instruction(
                session, one.verb, one.id, _quote(one.text), AUTHOR, now, terms
            )
            said = one.say or None
            written_cells.add_edits(session, cells, base, now, instruction=instruction, answer=said)
            self.took = True

    def _with_end(
        self, one: rules.Instructing, now: datetime
    ) -> rules.Instructing | rules.Answering:
        """Return an instruction with the instant at which it ends, or the answer that it has none."""
        if not one.until:
            return one
        try:
            end = read_moment(
                one.until.upper() if ":" in one.until else one.until, now, self._settings
            )
        except (UsageError, OverflowError) as problem:
            return rules.Answering(
                one.edits,
                f'"{one_line(one.edits[0].text, limit=120)}" was not understood: {problem}',
            )
        return replace(one, until=end.isoformat())


def _digests_of(row: LogRow) -> Mapping[str, str]:
    return {name: digest_of_cell(cell(getattr(row, name))) for name in rules.EDITABLE}


def _names_of(blocker: Blocker) -> Mapping[str, str]:
    row = row_of(blocker)
    return {"opened": plain(cell(row.opened)), "agent": plain(cell(row.agent))}


def _read_rows(table: Iterable[parse.TableLine]) -> list[rules.SeenRow]:
    found = []
    for row in table:
        if row.id is None:
            continue
        text = decode(row.line)
        cells = cells_by_column(text, row.columns)
        seen = None
        if cells is not None:
            seen = {name: _see(name, text) for name, text in cells.items()}
        found.append(rules.SeenRow(row.id, text, digest_of_cell(text), seen, row.disputed))
    return found


def _see(column: str, written: str) -> rules.SeenCell:
    text = written.replace(r"\|", "|")
    said = without_struck(text) if column in rules.EDITABLE else text
    # What is struck out whole says nothing, and yet something new.
    digest = digest_of_cell(said) or (digest_of_cell(f"struck {text}") if said != text else "")
    return rules.SeenCell(text, said, words(said), plain(said), digest)


def _say_recovered(
    rows: Sequence[rules.SeenRow],
    expected: Iterable[str],
    findings: Sequence[rules.Finding],
) -> str:
    """Say which rows of ours were not where or what we wrote."""
    counts = Counter(row.id for row in rows if not row.disputed)
    disputed = sorted({row.id for row in rows if row.disputed})
    twice = [id_ for id_, count in sorted(counts.items()) if count > 1]
    torn = [one.id for one in findings if isinstance(one, rules.Ignoring) and "half" in one.reason]
    missing = sorted(set(expected) - set(counts) - set(disputed))
    parts = [
        f"{_list(ids)} {how}"
        for ids, how in (
            (missing, "had vanished"),
            (twice, "stood there more than once"),
            (disputed, "stood between the markers of a merge conflict"),
            (torn, "had only half a row"),
        )
        if ids
    ]
    return "; ".join(parts)


def _list(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
    return ", ".join(ids[:MOST_IDS]) + more


def _quote(text: str) -> str:
    return redact(one_line(text))
