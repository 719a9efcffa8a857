"""A sink of somebody's own for tests: it remembers in a list of its class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from rollcall.config.table import Table
from rollcall.model import Notice, Receipt
from rollcall.notify.added_sink import AddedSink, Surroundings


class JournalSettings(Table):
    """The journal of a test."""


class JournalSink(AddedSink):
    """Remembers each notice's text."""

    name = "journal"
    title = "Journal"
    Settings = JournalSettings
    texts: ClassVar[list[str]] = []

    @classmethod
    def why_off(cls, settings: JournalSettings, environ: Mapping[str, str]) -> str | None:
        """Say that it works."""
        del settings, environ
        return None

    @classmethod
    def build(cls, settings: JournalSettings, surroundings: Surroundings) -> Self:
        """Make the sink."""
        del settings, surroundings
        return cls()

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Remember one."""
        del root
        self.texts.append(notice.text)
        return Receipt(self.name)
