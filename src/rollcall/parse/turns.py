"""The turns of a thread: one file to which several agents append, section by section or line by line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from rollcall.model import EVERYONE
from rollcall.parse.dates import has_clock, has_day, stamp_alone, without_stamp
from rollcall.parse.headers import fields
from rollcall.parse.names import from_title
from rollcall.parse.outline import Line
from rollcall.parse.spoken import by_direction, by_line, by_pipes, by_table, id_in
from rollcall.parse.turn import ARROW, NAME, Turn, copied_in, is_label, plain_name, split_names
from rollcall.roster import slugify

_ARROW = re.compile(ARROW)
_BARE_ARROW = re.compile(rf"{NAME}\s*{ARROW}\s*{NAME}")
_RULE = re.compile(r"[-*_]{3,}$")
_REPLY = r"(?:reply|response|answer|ack|acknowledge?ment)"
_REPLIED = re.compile(
    rf"(?:re:?|{_REPLY}|update|message|note)\b[\s:,(\u2013—-]*(?:(?:by|from)\s+)?|"
    r"\b(?:replied|replies|answered|wrote|writes|says?|said):?$",
    re.IGNORECASE,
)
_REPLY_BY = re.compile(rf"{_REPLY}\s*(?:(?:by|from)\s|[\u2013—:(,-])\s*@?({NAME})", re.IGNORECASE)
_FROM = re.compile(
    rf"(?:(?:message|note|reply|update|request|question|ask)\s+)?from:?\s+({NAME})(?=\W|$)",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"[|(\[\u2013—]\s*(request|ask|question|hand-?off|ack|reply|response|answer|result|info|fyi|"
    r"update|status|decision|follow-?up)\s*[)\]]?$",
    re.IGNORECASE,
)
_OPENED = re.compile(
    rf"\((?:opened|raised|asked|filed|posted|started|reported|requested)\s+by\s+({NAME})",
    re.IGNORECASE,
)
_CALL = re.compile(r"@([A-Za-z][\w-]{0,40})")
_VOCATIVE = re.compile(
    rf"(?:(?:hi|hey|hello|dear|thanks|thank you),?\s+)?(@?{NAME}(?:(?:,|\s+and|\s*&)\s+@?{NAME}){{0,5}})"
    r"(?:\s*[:,\u2013—]|\s-\s)",
    re.IGNORECASE,
)
_CALLED = re.compile(r"(?:@[A-Za-z][\w-]{0,40}(?:\s*(?:,|and\b|&))?\s*){1,8}")
_CALLED_LAST = re.compile(rf",\s+(@?{NAME})[.!?]?$")
_FIELD_LINES = 8
_TO = re.compile(rf"({NAME})\s+to\s+({NAME}(?:(?:,|\s+and)\s+{NAME}){{0,4}})")
_ASKS = re.compile(
    rf"({NAME})\s+asks\s+({NAME}(?:(?:,|\s+and)\s+{NAME}){{0,4}})(?:\W.*)?", re.DOTALL
)
_ONE_NAME = re.compile(r"\W{0,12}([A-Za-z][\w.-]{0,40})\W{0,12}")
_BOLD_LINE = re.compile(r"\*\*([^*]{2,120})\*\*:?")
_AROUND = " \t-\u2013—:|,.()[]*_`·"


def turns_of(
    body: Sequence[Line],
    *,
    directed: bool,
    chat: bool = False,
    log: bool = False,
    known: Sequence[str] = (),
    owner: str = "",
) -> tuple[Turn, ...]:
    """Find the turns of a thread among the lines ``body``; none where it is no thread.

    ``directed``: the file as a whole has a sender, so that only what bears a time or an id begins
    another's turn. ``chat``: its name says that it is one, so that a time and a name at a line's
    beginning are enough; ``log``: that it is a log, in which only those who call each other by name
    speak. ``known`` are the names at the head of the file, its sender first, ``owner`` is whose
    mailbox it is. A turn that names nobody is for the owner, else for whom it follows.
    """
    if rows := by_table(body, sure=log):
        return tuple(_addressed(rows, {}, owner, known[:1]))
    sections = _sections(body, directed, known)
    if log and not _converse(sections):
        sections = []
    spoken = [turn for line in body if (turn := by_pipes(line) or by_line(line)) is not None]
    if not sections and not _is_talk(spoken, _said(body, spoken), chat=chat, log=log):
        spoken = []
    if not sections and not directed:
        direct = [turn for line in body if (turn := by_direction(line)) is not None]
        starts = {turn.start for turn in spoken}
        spoken += [turn for turn in direct if turn.start not in starts and _reply(direct)]
    found = {turn.start: turn for turn in (*_quoted(body, sections), *spoken, *sections)}
    turns = [found[start] for start in sorted(found)]
    return tuple(_addressed(turns, _said(body, turns), owner, known[:1]))


def _names_in(turns: Iterable[Turn]) -> set[str]:
    named = {slugify(name) for turn in turns for name in (turn.sender, *turn.recipients)}
    return named - {""}


def _converse(turns: Sequence[Turn]) -> bool:
    """Tell whether one to whom another writes writes too, as in no log of what one has sent."""
    senders = {slugify(turn.sender) for turn in turns}
    return any(
        slugify(name) in senders - {slugify(turn.sender)}
        for turn in turns
        for name in turn.recipients
    )


def _reply(turns: Sequence[Turn]) -> bool:
    """Tell whether two write to each other, as the steps of "parser -> lexer: …" do not."""
    pairs = {(slugify(one.sender), slugify(name)) for one in turns for name in one.recipients}
    return any((to, sender) in pairs for sender, to in pairs)


def _quoted(body: Sequence[Line], sections: Sequence[Turn]) -> Iterator[Turn]:
    """Yield replies that stand as quotes below a section: ``> ben (10:05Z): done``."""
    names = _names_in(sections)
    for line in body if sections else ():
        if line.text.startswith(">"):
            turn = by_line(replace(line, text=line.text.lstrip("> ")))
            if turn and turn.stamp and slugify(turn.sender) in names:
                yield turn


def _said(body: Sequence[Line], turns: Sequence[Turn]) -> Mapping[int, str]:
    """Return what each turn says first, which may stand on the line below its speaker."""
    starts = {turn.start for turn in turns}
    below = {}
    for at, line in enumerate(body):
        if line.number in starts:
            held = takewhile(lambda one: one.number not in starts, body[at + 1 : at + 3])
            below[line.number] = next((one.text for one in held if not stamp_alone(one.text)), "")
    return {turn.start: turn.text or below.get(turn.start, "") for turn in turns}


def _sections(body: Sequence[Line], directed: bool, known: Iterable[str]) -> list[Turn]:
    """Return the turns that headings begin, unless most headings with a time begin none."""
    first = next((line.number for line in body if line.level), 0)
    found: dict[int, Turn] = {}
    for at, line in enumerate(body):
        titled = _by_heading(line, directed) if line.level > 1 or line.number != first else None
        if turn := titled or _by_fields(body, at, directed):
            found[turn.start] = turn
    names = ({slugify(name) for name in known} - {""}) | _names_in(found.values())
    for line in body:
        if line.number not in found and (line.number != first or line.level > 1):
            turn = _by_speaker(line, names)
            found |= {turn.start: turn} if turn else {}
    found = found or _by_names(body) or ({} if directed else _by_to(body))
    timed = sum(1 for line in body if line.level > 1 and has_clock(line.text))
    return list(found.values()) if 2 * len(found) >= timed else []


def _is_talk(spoken: Sequence[Turn], said: Mapping[int, str], *, chat: bool, log: bool) -> bool:
    """Tell speakers from the labels of a log: they are several, and speak to each other."""
    speakers = {slugify(turn.sender) for turn in spoken}
    addressed = sum(1 for turn in spoken if turn.kind or (turn.recipients and not log))
    if addressed * 4 >= max(len(spoken), 1) or (log and _converse(spoken)):
        return True
    if len(speakers) < 2 or (chat and not log):
        return len(speakers) > 1
    called = {slugify(name) for text in said.values() for name in _CALL.findall(text[:300])}
    return bool(called & speakers) or any(
        _called_first(said[turn.start], speakers - {slugify(turn.sender)}) for turn in spoken
    )


def _called_first(text: str, speakers: Collection[str]) -> tuple[str, ...]:
    """Return those whom ``text`` calls: "@mara @ben …", or speakers: "ben, mara: …", "on it, ben"."""
    if found := _CALLED.match(text[:400]):
        return tuple(_CALL.findall(found[0]))
    if found := _VOCATIVE.match(text[:400]):
        names = split_names(found[1])
        if names == (EVERYONE,) or all(slugify(name) in speakers for name in names):
            return names
    last = _CALLED_LAST.search(text[-80:])
    return (last[1],) if last and slugify(last[1]) in speakers else ()


def _addressed(
    turns: Sequence[Turn], said: Mapping[int, str], owner: str, first: Sequence[str]
) -> Iterator[Turn]:
    """Give each turn that names nobody a recipient: whom it begins with, else who spoke before.

    ``first`` is who wrote what stands above them. Whom a request names replies to it. Where three
    or more speak, and most say to whom, one that does not is for everyone.
    """
    last, before = first[0] if first else "", ""
    speakers = {slugify(turn.sender) for turn in turns}
    asked: dict[str, str] = {}
    explicit = len(speakers) > 2 and 3 * sum(bool(one.recipients) for one in turns) > 2 * len(turns)
    for turn in turns:
        own = slugify(turn.sender)
        if own != slugify(last):
            last, before = turn.sender, last
        asker = asked.pop(own, "")
        before = asker or before
        called = turn.recipients or _called_first(said.get(turn.start, turn.text), speakers - {own})
        asked |= dict.fromkeys(map(slugify, called), turn.sender)
        if called:
            yield replace(turn, recipients=tuple(called))
        elif owner and slugify(owner) != own:
            yield replace(turn, recipients=(owner,))
        elif explicit and not asker:
            yield replace(turn, recipients=(EVERYONE,))
        else:
            yield replace(turn, recipients=(before or EVERYONE,), inferred=bool(before))


def _by_heading(line: Line, directed: bool) -> Turn | None:
    """Read ``## [REQ-12] a → b`` or ``## From a, 2026-02-07 10:00Z``."""
    bold = None if line.level or line.fenced else _BOLD_LINE.fullmatch(line.text[:160])
    if not (line.level or bold):
        return None
    text = bold[1] if bold else line.text
    found = id_in(text)
    given = (found[1] or found[2]) if found else None
    timed = given is not None or has_clock(text)
    text = text[found.end() :] if found and text[: found.start()].strip() == "" else text
    asks = _ASKS.fullmatch(text.strip(_AROUND)) if timed and line.level > 1 else None
    if asks:
        return Turn(
            line.number, asks[1], split_names(asks[2]), line.text, "", line.text, "request", given
        )
    if not _ARROW.search(line.text):
        return _by_from(line, text, given)
    who = from_title(text)
    bare = not directed and line.level > 1 and _BARE_ARROW.fullmatch(text.strip())
    if not who.sender or not (timed or bare):
        return None
    if any(len(name.split()) > 4 for name in (who.sender, *who.recipients)):
        return None
    copied = copied_in(line.text)
    kind = _KIND.search(line.text)
    to = who.recipients if EVERYONE in who.recipients else (*who.recipients, *copied)
    return Turn(
        line.number,
        who.sender,
        to,
        line.text,
        "",
        line.text,
        kind[1].casefold() if kind else "",
        given,
        copied=copied,
    )


def _by_from(line: Line, text: str, given: str | None) -> Turn | None:
    rest, stamp = without_stamp(text)
    found = _FROM.match(rest.strip(_AROUND))
    if found is None or not (stamp or given):
        return None
    who = from_title(rest.strip(_AROUND))
    sender, to = (who.sender, who.recipients) if who.sender else (found[1], ())
    return Turn(line.number, sender, to, line.text, "", line.text, id=given)


def _by_fields(body: Sequence[Line], at: int, directed: bool) -> Turn | None:
    """Read a heading or a rule with lines such as ``From: mara`` below it."""
    line = body[at]
    if line.fenced or not (line.level > 1 or (not line.level and _RULE.match(line.text))):
        return None
    under = body[at + 1 : at + 1 + _FIELD_LINES]
    held = tuple(takewhile(lambda one: not one.level and not one.fenced and fields((one,)), under))
    said = {name: value for name, (value, _) in fields(held).items()}
    opened = _OPENED.search(line.text) if line.level else None
    sender = plain_name(said.get("from", "") or (opened[1] if opened else ""))
    dated = "date" in said or "re" in said or has_day(line.text) or id_in(line.text)
    if not sender or not (dated if directed else dated or "to" in said):
        return None
    copied = split_names(said.get("cc", ""))
    to = split_names(said.get("to", ""))
    return Turn(
        line.number if line.level else held[0].number,
        sender,
        to if EVERYONE in to else (*to, *copied),
        said.get("date") or line.text,
        "",
        said.get("subject") or (line.text if line.level else ""),
        said.get("kind", "").casefold(),
        said.get("id"),
        re=split_names(said.get("re", "")),
        due=said.get("due", ""),
        copied=copied,
    )


def _by_names(body: Sequence[Line]) -> dict[int, Turn]:
    """Read headings that are nothing but a name, each with its time, or with it on the line below.

    They are speakers where they are several and one calls another by name; else they are topics.
    """
    found = {
        line.number: Turn(line.number, name[1], (), stamp or under.text, "", line.text)
        for line, under in pairwise(body)
        if line.level > 1
        and (said := without_stamp(line.text))
        and (name := _ONE_NAME.fullmatch(said[0]))
        and ((stamp := line.text if said[1] else "") or stamp_alone(under.text))
    }
    names = {slugify(turn.sender) for turn in found.values()}
    called = {slugify(name) for line in body for name in _CALL.findall(line.text[:300])}
    return found if len(names) > 1 and called & names else {}


def _by_to(body: Sequence[Line]) -> dict[int, Turn]:
    """Read headings such as ``06:00 — Mara to Ben`` where those written to write too.

    A heading "06:00 — Moved to Redis" has the same form.
    """
    found = {
        line.number: Turn(line.number, to[1], split_names(to[2]), line.text, "", line.text)
        for line in body
        if line.level > 1
        and (said := without_stamp(line.text))[1]
        and (to := _TO.fullmatch(said[0].strip(_AROUND)))
    }
    return found if _converse(tuple(found.values())) else {}


def _by_speaker(line: Line, known: Collection[str]) -> Turn | None:
    """Read a heading or a bold line that is a known agent's name and a time, or says "Reply by"."""
    bold = None if line.level else _BOLD_LINE.fullmatch(line.text[:160])
    if line.fenced or not (line.level or bold):
        return None
    text = bold[1] if bold else line.text
    rest, stamp = without_stamp(text)
    name = rest.strip(_AROUND)
    for _ in range(2):
        name = _REPLIED.sub("", name).strip(_AROUND)
    by = None if stamp else _REPLY_BY.match(text)
    name = by[1] if by else name
    marked = name.startswith("@") and " " not in name
    if not (stamp or by) or not (slugify(name) in known or marked) or is_label(name):
        return None
    return Turn(line.number, name.strip("@ "), (), text, "", text)
