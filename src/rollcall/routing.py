"""Who is told of a blocker's level: sinks, where in them, and whom to mention there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rollcall.config import Settings, Target
from rollcall.config.sinks import load_sink
from rollcall.model import Blocker, BlockerKind

NOWHERE = "status"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to tell: a sink, where in it, and whom to mention there."""

    sink: str
    target: str
    mention: str | None = None


class Router:
    """Finds the routes of blockers; those of a sink that is off are left out."""

    def __init__(
        self, settings: Settings, *, slack_is_on: bool, added: Collection[str] = ()
    ) -> None:
        """Keep the settings that routes rest on; ``added`` are the added sinks that work."""
        self._settings = settings
        self._added = frozenset(added)
        self._channels = {"slack", *(one for one in self._added if load_sink(one).takes_words)}
        self._slack_is_on = slack_is_on

    def of_blockers(self, blockers: Sequence[Blocker], since: int | None = None) -> list[Route]:
        """Return the routes of these blockers together, of their levels or from ``since`` up."""
        return _merge(
            [
                route
                for one in blockers
                for level in range(min(one.level, since or one.level), one.level + 1)
                for route in self._of_blocker(one, level)
            ]
        )

    def _of_blocker(self, blocker: Blocker, level: int) -> list[Route]:
        """Return the routes of a level, without the sink whose own fault the blocker is."""
        routes = self.of_level(blocker.kind, level, blocker.agent, blocker.owner)
        if blocker.kind is BlockerKind.FAULT and not routes:
            # It has one level, and a log that nobody reads tells nobody of it.
            routes = self._of_channels(2)
        working = [one for one in routes if not _is_broken(one.sink, blocker)]
        if working or not routes:
            return working
        lead = self._settings.workspace.lead
        spare = Route(NOWHERE, "") if lead is None else Route("inbox", lead)
        if spare.sink == NOWHERE and self._is_in_log(blocker, level):
            return []
        return [Route(NOWHERE, "") if _is_broken(spare.sink, blocker) else spare]

    def _is_in_log(self, blocker: Blocker, level: int) -> bool:
        targets = self._settings.ladder_of(blocker.kind, blocker.agent)[level - 1].notify
        return any(one.sink == "blockers_log" for one in targets)

    def of_level(
        self, kind: BlockerKind, level: int, agent: str, owner: str | None = None
    ) -> list[Route]:
        """Return the working routes of one level for one agent, the blockers log left out.

        Where its owner is one of the people that Slack knows, ``@lead`` is the owner.
        """
        levels = self._settings.ladder_of(kind, agent)
        if not 1 <= level <= len(levels):
            return []
        targets = levels[level - 1].notify
        found = [
            route for target in targets if (route := self._route(target, agent, owner)) is not None
        ]
        if not found and all(target.sink != "blockers_log" for target in targets):
            lead = self._settings.lead_of(agent)
            found = [Route(NOWHERE, "") if lead is None else Route("inbox", lead)]
        return _merge(found)

    def of_ourselves(self) -> list[Route]:
        """Return where a word about ourselves or the whole team goes.

        To every channel of level 1: Slack, and the added sinks that take words. Where Slack is none
        of them the lead hears it too; where nobody would, a channel of a higher level.
        """
        found = self._of_channels(1, 1)
        lead = self._settings.workspace.lead
        if all(one.sink != "slack" for one in found) and lead is not None:
            found.append(Route("inbox", lead))
        return found or self._of_channels(2) or [Route(NOWHERE, "")]

    def _of_channels(self, lowest: int, highest: int | None = None) -> list[Route]:
        """Return the channels of the first level of a fault's ladder that has any, without a mention."""
        levels = (
            len(self._settings.ladder_of(BlockerKind.FAULT, "")) if highest is None else highest
        )
        for level in range(lowest, levels + 1):
            found = [
                Route(one.sink, one.target)
                for one in self.of_level(BlockerKind.FAULT, level, "")
                if one.sink in self._channels
            ]
            if found:
                return _merge(found)
        return []

    def _route(self, target: Target, agent: str, owner: str | None) -> Route | None:
        lead = self._settings.lead_of(agent)
        if target.sink == "slack":
            if not self._slack_is_on:
                return None
            asked = owner if owner in self._settings.people else lead
            name = asked if target.route == "@lead" else target.route.removeprefix("@")
            person = self._settings.people.get(name) if name else None
            channel = self._settings.notify.slack.channel or ""
            return Route("slack", channel, None if person is None else person.slack)
        if target.sink == "inbox":
            name = {"lead": lead, "agent": agent}.get(target.route, target.route)
            return None if name is None or name == "rollcall" else Route("inbox", name)
        return Route(target.sink, "") if target.sink in self._added else None


def _is_broken(sink: str, blocker: Blocker) -> bool:
    """Tell whether a blocker is a fault of ours at this sink, which cannot be told there."""
    return blocker.condition in {f"fault:sink:{sink}", f"fault:undelivered:{sink}"}


def _merge(routes: Sequence[Route]) -> list[Route]:
    """Tell each sink and target once, with a mention where one has it."""
    merged: dict[tuple[str, str], Route] = {}
    for route in routes:
        known = merged.get((route.sink, route.target))
        mention = route.mention if known is None else known.mention or route.mention
        merged[route.sink, route.target] = Route(route.sink, route.target, mention)
    return list(merged.values())
