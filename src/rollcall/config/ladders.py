"""The levels that a blocker climbs, and which blockers climb others than the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from rollcall.config.fields import Duration, Kind, NotifyTargets, Slug, Span, once
from rollcall.config.table import Table
from rollcall.config.targets import Target
from rollcall.model import BlockerKind


class LevelSettings(Table):
    """One level of the escalation: when after the deadline, and who is told."""

    after: Duration = Field(
        examples=[timedelta(minutes=10)],
        description="How long after its opening a blocker reaches this level.",
    )
    notify: NotifyTargets = Field(
        min_length=1,
        examples=[("slack:@lead",)],
        description="Who is told: blockers_log, slack, slack:@lead, slack:@<person>, inbox:lead, "
        "inbox:agent, inbox:<name>, webhook or alertmanager.",
    )
    repeat_every: Span | None = Field(
        default=None,
        examples=[timedelta(hours=1)],
        description="How often this level is told again while the blocker is open, nobody has "
        "acknowledged it and it has reached no higher level; never, if not set.",
    )


def _ascending(levels: tuple[LevelSettings, ...]) -> tuple[LevelSettings, ...]:
    for number, (lower, higher) in enumerate(pairwise(levels), start=2):
        if higher.after <= lower.after:
            raise ValueError(f"must rise: level {number} is not later than the one before it")
    return levels


Levels = Annotated[tuple[LevelSettings, ...], Field(min_length=1), AfterValidator(_ascending)]

DEFAULT_ESCALATION = (
    LevelSettings(
        after=timedelta(0),
        notify=(Target("blockers_log"), Target("slack"), Target("inbox", "lead")),
    ),
    LevelSettings(after=timedelta(minutes=10), notify=(Target("slack", "@lead"),)),
)


class RouteSettings(Table):
    """Another escalation for blockers of some kinds or agents; the first route that fits holds."""

    kinds: Annotated[tuple[Kind, ...], AfterValidator(once)] = Field(
        default=(),
        examples=[(BlockerKind.STALLED_DEPENDENCY,)],
        description="The kinds of blockers that it is for; every kind, if none is named.",
    )
    agents: Annotated[tuple[Slug, ...], AfterValidator(once)] = Field(
        default=(),
        examples=[("mara",)],
        description="The agents whose blockers it is for; every agent, if none is named.",
    )
    escalation: Levels

    def fits(self, kind: BlockerKind, slug: str) -> bool:
        """Tell whether a blocker of this kind and agent climbs these levels."""
        return (not self.kinds or kind in self.kinds) and (not self.agents or slug in self.agents)

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if not self.kinds and not self.agents:
            raise ValueError(
                "must say which blockers it is for, with kinds or agents; "
                "the levels of all others are [[escalation]]"
            )
        return self


def check_people(
    levels: Sequence[LevelSettings], people: Collection[str] | None, *, of: str = ""
) -> None:
    """Refuse a level that mentions somebody without a Slack ID; None: the people are in error."""
    for target in (target for level in levels for target in level.notify):
        if people is not None and target.person not in {None, *people}:
            raise ValueError(
                f'{of}tells "{target}", but there is no [people.{target.person}] with its Slack ID'
            )
