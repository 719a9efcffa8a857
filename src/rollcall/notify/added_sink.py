"""What a sink that is added by one file and one line has to say of itself, and may leave unsaid."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

from rollcall.clock import Clock
from rollcall.config.table import Table
from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sink may stand on: the workspace's directory, the environment, the time."""

    workspace: Path
    environ: Mapping[str, str]
    clock: Clock


class AddedSink(ABC):
    """A ``Sink`` that tells its own settings; named in ``config/sinks.py`` and nowhere else.

    ``name`` is its target in the escalation and its table under ``[notify]``; ``title`` is what
    people read; ``Settings`` is that table. ``refresh_every`` has the receipts of open blockers
    refreshed so often, for sinks that forget: such a receipt bears ``root``. ``takes_words`` is
    false for one that can show blockers only, and no word about Rollcall itself.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[Table]]
    refresh_every: ClassVar[timedelta | None] = None
    takes_words: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def why_off(cls, settings: Any, environ: Mapping[str, str]) -> str | None:  # noqa: ANN401 - its Settings
        """Say what the sink lacks, without any secret, or None where it can work."""

    @classmethod
    @abstractmethod
    def build(cls, settings: Any, surroundings: Surroundings) -> Self:  # noqa: ANN401 - its Settings
        """Make the sink where ``why_off`` found nothing; calls nobody yet."""

    @classmethod
    def remark(cls, settings: Any, environ: Mapping[str, str]) -> str | None:  # noqa: ANN401, ARG003 - its Settings
        """Say what ``doctor`` should warn of though the sink works, or None."""
        return None

    @abstractmethod
    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Send a notice; raises ``DeliveryFailed`` and nothing else."""

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Say that it cannot be looked up here: it is sent again, marked as perhaps repeated."""
        del notice, root
        raise DeliveryFailed(f"{self.title}: what was sent cannot be looked up", permanent=True)

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Do nothing: what was sent stays as it is."""
        del notice, root
        return None

    def close(self) -> None:  # noqa: B027 - most hold nothing open
        """Do nothing: nothing is held open."""
