"""Drafts of messages to conversations: names to agents, pointers to links, requests to dependencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rollcall.model import (
    EVERYONE,
    Dependency,
    DependencyState,
    Draft,
    Entry,
    Link,
    LinkKind,
    Message,
)
from rollcall.parse.delivering import Meeting, restated
from rollcall.parse.exchanges import is_surely_after
from rollcall.parse.linking import find_links
from rollcall.parse.links import classify, references
from rollcall.parse.outline import outline
from rollcall.parse.resolving import resolve_names, roster_of
from rollcall.parse.topics import asked_by, topics_of
from rollcall.parse.withdrawing import find_withdrawn
from rollcall.roster import Roster


@dataclass(frozen=True, slots=True)
class Conversation:
    """All messages, what they do to each other, who waits for whom, and the agents they name."""

    messages: tuple[Message, ...]
    links: tuple[Link, ...]
    dependencies: tuple[Dependency, ...]
    roster: Roster


def assemble(
    drafts: Iterable[Draft], declared: Mapping[str, Sequence[str]], known: Iterable[str] = ()
) -> Conversation:
    """Make conversations of ``drafts``, whatever their order; everything is sorted by path.

    ``declared`` maps slugs to aliases from the configuration, ``known`` are slugs of agents met
    elsewhere, as in feedback files.
    """
    unique = {draft.path: draft for draft in sorted(drafts, key=lambda one: (one.path, repr(one)))}
    ordered = tuple(unique.values())
    roster = roster_of(ordered, declared, known)
    resolved = tuple(resolve_names(draft, roster) for draft in ordered)
    meeting = Meeting(resolved, roster.slugs, roster.resolve)
    links = find_links(resolved, meeting)
    acting: dict[str, dict[LinkKind, list[str]]] = defaultdict(lambda: defaultdict(list))
    for link in links:
        acting[link.source][link.kind].append(link.target)
    messages = tuple(
        _message(draft, acting.get(draft.path, {})) for draft in resolved if draft.is_message
    )
    likes = _likes(resolved, links, meeting)
    dependencies = _with_likes(_dependencies(resolved, links), resolved, likes)
    withdrawn = find_withdrawn(resolved, links)
    dependencies = tuple(
        replace(one, withdrawn_by=withdrawn.get(one.request)) for one in dependencies
    )
    return Conversation(messages, links, dependencies, roster)


def draft_entry(path: str, agent: str, entry: Entry, lines: Sequence[str]) -> Draft | None:
    """Make a draft of an entry in a feedback file that links like a message, or return None.

    ``lines`` are the entry's own. It links where it names a file or an id as a message's, or says
    that it answers or acknowledges what was asked.
    """
    body = outline(lines, entry.start)
    found, askers = references(body), asked_by(body)
    if not found and not askers:
        return None
    does = {said for line in body if asked_by((line,)) and (said := classify(line.text))}
    return Draft(
        path=f"{path}#L{entry.start}",
        start=entry.start,
        end=entry.end,
        sender=agent,
        recipients=askers,
        stamp=entry.stamp,
        title=entry.title[:200],
        acks=bool(askers) and does == {LinkKind.ACKS},
        answers=bool(askers) and does != {LinkKind.ACKS},
        references=found,
        topics=topics_of(entry.title, "", body),
        is_message=False,
    )


def _message(draft: Draft, acting: Mapping[LinkKind, Sequence[str]]) -> Message:
    return Message(
        path=draft.path,
        start=draft.start,
        end=draft.end,
        sender=draft.sender,
        recipients=draft.recipients,
        stamp=draft.stamp,
        title=draft.title,
        asks=draft.asks,
        ask_of=draft.ask_of,
        due=draft.due,
        acks=tuple(acting.get(LinkKind.ACKS, ())),
        answers=tuple(acting.get(LinkKind.ANSWERS, ())),
        follows_up=tuple(acting.get(LinkKind.FOLLOWS_UP, ())),
        mentions=tuple(acting.get(LinkKind.MENTIONS, ())),
        due_words=draft.due_words,
        fallback=draft.fallback,
    )


def _dependencies(drafts: Sequence[Draft], links: Sequence[Link]) -> tuple[Dependency, ...]:
    sender = {draft.path: draft.sender for draft in drafts}
    replies_to: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        replies_to[link.target].append(link)
    found = []
    for draft in drafts:
        if not draft.asks:
            continue
        acting = replies_to.get(draft.path, [])
        asked = draft.ask_of
        broadcast = asked == (EVERYONE,)
        if broadcast:
            repliers = {
                sender[link.source]
                for link in acting
                if link.kind in (LinkKind.ACKS, LinkKind.ANSWERS)
            }
            asked = tuple(sorted(name for name in repliers if name)) or asked
        found += [
            replace(_dependency(draft, provider, acting, sender), broadcast=broadcast)
            for provider in asked
        ]
    return tuple(found)


def _dependency(
    draft: Draft, provider: str, acting: Sequence[Link], sender: Mapping[str, str | None]
) -> Dependency:
    chasing = (link.source for link in acting if link.kind is LinkKind.FOLLOWS_UP)
    chased = tuple(dict.fromkeys(path for path in chasing if sender[path] != provider))
    found = Dependency(draft.path, draft.sender, provider, DependencyState.OPEN, None, chased)
    for kind, state in (
        (LinkKind.ACKS, DependencyState.ACKNOWLEDGED),
        (LinkKind.ANSWERS, DependencyState.ANSWERED),
    ):
        by = next(
            (
                link.source
                for link in acting
                if link.kind is kind and sender[link.source] == provider
            ),
            None,
        )
        if by is not None:
            found = replace(found, state=state, by=by)
    return found


_FAR = (DependencyState.OPEN, DependencyState.ACKNOWLEDGED, DependencyState.ANSWERED)


def _with_likes(
    dependencies: Sequence[Dependency], drafts: Sequence[Draft], likes: Iterable[tuple[str, str]]
) -> tuple[Dependency, ...]:
    """Let a request be as far with an agent as another that asks it the same.

    ``likes`` are pairs of paths: as far as the first is, the second is too, unless what brought
    the first there is known to be earlier than the second.
    """
    found = {(one.request, one.provider): one for one in dependencies}
    drafted = {one.path: one for one in drafts}
    providers: dict[str, list[str]] = defaultdict(list)
    for one in dependencies:
        providers[one.request].append(one.provider)
    for first, second in likes:
        for agent in providers[first]:
            one, like = found[first, agent], found.get((second, agent))
            if like is None or _FAR.index(one.state) <= _FAR.index(like.state):
                continue
            if one.by in drafted and is_surely_after(drafted[second], drafted[one.by]):
                continue
            found[second, agent] = replace(like, state=one.state, by=one.by)
    return tuple(found.values())


def _likes(
    drafts: Sequence[Draft], links: Sequence[Link], meeting: Meeting
) -> Iterator[tuple[str, str]]:
    """Yield pairs of requests of which the second asks what the first asks.

    They are a request to one agent and the one that asked many the same, and a request and the
    message that chases it, in both directions.
    """
    requests = [draft for draft in drafts if draft.is_message and draft.asks]
    yield from ((one.path, other.path) for one, other, _ in restated(requests, meeting))
    for link in links:
        if link.kind is LinkKind.FOLLOWS_UP:
            yield link.source, link.target
            yield link.target, link.source
