"""What people's edits of the blockers log mean: instructions, answers, or nothing, with the reason.

Pure: from the cells that stand there now, what we ever wrote in them and which edits were taken
before. A cell instructs that says something else than everything we ever wrote there; an old copy
or a checkout therefore instructs nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

OWNER, STATUS, RESOLUTION, ROW = "owner", "status", "resolution", "row"
EDITABLE = (OWNER, STATUS, RESOLUTION)
DEFAULT_SNOOZE = "1h"
LONGEST_OWNER = 80
LONGEST_QUOTE = 120
WHAT_TO_WRITE = "Acknowledged, Snoozed (until 15:40, or for 2h), Resolved or Open"

_WORDS = {
    "acknowledge": "ack",
    "acknowledged": "ack",
    "ack": "ack",
    "acked": "ack",
    "snooze": "snooze",
    "snoozed": "snooze",
    "resolve": "resolve",
    "resolved": "resolve",
    "close": "resolve",
    "closed": "resolve",
    "done": "resolve",
    "fixed": "resolve",
    "solved": "resolve",
    "open": "reopen",
    "opened": "reopen",
    "reopen": "reopen",
    "reopened": "reopen",
    "re-open": "reopen",
    "re-opened": "reopen",
}
_STATUS = re.compile(r"(?P<word>[a-z]+(?:-[a-z]+)?)(?P<rest>(?:[\s:,;.(!–—-].*)?)")  # noqa: RUF001 - dashes as people write them
_NO = "\N{CROSS MARK}\N{HEAVY MULTIPLICATION X}\N{NO ENTRY}\N{NO ENTRY SIGN}"
_SPAN = re.compile(r"^(\d{1,5})\s?([mhd])(?:in|ins|inutes?|r|rs|ours?|ays?)?$")
_END = re.compile(r"(?:until|till|for)?\s*(?P<end>\S.*?)?")
_TICKED = re.compile(r"(?:\[x\]|:[a-z][a-z0-9_+-]*:)\s*")
_BEFORE_EDITABLE = 4
_AROUND = " \t:,;.()!–—-"  # noqa: RUF001 - dashes as people write them


@dataclass(frozen=True, slots=True)
class SeenCell:
    """A cell as it stands: as written, in plain words, and the hash of these (empty for none).

    ``said`` is what is written and not struck out, ``words`` the same without decoration.
    """

    text: str
    said: str
    words: str
    plain: str
    digest: str

    @property
    def is_struck(self) -> bool:
        """Tell whether all that stands in it is struck out."""
        return bool(self.digest) and not self.said


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row of ours as it stands; ``cells`` is None where it has not one for each column.

    ``disputed``: it stands between the markers of a merge conflict.
    """

    id: str
    text: str
    digest: str
    cells: Mapping[str, SeenCell] | None
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What we wrote of one blocker.

    ``ever`` are the hashes of every text in each cell; ``names`` what identifies its row (cells that
    nobody edits) in plain words; ``last`` the hashes of what stands in the writing that was copied,
    where that is known to be the latest one.
    """

    ever: Mapping[str, Collection[str]]
    names: Mapping[str, str]
    last: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edited cell: whose, which, and its new text, as in ``SeenCell``."""

    id: str
    cell: str
    seen: SeenCell

    @property
    def text(self) -> str:
        """Return the new text as written."""
        return self.seen.text

    @property
    def digest(self) -> str:
        """Return the hash of what it says."""
        return self.seen.digest


@dataclass(frozen=True, slots=True)
class Instructing:
    """An instruction: ``until`` is the end of a snooze in words; ``say`` is said beside it."""

    edits: tuple[Edit, ...]
    verb: str
    text: str = ""
    until: str = ""
    say: str = ""

    @property
    def id(self) -> str:
        """Return the blocker that it is about."""
        return self.edits[0].id


@dataclass(frozen=True, slots=True)
class Answering:
    """An edit that is answered in place instead of carried out."""

    edits: tuple[Edit, ...]
    words: str

    @property
    def id(self) -> str:
        """Return the blocker that it is about."""
        return self.edits[0].id


@dataclass(frozen=True, slots=True)
class Ignoring:
    """A cell or row that differs from what stands in the store and means nothing, and why."""

    id: str
    cell: str
    reason: str


Finding = Instructing | Answering | Ignoring


@dataclass(slots=True)
class _Row:
    """What all the copies of one row say anew, by cell, and what they say that stood there once."""

    edits: dict[str, list[Edit]] = field(default_factory=dict)
    returned: list[Edit] = field(default_factory=list)
    ignored: list[Ignoring] = field(default_factory=list)

    def add(self, edit: Edit) -> None:
        known = self.edits.setdefault(edit.cell, [])
        if edit.digest not in {one.digest for one in known}:
            known.append(edit)


def judge_edits(
    rows: Iterable[SeenRow],
    written: Mapping[str, Written],
    taken: Collection[tuple[str, str, str]],
) -> list[Finding]:
    """Say what each edited row means.

    ``taken`` are the edits (id, cell, hash) that were already taken from a copy of the same
    writing. Rows of ids that are not in ``written`` mean nothing and are not spoken of.
    """
    found: dict[str, _Row] = {}
    for row in rows:
        if row.id in written:
            _compare(row, written[row.id], taken, found.setdefault(row.id, _Row()))
    return [finding for row in found.values() for finding in _judge_row(row)]


def read_status(text: str) -> tuple[str, str] | None:
    """Return the verb that a status asks for and the words that follow it, None for no status."""
    found = _STATUS.fullmatch(without_marks(text))
    if found is None or "?" in text or found["word"] not in _WORDS:
        return None
    rest = found["rest"].strip(_AROUND)
    if not any(sign.isalnum() for sign in rest):
        rest = ""  # a tick after the word
    others = {_WORDS[word] for word in re.findall(r"[a-z]+(?:-[a-z]+)?", rest) if word in _WORDS}
    verb = _WORDS[found["word"]]
    return None if others - {verb} else (verb, rest)


def without_marks(text: str) -> str:
    """Return a status without the ticks and lights before its word; those that say no stay."""
    bare = _TICKED.sub("", text)
    while bare and bare[0] not in _NO and unicodedata.category(bare[0]) in {"So", "Sk", "Mn", "Zs"}:
        bare = bare[1:]
    return bare


def _compare(
    row: SeenRow, written: Written, taken: Collection[tuple[str, str, str]], into: _Row
) -> None:
    """Take out of a row what is new in it."""
    if row.disputed:
        into.ignored.append(Ignoring(row.id, ROW, "it stands between conflict markers"))
        return
    if row.cells is None:
        _compare_torn(row, taken, into)
        return
    cells = row.cells
    named = [
        name for name, said in written.names.items() if name in cells and cells[name].plain != said
    ]
    for cell in EDITABLE:
        seen = cells.get(cell)
        if seen is None or seen.digest in written.ever.get(cell, ()):
            if seen and not named and seen.digest != written.last.get(cell, seen.digest):
                into.returned.append(Edit(row.id, cell, seen))
            continue
        if named:
            reason = f"its row is not ours: another {' and '.join(named)}"
        elif (row.id, cell, seen.digest) in taken:
            reason = "it was taken before"
        elif not seen.digest and cell != OWNER:
            reason = "it was emptied"
        elif (
            seen.is_struck and cell != STATUS and (status := cells.get(STATUS)) and status.is_struck
        ):
            reason = "its row is struck out"
        else:
            into.add(Edit(row.id, cell, seen))
            continue
        into.ignored.append(Ignoring(row.id, cell, reason))


def _compare_torn(row: SeenRow, taken: Collection[tuple[str, str, str]], into: _Row) -> None:
    bars = row.text.count("|")
    whole = row.text.rstrip().endswith("|") and bars > 1
    if (row.id, ROW, row.digest) in taken:
        into.ignored.append(Ignoring(row.id, ROW, "it was taken before"))
    elif whole and len(row.text.strip().strip("|").split("|")) > len(EDITABLE) + 4:
        into.add(Edit(row.id, ROW, SeenCell(row.text, row.text, row.text, row.text, row.digest)))
    else:
        into.ignored.append(Ignoring(row.id, ROW, "it is half a row"))


def _judge_row(row: _Row) -> list[Finding]:
    findings: list[Finding] = list(row.ignored)
    findings += [
        Answering((edit,), _say_returned(edit))
        for edit in row.returned
        if edit.cell not in row.edits
    ]
    for cell, edits in list(row.edits.items()):
        if cell == STATUS and len({_verb_of(edit) for edit in edits}) == 1:
            row.edits[cell] = edits[:1]
        elif len(edits) > 1:
            quoted = " and ".join(f'"{_cut(edit.text)}"' for edit in edits)
            words = f"its {cell.capitalize()} is {quoted}; keep one row with one of them"
            findings.append(Answering(tuple(row.edits.pop(cell)), words))
    if torn := row.edits.get(ROW):
        said = "|".join(torn[0].text.strip().strip("|").split("|")[_BEFORE_EDITABLE:]).strip()
        words = (
            rf'its row has more cells than columns: "{_cut(said)}"; write a bar within a cell as \|'
        )
        findings.append(Answering(tuple(torn), words))
    findings += _judge_owner(row.edits.get(OWNER, ()))
    findings += _judge_status(row.edits.get(STATUS, ()), row.edits.get(RESOLUTION, ()))
    return findings


def _judge_owner(edits: Sequence[Edit]) -> list[Finding]:
    if not edits:
        return []
    (edit,) = edits
    name = edit.seen.words if edit.seen.plain else ""
    if "?" in name or len(name) > LONGEST_OWNER:
        return [Answering((edit,), f'"{_cut(edit.text)}" names no owner; write one name in Owner')]
    return [Instructing((edit,), "assign", name)]


def _judge_status(status: Sequence[Edit], resolution: Sequence[Edit]) -> list[Finding]:
    """Read a status and a resolution together: what is resolved bears the words beside it."""
    remark = [Instructing((one,), "remark", one.seen.said) for one in resolution]
    if not status:
        return [*remark]
    (edit,) = status
    wish = read_status(edit.seen.plain)
    if wish is None:
        return [Answering((edit,), _say_unreadable(edit)), *remark]
    verb, rest = wish
    if verb == "snooze":
        end = _END.fullmatch(rest)
        until = _SPAN.sub(r"\1\2", (end["end"] if end else None) or DEFAULT_SNOOZE)
        say = "" if rest else 'it said no end, so it is snoozed for 1 h; write "Snoozed for 2h"'
        return [Instructing((edit,), verb, until=until, say=say), *remark]
    if verb == "resolve" and resolution:
        return [Instructing((edit, *resolution), verb, resolution[0].seen.said)]
    return [Instructing((edit,), verb, rest), *remark]


def _say_returned(edit: Edit) -> str:
    """Say why what stood in a cell once instructs nothing, and what does."""
    cell = edit.cell.capitalize()
    if not edit.digest:
        return f"its {cell} was empty before, as in an old copy; to empty it strike it out: ~~so~~"
    means = {
        OWNER: f'write "@{edit.seen.words}" to mean it',
        STATUS: f"write {WHAT_TO_WRITE}",
        RESOLUTION: "word it anew to mean it",
    }
    return f'its {cell} was "{_cut(edit.text)}" before, as in an old copy; {means[edit.cell]}'


def _say_unreadable(edit: Edit) -> str:
    words = re.findall(r"[a-z]+", edit.seen.plain)
    near = get_close_matches(words[0], _WORDS, n=1, cutoff=0.75) if words else []
    meant = f' (did you mean "{near[0].capitalize()}"?)' if near else ""
    return f'"{_cut(edit.text)}" is no status{meant}; write {WHAT_TO_WRITE} in Status'


def _cut(text: str) -> str:
    """Return so much of what somebody wrote that there is room for what is said to it."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def _verb_of(edit: Edit) -> str | None:
    wish = read_status(edit.seen.plain)
    return wish[0] if wish else edit.digest
