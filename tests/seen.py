"""What people see of Rollcall: what Slack was given, and a row of the blockers log."""

from __future__ import annotations

from dataclasses import dataclass

from rollcall.model import Notice, Receipt
from rollcall.notify.memory import MemorySink
from rollcall.store.tables import AgentRow


class Slack(MemorySink):
    """The shipped fake, giving receipts as Slack does: a later message finds its thread by them."""

    def __init__(self) -> None:
        super().__init__("slack")

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Remember a notice."""
        return _as_slack(super().deliver(notice, root))

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Return the receipt of the newest notice with this key, or None."""
        found = super().find(notice, root)
        return None if found is None else _as_slack(found)


def _as_slack(receipt: Receipt) -> Receipt:
    return Receipt("slack", {"channel": "C0123456789", "ts": receipt.data["place"]})


@dataclass(frozen=True)
class LogLine:
    """One row of the blockers log as a person reads it."""

    id: str
    opened: str
    agent: str
    description: str
    owner: str
    status: str
    resolution: str


def say_agent(row: AgentRow) -> str:
    """Return what an agent owes, ``proof`` or ``answers``, or that it is ``retired``."""
    if not row.owes_proof:
        return "answers"
    return "retired" if row.retired else "proof"
