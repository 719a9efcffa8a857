"""What a judgement rests on, from the store: entries and messages, and whether each one counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from rollcall.model import BlockerKind, EvidenceKind, LinkKind
from rollcall.reason_parts import Input, Uncounted
from rollcall.roster import slugify
from rollcall.rules.duty import Away
from rollcall.rules.watched import Gap
from rollcall.rules.words import say_instant
from rollcall.store.facts import find_statement
from rollcall.store.inquiry import (
    find_entry,
    find_first_proof_after,
    find_newest_entry,
    find_proof_at,
    find_said,
    list_links_to,
    list_updates,
)
from rollcall.store.request_tables import DependencyRow, LinkRow
from rollcall.store.tables import AgentRow, BlockerRow, EntryRow

MOST_UPDATES = 3
_SIGHT, _BACK = -1, -2  # no entries, and so no ids of any
_DOES = {
    LinkKind.ACKS.value: "acknowledgement",
    LinkKind.ANSWERS.value: "answer",
    LinkKind.FOLLOWS_UP.value: "follow-up",
    LinkKind.MENTIONS.value: "mention",
}


def list_agent_inputs(
    session: Session,
    slug: str,
    at: datetime,
    *,
    closed: datetime | None = None,
    began: datetime | None = None,
) -> list[Input]:
    """Return what tells whether an agent's proof is missing at an instant: proof, entries, words.

    ``closed``: what came until then belongs to it, as the proof that ended it. ``began`` is when its
    clock began anew because duty returned, or what stood for it ended.
    """
    agent = session.get(AgentRow, slug)
    proof = find_proof_at(session, slug, at)
    found: dict[int | None, Input] = {}
    if proof is not None:
        found[proof.id] = _entry("newest proof", proof)
    proved = None if proof is None else proof.counts_at
    since = None if agent is None else agent.since
    if since is not None and (proved is None or proved < since):
        found[_SIGHT] = Input("first sight", None, seen=since, counts=since, why="its clock starts")
    if began is not None and began not in {since, proved}:
        found[_BACK] = Input("return", None, seen=began, counts=began, why="its clock begins anew")
    for row in reversed(_statements(session, slug)):
        found.setdefault(row.id, _entry("statement", row))
    start = max((one for one in (since, proved) if one is not None), default=at)
    for row in reversed(list_updates(session, slug, start, closed, most=MOST_UPDATES)):
        found.setdefault(row.id, _entry("update", row))
    newest = find_newest_entry(session, slug)
    if newest is not None and closed is None:
        found.setdefault(newest.id, _entry("newest entry", newest))
    ended = None if closed is None else find_first_proof_after(session, slug, at)
    if ended is not None and closed is not None and (ended.counts_at or at) <= closed:
        found[ended.id] = _entry("proof that ended it", ended)
    return list(found.values())


def list_request_inputs(
    session: Session, rows: Sequence[DependencyRow], names: Mapping[str, str]
) -> list[Input]:
    """Return the requests of these dependencies with all that replies to them, in order of arrival.

    ``names`` maps every name of every agent to its slug.
    """
    inputs = []
    for request in dict.fromkeys(row.request for row in rows):
        owed = [row for row in rows if row.request == request]
        inputs.append(_request(session, owed[0]))
        replies = [
            one
            for link in list_links_to(session, request)
            if (one := _reply(session, link, owed, names)) is not None
        ]
        inputs += sorted(replies, key=lambda one: (one.seen is None, one.seen or owed[0].asked_at))
        inputs += [_fallback(row) for row in owed[:1] if row.fallback is not None]
    return inputs


def list_places(session: Session, places: Iterable[str], what: str) -> list[Input]:
    """Return what stands at these places."""
    found = []
    for place in places:
        said = find_said(session, place)
        seen = None if said is None else said.seen
        text = "" if said is None else said.title
        found.append(Input(what, place, text, None if said is None else said.stamp, seen, seen))
    return found


def list_uncounted(
    gaps: Sequence[Gap], aways: Sequence[Away], start: datetime, end: datetime
) -> tuple[Uncounted, ...]:
    """Return the time between two instants that nobody watched, or that was off duty, in order."""
    found = [Uncounted(one.start, one.end, "not watched") for one in gaps]
    found += [
        Uncounted(
            one.start,
            one.end,
            f"{one.state.value}: {one.reason}" if one.reason else one.state.value,
        )
        for one in aways
    ]
    inside = [one for one in found if one.start < end and (one.end is None or one.end > start)]
    return tuple(sorted(inside, key=lambda one: (one.start, one.why)))


def find_start(session: Session, row: BlockerRow) -> datetime | None:
    """Return where the time began whose end opened a blocker, as far as the store tells."""
    if row.kind in {BlockerKind.MISSING_PROOF.value, BlockerKind.BLOCKED.value}:
        proof = find_proof_at(session, row.agent, row.opened)
        agent = session.get(AgentRow, row.agent)
        starts = [
            None if proof is None else proof.counts_at,
            None if agent is None else agent.since,
        ]
        return max((one for one in starts if one is not None and one <= row.opened), default=None)
    return None


def _statements(session: Session, slug: str) -> list[EntryRow]:
    stated = find_statement(session, slug)
    row = None if stated is None else find_entry(session, slug, stated.place)
    return [] if row is None else [row]


def _entry(what: str, row: EntryRow) -> Input:
    text = row.blocked_on if what == "statement" and row.blocked_on else row.title
    return Input(
        what=what,
        place=row.place,
        text=text,
        stamp=row.stamp_text,
        seen=row.seen_at,
        counts=row.counts_at,
        why=_say_entry(row),
    )


def _say_entry(row: EntryRow) -> str:
    """Say whether an entry counts as proof, and why."""
    kinds = ", ".join(row.kinds)
    if row.counts_at is not None:
        late = " by its own time" if row.counts_at < row.seen_at else ""
        return f"proof from {say_instant(row.counts_at)} on{late} ({kinds})"
    if row.history and row.proof:
        return f"no proof: it was there before we watched ({kinds})"
    if row.closing:
        return "no proof: it says that its agent stops"
    if row.kinds == [EvidenceKind.BLOCKER.value]:
        started = (
            "its fallback counted a short while ago" if row.fallback else "no fallback started"
        )
        return f"no proof: it states a blocker, {started}"
    if not row.proof:
        return "no proof: nothing in it can be checked"
    return f"no proof: a revision of an older entry, or without a time where it had to bear one ({kinds})"


def _request(session: Session, row: DependencyRow) -> Input:
    said = find_said(session, row.request)
    why = "past due at first sight: it has no clock" if row.backlog else "asks"
    if row.withdrawn:
        why = "not asked any more"
    elif row.begins_at is not None and not row.backlog:
        why = f"asks; its clock begins at {say_instant(row.begins_at)}"
    return Input(
        what="request",
        place=row.request,
        text=f"{row.requester or 'someone'} asks: {row.title or row.request}",
        stamp=None if said is None else said.stamp,
        seen=None if said is None else said.seen,
        counts=None if row.backlog or row.withdrawn else row.asked_at,
        why=why,
    )


def _reply(
    session: Session, link: LinkRow, owed: Sequence[DependencyRow], names: Mapping[str, str]
) -> Input | None:
    said = find_said(session, link.source)
    if said is None:
        return None
    sender = names.get(slugify(said.sender or ""), slugify(said.sender or "")) or "someone"
    counted = [row.provider for row in owed if row.closed_by == link.source]
    what = _DOES.get(link.kind, link.kind)
    if counted:
        why = f"counts: {link.reason}"
    elif link.kind == LinkKind.FOLLOWS_UP.value:
        why = f"asks again: {link.reason}"
    elif link.kind == LinkKind.MENTIONS.value:
        why = f"changes nothing: {link.reason}"
    elif sender not in {row.provider for row in owed}:
        why = f"changes nothing: {sender} was not asked"
    else:
        why = f"changes nothing more: {link.reason}"
    counts = said.seen if counted or link.kind == LinkKind.FOLLOWS_UP.value else None
    return Input(what, said.place, f"{sender}: {said.title}", said.stamp, said.seen, counts, why)


def _fallback(row: DependencyRow) -> Input:
    until = "" if row.fallback_until is None else f" until {say_instant(row.fallback_until)}"
    return Input(
        "fallback",
        row.request,
        row.fallback or "",
        seen=row.fallback_at,
        counts=row.fallback_at,
        why=f"lowers the urgency{until}",
    )
