"""An instruction on its way to being carried out, what came of it, and whom a name in it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches

from sqlmodel import Session

from rollcall.config import Settings
from rollcall.errors import InstructionRefused
from rollcall.roster import Roster, slugify
from rollcall.rules.words import say_instant
from rollcall.store.instructions import NO_TERMS, Terms
from rollcall.store.ledger import Happened
from rollcall.store.report import list_agents


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for, in words and terms, and who did."""

    verb: str
    subject: str
    text: str
    author: str
    terms: Terms = NO_TERMS

    def end_after(self, now: datetime) -> datetime | None:
        """Return the end that was asked for, None for none; raises InstructionRefused for a past."""
        until = self.terms.until
        if until is not None and until <= now:
            raise InstructionRefused(f"{say_instant(until)} is over: give a time to come")
        return until


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an order: the words for who gave it, and what happened to blockers.

    ``subject`` is the id of what it made, where it made something that has one.
    """

    words: str
    happened: list[Happened] = field(default_factory=list)
    subject: str = ""


def find_agent(session: Session, settings: Settings, name: str) -> str:
    """Return the slug of the agent that a person calls ``name``.

    Raises InstructionRefused, with the names that are near, for one that nobody has or several may.
    """
    slugs = {row.slug for row in list_agents(session)} | set(settings.agents)
    asked = slugify(name)
    if asked in slugs:
        return asked
    declared = {slug: one.aliases for slug, one in settings.agents.items()}
    roster = Roster.build(declared, slugs)
    found = roster.resolve(name)
    if found is not None:
        return found
    several = roster.candidates(name)
    if several:
        raise InstructionRefused(f'"{name}" may be {" or ".join(several)}; say which')
    aliases = {slugify(alias) for names in declared.values() for alias in names}
    near = get_close_matches(asked, sorted(slugs | aliases), n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`rollcall agents` lists those known"
    raise InstructionRefused(f'there is no agent "{name}"; {hint}')
