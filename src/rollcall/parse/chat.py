"""A chat file to drafts of its messages: who writes to whom, what is asked, what is pointed at."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from itertools import pairwise
from pathlib import PurePosixPath

from rollcall.model import EVERYONE, Draft, LinkKind, Reference, Stamp
from rollcall.parse.asks import Asks, read_asks
from rollcall.parse.dates import read_stamp, stamp_alone, stamp_of_name, without_stamp
from rollcall.parse.head import Head, read_head
from rollcall.parse.links import of_kind, references
from rollcall.parse.names import topic_of_file
from rollcall.parse.outline import Line, outline
from rollcall.parse.records import is_record_file, read_records
from rollcall.parse.terms import with_terms
from rollcall.parse.topics import is_header, promises, replies, topics_of
from rollcall.parse.turn import Turn, without_call
from rollcall.parse.turns import turns_of
from rollcall.parse.wants import Given, read_given, read_wants
from rollcall.roster import slugify

MAX_TITLE = 200
_WORD = re.compile(r"[^\W_]+")
_OF_A_HEAD = frozenset(
    [
        "from",
        "to",
        "by",
        "at",
        "on",
        "cc",
        "re",
        "utc",
        "gmt",
        "z",
        "request",
        "question",
        "reply",
        "answer",
        "note",
    ]
)
_EVERYONE = (EVERYONE,)
_SEVERAL = re.compile(r"[\s,;&+]+(?:and\s+)?")
_NUMBERS = re.compile(r"(?:#?\d{1,6}(?:[\s,;&+]+(?:and\s+)?|$))+")
_DUE = re.compile(
    r"\b(?:by|before|until|due|no\s+later\s+than)\b[^.\d]{0,16}(?=20\d\d-)", re.IGNORECASE
)


def read_chat(path: str, lines: Sequence[str], zone: tzinfo) -> tuple[Draft, ...]:
    """Read the messages of one chat file; none where it holds no message.

    ``lines`` come without their newlines; ``zone`` holds for stamps that name none. A thread, a
    file to which several agents append, gives one draft for each turn, ``path#L<line>``; logs,
    plans, contracts, templates and a README give none. Names are as written: which agent is meant
    only `rollcall.parse.threads.assemble` can tell.
    """
    if is_record_file(path):
        return _records(path, lines, zone)
    head = read_head(path, lines)
    turns = turns_of(
        () if head.is_barred else head.body,
        directed=head.directed,
        chat=head.is_chat,
        log=head.is_log,
        known=head.heads,
        owner=head.owner,
    )
    first = turns[0].start if turns else len(lines) + 1
    opening = [line for line in head.body if line.number < first]
    drafts = []
    if head.is_message and opening and lines:
        drafts.append(_message(head, path, opening, first - 1, zone))
    day = _day(head, path, opening, zone)
    several = len({slugify(turn.sender) for turn in turns}) > 2
    for turn, own in _bodies(turns, head.body):
        drafts.append(_turn(f"{path}#L{turn.start}", turn, own, zone, day, several=several))
        stamp = drafts[-1].stamp
        day = stamp.at.date() if stamp else day
    if turns and drafts[0].path == path:
        drafts[0] = replace(drafts[0], path=f"{path}#L{drafts[0].start}")
    return tuple(drafts)


def _records(path: str, lines: Sequence[str], zone: tzinfo) -> tuple[Draft, ...]:
    """Return the messages of a file of JSON; the path is the file's where it holds just one.

    A second one on the same line is at ``#L<line>.2``.
    """
    turns = read_records(lines)
    met: Counter[int] = Counter()
    drafts = []
    for turn in turns:
        body = [replace(line, number=turn.start) for line in outline(turn.body)]
        met[turn.start] += 1
        nth = f".{met[turn.start]}" if met[turn.start] > 1 else ""
        place = f"{path}#L{turn.start}{nth}" if len(turns) > 1 else path
        drafts.append(_turn(place, turn, body, zone, None, several=False))
    return tuple(drafts)


def _bodies(turns: Sequence[Turn], body: Sequence[Line]) -> Iterator[tuple[Turn, Sequence[Line]]]:
    """Yield each turn with its own lines."""
    numbers = [line.number for line in body]
    bounds = [*(bisect_left(numbers, turn.start) for turn in turns), len(body)]
    for turn, (start, end) in zip(turns, pairwise(bounds), strict=True):
        yield turn, body[start:end]


def _day(head: Head, path: str, opening: Iterable[Line], zone: tzinfo) -> date | None:
    said = (head.said("date"), head.title, *(line.text for line in opening))
    stamps = (read_stamp(text, zone) for text in said if text)
    stamp = next((stamp for stamp in stamps if stamp), None) or stamp_of_name(path, zone)
    return stamp.at.date() if stamp else None


def _message(head: Head, path: str, body: Sequence[Line], end: int, zone: tzinfo) -> Draft:
    asks = read_asks(body, head.kind, title=head.title, to=head.who.recipients)
    does = of_kind(head.kind)
    named = _references(head, body, does, path)
    acks, answers = replies(body, does, named)
    asking = asks.lines if asks.asks else ()
    subject = head.title or head.said("subject")
    given = read_given(subject, topic_of_file(path), body, asking, head.kind)
    if head.said("re") and does is None and not asks.asks and not acks:
        acks = promises(body) and not given.delivers
        answers = not acks
    own_id = head.said("id") or None
    draft = Draft(
        path=path,
        start=1,
        end=end,
        sender=head.who.sender,
        recipients=head.who.recipients,
        loose=head.who.loose,
        copied=head.who.copied,
        same=head.who.same,
        stamp=_stamp(head, path, body, zone),
        title=(subject or PurePosixPath(path).stem)[:MAX_TITLE],
        asks=asks.asks,
        ask_of=asks.of,
        acks=acks,
        answers=answers,
        id=own_id,
        due=_due(head, asks, zone),
        references=named,
        topics=topics_of(head.title, topic_of_file(path), body),
        names=(topic_of_file(path), *PurePosixPath(path).parts[-3:-1]),
    )
    said = {"due": head.said("due"), "fallback": head.said("fallback")}
    return with_terms(_comparable(draft, asks, given), body, asks.lines, head.kind, **said)


def _comparable(draft: Draft, asks: Asks, given: Given) -> Draft:
    """Return the draft with the words by which others are compared with it."""
    return replace(
        draft,
        wants=read_wants(asks.lines),
        subject=given.subject,
        gives=given.gives,
        says=given.says,
        delivers=given.delivers,
        begins=given.begins,
        informs=given.informs,
        chases=given.chases,
        defers=given.defers,
        asking=tuple(line.number for line in asks.lines),
    )


def _stamp(head: Head, path: str, body: Sequence[Line], zone: tzinfo) -> Stamp | None:
    stamps = [
        read_stamp(head.said("date"), zone),
        stamp_of_name(PurePosixPath(path).stem, zone),
        *(read_stamp(line.text, zone) for line in body[:8] if line.level),
    ]
    found = [stamp for stamp in stamps if stamp is not None]
    return next((stamp for stamp in found if stamp.has_time), found[0] if found else None)


def _due(head: Head, asks: Asks, zone: tzinfo) -> Stamp | None:
    if said := head.said("due"):
        return read_stamp(said, zone)
    return _due_of(asks, zone)


def _due_of(asks: Asks, zone: tzinfo) -> Stamp | None:
    for line in asks.lines:
        if found := _DUE.search(line.text):
            return read_stamp(line.text[found.end() :], zone)
    return None


def _references(
    head: Head, body: Sequence[Line], does: LinkKind | None, path: str
) -> tuple[Reference, ...]:
    """Return what the message points at; ``re`` of its head does what the message's kind says."""
    said = head.matter.get("re", ()) or tuple(
        part for part in (head.fields.get("re", ("", 0))[0],) if part
    )
    at = head.fields.get("re", ("", 0))[1]
    others = [line for line in body if line.number != at]
    found = [*_replied_to(said, others, does, at or 1), *references(others, head.kind)]
    own = PurePosixPath(path).name
    return tuple(one for one in dict.fromkeys(found) if PurePosixPath(one.target).name != own)


def _replied_to(
    said: Iterable[str], body: Sequence[Line], does: LinkKind | None, line: int
) -> list[Reference]:
    """Return what a message says that it is a reply to; numbers may stand together."""
    acks, answers = replies(body, does)
    only_received = not answers and (acks or promises(body))
    kind = does or (LinkKind.ACKS if only_received else LinkKind.ANSWERS)
    parts = [
        part
        for target in list(said)[:12]
        for part in (_SEVERAL.split(target[:300]) if _NUMBERS.fullmatch(target[:80]) else [target])
    ]
    return [Reference(kind, part.strip()[:300], line) for part in parts if part.strip()]


def _of_turn(turn: Turn, body: Sequence[Line]) -> list[Line]:
    """Return a turn's lines, the first as it speaks, none under a heading of the turns above."""
    said, heading = [], ""
    if turn.body:
        return list(body)
    for line in body:
        heading = line.heading if line.level and line.number != turn.start else heading
        own = replace(line, heading=heading)
        if line.number == turn.start:
            own = Line(line.number, turn.text)
        if own.text:
            said.append(own)
    return said


def _uncalled(lines: Sequence[Line], to: Sequence[str]) -> list[Line]:
    """Return lines, the first that is text without the names of those whom it is for."""
    first = next((at for at, line in enumerate(lines) if not (line.level or line.fenced)), None)
    if first is None:
        return list(lines)
    text = without_call(lines[first].text, to)
    return [*lines[:first], replace(lines[first], text=text), *lines[first + 1 :]]


def _stamp_of_turn(
    turn: Turn, said: Sequence[Line], zone: tzinfo, day: date | None
) -> Stamp | None:
    """Return the time that a turn bears, there or on a line of its own below, else its day's."""
    if found := read_stamp(turn.stamp, zone, day):
        return found
    below = stamp_alone(said[0].text) if said else ""
    found = read_stamp(below, zone, day) if below else None
    return found or (read_stamp(day.isoformat(), zone) if day else None)


def _title_of(turn: Turn, said: Sequence[Line]) -> str:
    """Return what a turn is about: its first line, or the next where that only says who and when."""
    rest, _ = without_stamp(turn.title)
    names = {slugify(name) for name in (turn.sender, *turn.recipients, *turn.copied)}
    known = {word for name in names for word in name.split("-")} | _OF_A_HEAD
    if set(_WORD.findall(rest.lower())) - known:
        return turn.title
    return _first_words(said) or turn.title


def _first_words(lines: Iterable[Line]) -> str:
    """Return the first line that says something; a field of the head or a greeting does not."""
    said = (line.text.strip() for line in lines if not line.fenced)
    return next((text for text in said if len(text.split()) > 2 and not is_header(text)), "")


def _turn(
    path: str,
    turn: Turn,
    body: Sequence[Line],
    zone: tzinfo,
    day: date | None,
    *,
    several: bool,
) -> Draft:
    """Make the draft of one turn of a thread; a time of day alone is of the day of the turn above.

    Among ``several`` speakers, an ask that names nobody is for everyone.
    """
    said = _of_turn(turn, body)
    asks = read_asks(said, turn.kind, to=turn.recipients)
    said = _uncalled(said, turn.recipients)
    does = of_kind(turn.kind)
    named = (*_replied_to(turn.re, said, does, turn.start), *references(said, turn.kind))
    acks, answers = replies(said, does, named)
    draft = Draft(
        path=path,
        start=turn.start,
        end=max(body[-1].number, turn.start) if body else turn.start,
        sender=turn.sender,
        recipients=_EVERYONE if turn.inferred and asks.asks and several else turn.recipients,
        copied=turn.copied,
        stamp=_stamp_of_turn(turn, said, zone, day),
        title=_title_of(turn, said)[:MAX_TITLE],
        asks=asks.asks,
        ask_of=asks.of,
        acks=acks,
        answers=answers,
        id=turn.id,
        due=read_stamp(turn.due, zone) if turn.due else _due_of(asks, zone),
        references=named,
        topics=topics_of(turn.text, "", said),
    )
    given = read_given(turn.text[:MAX_TITLE], "", said, asks.lines if asks.asks else (), turn.kind)
    return with_terms(_comparable(draft, asks, given), said, asks.lines, turn.kind, due=turn.due)
