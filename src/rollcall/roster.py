"""Names to agents: one slug for each, and never two agents merged on a guess."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MAX_NAME = 120

_NOT_A_WORD = re.compile(r"[^\w]+")
_TITLES = frozenset({"engineer", "developer", "specialist"})
_DECORATIONS = frozenset({"agent", "bot"})
_EVERYONE = frozenset(
    [
        "all",
        "everyone",
        "everybody",
        "team",
        "*",
        "all-agents",
        "all-role-agents",
        "all-roles",
        "all-lanes",
        "all-teams",
        "the-team",
        "whole-team",
        "all-hands",
        "any-agent",
        "broadcast",
        "general",
        "channel",
        "agents",
        "all-bots",
    ]
)

_NOBODY = frozenset(
    [
        "agent",
        "agents",
        "specific",
        "individual",
        "other",
        "relevant",
        "each",
        "any",
        "some",
        "role",
        "roles",
        "lane",
        "lanes",
        "you",
        "me",
        "us",
        "peer",
        "peers",
        "requests",
        "request",
        "message",
        "messages",
        "user",
        "reader",
    ]
)


def slugify(name: str) -> str:
    """Return ``name`` as a slug: lower-case words joined by ``-``; ``DevOps/SRE`` is ``devops-sre``.

    Underscores belong to a name and stay. The slug of a slug is itself; a name without any letter
    or digit has the empty slug.
    """
    folded = unicodedata.normalize("NFKC", name[:MAX_NAME]).casefold()
    return _NOT_A_WORD.sub("-", unicodedata.normalize("NFKC", folded)).strip("-_")


def is_everyone(name: str) -> bool:
    """Tell whether ``name`` means the whole team."""
    return name.strip() == "*" or slugify(name) in _EVERYONE


def is_nobody(name: str) -> bool:
    """Tell whether ``name`` only says that some agent is meant, as in "specific agents"."""
    return all(word in _NOBODY for word in slugify(name).split("-")) and slugify(name) != "user"


def _key(name: str) -> str:
    return slugify(name).replace("_", "-")


def _bare(key: str) -> str:
    """Return ``key`` without the words that say only that it is an agent, or of what profession."""
    words = key.split("-")
    while len(words) > 1 and words[-1] in _TITLES | _DECORATIONS:
        words.pop()
    return "-".join(words)


def _plain(key: str) -> str:
    words = key.split("-")
    while len(words) > 1 and words[-1] in _DECORATIONS:
        words.pop()
    return "-".join(words)


@dataclass(frozen=True, slots=True)
class Roster:
    """All agents, declared or discovered, and how a name in free text resolves to one."""

    slugs: tuple[str, ...]
    _forms: Mapping[str, str | None] = field(repr=False)
    _bare: Mapping[str, str | None] = field(repr=False)
    ambiguous: tuple[str, ...] = ()

    @classmethod
    def build(
        cls,
        declared: Mapping[str, Sequence[str]],
        names: Iterable[str],
        ambiguous: Iterable[str] = (),
    ) -> Roster:
        """Make the roster of ``declared`` (slug to aliases) and of every name met.

        Names that differ only in a profession ("ben", "ben-engineer") are one agent where just one
        such variant is met; a declared agent is never merged into another. The order of ``names``
        does not matter. ``ambiguous`` are names that may mean several agents; an alias declared for
        several is one too. They are reported, and never resolved on a guess.
        """
        forms = _declared_forms(declared)
        owners = {slug for slug in forms.values() if slug}
        groups: dict[str, set[str]] = defaultdict(set)
        for name in names:
            slug = slugify(name)
            if slug and not is_everyone(name) and _key(slug) not in forms:
                groups[_bare(_key(slug))].add(slug)
        bare = _bare_forms(owners, forms)
        for base, variants in sorted(groups.items()):
            known = bare.get(base)
            for slug, keys in _agents_of(variants) if known is None else [(known, variants)]:
                forms.update({_key(key): slug for key in keys})
                owners.add(slug)
        doubtful = {*map(slugify, ambiguous), *(key for key, slug in forms.items() if not slug)}
        return cls(
            tuple(sorted(owners)), forms, _bare_forms(owners, forms), tuple(sorted(doubtful))
        )

    def resolve(self, name: str) -> str | None:
        """Return the slug of the agent called ``name``, or None where it is unknown or ambiguous.

        Tried in turn: the very name or alias, the name but for a profession, and the first words
        of a longer name where only one agent's name begins so.
        """
        key = _key(name)
        if not key:
            return None
        if key in self._forms:
            return self._forms[key]
        bare = _bare(key)
        if bare in self._bare:
            return self._bare[bare]
        found = {slug for slug in self.slugs if slug.startswith(f"{key}-")}
        return found.pop() if len(found) == 1 else None

    def candidates(self, name: str) -> tuple[str, ...]:
        """Return the agents that ``name`` may mean where it is ambiguous, none where it is not."""
        found = () if self.resolve(name) else self.like(name)
        return found if len(found) > 1 else ()

    def like(self, name: str) -> tuple[str, ...]:
        """Return the agents whose names are ``name`` but for a profession, or begin with it."""
        key = _key(name)
        found = {slug for slug in self.slugs if key and _bare(_key(slug)) == _bare(key)}
        found |= {slug for slug in self.slugs if key and _key(slug).startswith(f"{key}-")}
        return tuple(sorted(found))

    def known(self, name: str) -> str | None:
        """Return the slug of the agent whose whole name, but for a profession, is ``name``."""
        key = _key(name)
        return self._forms.get(key) or self._bare.get(_bare(key)) if key else None

    def longest(self, name: str) -> str | None:
        """Return the agent whose name is the longest beginning, in whole words, of ``name``."""
        for words in beginnings(name):
            slug = self.known(words)
            if slug is not None:
                return slug
        return None


def beginnings(name: str) -> Iterator[str]:
    """Yield the beginnings of ``name`` in whole words, the longest first."""
    words = _key(name).split("-")[:24]
    for end in range(len(words), 0, -1):
        if words[0]:
            yield "-".join(words[:end])


def _declared_forms(declared: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    forms: dict[str, str | None] = {}
    for slug, aliases in declared.items():
        for alias in aliases:
            key = _key(alias)
            forms[key] = slug if forms.get(key, slug) == slug else None
    forms.update({_key(slug): slug for slug in declared})
    return {key: slug for key, slug in forms.items() if key}


def _bare_forms(slugs: Iterable[str], forms: Mapping[str, str | None]) -> dict[str, str | None]:
    """Map each name without its profession to its agent, or to None where several share it.

    An agent's own name goes before another's alias.
    """
    bare: dict[str, str | None] = {}
    for slug in slugs:
        base = _bare(_key(slug))
        bare[base] = None if base in bare else slug
    called: dict[str, str | None] = {}
    for key, owner in forms.items():
        base = _bare(key)
        called[base] = owner if called.get(base, owner) == owner else None
    return {**called, **bare}


def _agents_of(variants: set[str]) -> list[tuple[str, list[str]]]:
    """Tell which agents names with the same bare form are: their slugs, and their names."""
    plain: dict[str, list[str]] = defaultdict(list)
    for slug in sorted(variants):
        plain[_plain(_key(slug))].append(slug)
    with_title = [base for base in plain if _bare(base) != base]
    if len(with_title) == 1 and len(plain) == 2:
        both = [slug for group in plain.values() for slug in group]
        return [(_shown(plain[with_title[0]]), both)]
    return [(_shown(group), group) for group in plain.values()]


def _shown(names: list[str]) -> str:
    """Choose the form to show among names of one agent: the shortest, then the first by spelling."""
    return min(names, key=lambda name: (len(name), name))
