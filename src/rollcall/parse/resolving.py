"""Names as written in drafts to the slugs of a roster, once every draft is known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rollcall.model import EVERYONE, Draft
from rollcall.roster import Roster, beginnings, is_everyone, slugify

_TITLED = re.compile(r"^(.*?-(?:engineer|developer|specialist|agent|bot))(?:-|$)")


def roster_of(
    drafts: Sequence[Draft], declared: Mapping[str, Sequence[str]], known: Iterable[str]
) -> Roster:
    """Build the roster: first of names that are sure, then of those that may run into a topic.

    Two names that a head gives to one sender are one agent, unless that is not certain.
    """
    fixed = {**dict.fromkeys(sorted(known), ()), **declared}
    aliases, doubtful = _aliases(drafts, fixed)
    fixed = {**fixed, **aliases}
    sure = {name for draft in drafts for name in _names(draft) if name not in draft.loose}
    roster = Roster.build(fixed, sure)
    unsure = {slugify(name) for draft in drafts for name in _names(draft) if name in draft.loose}
    sure |= {
        found[1]
        for slug in unsure
        if (found := _TITLED.match(slug))
        and slugify(found[1]) != roster.longest(found[1])
        and roster.known(found[1])
    }
    roster = Roster.build(fixed, sure)
    left = sorted((slug for slug in unsure if slug and not _found(roster, slug)), key=_by_length)
    for slug in left:
        if not _found(Roster.build(fixed, sure), slug):
            sure.add(_shortened(slug, left))
    roster = Roster.build(fixed, sure)
    asked = {name for draft in drafts if draft.asks for name in draft.ask_of}
    doubtful |= {name for name in asked if roster.candidates(name)}
    return Roster.build(fixed, sure, doubtful)


def _aliases(
    drafts: Sequence[Draft], fixed: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Return the aliases that heads show, and the names of which it is not certain whose they are.

    A name that is shown beside two others, or of which a message to the other is known, is no alias.
    """
    beside: dict[str, set[str]] = defaultdict(set)
    talking: set[frozenset[str]] = set()
    for draft in drafts:
        for one, other in draft.same:
            beside[one].add(other)
            beside[other].add(one)
        if draft.sender and draft.is_message:
            talking |= {frozenset((slugify(draft.sender), slugify(to))) for to in draft.recipients}
    taken = {slugify(name) for slug, names in fixed.items() for name in (slug, *names)}
    found: dict[str, tuple[str, ...]] = {}
    doubtful: set[str] = set()
    for one, other in sorted({pair for draft in drafts for pair in draft.same}):
        shown = {one, other}
        if len(beside[one]) > 1 or len(beside[other]) > 1 or shown in talking or shown <= taken:
            doubtful |= shown
        else:
            slug, alias = (other, one) if other in taken else (one, other)
            found[slug] = (*fixed.get(slug, ()), alias)
    return found, doubtful


def _found(roster: Roster, slug: str) -> str | None:
    return roster.longest(slug) or roster.resolve(slug)


def _by_length(slug: str) -> tuple[int, str]:
    return slug.count("-"), slug


def _names(draft: Draft) -> Iterator[str]:
    if draft.sender:
        yield draft.sender
    if draft.is_message:
        yield from (name for name in draft.recipients if name != EVERYONE)


def _shortened(slug: str, others: Sequence[str]) -> str:
    """Guess where an unknown agent's name ends: at its profession, at what it shares, at a word."""
    if found := _TITLED.match(slug):
        return found[1]
    for words in beginnings(slug):
        if words != slug and any(one != slug and one.startswith(f"{words}-") for one in others):
            return words
    return slug.split("-", maxsplit=1)[0] if slug.count("-") > 2 else slug


def resolve_names(draft: Draft, roster: Roster) -> Draft:
    """Return the draft with slugs for names; who is not known to the roster is left out."""
    sender = _resolve(draft.sender, draft, roster) if draft.sender else None
    if sender is None and draft.names:
        sender = roster.longest(draft.names[0])
    recipients = _recipients(draft, roster, sender)
    if not draft.asks and draft.ask_of:
        # A section of instructions asks where it is headed by an agent's whole name.
        named = {slug for name in draft.ask_of if (slug := roster.known(name)) and slug != sender}
        ours = named if EVERYONE in recipients else named & set(recipients)
        draft = replace(draft, asks=bool(ours), wants=draft.wants if ours else ())
    asked = _asked(draft, roster, sender, recipients)
    if not recipients and EVERYONE not in asked:
        recipients = asked
    return replace(draft, sender=sender, recipients=recipients, ask_of=asked)


def _resolve(name: str, draft: Draft, roster: Roster) -> str | None:
    if name in draft.loose:
        return _found(roster, name)
    return roster.resolve(name) or roster.longest(name)


def _parts(name: str, draft: Draft, roster: Roster) -> tuple[str, ...]:
    """Return the names that one of a file's name may be: ``ben-and-noor-schema`` is of two agents."""
    parts = tuple(slugify(name).split("-and-"))
    several = name in draft.loose and len(parts) > 1 and not roster.resolve(name)
    return parts if several and all(_found(roster, part) for part in parts) else (name,)


def _recipients(draft: Draft, roster: Roster, sender: str | None) -> tuple[str, ...]:
    if any(is_everyone(name) for name in draft.recipients):
        return (EVERYONE,)
    names = (one for name in draft.recipients for one in _parts(name, draft, roster))
    found = (_resolve(name, draft, roster) for name in names)
    return tuple(sorted({slug for slug in found if slug and slug != sender}))


def _asked(
    draft: Draft, roster: Roster, sender: str | None, recipients: tuple[str, ...]
) -> tuple[str, ...]:
    """Tell whom a message asks: of those it is for, the ones its asks name, else all of them."""
    if not draft.asks:
        return ()
    found = {roster.resolve(name) for name in draft.ask_of} - {None, sender}
    named = {slug for slug in found if slug is not None}
    if recipients and EVERYONE not in recipients:
        copied = {_resolve(name, draft, roster) for name in draft.copied}
        direct = tuple(slug for slug in recipients if slug not in copied)
        return tuple(sorted(named & set(recipients))) or direct or recipients
    return tuple(sorted(named)) or (EVERYONE,)
