"""The added sinks of a workspace: which it uses, which of them work, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rollcall.config import Settings
from rollcall.config.sinks import ADDED_SINKS, load_sink
from rollcall.notify.added_sink import AddedSink, Surroundings


@dataclass(frozen=True, slots=True)
class AddedSinkState:
    """One added sink that a workspace tells or sets up; ``why_off`` is None where it works."""

    kind: type[AddedSink]
    why_off: str | None
    remark: str | None = None


def look_at_added(settings: Settings, environ: Mapping[str, str]) -> list[AddedSinkState]:
    """Return the added sinks that a workspace uses, in the order of their list."""
    return [
        _look_at(name, settings, environ)
        for name in ADDED_SINKS
        if settings.tells(name) or settings.sets_up(name)
    ]


def build_added(settings: Settings, surroundings: Surroundings) -> list[AddedSink]:
    """Make the added sinks that work; none of them calls anybody yet."""
    return [
        one.kind.build(settings.of_sink(one.kind.name), surroundings)
        for one in look_at_added(settings, surroundings.environ)
        if one.why_off is None
    ]


def working_added(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Return the names of the added sinks that a workspace uses and that work."""
    return [one.kind.name for one in look_at_added(settings, environ) if one.why_off is None]


def added_title(name: str) -> str | None:
    """Return how people read an added sink's name, or None for what is none."""
    title: str | None = load_sink(name).title if name in ADDED_SINKS else None
    return title


def _look_at(name: str, settings: Settings, environ: Mapping[str, str]) -> AddedSinkState:
    kind: type[AddedSink] = load_sink(name)
    table = settings.of_sink(name)
    why_off = kind.why_off(table, environ)
    if why_off is None and not settings.tells(name):
        why_off = "no level of the escalation tells it"
    return AddedSinkState(kind, why_off, kind.remark(table, environ))
